import { CfnResource, IAspect, Names, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct, Node } from 'constructs';
import { sharedAspect } from './attached';
import { outermostStack, StacksNeeded } from './stacks';

/**
 * Opens a port to an application. It needs the address of the server, so its stack depends on the server's, which must not depend back: the rule
 * for a security group that comes with an application of another stack is of that stack. A group of a third stack, which several applications
 * may share, has its rule in the server's, as the one of each application would be the same.
 *
 * @returns the rules between the two, which an application has to wait for
 */
export function openPort(server: ec2.Connections, port: ec2.Port, target: ec2.IConnectable & { readonly node: Node }): CfnResource[] {
  const [ofServer] = server.securityGroups; // of ours, each has one
  const { securityGroups } = target.connections;
  const application = target.node.scopes[target.node.scopes.length - 1];
  const comesWithIt = (group: ec2.ISecurityGroup) => Stack.of(group) !== Stack.of(ofServer) && outermostStack(group) === outermostStack(application);
  if (!securityGroups.some(comesWithIt)) {
    server.allowFrom(target, port);
    return securityGroups.flatMap((group) => rulesBetween(ofServer, group));
  }
  return securityGroups.flatMap((group) => {
    const opened = comesWithIt(group) ? seenFrom(Stack.of(group), ofServer) : ofServer;
    opened.connections.allowFrom(group, port);
    return rulesBetween(opened, group);
  });
}

/** A group as a stack names it. What is imported is of the stack that imports it, and so are its rules. */
export function seenFrom(stack: Stack, group: ec2.ISecurityGroup): ec2.ISecurityGroup {
  if (Stack.of(group) === stack) return group;
  const id = Names.uniqueId(group);
  return stack.node.tryFindChild(id) as ec2.ISecurityGroup | undefined ?? ec2.SecurityGroup.fromSecurityGroupId(stack, id, group.securityGroupId);
}

type Rule = Partial<ec2.CfnSecurityGroupIngress & ec2.CfnSecurityGroupEgress>;

/** The rules that are resources of their own: CDK makes such of all that name another group. */
function rulesBetween(one: ec2.ISecurityGroup, other: ec2.ISecurityGroup): CfnResource[] {
  const both = [one.securityGroupId, other.securityGroupId];
  return [one, other].flatMap(({ node }) => node.findAll()).filter(CfnResource.isCfnResource).filter((part) => {
    const { groupId, sourceSecurityGroupId, destinationSecurityGroupId: destination } = part as CfnResource & Rule;
    const peer = sourceSecurityGroupId ?? destination;
    return groupId !== undefined && peer !== undefined && both.includes(groupId) && both.includes(peer);
  });
}

/** The rules of a group that are resources of their own, in its own stack and whoever added them: of the group, and of others that name it. */
export function rulesNaming(group: ec2.ISecurityGroup): CfnResource[] {
  const stack = Stack.of(group);
  const ofStack = stack.node.findAll().filter(CfnResource.isCfnResource).filter((part) => Stack.of(part) === stack);
  return ofStack.filter((part) => {
    const { groupId, sourceSecurityGroupId, destinationSecurityGroupId }: Rule = part as CfnResource & Rule;
    const named = [groupId, sourceSecurityGroupId, destinationSecurityGroupId];
    return RULE_TYPES.includes(part.cfnResourceType) && named.some((id) => id === group.securityGroupId);
  });
}

const RULE_TYPES = ['AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'];

/** A letter with its marks taken off, such as u for ü. */
const MARKS = /\p{Mn}/gu;
const NOT_TAKEN = /[^a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]/gu;

/**
 * A description of a security group, with what EC2 does not take replaced: the ids of constructs, of which paths consist, may have any letter.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
export function ec2Description(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').replace(NOT_TAKEN, '-').slice(0, 255);
}

/**
 * Opens a port to a peer, which may be of any stack and need not use the address of the server: whichever of the two stacks depends on the other has the rule.
 */
export function openPortToPeer(server: ec2.Connections, port: ec2.Port, peer: ec2.IConnectable): void {
  const [ofServer] = server.securityGroups;
  const { securityGroups } = peer.connections;
  if (securityGroups.every((group) => Stack.of(group) === Stack.of(ofServer))) return server.allowFrom(peer, port);
  for (const group of securityGroups) {
    if (outermostStack(group) !== outermostStack(ofServer)) sharedAspect(ofServer, 'RulesBetweenStacks', (root) => new RulesBetweenStacks(root)).add({ ofServer, group, port });
    // A rule in the stack around both refers to both, and neither to it.
    else seenFrom(stackAround(ofServer, group), ofServer).connections.allowFrom(group, port);
  }
}

function stackAround(one: IConstruct, other: IConstruct): Stack {
  const around = (construct: IConstruct) => construct.node.scopes.filter(Stack.isStack);
  const [ofOne, ofOther] = [around(one), around(other)];
  return ofOne.filter((stack) => ofOther.includes(stack)).at(-1)!;
}

interface WantedRule {
  readonly ofServer: ec2.ISecurityGroup;
  readonly group: ec2.ISecurityGroup;
  readonly port: ec2.Port;
}

/** Makes rules between stacks that are deployed by themselves, when the app is complete, and it shows which stack depends on which. */
class RulesBetweenStacks implements IAspect {
  private readonly wanted: WantedRule[] = [];

  constructor(private readonly root: IConstruct) {}

  public add(rule: WantedRule): void {
    this.wanted.push(rule);
  }

  public visit(node: IConstruct): void {
    if (node !== this.root || this.wanted.length === 0) return;
    const needed = StacksNeeded.in(this.root);
    for (const { ofServer, group, port } of this.wanted.splice(0)) {
      const [serverStack, peerStack] = [ofServer, group].map(outermostStack);
      const isOfPeer = needed.isReachable(peerStack, serverStack);
      const [owner, other] = isOfPeer ? [peerStack, serverStack] : [serverStack, peerStack];
      needed.add(owner, other);
      seenFrom(Stack.of(isOfPeer ? group : ofServer), ofServer).connections.allowFrom(group, port);
    }
  }
}
