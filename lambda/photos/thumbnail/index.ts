import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { WasabiArchive } from './archive-store';
import { BudgetedRequests } from './budgeted-requests';
import { readConfig } from './config';
import { SqsDeadLetters } from './dead-letters';
import { S3Dropbox } from './dropbox';
import { createHandler } from './handler';
import { MemoryBudget } from './memory-budget';
import { EventBridgeEvents } from './outcome-events';
import { processUpload } from './process-upload';
import { S3ThumbnailStore } from './thumbnail-store';
import { TimeBudget } from './time-budget';
import { openSession } from '../wasabi/open-session';

const config = readConfig(process.env);
const budget = new TimeBudget();
const requestHandler = new BudgetedRequests(budget);
const s3 = new S3Client({ requestHandler });
const secrets = new SecretsManagerClient({ requestHandler });
const session = openSession(config.archive, secrets, requestHandler);

const photoDependencies = {
  dropbox: new S3Dropbox(s3),
  archive: new WasabiArchive(session, config.archive.bucket, config.maxRunMs),
  thumbnailStore: new S3ThumbnailStore(s3, config.thumbnailBucket),
  thumbnails: config.thumbnails,
  archiveKeyPrefix: config.archive.keyPrefix,
  memory: new MemoryBudget(config.maxInputBytes, config.maxInputPixels),
  maxInputBytes: config.maxInputBytes,
  maxInputPixels: config.maxInputPixels,
  events: config.eventBus === undefined ? undefined : new EventBridgeEvents(new EventBridgeClient({ requestHandler }), {
    eventBus: config.eventBus, archiveBucket: config.archive.bucket, thumbnailBucket: config.thumbnailBucket,
  }),
};

export const handler = createHandler({
  process: (upload, isLastTry) => processUpload(upload, photoDependencies, isLastTry),
  maxReceiveCount: config.maxReceiveCount,
  deadLetters: new SqsDeadLetters(new SQSClient({ requestHandler }), config.deadLetterQueueUrl),
  budget,
  logger: new Logger(),
  metrics: new Metrics(),
});
