import { Logger } from '@aws-lambda-powertools/logger';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CloudFrontKeyGroup } from './cloudfront-key-group';
import { readConfig } from './config';
import { createHandler } from './handler';
import { newKeyPair } from './key-pair';
import { StoredSigningSecret } from './stored-signing-secret';
import { sleep } from '../../shared/deadline';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';

const { secretId, trustRetiredFor } = readConfig(process.env);

const cloudFront = new CloudFrontClient({ requestHandler: REQUEST_TIMEOUTS });

export const handler = createHandler({
  groupOf: (identity) => new CloudFrontKeyGroup(cloudFront, identity),
  secret: new StoredSigningSecret(new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS }), secretId),
  newKeyPair,
  trustRetiredFor,
  now: () => new Date(),
  sleep,
  logger: new Logger(),
});
