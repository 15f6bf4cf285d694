import { setTimeout as pause } from 'timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readConfig } from './config';
import { createHandler } from './handler';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';
import { SqsPhotoQueue } from '../reconciler/photo-queue';
import { WasabiArchive } from '../restore/archive';
import { openSession } from '../wasabi/open-session';

const { archive, sourceBucket, uploadPrefix, photoQueueUrl } = readConfig(process.env);
const session = openSession(archive, new SecretsManagerClient({ requestHandler: REQUEST_TIMEOUTS }));

export const handler = createHandler({
  archive: new WasabiArchive(session, archive.bucket, archive.keyPrefix),
  queue: new SqsPhotoQueue(new SQSClient({ requestHandler: REQUEST_TIMEOUTS }), photoQueueUrl),
  sourceBucket,
  uploadPrefix,
  now: () => new Date(),
  pause,
  logger: new Logger(),
});
