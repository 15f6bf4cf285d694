import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';
import { OwnProps, SealedProperties } from './guards';
import { addOrWarn } from './resource-policies';
import { requireSameRegion } from './stacks';
import { allowPublish } from './topic-policies';
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
  requireSameRegion({ owner, as: '\'alarmTopic\'', resource: topic, because: 'CloudWatch notifies topics of its own region only; give a topic of that region' });
  // What aws-cloudwatch-actions' SnsAction returns, without loading that module and the dozen it stands on.
  const action: cloudwatch.IAlarmAction = { bind: () => ({ alarmActionArn: topic.topicArn }) };
  alarms.forEach((heard) => heard.addAlarmAction(action));
  warnIfFifo(topic, owner);
  allowPublish(topic, {
    owner, service: 'cloudwatch.amazonaws.com', sourceArn: alarmsOf(owner), id: 'AlarmTopicPolicyUnchanged', otherwise: 'no alarm is heard unless it allows that already',
  });
  if (topic.masterKey) allowAlarmsToUseKey(topic.masterKey, owner);
}

/** The alarms of the account in the region. Not these by name: they depend on the topic, which depends on its key. */
function alarmsOf(owner: Construct): string {
  return Stack.of(owner).formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/**
 * SNS refuses what is published to a FIFO topic without a message group, and an alarm has none to give.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
function warnIfFifo(topic: ITopic, owner: Construct): void {
  const isFifo = topic.fifo || (!Token.isUnresolved(topic.topicArn) && topic.topicArn.endsWith('.fifo'));
  if (!isFifo) return;
  addWarning(
    owner, 'cdk-mainstay:AlarmTopicIsFifo',
    `'alarmTopic' is the FIFO topic ${topic.node.path}: SNS takes messages for it with a message group only, which CloudWatch does not document to send; give a standard topic`,
  );
}

/**
 * Without this, an alarm fires and its notification gets lost, and nobody is told.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
function allowAlarmsToUseKey(key: IKey, owner: Construct): void {
  addOrWarn(key, new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    resources: ['*'],
    conditions: { ArnLike: { 'aws:SourceArn': alarmsOf(owner) }, StringEquals: { 'aws:SourceAccount': Stack.of(owner).account } },
  }), { owner, id: 'AlarmsCannotUseKey', otherwise: 'no alarm is heard' });
}
