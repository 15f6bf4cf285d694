import { join } from 'path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { SecureQueue } from '../../queue/secure-queue';
import { acknowledge } from '../../shared/acknowledge';
import { acknowledgeWildcard } from '../../shared/acknowledge-wildcard';
import { functionLogs } from '../../shared/function-logs';
import { loggingRole } from '../../shared/logging-role';
import { seal } from '../../shared/sealed';

interface ReconcilerProps {
  readonly queue: SecureQueue;
  readonly dropbox: s3.IBucket;
  readonly uploadPrefix: string;
  readonly uploadSuffixes?: string[];
  /** Then it may lack versions, and what it held before this queue existed is not looked for. */
  readonly dropboxWasThere: boolean;
  readonly deadline: Duration;
  readonly architecture: lambda.Architecture;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The function that finds originals that stayed in the dropbox and queues them again, its hourly schedule, and what it remembers:
 * docs/decisions/reconciler.md
 */
export class Reconciler extends Construct {
  public readonly fn: lambda.Function;
  /** In seconds, once an hour; zero where nothing is past the deadline. */
  public readonly oldestOriginalAge: cloudwatch.Metric;

  constructor(scope: Construct, id: string, props: ReconcilerProps) {
    super(scope, id);

    const metrics = { namespace: 'cdk-mainstay/ThumbnailToWasabi', service: this.node.scope!.node.path };
    const logGroup = functionLogs(this, props.logRetention, props.removalPolicy);
    const role = loggingRole(this, 'Role', logGroup);
    const walk = new ssm.StringParameter(this, 'Walk', {
      description: 'How far a walk through the dropbox came that took more than one run',
      stringValue: '{}',
      simpleName: true,
    });
    this.fn = new lambda.Function(this, 'Function', {
      description: 'Finds originals that stayed in the dropbox and queues them again',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: props.architecture,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', '..', 'assets', 'photos-reconciler.zip')),
      handler: 'index.handler',
      memorySize: 256,
      timeout: Duration.minutes(5), // who waits for the answer of a call may be disconnected after 350 seconds without a byte
      role,
      logGroup,
      environment: {
        DROPBOX: props.dropbox.bucketName,
        UPLOAD_PREFIX: props.uploadPrefix,
        UPLOAD_SUFFIXES: Stack.of(this).toJsonString(props.uploadSuffixes ?? []),
        DROPBOX_IS_OLDER_THAN_QUEUE: `${props.dropboxWasThere}`,
        PHOTO_QUEUE_URL: props.queue.queue.queueUrl,
        WALK_PARAMETER: walk.parameterName,
        DEADLINE_HOURS: `${props.deadline.toHours()}`,
        POWERTOOLS_SERVICE_NAME: metrics.service,
        POWERTOOLS_METRICS_NAMESPACE: metrics.namespace,
      },
    });
    allowItsSteps(role, walk.parameterArn, props);
    this.oldestOriginalAge = new cloudwatch.Metric({
      namespace: metrics.namespace,
      metricName: 'OldestOriginalAge',
      dimensionsMap: { service: metrics.service },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: Duration.hours(1),
    });

    const schedule = new events.Rule(this, 'Schedule', {
      description: 'Looks for originals that stayed in the dropbox, hourly',
      schedule: events.Schedule.cron({ minute: '30' }), // not a rate, whose runs drift from one hour into another
    });
    // What aws-events-targets' LambdaFunction does, without loading that module and all the services it knows.
    schedule.addTarget({ bind: () => ({ arn: this.fn.functionArn }) });
    this.fn.addPermission('Schedule', { principal: new iam.ServicePrincipal('events.amazonaws.com'), sourceArn: schedule.ruleArn });

    acknowledge(this.fn, {
      customerKeyOfEnvironment: 'it holds names, addresses and limits; Lambda encrypts it with a key of its own',
      deadLetterConfig: 'what a run fails to do the next does, an hour later, and an alarm tells: there is nothing to redrive',
      reservedConcurrency: 'it runs once an hour, and on request; what is reserved is taken from all other functions of the account',
      tracing: 'its log says what each run found, and alarms tell of failures; X-Ray costs extra, and its permissions know no narrower resource than *',
      vpc: 'nothing can connect to it, and it connects, over TLS, to public endpoints only: S3, SQS and Systems Manager',
    });
    acknowledge(schedule, { ruleDeadLetters: 'a call that is lost is made again an hour later, and the alarm on the age of originals tells if that does not help' });
    seal(this);
  }
}

function allowItsSteps(role: iam.Role, walkArn: string, { queue, dropbox, uploadPrefix, dropboxWasThere }: ReconcilerProps): void {
  const allow = (actions: string[], resource: string) => role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources: [resource] }));
  const originals = dropbox.arnForObjects(`${uploadPrefix}*`);

  // Without s3:ListBucket, S3 answers 403 instead of 404 for what was archived a moment ago.
  allow(['s3:ListBucketVersions', 's3:ListBucket'], dropbox.bucketArn);
  allow(['s3:GetObjectVersionTagging', ...(dropboxWasThere ? ['s3:GetObjectTagging'] : [])], originals);
  allow(['sqs:SendMessage', 'sqs:GetQueueAttributes'], queue.queue.queueArn);
  queue.encryptionKey?.grant(role, 'kms:GenerateDataKey', 'kms:Decrypt');
  allow(['ssm:GetParameter', 'ssm:PutParameter'], walkArn);
  acknowledgeWildcard(role, originals, 'photos come with any name: all keys under one prefix of one bucket');
}
