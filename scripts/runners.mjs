import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ensureCheckov, ensureDatabaseClients, ensureTofu, ROOT } from './install.mjs';

export const TS_NODE = ['node_modules/.bin/ts-node', '--transpile-only', '--project', 'tsconfig.dev.json'];
const SYNTHESIS = [...TS_NODE, '--require', './test/setup/environment.ts'];

/** Jest leaves a core to itself, though it only waits: on two, that would be half of them. */
const WORKERS = `--maxWorkers=${Math.max(2, availableParallelism() - 1)}`;

/**
 * What `npm test` runs, from the quickest answer to the slowest.
 *
 * @typedef {{ passed: number, failed: number, skipped: number, note?: string }} Counts
 * @type {{ name: string, title: string, needs: ('python' | 'linux' | 'go')[], run: () => Promise<Counts> }[]}
 */
export const runners = [
  { name: 'unit', title: 'constructs and functions', needs: [], run: () => jest(WORKERS) },
  { name: 'fuzz', title: 'mutated pictures through the core of the photo function', needs: [], run: () => countingItself([...TS_NODE, 'test/fuzz/run.ts', '--executions', '1200', '--seed', '1']) },
  { name: 'newest', title: 'constructs on the newest aws-cdk-lib', needs: [], run: () => jest('--config', 'test/newest/jest.config.js', WORKERS) },
  { name: 'lint', title: 'cfn-lint over the synthesized templates', needs: ['python'], run: lintTemplates },
  {
    name: 'checkov',
    title: 'Checkov over the synthesized templates',
    needs: ['python'],
    run: async () => {
      await ensureCheckov(); // half a minute and 300 MB, which no other runner needs
      return countingItself([...SYNTHESIS, 'test/checks/checkov.ts']);
    },
  },
  {
    name: 'mutations',
    title: 'the checks, tried with the defects that they caught before',
    needs: ['python'],
    run: () => countingItself([...TS_NODE, 'test/mutations/run.ts', '--on-record']),
  },
  { name: 'consumers', title: 'the packages in apps of four languages', needs: [], run: () => countingItself([process.execPath, 'test/consumers/run.mjs']) },
  {
    name: 'life',
    title: 'every construct deployed, read back, updated and destroyed in an emulated account',
    needs: ['python', 'linux'],
    run: () => jest('--config', 'test/lifecycle/jest.config.js'),
  },
  {
    name: 'databases',
    title: 'the settings of databases read by clients, and taken by a real PostgreSQL, MariaDB and Redis',
    needs: ['python', 'linux'],
    run: async () => {
      await ensureDatabaseClients();
      return jest('--config', 'test/database-servers/jest.config.js');
    },
  },
  {
    name: 'e2e',
    title: 'the example in an emulated account',
    needs: ['python', 'linux'],
    run: () => jest('--config', 'test/e2e/jest.config.js'),
  },
  {
    name: 'soak',
    title: 'the photo function under faults, and an audit of each photo',
    needs: ['python', 'linux'],
    run: () => jest('--config', 'test/soak/jest.config.js'),
  },
  {
    name: 'terraform',
    title: 'the real OpenTofu with its state in an emulated account',
    needs: ['python', 'linux', 'go'],
    run: async () => {
      await ensureTofu(); // three minutes, which no other runner needs
      return jest('--config', 'test/opentofu/jest.config.js');
    },
  },
];

function jest(...parameters) {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, 'report.json');
    const command = ['node_modules/.bin/jest', ...parameters, '--json', `--outputFile=${file}`];
    const { code } = await start(command, { TMPDIR: folder }); // what an interrupted test leaves goes with the folder
    if (!existsSync(file)) throw new Error('jest ended without a report: see above');
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const counts = {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.numRuntimeErrorTestSuites, // a file that does not load has no tests that could fail
      skipped: report.numPendingTests + report.numTodoTests,
    };
    return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1, note: 'every test passed, but jest failed: see above (coverage?)' };
  });
}

/** A template is a test, which errors fail; warnings are shown. */
function lintTemplates() {
  return inTemporaryFolder(async (folder) => {
    const { code } = await start([...SYNTHESIS, 'test/checks/templates.ts', folder]);
    if (code !== 0) throw new Error('test/checks/templates.ts failed: nothing to lint');
    const templates = readdirSync(folder).filter((name) => name.endsWith('.template.json')).map((name) => join(folder, name));
    if (templates.length === 0) throw new Error('test/checks/templates.ts wrote no *.template.json');

    const linters = Math.min(availableParallelism(), templates.length); // one of them uses one core
    const parts = Array.from({ length: linters }, (_, part) => templates.filter((_, index) => index % linters === part));
    const answers = await Promise.all(parts.map((part) => start([...TS_NODE, 'test/checks/cfn-lint.ts', ...part], {}, 'pipe')));
    const findings = answers.flatMap(({ output }) => JSON.parse(output)); // what is no JSON is no answer of the linter
    for (const { Level, Rule, Filename, Message, Location } of findings) {
      console.log(`${Level} ${Rule.Id} in ${basename(Filename)} at ${(Location.Path ?? []).join('/')}: ${Message}`);
    }
    console.log(`${templates.length} templates, ${findings.length} findings`);
    const failed = new Set(findings.filter(({ Level }) => Level === 'Error').map(({ Filename }) => Filename)).size;
    const { code: table } = await start(['.venv/bin/python', 'scripts/instance-classes.py', '--check']); // it is of the same lists
    const outdated = table === 0 ? 0 : 1;
    return { passed: templates.length + 1 - failed - outdated, failed: failed + outdated, skipped: 0 };
  });
}

/** A command whose last line says its counts. */
async function countingItself(command) {
  const { code, output } = await start(command, {}, 'pipe');
  console.log(output.trimEnd());
  const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output);
  if (!counts) throw new Error(`${command.at(-1)} did not say how many passed`);
  const [passed, failed, skipped] = counts.slice(1).map(Number);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

/** Its output is shown, or with 'pipe' returned. */
function start([command, ...parameters], environment = {}, stdout = 'inherit') {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd: ROOT, env: { ...process.env, ...environment }, stdio: ['ignore', stdout, 'inherit'] });
    let output = '';
    child.stdout?.on('data', (chunk) => output += chunk);
    child.on('error', (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
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
