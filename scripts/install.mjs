// Installs and builds what `npm test` and `npm run demo` need, pinned, inside this folder only; at once when there is nothing to do.
// Plain Node.js without dependencies, as it runs before anything is installed. `node scripts/install.mjs checkov opentofu`: only these.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { step } from './progress.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 9)) { // what sharp's prebuilt binaries need
  console.error(`Node.js 20.19 or newer is needed, found ${process.versions.node}: install it, or switch to it`);
  process.exit(1);
}
const STAMPS = 'node_modules/.cache/cdk-mainstay';
const PYTHON_NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/** The machine lacks what this project cannot install by itself. */
export class MissingToolchain extends Error {}

export function ensureNodeModules() {
  if (lstatSync(join(ROOT, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) return undefined; // `npm ci` would empty what it leads to
  return unlessStamped({ stamp: 'node_modules/.installed', inputs: ['package-lock.json'] }, () =>
    step('installing the packages of package-lock.json', () => run('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'])));
}

export const ensurePython = once(() => ensurePackages('.venv', 'test/emulator/requirements.txt'));

export function ensureCheckov() {
  return ensurePackages('.venv-checkov', 'test/checks/requirements.txt');
}

export function hasGo() {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
}

const OPENTOFU = 'github.com/opentofu/opentofu@v1.12.6';

/** From its source, which the Go module proxy has and vouches for. Three minutes of two cores, once; Go keeps what it compiled. */
export function ensureTofu() {
  const [sources, tofu] = ['source', 'tofu'].map((name) => join(ROOT, 'node_modules', '.cache', 'opentofu', name));
  return unlessStamped({ stamp: `${STAMPS}/opentofu`, inputs: ['scripts/install.mjs'], outputs: ['node_modules/.cache/opentofu/tofu'] }, () =>
    step(`building ${OPENTOFU}`, async () => {
      const { Dir } = JSON.parse(spawnSync('go', ['mod', 'download', '-json', OPENTOFU], { encoding: 'utf8' }).stdout);
      mkdirSync(dirname(sources), { recursive: true });
      rmSync(sources, { recursive: true, force: true });
      await run('cp', ['-R', Dir, sources]); // `go install` does not take a module that replaces others
      await run('chmod', ['-R', 'u+w', sources]); // Go's own copies are read-only
      await run('env', ['CGO_ENABLED=0', 'go', 'build', '-C', sources, '-trimpath', '-o', tofu, './cmd/tofu']);
      rmSync(sources, { recursive: true });
    }));
}

export function ensureDatabaseClients() {
  return ensurePackages('.venv-databases', 'test/database-servers/requirements.txt');
}

const CONTAINERS = 'node_modules/.cache/containers';
const ENGINE_PACKAGES = [
  'docker.io', 'docker-cli', 'containerd', 'runc', 'tini', 'iptables', 'libip4tc2', 'libip6tc2', 'libxtables12', 'libnftnl11', 'libnetfilter-conntrack3', 'libnfnetlink0', 'libmnl0',
];
/** With all that they need. */
const BASE_PACKAGES = ['base-files', 'coreutils', 'dash', 'libc-bin', 'libpython3-stdlib', 'python3-minimal', 'tzdata'];
/** What they need for scripts of packages, which run nowhere; and for a graphics card. */
const NEEDLESS = /perl|awk|^dpkg|^gcc-|^install-info|^mailcap|^mime-support|^readline-common|^debconf|^cdebconf|^libllvm|^libz3|^libgl1-mesa-dri/;

/** Why containers cannot run here, or nothing if they can. */
export function lacksContainers() {
  const has = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!['apt-get', 'apt-cache', 'dpkg-deb'].every(has)) return 'the images of the test containers are made of the packages of Debian or Ubuntu: run it on one of these';
  if (hasEngine()) return undefined;
  if (process.getuid() !== 0) return 'no container engine answers: install Docker (`apt-get install docker.io`), start it and let this user use it, or run this as root';
  if (!['unshare', 'nsenter', 'ip'].every(has)) return 'no container engine answers, and there are no private namespaces for one: `apt-get install docker.io`, or `apt-get install util-linux iproute2`';
  if (spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { stdio: 'ignore' }).status !== 0) return 'no container engine answers, and this machine allows no private namespaces for one: install Docker and start it';
  return undefined;
}

function hasEngine() {
  return spawnSync('docker', ['version'], { stdio: 'ignore' }).status === 0;
}

/** An engine where none answers, and what the images of the test containers are made of. Nothing of it is installed in the machine. */
export async function ensureContainers() {
  if (!hasEngine()) await ensureUnpacked('engine', () => ENGINE_PACKAGES);
  await ensureUnpacked('base', () => withAllTheyNeed(...BASE_PACKAGES));
  await ensurePython();
  await ensureTarget('python', 'test/containers/requirements.txt', () => []);
  await ensureTarget('celery', 'test/containers/worker-image/requirements.txt', () => ['--only-binary=:all:', '--python-version', pythonBelow(`${CONTAINERS}/base`)]);
}

const UNPACKED = { base: 'a base for images', engine: 'a container engine', chromium: 'a browser' };

/** Packages of Debian's, in a folder: those of the list that there are. */
function ensureUnpacked(name, packages) {
  const folder = join(ROOT, CONTAINERS, name);
  return unlessStamped({ stamp: `${STAMPS}/containers-${name}`, inputs: ['scripts/install.mjs'], outputs: [`${CONTAINERS}/${name}`] }, () =>
    step(`unpacking ${UNPACKED[name]}`, async () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(join(folder, 'packages'), { recursive: true });
      const { stdout } = spawnSync('apt-cache', ['show', '--no-all-versions', ...packages()], { encoding: 'utf8', maxBuffer: 1e8 }); // not a word of those that there are not
      const known = new Set([...stdout.matchAll(/^Package: (.*)$/gm)].map(([, each]) => each));
      if (known.size === 0) throw new Error('apt-get knows no packages: run `apt-get update`');
      await run('apt-get', ['download', ...known], join(folder, 'packages'));
      for (const archive of readdirSync(join(folder, 'packages'))) await run('dpkg-deb', ['--extract', join(folder, 'packages', archive), folder]);
      rmSync(join(folder, 'packages'), { recursive: true });
    }));
}

function withAllTheyNeed(...packages) {
  const no = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((kind) => `--no-${kind}`);
  const { stdout } = spawnSync('apt-cache', ['depends', '--recurse', ...no, ...packages], { encoding: 'utf8' });
  return [...new Set(stdout.split('\n').filter((line) => /^[a-z0-9]/.test(line) && !line.includes(':') && !NEEDLESS.test(line)))];
}

function pythonBelow(folder) {
  return readdirSync(join(ROOT, folder, 'usr/bin')).map((name) => /^python(3\.\d+)$/.exec(name)?.[1]).find(Boolean);
}

/** Not `chromium-headless-shell`, which shows no PDF. */
const CHROMIUM_PACKAGE = 'chromium';

/** A Chromium or Chrome, and where its libraries are, if that is no folder of the machine. */
export function findChromium() {
  const unpacked = join(ROOT, CONTAINERS, 'chromium');
  const libraries = ['x86_64', 'aarch64'].flatMap((cpu) => [`usr/lib/${cpu}-linux-gnu`, `lib/${cpu}-linux-gnu`, `usr/lib/${cpu}-linux-gnu/pulseaudio`]).map((folder) => join(unpacked, folder));
  const programs = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].filter(Boolean);
  const candidates = [...programs.map((program) => ({ program })), { program: join(unpacked, `usr/lib/chromium/${CHROMIUM_PACKAGE}`), libraries: libraries.filter(existsSync).join(':') }];
  return candidates.find(({ program, libraries: path }) =>
    spawnSync(program, ['--version'], { stdio: 'ignore', env: { ...process.env, ...path && { LD_LIBRARY_PATH: path } } }).status === 0);
}

/** Why there is no Chromium here, or nothing if there is. */
export function lacksChromium() {
  if (findChromium() !== undefined) return undefined;
  const has = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  const isPackaged = ['apt-get', 'apt-cache', 'dpkg-deb'].every(has) && spawnSync('apt-cache', ['show', CHROMIUM_PACKAGE], { stdio: 'ignore' }).status === 0;
  return isPackaged ? undefined : 'there is no Chromium: install Google Chrome, or Chromium (`apt-get update && apt-get install chromium` on Debian), or set CHROMIUM to the path of one';
}

/** That of Debian, where the machine has none: 325 MB of packages. Nothing of it is installed in the machine. */
export async function ensureChromium() {
  if (findChromium() === undefined) await ensureUnpacked('chromium', () => withAllTheyNeed(CHROMIUM_PACKAGE).filter((name) => name !== 'libc6')); // that of the machine, as its loader fits no other
}

function ensureTarget(name, requirements, parameters) {
  const target = `${CONTAINERS}/${name}`;
  return unlessStamped({ stamp: `${STAMPS}/containers-${name}`, inputs: [requirements], outputs: [target] }, () => step(`installing the packages of ${requirements}`, async () => {
    rmSync(join(ROOT, target), { recursive: true, force: true });
    await run('.venv/bin/python', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', ...parameters(), '--target', target, '--requirement', requirements]);
  }));
}

/** Python packages, in an environment of their own. */
export function ensurePackages(venv, requirements) {
  return unlessStamped({ stamp: `${venv}/.installed`, inputs: [requirements] }, () => {
    const python = findPython();
    return step(`installing the packages of ${requirements}`, async () => {
      await run(python, ['-m', 'venv', '--clear', venv]);
      await run(`${venv}/bin/python`, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements]);
    });
  });
}

/** What a release publishes for these languages, and its npm tarball. */
export function ensureArtifacts(...languages) {
  return step(`packing the library${languages.length > 0 ? ` for ${languages.join(', ')}` : ''}, if it changed`, () => run(process.execPath, ['test/consumers/artifacts.mjs', ...languages]));
}

export const ensureBundles = once(() => step('bundling the functions, if they changed', () => run('node_modules/.bin/projen', ['bundle'])));

/** Not in node_modules, which worktrees may share. */
const LIBRARY = { stamp: '.compiled', inputs: ['src', 'package-lock.json', 'tsconfig.json', 'projenrc/make-index-lazy.ts'], outputs: ['lib/index.js', '.jsii'] };

/** Examples import the library by its name, as its users do, which is the compiled one. */
export const ensureLibrary = once(() => unlessStamped(LIBRARY, () => step('compiling the library', () => run('node_modules/.bin/projen', ['compile']))));

/** The last step of `npx projen compile`, so that what it has compiled is not compiled again. */
function stampLibrary() {
  writeFileSync(join(ROOT, LIBRARY.stamp), hashOf(LIBRARY.inputs));
}

/** Several ask for it at the same time. */
function once(work) {
  let done;
  return () => done ??= work();
}

/** The stamp is written last, so what was interrupted half-way is done again. */
async function unlessStamped({ stamp, inputs, outputs = [] }, work) {
  const path = join(ROOT, stamp);
  const hash = hashOf(inputs);
  const isThere = () => existsSync(path) && readFileSync(path, 'utf8') === hash && outputs.every((output) => existsSync(join(ROOT, output)));
  if (isThere()) return;
  const release = await lock(`${stamp.replaceAll('/', '-')}.lock`);
  try {
    if (isThere()) return; // another process was at it
    rmSync(path, { force: true });
    await work();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, hash);
  } finally {
    release();
  }
}

/** Waits while another process holds it: `.ci/run` installs in the background what its tests wait for. */
async function lock(name) {
  const file = join(tmpdir(), `cdk-mainstay-${createHash('sha256').update(ROOT).digest('hex').slice(0, 8)}-${name}`);
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid}`);
  try {
    for (;;) {
      try {
        linkSync(own, file); // never there without its content
        return () => rmSync(file, { force: true });
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = holderOf(file);
      if (holder && !isAlive(Number(holder))) rmSync(file, { force: true }); // it was killed
      else await setTimeout(300);
    }
  } finally {
    rmSync(own);
  }
}

/** Nobody, if it was released just now. */
function holderOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function hashOf(inputs) {
  const hash = createHash('sha256').update(process.version); // native packages are built for one
  for (const file of inputs.flatMap(filesIn)) hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

function filesIn(input) {
  const path = join(ROOT, input);
  if (!statSync(path).isDirectory()) return [input];
  return readdirSync(path, { recursive: true }).map((name) => join(input, name)).filter((file) => statSync(join(ROOT, file)).isFile()).sort();
}

function findPython() {
  const usable = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';
  const found = PYTHON_NAMES.find((name) => spawnSync(name, ['-c', usable], { stdio: 'ignore' }).status === 0);
  if (found) return found;
  const present = spawnSync('python3', ['--version'], { encoding: 'utf8' }).stdout?.trim();
  throw new MissingToolchain(
    `Python 3.11 or newer with its venv module is needed for the emulated account, cfn-lint and Checkov, found ${present || 'no python3'}. ` +
    'Install it: `apt-get install python3 python3-venv` on Debian and Ubuntu, `dnf install python3` on Fedora, `brew install python` on macOS.',
  );
}

/** For `spawn`: the command behind all that has to answer in time, such as servers and their tests. */
export function patiently(command, parameters) {
  return process.platform === 'win32' ? [command, parameters] : ['nice', ['-n', '5', command, ...parameters]];
}

/** Runs a command quietly, in the root folder by default: its output comes with the error. */
function run(command, parameters, cwd = ROOT) {
  return new Promise((resolve, reject) => {
    const child = spawn(...patiently(command, parameters), { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => output += chunk);
    child.stderr.on('data', (chunk) => output += chunk);
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`\`${[command, ...parameters].join(' ')}\` failed (${signal ?? code}):\n${output.slice(-4000)}`));
    });
  });
}

const BY_NAME = {
  'packages': ensureNodeModules,
  'python': ensurePython,
  'checkov': ensureCheckov,
  'database-clients': ensureDatabaseClients,
  'containers': () => lacksContainers() || ensureContainers(),
  'chromium': () => lacksChromium() || ensureChromium(),
  'opentofu': () => hasGo() && ensureTofu(),
  'library': ensureLibrary,
  'compiled': stampLibrary,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of process.argv.slice(2)) {
    try {
      await BY_NAME[name]();
    } catch (error) { // the others are wanted all the same
      console.error(error.message);
      process.exitCode = 1;
    }
  }
}
