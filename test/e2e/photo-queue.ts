import { LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand, GetQueueAttributesCommand, Message, ReceiveMessageCommand, SendMessageCommand, SetQueueAttributesCommand, SQSClient,
} from '@aws-sdk/client-sqs';
import { EmulatedAccount } from '../emulator/emulators';
import { eventually } from '../emulator/eventually';

export interface DeadLetter {
  readonly key: string;
  readonly reason?: string;
}

/** The queue of uploads, its dead letters, and the function's hold on it. */
export class PhotoQueue {
  private readonly sqs: SQSClient;
  private readonly lambda: LambdaClient;
  private readonly url: string;
  private readonly deadLetterUrl: string;
  private readonly mapping: string;
  private readonly seenDeadLetters: DeadLetter[] = [];

  constructor(account: EmulatedAccount, resources: Record<string, string>) {
    this.sqs = new SQSClient(account);
    this.lambda = new LambdaClient(account);
    const find = (logicalId: RegExp) => Object.entries(resources).find(([id]) => logicalId.test(id))![1];
    this.url = find(/^PhotosQueue[0-9A-F]{8}$/);
    this.deadLetterUrl = find(/^PhotosQueueDeadLetterQueue[0-9A-F]{8}$/);
    this.mapping = find(/^PhotosPhotoFunctionUploads/);
  }

  public async send(body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: body }));
  }

  /** Waiting messages, and those that are being worked on or wait for their retry. */
  public async size(): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(new GetQueueAttributesCommand({
      QueueUrl: this.url, AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }));
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  }

  /** Receives and deletes. @returns the bodies */
  public async take(count: number): Promise<string[]> {
    const bodies: string[] = [];
    await eventually(`${count} messages in the queue`, async () => {
      bodies.push(...(await this.drain(this.url)).map(({ Body }) => Body!));
      return bodies.length >= count ? bodies : undefined;
    });
    return bodies;
  }

  public async deadLetters(): Promise<DeadLetter[]> {
    for (const { Body, MessageAttributes } of await this.drain(this.deadLetterUrl)) {
      this.seenDeadLetters.push({ key: JSON.parse(Body!).detail.object.key, reason: MessageAttributes?.reason?.StringValue });
    }
    return this.seenDeadLetters;
  }

  public async setVisibilityTimeout(seconds: number): Promise<void> {
    await this.sqs.send(new SetQueueAttributesCommand({ QueueUrl: this.url, Attributes: { VisibilityTimeout: String(seconds) } }));
  }

  /** Lets messages wait, so that a test can say which comes when. */
  public async whileNothingConsumes<T>(work: () => Promise<T>): Promise<T> {
    const consume = (Enabled: boolean) => this.lambda.send(new UpdateEventSourceMappingCommand({ UUID: this.mapping, Enabled }));
    await consume(false);
    try {
      return await work();
    } finally {
      await consume(true);
    }
  }

  private async drain(QueueUrl: string): Promise<Message[]> {
    const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }));
    await Promise.all(Messages.map(({ ReceiptHandle }) => this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))));
    return Messages;
  }
}
