import { DeleteMessageCommand, Message, ReceiptHandleIsInvalid, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { Run } from './journal';
import { PhotoSystem, RUN_SECONDS } from './photo-system';

export interface EventSourceMappingOptions {
  /** Functions that run at the same time. */
  readonly concurrency: number;
  /** Whether a message comes once more, at once: so another function is at it at the same time. */
  readonly repeats?: (body: string) => boolean;
}

/**
 * What Lambda does between a queue and a function: batches of up to 10, partial failures, a limit of time, nothing deleted of a run that
 * was killed. Receive counts, visibility and dead letters are the queue's own.
 */
export class EventSourceMapping {
  public static start(system: PhotoSystem, options: EventSourceMappingOptions): EventSourceMapping {
    const mapping = new EventSourceMapping(system, options);
    mapping.pollers.push(...Array.from({ length: options.concurrency }, () => mapping.poll()));
    return mapping;
  }

  public readonly runs: Run[] = [];
  public killedRuns = 0;
  private readonly pollers: Promise<void>[] = [];
  private isStopping = false;

  private constructor(private readonly system: PhotoSystem, private readonly options: EventSourceMappingOptions) {}

  /** Lets the runs that are under way come to their end. */
  public async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all(this.pollers);
  }

  private async poll(): Promise<void> {
    let run: Run = { photos: 0 };
    const fn = await this.system.startFunction(() => run);
    try {
      while (!this.isStopping) {
        await fn.process.ready(); // or the messages would wait for a cold start, hidden
        const messages = await this.receive();
        if (messages.length === 0) continue;
        run = { photos: messages.length };
        this.runs.push(run);
        const answer = await fn.process.invoke(eventOf(messages), RUN_SECONDS * 1000);
        if (!answer) this.killedRuns += 1;
        const failed = answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? messages.map(({ MessageId }) => MessageId);
        await Promise.all(messages.filter(({ MessageId }) => !failed.includes(MessageId!)).map((message) => this.delete(message)));
      }
    } finally {
      await fn.stop();
    }
  }

  private async receive(): Promise<Message[]> {
    const { sqs, queueUrl } = this.system;
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageSystemAttributeNames: ['ApproximateReceiveCount'] }));
    const repeated = Messages.filter(({ Body }) => this.options.repeats?.(Body!));
    await Promise.all(repeated.map(({ Body }) => this.system.send(Body!)));
    return Messages;
  }

  private async delete({ ReceiptHandle }: Message): Promise<void> {
    const { sqs, queueUrl } = this.system;
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle })).catch((error) => {
      if (!(error instanceof ReceiptHandleIsInvalid)) throw error; // hidden no longer, on a busy machine: it comes again
    });
  }
}

export function eventOf(messages: Message[]): SQSEvent {
  return { Records: messages.map(({ MessageId, Body, Attributes }) => ({ messageId: MessageId, body: Body, attributes: Attributes })) } as SQSEvent;
}
