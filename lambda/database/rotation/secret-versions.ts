import {
  DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand, ResourceNotFoundException, SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { parseSecret } from '../../shared/parse-secret';

export type Fields = Record<string, unknown>;

/** The versions of a secret whose text is a JSON object. */
export interface SecretVersions {
  /** The labels of each version, by its id. */
  labels(): Promise<Record<string, string[]>>;
  current(): Promise<Fields>;
  /** Nothing if there is no such version, or none with this label. */
  pending(version: string): Promise<Fields | undefined>;
  /** Repeating it with the same fields changes nothing. */
  put(version: string, label: 'AWSPENDING' | 'AWSCURRENT', fields: Fields): Promise<void>;
  makeCurrent(version: string, before: string | undefined): Promise<void>;
}

export class StoredSecretVersions implements SecretVersions {
  constructor(private readonly client: SecretsManagerClient, private readonly secretId: string) {}

  async labels(): Promise<Record<string, string[]>> {
    const { VersionIdsToStages = {} } = await this.client.send(new DescribeSecretCommand({ SecretId: this.secretId }));
    return VersionIdsToStages;
  }

  async current(): Promise<Fields> {
    const { SecretString } = await this.client.send(new GetSecretValueCommand({ SecretId: this.secretId, VersionStage: 'AWSCURRENT' }));
    return this.fieldsIn(SecretString);
  }

  async pending(version: string): Promise<Fields | undefined> {
    try {
      const { SecretString } = await this.client.send(new GetSecretValueCommand({ SecretId: this.secretId, VersionId: version, VersionStage: 'AWSPENDING' }));
      return this.fieldsIn(SecretString);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async put(version: string, label: string, fields: Fields): Promise<void> {
    await this.client.send(new PutSecretValueCommand({
      SecretId: this.secretId, ClientRequestToken: version, SecretString: JSON.stringify(fields), VersionStages: [label],
    }));
  }

  async makeCurrent(version: string, before: string | undefined): Promise<void> {
    await this.client.send(new UpdateSecretVersionStageCommand({
      SecretId: this.secretId, VersionStage: 'AWSCURRENT', MoveToVersionId: version, RemoveFromVersionId: before,
    }));
  }

  private fieldsIn(text: string | undefined): Fields {
    return parseSecret(text, `secret ${this.secretId} must be a JSON object with the key password`);
  }
}
