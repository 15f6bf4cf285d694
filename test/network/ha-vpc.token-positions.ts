import { CfnOutput, Duration, Fn } from 'aws-cdk-lib';
import { InstanceType, IpAddresses } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { FlowLogs, HaVpc, HaVpcProps, NatStrategy, SubnetTier } from '../../src';
import { imported, KEY_ARN, TOPIC_ARN } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

const network = (props: (value: any, scope: Construct) => HaVpcProps) => ({
  props,
  build: (scope: Construct, value: any) => {
    const subject = new HaVpc(scope, 'Subject', props(value, scope));
    new CfnOutput(scope, 'EgressIps', { value: Fn.join(',', subject.egressIps) });
  },
});

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'EgressAddress.allocationId', literal: 'eipalloc-1', ...network((allocationId) => ({ egressAddresses: [{ allocationId, publicIp: '203.0.113.1' }] })) },
  { of: 'EgressAddress.publicIp', literal: '203.0.113.1', ...network((publicIp) => ({ egressAddresses: [{ allocationId: 'eipalloc-1', publicIp }] })) },
  { of: 'FlowLogs.toS3(bucket)', literal: 'logs', ...network((name, scope) => ({ flowLogs: FlowLogs.toS3(imported.bucket(name, scope)) })) },
  { of: 'HaVpcProps.alarmTopic', literal: TOPIC_ARN, ...network((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) })) },
  { of: 'HaVpcProps.availabilityZones', literal: 'us-west-2a', ...network((zone) => ({ availabilityZones: [zone] })) },
  { of: 'HaVpcProps.encryptionKey', literal: KEY_ARN, ...network((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  {
    of: 'HaVpcProps.ipAddresses',
    literal: 'ipam-pool-1',
    ...network((ipv4IpamPoolId) => ({ ipAddresses: IpAddresses.awsIpamAllocation({ ipv4IpamPoolId, ipv4NetmaskLength: 16 }) })),
  },
  {
    of: 'NatInstancesOptions.maxInstanceLifetime',
    literal: 604_800,
    ...network((seconds) => ({ natStrategy: NatStrategy.instances({ maxInstanceLifetime: Duration.seconds(seconds) }) })),
  },
];

const refused = (prop: string, why: string, props: (number: number, list: string[]) => HaVpcProps, error: string): RefusedToken => ({
  of: `HaVpcProps.${prop}`, why, build: (scope, number, list) => new HaVpc(scope, 'Subject', props(number, list)), error: `Stack/Subject: ${error}`,
});
const PLANNED = 'the address plan is calculated from it';
const COUNTED = 'there is a subnet for each item';

export const REFUSED_TOKENS: RefusedToken[] = [
  refused('availabilityZones', 'there are subnets in each', (_, availabilityZones) => ({ availabilityZones }),
    '\'availabilityZones\' must be a list known at synthesis, got a token'),
  refused('cidr', PLANNED, (_, list) => ({ cidr: Fn.select(0, list) }), '\'cidr\' must be known at synthesis, got a token'),
  refused('secondaryCidr', PLANNED, (_, list) => ({ secondaryCidr: Fn.select(0, list) }), '\'secondaryCidr\' must be known at synthesis, got a token'),
  refused('maxAzs', 'there are subnets in each', (maxAzs) => ({ maxAzs }), '\'maxAzs\' must be known at synthesis, got a token'),
  refused('reservedEgressAddresses', 'each is a resource', (reservedEgressAddresses) => ({ reservedEgressAddresses }),
    '\'reservedEgressAddresses\' must be known at synthesis, got a token'),
  ...['publicSubnetCidrs', 'privateSubnetCidrs', 'isolatedSubnetCidrs'].map((prop) => refused(prop, COUNTED,
    (_, list) => ({ publicSubnetCidrs: ['10.0.0.0/24'], maxAzs: 1, [prop]: list }), `'${prop}' must be known at synthesis, got a token`)),
  {
    of: 'SubnetTierOptions.cidrs',
    why: COUNTED,
    build: (scope, _, cidrs) => new HaVpc(scope, 'Subject', { additionalTier: SubnetTier.isolated('Cache', { cidrs }) }),
    error: 'Stack/Subject: \'additionalTier.cidrs\' must be known at synthesis, got a token',
  },
  ...(['isolated', 'privateWithEgress'] as const).map((factory) => ({
    of: `SubnetTier.${factory}(name)`,
    why: 'the ids of subnets have it',
    build: (_: Construct, __: number, list: string[]) => SubnetTier[factory](Fn.select(0, list)),
    error: 'SubnetTier: \'name\' must be letters and digits, known at synthesis, got a token',
  })),
  {
    of: 'HaVpc.cidrFor(environmentName)',
    why: 'its block is calculated from it',
    build: (_, __, list) => HaVpc.cidrFor(Fn.select(0, list)),
    error: 'HaVpc: \'environmentName\' must be known at synthesis, got a token',
  },
  {
    of: 'NatInstancesOptions.instanceType',
    why: 'the image is one for its processor',
    build: (_, __, list) => NatStrategy.instances({ instanceType: new InstanceType(Fn.select(0, list)) }),
    error: 'NatStrategy: \'instanceType\' must be known at synthesis, got a token',
  },
  {
    of: 'NatInstancesOptions.maxInstanceLifetime',
    why: 'it would have to be converted',
    build: (_, number) => NatStrategy.instances({ maxInstanceLifetime: Duration.days(number) }),
    error: 'NatStrategy: \'maxInstanceLifetime\' must be made by Duration.seconds() where its value is a token, which cannot be converted',
  },
];
