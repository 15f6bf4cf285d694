// `npm run demo`: a photo archive in an emulated account on this machine, from deployment to teardown. --keep leaves it running.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureBundles, ensureLibrary, ensureNodeModules, ensurePython, ROOT } from './install.mjs';
import { step } from './progress.mjs';

try {
  if (process.platform !== 'linux') {
    throw new Error(`the demo runs the functions as they ship, with Linux binaries, found ${process.platform}: use a virtual machine, or WSL`);
  }
  await ensureNodeModules();
  await ensurePython();
  await ensureBundles();
  await ensureLibrary();

  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // a banner about Node.js 20, which is tested and works
  const require = createRequire(import.meta.url);
  require('ts-node').register({ transpileOnly: true, project: join(ROOT, 'tsconfig.dev.json') });
  const { demonstrate } = require('./demo/main.ts');
  await demonstrate({ step, keep: process.argv.includes('--keep') });
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
