// `npm test`: everything that this machine has the tools for. `npm test -- unit lint` runs only those runners.
import { ensureBundles, ensureLibrary, ensureNodeModules, ensurePython, hasGo, MissingToolchain } from './install.mjs';
import { runners } from './runners.mjs';

const ci = process.env.CI === 'true';
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !runners.some((runner) => runner.name === name));
if (unknown.length > 0) {
  console.error(`no such runner: ${unknown.join(', ')}; there are ${runners.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}
// Ctrl-C goes to the whole process group: the runner under way cleans up and ends, and then so do we.
let interrupted = false;
process.on('SIGINT', () => interrupted = true);

const lacking = await install();
const results = [];
for (const runner of runners.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
  results.push(await runOne(runner));
  if (interrupted) process.exit(130);
}
conclude(results);

/** @returns {Promise<Record<string, string>>} why a tool that some runners need is not there */
async function install() {
  const lacking = {};
  try {
    await ensureNodeModules();
    await ensureBundles();
    await ensureLibrary();
    await ensurePython();
  } catch (error) {
    if (!(error instanceof MissingToolchain)) {
      console.error(error.message);
      process.exit(1);
    }
    lacking.python = error.message;
  }
  if (process.platform !== 'linux') lacking.linux = `the functions' zips hold Linux binaries, and this is ${process.platform}`;
  if (!hasGo()) lacking.go = 'Go is needed to build OpenTofu';
  return lacking;
}

async function runOne({ name, title, needs, run }) {
  console.log(`\n── ${name}: ${title} ${'─'.repeat(Math.max(0, 100 - name.length - title.length))}\n`);
  const missing = needs.map((tool) => lacking[tool]).find(Boolean);
  if (missing) {
    console.log(`${ci ? 'Failed, as CI=true allows no skip' : 'SKIPPED'}: ${missing}`);
    return { name, seconds: 0, passed: 0, failed: ci ? 1 : 0, skipped: ci ? 0 : 1, note: ci ? 'tools missing' : 'tools missing, skipped' };
  }
  const started = performance.now();
  const counts = await run().catch((error) => {
    console.error(error.message);
    return { passed: 0, failed: 1, skipped: 0, note: 'could not run' };
  });
  if (ci && counts.skipped > 0) {
    counts.note = `${counts.skipped} skipped, which CI=true does not allow`;
    counts.failed += counts.skipped;
    counts.skipped = 0;
  }
  return { name, seconds: (performance.now() - started) / 1000, ...counts };
}

function conclude(results) {
  const total = (count) => results.reduce((sum, result) => sum + result[count], 0);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(total);
  console.log('\n  runner     passed  failed  skipped  seconds');
  for (const result of results) {
    const numbers = [[result.passed, 6], [result.failed, 6], [result.skipped, 7], [result.seconds.toFixed(1), 7]];
    const row = numbers.map(([value, width]) => String(value).padStart(width));
    console.log(['', result.name.padEnd(9), ...row, result.note ?? ''].join('  ').trimEnd());
  }
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
