import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { QueueProducer, QueueType, SecureQueue, SecureQueueProps } from '../../src';
import { idIn, imported, KEY_ARN, TOPIC_ARN } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

const queue = (props: (value: any, scope: Construct) => SecureQueueProps) => ({
  props,
  build: (scope: Construct, value: any) => void new SecureQueue(scope, 'Subject', props(value, scope)),
});

const publishing = (producer: (scope: Construct, value: string) => QueueProducer) => (scope: Construct, value: string) => {
  new SecureQueue(scope, 'Subject').allowPublish(producer(scope, value));
};

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'QueueProducer.bucket(bucket)', literal: 'uploads', build: publishing((scope, name) => QueueProducer.bucket(imported.bucket(name, scope))) },
  {
    of: 'QueueProducer.rule(rule)',
    literal: 'arn:aws:events:eu-west-3:123456789012:rule/nightly',
    takenApart: true,
    build: publishing((scope, arn) => QueueProducer.rule(Rule.fromEventRuleArn(scope, idIn(scope), arn))),
  },
  { of: 'QueueProducer.topic(topic)', literal: TOPIC_ARN, takenApart: true, build: publishing((scope, arn) => QueueProducer.topic(imported.topic(arn, scope))) },
  {
    of: 'QueueRuleTargetOptions.messageGroupId',
    literal: 'group',
    build: (scope, messageGroupId) => {
      const target = new SecureQueue(scope, 'Subject', { queueType: QueueType.fifo({ contentBasedDeduplication: true }) }).asRuleTarget({ messageGroupId });
      new Rule(scope, 'Rule', { eventPattern: { source: ['aws.s3'] }, targets: [target] });
    },
  },
  { of: 'SecureQueueProps.alarmTopic', literal: TOPIC_ARN, ...queue((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) })) },
  { of: 'SecureQueueProps.encryptionKey', literal: KEY_ARN, ...queue((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  { of: 'SecureQueueProps.queueName', literal: 'jobs', ...queue((queueName) => ({ queueName })) },
  { of: 'SecureQueueProps.maximumMessageAge', literal: 60, ...queue((seconds) => ({ maximumMessageAge: Duration.seconds(seconds) })) },
  { of: 'SecureQueueProps.maxReceiveCount', literal: 5, ...queue((maxReceiveCount) => ({ maxReceiveCount })) },
  { of: 'SecureQueueProps.retentionPeriod', literal: 86_400, ...queue((seconds) => ({ retentionPeriod: Duration.seconds(seconds) })) },
  { of: 'SecureQueueProps.visibilityTimeout', literal: 45, ...queue((seconds) => ({ visibilityTimeout: Duration.seconds(seconds) })) },
  // As long as SQS allows, which is what the alarm on jammed groups takes where it is not known.
  { of: 'SecureQueueProps.visibilityTimeout', literal: 43_200, ...queue((seconds) => ({ visibilityTimeout: Duration.seconds(seconds), queueType: QueueType.fifo(), maximumMessageAge: Duration.hours(1) })) },
];

export const REFUSED_TOKENS: RefusedToken[] = [
  ...['visibilityTimeout', 'retentionPeriod', 'maximumMessageAge'].map((prop) => ({
    of: `SecureQueueProps.${prop}`,
    why: 'it would have to be converted',
    build: (scope: Construct, number: number) => new SecureQueue(scope, 'Subject', { [prop]: Duration.minutes(number) }),
    error: `Stack/Subject: '${prop}' must be made by Duration.seconds() where its value is a token, which cannot be converted`,
  })),
];
