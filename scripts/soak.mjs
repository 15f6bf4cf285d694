// `npm run soak -- --photos 2000 --seed 1 --faults 0.2`: the photo function under faults, and an audit of what became of each photo.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureBundles, ensureNodeModules, ensurePython, ROOT } from './install.mjs';
import { step } from './progress.mjs';

try {
  if (process.platform !== 'linux') {
    throw new Error(`the soak runs the function as it ships, with Linux binaries, found ${process.platform}: use a virtual machine, or WSL`);
  }
  await ensureNodeModules();
  await ensurePython();
  await ensureBundles();

  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // a banner about Node.js 20, which is tested and works
  const require = createRequire(import.meta.url);
  require('ts-node').register({ transpileOnly: true, project: join(ROOT, 'tsconfig.dev.json') });
  const { run } = require('../test/soak/main.ts');
  process.exitCode = await run(step, process.argv.slice(2)) ? 0 : 1;
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
