import {
  bucket, duration, kmsKey, list, made, number, PropKinds, removalPolicy, required, resource, retentionDays, secret, size, text, texts, topic,
} from '../../shared/kinds';
import { ThumbnailSpec } from '../thumbnail-spec';
import { ArchiveObjectLock, ThumbnailToWasabiProps } from '../thumbnail-to-wasabi-props';

export const PROP_KINDS: PropKinds<ThumbnailToWasabiProps> = {
  archiveBucketName: required(text),
  wasabiRegion: required(text),
  credentials: required(secret),
  accessLogsBucket: bucket,
  alarmTopic: topic,
  architecture: resource('a lambda.Architecture', 'dockerPlatform'),
  archiveEndpoint: text,
  archiveKeyPrefix: text,
  archiveObjectLock: made(ArchiveObjectLock, 'ArchiveObjectLock'),
  archiveRemovalPolicy: removalPolicy,
  dropbox: bucket,
  encryptionKey: kmsKey,
  eventBus: resource('an event bus (events.IEventBus)', 'eventBusArn'),
  logRetention: retentionDays,
  maximumConcurrency: number,
  maximumOriginalAge: duration,
  maxInputPixels: number,
  maxInputSize: size,
  maxReceiveCount: number,
  memorySize: size,
  reconcileAfter: duration,
  removalPolicy,
  reservedConcurrentExecutions: number,
  thumbnails: list(made(ThumbnailSpec, 'ThumbnailSpec')),
  thumbnailsBucket: bucket,
  timeout: duration,
  uploadPrefix: text,
  uploadSuffixes: texts,
};
