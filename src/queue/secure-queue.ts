import { Annotations, ArnFormat, Aws, Duration, Fn, Lazy, Names, RemovalPolicy, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { QueueProducer } from './queue-producer';
import { IBinding, IBindingTarget } from '../binding/binding';
import { addSettings } from '../shared/add-settings';
import { acknowledge } from '../shared/acknowledge';
import { notifyOrWarn } from '../shared/alarm-notification';
import { warnOfConsumersThatOutliveVisibility } from './private/consumer-timeouts';
import { QueueType } from './queue-type';
import { ownPropsWin } from '../shared/own-props-win';
import { keptInsteadOfSnapshot } from '../shared/removal-policy';
import { requireUnit } from '../shared/require-unit';
import { requireWholeNumber } from '../shared/require-whole-number';
import { seal } from '../shared/sealed';
import { StageProfile } from '../stage/stage-profile';

/**
 * Properties of a SecureQueue.
 */
export interface SecureQueueProps {
  /**
   * Standard, FIFO or high-throughput FIFO. Changing it replaces the queue.
   *
   * @default QueueType.standard()
   */
  readonly queueType?: QueueType;

  /**
   * How long a received message stays hidden from other consumers, 0 seconds to 12 hours.
   *
   * For a Lambda consumer, six times the function's timeout.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
   * @default Duration.seconds(30)
   */
  readonly visibilityTimeout?: Duration;

  /**
   * How long an unreceived message is kept, 1 minute to 14 days.
   *
   * A standard queue's message keeps its age when it moves to the dead-letter queue, which holds it until it is 14 days old.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
   * @default Duration.days(4)
   */
  readonly retentionPeriod?: Duration;

  /**
   * How many times a message is received without being deleted before it moves to the dead-letter queue, 1 to 1000.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
   * @default 3
   */
  readonly maxReceiveCount?: number;

  /**
   * Customer-managed key that encrypts messages at rest.
   *
   * @default - SSE-SQS, which encrypts without KMS charges
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Age of the oldest message above which an alarm fires, at least 1 minute.
   *
   * @default - 15 minutes, or the time until a poison message is parked if that is longer
   */
  readonly maximumMessageAge?: Duration;

  /**
   * The topic that the alarms notify.
   *
   * @default - the StageProfile's, and a warning if it has none
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * A physical name, at most 80 characters; a FIFO queue's ends in `.fifo`.
   *
   * @default - generated, unique to this life of the stack
   */
  readonly queueName?: string;

  /**
   * What happens to both queues, and what is still in them, when they leave the stack.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * How a rule's events become messages.
 */
export interface QueueRuleTargetOptions {
  /**
   * The message group of the events: a FIFO queue keeps the order within it.
   *
   * @default - none, which a FIFO queue does not take
   */
  readonly messageGroupId?: string;
}

/**
 * The names of the settings that tell an application of a queue. Only those given are set.
 */
export interface QueueBindingNames {
  /**
   * Gets the name of the queue.
   *
   * @default - not set
   */
  readonly name?: string;

  /**
   * Gets the URL of the queue.
   *
   * @default - not set
   */
  readonly url?: string;

  /**
   * Gets the region of the queue.
   *
   * @default - not set
   */
  readonly region?: string;

  /**
   * Gets the visibility timeout of the queue, in seconds.
   *
   * @default - not set
   */
  readonly visibilityTimeout?: string;

  /**
   * Gets `sqs://`, by which Celery uses SQS with the application's role.
   *
   * @see https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/sqs.html
   * @default - not set
   */
  readonly brokerUrl?: string;
}

/**
 * A queue that is encrypted at rest, refuses plain HTTP and loses nothing: what cannot be processed is parked in a
 * dead-letter queue that no other queue may use, and an alarm tells of it.
 *
 * Creates two SQS queues with their policies and two CloudWatch alarms (three for FIFO).
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

  /** The ARNs that a policy admits, by policy, service and account. */
  private readonly admitted = new Map<string, Set<string>>();

  /**
   * @throws if a duration, count or name is outside of what SQS takes
   */
  constructor(scope: Construct, id: string, props: SecureQueueProps = {}) {
    super(scope, id);
    ownPropsWin(this);

    const profile = StageProfile.of(this);
    const fifo = (props.queueType ?? QueueType.standard())._fifo;
    const maxReceiveCount = props.maxReceiveCount ?? 3;
    const retentionPeriod = props.retentionPeriod ?? Duration.days(4);
    this.visibilityTimeout = props.visibilityTimeout ?? Duration.seconds(30);
    this.encryptionKey = props.encryptionKey;
    validate(this.node.path, this.visibilityTimeout, retentionPeriod, maxReceiveCount, props, fifo !== undefined);
    this.minutesToDeadLetter = minutesToDeadLetter(this.visibilityTimeout, maxReceiveCount);

    const queueName = props.queueName ?? generateName(this, fifo !== undefined);
    const secured: sqs.QueueProps = {
      encryption: props.encryptionKey ? sqs.QueueEncryption.KMS : sqs.QueueEncryption.SQS_MANAGED,
      encryptionMasterKey: props.encryptionKey,
      enforceSSL: true,
      removalPolicy: keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy),
      fifo: fifo ? true : undefined,
    };
    this.deadLetterQueue = new sqs.Queue(this, 'DeadLetterQueue', {
      ...secured,
      retentionPeriod: Duration.days(14), // the SQS maximum: failures outlive a long weekend
    });
    // The two queues name each other. Only a name that is known beforehand breaks the circle: docs/decisions/queue-name.md.
    (this.deadLetterQueue.node.defaultChild as sqs.CfnQueue).redriveAllowPolicy = {
      redrivePermission: sqs.RedrivePermission.BY_QUEUE,
      sourceQueueArns: [Stack.of(this).formatArn({ service: 'sqs', resource: queueName, arnFormat: ArnFormat.NO_RESOURCE_NAME })],
    };
    this.queue = new sqs.Queue(this, 'Queue', {
      ...secured,
      ...fifo,
      queueName,
      visibilityTimeout: this.visibilityTimeout,
      retentionPeriod,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
    const customerKeyOfQueue = props.encryptionKey
      ? undefined
      : 'SQS encrypts all messages with keys that it manages (SSE-SQS), which the rule does not look for: \'encryptionKey\' makes the key yours';
    acknowledge(this.queue, { customerKeyOfQueue });
    acknowledge(this.deadLetterQueue, { customerKeyOfQueue, redrivePolicy: 'it is where messages end up: an alarm tells of each, and a person redrives it' });

    seal(this);

    this.deadLetterAlarm = this.alarmOnDeadLetters();
    this.ageAlarm = this.alarmOnAge(props.maximumMessageAge);
    this.jammedGroupAlarm = fifo && this.alarmOnJammedGroup();
    const alarms = [this.deadLetterAlarm, this.ageAlarm, ...(this.jammedGroupAlarm ? [this.jammedGroupAlarm] : [])];
    notifyOrWarn(this, alarms, props.alarmTopic ?? profile.alarmTopic);

    warnOfRetentionTooShort(this, retentionPeriod);
    warnOfConsumersThatOutliveVisibility(this, this.queue.node.defaultChild!, this.visibilityTimeout);
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
    return this.grant(
      grantee,
      ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
      ['kms:Decrypt'],
    );
  }

  /**
   * Lets an identity work the queue as Celery does: send and consume, singly or in batches, and look queues up by name.
   * It cannot create, change, purge or delete a queue.
   *
   * `sqs:ListQueues` is on `*` because SQS offers no narrower resource for it.
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
   */
  public grantWorker(grantee: iam.IGrantable): iam.Grant {
    const single = this.grant(
      grantee,
      ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
      ['kms:GenerateDataKey', 'kms:Decrypt'],
    );
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
   * This queue as an application uses it that works it, as Celery does: see `grantWorker()`.
   *
   * @example
   * declare const jobs: SecureQueue;
   * declare const container: ecs.ContainerDefinition;
   * declare const service: ecs.FargateService;
   * BindingTarget.container(container, service).use(jobs.workerBinding({ name: 'TASK_QUEUE_NAME', brokerUrl: 'CELERY_BROKER_URL' }));
   */
  public workerBinding(names: QueueBindingNames): IBinding {
    return { bind: (target) => this.tell(target, names, 'workerBinding', () => this.grantWorker(target)) };
  }

  /**
   * This queue as an application uses it that sends to it: see `grantSend()`.
   */
  public producerBinding(names: QueueBindingNames): IBinding {
    return { bind: (target) => this.tell(target, names, 'producerBinding', () => this.grantSend(target)) };
  }

  /**
   * Lets an AWS service send to this queue on behalf of one resource: the queue's policy, and that of a customer-managed key, name the
   * service, the resource and its account, so that no other account can send through the service.
   *
   * Where naming the resource would close a circle (the key of a queue that the resource depends on; a resource of
   * another stack) the policy names the resources of its kind in its account instead.
   *
   * For an EventBridge rule, `asRuleTarget()` does this and connects the rule. Connect a bucket or a topic by CDK's `SqsDestination` or
   * `SqsSubscription`; for a customer-managed key these add a statement of their own, without a condition.
   *
   * @throws if the producer is a bucket and this is a FIFO queue or in another region, where S3 cannot send to
   */
  public allowPublish(producer: QueueProducer): void {
    producer._requireThatItCanSendTo(this.queue, this.node.path);
    this.admit(producer, this.queue, ['sqs:SendMessage'], this.queue.queueArn);
    if (this.encryptionKey) this.admit(producer, this.encryptionKey, ['kms:GenerateDataKey', 'kms:Decrypt'], '*');
  }

  /**
   * This queue as the target of EventBridge rules, which may then send to it. What EventBridge cannot deliver is parked in the
   * dead-letter queue, if that is a standard queue: EventBridge takes no other.
   *
   * @throws if this is a FIFO queue and no message group is given
   */
  public asRuleTarget(options: QueueRuleTargetOptions = {}): events.IRuleTarget {
    const { messageGroupId } = options;
    if (this.queue.fifo && messageGroupId === undefined) {
      throw new Error(`${this.node.path}: 'messageGroupId' must be given for the events that a rule sends to a FIFO queue, got none`);
    }
    return {
      bind: (rule) => {
        const producer = QueueProducer.rule(rule as events.IRule);
        this.allowPublish(producer);
        if (!this.queue.fifo) this.admit(producer, this.deadLetterQueue, ['sqs:SendMessage'], this.deadLetterQueue.queueArn);
        return {
          arn: this.queue.queueArn,
          sqsParameters: messageGroupId === undefined ? undefined : { messageGroupId },
          deadLetterConfig: this.queue.fifo ? undefined : { arn: this.deadLetterQueue.queueArn },
        };
      },
    };
  }

  private tell(target: IBindingTarget, names: QueueBindingNames, method: string, grant: () => iam.Grant): void {
    const settings = {
      name: this.queue.queueName,
      url: this.queue.queueUrl,
      region: this.queue.env.region,
      visibilityTimeout: Tokenization.stringifyNumber(this.visibilityTimeout.toSeconds()),
      brokerUrl: 'sqs://',
    };
    addSettings(target, names, settings, `${this.node.path}.${method}()`);
    grant();
  }

  /** One statement for all that send through one service from one account: a queue's policy has room for twenty. */
  private admit(producer: QueueProducer, holder: sqs.Queue | kms.IKey, actions: string[], resource: string): void {
    const arn = producer._arnSeenFrom(holder, holder === this.encryptionKey);
    const origin = [holder.node.path, producer._service, producer._account].join(' ');
    const admitted = this.admitted.get(origin);
    if (admitted) {
      admitted.add(arn);
      return;
    }
    const arns = new Set([arn]);
    this.admitted.set(origin, arns);
    const { statementAdded } = holder.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(producer._service)],
      actions,
      resources: [resource],
      conditions: {
        ArnLike: { 'aws:SourceArn': Lazy.any({ produce: () => (arns.size === 1 ? arn : [...arns]) }) },
        StringEquals: { 'aws:SourceAccount': producer._account },
      },
    }));
    if (!statementAdded) {
      Annotations.of(this).addWarningV2(
        'cdk-mainstay:SecureQueue.KeyPolicyUnchanged',
        `the key ${holder.node.path} is imported, so its policy is not changed here: let ${producer._service} use ${actions.join(' and ')}, ` +
        'or nothing it sends arrives',
      );
    }
  }

  private grant(grantee: iam.IGrantable, queueActions: string[], keyActions: string[]): iam.Grant {
    const grant = iam.Grant.addToPrincipalOrResource({ grantee, actions: queueActions, resourceArns: [this.queue.queueArn], resource: this.queue });
    const keyGrant = this.encryptionKey?.grant(grantee, ...keyActions);
    return keyGrant ? grant.combine(keyGrant) : grant;
  }

  private alarmOnDeadLetters(): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'DeadLetterAlarm', {
      alarmDescription: `${this.node.path}: messages could not be processed and are parked in the dead-letter queue; look at one, mend the cause, then redrive`,
      metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: cloudwatch.Stats.MAXIMUM }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING, // an idle queue sends no metrics
    });
  }

  private alarmOnAge(maximum?: Duration): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, 'AgeAlarm', {
      alarmDescription: `${this.node.path}: messages wait longer than they should; are the consumers running, and are they enough?`,
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: cloudwatch.Stats.MAXIMUM }),
      threshold: maximum?.toSeconds() ?? Math.max(15, this.minutesToDeadLetter ?? 0) * 60,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }

  /**
   * A FIFO queue holds a group back behind its failing message, so a jam shows as groups in flight while nothing is deleted.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   */
  private alarmOnJammedGroup(): cloudwatch.Alarm {
    const period = Duration.minutes(5);
    const held = this.visibilityTimeout.isUnresolved() ? Duration.hours(12) : this.visibilityTimeout; // 12 hours are the most that SQS takes
    const periodsHeld = Math.ceil(held.toMinutes({ integral: false }) / period.toMinutes());
    return new cloudwatch.Alarm(this, 'JammedGroupAlarm', {
      alarmDescription: `${this.node.path}: message groups are in flight but no message gets done; one that fails blocks its group until it is parked`,
      metric: new cloudwatch.MathExpression({
        expression: 'IF(groups > 0 AND FILL(deleted, 0) == 0, 1, 0)',
        usingMetrics: {
          groups: this.queue.metric('ApproximateNumberOfGroupsWithInflightMessages', { statistic: cloudwatch.Stats.MINIMUM }),
          deleted: this.queue.metricNumberOfMessagesDeleted({ statistic: cloudwatch.Stats.SUM }),
        },
        label: 'jammed message groups',
        period,
      }),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periodsHeld + 1, // a message that is worked on in time is deleted by then
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

/** Bounds: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
function validate(
  where: string, visibilityTimeout: Duration, retentionPeriod: Duration, maxReceiveCount: number, props: SecureQueueProps, fifo: boolean,
): void {
  const requireSeconds = (prop: string, duration: Duration, least: number, most?: number) => {
    const value = requireUnit(where, prop, 'Duration.seconds()', () => duration.toSeconds({ integral: false }));
    requireWholeNumber({ where, prop, value, least, most, unit: 'seconds' });
  };
  requireSeconds('visibilityTimeout', visibilityTimeout, 0, 43_200);
  requireSeconds('retentionPeriod', retentionPeriod, 60, 1_209_600);
  requireWholeNumber({ where, prop: 'maxReceiveCount', value: maxReceiveCount, least: 1, most: 1000 });
  if (props.maximumMessageAge) requireSeconds('maximumMessageAge', props.maximumMessageAge, 60);
  if (props.queueName !== undefined) validateName(where, props.queueName, fifo);
}

function validateName(where: string, queueName: string, fifo: boolean): void {
  if (Token.isUnresolved(queueName)) return;
  const pattern = fifo ? /^[\w-]{1,75}\.fifo$/ : /^[\w-]{1,80}$/;
  if (!pattern.test(queueName)) {
    const allowed = 'at most 80 letters, digits, hyphens and underscores' + (fifo ? ', the last five characters being .fifo' : '');
    throw new Error(`${where}: 'queueName' of a ${fifo ? 'FIFO' : 'standard'} queue must be ${allowed}, got '${queueName}'`);
  }
}

function minutesToDeadLetter(visibilityTimeout: Duration, maxReceiveCount: number): number | undefined {
  if (visibilityTimeout.isUnresolved() || Token.isUnresolved(maxReceiveCount)) return undefined;
  return (visibilityTimeout.toSeconds() * maxReceiveCount) / 60;
}

/** As unique as a name that CloudFormation generates: path, hash, and the id of this life of the stack. */
function generateName(queue: SecureQueue, fifo: boolean): string {
  const lifeOfStack = Fn.select(2, Fn.split('/', Aws.STACK_ID)); // arn:…:stack/NAME/GUID, 36 characters of the 80
  const readable = Names.uniqueResourceName(queue, { maxLength: 38, separator: '-' });
  return `${readable}-${lifeOfStack}${fifo ? '.fifo' : ''}`;
}

function warnOfRetentionTooShort(queue: SecureQueue, retentionPeriod: Duration): void {
  if (retentionPeriod.isUnresolved() || queue.minutesToDeadLetter === undefined) return;
  const minutes = retentionPeriod.toMinutes({ integral: false });
  if (minutes <= queue.minutesToDeadLetter) {
    Annotations.of(queue).addWarningV2(
      'cdk-mainstay:SecureQueue.ExpiresBeforeDeadLetter',
      `retentionPeriod is ${minutes} minutes, but a message that fails takes ${queue.minutesToDeadLetter} minutes to reach the dead-letter queue, ` +
      'so it expires unseen: lengthen retentionPeriod or lower maxReceiveCount or visibilityTimeout',
    );
  } else if (!queue.queue.fifo && minutes >= Duration.days(14).toMinutes()) {
    Annotations.of(queue).addWarningV2(
      'cdk-mainstay:SecureQueue.ExpiresInDeadLetter',
      'retentionPeriod is as long as the dead-letter queue\'s 14 days, and a standard queue\'s messages keep their age when they move there, ' +
      'so one that fails late is gone at once: shorten retentionPeriod',
    );
  }
}
