import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  ArchiveObjectLock, PhotoRestore, PhotoRestoreProps, QueueProducer, QueueType, SecureQueue, StageProfile, ThumbnailFormat, ThumbnailSpec,
  ThumbnailToWasabi, ThumbnailToWasabiProps,
} from '../../src';

/** One way to use a construct, by which every net catches it. */
export interface Variant {
  readonly name: string;
  readonly build: (scope: Construct) => void;
}

function photos(scope: Construct, props: Partial<ThumbnailToWasabiProps> = {}): ThumbnailToWasabi {
  return new ThumbnailToWasabi(scope, 'Subject', {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: 'photoarchive',
    credentials: Secret.fromSecretNameV2(scope, 'Wasabi', 'demo/wasabi/access'),
    ...props,
  });
}

/** With the archive beside it, into a bucket that is not of the library. */
function restore(scope: Construct, props: Partial<PhotoRestoreProps> = {}): PhotoRestore {
  const archive = photos(new Construct(scope, 'Archive'));
  const logs = new Bucket(scope, 'Logs', { enforceSSL: true });
  const destination = new Bucket(scope, 'Restored', { enforceSSL: true, serverAccessLogsBucket: logs });
  return new PhotoRestore(scope, 'Subject', { photos: archive, destination, ...props });
}

export const REGISTER: Variant[] = [
  { name: 'SecureQueue', build: (scope) => new SecureQueue(scope, 'Subject') },
  {
    name: 'SecureQueue-ephemeral',
    build: (scope) => {
      StageProfile.ephemeral().applyTo(scope);
      new SecureQueue(scope, 'Subject');
    },
  },
  { name: 'SecureQueue-fifo', build: (scope) => new SecureQueue(scope, 'Subject', { queueType: QueueType.fifo({ contentBasedDeduplication: true }) }) },
  {
    name: 'SecureQueue-high-throughput-fifo',
    build: (scope) => new SecureQueue(scope, 'Subject', { queueType: QueueType.highThroughputFifo(), queueName: 'jobs.fifo' }),
  },
  {
    name: 'SecureQueue-producers',
    build: (scope) => {
      const encryptionKey = new Key(scope, 'Key', { enableKeyRotation: true });
      const topic = new Topic(scope, 'Topic', { masterKey: encryptionKey });
      const bucket = Bucket.fromBucketName(scope, 'Bucket', 'uploads');
      const queue = new SecureQueue(scope, 'Subject', {
        encryptionKey,
        alarmTopic: topic,
        visibilityTimeout: Duration.minutes(6),
        retentionPeriod: Duration.days(1),
        maxReceiveCount: 5,
        maximumMessageAge: Duration.hours(1),
        removalPolicy: RemovalPolicy.RETAIN,
      });
      const rule = new Rule(scope, 'Rule', { eventPattern: { source: ['aws.s3'] } });
      rule.addTarget(queue.asRuleTarget());
      [QueueProducer.topic(topic), QueueProducer.bucket(bucket)].forEach((producer) => queue.allowPublish(producer));
    },
  },
  { name: 'ThumbnailToWasabi', build: (scope) => photos(scope) },
  {
    name: 'ThumbnailToWasabi-ephemeral',
    build: (scope) => {
      StageProfile.ephemeral().applyTo(scope);
      photos(scope);
    },
  },
  {
    name: 'ThumbnailToWasabi-granted',
    build: (scope) => {
      StageProfile.staging().applyTo(scope);
      const subject = photos(scope);
      const role = (id: string) => new Role(scope, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
      subject.grantUpload(role('Uploader'));
      subject.grantReadThumbnails(role('Reader'));
      subject.grantReadArchive(role('Archivist'));
      subject.grantBackfill(role('Backfiller'));
    },
  },
  {
    name: 'ThumbnailToWasabi-varied',
    build: (scope) => {
      const encryptionKey = new Key(scope, 'Key', { enableKeyRotation: true });
      photos(scope, {
        encryptionKey,
        alarmTopic: new Topic(scope, 'Topic', { masterKey: encryptionKey }),
        architecture: Architecture.X86_64,
        memorySize: Size.gibibytes(3),
        timeout: Duration.minutes(5),
        reservedConcurrentExecutions: 10,
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
        logRetention: RetentionDays.THREE_MONTHS,
      });
    },
  },
  {
    name: 'ThumbnailToWasabi-existing-buckets',
    build: (scope) => {
      const logs = new Bucket(scope, 'Logs', { enforceSSL: true });
      const existing = (id: string) => new Bucket(scope, id, { enforceSSL: true, versioned: true, serverAccessLogsBucket: logs });
      photos(scope, { dropbox: existing('Dropbox'), thumbnailsBucket: existing('Thumbnails') });
    },
  },
  {
    name: 'ThumbnailToWasabi-existing-access-logs',
    build: (scope) => photos(scope, { accessLogsBucket: new Bucket(scope, 'Logs', { enforceSSL: true }) }),
  },
  { name: 'PhotoRestore', build: (scope) => void restore(scope) },
  {
    name: 'PhotoRestore-ephemeral',
    build: (scope) => {
      StageProfile.ephemeral().applyTo(scope);
      restore(scope);
    },
  },
  {
    name: 'PhotoRestore-varied',
    build: (scope) => {
      const subject = restore(scope, {
        credentials: Secret.fromSecretNameV2(scope, 'ReadOnly', 'demo/wasabi/read-only'),
        logRetention: RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.RETAIN,
      });
      subject.grantRestore(new Role(scope, 'Operator', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
    },
  },
];
