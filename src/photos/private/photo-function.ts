import { join } from 'path';
import { Duration, RemovalPolicy, Size, Stack, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { RenderedThumbnail, thumbnailPrefix } from './rendered-thumbnail';
import { secretId } from '../../shared/secret-id';
import { SecureQueue } from '../../queue/secure-queue';
import { acknowledge } from '../../shared/acknowledge';
import { acknowledgeWildcard } from '../../shared/acknowledge-wildcard';
import { functionLogs } from '../../shared/function-logs';
import { loggingRole } from '../../shared/logging-role';
import { seal } from '../../shared/sealed';

interface PhotoFunctionProps {
  readonly queue: SecureQueue;
  readonly dropbox: s3.IBucket;
  readonly uploadPrefix: string;
  /** Without versions, an original is removed by its key, on condition that it is still the same. */
  readonly dropboxMayLackVersions: boolean;
  readonly thumbnailsBucket: s3.IBucket;
  readonly thumbnails: RenderedThumbnail[];
  readonly archiveBucketName: string;
  readonly archiveEndpoint: string;
  readonly archiveRegion: string;
  readonly archiveKeyPrefix: string;
  readonly credentials: ISecret;
  readonly encryptionKey?: kms.IKey;
  readonly architecture: lambda.Architecture;
  readonly memorySize: Size;
  readonly timeout: Duration;
  readonly reservedConcurrentExecutions?: number;
  readonly maxInputSize: Size;
  readonly maxInputPixels: number;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The function that makes thumbnails and archives originals, with its queue as its source and no more permissions than its steps need.
 */
export class PhotoFunction extends Construct {
  public readonly fn: lambda.Function;
  public readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: PhotoFunctionProps) {
    super(scope, id);

    this.logGroup = functionLogs(this, props.logRetention, props.removalPolicy);
    const role = loggingRole(this, 'Role', this.logGroup);
    this.fn = new lambda.Function(this, 'Function', {
      description: 'Makes thumbnails of uploaded photos and moves the originals to the archive',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: props.architecture,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', '..', 'assets', `photos-thumbnail-${zipOf(props.architecture)}.zip`)),
      handler: 'index.handler',
      memorySize: props.memorySize.toMebibytes(),
      timeout: props.timeout,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      role,
      logGroup: this.logGroup,
      environment: {
        THUMBNAIL_BUCKET: props.thumbnailsBucket.bucketName,
        THUMBNAILS: Stack.of(this).toJsonString(props.thumbnails),
        ARCHIVE_BUCKET: props.archiveBucketName,
        ARCHIVE_ENDPOINT: props.archiveEndpoint,
        ARCHIVE_REGION: props.archiveRegion,
        ARCHIVE_KEY_PREFIX: props.archiveKeyPrefix,
        ARCHIVE_SECRET_ID: secretId(props.credentials),
        DEAD_LETTER_QUEUE_URL: props.queue.deadLetterQueue.queueUrl,
        MAX_RUN_SECONDS: `${props.timeout.toSeconds()}`,
        MAX_INPUT_BYTES: Tokenization.stringifyNumber(props.maxInputSize.toBytes()),
        MAX_INPUT_PIXELS: Tokenization.stringifyNumber(props.maxInputPixels),
        POWERTOOLS_SERVICE_NAME: this.node.scope!.node.path,
        POWERTOOLS_METRICS_NAMESPACE: 'cdk-mainstay/ThumbnailToWasabi',
      },
    });
    allowItsSteps(role, props);
    // Not CDK's SqsEventSource, which puts the name of the stack into the id of the mapping.
    props.queue.grantConsume(this.fn);
    const uploads = this.fn.addEventSourceMapping('Uploads', {
      eventSourceArn: props.queue.queue.queueArn,
      batchSize: 10, // they wait for the network side by side; more would bring little, and a killed run repeats them all
      reportBatchItemFailures: true,
      maxConcurrency: props.reservedConcurrentExecutions, // pollers that run into throttles use up receives, and fill the dead-letter queue
    });

    acknowledge(this.fn, {
      customerKeyOfEnvironment: 'it holds names, addresses, limits and where the secret is, but not the secret; Lambda encrypts it with a key of its own',
      deadLetterConfig: 'Lambda uses it for asynchronous calls, and the source is a queue: what fails is parked in its dead-letter queue, and an alarm tells',
      reservedConcurrency: props.reservedConcurrentExecutions !== undefined
        ? undefined
        : 'what exceeds the limit of the account waits in the queue, and an alarm tells: \'reservedConcurrentExecutions\' sets a limit for the function alone',
      tracing: 'its logs follow each photo by key, and alarms tell of failures; X-Ray costs extra, and its permissions know no narrower resource than *',
      vpc: 'nothing can connect to it, and it connects, over TLS, to public endpoints only: S3, SQS, Secrets Manager and the archive',
    });
    acknowledge(uploads, { failureDestination: 'Lambda has it for streams only: what fails is parked in the dead-letter queue of the queue that it came from' });
    seal(this);
  }
}

function zipOf(architecture: lambda.Architecture): string {
  return architecture.name === lambda.Architecture.X86_64.name ? 'x64' : 'arm64';
}

function allowItsSteps(role: iam.Role, props: PhotoFunctionProps): void {
  const allow = (actions: string[], ...resources: string[]) => role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
  const { dropbox, thumbnailsBucket, thumbnails, uploadPrefix, queue } = props;
  const originals = dropbox.arnForObjects(`${uploadPrefix}*`);
  const results = thumbnails.map((thumbnail) => thumbnailsBucket.arnForObjects(`${thumbnailPrefix(thumbnail, uploadPrefix)}*`));

  allow(['s3:GetObjectVersion', 's3:DeleteObjectVersion', 's3:GetObjectVersionTagging', 's3:PutObjectVersionTagging'], originals);
  if (props.dropboxMayLackVersions) allow(['s3:GetObject', 's3:DeleteObject', 's3:GetObjectTagging', 's3:PutObjectTagging'], originals);
  allow(['s3:GetObject', 's3:PutObject'], ...results);
  // Without these, S3 answers 403 instead of 404 for what is not there, and "gone" could not be told from "forbidden".
  allow(['s3:ListBucket'], dropbox.bucketArn, thumbnailsBucket.bucketArn);
  allow(['s3:ListBucketVersions'], dropbox.bucketArn);
  allow(['sqs:SendMessage'], queue.deadLetterQueue.queueArn);
  props.credentials.grantRead(role);
  for (const key of new Set([props.encryptionKey, dropbox.encryptionKey, thumbnailsBucket.encryptionKey])) {
    key?.grant(role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }
  [originals, ...results].forEach((arn) => acknowledgeWildcard(role, arn, 'photos come with any name: all keys under one prefix of one bucket'));
}
