import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { EmulatedAccount } from '../emulator/emulators';

/** To all of a secret from outside, by its ARN or its name. What is told nowhere refers to single keys, and stays as it is. */
const TO_ALL_OF_A_SECRET = /^\{\{resolve:secretsmanager:((?:arn:[^}]+:secret:)?[^:}]+):SecretString:::\}\}$/;

/** The names of the secrets from outside that a template refers to. */
export function secretsReferredTo(template: unknown): string[] {
  return [...JSON.stringify(template).matchAll(/(?:resolve:secretsmanager|:secret):([^:"]+):SecretString:::\}\}/g)].map(([, name]) => name);
}

/** The properties as CloudFormation hands them to services. */
export async function secretsInPlaceOfReferences(value: any, account: EmulatedAccount): Promise<any> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => secretsInPlaceOfReferences(item, account)));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(async ([key, item]) => [key, await secretsInPlaceOfReferences(item, account)]);
    return Object.fromEntries(await Promise.all(entries));
  }
  const [, id] = (typeof value === 'string' && TO_ALL_OF_A_SECRET.exec(value)) || [];
  return id === undefined ? value : (await new SecretsManagerClient(account).send(new GetSecretValueCommand({ SecretId: id }))).SecretString;
}
