// `npm run demo|soak|mutate|fuzz`: installs what the program needs, and runs it. No dependencies, as it runs before anything is installed.
import { createRequire } from 'node:module';
import { ensureBundles, ensureLibrary, ensureNodeModules, ensurePython } from './install.mjs';
import { step } from './progress.mjs';

const require = createRequire(import.meta.url);

/** Each resolves to whether it succeeded. */
const programs = {
  // `npm run demo`: a photo archive in an emulated account on this machine, from deployment to teardown. --keep leaves it running.
  demo: {
    linux: 'the demo runs the functions as they ship',
    needs: [ensurePython, ensureBundles, ensureLibrary],
    run: (parameters) => require('./demo/main.ts').demonstrate({ step, keep: parameters.includes('--keep') }).then(() => true),
  },
  // `npm run soak -- --photos 2000 --seed 1 --faults 0.2`: the photo function under faults, and an audit of what became of each photo.
  soak: {
    linux: 'the soak test runs the function as it ships',
    needs: [ensurePython, ensureBundles],
    run: (parameters) => require('../test/soak/main.ts').run(step, parameters),
  },
  // `npm run fuzz -- --executions 20000 --seed 7`: mutated pictures through the core of the photo function, in processes that may die of them; its thumbnails beside what Pillow sees.
  fuzz: { needs: [ensurePython], run: (parameters) => require('../test/fuzz/run.ts').run(parameters) },
  // `npm run mutate`: puts defects into templates and source, sees which checks catch them, and puts that on record.
  // `npm run mutate -- queue alarm`: only those whose names contain one of the words; the others stay on record.
  mutate: {
    needs: [ensureBundles, ensurePython],
    run: async (parameters) => process.exit(await require('../test/mutations/run.ts').run(parameters) ? 0 : 1), // jest may still hold the process
  },
};

try {
  const [name, ...parameters] = process.argv.slice(2);
  if (!Object.hasOwn(programs, name ?? '')) throw new Error(`usage: run.mjs ${Object.keys(programs).join('|')} [parameters], got ${name}`);
  const { linux, needs, run } = programs[name];
  if (linux && process.platform !== 'linux') throw new Error(`${linux}, with Linux binaries, found ${process.platform}: use a virtual machine, or WSL`);
  await ensureNodeModules();
  for (const ensure of needs) await ensure();

  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // a banner about Node.js 20, which is tested and works
  require('../test/setup/esbuild-register.js');
  process.exitCode = await run(parameters) ? 0 : 1;
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
