import {
  DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, ResourceNotFoundException, SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { NextKey, SigningKey, SigningSecret } from './signing-secret';
import { parseSecret } from '../../shared/parse-secret';

/** The label of the key that comes after the current one. Secrets Manager keeps a version as long as it has a label. */
const NEXT = 'NEXT';

export class StoredSigningSecret implements SigningSecret {
  constructor(private readonly client: SecretsManagerClient, private readonly secretId: string) {}

  async currentVersion(): Promise<string | undefined> {
    const { VersionIdsToStages = {} } = await this.client.send(new DescribeSecretCommand({ SecretId: this.secretId }));
    return Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id].includes('AWSCURRENT'));
  }

  async current(): Promise<SigningKey> {
    return this.read({ VersionStage: 'AWSCURRENT' });
  }

  async previous(): Promise<SigningKey> {
    return this.read({ VersionStage: 'AWSPREVIOUS' });
  }

  async pending(VersionId: string): Promise<SigningKey | undefined> {
    try {
      return await this.read({ VersionId, VersionStage: 'AWSPENDING' });
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async next(): Promise<NextKey> {
    return this.read({ VersionStage: NEXT });
  }

  async begin(current: SigningKey, next: NextKey): Promise<void> {
    await this.putNext(next);
    await this.put(current, 'AWSCURRENT');
  }

  async putPending(version: string, key: SigningKey): Promise<void> {
    await this.put(key, 'AWSPENDING', version);
  }

  async putNext(key: NextKey): Promise<void> {
    await this.put(key, NEXT);
  }

  async makeCurrent(version: string, before: string | undefined): Promise<void> {
    await this.client.send(new UpdateSecretVersionStageCommand({
      SecretId: this.secretId, VersionStage: 'AWSCURRENT', MoveToVersionId: version, RemoveFromVersionId: before,
    }));
  }

  private async put(key: SigningKey, label: string, version?: string): Promise<void> {
    await this.client.send(new PutSecretValueCommand({
      SecretId: this.secretId, ClientRequestToken: version, SecretString: JSON.stringify(key), VersionStages: [label],
    }));
  }

  private async read(which: { VersionId?: string; VersionStage: string }): Promise<any> {
    const { SecretString } = await this.client.send(new GetSecretValueCommand({ SecretId: this.secretId, ...which }));
    return parseSecret(SecretString, `${which.VersionStage} of secret ${this.secretId} must be a JSON object with a key`);
  }
}
