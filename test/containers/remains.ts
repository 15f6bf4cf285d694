import { DescribeSecurityGroupsCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ECSClient, ListClustersCommand, ListServicesCommand, ListTaskDefinitionsCommand, ListTasksCommand } from '@aws-sdk/client-ecs';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { EmulatedAccount } from '../emulator/emulators';

/** What of a container app is still in the account, besides what test/emulator/leftovers.ts lists. */
export async function remains(account: EmulatedAccount): Promise<string[]> {
  const ecs = new ECSClient(account);
  const ec2 = new EC2Client(account);
  const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
  const { taskDefinitionArns = [] } = await ecs.send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' }));
  const { stateMachines = [] } = await new SFNClient(account).send(new ListStateMachinesCommand({}));
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const inClusters = await Promise.all(clusterArns.map(async (cluster) => {
    const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }));
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster }));
    const { services = [] } = serviceArns.length > 0 ? await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns })) : {};
    return [...services.filter(({ status }) => status === 'ACTIVE').map(({ serviceArn }) => serviceArn!), ...taskArns];
  }));
  return [
    ...clusterArns, ...inClusters.flat(), ...taskDefinitionArns,
    ...stateMachines.map(({ stateMachineArn }) => stateMachineArn!),
    ...Vpcs.filter(({ IsDefault }) => !IsDefault).map(({ VpcId }) => VpcId!),
    ...SecurityGroups.filter(({ GroupName }) => GroupName !== 'default').map(({ GroupId }) => GroupId!),
    ...await balancersAndVolumes(account),
  ];
}

/** The project has no client for these two. */
async function balancersAndVolumes({ endpoint, region }: EmulatedAccount): Promise<string[]> {
  const ask = async (path: string, service: string) => {
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    return (await fetch(`${endpoint}${path}`, { headers: { authorization } })).text();
  };
  const version = '&Version=2015-12-01';
  const [balancers, groups, fileSystems] = await Promise.all([
    ask(`/?Action=DescribeLoadBalancers${version}`, 'elasticloadbalancing'), ask(`/?Action=DescribeTargetGroups${version}`, 'elasticloadbalancing'),
    ask('/2015-02-01/file-systems', 'elasticfilesystem'),
  ]);
  return [balancers, groups, fileSystems].flatMap((text) => text.match(/arn:aws:(?:elasticloadbalancing|elasticfilesystem):[^<"]*/g) ?? []);
}
