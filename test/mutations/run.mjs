// Puts each defect of mutations.mjs into a copy of the project and asks the tests whether they notice.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTATIONS } from './mutations.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const COPIED = ['src', 'lambda', 'edge', 'test', 'projenrc', 'examples', 'package.json', 'tsconfig.json', 'README.md'];
const LINKED = ['node_modules', 'assets'];

const copy = mkdtempSync(join(tmpdir(), 'cdk-mainstay-mutations-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
COPIED.forEach((name) => cpSync(join(root, name), join(copy, name), { recursive: true }));
LINKED.forEach((name) => symlinkSync(join(root, name), join(copy, name)));

/** The names of the tests that fail in the copy as it is now. */
function failingTests(tests) {
  const report = join(copy, 'report.json');
  const jest = spawnSync('npx', ['jest', '--coverage=false', '--json', `--outputFile=${report}`, '--maxWorkers=2', ...tests.split(' ')], { cwd: copy, encoding: 'utf8' });
  if (jest.error) throw jest.error;
  const { numTotalTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(report);
  if (numTotalTests === 0) throw new Error(`no test ran of ${tests}:\n${jest.stderr}`);
  return testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
}

// A defect proves nothing where the tests fail without it.
const broken = failingTests([...new Set(MUTATIONS.flatMap(({ tests }) => tests.split(' ')))].join(' '));
if (broken.length > 0) throw new Error(`these tests fail without any mutation:\n${broken.join('\n')}`);

let [passed, failed] = [0, 0];
for (const { name, file, find, replace, tests } of MUTATIONS) {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  if (original.split(find).length !== 2) throw new Error(`mutation '${name}' is stale: ${file} must contain this exactly once:\n${find}`);
  writeFileSync(path, original.replace(find, () => replace));
  const [noticedBy, ...others] = failingTests(tests);
  writeFileSync(path, original);
  if (noticedBy) passed += 1; else failed += 1;
  console.log(`${noticedBy ? '✓' : '✗'} ${name}: ${noticedBy ? `noticed by "${noticedBy.split('\n')[0]}"${others.length ? ` and ${others.length} more` : ''}` : 'NOT NOTICED'}`);
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;
