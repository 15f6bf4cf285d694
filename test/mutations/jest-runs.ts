import { readFileSync } from 'fs';
import { join, relative } from 'path';
import { runCLI } from 'jest';
import Reporter from './reporter';
import { SourceDefect } from './source-defect';
import { TemplateDefect, UNFIT } from './template-defect';

const ROOT = join(__dirname, '..', '..');
const { id, cacheDirectory, sandboxInjectedGlobals } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).jest;

/** Tests to run with a defect, or, to see that they pass then, without one. */
export interface Job {
  readonly name: string;
  readonly tests: string[];
  readonly source?: SourceDefect;
  readonly template?: TemplateDefect;
}

/** By job and test file: the names of what failed in it, of which the first is enough. */
export type Failures = Map<Job, Map<string, string[]>>;

/** One run for all jobs, so that no processor waits. */
export async function failingTests(jobs: Job[]): Promise<Failures> {
  if (jobs.some(({ tests }) => tests.length === 0)) throw new Error('a job without tests: jest would run them all');
  const config = {
    rootDir: ROOT,
    projects: jobs.map(projectOf),
    reporters: [join(__dirname, 'reporter.ts')],
    testTimeout: 20_000, // a slow machine catches no defect
  };
  const options = { config: JSON.stringify(config), maxWorkers: 2, workerIdleMemoryLimit: '1GB', watchman: false };
  Reporter.results.length = 0; // of a run before
  await runCLI({ ...options, silent: true, _: [], $0: 'jest' }, [ROOT]);

  const failures = new Map(jobs.map((job) => [job, new Map(job.tests.map((test): [string, string[]] => [test, undefined!]))]));
  for (const { project, testFilePath, testResults, testExecError } of Reporter.results) {
    const messages = [...testExecError ? [String(testExecError.message)] : [], ...testResults.flatMap(({ failureMessages }) => failureMessages)];
    const unfit = messages.find((message) => message.includes(UNFIT) || /jest worker|out of memory|SIGKILL|SIGTERM/i.test(message));
    const job = jobs[Number(project)];
    if (unfit) throw new Error(`'${job.name}' in ${testFilePath}: ${unfit}`);
    const failed = testResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
    failures.get(job)!.set(relative(ROOT, testFilePath), testExecError ? ['loading it'] : failed);
  }
  for (const [job, byTest] of failures) {
    for (const [test, failed] of byTest) if (!failed) throw new Error(`${test} did not run for '${job.name}'`);
  }
  return failures;
}

function projectOf({ tests, source, template }: Job, index: number): object {
  return {
    displayName: `${index}`,
    id, // one for all, so that a file is compiled once
    cacheDirectory,
    sandboxInjectedGlobals,
    rootDir: ROOT,
    roots: ['<rootDir>/test'],
    testMatch: tests.map((test) => `<rootDir>/${test}`),
    testEnvironment: '<rootDir>/test/mutations/bailing-environment.js',
    setupFiles: ['<rootDir>/test/setup/environment.ts', '<rootDir>/test/setup/without-tree.ts', ...template ? ['<rootDir>/test/mutations/damaged-templates.ts'] : []],
    globals: { DEFECT: template?.name },
    clearMocks: true,
    transform: {
      '^.+\\.ts$': ['<rootDir>/test/mutations/source-transformer.js', source ? { ...source, file: join(ROOT, source.file) } : {}],
    },
  };
}
