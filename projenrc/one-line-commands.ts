import { awscdk } from 'projen';

/**
 * Makes `npm test`, `npm run demo` and `npm run soak` work on a fresh clone with no step before them: they are plain
 * Node scripts without dependencies, which install what is missing and then go on.
 */
export class OneLineCommands {
  /** What the emulated account is set up and looked at with; lambda and sfn stand for the SDK that Lambda's runtime has. */
  public static readonly DEPENDENCIES = ['cloudformation', 'cloudwatch', 'cloudwatch-logs', 'eventbridge', 'iam', 'kms', 'lambda', 'sfn', 'sns', 'sts']
    .map((service) => `@aws-sdk/client-${service}@^3.1150.0`);

  constructor(project: awscdk.AwsCdkConstructLibrary) {
    project.setScript('test', 'node scripts/test.mjs');
    project.setScript('test:consumers', 'node scripts/test.mjs consumers');
    project.setScript('mutate', 'node scripts/run.mjs mutate');
    project.setScript('demo', 'node scripts/run.mjs demo');
    project.setScript('bench:synthesis', 'node bench/synthesis.mjs');
    project.setScript('fuzz', 'ts-node --transpile-only --project tsconfig.dev.json test/fuzz/run.ts');
    project.setScript('bench:photos', 'node bench/photos/run.mjs');
    project.setScript('soak', 'node scripts/run.mjs soak');

    project.gitignore.exclude('/.venv*/', '/test-reports/', '/demo-report/', 'cdk.out/', '__pycache__/');
    project.npmignore?.exclude(
      '/scripts/', '/examples/', '/docs/', '/bench/', '/.ci/', '/.venv*/', '/test-reports/', '/demo-report/', 'cdk.out/',
    );
  }
}
