import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ArchiveObjectLock } from './archive-object-lock';
import { acknowledgeWildcard } from '../shared/acknowledge-wildcard';
import { notifyOrWarn } from '../shared/alarm-notification';
import { ArchiveBucket } from './private/archive-bucket';
import { ArchivePlace } from './private/archive-place';
import { VISIBILITY_PER_FUNCTION_TIMEOUT } from '../shared/visibility-timeout';
import { ownPropsWin } from '../shared/own-props-win';
import { photoDeadlines } from './private/photo-deadlines';
import { PhotoFunction } from './private/photo-function';
import { refuseRecursion, validatePhotoProps } from './private/photo-props';
import { warnOfPhotoRisks } from './private/photo-risks';
import { accessLogBucket, privateBucket, sendEventsToEventBridge } from '../shared/private-bucket';
import { Reconciler } from './private/reconciler';
import { keptInsteadOfSnapshot } from '../shared/removal-policy';
import { thumbnailPrefix } from './private/rendered-thumbnail';
import { wasabiEndpoint, wasabiPolicy } from './private/wasabi';
import { ThumbnailSpec } from './thumbnail-spec';
import { SecureQueue } from '../queue/secure-queue';
import { StageProfile } from '../stage/stage-profile';

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
   * The thumbnails of each photo.
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
   * The size up to which a photo gets thumbnails, at most 1 GiB: for them it is held in memory. A larger upload is archived without
   * thumbnails, streamed, and counted by the metric `PhotosWithoutThumbnails`; give the function time for it by `timeout`. What is larger
   * than 5 GiB is rejected.
   *
   * @default Size.mebibytes(100)
   */
  readonly maxInputSize?: Size;

  /**
   * The number of pixels above which an upload is rejected; an AVIF may have a third of it.
   *
   * At its worst, which is an interlaced PNG of 16 bits, a picture takes 8 bytes of memory a pixel, and an AVIF 24.
   * @default 100000000 - what the default memory can decode at its worst
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
   * The topic that the alarms notify.
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
 * A drop box for photos: each upload gets its thumbnails, and its original moves to an archive on Wasabi.
 *
 * An original is removed from the dropbox only after its copy in the archive was read back and is the same, byte for byte.
 * What is no photo stays, tagged `cdk-mainstay:rejected` with the reason, and is reported to the dead-letter queue. An upload whose event
 * was lost is found by the hourly reconciler. `PhotoRestore` brings originals back.
 *
 * Creates three buckets (dropbox, thumbnails, access logs), a SecureQueue, an EventBridge rule, the photo function, the reconciler with
 * its schedule, seven alarms, and the archive bucket on Wasabi by a custom resource with two functions.
 *
 * @example
 * const photos = new ThumbnailToWasabi(this, 'Photos', {
 *   wasabiRegion: 'eu-central-1',
 *   archiveBucketName: 'photoarchive',
 *   credentials: Secret.fromSecretNameV2(this, 'Wasabi', 'demo/wasabi/access'),
 *   thumbnails: [ThumbnailSpec.inside(256)],
 * });
 */
export class ThumbnailToWasabi extends Construct {
  /** Where photos are uploaded to, and stay until they are archived. */
  public readonly dropbox: s3.IBucket;
  /** Where thumbnails appear. */
  public readonly thumbnails: s3.IBucket;
  /** Where the access logs of the new buckets are, if there are any. */
  public readonly accessLogs?: s3.IBucket;
  /** The uploads that wait for the function, and its dead-letter queue: failed and rejected ones. */
  public readonly queue: SecureQueue;
  /** Makes the thumbnails and archives the original. */
  public readonly photoFunction: lambda.Function;
  /** The logs of the function, in JSON. */
  public readonly logGroup: logs.LogGroup;
  /** Put uploads into the queue: one rule, or one for each suffix. */
  public readonly uploadRules: events.Rule[];
  /** Finds originals that stayed in the dropbox and queues them again: hourly, and for backfills on request. */
  public readonly reconcilerFunction: lambda.Function;
  /** Creates the archive bucket when the stack is deployed. */
  public readonly archiveFunction: lambda.Function;
  /** The name of the archive bucket. */
  public readonly archiveBucketName: string;
  /** The address of the store that the archive bucket is in. */
  public readonly archiveEndpoint: string;
  /** Fires when the function fails as a whole. */
  public readonly errorAlarm: cloudwatch.Alarm;
  /** Fires when Lambda holds the function back. */
  public readonly throttleAlarm: cloudwatch.Alarm;
  /** Fire when EventBridge cannot put an upload into the queue: one for each rule. */
  public readonly deliveryAlarms: cloudwatch.Alarm[];
  /** Fires when an original stays in the dropbox though it was queued again. */
  public readonly oldestOriginalAlarm: cloudwatch.Alarm;
  /** Fires when the reconciler fails. */
  public readonly reconcilerErrorAlarm: cloudwatch.Alarm;
  /**
   * The least that the Wasabi user of `credentials` must be allowed, to paste into Wasabi's console. To have it printed:
   * `new CfnOutput(this, 'WasabiPolicy', { value: this.toJsonString(photos.wasabiPolicyDocument) })`.
   */
  public readonly wasabiPolicyDocument: iam.PolicyDocument;

  /** @internal */
  public readonly _archive: ArchivePlace;

  private readonly credentials: ISecret;
  private readonly eventBus?: events.IEventBus;
  private isTelling = false;
  private readonly uploadPrefix: string;
  private readonly thumbnailPrefixes: string[];

  /**
   * @throws if a name, address, size or count is impossible, if two thumbnails have one name, or if thumbnails would be
   * uploads again
   */
  constructor(scope: Construct, id: string, props: ThumbnailToWasabiProps) {
    super(scope, id);
    ownPropsWin(this);

    const profile = StageProfile.of(this);
    const removalPolicy = keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy);
    const archiveRemovalPolicy = keptInsteadOfSnapshot(props.archiveRemovalPolicy ?? removalPolicy);
    const logRetention = props.logRetention ?? profile.logRetention;
    const alarmTopic = props.alarmTopic ?? profile.alarmTopic;
    const thumbnails = ThumbnailSpec._renderAll(this.node.path, props.thumbnails ?? [ThumbnailSpec.inside(256)]);
    const architecture = props.architecture ?? lambda.Architecture.ARM_64;
    const memorySize = props.memorySize ?? Size.mebibytes(1536);
    const timeout = props.timeout ?? Duration.minutes(2);
    const maxReceiveCount = props.maxReceiveCount ?? 10;
    const maxInputSize = props.maxInputSize ?? Size.mebibytes(100);
    this.uploadPrefix = props.uploadPrefix ?? 'photos/';
    this.credentials = props.credentials;
    this.eventBus = props.eventBus;
    this.archiveBucketName = props.archiveBucketName;
    this.archiveEndpoint = props.archiveEndpoint ?? wasabiEndpoint(props.wasabiRegion);
    validatePhotoProps(this, props, { memorySize, timeout, maxReceiveCount, maxInputSize });
    const { reconcileAfter, maximumOriginalAge } = photoDeadlines(this.node.path, props, timeout, maxReceiveCount);
    this.thumbnailPrefixes = thumbnails.map((thumbnail) => thumbnailPrefix(thumbnail, this.uploadPrefix));
    refuseRecursion(this, props, this.thumbnailPrefixes, this.uploadPrefix);

    const hasNewBuckets = !props.dropbox || !props.thumbnailsBucket;
    this.accessLogs = props.accessLogsBucket ?? (hasNewBuckets
      ? accessLogBucket(this, 'AccessLogs', { removalPolicy, retention: logRetention, oldVersions: profile.backupRetention })
      : undefined);
    const bucketProps = { encryptionKey: props.encryptionKey, removalPolicy, accessLogs: this.accessLogs! };
    // Archived versions are removed one by one, so an old version that is still there is an original that is not archived yet. It is
    // never expired: docs/decisions/dropbox-keeps-old-versions.md
    this.dropbox = props.dropbox ?? privateBucket(this, 'Dropbox', {
      ...bucketProps,
      unreplicated: 'a photo leaves as soon as its copy in the archive, another store, is verified; until then all its versions are kept',
    });
    if (this.dropbox instanceof s3.Bucket) sendEventsToEventBridge(this.dropbox);
    this.thumbnails = props.thumbnailsBucket ?? privateBucket(this, 'Thumbnails', {
      ...bucketProps,
      oldVersions: profile.backupRetention,
      unreplicated: 'thumbnails can be made again of the archived originals, and old versions of them are kept for a while',
    });

    this._archive = {
      bucketName: this.archiveBucketName,
      endpoint: this.archiveEndpoint,
      region: props.wasabiRegion,
      keyPrefix: props.archiveKeyPrefix ?? '',
      credentials: props.credentials,
      architecture,
    };
    const archive = new ArchiveBucket(this, 'Archive', {
      ...this._archive,
      objectLock: props.archiveObjectLock,
      removalPolicy: archiveRemovalPolicy,
      logRetention,
      logRemovalPolicy: removalPolicy,
    });

    this.queue = new SecureQueue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * VISIBILITY_PER_FUNCTION_TIMEOUT),
      maxReceiveCount,
      encryptionKey: props.encryptionKey,
      removalPolicy,
      alarmTopic,
    });
    this.uploadRules = this.routeUploads(props.uploadSuffixes);

    const { fn, logGroup } = new PhotoFunction(this, 'Photo', {
      queue: this.queue,
      dropbox: this.dropbox,
      uploadPrefix: this.uploadPrefix,
      dropboxMayLackVersions: props.dropbox !== undefined,
      thumbnailsBucket: this.thumbnails,
      thumbnails,
      archiveBucketName: this.archiveBucketName,
      archiveEndpoint: this.archiveEndpoint,
      archiveRegion: props.wasabiRegion,
      archiveKeyPrefix: props.archiveKeyPrefix ?? '',
      credentials: props.credentials,
      encryptionKey: props.encryptionKey,
      architecture,
      memorySize,
      timeout,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      maxInputSize,
      maxInputPixels: props.maxInputPixels ?? 100_000_000,
      logRetention,
      removalPolicy,
    });
    this.photoFunction = fn;
    this.photoFunction.node.addDependency(archive);
    if (props.eventBus) this.tellOutcomes(props.eventBus.eventBusArn);
    const reconciler = new Reconciler(this, 'Reconciler', {
      queue: this.queue,
      dropbox: this.dropbox,
      uploadPrefix: this.uploadPrefix,
      uploadSuffixes: props.uploadSuffixes,
      dropboxWasThere: props.dropbox !== undefined,
      deadline: reconcileAfter,
      architecture,
      logRetention,
      removalPolicy,
    });
    this.reconcilerFunction = reconciler.fn;
    this.archiveFunction = archive.onEvent;
    this.logGroup = logGroup;

    this.errorAlarm = this.alarmOn('ErrorAlarm', fn.metricErrors(), 'the photo function fails as a whole: look into its logs');
    this.throttleAlarm = this.alarmOn('ThrottleAlarm', fn.metricThrottles(), 'Lambda holds the photo function back: raise its concurrency');
    this.deliveryAlarms = this.uploadRules.map((rule) => this.alarmOn(`${rule.node.id}DeliveryAlarm`, failedDeliveriesOf(rule),
      'EventBridge cannot put uploads into the queue and parks them in its dead-letter queue: check the policies of the queue and its key, then redrive'));
    this.reconcilerErrorAlarm = this.alarmOn('ReconcilerErrorAlarm', reconciler.fn.metricErrors(), 'the reconciler fails: look into its logs');
    this.oldestOriginalAlarm = new cloudwatch.Alarm(this, 'OldestOriginalAlarm', {
      alarmDescription: `${this.node.path}: an original stays in the dropbox though it was queued again; look for it in the logs of the photo function`,
      metric: reconciler.oldestOriginalAge,
      threshold: maximumOriginalAge.toSeconds(),
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.IGNORE, // an hour in which the reconciler failed says nothing
    });
    const alarms = [this.errorAlarm, this.throttleAlarm, ...this.deliveryAlarms, this.reconcilerErrorAlarm, this.oldestOriginalAlarm];
    notifyOrWarn(this, alarms, alarmTopic);

    this.wasabiPolicyDocument = wasabiPolicy(this.archiveBucketName, {
      keyPrefix: props.archiveKeyPrefix ?? '', locks: props.archiveObjectLock !== undefined, removes: archiveRemovalPolicy === RemovalPolicy.DESTROY,
    });
    warnOfPhotoRisks(this, props, memorySize, maxInputSize);
  }

  /**
   * Lets an identity upload photos under the prefix: put, and neither read, list nor delete.
   */
  public grantUpload(grantee: iam.IGrantable): iam.Grant {
    return this.grantOn(this.dropbox, grantee, 's3:PutObject', [`${this.uploadPrefix}*`], ['kms:GenerateDataKey', 'kms:Decrypt']);
  }

  /**
   * Lets an identity list and read thumbnails, and nothing else that may be in their bucket.
   */
  public grantReadThumbnails(grantee: iam.IGrantable): iam.Grant {
    const keys = this.thumbnailPrefixes.map((prefix) => `${prefix}*`);
    const read = this.grantOn(this.thumbnails, grantee, 's3:GetObject', keys, ['kms:Decrypt']);
    const list = iam.Grant.addToPrincipalOrResource({
      grantee,
      actions: ['s3:ListBucket'],
      resourceArns: [this.thumbnails.bucketArn],
      resource: this.thumbnails,
      conditions: { StringLike: { 's3:prefix': keys } },
    });
    // CDK leaves the conditions out where the statement goes into the bucket's policy, for a grantee of another account.
    list.resourceStatement?.addConditions({ StringLike: { 's3:prefix': keys } });
    return read.combine(list);
  }

  /**
   * Lets an identity read the credentials of the archive. What these allow on Wasabi is up to the policy of their user there.
   */
  public grantReadArchive(grantee: iam.IGrantable): iam.Grant {
    return this.credentials.grantRead(grantee);
  }

  /**
   * A rule for photos that have been archived. Told at least once, as soon as the copy is verified and before the original is removed; the
   * event's detail names the original, its copy and its thumbnails.
   */
  public onArchived(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.onOutcome(id, 'Photo Archived', options);
  }

  /**
   * A rule for uploads that have been rejected. Told at least once; the event's detail names the original and the reason.
   */
  public onRejected(id: string, options: events.OnEventOptions = {}): events.Rule {
    return this.onOutcome(id, 'Photo Rejected', options);
  }

  private onOutcome(id: string, detailType: string, { crossStackScope, target, ...options }: events.OnEventOptions): events.Rule {
    if (!this.eventBus) this.tellOutcomes(Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }));
    const rule = new events.Rule(crossStackScope ?? this, id, { ...options, eventBus: this.eventBus });
    rule.addEventPattern({ source: [EVENT_SOURCE], detailType: [detailType], detail: { bucket: { name: [this.dropbox.bucketName] } } });
    rule.addTarget(target);
    return rule;
  }

  private tellOutcomes(eventBusArn: string): void {
    if (this.isTelling) return;
    this.isTelling = true;
    this.photoFunction.addEnvironment('EVENT_BUS', eventBusArn);
    iam.Grant.addToPrincipal({ grantee: this.photoFunction, actions: ['events:PutEvents'], resourceArns: [eventBusArn] });
  }

  /**
   * Lets an identity start backfills: call the reconciler, and nothing else. For S3 Batch Operations, the role of the job.
   */
  public grantBackfill(grantee: iam.IGrantable): iam.Grant {
    return this.reconcilerFunction.grantInvokeLatestVersion(grantee);
  }

  /**
   * From S3 through EventBridge, which a bucket property turns on, so no helper function is needed. EventBridge has no "begins
   * with and ends in", and finds a rule of several wildcards too complex: a rule a suffix.
   */
  private routeUploads(suffixes?: string[]): events.Rule[] {
    const keys = suffixes?.map((suffix) => ({ wildcard: `${literally(this.uploadPrefix)}*${literally(suffix)}` })) ?? [{ prefix: this.uploadPrefix }];
    return keys.map((key, index) => {
      const rule = new events.Rule(this, suffixes ? `Uploads${index}` : 'Uploads', {
        description: 'Uploaded photos go to the queue of the photo function',
        eventPattern: {
          source: ['aws.s3'],
          detailType: ['Object Created'],
          detail: { bucket: { name: [this.dropbox.bucketName] }, object: { key: [key] } },
        },
      });
      rule.addTarget(this.queue.asRuleTarget());
      return rule;
    });
  }

  private grantOn(bucket: s3.IBucket, grantee: iam.IGrantable, action: string, keys: string[], keyActions: string[]): iam.Grant {
    const objects = keys.map((key) => bucket.arnForObjects(key));
    const grant = iam.Grant.addToPrincipalOrResource({ grantee, actions: [action], resourceArns: objects, resource: bucket });
    if (Construct.isConstruct(grantee)) {
      objects.forEach((arn) => acknowledgeWildcard(grantee, arn, `${action} on keys of any name, under one prefix of one bucket`));
    }
    const keyGrant = bucket.encryptionKey?.grant(grantee, ...keyActions);
    return keyGrant ? grant.combine(keyGrant) : grant;
  }

  private alarmOn(id: string, metric: cloudwatch.Metric, meaning: string): cloudwatch.Alarm {
    return new cloudwatch.Alarm(this, id, {
      alarmDescription: `${this.node.path}: ${meaning}`,
      metric,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING, // no uploads, no runs
    });
  }
}

/** Of the events that the photo function sends: lambda/photos/thumbnail/outcome-events.ts */
const EVENT_SOURCE = 'cdk-mainstay.ThumbnailToWasabi';

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
function failedDeliveriesOf(rule: events.Rule): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/Events', metricName: 'FailedInvocations', dimensionsMap: { RuleName: rule.ruleName }, statistic: cloudwatch.Stats.SUM,
  });
}

/** A key as an EventBridge wildcard pattern that matches nothing else. */
function literally(key: string): string {
  return key.replace(/[*\\]/g, '\\$&');
}
