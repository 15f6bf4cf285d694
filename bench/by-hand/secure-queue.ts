import { ArnFormat, Aws, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** What `SecureQueue` creates, written with L2s by somebody who knows how. */
export function secureQueueByHand(scope: Construct, id: string): void {
  const part = new Construct(scope, id);
  // Known before the queue is created, so that the dead-letter queue can name its source; unique in each life of the stack.
  const queueName = `${id.toLowerCase()}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`;
  const secured = { encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE };
  const deadLetterQueue = new sqs.Queue(part, 'DeadLetterQueue', { ...secured, retentionPeriod: Duration.days(14) });
  (deadLetterQueue.node.defaultChild as sqs.CfnQueue).redriveAllowPolicy = {
    redrivePermission: sqs.RedrivePermission.BY_QUEUE,
    sourceQueueArns: [Stack.of(part).formatArn({ service: 'sqs', resource: queueName, arnFormat: ArnFormat.NO_RESOURCE_NAME })],
  };
  const queue = new sqs.Queue(part, 'Queue', {
    ...secured,
    queueName,
    visibilityTimeout: Duration.seconds(30),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 3 },
  });
  const newest = { period: Duration.minutes(1), statistic: cloudwatch.Stats.MAXIMUM };
  new cloudwatch.Alarm(part, 'DeadLetterAlarm', {
    alarmDescription: `${id}: messages are parked in the dead-letter queue`,
    metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible(newest),
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  new cloudwatch.Alarm(part, 'AgeAlarm', {
    alarmDescription: `${id}: messages wait longer than they should`,
    metric: queue.metricApproximateAgeOfOldestMessage(newest),
    threshold: 900,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}
