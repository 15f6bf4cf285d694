import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { WasabiBucketStore } from './bucket-store';
import { createHandler } from './handler';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';
import { wasabiClient } from '../wasabi/client';
import { readWasabiSecret } from '../wasabi/secret';
import { WasabiSession } from '../wasabi/session';

const secrets = new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS });

// Endpoint and secret come with each event: the deletion of an old bucket talks to its old store.
export const handler = createHandler({
  open: (bucket) => new WasabiBucketStore(
    new WasabiSession(() => readWasabiSecret(secrets, bucket.secretId), (credentials) => wasabiClient(bucket, credentials)),
    bucket,
  ),
  logger: new Logger(),
});
