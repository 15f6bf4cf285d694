import { awscdk } from 'projen';

const FOLDERS = ['lambda', 'examples'];

/**
 * Type-checks and lints what jsii does not compile (functions, tests, examples): ts-jest and esbuild only strip types.
 */
export class TypecheckEverything {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    for (const folder of FOLDERS) {
      project.tsconfigDev.addInclude(`../${folder}/**/*.ts`);
      project.eslint?.addLintPattern(folder);
    }
    const typecheck = project.addTask('typecheck', {
      description: 'Type-check functions, tests, examples and build steps',
      exec: 'tsc --noEmit --project test/tsconfig.json',
    });
    typecheck.exec('tsc --noEmit --project projenrc/tsconfig.json');
    project.postCompileTask.prependSpawn(typecheck);
  }
}
