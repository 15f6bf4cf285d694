import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct, IConstruct } from 'constructs';

/** The stack that is deployed by itself: that of the construct, or the one around it if it is nested. */
export function outermostStack(construct: IConstruct): Stack {
  const stack = Stack.of(construct);
  return stack.nestedStackParent ? outermostStack(stack.nestedStackParent) : stack;
}

/**
 * The ARNs of the log groups of a stack, as a pattern, for the policy of a key. The names of the groups themselves would close a circle: they need
 * the key. CloudFormation begins them with the name of the stack, and the name of a nested stack with that of its parent.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function logGroupsOfStack(scope: Construct, key: IKey): string {
  const stack = Stack.of(scope);
  const outermost = outermostStack(scope);
  // The reference to the name means the stack that it is in: that of the key.
  const stackName = [stack, outermost].includes(Stack.of(key)) ? Aws.STACK_NAME : outermost.stackName;
  return stack.formatArn({ service: 'logs', resource: 'log-group', resourceName: `${stackName}-*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
