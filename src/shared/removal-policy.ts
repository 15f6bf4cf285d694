import { AspectPriority, Aspects, CfnDeletionPolicy, CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct, IConstruct } from 'constructs';
import { addWarning } from './acknowledge';
import { isPlaceholder } from './checks';
import { outermostStack } from './stacks';

/**
 * The removal policy for what CloudFormation cannot snapshot, such as buckets, queues and log groups: it is kept instead.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export function keptInsteadOfSnapshot(policy: RemovalPolicy): RemovalPolicy {
  return policy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : policy;
}

/** What data cannot be without, and is not made by its construct. */
interface Needs {
  readonly vpc: IVpc;
  readonly subnets: ISubnet[];
  readonly encryptionKey: IKey;
}

/**
 * Warns where data outlives its stack, and its network or its key does not. It looks when the policies of all resources are known.
 *
 * EC2 deletes no subnet that has a network interface, and CloudFormation deletes routes and NAT gateways before it gets there.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/delete-vpc.html
 */
export function warnIfDataOutlivesNeeds(owner: Construct, data: CfnResource, { vpc, subnets, encryptionKey }: Needs): void {
  const visit = (node: IConstruct) => {
    if (node !== owner) return;
    const network = [vpc, ...subnets].find((need) => isDeletedWith(owner, need));
    if (isRetained(data) && network) {
      addWarning(
        owner, 'cdk-mainstay:NetworkOfRetainedData',
        `it is retained when its stack is deleted, and the network ${network.node.path} is not: the deletion takes routes and NAT from what still runs, and then fails at ` +
        'its subnets (DELETE_FAILED). Create the network in a stack of its own, or retain it, too: RemovalPolicies.of(vpc).retain()',
      );
    }
  };
  Aspects.of(owner).add({ visit }, { priority: AspectPriority.READONLY });
  warnIfDataOutlivesKey(owner, data, encryptionKey);
}

/** Warns where data outlives its stack, and its key does not: of what keeps its data when its network goes, such as a file system. */
export function warnIfDataOutlivesKey(owner: Construct, data: CfnResource, encryptionKey: IKey): void {
  const visit = (node: IConstruct) => {
    if (node !== owner) return;
    if ((isRetained(data) || data.cfnOptions.deletionPolicy === CfnDeletionPolicy.SNAPSHOT) && isDeletedWith(owner, encryptionKey)) {
      addWarning(
        owner, 'cdk-mainstay:KeyOfRetainedData',
        `its data is retained when its stack is deleted, and the key ${encryptionKey.node.path} is not: nobody can read the data without it. Retain the key, too, or ` +
        'create it in another stack',
      );
    }
  };
  Aspects.of(owner).add({ visit }, { priority: AspectPriority.READONLY });
}

/** What is imported or looked up is of another stack. */
function isDeletedWith(owner: Construct, need: IConstruct): boolean {
  const resource = need.node.defaultChild;
  return CfnResource.isCfnResource(resource) && outermostStack(resource) === outermostStack(owner) && !isRetained(resource);
}

function isRetained({ cfnOptions: { deletionPolicy } }: CfnResource): boolean {
  return deletionPolicy === CfnDeletionPolicy.RETAIN || deletionPolicy === CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
}

/** Of what a pin says what it is. */
export interface PinnedData {
  /** In messages, such as `database`. */
  readonly what: string;
  /** For each type of resource, the properties whose change replaces it, and with it the data. */
  readonly replacedBy: Record<string, string[]>;
}

/** What holds data, in the words of its template: another id, or another of these properties, is another resource, and an empty one. */
export function pinOf(data: CfnResource, { replacedBy }: PinnedData): string {
  const stack = Stack.of(data);
  const [[id, { Type, Properties }]] = Object.entries<any>(stack.resolve(data._toCloudFormation()).Resources);
  const properties = replacedBy[Type].filter((name) => Properties?.[name] !== undefined).map((name) => `${name}=${inWords(Properties[name])}`);
  return [`id=${stack.resolve(id)}`, ...properties].join('; ');
}

function inWords(value: any): string {
  if (typeof value !== 'object') return `${value}`;
  const [, [beginning, ...rest]] = value['Fn::Join'] ?? [undefined, []];
  if (typeof beginning === 'string' && JSON.stringify(rest).includes('AWS::StackId')) return `${beginning}…`; // `stackScopedName()`: the same as long as the stack is
  return value.Ref ?? value['Fn::GetAtt']?.join('.') ?? JSON.stringify(value);
}

/** Fails synthesis when what holds data is no longer what it was pinned as. */
export function requirePinnedIdentity(pin: string, scope: Construct, data: CfnResource, pinned: PinnedData): void {
  const { what } = pinned;
  scope.node.addValidation({
    validate: () => {
      const [before, now] = [Stack.of(data).resolve(pin), pinOf(data, pinned)];
      if (typeof before !== 'string') return [`'replacementPin' must be known at synthesis, got a token: the ${what} is compared with it then`];
      if (isPlaceholder(before)) return [];
      if (!before.startsWith('id=')) return [`'replacementPin' must say what the ${what} is${before && `, got '${before}'`}: set it to '${now}'`];
      if (before === now) return [];
      return [`an empty ${what} would take the place of this one: ${changes(before, now).join(', ')}. If that is meant, set 'replacementPin' to '${now}'`];
    },
  });
}

function changes(before: string, now: string): string[] {
  const [were, are] = [before, now].map((pin) => new Map(pin.split('; ').map((part) => [part.split('=', 1)[0], part.slice(part.indexOf('=') + 1)])));
  return [...new Set([...were.keys(), ...are.keys()])].filter((name) => were.get(name) !== are.get(name))
    .map((name) => `${name} was ${were.get(name) ?? 'not set'} and is ${are.get(name) ?? 'not set'}`);
}
