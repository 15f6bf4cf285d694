import { spawnSync } from 'child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');
const PAST = 'export class Queue {\n  /** Sends. */\n  public send(): void {}\n  /** Receives. */\n  public receive(): void {}\n}\n';

/** A repository with a small library, with its own assembly. */
function library(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'library-'));
  mkdirSync(join(folder, 'src'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const { author, license, repository } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  write(folder, 'package.json', JSON.stringify({
    name: 'library',
    version: '0.0.0',
    author,
    license,
    repository,
    stability: 'experimental',
    main: 'lib/index.js',
    types: 'lib/index.d.ts',
    jsii: { targets: {}, outdir: 'dist', tsc: { rootDir: 'src', outDir: 'lib' } },
  }));
  write(folder, '.gitignore', 'lib\n.jsii\nnode_modules\ntsconfig.json\n*.tsbuildinfo\n');
  write(folder, 'src/index.ts', source);
  run(folder, 'git', 'init', '--quiet');
  commit(folder);
  return folder;
}

const write = (folder: string, file: string, text: string) => writeFileSync(join(folder, file), text);
const compile = (folder: string) => run(folder, process.execPath, join(ROOT, 'node_modules/jsii/bin/jsii'));
const compat = (folder: string) => run(folder, process.execPath, join(ROOT, 'scripts/compat.mjs'));

function commit(folder: string): void {
  run(folder, 'git', 'add', '.');
  run(folder, 'git', '-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message', 'chore: change');
}

function run(cwd: string, command: string, ...parameters: string[]): { status: number | null; output: string } {
  const environment = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd, encoding: 'utf8', env: environment });
  return { status, output: `${stdout}${stderr}` };
}

test('before the first release, there is nothing to be compatible with', () => {
  const { status, output } = compat(library(PAST));
  expect(output).toContain('compatibility: NOT RUN, as nothing is released yet');
  expect(status).toBe(0);
});

test('where the history is shallow, nobody can tell, which is said', () => {
  const origin = library(PAST);
  run(origin, 'git', 'tag', 'v0.1.0');
  write(origin, 'README.md', 'More.');
  commit(origin);
  const clone = join(mkdtempSync(join(tmpdir(), 'clone-')), 'library');
  expect(run(origin, 'git', 'clone', '--quiet', '--depth=1', '--no-tags', `file://${origin}`, clone).status).toBe(0);

  expect(compat(clone).output).toContain('compatibility: NOT RUN, as the history is shallow');
});

describe('after a release', () => {
  let folder: string;
  beforeAll(() => {
    folder = library(PAST);
    run(folder, 'git', 'tag', 'v0.1.0');
  });

  test('more of an API is compatible', () => {
    write(folder, 'src/index.ts', PAST.replace('export class Queue {', 'export class Queue {\n  /** Purges. */\n  public purge(): void {}'));
    expect(compile(folder)).toMatchObject({ status: 0 });

    const { status, output } = compat(folder);
    expect(output).toContain('compatibility: with v0.1.0, nothing is taken away');
    expect(status).toBe(0);
  }, 120_000);

  test('less of it is not, though it is experimental, unless it is admitted', () => {
    write(folder, 'src/index.ts', PAST.replace('receive', 'take'));
    expect(compile(folder)).toMatchObject({ status: 0 });

    const { status, output } = compat(folder);
    expect(output).toContain('[removed:library.Queue.receive]');
    expect(status).toBe(1);

    write(folder, '.compatignore', 'removed:library.Queue.receive\n');
    expect(compat(folder)).toMatchObject({ status: 0 });
  }, 120_000);
});
