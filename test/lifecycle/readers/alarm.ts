import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { Reader } from './reader';

export const readAlarm: Reader = async ({ physicalId }, { alarms }) => {
  const { MetricAlarms } = await alarms.send(new DescribeAlarmsCommand({ AlarmNames: [physicalId] }));
  const [{
    AlarmActions, AlarmDescription, ComparisonOperator, Dimensions, EvaluationPeriods, MetricName, Metrics, Namespace, Period, Statistic, Threshold,
    TreatMissingData,
  }] = MetricAlarms!;
  return {
    AlarmActions,
    AlarmDescription,
    ComparisonOperator,
    Dimensions,
    EvaluationPeriods,
    MetricName,
    Metrics,
    Namespace,
    Period,
    Statistic,
    Threshold,
    TreatMissingData,
  };
};
