import { Duration, Size, Tokenization } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ArchiveObjectLock, ThumbnailFormat, ThumbnailSpec, ThumbnailToWasabi, ThumbnailToWasabiProps } from '../../src';
import { idIn, imported, KEY_ARN, TOPIC_ARN } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

const photos = (props: (value: any, scope: Construct) => Partial<ThumbnailToWasabiProps>) => ({
  props,
  build: (scope: Construct, value: any) => void photosWith(scope, props(value, scope)),
});

const thumbnail = (spec: (value: any) => ThumbnailSpec) => photos((value) => ({ thumbnails: [spec(value), ThumbnailSpec.width(999)] }));

export function photosWith(scope: Construct, props: Partial<ThumbnailToWasabiProps>): ThumbnailToWasabi {
  const credentials = props.credentials ?? Secret.fromSecretNameV2(scope, 'Wasabi', 'demo/wasabi/access');
  return new ThumbnailToWasabi(scope, 'Subject', { wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', ...props, credentials });
}

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'ThumbnailOptions.name', literal: 'card', ...thumbnail((name) => ThumbnailSpec.inside(256, { name })) },
  { of: 'ThumbnailToWasabiProps.accessLogsBucket', literal: 'logs', ...photos((name, scope) => ({ accessLogsBucket: imported.bucket(name, scope) })) },
  { of: 'ThumbnailToWasabiProps.alarmTopic', literal: TOPIC_ARN, ...photos((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) })) },
  { of: 'ThumbnailToWasabiProps.archiveBucketName', literal: 'photoarchive', ...photos((archiveBucketName) => ({ archiveBucketName })) },
  { of: 'ThumbnailToWasabiProps.archiveEndpoint', literal: 'https://storage.example.org', ...photos((archiveEndpoint) => ({ archiveEndpoint })) },
  { of: 'ThumbnailToWasabiProps.archiveKeyPrefix', literal: 'originals/', ...photos((archiveKeyPrefix) => ({ archiveKeyPrefix })) },
  {
    of: 'ThumbnailToWasabiProps.credentials',
    literal: 'demo/wasabi/access',
    ...photos((name, scope) => ({ credentials: Secret.fromSecretNameV2(scope, idIn(scope), name) })),
  },
  {
    of: 'ThumbnailToWasabiProps.credentials',
    literal: 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:wasabi-a1b2c3',
    ...photos((arn, scope) => ({ credentials: Secret.fromSecretCompleteArn(scope, idIn(scope), arn) })),
  },
  {
    of: 'ThumbnailToWasabiProps.credentials',
    literal: 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:wasabi',
    takenApart: true,
    ...photos((arn, scope) => ({ credentials: Secret.fromSecretPartialArn(scope, idIn(scope), arn) })),
  },
  { of: 'ThumbnailToWasabiProps.eventBus', literal: 'photos', ...photos((name, scope) => ({ eventBus: EventBus.fromEventBusName(scope, idIn(scope), name) })) },
  { of: 'ThumbnailToWasabiProps.dropbox', literal: 'uploads', ...photos((name, scope) => ({ dropbox: imported.bucket(name, scope) })) },
  { of: 'ThumbnailToWasabiProps.encryptionKey', literal: KEY_ARN, ...photos((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  { of: 'ThumbnailToWasabiProps.thumbnailsBucket', literal: 'thumbnails', ...photos((name, scope) => ({ thumbnailsBucket: imported.bucket(name, scope) })) },
  { of: 'ThumbnailToWasabiProps.uploadPrefix', literal: 'in/', ...photos((uploadPrefix) => ({ uploadPrefix, uploadSuffixes: ['.jpg'] })) },
  { of: 'ThumbnailToWasabiProps.uploadSuffixes', literal: '.jpg', ...photos((suffix) => ({ uploadSuffixes: [suffix] })) },
  { of: 'ThumbnailToWasabiProps.wasabiRegion', literal: 'eu-west-2', ...photos((wasabiRegion) => ({ wasabiRegion })) },
  { of: 'ArchiveObjectLock.compliance(retention)', literal: 30, ...photos((days) => ({ archiveObjectLock: ArchiveObjectLock.compliance(Duration.days(days)) })) },
  { of: 'ArchiveObjectLock.governance(retention)', literal: 30, ...photos((days) => ({ archiveObjectLock: ArchiveObjectLock.governance(Duration.days(days)) })) },
  { of: 'ThumbnailFormat.avif(quality)', literal: 70, ...thumbnail((quality) => ThumbnailSpec.inside(256, { format: ThumbnailFormat.avif(quality) })) },
  { of: 'ThumbnailFormat.jpeg(quality)', literal: 70, ...thumbnail((quality) => ThumbnailSpec.inside(256, { format: ThumbnailFormat.jpeg(quality) })) },
  { of: 'ThumbnailFormat.sameAsSource(quality)', literal: 70, ...thumbnail((quality) => ThumbnailSpec.inside(256, { format: ThumbnailFormat.sameAsSource(quality) })) },
  { of: 'ThumbnailFormat.webp(quality)', literal: 70, ...thumbnail((quality) => ThumbnailSpec.inside(256, { format: ThumbnailFormat.webp(quality) })) },
  { of: 'ThumbnailSpec.cover(height)', literal: 300, ...thumbnail((height) => ThumbnailSpec.cover(400, height)) },
  { of: 'ThumbnailSpec.cover(width)', literal: 400, ...thumbnail((width) => ThumbnailSpec.cover(width, 300)) },
  { of: 'ThumbnailSpec.inside(pixels)', literal: 300, ...thumbnail((pixels) => ThumbnailSpec.inside(pixels)) },
  { of: 'ThumbnailSpec.width(pixels)', literal: 300, ...thumbnail((pixels) => ThumbnailSpec.width(pixels)) },
  { of: 'ThumbnailToWasabiProps.maxInputPixels', literal: 50_000_000, ...photos((maxInputPixels) => ({ maxInputPixels })) },
  { of: 'ThumbnailToWasabiProps.maxInputSize', literal: 1_000_000, ...photos((bytes) => ({ maxInputSize: Size.bytes(bytes) })) },
  // For which the age alarm is as by default; otherwise it follows a count that is known.
  {
    of: 'ThumbnailToWasabiProps.maxReceiveCount',
    literal: 1,
    takenApart: true, // by us: the default of reconcileAfter depends on it
    ...photos((maxReceiveCount) => ({ maxReceiveCount })),
  },
  { of: 'ThumbnailToWasabiProps.memorySize', literal: 3008, ...photos((mebibytes) => ({ memorySize: Size.mebibytes(mebibytes) })) },
  { of: 'ThumbnailToWasabiProps.maximumConcurrency', literal: 10, ...photos((maximumConcurrency) => ({ maximumConcurrency })) },
  { of: 'ThumbnailToWasabiProps.reservedConcurrentExecutions', literal: 10, ...photos((reservedConcurrentExecutions) => ({ reservedConcurrentExecutions })) },
];

export const REFUSED_TOKENS: RefusedToken[] = [
  {
    of: 'ArchiveObjectLock.governance(retention)',
    why: 'it would have to be converted',
    build: (_, number) => ArchiveObjectLock.governance(Duration.hours(number)),
    error: 'ArchiveObjectLock: \'retention\' must be made by Duration.days() where its value is a token, which cannot be converted',
  },
  {
    of: 'ThumbnailToWasabiProps.maxInputSize',
    why: 'it would have to be converted',
    build: (scope, number) => photosWith(scope, { maxInputSize: Size.mebibytes(number) }),
    error: 'Stack/Subject: \'maxInputSize\' must be made by Size.bytes() where its value is a token, which cannot be converted',
  },
  {
    of: 'ThumbnailToWasabiProps.memorySize',
    why: 'it would have to be converted',
    build: (scope, number) => photosWith(scope, { memorySize: Size.gibibytes(number) }),
    error: 'Stack/Subject: \'memorySize\' must be made by Size.mebibytes() where its value is a token, which cannot be converted',
  },
  {
    of: 'ThumbnailToWasabiProps.timeout',
    why: 'the visibility timeout of the queue is a multiple of it',
    build: (scope, number) => photosWith(scope, { timeout: Duration.seconds(number) }),
    error: 'Stack/Subject: \'timeout\' must be known at synthesis, got a token: the visibility timeout of the queue is six times as long',
  },
  ...['reconcileAfter', 'maximumOriginalAge'].map((prop) => ({
    of: `ThumbnailToWasabiProps.${prop}`,
    why: 'other deadlines depend on it',
    build: (scope: Construct, number: number) => photosWith(scope, { [prop]: Duration.hours(number) }),
    error: `Stack/Subject: '${prop}' must be known at synthesis, got a token: other deadlines depend on it`,
  })),
  {
    of: 'ThumbnailToWasabiProps.uploadSuffixes',
    why: 'it decides how many rules there are',
    build: (scope, _, uploadSuffixes) => photosWith(scope, { uploadSuffixes }),
    error: 'Stack/Subject: \'uploadSuffixes\' must be a list known at synthesis, got a token: each suffix has a rule of its own',
  },
  {
    of: 'ThumbnailToWasabiProps.uploadPrefix',
    why: 'of a bucket that is both: thumbnails might be uploads again',
    build: (scope, number) => {
      const both = new Bucket(scope, 'Both');
      photosWith(scope, { dropbox: both, thumbnailsBucket: both, uploadPrefix: Tokenization.stringifyNumber(number), thumbnails: [ThumbnailSpec.inside(256, { name: 'small' })] });
    },
    error: 'Stack/Subject: \'thumbnailsBucket\' is the dropbox, and whether thumbnails would be uploads again cannot be told from a token',
  },
];
