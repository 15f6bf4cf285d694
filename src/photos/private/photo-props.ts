import { SizeRoundingBehavior, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { requireTls, requireWasabiBucketName } from './wasabi';
import { requireLogBucket } from '../../shared/require-log-bucket';
import { requireSameRegion } from '../../shared/require-same-region';
import { requireUnit } from '../../shared/require-unit';
import { requireWholeNumber } from '../../shared/require-whole-number';
import type { ThumbnailToWasabiProps } from '../thumbnail-to-wasabi';

type Defaulted = Required<Pick<ThumbnailToWasabiProps, 'memorySize' | 'timeout' | 'maxReceiveCount' | 'maxInputSize'>>;

/**
 * Throws if the props of a ThumbnailToWasabi are impossible, before anything is created.
 */
export function validatePhotoProps(construct: Construct, props: ThumbnailToWasabiProps, defaulted: Defaulted): void {
  const { memorySize, timeout, maxReceiveCount, maxInputSize } = defaulted;
  const where = construct.node.path;
  requireLiteralPrefix(where, 'uploadPrefix', props.uploadPrefix);
  requireLiteralPrefix(where, 'archiveKeyPrefix', props.archiveKeyPrefix);
  requireWasabiBucketName(where, 'archiveBucketName', props.archiveBucketName);
  requireLogBucket(where, props.accessLogsBucket);
  if (props.archiveEndpoint !== undefined) requireTls(where, 'archiveEndpoint', props.archiveEndpoint);
  if (props.thumbnails?.length === 0) {
    throw new Error(`${where}: 'thumbnails' must name at least one thumbnail, got none: leave it out for ThumbnailSpec.inside(256)`);
  }
  if (props.uploadSuffixes?.length === 0) {
    throw new Error(`${where}: 'uploadSuffixes' must name at least one suffix, got none: leave it out to take every upload`);
  }
  if (Token.isUnresolved(props.uploadSuffixes)) {
    throw new Error(`${where}: 'uploadSuffixes' must be a list known at synthesis, got a token: each suffix has a rule of its own`);
  }
  const mebibytes = requireUnit(where, 'memorySize', 'Size.mebibytes()', () => memorySize.toMebibytes({ rounding: SizeRoundingBehavior.NONE }));
  requireWholeNumber({ where, prop: 'memorySize', value: mebibytes, least: 128, most: 10_240, unit: 'MiB' });
  if (timeout.isUnresolved()) {
    throw new Error(`${where}: 'timeout' must be known at synthesis, got a token: the visibility timeout of the queue is six times as long`);
  }
  requireWholeNumber({ where, prop: 'timeout', value: timeout.toSeconds({ integral: false }), least: 10, most: 900, unit: 'seconds' });
  requireWholeNumber({ where, prop: 'maxReceiveCount', value: maxReceiveCount, least: 1, most: 1000 });
  const here = { name: 'this stack', region: Stack.of(construct).region };
  if (props.dropbox) requireSameRegion(where, 'EventBridge hears of uploads', { name: 'the dropbox', region: props.dropbox.env.region }, here);
  if (props.thumbnailsBucket) {
    requireSameRegion(where, 'the function writes', { name: 'the bucket for thumbnails', region: props.thumbnailsBucket.env.region }, here);
  }
  const bytes = requireUnit(where, 'maxInputSize', 'Size.bytes()', () => maxInputSize.toBytes({ rounding: SizeRoundingBehavior.NONE }));
  requireWholeNumber({ where, prop: 'maxInputSize', value: bytes, least: 1, most: 2 ** 30, unit: 'bytes' });
  if (props.maxInputPixels !== undefined) requireWholeNumber({ where, prop: 'maxInputPixels', value: props.maxInputPixels, least: 1 });
  if (props.reservedConcurrentExecutions !== undefined) {
    requireWholeNumber({
      where,
      prop: 'reservedConcurrentExecutions',
      value: props.reservedConcurrentExecutions,
      least: 2,
      most: 1000,
      hint: 'Lambda polls a queue for at least two and at most a thousand runs at a time',
    });
  }
}

/** Policies would take these for patterns and variables, and allow more, or less, than the prefix says. */
function requireLiteralPrefix(where: string, prop: string, prefix: string = ''): void {
  if (Token.isUnresolved(prefix) || !/[*?$]/.test(prefix)) return;
  throw new Error(`${where}: '${prop}' must be without *, ? and $, which policies read as patterns, got '${prefix}'`);
}

/**
 * A thumbnail that lands where uploads do would be an upload again, and so for ever.
 */
export function refuseRecursion(construct: Construct, props: ThumbnailToWasabiProps, thumbnailPrefixes: string[], uploadPrefix: string): void {
  const { dropbox, thumbnailsBucket } = props;
  if (!dropbox || !thumbnailsBucket || (dropbox !== thumbnailsBucket && dropbox.bucketName !== thumbnailsBucket.bucketName)) return;
  if ([uploadPrefix, ...thumbnailPrefixes].some((prefix) => Token.isUnresolved(prefix))) {
    throw new Error(
      `${construct.node.path}: 'thumbnailsBucket' is the dropbox, and whether thumbnails would be uploads again cannot be told from a token: ` +
      'use another bucket, or an uploadPrefix and names of thumbnails that are known at synthesis',
    );
  }
  const recursive = thumbnailPrefixes.find((prefix) => prefix.startsWith(uploadPrefix));
  if (recursive !== undefined) {
    throw new Error(
      `${construct.node.path}: 'thumbnailsBucket' is the dropbox, and thumbnails under '${recursive}' would be uploads under '${uploadPrefix}' again: ` +
      'use another bucket, or give each ThumbnailSpec a name outside of uploadPrefix',
    );
  }
}
