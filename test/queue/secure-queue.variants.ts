import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { QueueProducer, QueueType, SecureQueue, SecureQueueProps, StageProfile } from '../../src';
import { Variant } from '../checks/variant';

export const VARIANTS: Variant<SecureQueueProps>[] = [
  {
    name: 'SecureQueue',
    build: (scope, update) => new SecureQueue(scope, 'Subject', update),
    update: { visibilityTimeout: Duration.minutes(2) },
  },
  {
    name: 'SecureQueue-ephemeral',
    build: (scope, update) => {
      StageProfile.ephemeral().applyTo(scope);
      new SecureQueue(scope, 'Subject', update);
    },
    update: { retentionPeriod: Duration.days(2) },
  },
  {
    name: 'SecureQueue-fifo',
    build: (scope, update) => new SecureQueue(scope, 'Subject', { queueType: QueueType.fifo({ contentBasedDeduplication: true }), ...update }),
    update: { visibilityTimeout: Duration.minutes(10) },
  },
  {
    name: 'SecureQueue-high-throughput-fifo',
    build: (scope, update) => new SecureQueue(scope, 'Subject', { queueType: QueueType.highThroughputFifo(), queueName: 'jobs.fifo', ...update }),
    update: { maxReceiveCount: 5 },
  },
  {
    name: 'SecureQueue-fifo-rule',
    build: (scope, update) => {
      const queue = new SecureQueue(scope, 'Subject', { queueType: QueueType.fifo({ contentBasedDeduplication: true }), ...update });
      new Rule(scope, 'Rule', { eventPattern: { source: ['aws.s3'] }, targets: [queue.asRuleTarget({ messageGroupId: 'uploads' })] });
    },
    update: { visibilityTimeout: Duration.minutes(10) },
  },
  {
    name: 'SecureQueue-producers',
    build: (scope, update) => {
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
        ...update,
      });
      const rule = new Rule(scope, 'Rule', { eventPattern: { source: ['aws.s3'] } });
      rule.addTarget(queue.asRuleTarget());
      [QueueProducer.topic(topic), QueueProducer.bucket(bucket)].forEach((producer) => queue.allowPublish(producer));
    },
    update: { maximumMessageAge: Duration.hours(2) },
  },
];
