import { execFileSync, spawn, spawnSync } from 'child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'fs';
import { join } from 'path';
import { setTimeout } from 'timers/promises';
import { ROOT } from '../emulator/repository';

/** Where tasks find the account: the address at which ECS has their credentials, which the SDKs trust. The gateway of their network has it. */
export const ACCOUNT_ADDRESS = '169.254.170.2';
const SUBNET = '169.254.170.0/24';
const SECONDS_TO_START = 60;

/** What scripts/install.mjs unpacks of Debian's packages. */
export const CACHE = join(ROOT, 'node_modules', '.cache', 'containers');

/** A container engine, with a network for tasks. */
export interface Engine {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Docker's client. */
  readonly client: string;
  /** The name of the tasks' network. */
  readonly network: string;
  /** What a command begins with that needs the network of the engine. */
  readonly enter: string[];
  docker(parameters: string[], input?: Buffer): string;
  stop(): Promise<void>;
}

/** The machine's own engine where one answers, or else one that exists in private namespaces only, until `stop`. */
export async function startEngine(folder: string): Promise<Engine> {
  const own = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  return answers(own) ? useEngine(own) : startPrivateEngine(folder);
}

function answers(host: string): boolean {
  try {
    docker(host, ['version'], { docker: 'docker' });
    return true;
  } catch {
    return false;
  }
}

function useEngine(host: string): Engine {
  const network = `cdk-mainstay-${process.pid}`;
  const run = (parameters: string[], input?: Buffer) => docker(host, parameters, { docker: 'docker', input });
  createNetwork(run, network);
  return {
    host,
    client: 'docker',
    network,
    enter: [],
    docker: run,
    stop: async () => {
      const listed = (...parameters: string[]) => run(parameters).split('\n').filter(Boolean);
      const containers = listed('ps', '--all', '--quiet', '--filter', `network=${network}`);
      if (containers.length > 0) run(['rm', '--force', '--volumes', ...containers]);
      run(['network', 'rm', network]);
      const images = ['cdk-mainstay-test/*', 'cdkasset-*', '*/cdk-*-container-assets-*'].flatMap((name) => listed('images', '--filter', `reference=${name}`, '--format', '{{.Repository}}:{{.Tag}}'));
      if (images.length > 0) run(['rmi', '--force', ...images]);
    },
  };
}

/** Its bridge, addresses, rules and mounts exist in its namespaces only, and end with the first process in them, which ends with this one. */
async function startPrivateEngine(folder: string): Promise<Engine> {
  const [state, socket] = [join(folder, 'engine'), join(folder, 'engine.sock')];
  mkdirSync(state);
  const cgroup = `cdk-mainstay-${process.pid}`;
  const binaries = join(CACHE, 'engine');
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
  const child = spawn('unshare', [...namespaces, 'bash', join(__dirname, 'engine.sh'), binaries, state, socket, cgroup], {
    stdio: ['pipe', 'ignore', 'ignore'], // the engine ends when this end of its stdin closes
    detached: true, // Ctrl-C is for us, who then stop it
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const host = `unix://${socket}`;
  const client = join(binaries, 'usr/bin/docker');
  const run = (parameters: string[], input?: Buffer) => docker(host, parameters, { docker: client, input });
  const stop = async () => {
    child.stdin.end();
    await ended;
    removeCgroups(cgroup);
    rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await ready(run, () => child.exitCode !== null, state);
    createNetwork(run, 'tasks');
    return { host, client, network: 'tasks', enter: ['nsenter', '--net', '--target', firstProcess(child.pid!), '--'], docker: run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(run: Engine['docker'], hasEnded: () => boolean, state: string): Promise<void> {
  const until = Date.now() + SECONDS_TO_START * 1000;
  for (;;) {
    try {
      run(['version']);
      return;
    } catch (error) {
      if (hasEnded() || Date.now() > until) throw new Error(`the container engine did not start: ${error}\n${execFileSync('tail', ['-n', '20', join(state, 'log')], { encoding: 'utf8' })}`);
      await setTimeout(100);
    }
  }
}

/** The child of `unshare`, which is in the new namespaces. */
function firstProcess(pid: number): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
}

function createNetwork(run: Engine['docker'], name: string): void {
  run(['network', 'create', '--subnet', SUBNET, '--gateway', ACCOUNT_ADDRESS, name]);
}

/** The kernel keeps the empty folders of containers that are gone. */
function removeCgroups(name: string): void {
  const root = '/sys/fs/cgroup';
  const hierarchies = existsSync(root) ? [root, ...readdirSync(root).map((hierarchy) => join(root, hierarchy))] : [];
  for (const folder of hierarchies.map((hierarchy) => join(hierarchy, name)).filter((path) => existsSync(path))) {
    for (const path of execFileSync('find', [folder, '-depth', '-type', 'd'], { encoding: 'utf8' }).split('\n').filter(Boolean)) rmdirSync(path);
  }
}

function docker(host: string, parameters: string[], { docker: program, input }: { docker: string; input?: Buffer }): string {
  const env = { PATH: process.env.PATH, DOCKER_HOST: host, HOME: process.env.HOME };
  const { error, status, stdout, stderr } = spawnSync(program, parameters, { env, encoding: 'utf8', input, maxBuffer: 1e8 });
  if (error) throw error;
  if (status !== 0) throw new Error(`docker ${parameters.join(' ')} failed with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}
