import { CloudFormationClient, DescribeStacksCommand, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { EmulatedAccount } from './emulators';

/** What CloudFormation knows of a deployed stack. */
export interface DeployedStack {
  readonly id: string;
  readonly outputs: Record<string, string>;
  /** The physical ids of its resources, by logical id. */
  readonly resources: Record<string, string>;
}

/** By default of the example. */
export async function describeStack(account: EmulatedAccount, StackName = 'PhotoArchive'): Promise<DeployedStack> {
  const client = new CloudFormationClient(account);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  const resources: Record<string, string> = {};
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      resources[LogicalResourceId!] = PhysicalResourceId!;
    }
  }
  const [{ StackId, Outputs = [] }] = Stacks!;
  return { id: StackId!, outputs: Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])), resources };
}
