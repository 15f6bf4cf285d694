import { setTimeout as pause } from 'timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readConfig } from './config';
import { S3Dropbox } from './dropbox';
import { createHandler } from './handler';
import { SqsPhotoQueue } from './photo-queue';
import { SsmWalkMemory } from './walk-memory';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';

const config = readConfig(process.env);

export const handler = createHandler({
  uploads: { bucket: config.dropbox, prefix: config.uploadPrefix, suffixes: config.uploadSuffixes },
  dropbox: new S3Dropbox(new S3Client({ requestHandler: REQUEST_TIMEOUTS }), config.dropbox),
  queue: new SqsPhotoQueue(new SQSClient({ requestHandler: REQUEST_TIMEOUTS }), config.photoQueueUrl),
  memory: new SsmWalkMemory(new SSMClient({ requestHandler: REQUEST_TIMEOUTS }), config.walkParameter),
  deadlineHours: config.deadlineHours,
  dropboxIsOlderThanQueue: config.dropboxIsOlderThanQueue,
  now: () => new Date(),
  pause,
  logger: new Logger(),
  metrics: new Metrics(),
});
