import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { QueueType } from './queue-type';

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
   * The topic that the alarms notify: a standard one, of the region of the stack. Where it has a policy, that is made to admit them.
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
