import { CfnResource, Names, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Node } from 'constructs';
import { outermostStack } from './stacks';

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
