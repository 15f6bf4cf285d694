import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { RejectionReason } from './rejection';

/** Where messages go that are no event of S3: an operator has to find out who sends them. */
export interface DeadLetters {
  send(body: string, reason: RejectionReason): Promise<void>;
}

export class SqsDeadLetters implements DeadLetters {
  constructor(private readonly client: SQSClient, private readonly queueUrl: string) {}

  async send(body: string, reason: RejectionReason): Promise<void> {
    await this.client.send(new SendMessageCommand({
      QueueUrl: this.queueUrl,
      MessageBody: body, // as it came, so that a redrive to the queue (with a destination: docs/decisions/failed-photos.md) tries it again
      MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
    }));
  }
}
