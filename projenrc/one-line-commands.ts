import { awscdk } from 'projen';

/** By the name of the command, which is also a task that `npx projen --help` shows. */
const COMMANDS: Record<string, { exec: string; description: string }> = {
  'test:all': { exec: 'node scripts/test.mjs --all', description: 'All tests: what `npm test` runs, and the rest' },
  'test:rest': { exec: 'node scripts/test.mjs --rest', description: 'All tests but those that `npm test` runs' },
  'mutate': { exec: 'node scripts/run.mjs mutate', description: 'Try every check with every seeded defect' },
  'fuzz': { exec: 'node scripts/run.mjs fuzz', description: 'Mutated pictures through the core of the photo function' },
  'soak': { exec: 'node scripts/run.mjs soak', description: 'The photo function under faults' },
  'demo': { exec: 'node scripts/run.mjs demo', description: 'Deploy the photo archive into an emulated account, use it and destroy it' },
  'bench:synthesis': { exec: 'node bench/synthesis.mjs', description: 'Measure synthesis' },
  'bench:photos': { exec: 'node bench/photos/run.mjs', description: 'Measure the photo function' },
};

/**
 * Makes `npm test`, `npm run demo` and the others work on a fresh clone with no step before them: they are plain
 * Node scripts without dependencies, which install what is missing and then go on.
 */
export class OneLineCommands {
  /** What the emulated account is set up and looked at with; lambda and sfn stand for the SDK that Lambda's runtime has. */
  public static readonly DEPENDENCIES = ['cloudformation', 'cloudwatch', 'cloudwatch-logs', 'eventbridge', 'iam', 'kms', 'lambda', 'sfn', 'sns', 'sts']
    .map((service) => `@aws-sdk/client-${service}@^3.1150.0`);

  constructor(project: awscdk.AwsCdkConstructLibrary) {
    for (const [name, { exec, description }] of Object.entries(COMMANDS)) {
      project.addTask(name, { description, exec, receiveArgs: true });
      project.setScript(name, exec); // not by projen, which a fresh clone does not have
    }
    project.setScript('test', 'node scripts/test.mjs');
    // A part of `projen build`, which does not run the tests: they have runners of their own.
    project.testTask.reset();
    project.testTask.spawn(project.eslint!.eslintTask);
    project.testTask.description = 'Lint: the tests are `npm test` and `npm run test:all`';

    project.gitignore.exclude('/.venv*/', '/test-reports/', '/demo-report/', 'cdk.out/', '__pycache__/');
    project.npmignore?.exclude(
      '/scripts/', '/examples/', '/docs/', '/bench/', '/.ci/', '/.venv*/', '/test-reports/', '/demo-report/', 'cdk.out/',
    );
  }
}
