import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';
import { OwnProps, SealedProperties } from './guards';
import { addOrWarn } from './resource-policies';
import { addWarning } from './warning';

export const ALARM_SEALED: SealedProperties = {
  'AWS::CloudWatch::Alarm': { warn: ['actionsEnabled', 'alarmActions', 'evaluationPeriods', 'threshold', 'treatMissingData'] },
};

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

interface NotifiableAlarm extends cloudwatch.IAlarm {
  addAlarmAction(...actions: cloudwatch.IAlarmAction[]): void;
}

/**
 * Sends a construct's alarms to its topic, or says that nobody will hear them.
 */
export function notifyOrWarn(owner: Construct, alarms: NotifiableAlarm[], topic: ITopic | undefined): void {
  if (!topic) {
    addWarning(
      owner, 'cdk-mainstay:AlarmsUnheard',
      'alarms of this construct notify nobody: set \'alarmTopic\' here or on the StageProfile, or acknowledge this',
    );
    const alarmAction = 'no topic was given, of which the construct warns (cdk-mainstay:AlarmsUnheard): \'alarmTopic\', here or on the StageProfile, is notified';
    alarms.forEach((unheard) => acknowledge(unheard, { alarmAction }));
    return;
  }
  // What aws-cloudwatch-actions' SnsAction returns, without loading that module and the dozen it stands on.
  const action: cloudwatch.IAlarmAction = { bind: () => ({ alarmActionArn: topic.topicArn }) };
  alarms.forEach((heard) => heard.addAlarmAction(action));
  if (topic.masterKey) allowAlarmsToUseKey(topic.masterKey, owner);
}

/**
 * Without this, an alarm fires and its notification gets lost, and nobody is told. The key names the account's alarms and not these: they
 * depend on the topic, which depends on the key.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
function allowAlarmsToUseKey(key: IKey, owner: Construct): void {
  const { account, partition } = Stack.of(owner);
  const alarms = Stack.of(owner).formatArn({ service: 'cloudwatch', partition, resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  addOrWarn(key, new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    resources: ['*'],
    conditions: { ArnLike: { 'aws:SourceArn': alarms }, StringEquals: { 'aws:SourceAccount': account } },
  }), { owner, id: 'AlarmsCannotUseKey', otherwise: 'no alarm is heard' });
}
