import { awscdk } from 'projen';

/**
 * Keeps documents true: tables derived from code are rewritten by the build, every example in the README and
 * in docstrings must compile.
 */
export class Documentation {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    const tables = project.addTask('readme-tables', {
      description: 'Rewrite the generated tables of the README, of docs/odd-inputs.md, of docs/network-changes.md and of docs/github-claims.md',
      exec: 'ts-node --project projenrc/tsconfig.json projenrc/readme-tables.ts',
    });
    tables.exec('ts-node --project projenrc/tsconfig.json projenrc/odd-inputs-page.ts');
    tables.exec('ts-node --project projenrc/tsconfig.json projenrc/network-changes-page.ts');
    tables.exec('ts-node --project projenrc/tsconfig.json projenrc/github-claims-page.ts');
    const analyzer = project.addTask('construct-analyzer', {
      description: 'Rewrite what the Construct Analyzer says of the package',
      exec: 'ts-node --project projenrc/tsconfig.json projenrc/construct-analyzer.ts',
    });
    const examples = project.addTask('examples', {
      description: 'Compile every example of the README and the docstrings',
      exec: 'jsii-rosetta extract --strict --compile --fail --no-infuse --output .jsii.tabl.json',
    });
    project.gitignore.exclude('/.jsii.tabl.json');
    project.npmignore?.exclude('/.jsii.tabl.json', '/rosetta/');
    project.postCompileTask.prependSpawn(tables);
    project.postCompileTask.spawn(analyzer);
    project.postCompileTask.spawn(examples);
  }
}
