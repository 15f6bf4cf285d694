import { awscdk } from 'projen';

/** Makes importing the package nearly free: docs/decisions/lazy-index.md. */
export class LazyIndex {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    project.compileTask.exec('ts-node --transpile-only --project projenrc/tsconfig.json projenrc/make-index-lazy.ts');
  }
}
