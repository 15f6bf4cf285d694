import { Aspects, CfnResource, IAspect, Reference, Resource, Stack, Stage, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IConstruct } from 'constructs';
import { attached } from './attached';
import { addOrWarn } from './resource-policies';
import { isKnownToDiffer } from './stacks';
import { addWarning } from './warning';

/** A service that publishes to topics. */
interface Publisher {
  /** The construct whose resources have the service publish. */
  readonly owner: Construct;
  /** The service, such as `cloudwatch.amazonaws.com`. */
  readonly service: string;
  /** The ARN of what publishes, as a pattern. */
  readonly sourceArn: string;
  /** The id of the warning about an imported topic, without `cdk-mainstay:`. */
  readonly id: string;
  /** What happens where the topic does not allow it, such as `no alarm is heard`. */
  readonly otherwise: string;
}

/**
 * Allows a service to publish to a topic, or warns.
 *
 * A topic without a policy of its own has SNS's default one, which lets the services of its account publish. Each policy replaces that one, wherever in the
 * app it is made and whenever, so the statement is added to each when the app is synthesized. A topic without a policy gets none: it would
 * exclude others.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
 * @see https://github.com/aws-solutions/automated-security-response-on-aws/issues/43
 */
export function allowPublish(topic: ITopic, publisher: Publisher): void {
  const { owner, service, sourceArn } = publisher;
  const { account } = Stack.of(owner);
  const statement = (topics: string[]) => new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(service)],
    actions: ['sns:Publish'],
    resources: topics,
    conditions: { ArnLike: { 'aws:SourceArn': sourceArn }, StringEquals: { 'aws:SourceAccount': account } },
  });
  const resource = topic.node.defaultChild;
  if (!Resource.isOwnedResource(topic) || !resource || isKnownToDiffer(topic.env.account, account)) { // the default policy is for one account
    addOrWarn(topic, statement([topic.topicArn]), publisher);
    return;
  }
  const root = Stage.of(topic) ?? topic.node.root; // aspects do not enter a stage from outside
  const visitor = attached(root, 'TopicPolicies', () => {
    const added = new TopicPolicies();
    Aspects.of(root).add(added);
    return added;
  });
  visitor.add(resource, { key: Stack.of(topic).resolve([service, sourceArn, account]), statement });
}

interface Addition {
  /** Says when two are the same. */
  readonly key: unknown;
  readonly statement: (topics: string[]) => iam.PolicyStatement;
}

interface TopicPolicy extends CfnResource {
  readonly topics?: string[];
  /** Of an inline policy, which is for one topic. */
  readonly topicArn?: string;
  readonly policyDocument: unknown;
}

/** Adds statements to the policies of topics: one visitor for all of an app, as one for each topic would walk the tree once for each. */
class TopicPolicies implements IAspect {
  private readonly additions = new Map<IConstruct, Map<string, Addition>>();
  private readonly visited = new Set<IConstruct>();

  public add(topic: IConstruct, addition: Addition): void {
    const ofTopic = this.additions.get(topic) ?? new Map<string, Addition>();
    ofTopic.set(JSON.stringify(addition.key), addition);
    this.additions.set(topic, ofTopic);
  }

  public visit(node: IConstruct): void {
    if (!isTopicPolicy(node) || this.visited.has(node)) return;
    this.visited.add(node);
    const topics = node.topics ?? (node.topicArn === undefined ? [] : [node.topicArn]);
    const additions = topics.flatMap(targets).flatMap((topic) => [...this.additions.get(topic)?.entries() ?? []]);
    for (const { statement } of new Map(additions).values()) append(node, statement(topics));
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

/** The constructs that an attribute refers to, also across stacks. */
function targets(value: string): IConstruct[] {
  return Tokenization.reverseString(value).tokens.filter(Reference.isReference).map(({ target }) => target);
}
