import { awscdk } from 'projen';

/** Folders of TypeScript that jsii does not compile and projen knows nothing of. */
const FOLDERS = ['lambda', 'examples', 'scripts', 'bench'];

/**
 * Type-checks and lints what jsii does not compile, by one `tsconfig.dev.json`: esbuild, which compiles functions and tests, only strips types.
 */
export class TypecheckEverything {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    for (const folder of FOLDERS) {
      project.eslint?.addLintPattern(folder);
      project.eslint?.allowDevDeps(`${folder}/**`); // bundled, or never shipped
    }
    project.tsconfigDev.removeInclude('**/*.ts'); // also matches the compiled library
    for (const folder of [project.srcdir, project.testdir, 'projenrc', ...FOLDERS]) project.tsconfigDev.addInclude(`${folder}/**/*.ts`);
    project.tsconfigDev.addInclude('.projenrc.ts');
    project.tsconfigDev.addExclude('**/cdk.out');

    const typecheck = project.addTask('typecheck', {
      description: 'Type-check functions, tests, examples and build steps',
      exec: `tsc --project ${project.tsconfigDev.fileName}`,
    });
    project.postCompileTask.prependSpawn(typecheck);
  }
}
