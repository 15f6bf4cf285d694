import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { WasabiLocation, wasabiClient } from './client';
import { readWasabiSecret } from './secret';
import { WasabiSession } from './session';

/** Access to a store with the credentials in a secret. */
export function openSession(
  store: WasabiLocation & { readonly secretId: string }, secrets: SecretsManagerClient, requestHandler?: S3ClientConfig['requestHandler'],
): WasabiSession {
  return new WasabiSession(() => readWasabiSecret(secrets, store.secretId), (credentials) => wasabiClient(store, credentials, requestHandler));
}
