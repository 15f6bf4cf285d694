import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

const PERIOD = Duration.minutes(5);

interface CacheAlarmProps {
  readonly metric: cloudwatch.IMetric;
  /** Above this, for three periods in a row. */
  readonly threshold: number;
}

export function cacheAlarm(scope: Construct, id: string, what: string, { metric, threshold }: CacheAlarmProps): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, id, {
    alarmDescription: `${scope.node.path}: ${what}`,
    metric,
    threshold,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 3,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING, // a replica that was promoted has no lag to tell of
  });
}

export function cacheMetric(metricName: string, statistic: string, dimensionsMap: Record<string, string>): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: 'AWS/ElastiCache', metricName, statistic, dimensionsMap, period: PERIOD });
}

/** A metric of the node that has most of it. */
export function ofNodes(ids: string[], metricName: string, statistic: string): cloudwatch.IMetric {
  const metrics = ids.map((CacheClusterId) => cacheMetric(metricName, statistic, { CacheClusterId }));
  if (metrics.length === 1) return metrics[0];
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`node${index + 1}`, metric]));
  return new cloudwatch.MathExpression({
    expression: `MAX([${Object.keys(usingMetrics).join(', ')}])`, usingMetrics, label: `most ${metricName} of a node`, period: PERIOD,
  });
}
