import { join } from 'path';
import { ArnFormat, Aws, CustomResource, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';

const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
const ARCHIVE = { bucket: 'photoarchive', endpoint: 'https://s3.eu-central-1.wasabisys.com', region: 'eu-central-1' };
const METRICS = 'cdk-mainstay/ThumbnailToWasabi';

interface Parts {
  readonly id: string;
  readonly credentials: ISecret;
  readonly dropbox: s3.Bucket;
  readonly thumbnails: s3.Bucket;
  readonly queue: sqs.Queue;
  readonly deadLetterQueue: sqs.Queue;
}

/** What `ThumbnailToWasabi` creates, written with L2s by somebody who knows how, around the functions that this library ships. */
export function thumbnailToWasabiByHand(scope: Construct, id: string, credentials: ISecret): void {
  const part = new Construct(scope, id);
  const buckets = createBuckets(part);
  const archive = createArchive(new Construct(part, 'Archive'), credentials);
  const queues = createQueues(new Construct(part, 'Queues'), id);
  const parts = { id, credentials, ...buckets, ...queues };
  const rule = routeUploads(part, parts);
  const photoFunction = createPhotoFunction(new Construct(part, 'Photo'), parts);
  photoFunction.node.addDependency(archive);
  const reconciler = createReconciler(new Construct(part, 'Reconciler'), parts);
  createRegenerateFunction(new Construct(part, 'Regenerate'), parts);

  const errors = (fn: lambda.Function) => ({ metric: fn.metricErrors(), threshold: 1 });
  alarm(part, 'ErrorAlarm', { alarmDescription: `${id}: the photo function fails`, ...errors(photoFunction) });
  const photos = (metricName: string, statistic: string, period: Duration) =>
    new cloudwatch.Metric({ namespace: METRICS, metricName, dimensionsMap: { service: id }, statistic, period });
  alarm(part, 'FailureAlarm', {
    alarmDescription: `${id}: photos fail`,
    metric: photos('PhotosFailed', cloudwatch.Stats.AVERAGE, Duration.minutes(15)),
    threshold: 0.5,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  });
  alarm(part, 'GivenUpAlarm', { alarmDescription: `${id}: photos are given up`, metric: photos('PhotosGivenUp', cloudwatch.Stats.SUM, Duration.minutes(5)), threshold: 1 });
  alarm(part, 'ThrottleAlarm', { alarmDescription: `${id}: Lambda holds the photo function back`, metric: photoFunction.metricThrottles(), threshold: 1 });
  alarm(part, 'DeliveryAlarm', {
    alarmDescription: `${id}: EventBridge cannot put uploads into the queue`,
    metric: new cloudwatch.Metric({
      namespace: 'AWS/Events', metricName: 'FailedInvocations', dimensionsMap: { RuleName: rule.ruleName }, statistic: cloudwatch.Stats.SUM,
    }),
    threshold: 1,
  });
  alarm(part, 'ReconcilerErrorAlarm', { alarmDescription: `${id}: the reconciler fails`, ...errors(reconciler) });
  alarm(part, 'OldestOriginalAlarm', {
    alarmDescription: `${id}: an original stays in the dropbox`,
    metric: new cloudwatch.Metric({
      namespace: METRICS, metricName: 'OldestOriginalAge', dimensionsMap: { service: id }, statistic: cloudwatch.Stats.MAXIMUM, period: Duration.hours(1),
    }),
    threshold: 50_400,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: cloudwatch.TreatMissingData.IGNORE,
  });
}

function createBuckets(scope: Construct): { dropbox: s3.Bucket; thumbnails: s3.Bucket } {
  const abortIncompleteMultipartUploadAfter = Duration.days(7);
  const closed = (id: string, rule: s3.LifecycleRule) => {
    const bucket = new s3.Bucket(scope, id, {
      encryption: s3.BucketEncryption.S3_MANAGED,
      versioned: true,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter, ...rule }],
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy,
    });
    bucket.policy!.applyRemovalPolicy(removalPolicy);
    return bucket;
  };
  const accessLogs = closed('AccessLogs', { expiration: Duration.days(365), noncurrentVersionExpiration: Duration.days(7) });
  const logged = (id: string, rule: s3.LifecycleRule) => {
    const bucket = closed(id, { expiredObjectDeleteMarker: true, ...rule });
    (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = { destinationBucketName: accessLogs.bucketName, logFilePrefix: `${id}/` };
    accessLogs.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [accessLogs.arnForObjects(`${id}/*`)],
      conditions: { ArnLike: { 'aws:SourceArn': bucket.bucketArn }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }));
    return bucket;
  };
  const dropbox = logged('Dropbox', {});
  // CDK's `eventBridgeEnabled` would deploy a function for this switch.
  (dropbox.node.defaultChild as s3.CfnBucket).notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  return { dropbox, thumbnails: logged('Thumbnails', { noncurrentVersionExpiration: Duration.days(7) }) };
}

function createArchive(scope: Construct, credentials: ISecret): Construct {
  const { fn: onEventHandler, role, logGroup } = createFunction(scope, {
    description: 'Creates the archive bucket when the stack is deployed', zip: 'photos-archive-bucket', memorySize: 256, timeout: Duration.minutes(2),
  });
  credentials.grantRead(role);
  const { serviceToken } = new Provider(scope, 'Provider', { onEventHandler, frameworkOnEventRole: functionRole(scope, 'ProviderRole', logGroup), logGroup });
  new CustomResource(scope, 'Resource', {
    resourceType: 'Custom::WasabiBucket',
    serviceToken,
    serviceTimeout: Duration.minutes(5),
    removalPolicy,
    properties: { BucketName: ARCHIVE.bucket, Endpoint: ARCHIVE.endpoint, Region: ARCHIVE.region, SecretId: credentials.secretName, OnDelete: 'keep' },
  });
  return scope;
}

function createQueues(scope: Construct, id: string): Pick<Parts, 'queue' | 'deadLetterQueue'> {
  const queueName = `${id.toLowerCase()}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`;
  const secured = { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy };
  const deadLetterQueue = new sqs.Queue(scope, 'DeadLetterQueue', { ...secured, retentionPeriod: Duration.days(14) });
  (deadLetterQueue.node.defaultChild as sqs.CfnQueue).redriveAllowPolicy = {
    redrivePermission: sqs.RedrivePermission.BY_QUEUE,
    sourceQueueArns: [Stack.of(scope).formatArn({ service: 'sqs', resource: queueName, arnFormat: ArnFormat.NO_RESOURCE_NAME })],
  };
  const queue = new sqs.Queue(scope, 'Queue', {
    ...secured,
    queueName,
    visibilityTimeout: Duration.minutes(12),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 10 },
  });
  const newest = { period: Duration.minutes(1), statistic: cloudwatch.Stats.MAXIMUM };
  alarm(scope, 'DeadLetterAlarm', {
    alarmDescription: `${id}: messages are parked in the dead-letter queue`, metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible(newest), threshold: 1,
  });
  alarm(scope, 'AgeAlarm', {
    alarmDescription: `${id}: messages wait longer than they should`,
    metric: queue.metricApproximateAgeOfOldestMessage(newest),
    threshold: 7200,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
  });
  return { queue, deadLetterQueue };
}

function routeUploads(scope: Construct, { dropbox, queue, deadLetterQueue }: Parts): events.Rule {
  const rule = new events.Rule(scope, 'Uploads', {
    description: 'Uploaded photos go to the queue of the photo function',
    eventPattern: {
      source: ['aws.s3'], detailType: ['Object Created'], detail: { bucket: { name: [dropbox.bucketName] }, object: { key: [{ prefix: 'photos/' }] } },
    },
    targets: [{ bind: () => ({ arn: queue.queueArn, deadLetterConfig: { arn: deadLetterQueue.queueArn } }) }],
  });
  for (const each of [queue, deadLetterQueue]) {
    each.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [each.queueArn],
      conditions: { ArnLike: { 'aws:SourceArn': rule.ruleArn }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }));
  }
  return rule;
}

function createPhotoFunction(scope: Construct, { id, credentials, dropbox, thumbnails, queue, deadLetterQueue }: Parts): lambda.Function {
  const { fn, role } = createFunction(scope, {
    description: 'Makes thumbnails of uploaded photos and moves the originals to the archive',
    zip: 'photos-thumbnail-arm64',
    memorySize: 1536,
    timeout: Duration.minutes(2),
    environment: {
      THUMBNAIL_BUCKET: thumbnails.bucketName,
      THUMBNAILS: JSON.stringify([{ fit: 'inside', width: 256, height: 256, format: 'source' }]),
      ARCHIVE_BUCKET: ARCHIVE.bucket,
      ARCHIVE_ENDPOINT: ARCHIVE.endpoint,
      ARCHIVE_REGION: ARCHIVE.region,
      ARCHIVE_KEY_PREFIX: '',
      ARCHIVE_SECRET_ID: credentials.secretName,
      DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl,
      MAX_RUN_SECONDS: '120',
      MAX_INPUT_BYTES: `${100 * 1024 * 1024}`,
      MAX_INPUT_PIXELS: '100000000',
      POWERTOOLS_SERVICE_NAME: id,
      POWERTOOLS_METRICS_NAMESPACE: METRICS,
    },
  });
  const versions = ['s3:GetObjectVersion', 's3:DeleteObjectVersion', 's3:GetObjectVersionTagging', 's3:PutObjectVersionTagging'];
  allow(role, versions, dropbox.arnForObjects('photos/*'));
  allow(role, ['s3:GetObject', 's3:PutObject', 's3:GetObjectTagging', 's3:PutObjectTagging'], thumbnails.arnForObjects('photos/*'));
  allow(role, ['s3:ListBucket'], dropbox.bucketArn, thumbnails.bucketArn);
  allow(role, ['s3:ListBucketVersions'], dropbox.bucketArn);
  allow(role, ['sqs:SendMessage'], deadLetterQueue.queueArn);
  credentials.grantRead(role);
  allow(role, ['ReceiveMessage', 'ChangeMessageVisibility', 'DeleteMessage', 'GetQueueUrl', 'GetQueueAttributes'].map((action) => `sqs:${action}`), queue.queueArn);
  fn.addEventSourceMapping('Uploads', { eventSourceArn: queue.queueArn, batchSize: 10, maxConcurrency: 50, reportBatchItemFailures: true });
  return fn;
}

function createReconciler(scope: Construct, { id, dropbox, queue }: Parts): lambda.Function {
  const walk = new ssm.StringParameter(scope, 'Walk', { description: 'How far a walk through the dropbox came', stringValue: '{}', simpleName: true });
  const { fn, role } = createFunction(scope, {
    description: 'Finds originals that stayed in the dropbox and queues them again',
    zip: 'photos-reconciler',
    memorySize: 256,
    timeout: Duration.minutes(5),
    environment: {
      DROPBOX: dropbox.bucketName,
      UPLOAD_PREFIX: 'photos/',
      UPLOAD_SUFFIXES: '[]',
      DROPBOX_IS_OLDER_THAN_QUEUE: 'false',
      PHOTO_QUEUE_URL: queue.queueUrl,
      WALK_PARAMETER: walk.parameterName,
      DEADLINE_HOURS: '6',
      POWERTOOLS_SERVICE_NAME: id,
      POWERTOOLS_METRICS_NAMESPACE: METRICS,
    },
  });
  allow(role, ['s3:ListBucketVersions', 's3:ListBucket'], dropbox.bucketArn);
  allow(role, ['s3:GetObjectVersionTagging'], dropbox.arnForObjects('photos/*'));
  allow(role, ['sqs:SendMessage', 'sqs:GetQueueAttributes'], queue.queueArn);
  allow(role, ['ssm:GetParameter', 'ssm:PutParameter'], walk.parameterArn);
  const schedule = new events.Rule(scope, 'Schedule', {
    description: 'Looks for originals that stayed in the dropbox, hourly',
    schedule: events.Schedule.cron({ minute: '30' }),
    targets: [{ bind: () => ({ arn: fn.functionArn }) }],
  });
  fn.addPermission('Schedule', { principal: new iam.ServicePrincipal('events.amazonaws.com'), sourceArn: schedule.ruleArn });
  return fn;
}

function createRegenerateFunction(scope: Construct, { id, credentials, dropbox, queue }: Parts): void {
  const { role } = createFunction(scope, {
    description: 'Queues archived photos whose thumbnails are to be made again',
    zip: 'photos-regenerate',
    memorySize: 256,
    timeout: Duration.minutes(5),
    environment: {
      ARCHIVE_BUCKET: ARCHIVE.bucket,
      ARCHIVE_ENDPOINT: ARCHIVE.endpoint,
      ARCHIVE_REGION: ARCHIVE.region,
      ARCHIVE_KEY_PREFIX: '',
      ARCHIVE_SECRET_ID: credentials.secretName,
      SOURCE_BUCKET: dropbox.bucketName,
      UPLOAD_PREFIX: 'photos/',
      PHOTO_QUEUE_URL: queue.queueUrl,
      POWERTOOLS_SERVICE_NAME: id,
    },
  });
  credentials.grantRead(role);
  allow(role, ['sqs:SendMessage', 'sqs:GetQueueAttributes'], queue.queueArn);
}

interface FunctionProps {
  readonly description: string;
  readonly zip: string;
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly environment?: Record<string, string>;
}

function createFunction(scope: Construct, { zip, ...options }: FunctionProps) {
  const logGroup = new logs.LogGroup(scope, 'Logs', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy });
  const role = functionRole(scope, 'Role', logGroup);
  const fn = new lambda.Function(scope, 'Function', {
    ...options,
    architecture: lambda.Architecture.ARM_64,
    runtime: lambda.Runtime.NODEJS_24_X,
    code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'assets', `${zip}.zip`)),
    handler: 'index.handler',
    role,
    logGroup,
  });
  return { fn, role, logGroup };
}

function functionRole(scope: Construct, id: string, logGroup: logs.LogGroup): iam.Role {
  const role = new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  return role;
}

function allow(role: iam.Role, actions: string[], ...resources: string[]): void {
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources }));
}

/** At one or more of something, unless the props say otherwise. */
function alarm(scope: Construct, id: string, props: Partial<cloudwatch.AlarmProps> & Pick<cloudwatch.AlarmProps, 'metric' | 'threshold'>): void {
  new cloudwatch.Alarm(scope, id, {
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    ...props,
  });
}
