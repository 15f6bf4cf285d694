import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MESSAGES_PER_BATCH = 10;

export interface PhotoQueue {
  /** How many messages wait for the photo function, as far as SQS knows. */
  waiting(): Promise<number>;
  createdAt(): Promise<Date>;
  send(bodies: string[]): Promise<void>;
}

export class SqsPhotoQueue implements PhotoQueue {
  constructor(private readonly client: SQSClient, private readonly queueUrl: string) {}

  async waiting(): Promise<number> {
    return Number(await this.attribute('ApproximateNumberOfMessages'));
  }

  async createdAt(): Promise<Date> {
    return new Date(Number(await this.attribute('CreatedTimestamp')) * 1000);
  }

  async send(bodies: string[]): Promise<void> {
    for (let sent = 0; sent < bodies.length; sent += MESSAGES_PER_BATCH) {
      const batch = bodies.slice(sent, sent + MESSAGES_PER_BATCH);
      const { Failed = [] } = await this.client.send(new SendMessageBatchCommand({
        QueueUrl: this.queueUrl,
        Entries: batch.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
      }));
      if (Failed.length > 0) throw new Error(`the queue did not take ${Failed.length} of ${batch.length} messages: ${Failed[0].Code}: ${Failed[0].Message}`);
    }
  }

  private async attribute(name: 'ApproximateNumberOfMessages' | 'CreatedTimestamp'): Promise<string> {
    const { Attributes } = await this.client.send(new GetQueueAttributesCommand({ QueueUrl: this.queueUrl, AttributeNames: [name] }));
    return Attributes![name]!;
  }
}
