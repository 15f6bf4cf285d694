// `npx projen compat`: what the API of the folder takes away from its last release, which `.compatignore` must admit. That release is the last
// tag, compiled again: a registry could have anything under the name, and has nothing before the first release.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = process.cwd();
const ADMITTED = '.compatignore';
const require = createRequire(import.meta.url);
const git = (...parameters) => spawnSync('git', parameters, { cwd: here, encoding: 'utf8' }).stdout.trim();
const node = (cwd, ...parameters) => execFileSync(process.execPath, parameters, { cwd, stdio: 'inherit' });

const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*');
if (tag) compare();
else console.log(`compatibility: NOT RUN, as ${git('rev-parse', '--is-shallow-repository') === 'true'
  ? 'the history is shallow and a release may be beyond it: git fetch --tags --unshallow'
  : 'nothing is released yet: there is no tag like v1.2.3'}`);

function compare() {
  const released = mkdtempSync(join(tmpdir(), 'released-'));
  try {
    execFileSync('tar', ['-x', '-C', released], { input: execFileSync('git', ['archive', tag], { cwd: here, maxBuffer: 2 ** 30 }) });
    symlinkSync(join(here, 'node_modules'), join(released, 'node_modules'));
    node(released, require.resolve('jsii/bin/jsii'), '--silence-warnings=reserved-word');
    // Also what is experimental: whoever uses it has to change their app all the same.
    node(here, require.resolve('jsii-diff/bin/jsii-diff'), released, here, '--keys', '--error-on', 'all', '--ignore-file', ADMITTED);
    console.log(`compatibility: with ${tag}, nothing is taken away that ${ADMITTED} does not admit`);
  } catch (error) {
    console.error(`compatibility: not with ${tag}: ${error.message}\nA change that is meant has its key, in brackets above, as a line of ${ADMITTED}`);
    process.exitCode = 1;
  } finally {
    rmSync(released, { recursive: true, force: true });
  }
}
