import { awscdk } from 'projen';

/**
 * Keeps documents true: what is generated has a task and a test that compares, every example in the README and
 * in docstrings must compile.
 */
export class Documentation {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    project.addTask('pages', {
      description: 'Rewrite every generated page, and the generated tables of the pages',
      exec: 'ts-node --transpile-only --project tsconfig.dev.json projenrc/pages.ts',
    });
    const analyzer = project.addTask('construct-analyzer', {
      description: 'Write what the Construct Analyzer says of the package to test-reports/',
      exec: 'ts-node --project projenrc/tsconfig.json projenrc/construct-analyzer.ts',
    });
    const examples = project.addTask('examples', {
      description: 'Compile every example of the README and the docstrings',
      exec: 'jsii-rosetta extract --strict --compile --fail --no-infuse --output .jsii.tabl.json',
    });
    project.gitignore.exclude('/.jsii.tabl.json');
    project.npmignore?.exclude('/.jsii.tabl.json', '/rosetta/');
    project.postCompileTask.spawn(analyzer);
    project.postCompileTask.spawn(examples);
  }
}
