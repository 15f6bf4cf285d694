import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { AddressPlan, Ipv6Plan, PlannedTier } from './address-plan';
import { NamedBlock, NetworkPlan } from './network-plan';
import { acknowledge } from '../../shared/acknowledge';
import { collectProviderLogs } from '../../shared/deployment-function';

/** The VPC of a plan, with its subnets and gateway endpoints, and without NAT. */
export function createVpc(scope: Construct, { network, tiers, zones, dualStack, secondaryCidr, blocks }: NetworkPlan): ec2.Vpc {
  const vpc = new ec2.Vpc(scope, 'Vpc', {
    ipAddresses: new AddressPlan(network, tiers),
    ipProtocol: dualStack ? ec2.IpProtocol.DUAL_STACK : ec2.IpProtocol.IPV4_ONLY,
    ipv6Addresses: dualStack ? new Ipv6Plan(tiers, zones.length) : undefined,
    availabilityZones: zones,
    subnetConfiguration: tiers.map((tier) => subnetConfiguration(tier, dualStack)),
    natGateways: 0, // NAT is created by itself, beside its addresses and routes
    enableDnsHostnames: true,
    enableDnsSupport: true,
    restrictDefaultSecurityGroup: true,
    gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 }, DynamoDB: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB } },
  });
  collectProviderLogs(Stack.of(scope), 'Custom::VpcRestrictDefaultSG', 'close a default security group', 'EC2');
  acknowledge(vpc, {
    publicIpv6: dualStack ? 'only what is not public has one at once, and reaches the internet by an egress-only gateway, which lets nobody in' : undefined,
    internetRoute: vpc.publicSubnets.length > 0 ? 'only public subnets have it, which hold load balancers and NAT, and hand out no public addresses' : undefined,
  });
  if (secondaryCidr !== undefined) associateCidr(scope, vpc, secondaryCidr, blocks);
  return vpc;
}

function subnetConfiguration({ name, subnetType }: PlannedTier, dualStack: boolean): ec2.SubnetConfiguration {
  const isPublic = subnetType === ec2.SubnetType.PUBLIC;
  return {
    name,
    subnetType,
    mapPublicIpOnLaunch: isPublic ? false : undefined,
    ipv6AssignAddressOnCreation: dualStack ? !isPublic : undefined, // an IPv6 address is public, too
  };
}

/** Subnets in the second block wait for it. */
function associateCidr(scope: Construct, vpc: ec2.Vpc, secondaryCidr: string, blocks: NamedBlock[]): void {
  const association = new ec2.CfnVPCCidrBlock(scope, 'SecondaryCidr', { vpcId: vpc.vpcId, cidrBlock: secondaryCidr });
  const { block } = blocks.find(({ name }) => name === 'secondaryCidr')!;
  [...vpc.privateSubnets, ...vpc.isolatedSubnets]
    .filter(({ ipv4CidrBlock }) => blocks.some((each) => each.block.toString() === ipv4CidrBlock && block.contains(each.block)))
    .forEach((subnet) => subnet.node.addDependency(association));
}
