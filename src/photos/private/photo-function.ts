import { Stack, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { archiveEnvironment } from './archive';
import { PhotoPlaces, PhotoSettings } from './photo-settings';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { bundledFunction } from '../../shared/bundled-function';
import { grantKey } from '../../shared/key-grants';
import { grantSecretRead } from '../../shared/secrets';
import { allow } from '../../shared/service-role';

type PhotoFunctionProps = PhotoSettings & PhotoPlaces;

/**
 * The function that makes thumbnails and archives originals, with its queue as its source and no more permissions than its steps need.
 */
export function createPhotoFunction(scope: Construct, props: PhotoFunctionProps) {
  const { fn, role, logGroup } = bundledFunction(new Construct(scope, 'Photo'), {
    description: 'Makes thumbnails of uploaded photos and moves the originals to the archive',
    bundle: `photos-thumbnail-${props.architecture.name === lambda.Architecture.X86_64.name ? 'x64' : 'arm64'}`,
    architecture: props.architecture,
    memorySize: props.memorySize,
    timeout: props.timeout,
    reservedConcurrentExecutions: props.reservedConcurrentExecutions,
    calledBy: 'queue',
    connectsTo: 'S3, SQS, Secrets Manager and the archive',
    environment: {
      THUMBNAIL_BUCKET: props.thumbnailsBucket.bucketName,
      THUMBNAILS: Stack.of(scope).toJsonString(props.thumbnails),
      ...archiveEnvironment(props.archive),
      DEAD_LETTER_QUEUE_URL: props.queue.deadLetterQueue.queueUrl,
      MAX_RECEIVE_COUNT: Tokenization.stringifyNumber(props.maxReceiveCount),
      MAX_RUN_SECONDS: `${props.timeout.toSeconds()}`,
      MAX_INPUT_BYTES: Tokenization.stringifyNumber(props.maxInputSize.toBytes()),
      MAX_INPUT_PIXELS: Tokenization.stringifyNumber(props.maxInputPixels),
      POWERTOOLS_SERVICE_NAME: scope.node.path,
      POWERTOOLS_METRICS_NAMESPACE: 'cdk-mainstay/ThumbnailToWasabi',
    },
    logRetention: props.logRetention,
    removalPolicy: props.removalPolicy,
  });
  allowToArchive(role, props);
  // Not CDK's SqsEventSource, which puts the name of the stack into the id of the mapping.
  props.queue.grantConsume(fn);
  const uploads = fn.addEventSourceMapping('Uploads', {
    eventSourceArn: props.queue.queue.queueArn,
    batchSize: 10, // they wait for the network side by side; more would bring little, and a killed run repeats them all
    reportBatchItemFailures: true,
    maxConcurrency: props.maximumConcurrency, // pollers that run into throttles use up receives, and fill the dead-letter queue
  });
  acknowledge(uploads, { failureDestination: 'Lambda has it for streams only: what fails is parked in the dead-letter queue of the queue that it came from' });
  return { fn, logGroup };
}

function allowToArchive(role: iam.Role, props: PhotoFunctionProps): void {
  const { dropbox, uploadPrefix, thumbnailsBucket, thumbnailPrefixes, queue } = props;
  const originals = dropbox.arnForObjects(`${uploadPrefix}*`);
  const results = thumbnailPrefixes.map((prefix) => thumbnailsBucket.arnForObjects(`${prefix}*`));

  allow(role, ['s3:GetObjectVersion', 's3:DeleteObjectVersion', 's3:GetObjectVersionTagging', 's3:PutObjectVersionTagging'], originals);
  if (props.dropboxIsGiven) allow(role, ['s3:GetObject', 's3:DeleteObject', 's3:GetObjectTagging', 's3:PutObjectTagging'], originals);
  allow(role, ['s3:GetObject', 's3:PutObject', 's3:GetObjectTagging', 's3:PutObjectTagging'], results);
  // Without these, S3 answers 403 instead of 404 for what is not there, and "gone" could not be told from "forbidden".
  allow(role, ['s3:ListBucket'], [dropbox.bucketArn, thumbnailsBucket.bucketArn]);
  allow(role, ['s3:ListBucketVersions'], dropbox.bucketArn);
  allow(role, ['sqs:SendMessage'], queue.deadLetterQueue.queueArn);
  grantSecretRead(props.archive.credentials, role, role);
  for (const key of new Set([props.encryptionKey, dropbox.encryptionKey, thumbnailsBucket.encryptionKey])) {
    if (key) grantKey(key, role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }
  acknowledgeWildcard(role, [originals, ...results], 'photos come with any name: all keys under one prefix of one bucket');
}
