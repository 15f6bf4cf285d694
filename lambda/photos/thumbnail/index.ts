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
import { regenerateThumbnails } from './regenerate-thumbnails';
import { S3ThumbnailStore } from './thumbnail-store';
import { TimeBudget } from './time-budget';
import { WasabiArchive as ReadOnlyArchive } from '../restore/archive';
import { openSession } from '../wasabi/open-session';

const config = readConfig(process.env);
const budget = new TimeBudget();
const requestHandler = new BudgetedRequests(budget);
const s3 = new S3Client({ requestHandler });
const secrets = new SecretsManagerClient({ requestHandler });
const session = openSession(config.archive, secrets, requestHandler);

const thumbnailDependencies = {
  thumbnailStore: new S3ThumbnailStore(s3, config.thumbnailBucket),
  thumbnails: config.thumbnails,
  memory: new MemoryBudget(config.maxInputBytes, config.maxInputPixels),
  maxInputBytes: config.maxInputBytes,
  maxInputPixels: config.maxInputPixels,
};

const uploadDependencies = {
  ...thumbnailDependencies,
  dropbox: new S3Dropbox(s3),
  archive: new WasabiArchive(session, config.archive.bucket, config.maxRunMs),
  archiveKeyPrefix: config.archive.keyPrefix,
  events: config.eventBus === undefined ? undefined : new EventBridgeEvents(new EventBridgeClient({ requestHandler }), {
    eventBus: config.eventBus, archiveBucket: config.archive.bucket, thumbnailBucket: config.thumbnailBucket,
  }),
};

const regenerationDependencies = { ...thumbnailDependencies, archive: new ReadOnlyArchive(session, config.archive.bucket, config.archive.keyPrefix) };

export const handler = createHandler({
  process: (photo, isLastTry) => 'isArchived' in photo
    ? regenerateThumbnails(photo, regenerationDependencies, isLastTry)
    : processUpload(photo, uploadDependencies, isLastTry),
  maxReceiveCount: config.maxReceiveCount,
  deadLetters: new SqsDeadLetters(new SQSClient({ requestHandler }), config.deadLetterQueueUrl),
  budget,
  logger: new Logger(),
  metrics: new Metrics(),
});
