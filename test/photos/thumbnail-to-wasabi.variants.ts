import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ArchiveObjectLock, SecureQueue, StageProfile, ThumbnailFormat, ThumbnailSpec, ThumbnailToWasabi, ThumbnailToWasabiProps } from '../../src';
import { Variant } from '../checks/variant';

export function photos(scope: Construct, props: Partial<ThumbnailToWasabiProps> = {}): ThumbnailToWasabi {
  return new ThumbnailToWasabi(scope, 'Subject', {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: 'photoarchive',
    credentials: Secret.fromSecretNameV2(scope, 'Wasabi', 'demo/wasabi/access'),
    ...props,
    ...scope.node.tryGetContext('store'), // the archive of a stack that is deployed, by test/lifecycle
  });
}

export const VARIANTS: Variant<ThumbnailToWasabiProps>[] = [
  { name: 'ThumbnailToWasabi', build: (scope, update) => photos(scope, update), update: { timeout: Duration.minutes(1) } },
  {
    name: 'ThumbnailToWasabi-ephemeral',
    build: (scope, update) => {
      StageProfile.ephemeral().applyTo(scope);
      photos(scope, update);
    },
    update: { logRetention: RetentionDays.ONE_MONTH },
  },
  {
    name: 'ThumbnailToWasabi-granted',
    build: (scope, update) => {
      StageProfile.staging().applyTo(scope);
      const subject = photos(scope, update);
      const role = (id: string) => new Role(scope, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
      subject.grantUpload(role('Uploader'));
      subject.grantReadThumbnails(role('Reader'));
      subject.grantReadArchive(role('Archivist'));
      subject.grantBackfill(role('Backfiller'));
      subject.grantRegenerateThumbnails(role('Operator'));
    },
    update: { uploadPrefix: 'drop/' },
  },
  {
    name: 'ThumbnailToWasabi-varied',
    build: (scope, update) => {
      const encryptionKey = new Key(scope, 'Key', { enableKeyRotation: true });
      photos(scope, {
        encryptionKey,
        alarmTopic: new Topic(scope, 'Topic', { masterKey: encryptionKey }),
        architecture: Architecture.X86_64,
        memorySize: Size.gibibytes(3),
        timeout: Duration.minutes(5),
        reservedConcurrentExecutions: 10,
        maximumConcurrency: 8,
        uploadPrefix: 'in/',
        uploadSuffixes: ['.jpg', '.png'],
        thumbnails: [
          ThumbnailSpec.inside(256),
          ThumbnailSpec.cover(400, 300, { format: ThumbnailFormat.webp(75), name: 'card' }),
          ThumbnailSpec.width(1200, { format: ThumbnailFormat.avif() }),
        ],
        archiveKeyPrefix: 'originals/',
        archiveEndpoint: 'https://storage.example.org',
        archiveObjectLock: ArchiveObjectLock.governance(Duration.days(30)),
        archiveRemovalPolicy: RemovalPolicy.RETAIN,
        removalPolicy: RemovalPolicy.RETAIN,
        maxReceiveCount: 3,
        reconcileAfter: Duration.hours(2),
        maximumOriginalAge: Duration.hours(5),
        maxInputSize: Size.mebibytes(20),
        maxInputPixels: 50_000_000,
        eventBus: EventBus.fromEventBusName(scope, 'Bus', 'photos'),
        logRetention: RetentionDays.THREE_MONTHS,
        ...update,
      });
    },
    update: { archiveObjectLock: ArchiveObjectLock.governance(Duration.days(60)) },
  },
  {
    name: 'ThumbnailToWasabi-outcomes',
    build: (scope, update) => {
      const subject = photos(scope, update);
      const queue = new SecureQueue(scope, 'Outcomes');
      subject.onArchived('OnArchived', { target: queue.asRuleTarget() });
      subject.onRejected('OnRejected', { target: queue.asRuleTarget() });
    },
    update: { maxReceiveCount: 5 },
  },
  {
    name: 'ThumbnailToWasabi-existing-buckets',
    build: (scope, update) => {
      const logs = new Bucket(scope, 'Logs', { enforceSSL: true });
      const existing = (id: string) => new Bucket(scope, id, { enforceSSL: true, versioned: true, serverAccessLogsBucket: logs });
      photos(scope, { dropbox: existing('Dropbox'), thumbnailsBucket: existing('Thumbnails'), ...update });
    },
    update: { thumbnails: [ThumbnailSpec.inside(512)] },
  },
  {
    name: 'ThumbnailToWasabi-existing-access-logs',
    build: (scope, update) => photos(scope, { accessLogsBucket: new Bucket(scope, 'Logs', { enforceSSL: true }), ...update }),
    update: { removalPolicy: RemovalPolicy.DESTROY },
  },
];
