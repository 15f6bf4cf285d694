import { ArnFormat, Aws, IResource, Stack, Stage, Token } from 'aws-cdk-lib';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { RegionInfo } from 'aws-cdk-lib/region-info';
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

/** That of a region that is not known is taken to be `aws`. */
export function partitionOf(region: string): string {
  return Token.isUnresolved(region) ? 'aws' : RegionInfo.get(region).partition ?? 'aws';
}

/** A resource where AWS accepts only one of the same region or account. */
interface GivenResource {
  /** The construct that it was given to. */
  readonly owner: Construct;
  /** The property, or the call, in quotes or with brackets, such as `'alarmTopic'`. */
  readonly as: string;
  readonly resource: IResource;
  /** Which service requires it, as a sentence, such as `CloudWatch notifies topics of its own region only`. */
  readonly because: string;
}

/**
 * Refuses a resource whose region is known not to be that of the stack.
 */
export function requireSameRegion({ owner, as, resource, because }: GivenResource): void {
  const { region } = Stack.of(owner);
  if (!isKnownToDiffer(region, resource.env.region)) return;
  throw new Error(
    `${owner.node.path}: ${as} must be in ${region}, the region of this stack, got ${resource.node.path}, which is in ${resource.env.region}: ${because}`,
  );
}

/**
 * Refuses a resource whose account is known not to be that of the stack.
 */
export function requireSameAccount({ owner, as, resource, because }: GivenResource): void {
  const { account } = Stack.of(owner);
  if (!isKnownToDiffer(account, resource.env.account)) return;
  throw new Error(
    `${owner.node.path}: ${as} must be of ${account}, the account of this stack, got ${resource.node.path}, which is of ${resource.env.account}: ${because}`,
  );
}

/** Whether two regions, or two accounts, are both known, and are not the same. */
export function isKnownToDiffer(one: string, other: string): boolean {
  return !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
}

/**
 * Whether two constructs are deployed into one account and region. Stacks of one stage that both leave it open go where the CLI is at that time: to the
 * same. Otherwise nobody knows.
 */
export function areTogether(one: IConstruct, other: IConstruct): 'yes' | 'no' | 'unknown' {
  const [mine, theirs] = [Stack.of(one), Stack.of(other)];
  if (isKnownToDiffer(mine.account, theirs.account) || isKnownToDiffer(mine.region, theirs.region)) return 'no';
  const areOfOneStage = Stage.of(one) === Stage.of(other);
  const isSame = (part: string, ofOther: string) => part === ofOther && (areOfOneStage || !Token.isUnresolved(part));
  return isSame(mine.account, theirs.account) && isSame(mine.region, theirs.region) ? 'yes' : 'unknown';
}
