import { Annotations, Aspects, CfnResource, Duration, IAspect, Reference, Stage, Token, Tokenization } from 'aws-cdk-lib';
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct, IConstruct } from 'constructs';
import { attached } from '../../shared/attached';
import { VISIBILITY_PER_FUNCTION_TIMEOUT } from '../../shared/bundled-function';

/** What Lambda takes when a function says nothing: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
const DEFAULT_FUNCTION_TIMEOUT_SECONDS = 3;

/**
 * Warns at synthesis about every Lambda function that consumes a queue, however it was attached, whose timeout does not
 * fit the queue's visibility timeout: a message that becomes visible while it is still worked on is worked on twice.
 *
 * @param owner gets the warnings
 * @param queue the L1 queue that event source mappings refer to
 */
export function warnOfConsumersThatOutliveVisibility(owner: Construct, queue: IConstruct, visibilityTimeout: Duration): void {
  if (visibilityTimeout.isUnresolved()) return;
  const root = Stage.of(owner) ?? owner.node.root; // aspects do not enter a stage from outside
  // One visitor for all queues: one for each would walk the tree once for each.
  const visitor = attached(root, 'ConsumerTimeouts', () => {
    const added = new ConsumerTimeouts();
    Aspects.of(root).add(added);
    return added;
  });
  visitor.queues.set(queue, { owner, visibilitySeconds: visibilityTimeout.toSeconds() });
}

class ConsumerTimeouts implements IAspect {
  public readonly queues = new Map<IConstruct, { readonly owner: Construct; readonly visibilitySeconds: number }>();

  public visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node) || node.cfnResourceType !== 'AWS::Lambda::EventSourceMapping') return;
    const mapping = node as CfnEventSourceMapping;
    const [source] = targets(mapping.eventSourceArn);
    const queue = source && this.queues.get(source);
    if (!queue) return;
    const consumer = functionAmong([...targets(mapping.functionName), ...hostsOf(mapping)]);
    if (!consumer) return; // imported: its timeout is not in this app

    const timeout = consumer.timeout ?? DEFAULT_FUNCTION_TIMEOUT_SECONDS;
    if (Token.isUnresolved(timeout)) return;
    const window = mapping.maximumBatchingWindowInSeconds ?? 0;
    const recommended = timeout * VISIBILITY_PER_FUNCTION_TIMEOUT + (Token.isUnresolved(window) ? 0 : window);
    const facts = `visibilityTimeout is ${queue.visibilitySeconds} s and the timeout of ${consumer.node.path} is ${timeout} s`;
    if (timeout > queue.visibilitySeconds) {
      Annotations.of(queue.owner).addWarningV2(
        'cdk-mainstay:SecureQueue.ConsumerOutlivesVisibility',
        `${facts}: Lambda refuses such a mapping, and messages would be worked on twice; set visibilityTimeout to ${recommended} s`,
      );
    } else if (recommended > queue.visibilitySeconds) {
      Annotations.of(queue.owner).addWarningV2(
        'cdk-mainstay:SecureQueue.VisibilityUnderSixTimesConsumer',
        `${facts}: AWS recommends six times the function's timeout plus the batching window, so that throttled batches are not given up; ` +
        `set visibilityTimeout to ${recommended} s`,
      );
    }
  }
}

/** The first function, also behind a version or an alias, which refer to it. */
function functionAmong(candidates: IConstruct[]): CfnFunction | undefined {
  for (const candidate of candidates.filter(CfnResource.isCfnResource)) {
    if (candidate.cfnResourceType === 'AWS::Lambda::Function') return candidate as CfnFunction;
    const behind = 'functionName' in candidate && functionAmong(targets(candidate.functionName as string));
    if (behind) return behind;
  }
  return undefined;
}

/** CDK makes a mapping inside of the function, version or alias, and names an alias by an expression that says nothing of it. */
function hostsOf(mapping: CfnResource): IConstruct[] {
  return mapping.node.scopes.reverse().flatMap(({ node }) => (node.defaultChild && node.defaultChild !== mapping ? [node.defaultChild] : []));
}

/** The constructs that an attribute refers to, also across stacks. */
function targets(value: string | undefined): IConstruct[] {
  if (value === undefined) return [];
  return Tokenization.reverseString(value).tokens.filter(Reference.isReference).map(({ target }) => target);
}
