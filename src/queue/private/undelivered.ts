import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../../shared/acknowledge';
import { alarm } from '../../shared/alarm';

/** Where the events are that EventBridge could not deliver to a FIFO queue, and what reports them. */
export type Undelivered = ReturnType<typeof createUndelivered>;

/**
 * A FIFO queue's dead-letter queue is FIFO, and EventBridge parks in standard queues only. SQS moves messages neither out of a queue that is not the dead-letter queue of
 * another one, nor from a standard queue to a FIFO queue: the way back is to send them again.
 *
 * @param target the FIFO queue
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
 */
export function createUndelivered(scope: Construct, secured: sqs.QueueProps, target: sqs.Queue) {
  const queue = new sqs.Queue(scope, 'UndeliveredQueue', {
    ...secured,
    retentionPeriod: Duration.days(14), // as for dead letters
    redriveAllowPolicy: { redrivePermission: sqs.RedrivePermission.DENY_ALL },
  });
  const why = 'it is where events end up that EventBridge cannot deliver: an alarm tells of each';
  acknowledge(queue, { deadLetters: why, redrivePolicy: why });
  return {
    queue,
    alarm: alarm(scope, 'UndeliveredAlarm', {
      description: 'EventBridge could not deliver events to the FIFO queue and parks them in UndeliveredQueue; the attribute ERROR_CODE of one says why: mend that, ' +
        `then send the body of each, in the order of their times, to ${target.queueUrl} with its message group, and delete it`,
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: cloudwatch.Stats.MAXIMUM }),
      atLeast: 1,
    }),
  };
}
