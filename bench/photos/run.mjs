// `npm run bench:photos`: how fast, how large and how dear the photo function is, beside what else there is. Writes bench/photos.json and .md;
// `npm run bench:photos -- --rounds 1` goes through all of it quickly, `--dry` writes nothing.
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { ensureBundles, ensureNodeModules, ensurePackages } from '../../scripts/install.mjs';
import { step } from '../../scripts/progress.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, dry: { type: 'boolean', default: false } } });
try {
  if (process.platform !== 'linux') throw new Error(`the functions' zips hold Linux binaries, and this is ${process.platform}`);
  await ensureNodeModules();
  await ensureBundles();
  await ensurePackages('.venv-bench', 'bench/photos/requirements.txt');
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // a banner about Node.js 20, which is tested and works
  const require = createRequire(import.meta.url);
  require('./register.cjs');
  await require('./main.ts').bench({ step, rounds: Number(values.rounds), isDry: values.dry });
} catch (error) {
  console.error(`\n${error instanceof Error ? error.stack : error}`);
  process.exit(1); // and what was started ends with its input
}
