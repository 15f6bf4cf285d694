import { execFileSync, spawnSync } from 'child_process';
import { readFileSync } from 'fs';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');

interface Runner {
  readonly name: string;
  readonly lane: string;
  readonly quick?: boolean;
}

const list = "import('./scripts/runners.mjs').then(({ runners }) => console.log(JSON.stringify(runners)))";
const runners: Runner[] = JSON.parse(execFileSync(process.execPath, ['--eval', list], { cwd: ROOT, encoding: 'utf8' }));
const names = runners.map(({ name }) => name);

test('`npm test` runs these, and `npm run test:rest` the others', () => {
  expect(runners.filter(({ quick }) => quick).map(({ name }) => name)).toEqual(['fuzz', 'unit', 'lint', 'e2e', 'consumers']);
  expect(runners.filter(({ quick }) => !quick).map(({ name }) => name)).toEqual([
    'tables', 'newest', 'mutations', 'lint-regions', 'checkov', 'life', 'databases', 'containers', 'browser', 'soak', 'consumers-more', 'terraform',
  ]);
});

test('each runner has a name of its own and one of the two lanes', () => {
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(runners.map(({ lane }) => lane))).toEqual(new Set(['processors', 'waiting']));
});

test('GitHub runs each runner once for each pull request, in jobs that wait for no other', () => {
  const workflow = readFileSync(join(ROOT, '.github/workflows/build.yml'), 'utf8');
  const job = workflow.slice(workflow.indexOf('\n  tests:\n'));
  const [, matrix] = /\n {8}runners:\n((?: {10}- .*\n)+)/.exec(`${job}\n`)!;
  expect(matrix.trim().split('\n').flatMap((line) => line.trim().slice(2).split(' ')).sort()).toEqual([...names].sort());
  expect(job).not.toContain('needs:');
});

test.each<[string, string[]]>([
  ['a runner that there is not', ['everything']],
  ['parameters for two runners', ['unit', 'e2e', 'test/queue/secure-queue.test.ts']],
])('%s is an error that names the runners', (_, parameters) => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/test.mjs', ...parameters], { cwd: ROOT, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain(`no such runner: ${parameters.at(-1)}; there are ${names.join(', ')}`);
});
