import { Lazy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addOrWarn } from '../../shared/resource-policies';
import { QueueProducer } from '../queue-producer';

/**
 * The statements by which services may send to a queue: one for all that send through one service from one account, as a queue's policy has room
 * for twenty.
 */
export class SenderStatements {
  /** The ARNs of the resources that each statement names, by policy, service and account. */
  private readonly sources = new Map<string, Set<string>>();

  constructor(private readonly owner: Construct) {}

  public allowSend(producer: QueueProducer, queue: sqs.Queue): void {
    this.allow(producer, queue, producer._arnSeenFrom(queue, false), ['sqs:SendMessage'], queue.queueArn);
  }

  /** What sends to a queue with this key has to encrypt. */
  public allowKey(producer: QueueProducer, key: kms.IKey): void {
    this.allow(producer, key, producer._arnSeenFrom(key, true), ['kms:GenerateDataKey', 'kms:Decrypt'], '*');
  }

  private allow(producer: QueueProducer, holder: sqs.Queue | kms.IKey, arn: string, actions: string[], resource: string): void {
    const origin = [holder.node.path, producer._service, producer._account].join(' ');
    const arns = this.sources.get(origin) ?? new Set();
    arns.add(arn);
    if (this.sources.has(origin)) return;
    const isAdded = addOrWarn(holder, new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(producer._service)],
      actions,
      resources: [resource],
      conditions: {
        ArnLike: { 'aws:SourceArn': Lazy.any({ produce: () => (arns.size === 1 ? arn : [...arns]) }) },
        ...(producer._sendsItsAccount && { StringEquals: { 'aws:SourceAccount': producer._account } }),
      },
    }), { owner: this.owner, id: 'SecureQueue.KeyPolicyUnchanged', otherwise: `nothing that ${producer._service} sends arrives` });
    if (isAdded) this.sources.set(origin, arns);
  }
}
