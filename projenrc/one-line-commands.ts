import { awscdk } from 'projen';

/**
 * Makes `npm test` and `npm run demo` work on a fresh clone with no step before them: they are plain
 * Node scripts without dependencies, which install what is missing and then go on.
 */
export class OneLineCommands {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    project.setScript('test', 'node scripts/test.mjs');
    project.setScript('demo', 'node scripts/demo.mjs');

    project.gitignore.exclude('/.venv/', '/test-reports/', '/demo-report/', 'cdk.out/', '__pycache__/');
    project.npmignore?.exclude('/scripts/', '/examples/', '/docs/', '/bench/', '/.ci/', '/.venv/', '/test-reports/', '/demo-report/', 'cdk.out/');
  }
}
