// `npm run mutate`: puts defects into templates and source, sees which checks catch them, and writes docs/mutation-report.md.
// `npm run mutate -- queue alarm`: only those whose names contain one of the words; the others stay on record.
import { spawnSync } from 'node:child_process';
import { ensureBundles, ensureNodeModules, ensurePython, ROOT } from './install.mjs';
import { TS_NODE } from './runners.mjs';

try {
  await ensureNodeModules();
  await ensureBundles();
  await ensurePython();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.on('SIGINT', () => undefined); // Ctrl-C goes to the whole process group: the run cleans up and ends, and then so do we
const [command, ...parameters] = TS_NODE;
const { status } = spawnSync(command, [...parameters, 'test/mutations/run.ts', ...process.argv.slice(2)], { cwd: ROOT, stdio: 'inherit' });
process.exit(status ?? 130);
