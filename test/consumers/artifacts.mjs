// What a release publishes. All of it is made of one npm tarball, and made again only when that changes.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './command.mjs';
import { lacks } from './toolchains.mjs';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const MANIFEST = manifestOf(ROOT);
export const CACHE = join(ROOT, 'node_modules/.cache/cdk-mainstay/consumers');

/** The npm tarball: run.mjs packs it once for all tests, and a test that is run alone packs its own. */
export function tarball() {
  process.env.CONSUMERS_TARBALL ??= pack();
  return process.env.CONSUMERS_TARBALL;
}

/** Of jsii-pacmak. Go: it would compile on the peer floor, and the app compiles it anyway. .NET: that takes a .NET SDK. */
const OPTIONS = { python: [], java: [], go: ['--code-only'], dotnet: ['--code-only'] };

/**
 * The folder of a language's artifact.
 *
 * @param {'python' | 'java' | 'go' | 'dotnet'} target
 */
export function artifact(target) {
  const options = OPTIONS[target];
  const npm = dirname(tarball());
  const pacmak = manifestOf(join(ROOT, 'node_modules/jsii-pacmak')).version;
  return cached(target, [basename(npm), pacmak, ...options], (folder) => {
    // Of the tarball's content, not of the working copy, which may have moved on.
    run(ROOT, ['npx', 'jsii-pacmak', join(npm, 'package'), '--outdir', folder, '--target', target, ...options]);
  });
}

/** Where the apps of a tarball leave what they synthesized: those of one language may run later than those of another. */
export function assembliesFolder() {
  return cached('assemblies', [basename(dirname(tarball()))], (folder) => mkdirSync(folder));
}

function pack() {
  run(ROOT, [process.execPath, 'scripts/install.mjs', 'library']); // nothing is compiled again while other tests use it
  mkdirSync(CACHE, { recursive: true });
  const packed = mkdtempSync(join(CACHE, 'packing-'));
  try {
    const [{ filename }] = JSON.parse(run(ROOT, ['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', packed]));
    const folder = cached('npm', [readFileSync(join(packed, filename))], (fresh) => {
      mkdirSync(fresh);
      renameSync(join(packed, filename), join(fresh, filename));
      run(fresh, ['tar', '-xzf', filename]);
    });
    return join(folder, filename);
  } finally {
    rmSync(packed, { recursive: true, force: true });
  }
}

/** It gets its name last, so what was interrupted half-way is made again. Of each kind only the newest is kept. */
function cached(kind, inputs, make) {
  const hash = inputs.reduce((sum, input) => sum.update(input), createHash('sha256')).digest('hex').slice(0, 16);
  const folder = join(CACHE, kind, hash);
  if (existsSync(folder)) return folder;
  rmSync(dirname(folder), { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = `${folder}.unfinished`;
  make(unfinished);
  renameSync(unfinished, folder);
  return folder;
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

// `node test/consumers/artifacts.mjs python go`: makes these before the tests want them, if this machine can try them.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  tarball();
  process.argv.slice(2).filter((target) => !lacks[target]()).forEach((target) => artifact(target));
}
