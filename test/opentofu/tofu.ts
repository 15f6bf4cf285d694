import { spawn } from 'child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'fs';
import { join } from 'path';
import { Credentials, EmulatedAccount } from '../emulator/emulators';
import { ROOT } from '../emulator/repository';

/** Built by scripts/install.mjs. */
const TOFU = join(ROOT, 'node_modules', '.cache', 'opentofu', 'tofu');

/** Something to keep a state of, without a provider and its plugin; it takes as long as it is told to. */
const CONFIGURATION = `
variable "value" { default = "first" }
variable "seconds" { default = 0 }
resource "terraform_data" "it" {
  input = var.value
  triggers_replace = [var.value]
  provisioner "local-exec" { command = "touch under-way && sleep \${var.seconds}" }
}
output "value" { value = terraform_data.it.output }
`;

export interface Answer {
  readonly code: number | null;
  readonly output: string;
}

/** The real OpenTofu in a working directory of its own, as whom somebody is, against the emulated account and nothing else. */
export class Tofu {
  private readonly folder: string;

  constructor(parent: string, backend: string, private readonly account: EmulatedAccount, private readonly credentials: Credentials) {
    this.folder = mkdtempSync(join(parent, 'tofu-'));
    mkdirSync(join(this.folder, 'home'));
    writeFileSync(join(this.folder, 'main.tf'), CONFIGURATION);
    writeFileSync(join(this.folder, 'backend.tf'), backend);
  }

  /** Bucket names are no host names here. */
  init(): Promise<Answer> {
    return this.run('init', '-input=false', '-backend-config=use_path_style=true');
  }

  apply(value: string, seconds = 0): Promise<Answer> {
    return this.run('apply', '-input=false', '-auto-approve', '-lock-timeout=0s', `-var=value=${value}`, `-var=seconds=${seconds}`);
  }

  output(): Promise<Answer> {
    return this.run('output', '-raw', 'value');
  }

  workspace(command: 'new' | 'select' | 'delete', name: string): Promise<Answer> {
    return this.run('workspace', command, name);
  }

  /** Whether it has begun to apply, and so holds the lock. */
  get isApplying(): boolean {
    return existsSync(join(this.folder, 'under-way'));
  }

  private run(...parameters: string[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const child = spawn(TOFU, parameters, {
        cwd: this.folder,
        env: {
          PATH: process.env.PATH,
          HOME: join(this.folder, 'home'),
          AWS_ENDPOINT_URL: this.account.endpoint,
          AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
          AWS_SESSION_TOKEN: this.credentials.sessionToken,
          AWS_EC2_METADATA_DISABLED: 'true',
          TF_CLI_ARGS: '-no-color',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 60_000,
      });
      let output = '';
      child.stdout.on('data', (chunk) => output += chunk);
      child.stderr.on('data', (chunk) => output += chunk);
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, output }));
    });
  }
}
