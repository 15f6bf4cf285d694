import { spawn } from 'child_process';
import { mkdirSync } from 'fs';
import { delimiter, dirname, join } from 'path';
import { Emulators } from './emulators';
import { ROOT } from './repository';

/** The real CDK CLI, on one app, against the emulated account and nothing else. */
export class Cdk {
  private readonly environment: Record<string, string>;

  /** @param more environment variables of the CLI */
  constructor(
    private readonly emulators: Pick<Emulators, 'account' | 'folder' | 'stopping'>,
    private readonly appFolder: string,
    private readonly minutesAtMost = 3,
    more: Record<string, string> = {},
  ) {
    this.environment = { ...commandEnvironment(emulators), ...more };
  }

  public bootstrap(): Promise<string> {
    const { accountId, region } = this.emulators.account;
    return this.run(this.emulators.folder, 'bootstrap', `aws://${accountId}/${region}`); // not in the app, which would be synthesized for it
  }

  /** @returns the folder of the cloud assembly */
  public async synth(context: Record<string, string>): Promise<string> {
    const assembly = join(this.emulators.folder, 'cdk.out');
    const values = Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`]);
    await this.run(this.appFolder, 'synth', '--quiet', '--output', assembly, ...values);
    return assembly;
  }

  /** @param concurrency how many stacks at a time */
  public deploy(assembly: string, concurrency = 1): Promise<string> {
    return this.run(this.appFolder, 'deploy', '--app', assembly, '--require-approval', 'never', '--all', '--concurrency', `${concurrency}`);
  }

  /** @param concurrency how many stacks at a time */
  public destroy(assembly: string, concurrency = 1): Promise<string> {
    return this.run(this.appFolder, 'destroy', '--app', assembly, '--force', '--all', '--concurrency', `${concurrency}`);
  }

  private run(cwd: string, command: string, ...parameters: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const cli = [join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), command, ...parameters, '--no-notices', '--ci', '--no-color'];
      const child = spawn(process.execPath, cli, {
        cwd,
        env: this.environment,
        stdio: ['ignore', 'pipe', 'pipe'],
        signal: AbortSignal.any([this.emulators.stopping, AbortSignal.timeout(this.minutesAtMost * 60_000)]),
        killSignal: 'SIGKILL',
      });
      let output = '';
      child.stdout.on('data', (chunk) => output += chunk);
      child.stderr.on('data', (chunk) => output += chunk);
      child.on('error', () => undefined); // an abort; 'close' follows and says more
      child.on('close', (code) => {
        if (code === 0) return resolve(output);
        const end = code === null ? `was stopped, by force or after ${this.minutesAtMost} minutes` : `failed with ${code}`;
        reject(new Error(`cdk ${command} ${end}:\n${output.slice(-6000)}`));
      });
    });
  }
}

/** Made from nothing, so that no profile, role, proxy or endpoint of the developer's can lead to a real account. */
function commandEnvironment({ account, folder }: Pick<Emulators, 'account' | 'folder'>): Record<string, string> {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  return {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: home,
    TMPDIR: folder,
    AWS_ENDPOINT_URL: account.endpoint,
    AWS_ACCESS_KEY_ID: account.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: account.credentials.secretAccessKey,
    AWS_REGION: account.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_S3_FORCE_PATH_STYLE: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_VALIDATION: 'false', // its own test does that, at a second per synthesis
    TS_NODE_TRANSPILE_ONLY: 'true', // type-checked by the build
  };
}
