import { awscdk } from 'projen';

/** Lints which file imports which, by the rules of `.dependency-cruiser.cjs`. */
export class LintImports {
  public static readonly DEPENDENCIES = ['dependency-cruiser@^17.4.3'];

  constructor(project: awscdk.AwsCdkConstructLibrary) {
    const lint = project.addTask('lint:imports', {
      description: 'Lint which file imports which: no private/ of another folder, no circles',
      exec: 'depcruise --config .dependency-cruiser.cjs --output-type err-long src lambda',
    });
    project.testTask.spawn(lint);
    project.npmignore?.exclude('/.dependency-cruiser.cjs');
  }
}
