import { ArnComponents, ArnFormat, IResource, Resource, Stack } from 'aws-cdk-lib';
import { IRule } from 'aws-cdk-lib/aws-events';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { IConstruct } from 'constructs';
import { Checks, isUnknown } from '../shared/checks';
import * as kinds from '../shared/kinds';
import { required, requireArgument } from '../shared/kinds';
import { isKnownToDiffer } from '../shared/stacks';

/** A queue that services send to. */
interface Receiver {
  readonly queue: IQueue;
  /** Whether a FIFO queue takes messages without a deduplication id. */
  readonly deduplicatesByContent: boolean;
}

/**
 * An AWS service that sends to a queue on behalf of one resource.
 */
export class QueueProducer {
  /**
   * The event notifications of an S3 bucket.
   */
  public static bucket(bucket: IBucket): QueueProducer {
    requireArgument('QueueProducer.bucket', 'bucket', bucket, required(kinds.bucket));
    // Bucket ARNs carry neither account nor region, so those of one account cannot be told by a pattern; SourceAccount does that.
    return new QueueProducer('s3', bucket, bucket.bucketArn, { account: '', region: '', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME });
  }

  /**
   * The messages published to an SNS topic.
   */
  public static topic(topic: ITopic): QueueProducer {
    requireArgument('QueueProducer.topic', 'topic', topic, required(kinds.topic));
    return new QueueProducer('sns', topic, topic.topicArn, { resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME });
  }

  /**
   * The events that an EventBridge rule matches.
   */
  public static rule(rule: IRule): QueueProducer {
    requireArgument('QueueProducer.rule', 'rule', rule, required(kinds.resource('a rule (events.IRule)', 'ruleArn')));
    return new QueueProducer('events', rule, rule.ruleArn, { resource: 'rule', resourceName: '*' });
  }

  /** @internal */
  public readonly _service: string;
  /** @internal */
  public readonly _account: string;
  private readonly arnsOfItsKind: string;

  private constructor(service: string, private readonly resource: IResource, private readonly arn: string, kind: Omit<ArnComponents, 'service'>) {
    const { account, region } = resource.env;
    this._service = `${service}.amazonaws.com`;
    this._account = account;
    this.arnsOfItsKind = Stack.of(resource).formatArn({ service, account, region, ...kind });
  }

  /** @internal */
  public _requireThatItCanSendTo(receiver: Receiver, where: string): void {
    const check = new Checks(where);
    switch (this._service) {
      case 'events.amazonaws.com': return requireDeliverableEvents(check, this.resource, receiver);
      case 's3.amazonaws.com': return requireDeliverableNotifications(check, this.resource, receiver);
      case 'sns.amazonaws.com': return requireDeliverableMessages(check, this.resource as ITopic, receiver);
    }
  }

  /**
   * Whether the ARN of the source has no account, so that a policy has to name that by itself. Not for SNS, whose topics have it in their ARN, and for which SQS
   * documents `aws:SourceArn` only: a condition on a key that is not sent is never true.
   *
   * @internal
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
   */
  public get _sendsItsAccount(): boolean {
    return this._service !== 'sns.amazonaws.com';
  }

  /**
   * The ARN that a policy of `holder` may name without making a circle: a resource of this app that refers to the
   * holder cannot be referred to by it, so a policy on which the resource depends names all of its kind in its account.
   *
   * @internal
   */
  public _arnSeenFrom(holder: IConstruct, resourceDependsOnHolder: boolean): string {
    const isImported = !Resource.isOwnedResource(this.resource);
    const isInOtherStack = Stack.of(this.resource) !== Stack.of(holder);
    return isImported || !(resourceDependsOnHolder || isInOtherStack) ? this.arn : this.arnsOfItsKind;
  }
}

/**
 * EventBridge gives events no deduplication id, and uses its own service principal within one account and region only.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-cross-account.html
 */
function requireDeliverableEvents(check: Checks, rule: IResource, { queue, deduplicatesByContent }: Receiver): void {
  check.sameRegion('EventBridge sends events to targets', { name: 'the rule', region: rule.env.region }, { name: 'the queue', region: queue.env.region });
  if (isKnownToDiffer(rule.env.account, queue.env.account)) {
    throw check.error(
      `the rule ${rule.node.path} must be of ${queue.env.account}, the account of the queue, got one of ${rule.env.account}: EventBridge sends to a queue of another account ` +
      'with a role of the account of the rule only; send the events to an event bus of this account, and let a rule of that send them here',
    );
  }
  if (queue.fifo && !deduplicatesByContent) {
    throw check.error(
      "'contentBasedDeduplication' must be true for the events that a rule sends to a FIFO queue, got false: EventBridge gives events no deduplication id, " +
      'and SQS refuses them without; use QueueType.fifo({ contentBasedDeduplication: true })',
    );
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
function requireDeliverableNotifications(check: Checks, bucket: IResource, { queue }: Receiver): void {
  if (queue.fifo) {
    throw check.error(
      'S3 cannot send event notifications to a FIFO queue: use QueueType.standard(), ' +
      'or send the bucket\'s events through an EventBridge rule and allow QueueProducer.rule()',
    );
  }
  check.sameRegion('S3 sends event notifications', { name: 'the bucket', region: bucket.env.region }, { name: 'the queue', region: queue.env.region });
}

/**
 * @see https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
 * @see https://github.com/getmoto/moto/pull/8957 which shows what SNS answers, by a test that ran on AWS
 */
function requireDeliverableMessages(check: Checks, topic: ITopic, { queue }: Receiver): void {
  const isStandard = !topic.fifo && (Resource.isOwnedResource(topic) || (!isUnknown(topic.topicArn) && !topic.topicArn.endsWith('.fifo')));
  if (!queue.fifo || !isStandard) return;
  throw check.error(
    `the topic ${topic.node.path} must be a FIFO topic, got a standard one: SNS sends to FIFO queues from FIFO topics only; give that, or use QueueType.standard()`,
  );
}
