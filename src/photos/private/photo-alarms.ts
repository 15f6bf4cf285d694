import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarm } from '../../shared/alarm';
import { VISIBILITY_PER_FUNCTION_TIMEOUT } from '../../shared/bundled-function';

/** A metric that the photo function emits by its log: lambda/photos/thumbnail/handler.ts */
function photoMetric(scope: Construct, metricName: string, statistic: string, period: Duration): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: 'cdk-mainstay/ThumbnailToWasabi', metricName, dimensionsMap: { service: scope.node.path }, statistic, period });
}

/**
 * The function counts a try that fails as 1 and another as 0, so that the average is the share that fails. A photo that fails is tried again after the visibility timeout
 * of the queue: in the second period, at the latest.
 */
export function failureAlarm(scope: Construct, timeout: Duration): cloudwatch.Alarm {
  const period = Duration.minutes(Math.ceil(timeout.toMinutes({ integral: false }) * VISIBILITY_PER_FUNCTION_TIMEOUT));
  return alarm(scope, 'FailureAlarm', {
    description: 'most photos fail, and fail again when they are tried again: look for "photo failed" in the logs of the photo function; nothing is lost meanwhile',
    metric: photoMetric(scope, 'PhotosFailed', cloudwatch.Stats.AVERAGE, period),
    above: 0.5,
    evaluationPeriods: 2,
  });
}

/** CloudWatch notifies when an alarm changes its state. That on the dead-letter queue stays as it is until the queue is empty; this one is over, and fires again, with each. */
export function givenUpAlarm(scope: Construct, redriveCommand: string): cloudwatch.Alarm {
  return alarm(scope, 'GivenUpAlarm', {
    description: 'photos failed at their last try and go to the dead-letter queue: look for "photo failed for the last time" in the logs of the photo function, mend the cause, ' +
      `then run: ${redriveCommand}`,
    metric: photoMetric(scope, 'PhotosGivenUp', cloudwatch.Stats.SUM, Duration.minutes(5)),
    atLeast: 1,
  });
}
