import { DeduplicationScope, FifoThroughputLimit } from 'aws-cdk-lib/aws-sqs';
import { flag, PropKinds, requireKinds, valueOf } from '../shared/kinds';

/**
 * How a high-throughput FIFO queue recognizes duplicates.
 */
export interface HighThroughputFifoQueueOptions {
  /**
   * Take the SHA-256 of the body for a message that comes without a deduplication id.
   *
   * @default false - every message must carry a deduplication id
   */
  readonly contentBasedDeduplication?: boolean;
}

/**
 * How a FIFO queue recognizes duplicates.
 */
export interface FifoQueueOptions extends HighThroughputFifoQueueOptions {
  /**
   * Whether a deduplication id counts in the whole queue or in its message group.
   *
   * @default DeduplicationScope.QUEUE
   */
  readonly deduplicationScope?: DeduplicationScope;
}

/**
 * What a queue promises about order and duplicates.
 */
export class QueueType {
  /**
   * At least once, in no promised order, at nearly any rate.
   */
  public static standard(): QueueType {
    return new QueueType();
  }

  /**
   * Exactly once and in order within each message group.
   */
  public static fifo(options: FifoQueueOptions = {}): QueueType {
    requireKinds('QueueType.fifo', options, FIFO, 'options');
    return new QueueType({ fifoThroughputLimit: FifoThroughputLimit.PER_QUEUE, deduplicationScope: DeduplicationScope.QUEUE, ...options });
  }

  /**
   * In order within each message group, with the throughput quota and the deduplication counted per group.
   *
   * SQS ties the two together: a limit per message group needs deduplication per message group.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
   */
  public static highThroughputFifo(options: HighThroughputFifoQueueOptions = {}): QueueType {
    requireKinds('QueueType.highThroughputFifo', options, HIGH_THROUGHPUT, 'options');
    return new QueueType({
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      ...options,
    });
  }

  private constructor(
    /** @internal */
    public readonly _fifo?: FifoQueueOptions & { readonly fifoThroughputLimit: FifoThroughputLimit },
  ) {}
}

const HIGH_THROUGHPUT: PropKinds<HighThroughputFifoQueueOptions> = { contentBasedDeduplication: flag };

const FIFO: PropKinds<FifoQueueOptions> = { ...HIGH_THROUGHPUT, deduplicationScope: valueOf('sqs.DeduplicationScope', /^(messageGroup|queue)$/) };
