import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Stacks } from './on-request';

export class CloudFormationStacks implements Stacks {
  constructor(private readonly cloudFormation: CloudFormationClient) {}

  async statusOf(stackId: string): Promise<string> {
    const { Stacks: [stack] = [] } = await this.cloudFormation.send(new DescribeStacksCommand({ StackName: stackId }));
    return stack!.StackStatus!;
  }
}
