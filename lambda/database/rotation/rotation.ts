import { Service } from './config';
import { Database } from './database';
import { newPassword, withPassword } from './password';
import { SecretVersions } from './secret-versions';

export interface RotationDependencies {
  readonly credentials: SecretVersions;
  readonly connection: SecretVersions;
  readonly connectionFields: Record<string, string>;
  readonly database: Database;
  readonly services: Service[];
  readonly restart: (service: Service) => Promise<void>;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** How long the invocation may still take. */
  readonly millisecondsLeft: () => number;
}

const POLL_EVERY = 5_000;
const NOT_SETTLED_BEFORE = 10_000;

/**
 * The steps that Secrets Manager asks for, one call each. It repeats a step that failed, so each does no harm twice.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 */
export class Rotation {
  constructor(private readonly uses: RotationDependencies) {}

  async createSecret(version: string): Promise<void> {
    const { credentials } = this.uses;
    const current = await credentials.current();
    if (await credentials.pending(version)) return;
    await credentials.put(version, 'AWSPENDING', { ...current, password: newPassword() });
  }

  async setSecret(version: string): Promise<void> {
    await this.uses.database.setPassword(await this.pendingPassword(version));
  }

  /** RDS says of a password that it is still to be applied, shortly after it was asked to. */
  async testSecret(version: string): Promise<void> {
    await this.pendingPassword(version);
    const { database, wait, millisecondsLeft } = this.uses;
    await wait(NOT_SETTLED_BEFORE);
    while (!await database.isSettled()) {
      if (millisecondsLeft() < 4 * POLL_EVERY) throw new Error('RDS has not applied the new password yet: Secrets Manager tries again');
      await wait(POLL_EVERY);
    }
  }

  async finishSecret(version: string): Promise<void> {
    const { credentials, connection, connectionFields, services, restart } = this.uses;
    const labels = await credentials.labels();
    const before = Object.keys(labels).find((id) => labels[id].includes('AWSCURRENT'));
    if (before !== version) {
      // What applications read comes first: where this fails in between, the repetition writes the same again.
      await connection.put(version, 'AWSCURRENT', withPassword(connectionFields, await this.pendingPassword(version)));
      await credentials.makeCurrent(version, before);
    }
    const results = await Promise.allSettled(services.map(restart));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async pendingPassword(version: string): Promise<string> {
    const password = (await this.uses.credentials.pending(version))?.password;
    if (typeof password !== 'string' || password === '') throw new Error(`version ${version} of the secret must be pending and have a password`);
    return password;
  }
}
