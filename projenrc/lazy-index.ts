import { awscdk } from 'projen';

/** Makes importing the package nearly free: docs/decisions/lazy-index.md. */
export class LazyIndex {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    project.compileTask.exec('ts-node --transpile-only --project projenrc/tsconfig.json projenrc/make-index-lazy.ts');
    project.compileTask.exec('node scripts/install.mjs compiled'); // so that no test compiles the same again
    project.gitignore.exclude('/.compiled');
    project.npmignore?.exclude('/.compiled');
  }
}
