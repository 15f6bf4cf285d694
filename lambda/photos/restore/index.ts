import { Logger } from '@aws-lambda-powertools/logger';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { WasabiArchive } from './archive';
import { readConfig } from './config';
import { S3Destination } from './destination';
import { createHandler } from './handler';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';
import { openSession } from '../wasabi/open-session';

const { archive, destinationBucket, sourceBucket } = readConfig(process.env);
const secrets = new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS });
const session = openSession(archive, secrets);

export const handler = createHandler({
  archive: new WasabiArchive(session, archive.bucket, archive.keyPrefix),
  sourceBucket,
  destination: new S3Destination(new S3Client({ requestHandler: REQUEST_TIMEOUTS }), destinationBucket),
  logger: new Logger(),
});
