import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, IConstruct } from 'constructs';
import { OwnProps } from './prefer-own-props';

export const ALARM_OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-cloudwatch.Alarm': ['actionsEnabled', 'datapointsToAlarm'],
};

interface Threshold {
  readonly above?: number;
  readonly atLeast?: number;
  readonly below?: number;
}

interface AlarmProps extends Threshold {
  /** What is wrong, and what to do about it. The path of the subject is put before it. */
  readonly description: string;
  /**
   * What the alarm is about.
   *
   * @default - the scope
   */
  readonly subject?: IConstruct;
  readonly metric: cloudwatch.IMetric;
  /**
   * How many periods in a row are beyond the threshold when the alarm fires.
   *
   * @default 1
   */
  readonly evaluationPeriods?: number;
  /**
   * What a period without data means.
   *
   * @default NOT_BREACHING: what is idle, stopped or removed sends no metrics
   */
  readonly treatMissingData?: cloudwatch.TreatMissingData;
}

/**
 * An alarm with one threshold, which is `above`, `atLeast` or `below`: give exactly one.
 */
export function alarm(scope: Construct, id: string, props: AlarmProps): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, id, {
    alarmDescription: `${(props.subject ?? scope).node.path}: ${props.description}`,
    metric: props.metric,
    ...comparison(props),
    evaluationPeriods: props.evaluationPeriods ?? 1,
    treatMissingData: props.treatMissingData ?? cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

function comparison({ above, atLeast, below }: Threshold): { threshold: number; comparisonOperator: cloudwatch.ComparisonOperator } {
  const { ComparisonOperator } = cloudwatch;
  if (above !== undefined) return { threshold: above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD };
  if (atLeast !== undefined) return { threshold: atLeast, comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD };
  return { threshold: below!, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD };
}
