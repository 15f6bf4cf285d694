import { execFileSync } from 'child_process';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');

/** The modules of aws-cdk-lib that a process of its own has loaded the code of after some code: their folders, as index files load nothing. */
function loadedBy(code: string): string[] {
  const script = `
    process.env.CDK_VALIDATION = 'false';
    const { App, Stack } = require('aws-cdk-lib');
    const stack = new Stack(new App(), 'Stack');
    ${code}
    const files = Object.keys(require.cache).map((file) => /node_modules.aws-cdk-lib.([^/\\\\]+).lib./.exec(file)?.[1]);
    console.log(JSON.stringify([...new Set(files.filter(Boolean))]));
  `;
  const output = execFileSync(process.execPath, ['--require', './test/setup/esbuild-register.js', '--eval', script], { cwd: ROOT, encoding: 'utf8' });
  return JSON.parse(output.trim().split('\n').at(-1)!);
}

const IMPORT = `const { SecureQueue } = require('${ROOT}/src');`;
const BY_HAND = `
  const { Queue } = require('aws-cdk-lib/aws-sqs');
  const { Alarm } = require('aws-cdk-lib/aws-cloudwatch');
  const queue = new Queue(stack, 'Queue', { enforceSSL: true });
  new Alarm(stack, 'Alarm', { metric: queue.metricApproximateAgeOfOldestMessage(), threshold: 1, evaluationPeriods: 1 });
`;

test('the package loads nothing of aws-cdk-lib by being imported', () => {
  expect(loadedBy(IMPORT)).toEqual(loadedBy(''));
});

test('a queue loads what a queue and its alarms do by hand, and two enums of the profile', () => {
  const byHand = loadedBy(BY_HAND);
  const more = loadedBy(`${IMPORT} new SecureQueue(stack, 'Jobs');`).filter((name) => !byHand.includes(name));
  expect(more.sort()).toEqual(['aws-cloudfront', 'aws-logs']); // PriceClass and RetentionDays: four small files each
});
