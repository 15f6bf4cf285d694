import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PROP_KINDS } from './private/prop-kinds';
import { requireKinds } from '../shared/kinds';
import { archiveBucket, ArchivePlace, wasabiPolicy } from './private/archive';
import { failureAlarm, givenUpAlarm } from './private/photo-alarms';
import { createPhotoFunction } from './private/photo-function';
import { PhotoSettings, photoSettings, warnOfPhotoRisks } from './private/photo-settings';
import { createReconciler } from './private/reconciler';
import { createRegenerateFunction } from './private/regeneration';
import { ThumbnailToWasabiProps } from './thumbnail-to-wasabi-props';
import { SecureQueue } from '../queue/secure-queue';
import { alarm, ALARM_OWN_PROPS, ALARM_SEALED, notifyOrWarn } from '../shared/alarm';
import { grantObjects, READ } from '../shared/bucket-grants';
import { BUNDLED_FUNCTION_SEALED, VISIBILITY_PER_FUNCTION_TIMEOUT } from '../shared/bundled-function';
import { DEPLOYMENT_FUNCTION_OWN_PROPS } from '../shared/deployment-function';
import { OwnProps, preferOwnProps, seal, SealedProperties } from '../shared/guards';
import { accessLogBucket, privateBucket, PRIVATE_BUCKET_OWN_PROPS, PRIVATE_BUCKET_SEALED, sendEventsToEventBridge } from '../shared/private-bucket';
import { grantSecretRead } from '../shared/secrets';
import { explainCircles } from '../shared/stacks';

/**
 * A drop box for photos: each upload gets its thumbnails, and its original moves to an archive on Wasabi.
 *
 * An original is removed from the dropbox only after its copy in the archive was read back and is the same, byte for byte.
 * The copy has its content headers and user metadata, too, and not its tags. Viewers of a thumbnail learn nothing of the original.
 * What is no photo stays, tagged `cdk-mainstay:rejected` with the reason, and nothing of it is archived. An upload whose event
 * was lost is found by the hourly reconciler. `PhotoRestore` brings originals back, and `regenerateFunction` makes the thumbnails of
 * archived photos again.
 *
 * Creates three buckets (dropbox, thumbnails, access logs), a SecureQueue, an EventBridge rule, the photo function, the reconciler with
 * its schedule, the function that queues archived photos, nine alarms, and the archive bucket on Wasabi by a custom resource with two functions.
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
  /** The uploads that wait for the function, and its dead-letter queue: those that failed at each try. What was rejected is not there: it is tagged in the dropbox. */
  public readonly queue: SecureQueue;
  /** Makes the thumbnails and archives the original. */
  public readonly photoFunction: lambda.Function;
  /** The logs of the function, in JSON. */
  public readonly logGroup: logs.LogGroup;
  /** Put uploads into the queue: one rule, or one for each suffix. */
  public readonly uploadRules: events.Rule[];
  /** Finds originals that stayed in the dropbox and queues them again: hourly, and for backfills on request. */
  public readonly reconcilerFunction: lambda.Function;
  /**
   * Queues archived photos, whose thumbnails the photo function then makes again: after a change of `thumbnails`, or where thumbnails were lost. Call it with
   * `{"prefix": "photos/2026/"}`; `sourceBucket` names a dropbox of before.
   */
  public readonly regenerateFunction: lambda.Function;
  /** Creates the archive bucket when the stack is deployed. */
  public readonly archiveFunction: lambda.Function;
  /** The name of the archive bucket. */
  public readonly archiveBucketName: string;
  /** The address of the store that the archive bucket is in. */
  public readonly archiveEndpoint: string;
  /** Fires when the function fails as a whole. */
  public readonly errorAlarm: cloudwatch.Alarm;
  /** Fires when more than half of the tries fail for as long as a photo takes to be tried twice: a wrong key of the archive, for example. */
  public readonly failureAlarm: cloudwatch.Alarm;
  /** Fires each time that a photo fails at its last try, also while older ones are in the dead-letter queue, whose alarm then says nothing new. */
  public readonly givenUpAlarm: cloudwatch.Alarm;
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

  private readonly settings: PhotoSettings;
  private sendsOutcomes = false;

  /**
   * @throws if a name, address, size or count is impossible, if two thumbnails have one name, or if thumbnails would be
   * uploads again
   */
  constructor(scope: Construct, id: string, props: ThumbnailToWasabiProps) {
    super(scope, id);
    preferOwnProps(this, OWN_PROPS);
    explainCircles(this);
    requireKinds(this.node.path, props, PROP_KINDS);

    const settings = this.settings = photoSettings(this, props);
    this._archive = settings.archive;
    this.archiveBucketName = settings.archive.bucketName;
    this.archiveEndpoint = settings.archive.endpoint;

    const buckets = createBuckets(this, settings);
    this.accessLogs = buckets.accessLogs;
    this.dropbox = buckets.dropbox;
    this.thumbnails = buckets.thumbnails;
    const archive = archiveBucket(this, 'Archive', settings);
    this.archiveFunction = archive.fn;

    this.queue = new SecureQueue(this, 'Queue', {
      visibilityTimeout: Duration.seconds(settings.timeout.toSeconds() * VISIBILITY_PER_FUNCTION_TIMEOUT),
      maxReceiveCount: settings.maxReceiveCount,
      encryptionKey: settings.encryptionKey,
      removalPolicy: settings.removalPolicy,
      alarmTopic: settings.alarmTopic,
    });
    this.uploadRules = this.routeUploads(settings);
    const places = { queue: this.queue, dropbox: this.dropbox, thumbnailsBucket: this.thumbnails };
    const { fn, logGroup } = createPhotoFunction(this, { ...settings, ...places });
    this.photoFunction = fn;
    this.logGroup = logGroup;
    this.photoFunction.node.addDependency(archive);
    if (props.eventBus) this.sendOutcomes(props.eventBus.eventBusArn);
    const reconciler = createReconciler(this, { ...settings, ...places });
    this.reconcilerFunction = reconciler.fn;
    this.regenerateFunction = createRegenerateFunction(this, { ...settings, ...places });

    this.errorAlarm = alarm(this, 'ErrorAlarm', { description: 'the photo function fails as a whole: look into its logs', metric: fn.metricErrors(), atLeast: 1 });
    this.failureAlarm = failureAlarm(this, settings.timeout);
    this.givenUpAlarm = givenUpAlarm(this, this.queue.redriveCommand);
    this.throttleAlarm = alarm(this, 'ThrottleAlarm', {
      description: 'Lambda holds the photo function back: raise its concurrency',
      metric: fn.metricThrottles(),
      atLeast: 1,
    });
    this.deliveryAlarms = this.uploadRules.map((rule) => alarm(this, `${rule.node.id}DeliveryAlarm`, {
      description: 'EventBridge cannot put uploads into the queue and parks them in its dead-letter queue: check the policies of the queue and its key, then run the command in the alarm of that queue',
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
      metric: new cloudwatch.Metric({
        namespace: 'AWS/Events', metricName: 'FailedInvocations', dimensionsMap: { RuleName: rule.ruleName }, statistic: cloudwatch.Stats.SUM,
      }),
      atLeast: 1,
    }));
    this.reconcilerErrorAlarm = alarm(this, 'ReconcilerErrorAlarm', {
      description: 'the reconciler fails: look into its logs',
      metric: reconciler.fn.metricErrors(),
      atLeast: 1,
    });
    this.oldestOriginalAlarm = alarm(this, 'OldestOriginalAlarm', {
      description: 'an original stays in the dropbox though it was queued again; look for it in the logs of the photo function',
      metric: reconciler.oldestOriginalAge,
      above: settings.maximumOriginalAge.toSeconds(),
      treatMissingData: cloudwatch.TreatMissingData.IGNORE, // an hour in which the reconciler failed says nothing
    });
    const ofFunction = [this.errorAlarm, this.failureAlarm, this.givenUpAlarm, this.throttleAlarm];
    const alarms = [...ofFunction, ...this.deliveryAlarms, this.reconcilerErrorAlarm, this.oldestOriginalAlarm];
    notifyOrWarn(this, alarms, settings.alarmTopic);

    this.wasabiPolicyDocument = wasabiPolicy(settings);
    warnOfPhotoRisks(this, settings);
    seal(this, SEALED);
  }

  /**
   * Lets an identity upload photos under the prefix: put, and neither read, list nor delete.
   */
  public grantUpload(grantee: iam.IGrantable): iam.Grant {
    return grantObjects(this.dropbox, grantee, {
      keys: [`${this.settings.uploadPrefix}*`], actions: ['s3:PutObject'], keyActions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    });
  }

  /**
   * Lets an identity list and read thumbnails, and nothing else that may be in their bucket.
   */
  public grantReadThumbnails(grantee: iam.IGrantable): iam.Grant {
    return grantObjects(this.thumbnails, grantee, { ...READ, keys: this.settings.thumbnailPrefixes.map((prefix) => `${prefix}*`), list: 'matching' });
  }

  /**
   * Lets an identity read the credentials of the archive. What these allow on Wasabi is up to the policy of their user there.
   */
  public grantReadArchive(grantee: iam.IGrantable): iam.Grant {
    const { grantPrincipal } = grantee;
    return grantSecretRead(this.settings.credentials, grantee, Construct.isConstruct(grantPrincipal) ? grantPrincipal : this);
  }

  /**
   * Lets an identity look at the photos that failed at each try, and send them back to the photo function by the command in the alarm.
   */
  public grantRedrive(grantee: iam.IGrantable): iam.Grant {
    return this.queue.grantRedrive(grantee);
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
    const { eventBus } = this.settings;
    if (!eventBus) this.sendOutcomes(Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }));
    const rule = new events.Rule(crossStackScope ?? this, id, { ...options, eventBus });
    rule.addEventPattern({ source: [EVENT_SOURCE], detailType: [detailType], detail: { bucket: { name: [this.dropbox.bucketName] } } });
    rule.addTarget(target);
    return rule;
  }

  private sendOutcomes(eventBusArn: string): void {
    if (this.sendsOutcomes) return;
    this.sendsOutcomes = true;
    this.photoFunction.addEnvironment('EVENT_BUS', eventBusArn);
    iam.Grant.addToPrincipal({ grantee: this.photoFunction, actions: ['events:PutEvents'], resourceArns: [eventBusArn] });
  }

  /**
   * Lets an identity start backfills and list what was rejected: call the reconciler, and nothing else. For S3 Batch Operations, the role of the job.
   */
  public grantBackfill(grantee: iam.IGrantable): iam.Grant {
    return this.reconcilerFunction.grantInvokeLatestVersion(grantee);
  }

  /**
   * Lets an identity have the thumbnails of archived photos made again: call `regenerateFunction`, and nothing else.
   */
  public grantRegenerateThumbnails(grantee: iam.IGrantable): iam.Grant {
    return this.regenerateFunction.grantInvokeLatestVersion(grantee);
  }

  /**
   * From S3 through EventBridge, which a bucket property turns on, so no helper function is needed. EventBridge has no "begins
   * with and ends in", and finds a rule of several wildcards too complex: a rule a suffix.
   */
  private routeUploads({ uploadPrefix, uploadSuffixes: suffixes }: PhotoSettings): events.Rule[] {
    const keys = suffixes?.map((suffix) => ({ wildcard: `${escapeWildcards(uploadPrefix)}*${escapeWildcards(suffix)}` })) ?? [{ prefix: uploadPrefix }];
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
}

const SEALED: SealedProperties = {
  ...ALARM_SEALED,
  ...BUNDLED_FUNCTION_SEALED,
  ...PRIVATE_BUCKET_SEALED,
  'AWS::Lambda::EventSourceMapping': { warn: ['functionResponseTypes'] },
};

const OWN_PROPS: OwnProps = {
  ...ALARM_OWN_PROPS,
  ...DEPLOYMENT_FUNCTION_OWN_PROPS,
  ...PRIVATE_BUCKET_OWN_PROPS,
  'aws-cdk-lib.aws-events.Rule': ['enabled', 'eventBus', 'eventPattern', 'schedule', 'crossStackScope'],
  'aws-cdk-lib.aws-lambda.EventSourceMapping': ['enabled', 'filterEncryption', 'filters'],
  'aws-cdk-lib.aws-ssm.StringParameter': ['allowedPattern', 'dataType', 'parameterName', 'tier', 'type'],
};

/** Of the events that the photo function sends: lambda/photos/thumbnail/outcome-events.ts */
const EVENT_SOURCE = 'cdk-mainstay.ThumbnailToWasabi';

function createBuckets(scope: Construct, settings: PhotoSettings) {
  const { encryptionKey, removalPolicy, logRetention, oldVersions } = settings;
  const isAnyNew = !settings.dropbox || !settings.thumbnailsBucket;
  const accessLogs = settings.accessLogsBucket ?? (isAnyNew
    ? accessLogBucket(scope, 'AccessLogs', { removalPolicy, retention: logRetention, oldVersions })
    : undefined);
  const ofNew = { encryptionKey, removalPolicy, accessLogs: accessLogs! };
  // Archived versions are removed one by one, so an old version that is still there is an original that is not archived yet. It is
  // never expired: docs/decisions/dropbox-keeps-old-versions.md
  const dropbox = settings.dropbox ?? privateBucket(scope, 'Dropbox', {
    ...ofNew,
    unreplicated: 'a photo leaves as soon as its copy in the archive, another store, is verified; until then all its versions are kept',
  });
  if (dropbox instanceof s3.Bucket) sendEventsToEventBridge(dropbox);
  const thumbnails = settings.thumbnailsBucket ?? privateBucket(scope, 'Thumbnails', {
    ...ofNew,
    oldVersions,
    unreplicated: '\'regenerateFunction\' makes lost thumbnails again of the archived originals, and old versions of thumbnails are kept for a while',
  });
  return { accessLogs, dropbox, thumbnails };
}

/** A key as an EventBridge wildcard pattern that matches nothing else. */
function escapeWildcards(key: string): string {
  return key.replace(/[*\\]/g, '\\$&');
}
