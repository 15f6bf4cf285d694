import { execFileSync, spawnSync } from 'child_process';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');

/** Asks the libraries of Python. */
export function python<Answer>(request: object): Answer {
  const output = execFileSync(join(ROOT, '.venv-databases/bin/python'), [join(__dirname, 'clients.py')], {
    input: JSON.stringify(request), encoding: 'utf8', stdio: 'pipe',
  });
  return JSON.parse(output);
}

export const hasJava = ['mvn', 'javac'].every((tool) => spawnSync(tool, ['--version']).status === 0);

/** The drivers of JDBC, from Maven Central, and a program that asks them. */
export class Jdbc {
  constructor(private readonly folder: string) {
    const downloads = join(ROOT, 'node_modules/.cache/cdk-mainstay/maven');
    const maven = ['--batch-mode', '--quiet', `-Dmaven.repo.local=${downloads}`, '--file', join(__dirname, 'pom.xml')];
    execFileSync('mvn', [...maven, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`], { stdio: 'pipe' });
    execFileSync('javac', ['-cp', join(folder, '*'), '-d', folder, join(__dirname, 'Drivers.java')], { stdio: 'pipe' });
  }

  ask<Answer>(...parameters: string[]): Answer {
    const classes = [this.folder, join(this.folder, '*')].join(':');
    return JSON.parse(execFileSync('java', ['-cp', classes, 'Drivers', ...parameters], { encoding: 'utf8', stdio: 'pipe' }));
  }
}
