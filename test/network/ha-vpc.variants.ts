import { Duration, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { InstanceType, IpAddresses, IpProtocol } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { EndpointSet, FlowLogs, HaVpc, HaVpcProps, NatStrategy, PublicAccessExclusion, StageProfile, SubnetTier } from '../../src';
import { Variant } from '../checks/variant';

/** System 3's, unless a check says which. */
const regionOf = (scope: Construct) => (Token.isUnresolved(Stack.of(scope).region) ? 'us-west-2' : Stack.of(scope).region);

export const VARIANTS: Variant<HaVpcProps>[] = [
  { name: 'HaVpc', build: (scope, update) => new HaVpc(scope, 'Subject', update), update: { natStrategy: NatStrategy.single() } },
  {
    name: 'HaVpc-ephemeral',
    build: (scope, update) => {
      StageProfile.ephemeral().applyTo(scope);
      new HaVpc(scope, 'Subject', update);
    },
    update: { maxAzs: 3 },
  },
  {
    name: 'HaVpc-staging',
    build: (scope, update) => {
      StageProfile.staging().applyTo(scope);
      new HaVpc(scope, 'Subject', { reservedEgressAddresses: 2, interfaceEndpoints: [EndpointSet.ecs(), EndpointSet.ssm()], ...update });
    },
    update: { additionalTier: SubnetTier.isolated('Cache') },
  },
  {
    name: 'HaVpc-exact', // system 3
    build: (scope, update) => new HaVpc(scope, 'Subject', {
      cidr: '192.168.100.0/24',
      availabilityZones: ['a', 'b'].map((zone) => `${regionOf(scope)}${zone}`),
      publicSubnetCidrs: ['192.168.100.128/27', '192.168.100.192/27'],
      privateSubnetCidrs: ['192.168.100.0/27', '192.168.100.64/27'],
      ...update,
    }),
    update: { isolatedSubnetCidrs: ['192.168.100.32/28', '192.168.100.48/28'] },
  },
  {
    name: 'HaVpc-isolated',
    build: (scope, update) => new HaVpc(scope, 'Subject', {
      cidr: '10.30.0.0/24', maxAzs: 2, isolatedSubnetCidrs: ['10.30.0.0/26', '10.30.0.64/26'], interfaceEndpoints: [EndpointSet.ecsOnEc2()], ...update,
    }),
    update: { logRetention: RetentionDays.SIX_MONTHS },
  },
  {
    name: 'HaVpc-instances',
    build: (scope, update) => {
      const network = new HaVpc(scope, 'Subject', {
        natStrategy: NatStrategy.instances({ instanceType: new InstanceType('t4g.micro'), maxInstanceLifetime: Duration.days(7) }),
        ...update,
      });
      network.addInstanceConnectEndpoint();
    },
    update: { natStrategy: NatStrategy.instances() },
  },
  {
    name: 'HaVpc-regional',
    build: (scope, update) => new HaVpc(scope, 'Subject', {
      cidr: HaVpc.cidrFor('production'), natStrategy: NatStrategy.regional(), ipProtocol: IpProtocol.DUAL_STACK, ...update,
    }),
    update: { maxAzs: 4 },
  },
  {
    name: 'HaVpc-pool',
    build: (scope, update) => new HaVpc(scope, 'Subject', {
      ipAddresses: IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-0a1b2c3d4e5f60718', ipv4NetmaskLength: 18 }),
      natStrategy: NatStrategy.none(),
      publicAccessExclusion: PublicAccessExclusion.egressOnly(),
      ...update,
    }),
    update: { natStrategy: NatStrategy.single() },
  },
  {
    name: 'HaVpc-varied',
    build: (scope, update) => {
      const encryptionKey = new Key(scope, 'Key', { enableKeyRotation: true });
      new HaVpc(scope, 'Subject', {
        cidr: '10.20.0.0/18',
        secondaryCidr: '100.64.0.0/20',
        maxAzs: 2,
        additionalTier: SubnetTier.privateWithEgress('Batch', { cidrs: ['100.64.0.0/21', '100.64.8.0/21'] }),
        egressAddresses: [{ allocationId: 'eipalloc-0a1b2c3d4e5f60718', publicIp: '203.0.113.10' }],
        encryptionKey,
        alarmTopic: new Topic(scope, 'Topic', { masterKey: encryptionKey }),
        logRetention: RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.DESTROY,
        ...update,
      });
    },
    update: { publicAccessExclusion: PublicAccessExclusion.bidirectional() },
  },
  {
    name: 'HaVpc-flow-logs-in-bucket',
    build: (scope, update) => {
      const bucket = new Bucket(scope, 'Logs', { enforceSSL: true, versioned: true });
      Validations.of(bucket).acknowledge({ id: 'AwsSolutions-S1', reason: 'it receives logs: to log their delivery would never end' });
      new HaVpc(scope, 'Subject', { flowLogs: FlowLogs.toS3(bucket), natStrategy: NatStrategy.single(), maxAzs: 1, ...update });
    },
    update: { maxAzs: 2 },
  },
];
