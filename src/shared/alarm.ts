import { ArnFormat, CfnResource, IAspect, Resource, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IConstruct } from 'constructs';
import { acknowledge, addWarning } from './acknowledge';
import { sharedAspect } from './attached';
import { isUnknown } from './checks';
import { OwnProps, SealedProperties } from './guards';
import { addOrWarn } from './resource-policies';
import { constructsIn, isKnownToDiffer, requireSameRegion } from './stacks';

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
   * How many of these are enough.
   *
   * @default - all
   */
  readonly datapointsToAlarm?: number;
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
    datapointsToAlarm: props.datapointsToAlarm,
    treatMissingData: props.treatMissingData ?? cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

function comparison({ above, atLeast, below }: Threshold): { threshold: number; comparisonOperator: cloudwatch.ComparisonOperator } {
  const { ComparisonOperator } = cloudwatch;
  if (above !== undefined) return { threshold: above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD };
  if (atLeast !== undefined) return { threshold: atLeast, comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD };
  return { threshold: below!, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD };
}

/**
 * Sends a construct's alarms to its topic, or says that nobody will hear them.
 */
export function notifyOrWarn(owner: Construct, alarms: cloudwatch.AlarmBase[], topic: ITopic | undefined): void {
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
  allowAlarmsToPublish(topic, owner);
  if (topic.masterKey) allowAlarmsToUseKey(topic.masterKey, owner);
}

/** Allows the alarms of the account in the region. Not these by name: they depend on the topic, which depends on its key. */
function alarmStatement(owner: Construct, actions: string[], resources: string[]): iam.PolicyStatement {
  const { account } = Stack.of(owner);
  const alarms = Stack.of(owner).formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
    actions,
    resources,
    conditions: { ArnLike: { 'aws:SourceArn': alarms }, StringEquals: { 'aws:SourceAccount': account } },
  });
}

/**
 * SNS refuses what is published to a FIFO topic without a message group, and an alarm has none to give.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
function warnIfFifo(topic: ITopic, owner: Construct): void {
  const isFifo = topic.fifo || (!isUnknown(topic.topicArn) && topic.topicArn.endsWith('.fifo'));
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
  const statement = alarmStatement(owner, ['kms:GenerateDataKey', 'kms:Decrypt'], ['*']);
  addOrWarn(key, statement, { owner, id: 'AlarmsCannotUseKey', otherwise: 'no alarm is heard' });
}

/** Makes the statement for the topics of a policy. */
type TopicStatement = (topics: string[]) => iam.PolicyStatement;

/**
 * Allows alarms to publish to a topic, or warns.
 *
 * A topic without a policy of its own has SNS's default one, which lets the services of its account publish. Each policy replaces that one, wherever in the
 * app it is made and whenever, so the statement is added to each when the app is synthesized. A topic without a policy gets none: it would
 * exclude others.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 * @see https://github.com/aws-solutions/automated-security-response-on-aws/issues/43
 */
function allowAlarmsToPublish(topic: ITopic, owner: Construct): void {
  const statement: TopicStatement = (topics) => alarmStatement(owner, ['sns:Publish'], topics);
  const resource = topic.node.defaultChild;
  if (!Resource.isOwnedResource(topic) || !resource || isKnownToDiffer(topic.env.account, Stack.of(owner).account)) { // the default policy is for one account
    addOrWarn(topic, statement([topic.topicArn]), { owner, id: 'AlarmTopicPolicyUnchanged', otherwise: 'no alarm is heard unless it allows that already' });
    return;
  }
  sharedAspect(topic, 'TopicPolicies', () => new TopicPolicies()).add(resource, statement);
}

interface TopicPolicy extends CfnResource {
  readonly topics?: string[];
  /** Of an inline policy, which is for one topic. */
  readonly topicArn?: string;
  readonly policyDocument: unknown;
}

/** Adds statements to the policies of topics, each of those that are the same once. */
class TopicPolicies implements IAspect {
  private readonly additions = new Map<IConstruct, Map<string, TopicStatement>>();
  private readonly visited = new Set<IConstruct>();

  public add(topic: IConstruct, statement: TopicStatement): void {
    const ofTopic = this.additions.get(topic) ?? new Map<string, TopicStatement>();
    ofTopic.set(JSON.stringify(Stack.of(topic).resolve(statement([]).toStatementJson())), statement);
    this.additions.set(topic, ofTopic);
  }

  public visit(node: IConstruct): void {
    if (!isTopicPolicy(node) || this.visited.has(node)) return;
    this.visited.add(node);
    const topics = node.topics ?? (node.topicArn === undefined ? [] : [node.topicArn]);
    const additions = topics.flatMap(constructsIn).flatMap((topic) => [...this.additions.get(topic)?.entries() ?? []]);
    for (const statement of new Map(additions).values()) append(node, statement(topics));
  }
}

function isTopicPolicy(node: IConstruct): node is TopicPolicy {
  return CfnResource.isCfnResource(node) && ['AWS::SNS::TopicPolicy', 'AWS::SNS::TopicInlinePolicy'].includes(node.cfnResourceType);
}

/** A document of CDK, or one that somebody wrote as JSON. */
function append(policy: TopicPolicy, statement: iam.PolicyStatement): void {
  const document: any = policy.policyDocument;
  if (document instanceof iam.PolicyDocument) {
    document.addStatements(statement);
  } else if (Array.isArray(document?.Statement)) {
    document.Statement = [...document.Statement, statement.toStatementJson()];
  } else {
    addWarning(
      policy, 'cdk-mainstay:AlarmTopicPolicyUnchanged',
      `this policy cannot be read here, so nothing is added to it: let it have ${JSON.stringify(Stack.of(policy).resolve(statement.toStatementJson()))}, or what publishes is refused`,
    );
  }
}
