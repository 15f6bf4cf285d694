import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { ThumbnailSpec } from './thumbnail-spec';
import { Checks } from '../shared/checks';
import { duration, required, requireArgument } from '../shared/kinds';

/**
 * Properties of a ThumbnailToWasabi.
 */
export interface ThumbnailToWasabiProps {
  /**
   * The Wasabi access key: a secret whose JSON has the keys `WASABI_ACCESS` and `WASABI_SECRET`.
   *
   * It is read when a photo is archived, kept for as long as Wasabi accepts it, and read again after a rotation.
   */
  readonly credentials: ISecret;

  /**
   * The Wasabi region of the archive, such as `eu-central-1`.
   *
   * One that Wasabi does not list is a warning, as it may be newer than this library.
   * @see https://docs.wasabi.com/docs/service-urls-for-wasabis-storage-regions
   */
  readonly wasabiRegion: string;

  /**
   * The name of the archive bucket on Wasabi. It is created by the deployment, or adopted if the same account has it already.
   */
  readonly archiveBucketName: string;

  /**
   * What precedes the original's key in the archive.
   *
   * @default - nothing: an original keeps its key
   */
  readonly archiveKeyPrefix?: string;

  /**
   * The HTTPS address of another S3-compatible store. Plain HTTP is taken for a store on this machine only.
   *
   * @default - Wasabi's, in `wasabiRegion`
   */
  readonly archiveEndpoint?: string;

  /**
   * For how long nobody can delete or overwrite an archived original. Takes effect when the bucket is created.
   *
   * @default - no lock; old versions are kept all the same
   */
  readonly archiveObjectLock?: ArchiveObjectLock;

  /**
   * What happens to the archive bucket when it leaves the stack. Even with `DESTROY`, a bucket is kept that holds anything, or was
   * there before the stack.
   *
   * @default - as removalPolicy
   */
  readonly archiveRemovalPolicy?: RemovalPolicy;

  /**
   * The thumbnails of each photo. After a change, `regenerateFunction` makes those of the photos that are archived already.
   *
   * @default [ThumbnailSpec.inside(256)]
   */
  readonly thumbnails?: ThumbnailSpec[];

  /**
   * What the keys of uploads begin with; others are left alone.
   *
   * @default 'photos/'
   */
  readonly uploadPrefix?: string;

  /**
   * What the keys of uploads end in, upper and lower case told apart; others are left alone.
   *
   * @default - anything
   */
  readonly uploadSuffixes?: string[];

  /**
   * An existing bucket that photos are uploaded to, in the region of this stack. One that is not of this app must send its events to
   * EventBridge; all should be versioned.
   *
   * @default - a new one
   */
  readonly dropbox?: s3.IBucket;

  /**
   * An existing bucket for the thumbnails.
   *
   * @default - a new one
   */
  readonly thumbnailsBucket?: s3.IBucket;

  /**
   * An existing bucket for the access logs of the new buckets. It must let `logging.s3.amazonaws.com` write.
   *
   * @default - a new one
   */
  readonly accessLogsBucket?: s3.IBucket;

  /**
   * Customer-managed key that encrypts the new buckets and the queue at rest.
   *
   * @default - keys that S3 and SQS manage, without KMS charges
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The processor of the functions.
   *
   * @default lambda.Architecture.ARM_64 - a fifth cheaper than x86-64 per unit of time
   */
  readonly architecture?: lambda.Architecture;

  /**
   * Memory of the function, 128 to 10240 MiB. Processing power grows with it: one whole processor at 1769 MiB. The default is the cheapest
   * that leaves twice the room that the largest photo was measured to take, by `bench/photos.md`.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   * @default Size.mebibytes(1536)
   */
  readonly memorySize?: Size;

  /**
   * How long one run of the function, for up to ten photos, may take, 10 seconds to 15 minutes. What is not done three seconds before
   * the end fails in good order.
   *
   * A photo that fails is tried again after up to six times as long.
   * @default Duration.minutes(2)
   */
  readonly timeout?: Duration;

  /**
   * How many times a photo is tried before it is parked in the dead-letter queue, 1 to 1000.
   *
   * @default 10 - with the default timeout, an archive that is away for up to two hours costs nobody any work
   */
  readonly maxReceiveCount?: number;

  /**
   * How long an upload may stay in the dropbox before the reconciler takes its event for lost and queues it, and how long until it does so
   * again, in whole hours. It must be longer than a photo is tried, or two runs would work on the same one.
   *
   * @default - four hours longer than a photo is tried: Duration.hours(6) with the other defaults; a day if `maxReceiveCount` is a token
   */
  readonly reconcileAfter?: Duration;

  /**
   * The age of the oldest original in the dropbox, of those that are neither archived nor rejected, above which `oldestOriginalAlarm` fires.
   * It must be longer than `reconcileAfter`, since younger ones are not looked at.
   *
   * @default - two hours longer than twice `reconcileAfter`: it was queued again, and that did not help
   */
  readonly maximumOriginalAge?: Duration;

  /**
   * The number of runs at the same time, at least 2, set aside for this function and never exceeded.
   *
   * @default - what the account has left
   */
  readonly reservedConcurrentExecutions?: number;

  /**
   * The most runs at the same time, each for up to ten photos, that Lambda starts for the queue, 2 to 1000. What is uploaded faster waits in the queue: it neither takes the
   * concurrency of the account from other functions nor asks too much of the archive.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency
   * @default - reservedConcurrentExecutions, or 50
   */
  readonly maximumConcurrency?: number;

  /**
   * The size up to which a photo gets thumbnails, at most 1 GiB: for them it is held in memory. A larger upload is archived without
   * thumbnails, streamed, and counted by the metric `PhotosWithoutThumbnails`; give the function time for it by `timeout`. What is larger
   * than 5 GiB is rejected.
   *
   * @default Size.mebibytes(100)
   */
  readonly maxInputSize?: Size;

  /**
   * The memory for decoding a photo, in pixels of 8 bytes each. A photo that would need more is archived without thumbnails, and counted by the
   * metric `PhotosWithoutThumbnails`.
   *
   * Pixels are weighed by how the file has them. A baseline JPEG streams through at 1 byte a pixel: with the default, 800 megapixels. A PNG takes 2
   * bytes, a progressive JPEG 6, a WebP with transparency, a GIF and most TIFFs 8, an AVIF 24.
   * @default 100000000, or fewer if `memorySize` holds no more beside a photo of `maxInputSize`
   */
  readonly maxInputPixels?: number;

  /**
   * The bus that is told what becomes of each photo, by the events `Photo Archived` and `Photo Rejected`.
   *
   * @default - none, until `onArchived()` or `onRejected()` is used: then the account's default bus
   */
  readonly eventBus?: events.IEventBus;

  /**
   * How long the functions' logs and the buckets' access logs are kept; the latter stay for the profile's `backupRetention` more, as old versions.
   *
   * @default - the StageProfile's
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The topic that the alarms notify: a standard one, of the region of the stack. Where it has a policy, that is made to admit them.
   *
   * @default - the StageProfile's, and a warning if it has none
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * What happens to the new buckets, the queue and the logs when they leave the stack. `DESTROY` empties the buckets first.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * For how long nobody can delete or overwrite an archived version.
 *
 * Only a bucket that is created with object lock has it: it cannot be added to an existing archive.
 * @see https://docs.wasabi.com/docs/object-locking-enable
 */
export class ArchiveObjectLock {
  /**
   * Only users with the permission to bypass the lock can delete a version before its time.
   *
   * @param retention whole days, at least 1
   */
  public static governance(retention: Duration): ArchiveObjectLock {
    return new ArchiveObjectLock('GOVERNANCE', retention);
  }

  /**
   * Nobody can delete a version before its time, not even the account's owner. It is paid for until then.
   *
   * @param retention whole days, at least 1
   */
  public static compliance(retention: Duration): ArchiveObjectLock {
    return new ArchiveObjectLock('COMPLIANCE', retention);
  }

  /** @internal */
  public readonly _mode: string;
  /** @internal */
  public readonly _days: number;

  private constructor(mode: string, retention: Duration) {
    requireArgument('ArchiveObjectLock', 'retention', retention, required(duration));
    this._mode = mode;
    this._days = new Checks('ArchiveObjectLock').days('retention', retention, { least: 1 });
  }
}
