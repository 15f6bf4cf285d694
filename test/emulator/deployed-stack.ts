import { CloudFormationClient, DescribeStacksCommand, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { EmulatedAccount } from './emulators';

/** What CloudFormation knows of the deployed example. */
export interface DeployedStack {
  readonly outputs: Record<string, string>;
  /** The physical ids of its resources, by logical id. */
  readonly resources: Record<string, string>;
}

export async function describeStack(account: EmulatedAccount): Promise<DeployedStack> {
  const StackName = 'PhotoArchive';
  const client = new CloudFormationClient(account);
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
  const resources: Record<string, string> = {};
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      resources[LogicalResourceId!] = PhysicalResourceId!;
    }
  }
  return { outputs: Object.fromEntries(Stacks![0].Outputs!.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])), resources };
}
