import { CfnResource, Duration, IAspect, Token } from 'aws-cdk-lib';
import { CfnEventSourceMapping, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct, IConstruct } from 'constructs';
import { addWarning } from '../../shared/acknowledge';
import { sharedAspect } from '../../shared/attached';
import { VISIBILITY_PER_FUNCTION_TIMEOUT } from '../../shared/bundled-function';
import { constructsIn } from '../../shared/stacks';

/** What Lambda takes when a function says nothing: https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html */
const DEFAULT_FUNCTION_TIMEOUT_SECONDS = 3;

/**
 * Compares at synthesis the timeout of every Lambda function that consumes a queue, however it was attached, with the queue's visibility timeout.
 * Lambda refuses a mapping if the function's is longer, which is an error. It should be a sixth of it at most, else there is a warning.
 *
 * @param owner gets the errors and the warnings
 * @param queue the L1 queue that event source mappings refer to
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function validateConsumerTimeouts(owner: Construct, queue: IConstruct, visibilityTimeout: Duration): void {
  if (visibilityTimeout.isUnresolved()) return;
  const mappings = new Set<CfnEventSourceMapping>();
  sharedAspect(owner, 'QueueConsumers', () => new QueueConsumers()).mappings.set(queue, mappings);
  // Judged when no aspect can change a timeout any more.
  owner.node.addValidation({ validate: () => [...mappings].flatMap((mapping) => judge(mapping, owner, visibilityTimeout.toSeconds())) });
}

/** Finds the event source mappings of queues. */
class QueueConsumers implements IAspect {
  public readonly mappings = new Map<IConstruct, Set<CfnEventSourceMapping>>();

  public visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node) || node.cfnResourceType !== 'AWS::Lambda::EventSourceMapping') return;
    const mapping = node as CfnEventSourceMapping;
    const [source] = constructsIn(mapping.eventSourceArn ?? '');
    if (source) this.mappings.get(source)?.add(mapping);
  }
}

/** @returns what is wrong */
function judge(mapping: CfnEventSourceMapping, owner: Construct, visibilitySeconds: number): string[] {
  const consumer = functionAmong([...constructsIn(mapping.functionName), ...hostsOf(mapping)]);
  if (!consumer) return []; // imported: its timeout is not in this app
  const timeout = consumer.timeout ?? DEFAULT_FUNCTION_TIMEOUT_SECONDS;
  if (Token.isUnresolved(timeout)) return [];
  const window = mapping.maximumBatchingWindowInSeconds ?? 0;
  const recommended = timeout * VISIBILITY_PER_FUNCTION_TIMEOUT + (Token.isUnresolved(window) ? 0 : window);
  const facts = `'visibilityTimeout' is ${visibilitySeconds} s and 'timeout' of the function ${consumer.node.path} is ${timeout} s`;
  if (timeout > visibilitySeconds) {
    return [`${facts}: Lambda refuses to receive from a queue whose visibility timeout is shorter. Set 'visibilityTimeout' to Duration.seconds(${recommended}), or a shorter 'timeout'`];
  }
  if (recommended > visibilitySeconds) {
    addWarning(
      owner, 'cdk-mainstay:SecureQueue.VisibilityUnderSixTimesConsumer',
      `${facts}: AWS recommends six times the function's timeout plus the batching window, so that throttled batches are not given up; ` +
      `set 'visibilityTimeout' to Duration.seconds(${recommended})`,
    );
  }
  return [];
}

/** The first function, also behind a version or an alias, which refer to it. */
function functionAmong(candidates: IConstruct[]): CfnFunction | undefined {
  for (const candidate of candidates.filter(CfnResource.isCfnResource)) {
    if (candidate.cfnResourceType === 'AWS::Lambda::Function') return candidate as CfnFunction;
    const behind = 'functionName' in candidate && functionAmong(constructsIn(candidate.functionName as string));
    if (behind) return behind;
  }
  return undefined;
}

/** CDK makes a mapping inside of the function, version or alias, and names an alias by an expression that says nothing of it. */
function hostsOf(mapping: CfnResource): IConstruct[] {
  return mapping.node.scopes.reverse().flatMap(({ node }) => (node.defaultChild && node.defaultChild !== mapping ? [node.defaultChild] : []));
}
