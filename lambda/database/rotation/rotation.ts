import { Service } from './config';
import { awaitSettled, Database } from './database';
import { newPassword, withPassword } from './password';
import { SecretVersions } from './secret-versions';
import { Deadline } from '../../shared/deadline';
import { RotationSteps } from '../../shared/rotation-steps';

export interface RotationDependencies {
  readonly credentials: SecretVersions;
  readonly connection: SecretVersions;
  readonly connectionFields: Record<string, string>;
  readonly database: Database;
  readonly services: Service[];
  readonly restart: (service: Service) => Promise<void>;
  /** Reports the rotation to what restarts services of other stacks. */
  readonly announce: () => Promise<void>;
  readonly deadline: Deadline;
}

/** For answering, in milliseconds. */
const RESERVE = 15_000;

export class Rotation implements RotationSteps {
  constructor(private readonly deps: RotationDependencies) {}

  async createSecret(version: string): Promise<void> {
    const { credentials } = this.deps;
    const current = await credentials.current();
    if (await credentials.pending(version)) return;
    await credentials.put(version, 'AWSPENDING', { ...current, password: newPassword() });
  }

  async setSecret(version: string): Promise<void> {
    await this.deps.database.setPassword(await this.pendingPassword(version));
  }

  async testSecret(version: string): Promise<void> {
    await this.pendingPassword(version);
    const { database, deadline } = this.deps;
    if (!await awaitSettled(database, deadline, RESERVE)) throw new Error('RDS has not applied the new password yet: Secrets Manager tries again');
  }

  async finishSecret(version: string): Promise<void> {
    const { credentials, connection, connectionFields, services, restart, announce } = this.deps;
    const labels = await credentials.labels();
    const before = Object.keys(labels).find((id) => labels[id].includes('AWSCURRENT'));
    if (before !== version) {
      // What applications read comes first: where this fails in between, the repetition writes the same again.
      await connection.put(version, 'AWSCURRENT', withPassword(connectionFields, await this.pendingPassword(version)));
      await credentials.makeCurrent(version, before);
    }
    const results = await Promise.allSettled([announce(), ...services.map(restart)]);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async pendingPassword(version: string): Promise<string> {
    const password = (await this.deps.credentials.pending(version))?.password;
    if (typeof password !== 'string' || password === '') throw new Error(`version ${version} of the secret must be pending and have a password`);
    return password;
  }
}
