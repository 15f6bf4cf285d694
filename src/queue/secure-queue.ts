import { ArnFormat, Duration, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { validateConsumerTimeouts } from './private/consumer-timeouts';
import { SenderStatements } from './private/sender-statements';
import { createUndelivered, Undelivered } from './private/undelivered';
import { QueueProducer } from './queue-producer';
import { QueueType } from './queue-type';
import { QueueBindingNames, QueueRuleTargetOptions, SecureQueueProps } from './secure-queue-props';
import { IBinding, IBindingTarget } from '../binding/binding';
import { acknowledge, addWarning } from '../shared/acknowledge';
import { alarm, ALARM_SEALED, notifyOrWarn } from '../shared/alarm';
import { addSettings, startAfter } from '../shared/application';
import { Checks } from '../shared/checks';
import { OwnProps, preferOwnProps, seal, SealedProperties } from '../shared/guards';
import { grantKey, requireUsableKey } from '../shared/key-grants';
import { duration, kmsKey, made, number, PropKinds, removalPolicy, requireKinds, text, topic } from '../shared/kinds';
import { keptInsteadOfSnapshot } from '../shared/removal-policy';
import { stackScopedName } from '../shared/stack-scoped-name';
import { explainCircles } from '../shared/stacks';
import { StageProfile } from '../stage/stage-profile';

/** Of a circle of stacks. */
const WAY_OUT = 'import a bucket that notifies the queue in the stack of the queue, by s3.Bucket.fromBucketName(queue, id, bucket.bucketName), and connect that by asBucketDestination()';

/**
 * A queue that is encrypted at rest, refuses plain HTTP and loses nothing: what cannot be processed is parked in a
 * dead-letter queue that no other queue may use, and an alarm tells of it.
 *
 * Creates two SQS queues with their policies and two CloudWatch alarms (three for FIFO). A FIFO queue that is the target of a rule gets one more queue and alarm.
 *
 * @example
 * const jobs = new SecureQueue(this, 'Jobs', { visibilityTimeout: Duration.seconds(360) });
 */
export class SecureQueue extends Construct {
  /** The main queue; the way out to every SQS feature that this construct does not surface. */
  public readonly queue: sqs.Queue;
  /** Holds messages received `maxReceiveCount` times without being deleted, for 14 days. */
  public readonly deadLetterQueue: sqs.Queue;
  /** The key that encrypts both queues, if a customer-managed one does. */
  public readonly encryptionKey?: kms.IKey;
  /** How long a received message stays hidden from other consumers. */
  public readonly visibilityTimeout: Duration;
  /**
   * The worst case, in minutes, from the first receive of a message that no consumer survives until it is parked in
   * the dead-letter queue: every receive holds it for the whole visibility timeout. Absent when that is a token.
   */
  public readonly minutesToDeadLetter?: number;
  /** Fires as soon as a message is in the dead-letter queue. */
  public readonly deadLetterAlarm: cloudwatch.Alarm;
  /** Fires when the oldest message is older than `maximumMessageAge`. */
  public readonly ageAlarm: cloudwatch.Alarm;
  /**
   * FIFO only: fires when message groups are in flight and nothing gets done for longer than one message may be held. Where other
   * groups go on, they hide the jam from it; then `ageAlarm` tells, since a FIFO queue does not pass a blocked message by.
   */
  public readonly jammedGroupAlarm?: cloudwatch.Alarm;

  /**
   * Moves all that is in the dead-letter queue back into the queue: a command of the AWS CLI, for an identity with `grantRedrive()`. It names the destination, as SQS
   * refuses to send back what was sent to the dead-letter queue directly (by EventBridge, for example) without one.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html
   */
  public readonly redriveCommand: string;

  private readonly senders = new SenderStatements(this);
  private readonly deduplicatesByContent: boolean;
  /** Of a queue that belongs to the events that EventBridge could not deliver to this one. */
  private readonly secured: sqs.QueueProps;
  private readonly alarmTopic?: sns.ITopic;
  private undelivered?: Undelivered;

  /**
   * @throws if a duration, count or name is outside of what SQS takes
   */
  constructor(scope: Construct, id: string, props: SecureQueueProps = {}) {
    super(scope, id);
    preferOwnProps(this, OWN_PROPS);
    explainCircles(this, WAY_OUT);
    requireKinds(this.node.path, props, PROP_KINDS);

    const profile = StageProfile.of(this);
    const { visibilityTimeout = Duration.seconds(30), retentionPeriod = Duration.days(4), maxReceiveCount = 3 } = props;
    const fifo = (props.queueType ?? QueueType.standard())._fifo;
    validate(new Checks(this.node.path), { ...props, maxReceiveCount, retentionPeriod, visibilityTimeout }, fifo !== undefined);
    requireUsableKey(props.encryptionKey, { owner: this, usedBy: 'services that send to the queue', managed: 'alias/aws/sqs' });
    this.visibilityTimeout = visibilityTimeout;
    this.encryptionKey = props.encryptionKey;
    this.minutesToDeadLetter = minutesToDeadLetter(visibilityTimeout, maxReceiveCount);
    this.deduplicatesByContent = fifo?.contentBasedDeduplication ?? false;
    this.alarmTopic = props.alarmTopic ?? profile.alarmTopic;

    this.secured = {
      encryption: props.encryptionKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
      encryptionMasterKey: props.encryptionKey,
      enforceSSL: true,
      removalPolicy: keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy),
    };
    const secured: sqs.QueueProps = { ...this.secured, fifo: fifo ? true : undefined };
    // The two queues name each other. Only a name that is known beforehand breaks the circle: docs/decisions/queue-name.md.
    const queueName = props.queueName ?? (fifo ? `${stackScopedName(this, { maxLength: 75 })}.fifo` : stackScopedName(this, { maxLength: 80 }));
    this.deadLetterQueue = this.createDeadLetterQueue(secured, queueName);
    this.queue = new sqs.Queue(this, 'Queue', {
      ...secured,
      ...fifo,
      queueName,
      visibilityTimeout,
      retentionPeriod,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
    this.redriveCommand = `aws sqs start-message-move-task --region ${this.queue.env.region} ` +
      `--source-arn ${this.deadLetterQueue.queueArn} --destination-arn ${this.queue.queueArn}`;
    const customerKeyOfQueue = this.encryptionKey ? undefined : NO_CUSTOMER_KEY;
    acknowledge(this.queue, { customerKeyOfQueue });
    acknowledge(this.deadLetterQueue, { customerKeyOfQueue, redrivePolicy: 'it is where messages end up: an alarm tells of each, and a person redrives it' });

    const newest = { period: Duration.minutes(1), statistic: cloudwatch.Stats.MAXIMUM };
    this.deadLetterAlarm = alarm(this, 'DeadLetterAlarm', {
      description: `messages could not be processed and are parked in the dead-letter queue; look at one, mend the cause, then run: ${this.redriveCommand}`,
      metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible(newest),
      atLeast: 1,
    });
    this.ageAlarm = alarm(this, 'AgeAlarm', {
      description: 'messages wait longer than they should; are the consumers running, and are they enough?',
      metric: this.queue.metricApproximateAgeOfOldestMessage(newest),
      above: props.maximumMessageAge?.toSeconds() ?? Math.max(15, this.minutesToDeadLetter ?? 0) * 60,
    });
    this.jammedGroupAlarm = fifo && jammedGroupAlarm(this, this.queue, visibilityTimeout);
    const alarms = [this.deadLetterAlarm, this.ageAlarm, ...(this.jammedGroupAlarm ? [this.jammedGroupAlarm] : [])];
    notifyOrWarn(this, alarms, this.alarmTopic);

    warnIfRetentionIsTooShort(this, retentionPeriod, this.minutesToDeadLetter, fifo !== undefined);
    validateConsumerTimeouts(this, this.queue.node.defaultChild!, visibilityTimeout);
    seal(this, SEALED);
  }

  /**
   * Lets an identity send messages, singly or in batches, and nothing else.
   */
  public grantSend(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ['sqs:SendMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'], ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  /**
   * Lets an identity receive, hold and delete messages, and nothing else.
   */
  public grantConsume(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, [...CONSUME, 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'], ['kms:Decrypt']);
  }

  /**
   * Lets an identity work the queue as Celery does: send and consume, singly or in batches, and look queues up by name.
   * It cannot create, change, purge or delete a queue.
   *
   * `sqs:ListQueues` is on `*` because SQS offers no narrower resource for it.
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
   */
  public grantWorker(grantee: iam.IGrantable): iam.Grant {
    const actions = ['sqs:SendMessage', ...CONSUME, 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'];
    const single = this.grant(grantee, actions, ['kms:GenerateDataKey', 'kms:Decrypt']);
    // On their own: the policy of a queue, which a grantee of another account needs, takes seven actions a statement at the most, and no batches.
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
    const batches = iam.Grant.addToPrincipal({
      grantee,
      actions: ['sqs:SendMessageBatch', 'sqs:ChangeMessageVisibilityBatch', 'sqs:DeleteMessageBatch'],
      resourceArns: [this.queue.queueArn],
    });
    const list = iam.Grant.addToPrincipal({ grantee, actions: ['sqs:ListQueues'], resourceArns: ['*'] });
    return single.combine(batches).combine(list);
  }

  /**
   * Lets an identity of this account look at what is in the dead-letter queue and send it back into the queue, by `redriveCommand` and in no other way.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
   */
  public grantRedrive(grantee: iam.IGrantable): iam.Grant {
    // Not by the policies of the queues: SQS moves messages for identities of the account of the queue only.
    const move = iam.Grant.addToPrincipal({
      grantee,
      actions: [
        'sqs:StartMessageMoveTask', 'sqs:CancelMessageMoveTask', 'sqs:ListMessageMoveTasks', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
      ],
      resourceArns: [this.deadLetterQueue.queueArn],
    });
    const send = iam.Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage', 'sqs:GetQueueAttributes'], resourceArns: [this.queue.queueArn] });
    const grant = move.combine(send);
    return this.encryptionKey ? grant.combine(grantKey(this.encryptionKey, grantee, 'kms:GenerateDataKey', 'kms:Decrypt')) : grant;
  }

  /**
   * This queue as an application uses it that works it, as Celery does: see `grantWorker()`.
   *
   * @example
   * declare const jobs: SecureQueue;
   * declare const container: ecs.ContainerDefinition;
   * declare const service: ecs.FargateService;
   * BindingTarget.container(container, service).use(jobs.workerBinding({ name: 'TASK_QUEUE_NAME', brokerUrl: 'CELERY_BROKER_URL' }));
   */
  public workerBinding(names: QueueBindingNames): IBinding {
    return this.binding(names, 'workerBinding', (target) => this.grantWorker(target));
  }

  /**
   * This queue as an application uses it that sends to it: see `grantSend()`.
   */
  public producerBinding(names: QueueBindingNames): IBinding {
    return this.binding(names, 'producerBinding', (target) => this.grantSend(target));
  }

  /**
   * Lets an AWS service send to this queue on behalf of one resource: the queue's policy, and that of a customer-managed key, name the
   * service, the resource and its account, so that no other account can send through the service.
   *
   * Where naming the resource would close a circle (the key of a queue that the resource depends on; a resource of
   * another stack) the policy names the resources of its kind in its account instead.
   *
   * For an EventBridge rule, `asRuleTarget()` does this and connects the rule; for a bucket, `asBucketDestination()`. Connect a topic by CDK's
   * `SqsSubscription`; for a customer-managed key it adds a statement of its own, without a condition.
   *
   * @throws if the service cannot send here. To a FIFO queue: a bucket, a standard topic, or a rule without `contentBasedDeduplication`. From another region: a bucket
   * or a rule. From another account: a rule
   */
  public allowPublish(producer: QueueProducer): void {
    producer._requireThatItCanSendTo({ queue: this.queue, deduplicatesByContent: this.deduplicatesByContent }, this.node.path);
    this.senders.allowSend(producer, this.queue);
    if (this.encryptionKey) this.senders.allowKey(producer, this.encryptionKey);
  }

  /**
   * This queue as the target of EventBridge rules, which may then send to it. What EventBridge cannot deliver is parked in the
   * dead-letter queue; for a FIFO queue in `undeliveredQueue`, as EventBridge parks in standard queues only.
   *
   * @throws if this is a FIFO queue, and no message group is given or it does not deduplicate by content; when a rule of another region or account uses it
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
   */
  public asRuleTarget(options: QueueRuleTargetOptions = {}): events.IRuleTarget {
    const { messageGroupId } = options;
    const checks = new Checks(this.node.path);
    if (this.queue.fifo && messageGroupId === undefined) {
      throw checks.error("'messageGroupId' must be given for the events that a rule sends to a FIFO queue, got none");
    }
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    checks.matches('messageGroupId', messageGroupId, /^[!-~]{1,128}$/, '1 to 128 letters, digits and punctuation characters of ASCII');
    return {
      bind: (rule) => {
        const producer = QueueProducer.rule(rule as events.IRule);
        this.allowPublish(producer);
        const undeliverable = this.queue.fifo ? this.undeliveredEvents().queue : this.deadLetterQueue;
        this.senders.allowSend(producer, undeliverable);
        return {
          arn: this.queue.queueArn,
          sqsParameters: messageGroupId === undefined ? undefined : { messageGroupId },
          deadLetterConfig: { arn: undeliverable.queueArn },
        };
      },
    };
  }

  /** FIFO only, once a rule has this queue as its target: a standard queue that holds events which EventBridge could not deliver, for 14 days. */
  public get undeliveredQueue(): sqs.Queue | undefined {
    return this.undelivered?.queue;
  }

  /** Fires as soon as an event is in `undeliveredQueue`. */
  public get undeliveredAlarm(): cloudwatch.Alarm | undefined {
    return this.undelivered?.alarm;
  }

  /**
   * This queue as the destination of event notifications of buckets, which may then send to it: unlike CDK's `SqsDestination`, also where the bucket is of another stack.
   * The stack of the bucket then depends on that of the queue. Where that one depends on the bucket's already, import the bucket there, and connect that.
   *
   * @throws when it is connected: if this is a FIFO queue or in another region, where S3 cannot send to
   * @example
   * declare const jobs: SecureQueue;
   * declare const uploads: s3.Bucket;
   * uploads.addObjectCreatedNotification(jobs.asBucketDestination());
   * // or, where the stack of the queue uses the bucket:
   * s3.Bucket.fromBucketName(jobs, 'Uploads', uploads.bucketName).addObjectCreatedNotification(jobs.asBucketDestination());
   */
  public asBucketDestination(): s3.IBucketNotificationDestination {
    return {
      bind: (_, bucket) => {
        this.allowPublish(QueueProducer.bucket(bucket as s3.IBucket));
        // With its policy, as S3 tries whether it may send.
        return { arn: this.queue.queueArn, type: s3.BucketNotificationDestinationType.QUEUE, dependencies: [this.queue] };
      },
    };
  }

  private undeliveredEvents(): Undelivered {
    if (!this.undelivered) {
      this.undelivered = createUndelivered(this, this.secured, this.queue);
      acknowledge(this.undelivered.queue, { customerKeyOfQueue: this.encryptionKey ? undefined : NO_CUSTOMER_KEY });
      notifyOrWarn(this, [this.undelivered.alarm], this.alarmTopic);
    }
    return this.undelivered;
  }

  private createDeadLetterQueue(secured: sqs.QueueProps, sourceQueueName: string): sqs.Queue {
    const queue = new sqs.Queue(this, 'DeadLetterQueue', {
      ...secured,
      retentionPeriod: Duration.days(14), // the SQS maximum: failures outlive a long weekend
    });
    (queue.node.defaultChild as sqs.CfnQueue).redriveAllowPolicy = {
      redrivePermission: sqs.RedrivePermission.BY_QUEUE,
      sourceQueueArns: [Stack.of(this).formatArn({ service: 'sqs', resource: sourceQueueName, arnFormat: ArnFormat.NO_RESOURCE_NAME })],
    };
    return queue;
  }

  private binding(names: QueueBindingNames, method: string, grant: (target: IBindingTarget) => iam.Grant): IBinding {
    const settings = {
      name: this.queue.queueName,
      url: this.queue.queueUrl,
      region: this.queue.env.region,
      visibilityTimeout: Tokenization.stringifyNumber(this.visibilityTimeout.toSeconds()),
      brokerUrl: 'sqs://',
    };
    return {
      bind: (target) => {
        addSettings(target, names, settings, `${this.node.path}.${method}()`);
        grant(target);
        startAfter(target, this.queue.node.defaultChild!); // without its policy, which may name a rule that waits for the application
      },
    };
  }

  private grant(grantee: iam.IGrantable, queueActions: string[], keyActions: string[]): iam.Grant {
    const grant = iam.Grant.addToPrincipalOrResource({ grantee, actions: queueActions, resourceArns: [this.queue.queueArn], resource: this.queue });
    return this.encryptionKey ? grant.combine(grantKey(this.encryptionKey, grantee, ...keyActions)) : grant;
  }
}

const NO_CUSTOMER_KEY = 'SQS encrypts all messages with keys that it manages (SSE-SQS), which the rule does not look for: \'encryptionKey\' makes the key yours';

const CONSUME = ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'];

const PROP_KINDS: PropKinds<SecureQueueProps> = {
  alarmTopic: topic,
  encryptionKey: kmsKey,
  maximumMessageAge: duration,
  maxReceiveCount: number,
  queueName: text,
  queueType: made(QueueType, 'QueueType'),
  removalPolicy,
  retentionPeriod: duration,
  visibilityTimeout: duration,
};

const SEALED: SealedProperties = {
  ...ALARM_SEALED,
  'AWS::SQS::Queue': {
    refuse: ['kmsMasterKeyId', 'redriveAllowPolicy', 'sqsManagedSseEnabled'], warn: ['messageRetentionPeriod', 'redrivePolicy', 'visibilityTimeout'],
  },
  'AWS::SQS::QueuePolicy': { refuse: ['policyDocument'] },
};

const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-cloudwatch.Alarm': ['actionsEnabled', 'datapointsToAlarm'],
  'aws-cdk-lib.aws-sqs.Queue': [
    'contentBasedDeduplication', 'deadLetterQueue', 'deduplicationScope', 'encryptionMasterKey', 'fifoThroughputLimit', 'redriveAllowPolicy',
  ],
  'aws-cdk-lib.aws-sqs.QueuePolicy': [],
};

type Settings = SecureQueueProps & Required<Pick<SecureQueueProps, 'visibilityTimeout' | 'retentionPeriod' | 'maxReceiveCount'>>;

/** Bounds: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
function validate(check: Checks, settings: Settings, fifo: boolean): void {
  const { visibilityTimeout, retentionPeriod, maxReceiveCount, maximumMessageAge, queueName } = settings;
  check.seconds('visibilityTimeout', visibilityTimeout, { least: 0, most: 43_200 });
  check.seconds('retentionPeriod', retentionPeriod, { least: 60, most: 1_209_600 });
  check.wholeNumber('maxReceiveCount', maxReceiveCount, { least: 1, most: 1000 });
  check.seconds('maximumMessageAge', maximumMessageAge, { least: 60 });
  const allowed = 'at most 80 letters, digits, hyphens and underscores';
  if (fifo) check.matches('queueName', queueName, /^[\w-]{1,75}\.fifo$/, `${allowed}, the last five characters being .fifo`, { of: 'a FIFO queue' });
  else check.matches('queueName', queueName, /^[\w-]{1,80}$/, allowed, { of: 'a standard queue' });
}

function minutesToDeadLetter(visibilityTimeout: Duration, maxReceiveCount: number): number | undefined {
  if (visibilityTimeout.isUnresolved() || Token.isUnresolved(maxReceiveCount)) return undefined;
  return (visibilityTimeout.toSeconds() * maxReceiveCount) / 60;
}

function warnIfRetentionIsTooShort(owner: Construct, retentionPeriod: Duration, minutesToFail: number | undefined, fifo: boolean): void {
  if (retentionPeriod.isUnresolved() || minutesToFail === undefined) return;
  const minutes = retentionPeriod.toMinutes({ integral: false });
  if (minutes <= minutesToFail) {
    addWarning(
      owner, 'cdk-mainstay:SecureQueue.ExpiresBeforeDeadLetter',
      `retentionPeriod is ${minutes} minutes, but a message that fails takes ${minutesToFail} minutes to reach the dead-letter queue, ` +
      'so it expires unseen: lengthen retentionPeriod or lower maxReceiveCount or visibilityTimeout',
    );
  } else if (!fifo && minutes >= Duration.days(14).toMinutes()) {
    addWarning(
      owner, 'cdk-mainstay:SecureQueue.ExpiresInDeadLetter',
      'retentionPeriod is as long as the dead-letter queue\'s 14 days, and a standard queue\'s messages keep their age when they move there, ' +
      'so one that fails late is gone at once: shorten retentionPeriod',
    );
  }
}

/**
 * A FIFO queue holds a group back behind its failing message, so a jam shows as groups in flight while nothing is deleted.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
function jammedGroupAlarm(scope: Construct, queue: sqs.Queue, visibilityTimeout: Duration): cloudwatch.Alarm {
  const period = Duration.minutes(5);
  const held = visibilityTimeout.isUnresolved() ? Duration.hours(12) : visibilityTimeout; // 12 hours are the most that SQS takes
  const periodsHeld = Math.ceil(held.toMinutes({ integral: false }) / period.toMinutes());
  return alarm(scope, 'JammedGroupAlarm', {
    description: 'message groups are in flight but no message gets done; one that fails blocks its group until it is parked',
    metric: new cloudwatch.MathExpression({
      expression: 'IF(groups > 0 AND FILL(deleted, 0) == 0, 1, 0)',
      usingMetrics: {
        groups: queue.metric('ApproximateNumberOfGroupsWithInflightMessages', { statistic: cloudwatch.Stats.MINIMUM }),
        deleted: queue.metricNumberOfMessagesDeleted({ statistic: cloudwatch.Stats.SUM }),
      },
      label: 'jammed message groups',
      period,
    }),
    atLeast: 1,
    evaluationPeriods: periodsHeld + 1, // a message that is worked on in time is deleted by then
  });
}
