import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseSecret } from '../../shared/parse-secret';

export interface WasabiCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export async function readWasabiSecret(secrets: SecretsManagerClient, secretId: string): Promise<WasabiCredentials> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  const fields = parseSecret(SecretString, `secret ${secretId} must be a JSON object with the keys WASABI_ACCESS and WASABI_SECRET`);
  return {
    accessKeyId: textField(fields, 'WASABI_ACCESS', secretId),
    secretAccessKey: textField(fields, 'WASABI_SECRET', secretId),
  };
}

function textField(fields: Record<string, unknown>, name: string, secretId: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') {
    throw new Error(`secret ${secretId} must have a non-empty text under the key ${name}`);
  }
  return value;
}
