import { Duration, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { PhotoPlaces, PhotoSettings } from './photo-settings';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { bundledFunction } from '../../shared/bundled-function';
import { grantKey } from '../../shared/key-grants';
import { allow } from '../../shared/service-role';

type ReconcilerProps = PhotoSettings & Pick<PhotoPlaces, 'queue' | 'dropbox'>;

/**
 * The function that finds originals that stayed in the dropbox and queues them again, its hourly schedule, and what it remembers:
 * docs/decisions/reconciler.md
 *
 * `oldestOriginalAge` is in seconds, once an hour; zero where nothing is past the deadline.
 */
export function createReconciler(scope: Construct, props: ReconcilerProps) {
  const metrics = { namespace: 'cdk-mainstay/ThumbnailToWasabi', service: scope.node.path };
  const reconciler = new Construct(scope, 'Reconciler');
  const walk = new ssm.StringParameter(reconciler, 'Walk', {
    description: 'How far a walk through the dropbox came that took more than one run',
    stringValue: '{}',
    simpleName: true,
  });
  const { fn, role } = bundledFunction(reconciler, {
    description: 'Finds originals that stayed in the dropbox and queues them again',
    bundle: 'photos-reconciler',
    architecture: props.architecture,
    memorySize: Size.mebibytes(256),
    timeout: Duration.minutes(5), // who waits for the answer of a call may be disconnected after 350 seconds without a byte
    calledBy: 'schedule',
    connectsTo: 'S3, SQS and Systems Manager',
    environment: {
      DROPBOX: props.dropbox.bucketName,
      UPLOAD_PREFIX: props.uploadPrefix,
      UPLOAD_SUFFIXES: Stack.of(scope).toJsonString(props.uploadSuffixes ?? []),
      DROPBOX_IS_OLDER_THAN_QUEUE: `${props.dropboxIsGiven}`,
      PHOTO_QUEUE_URL: props.queue.queue.queueUrl,
      WALK_PARAMETER: walk.parameterName,
      DEADLINE_HOURS: `${props.reconcileAfter.toHours()}`,
      POWERTOOLS_SERVICE_NAME: metrics.service,
      POWERTOOLS_METRICS_NAMESPACE: metrics.namespace,
    },
    logRetention: props.logRetention,
    removalPolicy: props.removalPolicy,
  });
  allowToReconcile(role, walk.parameterArn, props);
  const oldestOriginalAge = new cloudwatch.Metric({
    namespace: metrics.namespace,
    metricName: 'OldestOriginalAge',
    dimensionsMap: { service: metrics.service },
    statistic: cloudwatch.Stats.MAXIMUM,
    period: Duration.hours(1),
  });

  const schedule = new events.Rule(reconciler, 'Schedule', {
    description: 'Looks for originals that stayed in the dropbox, hourly',
    schedule: events.Schedule.cron({ minute: '30' }), // not a rate, whose runs drift from one hour into another
  });
  // What aws-events-targets' LambdaFunction does, without loading that module and all the services it knows.
  schedule.addTarget({ bind: () => ({ arn: fn.functionArn }) });
  fn.addPermission('Schedule', { principal: new iam.ServicePrincipal('events.amazonaws.com'), sourceArn: schedule.ruleArn });
  acknowledge(schedule, { ruleDeadLetters: 'a call that is lost is made again an hour later, and the alarm on the age of originals tells if that does not help' });
  return { fn, oldestOriginalAge };
}

function allowToReconcile(role: iam.Role, walkArn: string, { queue, dropbox, uploadPrefix, dropboxIsGiven }: ReconcilerProps): void {
  const originals = dropbox.arnForObjects(`${uploadPrefix}*`);

  // Without s3:ListBucket, S3 answers 403 instead of 404 for what was archived a moment ago.
  allow(role, ['s3:ListBucketVersions', 's3:ListBucket'], dropbox.bucketArn);
  allow(role, ['s3:GetObjectVersionTagging', ...(dropboxIsGiven ? ['s3:GetObjectTagging'] : [])], originals);
  allow(role, ['sqs:SendMessage', 'sqs:GetQueueAttributes'], queue.queue.queueArn);
  if (queue.encryptionKey) grantKey(queue.encryptionKey, role, 'kms:GenerateDataKey', 'kms:Decrypt');
  allow(role, ['ssm:GetParameter', 'ssm:PutParameter'], walkArn);
  acknowledgeWildcard(role, originals, 'photos come with any name: all keys under one prefix of one bucket');
}
