// Runs the tests of all languages, or of those named (`node test/consumers/run.mjs python go`), reports what took how long, and closes with
// a line that scripts/test.mjs adds up. All are compared with what the app of TypeScript left, in this run or in one before with the same package.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { tarball } from './artifacts.mjs';
import { assemblyOf, PHASES } from './consumer.mjs';
import { lacks } from './toolchains.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const ALL = [
  { name: 'comparison', language: 'typescript', file: 'templates.test.mjs' },
  { name: 'tarball', language: 'typescript', file: 'typescript/package.test.mjs' },
  ...Object.keys(lacks).map((language) => ({ name: language, language, file: `${language}/consumer.test.mjs` })),
  { name: 'identical', file: 'identical.test.mjs' },
];
const COLUMN_OF = Object.fromEntries(Object.entries(PHASES).map(([column, title]) => [title, column]));

const languages = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(lacks);
const unknown = languages.filter((name) => !(name in lacks));
if (unknown.length > 0) {
  console.error(`no such language: ${unknown.join(', ')}; there are ${Object.keys(lacks).join(', ')}`);
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'cdk-mainstay-consumers-'));
process.env.TMPDIR = folder; // what an interrupted test leaves goes with the folder
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 20 })); // what was interrupted with us may write for a moment yet

const packing = await timed(async () => console.log(`Packed ${tarball()}`));
process.env.CONSUMERS_LANGUAGES = languages.join(' ');
const isForComparison = ({ name }) => name === 'typescript' && languages.some((each) => each !== 'dotnet') && !existsSync(assemblyOf('typescript'));
const suites = ALL.filter((suite) => suite.name === 'identical' || languages.includes(suite.language) || isForComparison(suite));
const results = [];
for (const suite of suites) {
  process.send?.({ done: results.length, total: suites.length }); // to scripts/runners.mjs
  results.push(await runOne(suite));
}
conclude([{ name: 'npm pack', seconds: packing, phases: {}, passed: 0, failed: 0, skipped: 0 }, ...results]);

/** One file after another: the comparison needs what the apps leave, and each shall have the machine for itself. */
async function runOne({ name, language, file }) {
  const lacking = language && lacks[language]();
  if (lacking) console.log(`SKIPPED ${language}: ${lacking}`);
  const result = { name, phases: {}, passed: 0, failed: 0, skipped: 0 };
  result.seconds = await timed(() => new Promise((resolve) => {
    const stream = run({ files: [join(here, file)] });
    const count = (kind) => ({ name: title, details, skip }) => {
      if (details.type === 'suite') return;
      result[skip === undefined ? kind : 'skipped'] += 1;
      if (title in COLUMN_OF && skip === undefined) result.phases[COLUMN_OF[title]] = details.duration_ms / 1000;
    };
    stream.on('test:pass', count('passed'));
    stream.on('test:fail', count('failed'));
    stream.compose(new spec()).on('end', resolve).pipe(process.stdout, { end: false });
  }));
  return result;
}

async function timed(work) {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function conclude(results) {
  const columns = Object.keys(PHASES);
  console.log(`\n  ${['seconds'.padEnd(10), ...[...columns, 'total'].map((column) => column.padStart(10))].join('  ')}`);
  for (const { name, phases, seconds, skipped, failed } of results) {
    const times = [...columns.map((column) => phases[column]), seconds].map((time) => (time === undefined ? '' : time.toFixed(1)).padStart(10));
    const note = failed > 0 ? `FAILED\n  rerun: npm test -- consumers ${name in lacks ? name : ''}` : skipped > 0 ? `${skipped} skipped` : '';
    console.log(`  ${[name.padEnd(10), ...times, note].join('  ')}`.trimEnd());
  }
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((count) => results.reduce((sum, result) => sum + result[count], 0));
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
