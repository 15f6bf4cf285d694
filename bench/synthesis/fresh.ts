// What a process takes that has just started: `import NAME` of a package, or an app of one construct, `ours NAME` or `byHand NAME`.
/* eslint-disable @typescript-eslint/no-require-imports */
import { join } from 'path';

const LIBRARY = join(__dirname, '..', '..', 'lib', 'index.js');
const [what, name] = process.argv.slice(2);

const before = process.cpuUsage();
if (what === 'import') {
  const exported = require(name === 'aws-cdk-lib' ? name : LIBRARY);
  if (name === 'every name') Object.values(exported);
} else {
  // The AWS CDK is loaded by the constructs, and by the app here.
  const { contenders } = require('./contenders') as typeof import('./contenders');
  const { synthesize } = require('./synthesize') as typeof import('./synthesize');
  synthesize(contenders(require(LIBRARY))[name][what as 'ours' | 'byHand'], 1); // loads what is used of it, which is nothing by hand
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${(user + system) / 1000}`);
