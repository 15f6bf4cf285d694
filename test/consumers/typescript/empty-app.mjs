import { copyFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MANIFEST } from '../artifacts.mjs';
import { run } from '../command.mjs';
import { firstAppIn } from '../consumer.mjs';

const { devDependencies } = MANIFEST;
const SOURCE = join(dirname(fileURLToPath(import.meta.url)), 'app.ts');

/** Makes a folder the app of somebody who installs the tarball. */
export function install(app, tarball, cdk) {
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true }));
  run(app, [
    'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts',
    tarball, `aws-cdk-lib@${cdk}`, ...['constructs', 'typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`),
  ]);
  copyFileSync(SOURCE, join(app, 'app.ts'));
  writeFileSync(join(app, 'first.ts'), firstAppIn('typescript'));
}

export function compile(app) {
  run(app, ['npx', 'tsc', '--strict', '--skipLibCheck', '--module', 'node16', '--target', 'es2022', '--types', 'node', 'app.ts', 'first.ts']);
}

/** The value of the last expression of some code, in a process of its own. */
export function evaluate(app, code) {
  return JSON.parse(run(app, ['node', '--eval', `console.log(JSON.stringify(eval(${JSON.stringify(code)})))`]));
}

export function synthesize(app, environment) {
  run(app, ['node', 'app.js'], environment);
}

export function readme(app, environment) {
  run(app, ['node', 'first.js'], environment);
}
