import { execFileSync } from 'child_process';
import { createHash } from 'crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join, relative, sep } from 'path';
import { build } from 'esbuild';
import { zipSync, Zippable } from 'fflate';
import { BUNDLING } from './bundling';

const ROOT = join(__dirname, '..');
const ASSETS = join(ROOT, 'assets');
const LICENSES = join(ROOT, 'THIRD-PARTY-LICENSES.txt');
const STAMP = join(ASSETS, '.inputs');

interface Bundle {
  readonly zip: string;
  readonly entry: string;
  /** The architecture whose native packages go beside the bundle; none if the function has no folder `native`. */
  readonly nativeCpu?: string;
}

/** A zip for each `lambda/<construct>/<function>/index.ts`, and one for each architecture where the function has native packages. */
const BUNDLES: Bundle[] = foldersIn('lambda').flatMap((construct) => foldersIn(`lambda/${construct}`).flatMap((name): Bundle[] => {
  const [folder, zip] = [`lambda/${construct}/${name}`, `${construct}-${name}`];
  const entry = `${folder}/index.ts`;
  if (!existsSync(join(ROOT, entry))) return []; // what functions share
  if (!existsSync(join(ROOT, folder, 'native'))) return [{ zip: `${zip}.zip`, entry }];
  return ['arm64', 'x64'].map((nativeCpu) => ({ zip: `${zip}-${nativeCpu}.zip`, entry, nativeCpu }));
}));

/** What CloudFront runs ships as it is written. */
const EDGE_FUNCTION = { source: 'lambda/cdn/safe-downloads.js', asset: 'cdn-safe-downloads.js' };

/** What constructs load at synthesis, and only those that need it. The package itself has no dependencies. */
const YAML = { entry: 'yaml', asset: 'yaml.js' };

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

/** What the runtime never reads: sources, build scripts, types and documents of the native packages, and the other builds of libheif. */
const NOT_SHIPPED = [
  /(^|\/)(src|install)\/|\.(md|d\.[cm]?ts|map)$|(^|\/)\.package-lock\.json$/,
  /\/libheif-js\/(?!package\.json$|LICENSE$|libheif-wasm\/(LICENSE|libheif\.(js|wasm))$)/,
];

async function main(): Promise<void> {
  const inputs = hashOf([...filesBelow(join(ROOT, 'lambda')), join(ROOT, 'package-lock.json'), join(__dirname, 'bundling.ts'), __filename]);
  const outputs = [LICENSES, ...[EDGE_FUNCTION.asset, YAML.asset, ...BUNDLES.map(({ zip }) => zip)].map((file) => join(ASSETS, file))];
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === inputs && outputs.every((file) => existsSync(file))) return;

  rmSync(ASSETS, { recursive: true, force: true }); // with the zips of functions that are gone
  mkdirSync(ASSETS);
  copyFileSync(join(ROOT, EDGE_FUNCTION.source), join(ASSETS, EDGE_FUNCTION.asset));
  const packages = new Map<string, Package>();
  for (const shipped of await bundleForSynthesis(YAML)) packages.set(shipped.name, shipped);
  for (const bundle of BUNDLES) {
    const stage = mkdtempSync(join(tmpdir(), 'bundle-'));
    try {
      for (const shipped of await fill(stage, bundle)) packages.set(`${shipped.name}@${shipped.version}`, shipped);
      const zip = zipOf(stage);
      writeFileSync(join(ASSETS, bundle.zip), zip);
      console.log(`assets/${bundle.zip}: ${(zip.length / 1e6).toFixed(1)} MB`);
    } finally {
      rmSync(stage, { recursive: true });
    }
  }
  writeFileSync(LICENSES, notice([...packages.values()]));
  writeFileSync(STAMP, inputs);
}

/** One file for Node.js as users run it, and the packages that went into it. */
async function bundleForSynthesis({ entry, asset }: typeof YAML): Promise<Package[]> {
  const outfile = join(ASSETS, asset);
  const { metafile } = await build({ ...BUNDLING, target: 'node20', absWorkingDir: ROOT, entryPoints: [entry], outfile, metafile: true });
  return [...new Set(Object.keys(metafile.inputs).flatMap((file) => packageFolder(join(ROOT, file)) ?? []))].map(describe);
}

/** Puts the function into the folder as Lambda unpacks it, and returns the packages that went into it. */
async function fill(stage: string, { entry, nativeCpu }: Bundle): Promise<Package[]> {
  const { metafile } = await build({ ...BUNDLING, absWorkingDir: ROOT, entryPoints: [entry], outfile: join(stage, 'index.js'), metafile: true });
  const folders = new Set(Object.keys(metafile.inputs).flatMap((file) => packageFolder(join(ROOT, file)) ?? []));
  if (nativeCpu) {
    const source = join(ROOT, dirname(entry));
    for (const thread of readdirSync(source).filter((file) => file.endsWith('-worker.mjs'))) copyFileSync(join(source, thread), join(stage, thread)); // a thread starts from a file
    cpSync(join(source, 'native'), stage, { recursive: true });
    execFileSync('npm', ['ci', '--os=linux', `--cpu=${nativeCpu}`, '--libc=glibc', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {
      cwd: stage, stdio: 'inherit',
    });
    filesBelow(stage).filter((file) => file.endsWith(`${sep}package.json`)).map(dirname)
      .filter((folder) => folder === packageFolder(join(folder, 'package.json'))).forEach((folder) => folders.add(folder));
    requireNativeParts(stage, nativeCpu);
    rmSync(join(stage, 'package.json'));
    rmSync(join(stage, 'package-lock.json'));
  }
  return [...folders].map(describe);
}

/** npm leaves an optional package out without a word where it believes that it does not fit. */
function requireNativeParts(stage: string, cpu: string): void {
  const files = filesBelow(stage).map((file) => relative(stage, file).split(sep).join('/'));
  for (const part of [`@img/sharp-linux-${cpu}/lib/sharp-linux-${cpu}`, `@img/sharp-libvips-linux-${cpu}/lib/libvips-cpp.so`, 'libheif-js/libheif-wasm/libheif.wasm']) {
    if (!files.some((file) => file.startsWith(`node_modules/${part}`))) throw new Error(`npm did not install ${part}* for the zip: is Node.js 20.19 or newer?`);
  }
}

/** The folder of the package that a file belongs to, if it is one that npm installed. */
function packageFolder(file: string): string | undefined {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.split(sep).join('/'));
  return match?.[1];
}

function describe(folder: string): Package {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|third-party-notices)/i.test(file)).sort();
  const texts = own.length > 0 ? own.map((file) => readFileSync(join(folder, file), 'utf8')) : [licensingIn(folder), standardText(license)];
  return { name, version, license, text: texts.map((text) => text.trim()).join('\n\n').trim() };
}

/** libvips names the libraries that it is linked with, and their licences, in its README only. */
function licensingIn(folder: string): string {
  const readme = join(folder, 'README.md');
  const section = existsSync(readme) && /^## Licensing$[^]*/m.exec(readFileSync(readme, 'utf8'));
  return section ? section[0] : '';
}

/** For packages that name a licence and bring no copy of it. The LGPL is an addition to the GPL, so it comes with that. */
function standardText(license: string): string {
  const ids = license === 'LGPL-3.0-or-later' ? [license, 'GPL-3.0-or-later'] : [license];
  const textOf = (id: string) => JSON.parse(readFileSync(require.resolve(`spdx-license-list/licenses/${id}.json`), 'utf8')).licenseText.trim();
  return ids.map(textOf).join('\n\n');
}

/** The same bytes on every machine: sorted, one date, one mode, and a deflate in JavaScript instead of the machine's zlib. */
function zipOf(stage: string): Uint8Array {
  const content: Zippable = {};
  for (const file of filesBelow(stage).map((path) => relative(stage, path).split(sep).join('/')).filter((path) => !NOT_SHIPPED.some((pattern) => pattern.test(path)))) {
    content[file] = [new Uint8Array(readFileSync(join(stage, file))), { attrs: 0o644 * 0x10000, os: 3 }];
  }
  return zipSync(content, { level: 9, mtime: new Date(1980, 0, 1) });
}

function notice(packages: Package[]): string {
  // Architectures share a name but for the suffix and have the same text: they are listed together above it.
  const byText = new Map<string, Package[]>();
  for (const shipped of packages) byText.set(shipped.text, [...(byText.get(shipped.text) ?? []), shipped]);
  const sections = [...byText].map(([text, sharing]) => ({
    heading: sharing.map(({ name, version, license }) => `${name} ${version} (${license})`).sort().join('\n'),
    text,
  }));
  sections.sort((a, b) => (a.heading < b.heading ? -1 : 1));
  return [
    'The files in assets/ contain the packages below. Their source is on the npm registry under the name and version given;',
    'libvips and its dependencies (LGPL-3.0-or-later) are dynamically loaded from a file of their own, which may be replaced. So are libheif and libde265\n' +
    '(LGPL-3.0; https://github.com/strukturag), which libheif-js has compiled into libheif.wasm.',
    ...sections.map(({ heading, text }) => `${'-'.repeat(100)}\n${heading}\n\n${text}`),
  ].join('\n\n') + '\n';
}

function foldersIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile()).sort();
}

function hashOf(files: string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(ROOT, file)).update(readFileSync(file));
  return hash.digest('hex');
}

void main();
