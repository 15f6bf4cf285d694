import { awscdk, javascript } from 'projen';

/** Folders of TypeScript that jsii does not compile and projen knows nothing of. */
const FOLDERS = ['lambda', 'examples', 'scripts', 'bench'];

/**
 * Type-checks and lints what jsii does not compile: ts-jest and esbuild only strip types.
 */
export class TypecheckEverything {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    const typecheck = project.addTask('typecheck', { description: 'Type-check functions, tests, examples and build steps' });
    for (const folder of FOLDERS) {
      new javascript.TypescriptConfig(project, {
        fileName: `${folder}/tsconfig.json`,
        extends: javascript.TypescriptConfigExtends.fromPaths(['../tsconfig.json']),
        compilerOptions: { noEmit: true, rootDir: '..' },
        include: ['**/*.ts'],
        exclude: ['node_modules', 'cdk.out'],
      });
      project.eslint?.addLintPattern(folder);
      project.eslint?.allowDevDeps(`${folder}/**`); // bundled, or never shipped
    }
    for (const folder of [...FOLDERS, 'test', 'projenrc']) {
      typecheck.exec(`tsc --project ${folder}/tsconfig.json`);
    }
    project.postCompileTask.prependSpawn(typecheck);
  }
}
