import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export interface WasabiCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export async function readWasabiSecret(secrets: SecretsManagerClient, secretId: string): Promise<WasabiCredentials> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  const fields = jsonFields(SecretString, secretId);
  return {
    accessKeyId: textField(fields, 'WASABI_ACCESS', secretId),
    secretAccessKey: textField(fields, 'WASABI_SECRET', secretId),
  };
}

function jsonFields(text: string | undefined, secretId: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text ?? ''));
  } catch {
    // Not chained as a cause: the parser's own message quotes what it read, and that is the secret.
    throw new Error(`secret ${secretId} must be a JSON object with the keys WASABI_ACCESS and WASABI_SECRET, got something else`);
  }
}

function textField(fields: Record<string, unknown>, name: string, secretId: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') {
    throw new Error(`secret ${secretId} must have a non-empty text under the key ${name}`);
  }
  return value;
}
