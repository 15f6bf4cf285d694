import { spawnSync } from 'node:child_process';

const ENOUGH = 256 * 2 ** 20;

/**
 * Runs a command and returns what it prints; that it fails is an error with its last words.
 *
 * @param {string} cwd
 * @param {string[]} command
 * @param {Record<string, string>} environment
 */
export function run(cwd, [name, ...parameters], environment = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(name, parameters, {
    cwd,
    encoding: 'utf8',
    maxBuffer: ENOUGH,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Node 20 works and is tested; jsii's banner about its end of life is noise here.
    env: { ...process.env, CI: '1', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20', ...environment },
  });
  if (error) throw new Error(`${name} could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`\`${[name, ...parameters].join(' ')}\` failed (${signal ?? status}):\n${`${stdout}${stderr}`.slice(-4000)}`);
  return stdout;
}

/** Whether a command is there and ends well. */
export function works(...[name, ...parameters]) {
  return spawnSync(name, parameters, { stdio: 'ignore' }).status === 0;
}
