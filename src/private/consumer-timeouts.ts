import { Annotations, Aspects, CfnResource, Duration, IAspect, Reference, Token, Tokenization } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';

/** AWS recommends a visibility timeout of six times the function's: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const VISIBILITY_PER_FUNCTION_TIMEOUT = 6;

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
  const aspects = Aspects.of(owner.node.root);
  // One visitor for all queues of an app: one for each would walk the tree once for each.
  let visitor = aspects.all.find((aspect) => aspect instanceof ConsumerTimeouts);
  if (!(visitor instanceof ConsumerTimeouts)) {
    visitor = new ConsumerTimeouts();
    aspects.add(visitor);
  }
  visitor.queues.set(queue, { owner, visibilitySeconds: visibilityTimeout.toSeconds() });
}

interface WatchedQueue {
  readonly owner: Construct;
  readonly visibilitySeconds: number;
}

interface EventSourceMapping extends CfnResource {
  readonly eventSourceArn?: string;
  readonly functionName: string;
  readonly maximumBatchingWindowInSeconds?: number;
}

class ConsumerTimeouts implements IAspect {
  public readonly queues = new Map<IConstruct, WatchedQueue>();

  public visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node) || node.cfnResourceType !== 'AWS::Lambda::EventSourceMapping') return;
    const mapping = node as EventSourceMapping;
    const source = target(mapping.eventSourceArn);
    const queue = source && this.queues.get(source);
    if (!queue) return;
    const consumer = target(mapping.functionName) as (CfnResource & { timeout?: number }) | undefined;
    if (!consumer) return; // imported: its timeout is not in this app

    const timeout = consumer.timeout ?? DEFAULT_FUNCTION_TIMEOUT_SECONDS;
    if (Token.isUnresolved(timeout)) return;
    const recommended = timeout * VISIBILITY_PER_FUNCTION_TIMEOUT + (mapping.maximumBatchingWindowInSeconds ?? 0);
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

/** The construct that an attribute refers to, also across stacks. */
function target(value: string | undefined): IConstruct | undefined {
  if (value === undefined) return undefined;
  const reference = Tokenization.reverse(value, { failConcat: false });
  return Reference.isReference(reference) ? reference.target : undefined;
}
