import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarm } from '../../shared/alarm';

export function deadLetterAlarm(scope: Construct, deadLetterQueue: sqs.Queue): cloudwatch.Alarm {
  return alarm(scope, 'DeadLetterAlarm', {
    description: 'messages could not be processed and are parked in the dead-letter queue; look at one, mend the cause, then redrive',
    metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: cloudwatch.Stats.MAXIMUM }),
    atLeast: 1,
  });
}

export function ageAlarm(scope: Construct, queue: sqs.Queue, seconds: number): cloudwatch.Alarm {
  return alarm(scope, 'AgeAlarm', {
    description: 'messages wait longer than they should; are the consumers running, and are they enough?',
    metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: cloudwatch.Stats.MAXIMUM }),
    above: seconds,
  });
}

/**
 * A FIFO queue holds a group back behind its failing message, so a jam shows as groups in flight while nothing is deleted.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function jammedGroupAlarm(scope: Construct, queue: sqs.Queue, visibilityTimeout: Duration): cloudwatch.Alarm {
  const period = Duration.minutes(5);
  const held = visibilityTimeout.isUnresolved() ? Duration.hours(12) : visibilityTimeout; // 12 hours are the most that SQS takes
  const periodsHeld = Math.ceil(held.toMinutes({ integral: false }) / period.toMinutes());
  return alarm(scope, 'JammedGroupAlarm', {
    description: 'message groups are in flight but no message gets done; one that fails blocks its group until it is parked',
    metric: new cloudwatch.MathExpression({
      expression: 'IF(groups > 0 AND FILL(deleted, 0) == 0, 1, 0)',
      usingMetrics: {
        groups: queue.metric('ApproximateNumberOfGroupsWithInflightMessages', { statistic: cloudwatch.Stats.MINIMUM }),
        deleted: queue.metricNumberOfMessagesDeleted({ statistic: cloudwatch.Stats.SUM }),
      },
      label: 'jammed message groups',
      period,
    }),
    atLeast: 1,
    evaluationPeriods: periodsHeld + 1, // a message that is worked on in time is deleted by then
  });
}
