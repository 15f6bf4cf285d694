import { Duration, Size, SizeRoundingBehavior, Stack, Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ArchivePlace, requireTls, requireWasabiBucketName, WASABI_REGIONS } from './archive';
import { requireOwnUploads, warnOfSharedArchive } from './shared-places';
import { SecureQueue } from '../../queue/secure-queue';
import { addWarning } from '../../shared/acknowledge';
import { VISIBILITY_PER_FUNCTION_TIMEOUT } from '../../shared/bundled-function';
import { Checks, isUnknown } from '../../shared/checks';
import { requireUsableKey } from '../../shared/key-grants';
import { requireAccessLogsBucket } from '../../shared/private-bucket';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { requireSameRegion } from '../../shared/stacks';
import { StageProfile } from '../../stage/stage-profile';
import { ThumbnailSpec } from '../thumbnail-spec';
import type { ThumbnailToWasabiProps } from '../thumbnail-to-wasabi-props';

type Sizing = Required<Pick<ThumbnailToWasabiProps, 'memorySize' | 'timeout' | 'maxReceiveCount' | 'maxInputSize'>>;
type Deadlines = Required<Pick<ThumbnailToWasabiProps, 'reconcileAfter' | 'maximumOriginalAge'>>;

type WithDefault = 'maximumConcurrency' | 'uploadPrefix' | 'architecture' | 'maxInputPixels' | 'logRetention' | 'removalPolicy' | 'archiveRemovalPolicy';

/** The props of a ThumbnailToWasabi with their defaults, checked. */
export interface PhotoSettings extends
  Omit<ThumbnailToWasabiProps, 'thumbnails' | keyof Sizing | keyof Deadlines | WithDefault>,
  Sizing, Deadlines, Required<Pick<ThumbnailToWasabiProps, WithDefault>> {
  readonly archive: ArchivePlace;
  /** As the photo function reads them from its environment. */
  readonly thumbnails: ReturnType<typeof ThumbnailSpec._renderAll>;
  /** What the keys of each thumbnail begin with: the key of its original, in its folder if it has one. */
  readonly thumbnailPrefixes: string[];
  /** A given dropbox may lack versions, and may hold photos from before the queue existed. */
  readonly dropboxIsGiven: boolean;
  /** How long old versions of thumbnails and of access logs are kept. */
  readonly oldVersions: Duration;
}

/** Where photos are, and wait. */
export interface PhotoPlaces {
  readonly queue: SecureQueue;
  readonly dropbox: s3.IBucket;
  readonly thumbnailsBucket: s3.IBucket;
}

/**
 * @throws if the props of a ThumbnailToWasabi are impossible
 */
export function photoSettings(construct: Construct, props: ThumbnailToWasabiProps): PhotoSettings {
  const checks = new Checks(construct.node.path);
  const profile = StageProfile.of(construct);
  const thumbnails = ThumbnailSpec._renderAll(checks, props.thumbnails ?? [ThumbnailSpec.inside(256)]);
  const sizing = {
    memorySize: props.memorySize ?? Size.mebibytes(1536),
    timeout: props.timeout ?? Duration.minutes(2),
    maxReceiveCount: props.maxReceiveCount ?? 10,
    maxInputSize: props.maxInputSize ?? Size.mebibytes(100),
  };
  validate(checks, construct, props, sizing);
  const deadlines = photoDeadlines(checks, props, sizing);
  const uploadPrefix = props.uploadPrefix ?? 'photos/';
  const thumbnailPrefixes = thumbnails.map(({ name }) => (name === undefined ? uploadPrefix : `${name}/${uploadPrefix}`));
  refuseRecursion(checks, props, thumbnailPrefixes, uploadPrefix);
  requireOwnUploads(construct, { dropbox: props.dropbox, uploadPrefix, uploadSuffixes: props.uploadSuffixes });

  const removalPolicy = keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy);
  const architecture = props.architecture ?? lambda.Architecture.ARM_64;
  return {
    ...props,
    ...sizing,
    ...deadlines,
    uploadPrefix,
    dropboxIsGiven: props.dropbox !== undefined,
    thumbnails,
    thumbnailPrefixes,
    archive: {
      bucketName: props.archiveBucketName,
      endpoint: props.archiveEndpoint ?? `https://s3.${props.wasabiRegion}.wasabisys.com`,
      region: props.wasabiRegion,
      keyPrefix: props.archiveKeyPrefix ?? '',
      credentials: props.credentials,
      architecture,
    },
    archiveRemovalPolicy: keptInsteadOfSnapshot(props.archiveRemovalPolicy ?? removalPolicy),
    architecture,
    maximumConcurrency: props.maximumConcurrency ?? props.reservedConcurrentExecutions ?? 50,
    maxInputPixels: props.maxInputPixels ?? pixelsThatFit(sizing),
    logRetention: props.logRetention ?? profile.logRetention,
    alarmTopic: props.alarmTopic ?? profile.alarmTopic,
    removalPolicy,
    oldVersions: profile.backupRetention,
  };
}

function validate(checks: Checks, construct: Construct, props: ThumbnailToWasabiProps, sizing: Sizing): void {
  requireLiteralPrefix(checks, 'uploadPrefix', props.uploadPrefix);
  requireLiteralPrefix(checks, 'archiveKeyPrefix', props.archiveKeyPrefix);
  requireWasabiBucketName(checks, 'archiveBucketName', props.archiveBucketName);
  requireTls(checks, 'archiveEndpoint', props.archiveEndpoint);
  if (props.thumbnails?.length === 0) throw checks.error("'thumbnails' must name at least one thumbnail, got none: leave it out for ThumbnailSpec.inside(256)");
  if (props.uploadSuffixes?.length === 0) throw checks.error("'uploadSuffixes' must name at least one suffix, got none: leave it out to take every upload");
  checks.knownList('uploadSuffixes', props.uploadSuffixes, 'each suffix has a rule of its own');
  checks.mebibytes('memorySize', sizing.memorySize, { least: 128, most: 10_240 });
  checks.known('timeout', sizing.timeout, 'the visibility timeout of the queue is six times as long');
  checks.seconds('timeout', sizing.timeout, { least: 10, most: 900 });
  checks.wholeNumber('maxReceiveCount', sizing.maxReceiveCount, { least: 1, most: 1000 });
  requireGivenResources(construct, props);
  const here = { name: 'this stack', region: Stack.of(construct).region };
  if (props.dropbox) checks.sameRegion('EventBridge hears of uploads', { name: 'the dropbox', region: props.dropbox.env.region }, here);
  if (props.thumbnailsBucket) checks.sameRegion('the function writes', { name: 'the bucket for thumbnails', region: props.thumbnailsBucket.env.region }, here);
  checks.bytes('maxInputSize', sizing.maxInputSize, { least: 1, most: 2 ** 30 });
  checks.wholeNumber('maxInputPixels', props.maxInputPixels, { least: 1 });
  checks.wholeNumber('reservedConcurrentExecutions', props.reservedConcurrentExecutions, {
    least: 2, most: 1000, hint: 'Lambda polls a queue for at least two and at most a thousand runs at a time',
  });
  checks.wholeNumber('maximumConcurrency', props.maximumConcurrency, { least: 2, most: 1000 });
  requireConcurrency(checks, props);
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency */
function requireConcurrency(checks: Checks, { maximumConcurrency: most, reservedConcurrentExecutions: reserved }: ThumbnailToWasabiProps): void {
  if (most === undefined || reserved === undefined || isUnknown(most) || isUnknown(reserved) || most <= reserved) return;
  throw checks.error(
    `'maximumConcurrency' must be at most reservedConcurrentExecutions, which is ${reserved}, got ${most}: ` +
    'Lambda would throttle the rest, and a throttled message uses up a receive; raise the one or lower the other',
  );
}

function requireGivenResources(owner: Construct, { accessLogsBucket, credentials, encryptionKey, eventBus }: ThumbnailToWasabiProps): void {
  requireAccessLogsBucket(owner, accessLogsBucket);
  requireUsableKey(encryptionKey, { owner, usedBy: 'EventBridge to send to the queue' });
  requireSameRegion({ owner, as: '\'credentials\'', resource: credentials, because: CREDENTIALS_ARE_READ_HERE });
  if (eventBus) requireSameRegion({ owner, as: '\'eventBus\'', resource: eventBus, because: 'events are put on a bus of the same region, whose rules may send them to another one' });
}

/** Why the credentials of the archive cannot be a secret of another region. */
export const CREDENTIALS_ARE_READ_HERE = 'the functions read a secret of their own region only; replicate the secret into this one, and give the replica';

/** Policies would take these for patterns and variables, and allow more, or less, than the prefix says. */
function requireLiteralPrefix(checks: Checks, prop: string, prefix: string | undefined): void {
  checks.matches(prop, prefix, /^[^*?$]*$/, 'without *, ? and $, which policies read as patterns');
}

/** When an original that is still in the dropbox is queued again, and when an alarm reports it. */
function photoDeadlines(checks: Checks, props: ThumbnailToWasabiProps, { timeout, maxReceiveCount }: Sizing): Deadlines {
  // For how long a photo that fails is tried before it is parked; unknown if the count of tries is a token.
  const hoursOfTry = timeout.toHours({ integral: false }) * VISIBILITY_PER_FUNCTION_TIMEOUT;
  const tries = isUnknown(maxReceiveCount) ? undefined : hoursOfTry * maxReceiveCount;
  checks.known('reconcileAfter', props.reconcileAfter, 'other deadlines depend on it');
  checks.known('maximumOriginalAge', props.maximumOriginalAge, 'other deadlines depend on it');
  const reconcileAfter = props.reconcileAfter ?? Duration.hours(Math.ceil(tries ?? 20) + 4);
  const hours = checks.hours('reconcileAfter', reconcileAfter, { least: 1 });
  if (tries !== undefined && hours <= tries) {
    throw checks.error(
      `'reconcileAfter' must be longer than the ${tries} hours for which a photo that fails is tried, got ${hours} hours: ` +
      'lengthen it, or lower timeout or maxReceiveCount',
    );
  }
  const maximumOriginalAge = props.maximumOriginalAge ?? Duration.hours(2 * hours + 2);
  const hoursOfAge = checks.hours('maximumOriginalAge', maximumOriginalAge);
  if (hoursOfAge <= hours) {
    throw checks.error(
      `'maximumOriginalAge' must be longer than reconcileAfter, which is ${hours} hours, got ${hoursOfAge} hours: younger originals are not looked at`);
  }
  return { reconcileAfter, maximumOriginalAge };
}

/** A thumbnail that lands where uploads do would be an upload again, and so for ever. */
function refuseRecursion(checks: Checks, props: ThumbnailToWasabiProps, thumbnailPrefixes: string[], uploadPrefix: string): void {
  const { dropbox, thumbnailsBucket } = props;
  if (!dropbox || !thumbnailsBucket || (dropbox !== thumbnailsBucket && dropbox.bucketName !== thumbnailsBucket.bucketName)) return;
  if ([uploadPrefix, ...thumbnailPrefixes].some((prefix) => Token.isUnresolved(prefix))) {
    throw checks.error(
      "'thumbnailsBucket' is the dropbox, and whether thumbnails would be uploads again cannot be told from a token: " +
      'use another bucket, or an uploadPrefix and names of thumbnails that are known at synthesis',
    );
  }
  const recursive = thumbnailPrefixes.find((prefix) => prefix.startsWith(uploadPrefix));
  if (recursive !== undefined) {
    throw checks.error(
      `'thumbnailsBucket' is the dropbox, and thumbnails under '${recursive}' would be uploads under '${uploadPrefix}' again: ` +
      'use another bucket, or give each ThumbnailSpec a name outside of uploadPrefix',
    );
  }
}

/** Of the worst kind, in memory: lambda/photos/thumbnail/decoding-memory.ts */
const BYTES_PER_PIXEL = 8;
/** What the function takes for itself; it was measured at 120 MiB (docs/decisions/which-pictures.md). */
const FUNCTION_BYTES = 256 * 2 ** 20;
/** Of one decoding (lambda/photos/thumbnail/decoders.ts), and what ends a run in good order (handler.ts). */
const DECODING_SECONDS = 30, CONCLUDING_SECONDS = 3;
const DEFAULT_PIXELS = 100_000_000, LEAST_DEFAULT_PIXELS = 1_000_000;

/** As many as the memory holds beside the function and a file of the largest size. */
function pixelsThatFit({ memorySize, maxInputSize }: Sizing): number {
  if (memorySize.isUnresolved() || maxInputSize.isUnresolved()) return DEFAULT_PIXELS;
  const fitting = Math.floor((memorySize.toBytes() - maxInputSize.toBytes() - FUNCTION_BYTES) / BYTES_PER_PIXEL);
  return Math.max(LEAST_DEFAULT_PIXELS, Math.min(DEFAULT_PIXELS, fitting));
}

/**
 * Warns of props that are possible and probably not meant.
 */
export function warnOfPhotoRisks(construct: Construct, settings: PhotoSettings): void {
  const { archiveEndpoint, wasabiRegion, dropbox, memorySize, maxInputSize } = settings;
  warnOfSharedArchive(construct, settings.archive);
  const warn = (id: string, message: string) => addWarning(construct, `cdk-mainstay:ThumbnailToWasabi.${id}`, message);
  if (archiveEndpoint === undefined && !isUnknown(wasabiRegion) && !WASABI_REGIONS.includes(wasabiRegion)) {
    warn('UnknownWasabiRegion', `wasabiRegion '${wasabiRegion}' is not among those that Wasabi listed on 2026-03-06: ${WASABI_REGIONS.join(', ')}`);
  }
  if (dropbox && !(dropbox instanceof s3.Bucket)) {
    warn('DropboxMustSendEvents', 'the dropbox is not a bucket of this app: it must send its events to EventBridge, or no upload is ever seen, and should be versioned');
  }
  if (!maxInputSize.isUnresolved() && !memorySize.isUnresolved() && maxInputSize.toBytes() > memorySize.toBytes() / 4) {
    warn('InputNearMemory', `maxInputSize of ${inMebibytes(maxInputSize)} is more than a quarter of the function's ${inMebibytes(memorySize)} of memory, ` +
      'which hold the decoded picture, too: raise memorySize or lower maxInputSize');
  }
  warnOfDecoding(warn, settings);
}

/** A run that is killed takes the other photos of its batch with it, and all are tried again. */
function warnOfDecoding(warn: (id: string, message: string) => void, { memorySize, maxInputSize, maxInputPixels, timeout }: PhotoSettings): void {
  if (!memorySize.isUnresolved() && !maxInputSize.isUnresolved() && !isUnknown(maxInputPixels)) {
    const needed = Math.ceil((maxInputPixels * BYTES_PER_PIXEL + maxInputSize.toBytes() + FUNCTION_BYTES) / 2 ** 20);
    if (needed > memorySize.toMebibytes()) {
      warn('PixelsExceedMemory', `maxInputPixels of ${maxInputPixels} and maxInputSize of ${inMebibytes(maxInputSize)} can take ${needed} MiB, at ${BYTES_PER_PIXEL} bytes a pixel, ` +
        `and the function has ${inMebibytes(memorySize)}: raise memorySize, or lower maxInputPixels or maxInputSize`);
    }
  }
  const seconds = DECODING_SECONDS + CONCLUDING_SECONDS;
  if (timeout.toSeconds() < seconds) {
    warn('DecodingExceedsTimeout', `timeout of ${timeout.toSeconds()} seconds is less than the ${seconds} that decoding one photo may take: ` +
      'a photo that takes longer is tried again until it is a dead letter; raise timeout');
  }
}

function inMebibytes(size: Size): string {
  return `${size.toMebibytes({ rounding: SizeRoundingBehavior.NONE })} MiB`;
}
