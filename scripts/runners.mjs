import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureArtifacts, ensureBundles, ensureCheckov, ensureChromium, ensureContainers, ensureDatabaseClients, ensureLibrary, ensurePython, ensureTofu, patiently, ROOT } from './install.mjs';

/** Node.js, for TypeScript. */
export const TYPESCRIPT = [process.execPath, '--require', join(ROOT, 'test/setup/esbuild-register.js')];
const SYNTHESIS = [...TYPESCRIPT, '--require', './test/setup/environment.ts'];

/** Jest leaves a core to itself, though it only waits: on two, that would be half of them. */
const WORKERS = `--maxWorkers=${Math.max(2, availableParallelism() - 1)}`;

/** Counting what is covered takes half as long again, and says something about the tests, not about the machine: only CI does it. */
const COVERAGE = process.env.CI === 'true' ? ['--coverageReporters=lcov', '--coverageReporters=text-summary'] : ['--coverage=false'];

/**
 * What a runner gets: where its output goes, how it shows how far it is, and what stands behind its name on the command line.
 *
 * @typedef {{ parameters: string[], write: (text: string) => void, show: (detail: string) => void }} Surroundings
 * @typedef {{ passed: number, failed: number, skipped: number, note?: string, reruns?: string[] }} Counts
 *
 * `lane`: one runner of each lane at a time. Those of `processors` use all cores; those of `waiting` wait for servers, processes and registries.
 * `quick`: a part of `npm test`; the others are a part of `npm run test:all` only.
 * `needs`: what this project cannot install by itself. `after`: what is installed first, in the background, while others run.
 * `patient`: nothing in it has to answer in time, so that it lets others use the processor first.
 *
 * @typedef {object} Runner
 * @property {string} name
 * @property {string} title
 * @property {'processors' | 'waiting'} lane
 * @property {boolean} [quick]
 * @property {boolean} [patient]
 * @property {('python' | 'linux' | 'go' | 'containers' | 'chromium')[]} needs
 * @property {(() => Promise<void>)[]} after
 * @property {(surroundings: Surroundings) => Promise<Counts>} run
 */

/** @type {Runner[]} in the order in which they begin */
export const runners = [
  { // first, as the fewest packages have to be installed for it
    name: 'fuzz', title: 'mutated pictures through the core of the photo function', lane: 'processors', quick: true, needs: ['python'], after: [ensurePython],
    run: countingItself([process.execPath, 'scripts/run.mjs', 'fuzz'], ['--executions', '1200', '--seed', '1']),
  },
  {
    name: 'unit', title: 'constructs and functions', lane: 'processors', quick: true, needs: ['python'], after: [ensureBundles, ensureLibrary, ensurePython],
    run: jest({ parameters: [WORKERS, ...COVERAGE], ofPart: ['--coverage=false'] }),
  },
  {
    name: 'lint', title: 'cfn-lint over the templates that any region takes, by the rules of four', lane: 'processors', quick: true, patient: true, needs: ['python'], after: [ensureBundles, ensurePython],
    run: countingItself([...SYNTHESIS, 'test/checks/lint.ts', 'agnostic']),
  },
  {
    name: 'tables', title: 'long tables: pictures by container and codec, paths by variant, keys and tokens by grant', lane: 'processors', needs: ['python'],
    after: [ensureBundles, ensurePython],
    run: jest({ config: 'tables', parameters: [WORKERS] }),
  },
  {
    name: 'newest', title: 'constructs on the newest aws-cdk-lib', lane: 'processors', patient: true, needs: [], after: [ensureBundles, ensureLibrary],
    run: jest({ config: 'newest', parameters: [WORKERS] }),
  },
  {
    name: 'mutations', title: 'the checks, tried with the defects that they caught before', lane: 'processors', needs: ['python'], after: [ensureBundles, ensurePython],
    run: countingItself([...TYPESCRIPT, 'test/mutations/run.ts', '--on-record']),
  },
  {
    name: 'lint-regions', title: 'cfn-lint over the templates that a region makes different, by its own rules', lane: 'processors', patient: true, needs: ['python'], after: [ensureBundles, ensurePython],
    run: countingItself([...SYNTHESIS, 'test/checks/lint.ts', 'regions']),
  },
  {
    name: 'checkov', title: 'Checkov over the synthesized templates', lane: 'processors', patient: true, needs: ['python'], after: [ensureBundles, ensureCheckov],
    run: countingItself([...SYNTHESIS, 'test/checks/checkov.ts']),
  },
  {
    name: 'e2e', title: 'the photo archive in an emulated account', lane: 'waiting', quick: true, needs: ['python', 'linux'], after: [ensurePython, ensureBundles, ensureLibrary],
    run: jest({ config: 'e2e' }),
  },
  {
    name: 'consumers', title: 'the packages in apps of TypeScript and Python', lane: 'waiting', quick: true, patient: true, needs: [], after: [ensureBundles, ensureLibrary, artifactsFor('python')],
    run: countingItself([process.execPath, 'test/consumers/run.mjs'], ['typescript', 'python']),
  },
  {
    name: 'life', title: 'every construct deployed, read back, updated and destroyed in an emulated account', lane: 'waiting', needs: ['python', 'linux'],
    after: [ensurePython, ensureBundles, ensureLibrary],
    run: jest({ config: 'lifecycle' }),
  },
  {
    name: 'databases', title: 'the settings of databases read by clients, and taken by a real PostgreSQL, MariaDB and Redis', lane: 'waiting', needs: ['python', 'linux'],
    after: [ensurePython, ensureBundles, ensureLibrary, ensureDatabaseClients],
    run: jest({ config: 'database-servers' }),
  },
  {
    name: 'containers', title: 'a container app of real containers: its routes, its deployments, a real Celery worker, and data that stays', lane: 'waiting',
    needs: ['python', 'linux', 'containers'], after: [ensurePython, ensureBundles, ensureContainers],
    run: jest({ config: 'containers' }),
  },
  {
    name: 'browser', title: 'hostile uploads in a real Chromium, answered as the distribution does', lane: 'waiting', needs: ['chromium'], after: [ensureBundles, ensureChromium],
    run: jest({ config: 'browser' }),
  },
  {
    name: 'soak', title: 'the photo function under faults, and an audit of each photo', lane: 'waiting', needs: ['python', 'linux'], after: [ensurePython, ensureBundles],
    run: jest({ config: 'soak' }),
  },
  {
    name: 'consumers-more', title: 'the packages in apps of Java and Go, and that of .NET', lane: 'waiting', patient: true, needs: [], after: [ensureBundles, ensureLibrary, artifactsFor('java', 'go', 'dotnet')],
    run: countingItself([process.execPath, 'test/consumers/run.mjs'], ['java', 'go', 'dotnet']),
  },
  {
    name: 'terraform', title: 'the real OpenTofu with its state in an emulated account', lane: 'waiting', needs: ['python', 'linux', 'go'], after: [ensurePython, ensureBundles, ensureLibrary, ensureTofu],
    run: jest({ config: 'opentofu' }),
  },
];

/** One after the other: each begins with the same npm tarball, and clears away what an older one left. */
let packing = Promise.resolve();

function artifactsFor(...languages) {
  return async () => {
    await Promise.all([ensureBundles(), ensureLibrary()]); // what is packed
    const before = packing;
    packing = before.catch(() => {}).then(() => ensureArtifacts(...languages));
    await packing;
  };
}

/**
 * @param {{ config?: string, parameters?: string[], ofPart?: string[] }} how
 *   the folder of its configuration, if it is not that of package.json · parameters of jest, always, and where a part is run only
 */
function jest({ config, parameters: own = [], ofPart = [] }) {
  return ({ name, patient }, { parameters, write, show }) => inTemporaryFolder(async (folder) => {
    const file = join(folder, 'report.json');
    const command = [
      process.execPath, 'node_modules/jest/bin/jest.js', ...config ? ['--config', `test/${config}/jest.config.js`] : [], ...own, ...parameters.length > 0 ? ofPart : [], ...parameters,
      '--reporters=default', '--reporters=./scripts/jest-progress.cjs', ...config ? [] : ['--reporters=jest-junit'], '--json', `--outputFile=${file}`,
    ];
    const environment = { TMPDIR: folder, JEST_JUNIT_OUTPUT_DIR: 'test-reports' }; // what an interrupted test leaves goes with the folder
    const { code } = await start(command, { patient, environment, write, show });
    if (!existsSync(file)) throw new Error('jest ended without a report: see above');
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const counts = {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.numRuntimeErrorTestSuites, // a file that does not load has no tests that could fail
      skipped: report.numPendingTests + report.numTodoTests,
      reruns: report.testResults.flatMap((result) => rerunsOf(name, result)),
    };
    return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1, note: 'every test passed, but jest failed: see above (coverage?)' };
  });
}

/** The commands that run what failed in a test file, alone. */
function rerunsOf(runner, { name, status, assertionResults }) {
  const command = `npm test -- ${runner} ${relative(ROOT, name)}`;
  const failed = assertionResults.filter((result) => result.status === 'failed').map(({ fullName }) => `${command} -t ${quoted(`^${escaped(fullName)}$`)}`);
  return failed.length === 0 && status === 'failed' ? [command] : failed;
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** For a shell. */
function quoted(text) {
  return `'${text.replaceAll('\'', '\'\\\'\'')}'`;
}

/** A command whose last line says its counts; the parameters are those that it gets where none are given. */
function countingItself(command, usual = []) {
  return async ({ patient }, { parameters, write, show }) => {
    const { code, output } = await start([...command, ...parameters.length > 0 ? parameters : usual], { patient, write, show });
    const counts = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
    if (!counts) throw new Error(`${command.at(-1)} did not say how many passed`);
    const [passed, failed, skipped] = counts.slice(1).map(Number);
    const reruns = [...output.matchAll(/^ *rerun: (.*)$/gm)].map(([, rerun]) => rerun);
    return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped, reruns };
  };
}

/** A Node.js process may say how far it is: `process.send?.({ done, total })`. */
function start(command, { patient, environment = {}, write, show }) {
  return new Promise((resolve, reject) => {
    const [program, ...parameters] = command;
    const child = spawn(...patient ? patiently(program, parameters) : [program, parameters], {
      cwd: ROOT, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output += chunk;
        write(chunk);
      });
    }
    child.on('message', ({ done, total }) => show(`${done} of ${total}`));
    child.on('error', (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    child.on('close', (code) => resolve({ code, output }));
  });
}

async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-mainstay-test-'));
  chmodSync(folder, 0o711); // the servers of databases, which refuse to run as root, must pass
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
