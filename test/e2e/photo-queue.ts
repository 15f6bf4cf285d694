import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand, GetQueueAttributesCommand, GetQueueUrlCommand, Message, ReceiveMessageCommand, SendMessageCommand, SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { EmulatedAccount } from '../emulator/emulators';
import { eventually } from '../emulator/eventually';

/** The queue of uploads, its dead letters, and the function's hold on it. */
export class PhotoQueue {
  private readonly sqs: SQSClient;
  private readonly lambda: LambdaClient;
  private readonly url: string;
  private readonly deadLetterUrl: string;
  private readonly mapping: string;
  private readonly cloudWatch: CloudWatchClient;
  private readonly alarm: string;

  constructor(account: EmulatedAccount, resources: Record<string, string>) {
    this.sqs = new SQSClient(account);
    this.lambda = new LambdaClient(account);
    const find = (logicalId: RegExp) => Object.entries(resources).find(([id]) => logicalId.test(id))![1];
    this.url = find(/^PhotosQueue[0-9A-F]{8}$/);
    this.deadLetterUrl = find(/^PhotosQueueDeadLetterQueue[0-9A-F]{8}$/);
    this.mapping = find(/^PhotosPhotoFunctionUploads/);
    this.cloudWatch = new CloudWatchClient(account);
    this.alarm = find(/^PhotosQueueDeadLetterAlarm/);
  }

  public async send(body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: body }));
  }

  /** As EventBridge does with what it cannot deliver to the queue. */
  public async park(body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.deadLetterUrl, MessageBody: body }));
  }

  /**
   * Does what the command in the text of the alarm on dead letters does: the emulated account has no StartMessageMoveTask. SQS moves what was sent to a dead-letter queue
   * directly only if the command names the destination.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/troubleshooting-dlq-redrive.html
   */
  public async redriveAsTheAlarmSays(): Promise<void> {
    const { MetricAlarms = [] } = await this.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [this.alarm] }));
    const command = /aws sqs start-message-move-task --region (\S+) --source-arn (\S+) --destination-arn (\S+)$/.exec(MetricAlarms[0].AlarmDescription!);
    if (!command) throw new Error(`no redrive with a destination in '${MetricAlarms[0].AlarmDescription}'`);
    const [source, destination] = await Promise.all(command.slice(2).map((arn) => this.urlOf(arn)));
    for (const { Body } of await this.drain(source)) await this.sqs.send(new SendMessageCommand({ QueueUrl: destination, MessageBody: Body }));
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

  /** Receives and deletes. @returns the bodies and the reasons of what is there */
  public async takeDeadLetters(): Promise<{ body: string; reason?: string }[]> {
    const letters = await this.drain(this.deadLetterUrl);
    return letters.map(({ Body, MessageAttributes }) => ({ body: Body!, reason: MessageAttributes?.reason?.StringValue }));
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

  private async urlOf(arn: string): Promise<string> {
    return (await this.sqs.send(new GetQueueUrlCommand({ QueueName: arn.split(':').at(-1) }))).QueueUrl!;
  }

  private async drain(QueueUrl: string): Promise<Message[]> {
    const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }));
    await Promise.all(Messages.map(({ ReceiptHandle }) => this.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))));
    return Messages;
  }
}
