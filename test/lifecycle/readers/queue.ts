import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parsed, Reader } from './reader';

export const readQueue: Reader = async ({ physicalId }, { sqs }) => {
  const attributes = await attributesOf(physicalId, sqs);
  return {
    ContentBasedDeduplication: parsed(attributes.ContentBasedDeduplication),
    DeduplicationScope: attributes.DeduplicationScope,
    FifoQueue: parsed(attributes.FifoQueue),
    FifoThroughputLimit: attributes.FifoThroughputLimit,
    KmsMasterKeyId: attributes.KmsMasterKeyId,
    MessageRetentionPeriod: parsed(attributes.MessageRetentionPeriod),
    QueueName: attributes.QueueArn.split(':').at(-1),
    RedriveAllowPolicy: parsed(attributes.RedriveAllowPolicy),
    RedrivePolicy: parsed(attributes.RedrivePolicy),
    SqsManagedSseEnabled: parsed(attributes.SqsManagedSseEnabled),
    VisibilityTimeout: parsed(attributes.VisibilityTimeout),
  };
};

export const readQueuePolicy: Reader = async ({ properties }, { sqs }) => {
  const [url, ...others] = properties.Queues;
  if (others.length > 0) throw new Error('a policy of several queues: read them all here');
  const { Policy } = await attributesOf(url, sqs);
  return { PolicyDocument: parsed(Policy), Queues: Policy && [url] };
};

async function attributesOf(url: string, sqs: SQSClient): Promise<Record<string, string>> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
  return Attributes!;
}
