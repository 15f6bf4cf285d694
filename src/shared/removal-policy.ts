import { AspectPriority, Aspects, CfnDeletionPolicy, CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct, IConstruct } from 'constructs';
import { outermostStack } from './stacks';
import { addWarning } from './warning';

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
    const isDeleted = (need: IConstruct) => isDeletedWith(owner, need);
    const network = [vpc, ...subnets].find(isDeleted);
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
    if ((isRetained(data) || policyOf(data) === CfnDeletionPolicy.SNAPSHOT) && isDeletedWith(owner, encryptionKey)) {
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

function isRetained(resource: CfnResource): boolean {
  const policy = policyOf(resource);
  return policy === CfnDeletionPolicy.RETAIN || policy === CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE;
}

function policyOf({ cfnOptions }: CfnResource): CfnDeletionPolicy | undefined {
  return cfnOptions.deletionPolicy;
}
