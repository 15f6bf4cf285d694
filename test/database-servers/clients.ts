import { execFileSync, spawnSync } from 'child_process';
import { join } from 'path';

const ROOT = join(__dirname, '..', '..');

/**
 * Asks the libraries of Python.
 *
 * @param authorities a file of certificates that OpenSSL trusts instead of the machine's
 */
export function python<Answer>(request: object, authorities?: string): Answer {
  const output = execFileSync(join(ROOT, '.venv-databases/bin/python'), [join(__dirname, 'clients.py')], {
    input: JSON.stringify(request), encoding: 'utf8', stdio: 'pipe', env: trusting(authorities),
  });
  return JSON.parse(output);
}

/** As both OpenSSL and Go read it. */
function trusting(authorities: string | undefined): NodeJS.ProcessEnv {
  return authorities === undefined ? process.env : { ...process.env, SSL_CERT_FILE: authorities };
}

export const hasGo = spawnSync('go', ['version']).status === 0;

/** A program with go-redis. */
export class GoRedis {
  private readonly program: string;

  constructor(folder: string) {
    this.program = join(folder, 'go-redis');
    execFileSync('go', ['build', '-o', this.program, '.'], { cwd: join(__dirname, 'go-redis'), stdio: 'pipe' });
  }

  ask<Answer>(url: string, authorities: string): Answer {
    return JSON.parse(execFileSync(this.program, [url], { encoding: 'utf8', stdio: 'pipe', env: trusting(authorities) }));
  }
}

export const hasJava = ['mvn', 'javac'].every((tool) => spawnSync(tool, ['--version']).status === 0);

/** The drivers of JDBC and Lettuce, from Maven Central, and a program that asks them. */
export class Java {
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
