import { ArnComponents, ArnFormat, IResource, Resource, Stack } from 'aws-cdk-lib';
import { IRule } from 'aws-cdk-lib/aws-events';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { IQueue } from 'aws-cdk-lib/aws-sqs';
import { IConstruct } from 'constructs';
import { Checks } from '../shared/checks';
import * as kinds from '../shared/kinds';
import { required, requireArgument } from '../shared/kinds';

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
  public _requireThatItCanSendTo(queue: IQueue, where: string): void {
    const check = new Checks(where);
    const [mine, theirs] = [this.resource.env.region, queue.env.region];
    if (this._service === 'events.amazonaws.com') {
      check.sameRegion('EventBridge sends events to targets', { name: 'the rule', region: mine }, { name: 'the queue', region: theirs });
    }
    if (this._service !== 's3.amazonaws.com') return;
    if (queue.fifo) {
      throw check.error(
        'S3 cannot send event notifications to a FIFO queue: use QueueType.standard(), ' +
        'or send the bucket\'s events through an EventBridge rule and allow QueueProducer.rule()',
      );
    }
    check.sameRegion('S3 sends event notifications', { name: 'the bucket', region: mine }, { name: 'the queue', region: theirs });
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
