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

const { name, secretId, trustRetiredFor } = readConfig(process.env);

export const handler = createHandler({
  group: new CloudFrontKeyGroup(new CloudFrontClient({ requestHandler: REQUEST_TIMEOUTS }), name),
  secret: new StoredSigningSecret(new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS }), secretId),
  newKeyPair,
  trustRetiredFor,
  now: () => new Date(),
  sleep,
  logger: new Logger(),
});
