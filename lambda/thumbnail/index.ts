import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { REQUEST_TIMEOUTS } from '../request-timeouts';
import { WasabiArchive } from './archive-store';
import { readConfig } from './config';
import { SqsDeadLetters } from './dead-letters';
import { S3Dropbox } from './dropbox';
import { createHandler } from './handler';
import { processUpload } from './photo';
import { S3ThumbnailStore } from './thumbnail-store';
import { wasabiClient } from '../wasabi/client';
import { readWasabiSecret } from '../wasabi/secret';
import { WasabiSession } from '../wasabi/session';

const config = readConfig(process.env);
const s3 = new S3Client({ requestHandler: REQUEST_TIMEOUTS });
const secrets = new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS });
const session = new WasabiSession(
  () => readWasabiSecret(secrets, config.archive.secretId),
  (credentials) => wasabiClient(config.archive, credentials),
);

const photoDependencies = {
  dropbox: new S3Dropbox(s3),
  archive: new WasabiArchive(session, config.archive.bucket),
  thumbnailStore: new S3ThumbnailStore(s3, config.thumbnailBucket),
  thumbnails: config.thumbnails,
  archiveKeyPrefix: config.archive.keyPrefix,
  maxInputBytes: config.maxInputBytes,
  maxInputPixels: config.maxInputPixels,
};

export const handler = createHandler({
  process: (upload) => processUpload(upload, photoDependencies),
  deadLetters: new SqsDeadLetters(new SQSClient({ requestHandler: REQUEST_TIMEOUTS }), config.deadLetterQueueUrl),
  logger: new Logger(),
  metrics: new Metrics(),
});
