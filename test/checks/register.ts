import { Duration, Size, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  ArchiveObjectLock, QueueProducer, QueueType, SecureQueue, StageProfile, ThumbnailFormat, ThumbnailSpec, ThumbnailToWasabi, ThumbnailToWasabiProps,
} from '../../src';

/** One way to use a construct, by which every net catches it. */
export interface Variant {
  readonly name: string;
  readonly build: (stack: Stack) => void;
}

function photos(stack: Stack, props: Partial<ThumbnailToWasabiProps> = {}): ThumbnailToWasabi {
  return new ThumbnailToWasabi(stack, 'Subject', {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: 'photoarchive',
    credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'demo/wasabi/access'),
    ...props,
  });
}

export const REGISTER: Variant[] = [
  { name: 'SecureQueue', build: (stack) => new SecureQueue(stack, 'Subject') },
  {
    name: 'SecureQueue-ephemeral',
    build: (stack) => {
      StageProfile.ephemeral().applyTo(stack);
      new SecureQueue(stack, 'Subject');
    },
  },
  { name: 'SecureQueue-fifo', build: (stack) => new SecureQueue(stack, 'Subject', { queueType: QueueType.fifo({ contentBasedDeduplication: true }) }) },
  {
    name: 'SecureQueue-high-throughput-fifo',
    build: (stack) => new SecureQueue(stack, 'Subject', { queueType: QueueType.highThroughputFifo(), queueName: 'jobs.fifo' }),
  },
  {
    name: 'SecureQueue-producers',
    build: (stack) => {
      const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
      const topic = new Topic(stack, 'Topic', { masterKey: encryptionKey });
      const bucket = Bucket.fromBucketName(stack, 'Bucket', 'uploads');
      const queue = new SecureQueue(stack, 'Subject', {
        encryptionKey,
        alarmTopic: topic,
        visibilityTimeout: Duration.minutes(6),
        retentionPeriod: Duration.days(1),
        maxReceiveCount: 5,
        maximumMessageAge: Duration.hours(1),
      });
      const rule = new Rule(stack, 'Rule', { eventPattern: { source: ['aws.s3'] } });
      rule.addTarget(queue.asRuleTarget());
      [QueueProducer.topic(topic), QueueProducer.bucket(bucket)].forEach((producer) => queue.allowPublish(producer));
    },
  },
  { name: 'ThumbnailToWasabi', build: (stack) => photos(stack) },
  {
    name: 'ThumbnailToWasabi-ephemeral',
    build: (stack) => {
      StageProfile.ephemeral().applyTo(stack);
      photos(stack);
    },
  },
  {
    name: 'ThumbnailToWasabi-granted',
    build: (stack) => {
      StageProfile.staging().applyTo(stack);
      const subject = photos(stack);
      const role = (id: string) => new Role(stack, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
      subject.grantUpload(role('Uploader'));
      subject.grantReadThumbnails(role('Reader'));
      subject.grantReadArchive(role('Archivist'));
    },
  },
  {
    name: 'ThumbnailToWasabi-varied',
    build: (stack) => {
      const encryptionKey = new Key(stack, 'Key', { enableKeyRotation: true });
      photos(stack, {
        encryptionKey,
        alarmTopic: new Topic(stack, 'Topic', { masterKey: encryptionKey }),
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
      });
    },
  },
];
