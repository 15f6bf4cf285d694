import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { WasabiBucketStore } from './bucket-store';
import { createHandler } from './handler';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';
import { openSession } from '../wasabi/open-session';

const secrets = new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS });

// Endpoint and secret come with each event: the deletion of an old bucket talks to its old store.
export const handler = createHandler({
  open: (bucket) => new WasabiBucketStore(openSession(bucket, secrets), bucket),
  logger: new Logger(),
});
