import { Names, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Node } from 'constructs';
import { outermostStack } from './stacks';

/**
 * Opens a port to an application. It needs the address of the server, so its stack depends on the server's, which must not depend back: the rule
 * for a security group that comes with an application of another stack is of that stack. A group of a third stack, which several applications
 * may share, has its rule in the server's, as the one of each application would be the same.
 */
export function openPort(server: ec2.Connections, port: ec2.Port, target: ec2.IConnectable & { readonly node: Node }): void {
  const [ofServer] = server.securityGroups; // of ours, each has one
  const { securityGroups } = target.connections;
  const application = target.node.scopes[target.node.scopes.length - 1];
  const comesWithIt = (group: ec2.ISecurityGroup) => Stack.of(group) !== Stack.of(ofServer) && outermostStack(group) === outermostStack(application);
  if (!securityGroups.some(comesWithIt)) return server.allowFrom(target, port);
  for (const group of securityGroups) {
    const { connections } = comesWithIt(group) ? seenFrom(Stack.of(group), ofServer) : ofServer;
    connections.allowFrom(group, port);
  }
}

/** What is imported is of the stack that imports it, and so are its rules. */
function seenFrom(stack: Stack, group: ec2.ISecurityGroup): ec2.ISecurityGroup {
  const id = Names.uniqueId(group);
  return stack.node.tryFindChild(id) as ec2.ISecurityGroup | undefined ?? ec2.SecurityGroup.fromSecurityGroupId(stack, id, group.securityGroupId);
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
