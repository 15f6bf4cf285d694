import { App, Duration, PropertyInjectors, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  CfnEIP, CfnFlowLog, CfnInstance, CfnNetworkInterface, CfnRoute, CfnRouteProps, CfnSubnet, CfnSubnetRouteTableAssociation, CfnVPCEndpoint,
  CfnVPNGateway, FlowLog, FlowLogTrafficType, InstanceType, InterfaceVpcEndpointAwsService, IpAddresses, IpProtocol, NatProvider, Peer, Port,
  PrefixList, PublicSubnet, RouterType, SecurityGroup, Subnet, Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { REPLACED_BY } from './network-changes';
import { EndpointSet, FlowLogs, HaVpc, HaVpcProps, NatStrategy, PublicAccessExclusion, StageProfile, SubnetTier } from '../src';

const EXACT: HaVpcProps = Object.freeze({
  cidr: '192.168.100.0/24',
  availabilityZones: ['us-west-2a', 'us-west-2b'],
  publicSubnetCidrs: ['192.168.100.128/27', '192.168.100.192/27'],
  privateSubnetCidrs: ['192.168.100.0/27', '192.168.100.64/27'],
});

function build(props?: HaVpcProps): { stack: Stack; subject: HaVpc } {
  const stack = new Stack(new App(), 'Stack');
  return { stack, subject: new HaVpc(stack, 'Subject', props) };
}

function synth(props?: HaVpcProps): Template {
  return Template.fromStack(build(props).stack);
}

/** The blocks of the subnets of a tier, in the order of their zones. */
function blocks(template: Template, tier: string): string[] {
  const subnets = Object.entries(template.findResources('AWS::EC2::Subnet')).filter(([id]) => id.startsWith(`SubjectVpc${tier}Subnet`));
  return subnets.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, { Properties }]) => Properties.CidrBlock);
}

/** What the default routes of the private subnets lead to, by zone. */
function waysOut(template: Template, tier = 'Private'): unknown[] {
  const routes = Object.entries(template.findResources('AWS::EC2::Route')).filter(([id]) => new RegExp(`^SubjectVpc${tier}Subnet\\dDefaultRoute(?!6)`).test(id));
  return routes.sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { Properties: { NatGatewayId, NetworkInterfaceId } }]) => NatGatewayId?.Ref ?? NetworkInterfaceId['Fn::GetAtt'][0]);
}

const ids = (template: Template, type: string) => Object.keys(template.findResources(type));

describe('by default', () => {
  const template = synth();

  test('is a network of its own with names for what is in it', () => {
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true, EnableDnsSupport: true });
  });

  test('has public, private and isolated subnets in three zones, which CloudFormation chooses', () => {
    expect(blocks(template, 'Public')).toEqual(['10.0.16.0/22', '10.0.48.0/22', '10.0.80.0/22']);
    expect(blocks(template, 'Private')).toEqual(['10.0.0.0/20', '10.0.32.0/20', '10.0.64.0/20']);
    expect(blocks(template, 'Isolated')).toEqual(['10.0.20.0/22', '10.0.52.0/22', '10.0.84.0/22']);
    template.resourceCountIs('AWS::EC2::Subnet', 9);
    for (const zone of [0, 1, 2]) {
      template.resourcePropertiesCountIs('AWS::EC2::Subnet', { AvailabilityZone: { 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] } }, 3);
    }
  });

  test('no subnet hands out public addresses', () => {
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('each subnet has a route table of its own', () => {
    template.resourceCountIs('AWS::EC2::RouteTable', 9);
    template.resourceCountIs('AWS::EC2::SubnetRouteTableAssociation', 9);
  });

  test('each private subnet leaves by the gateway of its zone, and isolated ones not at all', () => {
    const gateways = [1, 2, 3].map((zone) => expect.stringMatching(new RegExp(`^SubjectVpcPublicSubnet${zone}NATGateway`)));
    expect(waysOut(template)).toEqual(gateways);
    expect(waysOut(template, 'Isolated')).toEqual([]);
    template.resourceCountIs('AWS::EC2::Route', 6);
  });

  test('each gateway has an elastic address that survives the stack', () => {
    template.resourceCountIs('AWS::EC2::EIP', 3);
    template.allResources('AWS::EC2::EIP', { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    const gateways = Object.values(template.findResources('AWS::EC2::NatGateway'));
    expect(gateways.map(({ Properties }) => Properties.AllocationId['Fn::GetAtt'][0])).toEqual(ids(template, 'AWS::EC2::EIP'));
  });

  test('reaches S3 and DynamoDB from all subnets for nothing', () => {
    const tables = ids(template, 'AWS::EC2::RouteTable').length;
    for (const service of ['.s3', '.dynamodb']) {
      template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
        VpcEndpointType: 'Gateway', ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, service]] },
      });
    }
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::VPCEndpoint'))) expect(Properties.RouteTableIds).toHaveLength(tables);
  });

  test('logs all traffic, encrypted, for a year', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      ResourceType: 'VPC', TrafficType: 'ALL', LogDestinationType: 'cloud-watch-logs', LogGroupName: { Ref: Match.stringLikeRegexp('^SubjectFlowLogs') },
    });
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 365, KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectKey'), 'Arn'] } },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    template.hasResource('AWS::KMS::Key', { Properties: { EnableKeyRotation: true }, DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('lets CloudWatch Logs use the key for log groups of this stack only', () => {
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));
    expect(key.Properties.KeyPolicy.Statement[1]).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } },
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': {
            'Fn::Join': ['', [
              'arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':log-group:', { Ref: 'AWS::StackName' }, '-*',
            ]],
          },
        },
      },
    });
  });

  test('lets only flow logs of this account write', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [Match.objectLike({
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: { 'aws:SourceArn': Match.anyValue() } },
        })],
      },
    });
  });

  test('closes the default security group', () => {
    template.hasResourceProperties('Custom::VpcRestrictDefaultSG', {
      DefaultSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectVpc'), 'DefaultSecurityGroup'] },
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  test('CDK\'s function that closes it leaves no log group behind', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('VpcRestrictDefaultSG.*Logs') } } });
  });

  test('tells of each gateway without ports, and of each that drops more than 0.01 % of its packets', () => {
    const gateways = ids(template, 'AWS::EC2::NatGateway');
    for (const gateway of gateways) {
      const Dimensions = [{ Name: 'NatGatewayId', Value: { Ref: gateway } }];
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'ErrorPortAllocation', Namespace: 'AWS/NATGateway', Statistic: 'Sum', Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', Dimensions,
      });
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        Threshold: 0.01,
        EvaluationPeriods: 3,
        Metrics: Match.arrayWith([
          Match.objectLike({ Expression: 'IF(sent + received > 0, 100 * dropped / (sent + received), 0)' }),
          Match.objectLike({ Id: 'dropped', MetricStat: Match.objectLike({ Metric: { MetricName: 'PacketsDropCount', Namespace: 'AWS/NATGateway', Dimensions } }) }),
        ]),
      });
    }
    template.resourceCountIs('AWS::CloudWatch::Alarm', 6);
  });

  test('creates nothing else', () => {
    const types = Object.values<any>(template.toJSON().Resources).map(({ Type }) => Type);
    expect([...new Set(types)].sort()).toEqual([
      'AWS::CloudWatch::Alarm', 'AWS::EC2::EIP', 'AWS::EC2::FlowLog', 'AWS::EC2::InternetGateway', 'AWS::EC2::NatGateway', 'AWS::EC2::Route', 'AWS::EC2::RouteTable',
      'AWS::EC2::Subnet', 'AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::VPC', 'AWS::EC2::VPCEndpoint', 'AWS::EC2::VPCGatewayAttachment', 'AWS::IAM::Policy',
      'AWS::IAM::Role', 'AWS::KMS::Key', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup', 'Custom::VpcRestrictDefaultSG',
    ]);
    expect(template.toJSON().Outputs).toBeUndefined();
  });

  test('has fields for what it is made of', () => {
    const { stack, subject } = build();
    expect(subject.vpc.publicSubnets).toHaveLength(3);
    expect(subject.vpc.privateSubnets).toHaveLength(3);
    expect(subject.vpc.isolatedSubnets).toHaveLength(3);
    expect(subject.natGateways).toHaveLength(3);
    expect(subject.natInstanceGroups).toEqual([]);
    expect(build({ natStrategy: NatStrategy.instances() }).subject.natInstanceGroups).toHaveLength(3);
    expect(subject.alarms).toHaveLength(6);
    expect(subject.availabilityZones).toHaveLength(3);
    expect(subject.flowLogGroup).toBeDefined();
    expect(subject.encryptionKey).toBeDefined();
    expect(subject.interfaceEndpoints).toEqual({});
    expect(stack.resolve(subject.egressIps)).toEqual(ids(Template.fromStack(stack), 'AWS::EC2::EIP').map((id) => ({ 'Fn::GetAtt': [id, 'PublicIp'] })));
  });
});

describe('profile', () => {
  const under = (profile: StageProfile, props?: HaVpcProps) => {
    const stack = new Stack(new App(), 'Stack');
    profile.applyTo(stack);
    new HaVpc(stack, 'Subject', props);
    return Template.fromStack(stack);
  };

  test('staging has two zones and one gateway', () => {
    const template = under(StageProfile.staging());
    template.resourceCountIs('AWS::EC2::Subnet', 6);
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    template.resourceCountIs('AWS::EC2::EIP', 1);
    expect(new Set(waysOut(template)).size).toBe(1);
  });

  test('ephemeral goes with its stack, addresses and logs, too', () => {
    const template = under(StageProfile.ephemeral());
    for (const type of ['AWS::EC2::EIP', 'AWS::Logs::LogGroup', 'AWS::KMS::Key']) template.allResources(type, { DeletionPolicy: 'Delete' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7, KmsKeyId: Match.anyValue() });
  });

  test('explicit props win', () => {
    const template = under(StageProfile.ephemeral(), Object.freeze({
      maxAzs: 3, natStrategy: NatStrategy.perAz(), removalPolicy: RemovalPolicy.RETAIN, logRetention: RetentionDays.FIVE_DAYS,
    }));
    template.resourceCountIs('AWS::EC2::NatGateway', 3);
    template.allResources('AWS::EC2::EIP', { DeletionPolicy: 'Retain' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 5 });
  });

  test('a snapshot, which a log group has not, is kept instead', () => {
    synth({ removalPolicy: RemovalPolicy.SNAPSHOT }).allResources('AWS::EC2::EIP', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('alarms go to its topic, or nobody hears them, of which it warns', () => {
    const stack = new Stack(new App(), 'Stack');
    const alarmTopic = new Topic(stack, 'Topic');
    StageProfile.production().withOverrides({ alarmTopic }).applyTo(stack);
    new HaVpc(stack, 'Subject');
    Template.fromStack(stack).allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [stack.resolve(alarmTopic.topicArn)] });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('AlarmsUnheard'));
    Annotations.fromStack(build().stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('AlarmsUnheard'));
  });
});

describe('zones', () => {
  test('are the first of the region without those that need an opt-in, where CDK has looked them up', () => {
    const app = new App({
      context: { 'availability-zones:account=123456789012:region=us-west-2': ['us-west-2-lax-1a', 'us-west-2a', 'us-west-2b', 'us-west-2c', 'us-west-2d'] },
    });
    const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'us-west-2' } });
    expect(new HaVpc(stack, 'Subject').availabilityZones).toEqual(['us-west-2a', 'us-west-2b', 'us-west-2c']);
  });

  test('are stand-ins until then, as many as are asked for', () => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'us-west-2' } });
    expect(new HaVpc(stack, 'Subject', { maxAzs: 5 }).availabilityZones).toEqual(['dummy1a', 'dummy1b', 'dummy1c', 'dummy1d', 'dummy1e']);
    Template.fromStack(stack).resourceCountIs('AWS::EC2::Subnet', 15);
  });

  test('that a region lacks are a warning for a profile\'s number, and an error for a given one', () => {
    const app = new App({ context: { 'availability-zones:account=123456789012:region=us-west-1': ['us-west-1a', 'us-west-1c'] } });
    const stack = new Stack(app, 'Stack', { env: { account: '123456789012', region: 'us-west-1' } });
    new HaVpc(stack, 'Subject');
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('the region has 2 zones .*us-west-1a, us-west-1c.*FewerZones'));
    Template.fromStack(stack).resourceCountIs('AWS::EC2::Subnet', 6);
    expect(() => new HaVpc(stack, 'Other', { cidr: '10.1.0.0/16', maxAzs: 3 })).toThrow(
      'Stack/Other: \'maxAzs\' must be at most 2, got 3: the region has 2 zones that need no opt-in (us-west-1a, us-west-1c)',
    );
  });
});

describe('the networks of real systems', () => {
  test('public /20 number 0 to 2, private /24 number 64 to 66, a gateway and a private route table in each zone', () => {
    const template = synth(Object.freeze({
      cidr: '10.0.0.0/16',
      publicSubnetCidrs: ['10.0.0.0/20', '10.0.16.0/20', '10.0.32.0/20'],
      privateSubnetCidrs: ['10.0.64.0/24', '10.0.65.0/24', '10.0.66.0/24'],
    }));
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true });
    expect(blocks(template, 'Public')).toEqual(['10.0.0.0/20', '10.0.16.0/20', '10.0.32.0/20']);
    expect(blocks(template, 'Private')).toEqual(['10.0.64.0/24', '10.0.65.0/24', '10.0.66.0/24']);
    template.resourceCountIs('AWS::EC2::Subnet', 6);
    expect(new Set(waysOut(template)).size).toBe(3);
  });

  test('four /27 in two zones by name', () => {
    const template = synth(EXACT);
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '192.168.100.0/24' });
    expect(blocks(template, 'Public')).toEqual(['192.168.100.128/27', '192.168.100.192/27']);
    expect(blocks(template, 'Private')).toEqual(['192.168.100.0/27', '192.168.100.64/27']);
    template.resourceCountIs('AWS::EC2::Subnet', 4);
    for (const AvailabilityZone of ['us-west-2a', 'us-west-2b']) template.resourcePropertiesCountIs('AWS::EC2::Subnet', { AvailabilityZone }, 2);
    expect(new Set(waysOut(template)).size).toBe(2);
  });
});

/** What CloudFormation would remove or replace, when it goes from one template to the other, of some types. */
function losses(before: Template, after: Template, types: string[]): string[] {
  const now = after.toJSON().Resources;
  return Object.entries<any>(before.toJSON().Resources).filter(([, { Type }]) => types.includes(Type)).flatMap(([id, { Type, Properties = {} }]) => {
    if (now[id]?.Type !== Type) return [`${id} is gone`];
    return REPLACED_BY[Type].filter((name) => JSON.stringify(Properties[name]) !== JSON.stringify(now[id].Properties?.[name])).map((name) => `${id} is replaced by its ${name}`);
  });
}

describe('growth', () => {
  const all = Object.keys(REPLACED_BY);
  const from = (zones: number, props: HaVpcProps = {}) => synth({ maxAzs: zones, ...props });

  test.each([[1, 2], [2, 3], [3, 6]])('from %i to %i zones removes and replaces nothing', (before, after) => {
    expect(losses(from(before), from(after), all)).toEqual([]);
  });

  test.each<[string, HaVpcProps]>([
    ['one gateway', { natStrategy: NatStrategy.single() }],
    ['a regional gateway', { natStrategy: NatStrategy.regional() }],
    ['instances', { natStrategy: NatStrategy.instances() }],
    ['IPv6', { ipProtocol: IpProtocol.DUAL_STACK }],
    ['endpoints', { interfaceEndpoints: [EndpointSet.ecs()] }],
    ['a pool', { ipAddresses: IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 18 }) }],
  ])('from 2 to 3 zones removes and replaces nothing with %s', (_, props) => {
    expect(losses(from(2, props), from(3, props), all)).toEqual([]);
  });

  test('a regional gateway and the instances of other zones stay as they are', () => {
    const [two, three] = [2, 3].map((zones) => from(zones, { natStrategy: NatStrategy.instances() }));
    for (const type of ['AWS::EC2::NetworkInterface', 'AWS::EC2::EIPAssociation', 'AWS::EC2::LaunchTemplate', 'AWS::AutoScaling::AutoScalingGroup']) {
      expect(three.findResources(type)).toMatchObject(two.findResources(type));
    }
    const [before, after] = [2, 3].map((zones) => Object.entries(from(zones, { natStrategy: NatStrategy.regional() }).findResources('AWS::EC2::NatGateway')));
    expect(after.map(([id]) => id)).toEqual(before.map(([id]) => id));
    expect(after[0][1].Properties.AvailabilityZoneAddresses.slice(0, 2)).toEqual(before[0][1].Properties.AvailabilityZoneAddresses);
  });

  test('by a tier, or an isolated tier beside explicit ones, removes and replaces nothing', () => {
    expect(losses(synth(), synth({ additionalTier: SubnetTier.isolated('Cache') }), all)).toEqual([]);
    expect(losses(synth({ ipProtocol: IpProtocol.DUAL_STACK }), synth({ ipProtocol: IpProtocol.DUAL_STACK, additionalTier: SubnetTier.isolated('Cache') }), all)).toEqual([]);
    expect(losses(synth(EXACT), synth({ ...EXACT, isolatedSubnetCidrs: ['192.168.100.32/28', '192.168.100.48/28'] }), all)).toEqual([]);
  });

  test('a moved subnet would be noticed', () => {
    expect(losses(synth(), synth({ cidr: '10.1.0.0/16' }), all)).toContainEqual(expect.stringMatching(/^SubjectVpcPrivateSubnet1Subnet.* is replaced by its CidrBlock$/));
    expect(losses(from(3), from(2), all)).toContainEqual(expect.stringMatching(/^SubjectVpcPrivateSubnet3Subnet.* is gone$/));
  });
});

describe('a change of strategy', () => {
  const strategies = [NatStrategy.perAz(), NatStrategy.single(), NatStrategy.regional(), NatStrategy.instances(), NatStrategy.none()];
  const pairs = strategies.flatMap((one) => strategies.map((other) => [one, other] as const)).filter(([one, other]) => one !== other);
  const lasting = Object.keys(REPLACED_BY).filter((type) => !['AWS::EC2::NatGateway', 'AWS::EC2::EIP', 'AWS::EC2::Route'].includes(type));

  test.each(pairs)('from %s to %s replaces no subnet, no route table and not the network', (before, after) => {
    expect(losses(synth({ natStrategy: before }), synth({ natStrategy: after }), lasting)).toEqual([]);
  });

  test.each(pairs)('from %s to %s keeps the elastic addresses that are reserved', (before, after) => {
    const [one, other] = [before, after].map((natStrategy) => synth({ natStrategy, reservedEgressAddresses: 3 }));
    expect(losses(one, other, ['AWS::EC2::EIP'])).toEqual([]);
    other.resourceCountIs('AWS::EC2::EIP', 3);
  });

  test('changes a route in place, but to and from none', () => {
    const routed = strategies.filter((strategy) => strategy.toString() !== 'none').map((natStrategy) => synth({ natStrategy }));
    for (const before of routed) for (const after of routed) expect(losses(before, after, ['AWS::EC2::Route'])).toEqual([]);
  });

  test('from a gateway in each zone to a single one and back keeps the first gateway and its address', () => {
    const [perZone, single] = [NatStrategy.perAz(), NatStrategy.single()].map((natStrategy) => synth({ natStrategy }));
    expect(losses(single, perZone, ['AWS::EC2::NatGateway', 'AWS::EC2::EIP'])).toEqual([]);
    expect(losses(perZone, single, ['AWS::EC2::NatGateway'])).toEqual([2, 3].map((zone) => expect.stringMatching(`^SubjectVpcPublicSubnet${zone}NATGateway\\w+ is gone$`)));
    expect(losses(perZone, single, ['AWS::EC2::EIP'])).toEqual([2, 3].map((index) => expect.stringMatching(`^SubjectEgressAddress${index}\\w{8} is gone$`)));
  });

  test('to a single one drops addresses that stay in the account, and out of sight, unless they are reserved', () => {
    const { stack, subject } = build();
    Template.fromStack(stack).allResources('AWS::EC2::EIP', { DeletionPolicy: 'RetainExceptOnCreate' });
    expect(subject.egressIps).toHaveLength(3);
    expect(build({ natStrategy: NatStrategy.single() }).subject.egressIps).toHaveLength(1);
    const reserved = build({ natStrategy: NatStrategy.single(), reservedEgressAddresses: 3 });
    expect(reserved.stack.resolve(reserved.subject.egressIps)).toEqual(stack.resolve(subject.egressIps));
  });
});

describe('egress', () => {
  test('by a single gateway: all leave through the first zone', () => {
    const template = synth({ natStrategy: NatStrategy.single() });
    expect(waysOut(template)).toEqual(Array(3).fill(expect.stringMatching(/^SubjectVpcPublicSubnet1NATGateway/)));
  });

  test('by a regional gateway, with an address of ours in each zone', () => {
    const template = synth({ natStrategy: NatStrategy.regional() });
    const addresses = ids(template, 'AWS::EC2::EIP');
    template.hasResourceProperties('AWS::EC2::NatGateway', {
      AvailabilityMode: 'regional',
      ConnectivityType: 'public',
      SubnetId: Match.absent(),
      VpcId: { Ref: Match.stringLikeRegexp('^SubjectVpc') },
      AvailabilityZoneAddresses: addresses.map((id, zone) => ({
        AvailabilityZone: { 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] }, AllocationIds: [{ 'Fn::GetAtt': [id, 'AllocationId'] }],
      })),
    });
    expect(waysOut(template)).toEqual(Array(3).fill(expect.stringMatching(/^SubjectRegionalNatGateway/)));
    template.hasResource('AWS::EC2::NatGateway', { DependsOn: ids(template, 'AWS::EC2::VPCGatewayAttachment') });
  });

  test('a regional gateway needs no public subnets', () => {
    const { publicSubnetCidrs: _, ...props } = EXACT;
    const template = synth({ ...props, natStrategy: NatStrategy.regional() });
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    template.resourceCountIs('AWS::EC2::InternetGateway', 1);
  });

  test('by none: no NAT, no address, no route, no alarm', () => {
    const template = synth({ natStrategy: NatStrategy.none() });
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::EIP', 'AWS::CloudWatch::Alarm']) template.resourceCountIs(type, 0);
    expect(waysOut(template)).toEqual([]);
    template.resourceCountIs('AWS::EC2::Subnet', 9);
    Annotations.fromStack(build({ natStrategy: NatStrategy.none() }).stack).hasNoWarning('*', Match.anyValue());
  });

  test('needs nothing where nothing is private', () => {
    const { privateSubnetCidrs: _, ...props } = EXACT;
    const template = synth(props);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
  });

  test('by given addresses first, and created ones for the rest', () => {
    const egressAddresses = [{ allocationId: 'eipalloc-1', publicIp: '203.0.113.10' }];
    const { stack, subject } = build(Object.freeze({ maxAzs: 2, egressAddresses }));
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::EIP', 1);
    template.hasResourceProperties('AWS::EC2::NatGateway', { AllocationId: 'eipalloc-1' });
    expect(subject.egressIps[0]).toBe('203.0.113.10');
    expect(subject.egressIps).toHaveLength(2);
  });
});

describe('NAT instances', () => {
  const template = synth({ natStrategy: NatStrategy.instances() });
  const [data] = Object.values(template.findResources('AWS::EC2::LaunchTemplate')).map(({ Properties }) => Properties.LaunchTemplateData);
  const script: string = data.UserData['Fn::Base64'];

  test('one in each zone, in a group of one that replaces it, older ones after 30 days, too', () => {
    template.resourceCountIs('AWS::AutoScaling::AutoScalingGroup', 3);
    for (const zone of [0, 1, 2]) {
      template.hasResource('AWS::AutoScaling::AutoScalingGroup', {
        Properties: {
          MinSize: '1',
          MaxSize: '1',
          AvailabilityZones: [{ 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] }],
          VPCZoneIdentifier: Match.absent(),
          HealthCheckType: 'EC2',
          MaxInstanceLifetime: 2_592_000,
          InstanceMaintenancePolicy: { MinHealthyPercentage: 0, MaxHealthyPercentage: 100 },
        },
        UpdatePolicy: { AutoScalingRollingUpdate: { MinInstancesInService: 0, MaxBatchSize: 1 } },
      });
    }
  });

  test('routes and addresses are of network interfaces that outlive them', () => {
    const interfaces = ids(template, 'AWS::EC2::NetworkInterface');
    expect(interfaces).toHaveLength(3);
    expect(waysOut(template)).toEqual(interfaces);
    template.allResourcesProperties('AWS::EC2::NetworkInterface', { SourceDestCheck: false });
    for (const id of interfaces) {
      template.hasResourceProperties('AWS::EC2::EIPAssociation', { NetworkInterfaceId: { 'Fn::GetAtt': [id, 'Id'] }, AllocationId: Match.anyValue() });
      template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
        LaunchTemplateData: { NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: { 'Fn::GetAtt': [id, 'Id'] }, DeleteOnTermination: false }] },
      });
    }
  });

  test('have an address only where an internet gateway is attached, and start only when they have one', () => {
    for (const [id, { DependsOn }] of Object.entries(template.findResources('AWS::EC2::EIPAssociation'))) {
      const zone = /NatInstance(\d)/.exec(id)![1];
      expect(DependsOn).toContainEqual(expect.stringMatching(new RegExp(`^SubjectVpcPublicSubnet${zone}DefaultRoute`)));
      template.hasResource('AWS::AutoScaling::AutoScalingGroup', { DependsOn: [id] });
    }
  });

  test('start from the newest Amazon Linux, encrypted, with version 2 of the metadata service only', () => {
    expect(data).toMatchObject({
      ImageId: 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64',
      InstanceType: 't4g.nano',
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      BlockDeviceMappings: [{ Ebs: { Encrypted: true } }],
      InstanceInitiatedShutdownBehavior: 'terminate',
    });
    expect(data.KeyName).toBeUndefined();
  });

  test('patch themselves, translate what the private subnets of their zone send, and end themselves if they cannot', () => {
    expect(script).toMatch(/^#!\/bin\/bash\nset -euo pipefail\ntrap 'shutdown -h now' ERR\n/);
    expect(script).toContain('dnf -y --releasever=latest upgrade && dnf -y install nftables');
    expect(script).toContain('define inside = { 10.0.0.0/20 }');
    expect(script).toContain('ip saddr $inside masquerade fully-random');
    expect(script).toContain('type filter hook forward priority filter; policy drop;');
  });

  test('let in what private subnets send, and nothing else', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: ['10.0.0.0/20', '10.0.32.0/20', '10.0.64.0/20'].map((CidrIp) => Match.objectLike({ CidrIp, IpProtocol: '-1' })),
    });
  });

  test('may be reached by Session Manager, and do nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [{
          Effect: 'Allow',
          Action: [
            'ssm:UpdateInstanceInformation', 'ssmmessages:CreateControlChannel', 'ssmmessages:CreateDataChannel',
            'ssmmessages:OpenControlChannel', 'ssmmessages:OpenDataChannel',
          ],
          Resource: '*',
        }],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^SubjectNatRole') }],
    });
  });

  test('an alarm tells of a zone without one', () => {
    template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', {
      MetricName: 'GroupInServiceInstances', Threshold: 1, ComparisonOperator: 'LessThanThreshold', EvaluationPeriods: 3, TreatMissingData: 'breaching',
    }, 3);
  });

  test('may be larger, younger and of another processor', () => {
    const other = synth({ natStrategy: NatStrategy.instances({ instanceType: new InstanceType('c7i.large'), maxInstanceLifetime: Duration.days(7) }) });
    other.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { InstanceType: 'c7i.large', ImageId: 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64' },
    });
    other.hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', { MaxInstanceLifetime: 604_800 });
  });
});

describe('options', () => {
  test('IPv6: a /64 for each subnet, out by an egress-only gateway, and none at once for what is public', () => {
    const template = synth({ ipProtocol: IpProtocol.DUAL_STACK });
    template.resourceCountIs('AWS::EC2::EgressOnlyInternetGateway', 1);
    template.resourcePropertiesCountIs('AWS::EC2::Route', { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: Match.anyValue() }, 3);
    template.resourcePropertiesCountIs('AWS::EC2::Subnet', { AssignIpv6AddressOnCreation: false }, 3);
    const numbers = Object.values(template.findResources('AWS::EC2::Subnet')).map(({ Properties }) => Properties.Ipv6CidrBlock['Fn::Select'][0]);
    expect(numbers).toEqual([1, 5, 9, 0, 4, 8, 2, 6, 10]);
  });

  test('interface endpoints in each zone, with one security group that takes HTTPS from the network and sends nothing', () => {
    const again = EndpointSet.custom([InterfaceVpcEndpointAwsService.SSM]);
    const { stack, subject } = build({ interfaceEndpoints: [EndpointSet.ecs(), EndpointSet.ssm(), again] });
    const template = Template.fromStack(stack);
    const names = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'ssm', 'ssmmessages', 'ec2messages'];
    expect(Object.keys(subject.interfaceEndpoints)).toEqual(names);
    template.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', {
      VpcEndpointType: 'Interface',
      PrivateDnsEnabled: true,
      SecurityGroupIds: [stack.resolve(subject.endpointSecurityGroup!.securityGroupId)],
      SubnetIds: subject.vpc.privateSubnets.map(({ subnetId }) => stack.resolve(subnetId)),
    }, names.length);
    const [{ Properties }] = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
    expect(Properties.SecurityGroupIngress.map(({ CidrIp, FromPort, ToPort }: any) => [CidrIp, FromPort, ToPort]))
      .toEqual([...blocks(template, 'Public'), ...blocks(template, 'Private'), ...blocks(template, 'Isolated')].map((block) => [block, 443, 443]));
    expect(Properties.SecurityGroupEgress).toEqual([expect.objectContaining({ CidrIp: '255.255.255.255/32' })]); // CDK's way to say none
  });

  test('sets of endpoints have what their name says', () => {
    const names = (set: EndpointSet) => Object.keys(build({ interfaceEndpoints: [set] }).subject.interfaceEndpoints);
    expect(names(EndpointSet.ecsOnEc2())).toEqual(['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager', 'ecs', 'ecs-agent', 'ecs-telemetry']);
    expect([EndpointSet.ecs(), EndpointSet.ecsOnEc2(), EndpointSet.ssm(), EndpointSet.custom([])].map(String)).toEqual(['ecs', 'ecsOnEc2', 'ssm', 'custom']);
  });

  test('a second block, for subnets of a fourth tier that have egress as the private ones', () => {
    const template = synth({
      secondaryCidr: '100.64.0.0/20', maxAzs: 2, additionalTier: SubnetTier.privateWithEgress('Batch', { cidrs: ['100.64.0.0/21', '100.64.8.0/21'] }),
    });
    template.hasResourceProperties('AWS::EC2::VPCCidrBlock', { CidrBlock: '100.64.0.0/20' });
    expect(blocks(template, 'Batch')).toEqual(['100.64.0.0/21', '100.64.8.0/21']);
    expect(waysOut(template, 'Batch')).toEqual(waysOut(template));
    const [association] = ids(template, 'AWS::EC2::VPCCidrBlock');
    const waiting = Object.entries(template.findResources('AWS::EC2::Subnet', { DependsOn: [association] })).map(([id]) => id);
    expect(waiting).toEqual([expect.stringMatching(/^SubjectVpcBatchSubnet1/), expect.stringMatching(/^SubjectVpcBatchSubnet2/)]);
  });

  test('a fourth tier out of what the plan keeps for it', () => {
    expect(blocks(synth({ additionalTier: SubnetTier.isolated('Cache') }), 'Cache')).toEqual(['10.0.24.0/21', '10.0.56.0/21', '10.0.88.0/21']);
  });

  test('a pool: CloudFormation calculates the same plan', () => {
    const template = synth({ ipAddresses: IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 16 }), maxAzs: 2 });
    template.hasResourceProperties('AWS::EC2::VPC', { Ipv4IpamPoolId: 'ipam-pool-1', Ipv4NetmaskLength: 16, CidrBlock: Match.absent() });
    const [network] = ids(template, 'AWS::EC2::VPC');
    const cidr = (count: number, bits: string) => ({ 'Fn::Cidr': [{ 'Fn::GetAtt': [network, 'CidrBlock'] }, count, bits] });
    expect(blocks(template, 'Private')).toEqual([{ 'Fn::Select': [0, cidr(16, '12')] }, { 'Fn::Select': [2, cidr(16, '12')] }]);
    expect(blocks(template, 'Public')).toEqual([{ 'Fn::Select': [4, cidr(64, '10')] }, { 'Fn::Select': [12, cidr(64, '10')] }]);
  });

  test('another source of a block that is known: the plan is in it', () => {
    expect(blocks(synth({ ipAddresses: IpAddresses.cidr('10.9.0.0/16') }), 'Public')[0]).toBe('10.9.16.0/22');
  });

  test.each([[PublicAccessExclusion.bidirectional(), 'allow-bidirectional'], [PublicAccessExclusion.egressOnly(), 'allow-egress']])(
    'an exclusion from the account\'s block of public access', (publicAccessExclusion, InternetGatewayExclusionMode) => {
      synth({ publicAccessExclusion }).hasResourceProperties('AWS::EC2::VPCBlockPublicAccessExclusion', {
        VpcId: { Ref: Match.stringLikeRegexp('^SubjectVpc') }, InternetGatewayExclusionMode,
      });
    });

  test('flow logs into a bucket, as Parquet, which log delivery of this account may write', () => {
    const stack = new Stack(new App(), 'Stack');
    const bucket = new Bucket(stack, 'Logs', { encryptionKey: new Key(stack, 'Key') });
    const subject = new HaVpc(stack, 'Subject', { flowLogs: FlowLogs.toS3(bucket) });
    const template = Template.fromStack(stack);

    template.hasResourceProperties('AWS::EC2::FlowLog', {
      LogDestinationType: 's3',
      TrafficType: 'ALL',
      DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true },
    });
    expect([subject.flowLogGroup, subject.encryptionKey]).toEqual([undefined, undefined]);
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: 's3:PutObject',
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Resource: { 'Fn::Join': ['', [stack.resolve(bucket.bucketArn), '/flow-logs/AWSLogs/aws-account-id=', { Ref: 'AWS::AccountId' }, '/*']] },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }, ArnLike: { 'aws:SourceArn': Match.anyValue() } },
        })]),
      },
    });
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));
    expect(key.Properties.KeyPolicy.Statement).toContainEqual(expect.objectContaining({
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Principal: { Service: 'delivery.logs.amazonaws.com' },
    }));
  });

  test('a key of yours encrypts the flow logs; an imported one has to be told, which is a warning', () => {
    const stack = new Stack(new App(), 'Stack');
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-3:123456789012:key/abc');
    new HaVpc(stack, 'Subject', { encryptionKey });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::KMS::Key', 0);
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: 'arn:aws:kms:eu-west-3:123456789012:key/abc' });
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('let CloudWatch Logs use .*HaVpc.KeyPolicyUnchanged'));
  });

  test('a key of another stack encrypts the flow logs of the network\'s stack', () => {
    const app = new App();
    const keys = new Stack(app, 'Keys');
    new HaVpc(new Stack(app, 'Stack'), 'Subject', { encryptionKey: new Key(keys, 'Mine') });
    expect(JSON.stringify(Template.fromStack(keys).findResources('AWS::KMS::Key'))).toContain('log-group:Stack-*');
  });

  test('an EC2 Instance Connect Endpoint, once, that reaches only who lets it in', () => {
    const { stack, subject } = build();
    const endpoint = subject.addInstanceConnectEndpoint();
    expect(subject.addInstanceConnectEndpoint()).toBe(endpoint);
    const instances = new SecurityGroup(stack, 'Instances', { vpc: subject.vpc });
    instances.connections.allowFrom(endpoint, Port.SSH);

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::EC2::InstanceConnectEndpoint', {
      SubnetId: stack.resolve(subject.vpc.privateSubnets[0].subnetId), SecurityGroupIds: [stack.resolve(endpoint.securityGroupId)],
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 22, ToPort: 22, SourceSecurityGroupId: stack.resolve(endpoint.securityGroupId) });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { FromPort: 22, ToPort: 22, GroupId: stack.resolve(endpoint.securityGroupId) });
  });
});

describe('errors', () => {
  const token = Token.asString({ Ref: 'Parameter' });
  test.each<[string, HaVpcProps, string]>([
    ['a text that is no block', { cidr: '10.0.0.0' }, 'Stack/Subject: \'cidr\' must be a block of IPv4 addresses from /16 to /28 that starts at a multiple of its size, such as 10.0.0.0/16, got 10.0.0.0'],
    ['a block that starts within itself', { cidr: '10.0.1.0/16' }, 'got 10.0.1.0/16'],
    ['a block that AWS finds too large', { cidr: '10.0.0.0/15' }, 'got 10.0.0.0/15'],
    ['a token as a block', { cidr: token }, 'Stack/Subject: \'cidr\' must be known at synthesis, got a token: the address plan is calculated from it'],
    [
      'a block that has no room for the plan', { cidr: '10.0.0.0/22' },
      'Stack/Subject: the address plan needs a network of /21 or larger, with room for six zones of four tiers, got 10.0.0.0/22: give a larger one, or each subnet its block',
    ],
    [
      'a pool that has no room for the plan', { ipAddresses: IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 24 }) },
      'the address plan needs a network of /21 or larger, with room for six zones of four tiers, got /24',
    ],
    ['two sources of the block', { cidr: '10.0.0.0/16', ipAddresses: IpAddresses.cidr('10.1.0.0/16') }, '\'cidr\' and \'ipAddresses\' must not both be given'],
    ['fewer blocks than zones', { ...EXACT, publicSubnetCidrs: ['192.168.100.128/27'] }, '\'publicSubnetCidrs\' must have one block for each of the 2 zones, got 1'],
    ['a list of subnets that is a token', { ...EXACT, publicSubnetCidrs: Token.asList({ Ref: 'Parameter' }) }, '\'publicSubnetCidrs\' must be known at synthesis, got a token'],
    [
      'a subnet that is too small', { ...EXACT, publicSubnetCidrs: ['192.168.100.128/27', '192.168.100.192/29'] },
      '\'publicSubnetCidrs[1]\' must be a block of IPv4 addresses from /16 to /28 that starts at a multiple of its size, such as 10.0.0.0/16, got 192.168.100.192/29',
    ],
    [
      'a subnet outside of the network', { ...EXACT, privateSubnetCidrs: ['192.168.100.0/27', '192.168.101.0/27'] },
      'Stack/Subject: \'privateSubnetCidrs[1]\' must be inside of \'cidr\' (192.168.100.0/24), got 192.168.101.0/27',
    ],
    [
      'subnets that clash', { ...EXACT, privateSubnetCidrs: ['192.168.100.0/27', '192.168.100.128/28'] },
      'Stack/Subject: \'publicSubnetCidrs[0]\' (192.168.100.128/27) and \'privateSubnetCidrs[1]\' (192.168.100.128/28) must not overlap: no address is in two subnets',
    ],
    [
      'a fourth tier in the place of a planned one', { maxAzs: 1, additionalTier: SubnetTier.isolated('Cache', { cidrs: ['10.0.0.0/24'] }) },
      '\'PrivateSubnet1 of the plan\' (10.0.0.0/20) and \'additionalTier.cidrs[0]\' (10.0.0.0/24) must not overlap',
    ],
    ['a fourth tier with the name of another', { additionalTier: SubnetTier.isolated('Private') }, '\'additionalTier\' must have a name of its own, got Private'],
    ['a second block in the first', { secondaryCidr: '10.0.64.0/20' }, '\'cidr\' (10.0.0.0/16) and \'secondaryCidr\' (10.0.64.0/20) must not overlap'],
    ['zones by name and number', { availabilityZones: ['a'], maxAzs: 1 }, '\'availabilityZones\' and \'maxAzs\' must not both be given, got [a] and 1'],
    ['no zone', { availabilityZones: [] }, '\'availabilityZones\' must name 1 to 6 zones, got 0'],
    ['a zone twice', { availabilityZones: ['us-west-2a', 'us-west-2b', 'us-west-2a'] }, '\'availabilityZones\' must name each zone once, got us-west-2a twice'],
    ['zones that are a token', { availabilityZones: Token.asList({ Ref: 'Parameter' }) }, '\'availabilityZones\' must be a list whose length is known at synthesis, got a token'],
    ['too many zones', { maxAzs: 7 }, '\'maxAzs\' must be a whole number between 1 and 6, got 7'],
    ['a number of zones that is a token', { maxAzs: Token.asNumber({ Ref: 'Parameter' }) }, '\'maxAzs\' must be known at synthesis, got a token'],
    [
      'NAT in public subnets that are not there', { ...EXACT, publicSubnetCidrs: undefined },
      'Stack/Subject: \'natStrategy\' must be regional() or none() where there are no public subnets, got perAz: give publicSubnetCidrs for its NAT',
    ],
    ['more reserved addresses than zones', { reservedEgressAddresses: 7 }, '\'reservedEgressAddresses\' must be a whole number between 0 and 6, got 7'],
    ['a number of addresses that is a token', { reservedEgressAddresses: Token.asNumber({ Ref: 'Parameter' }) }, '\'reservedEgressAddresses\' must be known at synthesis, got a token'],
    [
      'an address twice', { egressAddresses: [{ allocationId: 'eipalloc-1', publicIp: '203.0.113.1' }, { allocationId: 'eipalloc-1', publicIp: '203.0.113.1' }] },
      '\'egressAddresses\' must not have one address twice, got eipalloc-1',
    ],
  ])('%s', (_, props, error) => {
    expect(() => synth(props)).toThrow(error);
  });

  test('the name of a tier is that of constructs', () => {
    expect(() => SubnetTier.isolated('my tier')).toThrow('SubnetTier: \'name\' must be letters and digits, known at synthesis, got my tier');
    expect(() => SubnetTier.isolated(token)).toThrow('got a token');
  });

  test('are thrown before anything is created', () => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => new HaVpc(stack, 'Subject', { cidr: '10.0.0.0/22' })).toThrow();
    expect(stack.node.findChild('Subject').node.children).toEqual([]);
  });
});

describe('overlap', () => {
  const environment = (profile = StageProfile.production()) => {
    const app = new App();
    profile.applyTo(app);
    return app;
  };

  test('of declared peers is an error that names both', () => {
    const stack = new Stack(new App(), 'Stack');
    const [one, other, apart] = [new HaVpc(stack, 'One'), new HaVpc(stack, 'Other'), new HaVpc(stack, 'Apart', { cidr: '10.1.0.0/16' })];
    expect(() => one.declarePeer(apart)).not.toThrow();
    expect(() => one.declarePeer(other)).toThrow(
      'Stack/One: \'cidr\' must not overlap with Stack/Other, as they are peers, got 10.0.0.0/16 and 10.0.0.0/16: ' +
      'give one of them another block, such as HaVpc.cidrFor(environmentName)',
    );
  });

  test('counts second blocks', () => {
    const stack = new Stack(new App(), 'Stack');
    const one = new HaVpc(stack, 'One', { secondaryCidr: '100.64.0.0/20' });
    expect(() => one.declarePeer(new HaVpc(stack, 'Other', { cidr: '100.64.0.0/16' }))).toThrow('\'secondaryCidr\' must not overlap with Stack/Other');
  });

  test('in one environment is an error that names both', () => {
    const app = environment();
    new HaVpc(new Stack(app, 'One'), 'Network');
    expect(() => new HaVpc(new Stack(app, 'Other'), 'Network')).toThrow(
      'Other/Network: \'cidr\' must not overlap with One/Network, as they are of one environment (the StageProfile of the app)',
    );
  });

  test('is none in two environments, two regions or where nobody spoke of environments', () => {
    const app = environment();
    new HaVpc(new Stack(app, 'One', { env: { account: '123456789012', region: 'eu-west-3' } }), 'Network');
    expect(() => new HaVpc(new Stack(app, 'Elsewhere', { env: { account: '123456789012', region: 'us-east-1' } }), 'Network')).not.toThrow();
    const staging = new Stack(app, 'Staging', { env: { account: '123456789012', region: 'eu-west-3' } });
    StageProfile.staging().applyTo(staging);
    expect(() => new HaVpc(staging, 'Network')).not.toThrow();
    const alone = new Stack(new App(), 'Stack');
    expect(() => ['One', 'Other'].map((id) => new HaVpc(alone, id))).not.toThrow();
  });
});

describe('cidrFor', () => {
  test('is the same for ever', () => {
    expect(['production', 'preprod', 'staging', 'test', 'development', 'review'].map((name) => HaVpc.cidrFor(name)))
      .toEqual(['10.16.0.0/16', '10.17.0.0/16', '10.18.0.0/16', '10.19.0.0/16', '10.20.0.0/16', '10.21.0.0/16']);
    expect(HaVpc.cidrFor('feature-login')).toBe(HaVpc.cidrFor('feature-login'));
  });

  test('is a block that a network can have, apart from the default and those of known names', () => {
    for (let index = 0; index < 1000; index++) {
      const cidr = HaVpc.cidrFor(`feature-${index}`);
      expect(cidr).toMatch(/^10\.(3[2-9]|[4-9]\d|1\d\d|2[0-4]\d|25[0-5])\.0\.0\/16$/);
    }
    expect(() => build({ cidr: HaVpc.cidrFor('feature-login') })).not.toThrow();
  });

  test('takes no token and no empty text', () => {
    expect(() => HaVpc.cidrFor(Token.asString({ Ref: 'P' }))).toThrow('HaVpc: \'environmentName\' must be known at synthesis, got a token');
    expect(() => HaVpc.cidrFor('')).toThrow('got an empty text');
  });
});

describe('isolated means isolated', () => {
  test.each<[string, (stack: Stack, subject: HaVpc) => void, RegExp]>([
    [
      'a default route', (_, { vpc, natGateways }) => (vpc.isolatedSubnets[0] as Subnet).addRoute('Out', { routerType: RouterType.NAT_GATEWAY, routerId: natGateways[0].ref }),
      /Stack\/Subject\/Vpc\/IsolatedSubnet1\/Out routes 0\.0\.0\.0\/0 out of the isolated subnet Stack\/Subject\/Vpc\/IsolatedSubnet1/,
    ],
    [
      'a default route over IPv6 from elsewhere in the app', (stack, { vpc }) => new CfnRoute(new Stack(stack.node.root as App, 'Elsewhere'), 'Out', {
        routeTableId: vpc.isolatedSubnets[1].routeTable.routeTableId, destinationIpv6CidrBlock: '::/0', networkInterfaceId: 'eni-1',
      }),
      /Elsewhere\/Out routes ::\/0 out of the isolated subnet Stack\/Subject\/Vpc\/IsolatedSubnet2/,
    ],
    [
      'half of the internet', (stack, { vpc }) => new CfnRoute(stack, 'Half', {
        routeTableId: vpc.isolatedSubnets[0].routeTable.routeTableId, destinationCidrBlock: '0.0.0.0/1', gatewayId: vpc.internetGatewayId,
      }),
      /Stack\/Half routes 0\.0\.0\.0\/1 out/,
    ],
    ...([
      ['half of the internet by a network interface', { destinationCidrBlock: '0.0.0.0/1', networkInterfaceId: 'eni-1' }],
      ['the other half by a transit gateway', { destinationCidrBlock: '128.0.0.0/1', transitGatewayId: 'tgw-1' }],
      ['half of the internet, by the name of a private address', { destinationCidrBlock: '10.1.2.3/1', transitGatewayId: 'tgw-1' }],
      ['all of it, in a peer', { destinationCidrBlock: '0.0.0.0/0', vpcPeeringConnectionId: 'pcx-1' }],
      ['an eighth of IPv6 by a core network', { destinationIpv6CidrBlock: '2000::/3', coreNetworkArn: 'arn:aws:networkmanager::123456789012:core-network/1' }],
      ['IPv4 within IPv6 by a transit gateway', { destinationIpv6CidrBlock: '64:ff9b::/96', transitGatewayId: 'tgw-1' }],
      ['much by a local gateway', { destinationCidrBlock: '64.0.0.0/2', localGatewayId: 'lgw-1' }],
      ['all of it by a VPN', { destinationCidrBlock: '0.0.0.0/0', gatewayId: 'vgw-1' }],
      ['a host of the internet by an instance', { destinationCidrBlock: '8.8.8.8/32', instanceId: 'i-1' }],
      ['a host of the internet by an inspection endpoint', { destinationIpv6CidrBlock: '2001:4860:4860::8888/128', vpcEndpointId: 'vpce-1' }],
      ['more than what is private by an instance', { destinationCidrBlock: '172.16.0.0/11', instanceId: 'i-1' }],
      ['a list that nobody knows by a network interface', { destinationPrefixListId: 'pl-1', networkInterfaceId: 'eni-1' }],
      ['a private block by a NAT gateway', { destinationCidrBlock: '10.1.0.0/16', natGatewayId: 'nat-1' }],
      ['a private block by a carrier gateway', { destinationCidrBlock: '10.1.0.0/16', carrierGatewayId: 'cagw-1' }],
    ] as [string, Omit<CfnRouteProps, 'routeTableId'>][]).map(([name, route]): [string, (stack: Stack, subject: HaVpc) => void, RegExp] => [
      name, (stack, { vpc }) => new CfnRoute(stack, 'Out', { routeTableId: vpc.isolatedSubnets[0].routeTable.routeTableId, ...route }),
      /Stack\/Out routes .* out of the isolated subnet Stack\/Subject\/Vpc\/IsolatedSubnet1: remove it/,
    ]),
    [
      'half of the internet in a prefix list', (stack, { vpc }) => new CfnRoute(stack, 'Listed', {
        routeTableId: vpc.isolatedSubnets[0].routeTable.routeTableId,
        destinationPrefixListId: new PrefixList(stack, 'List', { entries: [{ cidr: '10.1.0.0/16' }, { cidr: '0.0.0.0/1' }] }).prefixListId,
        transitGatewayId: 'tgw-1',
      }),
      /Stack\/Listed routes a prefix list out/,
    ],
    [
      'a block that is not known by an instance', (stack, { vpc }) => new CfnRoute(stack, 'Unknown', {
        routeTableId: vpc.isolatedSubnets[0].routeTable.routeTableId, destinationCidrBlock: Token.asString({ Ref: 'Block' }), instanceId: 'i-1',
      }),
      /Stack\/Unknown routes a block that is not known at synthesis out/,
    ],
    [
      'another route table', (stack, { vpc }) => new CfnSubnetRouteTableAssociation(stack, 'Moved', {
        subnetId: vpc.isolatedSubnets[0].subnetId, routeTableId: vpc.publicSubnets[0].routeTable.routeTableId,
      }),
      /Stack\/Moved attaches the isolated subnet Stack\/Subject\/Vpc\/IsolatedSubnet1 to another route table/,
    ],
  ])('%s fails the synthesis', (_, change, error) => {
    const { stack, subject } = build();
    change(stack, subject);
    expect(() => Template.fromStack(stack)).toThrow(error);
  });

  test.each<[string, Omit<CfnRouteProps, 'routeTableId'>]>([
    ['a peer', { destinationCidrBlock: '10.1.0.0/16', vpcPeeringConnectionId: 'pcx-1' }],
    ['a peer whose block is not known', { destinationCidrBlock: Token.asString({ 'Fn::GetAtt': ['Peer', 'CidrBlock'] }), vpcPeeringConnectionId: 'pcx-1' }],
    ['a peer over IPv6', { destinationIpv6CidrBlock: '2a05:d012:1:100::/56', vpcPeeringConnectionId: 'pcx-1' }],
    ['all that is private, by a transit gateway', { destinationCidrBlock: '10.0.0.0/8', transitGatewayId: 'tgw-1' }],
    ['a network with public addresses, by a transit gateway', { destinationCidrBlock: '18.0.0.0/8', transitGatewayId: 'tgw-1' }],
    ['networks of a list, by a transit gateway', { destinationPrefixListId: 'pl-1', transitGatewayId: 'tgw-1' }],
    ['an office, by a VPN', { destinationCidrBlock: '192.168.0.0/16', gatewayId: 'vgw-1' }],
    ['a private block, by an inspection endpoint', { destinationCidrBlock: '172.16.0.0/12', vpcEndpointId: 'vpce-1' }],
    ['private IPv6, by a network interface', { destinationIpv6CidrBlock: 'fd00:1::/32', networkInterfaceId: 'eni-1' }],
  ])('a route to %s is no way out', (_, route) => {
    const { stack, subject } = build();
    new CfnRoute(stack, 'Other', { routeTableId: subject.vpc.isolatedSubnets[0].routeTable.routeTableId, ...route });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('nor is one by a VPN gateway of the app', () => {
    const { stack, subject } = build();
    const gatewayId = new CfnVPNGateway(stack, 'Vpn', { type: 'ipsec.1' }).ref;
    new CfnRoute(stack, 'Office', { routeTableId: subject.vpc.isolatedSubnets[0].routeTable.routeTableId, destinationCidrBlock: '192.168.0.0/16', gatewayId });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

describe('zones are independent', () => {
  const reroute = (props?: HaVpcProps) => {
    const { stack, subject } = build(props);
    const route = subject.vpc.privateSubnets[1].node.findChild('DefaultRoute') as CfnRoute;
    route.natGatewayId = subject.natGateways[0].ref;
    return stack;
  };

  test('a subnet that leaves through another zone\'s NAT fails the synthesis under perAz()', () => {
    expect(() => Template.fromStack(reroute())).toThrow(
      'Stack/Subject/Vpc/PrivateSubnet2/DefaultRoute sends what leaves Stack/Subject/Vpc/PrivateSubnet2 through Stack/Subject/Vpc/PublicSubnet1/NATGateway in another zone',
    );
  });

  const elsewhere: [string, (stack: Stack, subnetId: string) => Partial<CfnRoute>][] = [
    ['network interface', (stack, subnetId) => ({ networkInterfaceId: new CfnNetworkInterface(stack, 'Other', { subnetId }).attrId })],
    ['instance', (stack, subnetId) => ({ instanceId: new CfnInstance(stack, 'Other', { subnetId }).ref })],
    ['inspection endpoint', (stack, subnetId) => ({
      vpcEndpointId: new CfnVPCEndpoint(stack, 'Other', { vpcId: 'vpc-1', vpcEndpointType: 'GatewayLoadBalancer', serviceName: 'inspection', subnetIds: [subnetId] }).ref,
    })],
  ];
  const throughZoneOne = (other: (stack: Stack, subnetId: string) => Partial<CfnRoute>, zone: number) => {
    const { stack, subject: { vpc } } = build();
    const route = vpc.privateSubnets[zone].node.findChild('DefaultRoute') as CfnRoute;
    Object.assign(route, { natGatewayId: undefined }, other(stack, vpc.publicSubnets[0].subnetId));
    return stack;
  };

  test.each(elsewhere)('nor may it leave by another zone\'s %s', (_, other) => {
    expect(() => Template.fromStack(throughZoneOne(other, 1))).toThrow(
      'Stack/Subject/Vpc/PrivateSubnet2/DefaultRoute sends what leaves Stack/Subject/Vpc/PrivateSubnet2 through Stack/Other in another zone',
    );
    expect(() => Template.fromStack(throughZoneOne(other, 0))).not.toThrow();
  });

  test('nor may half of the internet go by another zone\'s NAT', () => {
    const { stack, subject: { vpc, natGateways } } = build();
    new CfnRoute(stack, 'Half', { routeTableId: vpc.privateSubnets[1].routeTable.routeTableId, destinationCidrBlock: '0.0.0.0/1', natGatewayId: natGateways[0].ref });
    expect(() => Template.fromStack(stack)).toThrow('Stack/Half sends what leaves Stack/Subject/Vpc/PrivateSubnet2');
  });

  test('a transit gateway is in no zone', () => {
    const { stack, subject: { vpc } } = build();
    Object.assign(vpc.privateSubnets[1].node.findChild('DefaultRoute'), { natGatewayId: undefined, transitGatewayId: 'tgw-1' });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('an instance of another zone is as bad under instances()', () => {
    const { stack, subject: { vpc } } = build({ natStrategy: NatStrategy.instances() });
    const [first, second] = [0, 1].map((zone) => vpc.privateSubnets[zone].node.findChild('DefaultRoute') as CfnRoute);
    second.networkInterfaceId = first.networkInterfaceId;
    expect(() => Template.fromStack(stack)).toThrow('through Stack/Subject/NatInstance1/Interface in another zone');
  });

  test('and not under single(), which says so', () => {
    expect(() => Template.fromStack(reroute({ natStrategy: NatStrategy.single() }))).not.toThrow();
  });
});

test('the network is an ordinary one: others take it', () => {
  const { stack, subject } = build();
  const group = new SecurityGroup(stack, 'Group', { vpc: subject.vpc });
  group.addIngressRule(Peer.ipv4(subject.vpc.vpcCidrBlock), Port.HTTPS);
  expect(() => Template.fromStack(stack)).not.toThrow();
});

describe('explain', () => {
  const explain = (props?: HaVpcProps) => build(props).subject.explain();
  const total = (props?: HaVpcProps) => Number(/^in all +([\d.]+)$/m.exec(explain(props))![1]);

  test('prices what is there whether it is used or not, by list price', () => {
    const rest = 1; // the key
    expect(total({ natStrategy: NatStrategy.none() })).toBe(rest);
    expect(total({ natStrategy: NatStrategy.none(), reservedEgressAddresses: 2 })).toBeCloseTo(rest + 2 * 0.005 * 730);
    expect(total()).toBeCloseTo(rest + 3 * (0.045 + 0.005) * 730 + 12 * 0.1);
    expect(total({ natStrategy: NatStrategy.regional() })).toBeCloseTo(rest + 3 * (0.045 + 0.005) * 730 + 4 * 0.1);
    expect(total({ natStrategy: NatStrategy.instances(), maxAzs: 2 })).toBeCloseTo(rest + 2 * (0.0042 * 730 + 0.64 + 0.005 * 730) + 2 * 0.1);
    expect(total({ natStrategy: NatStrategy.none(), interfaceEndpoints: [EndpointSet.ssm()] })).toBeCloseTo(rest + 3 * 3 * 0.01 * 730);
  });

  test('says that it does not know a price', () => {
    const text = explain({ natStrategy: NatStrategy.instances({ instanceType: new InstanceType('c7gn.large') }) });
    expect(text).toMatch(/^3 × c7gn\.large with its volume +unknown$/m);
    expect(text).not.toContain('NaN');
    expect(text).not.toContain('Infinity');
  });

  test('offers what is cheaper than now, and nothing else', () => {
    const offers = (natStrategy: NatStrategy) => [...explain({ natStrategy }).matchAll(/^NatStrategy\.(\w+)\(\)/gm)].map(([, name]) => name);
    expect(offers(NatStrategy.perAz())).toEqual(['single', 'instances', 'none']);
    expect(offers(NatStrategy.single())).toEqual(['instances', 'none']);
    expect(offers(NatStrategy.instances())).toEqual(['none']);
    expect(offers(NatStrategy.none())).toEqual([]);
  });

  test('shows each subnet with its way out, and what is free', () => {
    const text = explain({ ...EXACT, natStrategy: NatStrategy.instances() });
    expect(text).toMatch(/^PublicSubnet2 +us-west-2b +192\.168\.100\.192\/27 +27 +internet gateway$/m);
    expect(text).toMatch(/^PrivateSubnet2 +us-west-2b +192\.168\.100\.64\/27 +27 +NAT instance 2$/m);
    expect(text).toContain('free: 192.168.100.32/27, 192.168.100.96/27, 192.168.100.160/27, 192.168.100.224/27\n');
    expect(explain({ natStrategy: NatStrategy.single() })).toMatch(/^PrivateSubnet3 .* NAT gateway 1$/m);
    expect(explain({ natStrategy: NatStrategy.none() })).toMatch(/^PrivateSubnet3 .* nothing$/m);
  });

  test('tells of IPv6, which leaves without NAT', () => {
    const text = explain({ natStrategy: NatStrategy.none(), ipProtocol: IpProtocol.DUAL_STACK });
    expect(text).toMatch(/^Stack\/Subject: 10\.0\.0\.0\/16 and IPv6, 3 zones/);
    expect(text).toMatch(/^PublicSubnet1 .* internet gateway$/m);
    expect(text).toMatch(/^PrivateSubnet3 .* nothing; IPv6: egress-only gateway$/m);
    expect(text).toMatch(/^IsolatedSubnet3 .* nothing$/m);
    const perZone = explain({ ipProtocol: IpProtocol.DUAL_STACK });
    expect(perZone).toMatch(/^PrivateSubnet2 .* NAT gateway 2; IPv6: egress-only gateway$/m);
    expect(perZone.match(/^NatStrategy\..*over IPv4: /gm)).toHaveLength(3);
    expect(explain()).not.toContain('IPv6');
  });

  test('shows no token: what a pool decides is not known', () => {
    const text = explain({ ipAddresses: IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 16 }) });
    expect(text).not.toMatch(/Token/);
    expect(text).toContain('free: known when a pool has given the network its block');
  });
});

describe('NatStrategy', () => {
  test('says what it is, with what was chosen', () => {
    const { instances } = NatStrategy;
    expect([NatStrategy.perAz(), NatStrategy.single(), NatStrategy.regional(), instances(), NatStrategy.none()].map(String))
      .toEqual(['perAz', 'single', 'regional', 'instances', 'none']);
    expect(String(instances({ instanceType: new InstanceType('t4g.small') }))).toBe('instances(t4g.small)');
    expect(String(instances({ maxInstanceLifetime: Duration.days(7) }))).toBe('instances(604800 s)');
    expect(String(instances({ maxInstanceLifetime: Duration.hours(720) }))).toBe('instances');
  });

  test('profiles that differ in the choice of instances are not the same', () => {
    const instances = (type: string) => NatStrategy.instances({ instanceType: new InstanceType(type) });
    const profile = (type: string) => StageProfile.production().withOverrides({ natStrategy: instances(type) });
    const app = new App();
    profile('t4g.nano').applyTo(app);
    expect(() => profile('t4g.micro').applyTo(app)).toThrow('which differs in natStrategy');
  });

  test.each([[Duration.hours(23), 82_800], [Duration.days(366), 31_622_400]])('instances live from a day to a year, not %s', (maxInstanceLifetime, seconds) => {
    expect(() => NatStrategy.instances({ maxInstanceLifetime })).toThrow(
      `NatStrategy: 'maxInstanceLifetime' must be a whole number of seconds between 86400 and 31536000, got ${seconds}: a day to a year`,
    );
  });
});

describe('what is promised stays', () => {
  test.each<[string, (subject: HaVpc) => void, string]>([
    ['public addresses at once', ({ vpc }) => (vpc.publicSubnets[0].node.defaultChild as CfnSubnet).mapPublicIpOnLaunch = true, 'mapPublicIpOnLaunch'],
    ['a flow log of what is rejected only', ({ flowLog }) => (flowLog.node.defaultChild as CfnFlowLog).trafficType = 'REJECT', 'trafficType'],
    ['logs without the key', ({ flowLogGroup }) => (flowLogGroup!.node.defaultChild as CfnLogGroup).kmsKeyId = undefined, 'kmsKeyId'],
    ['a key that stays the same', ({ encryptionKey }) => (encryptionKey!.node.defaultChild as CfnKey).enableKeyRotation = false, 'enableKeyRotation'],
    ['an address that goes with the stack', ({ node }) => (node.findChild('EgressAddress1') as CfnEIP).applyRemovalPolicy(RemovalPolicy.DESTROY), 'removalPolicy'],
  ])('%s, by a later line, fails the synthesis', (_, change, property) => {
    const { stack, subject } = build();
    change(subject);
    expect(() => Template.fromStack(stack)).toThrow(new RegExp(`'${property}' of Stack/Subject/\\S+ was .* takes a promise of this construct back`));
  });

  test.each<[string, string, object]>([
    ['public addresses at once', PublicSubnet.PROPERTY_INJECTION_ID, { mapPublicIpOnLaunch: true }],
    ['an open default security group', Vpc.PROPERTY_INJECTION_ID, { restrictDefaultSecurityGroup: false, enableDnsHostnames: false }],
    ['another NAT', Vpc.PROPERTY_INJECTION_ID, { natGateways: 1, natGatewayProvider: NatProvider.gateway(), reservedAzs: 2 }],
    ['a flow log of what is rejected only', FlowLog.PROPERTY_INJECTION_ID, { trafficType: FlowLogTrafficType.REJECT }],
    ['a key that stays the same', 'aws-cdk-lib.aws-kms.Key', { enableKeyRotation: false }],
  ])('%s, by an injector, is not had', (_, constructUniqueId, injected) => {
    const app = new App();
    PropertyInjectors.of(app).add({ constructUniqueId, inject: (props) => ({ ...props, ...injected }) });
    const stack = new Stack(app, 'Stack');
    new HaVpc(stack, 'Subject');
    expect(Template.fromStack(stack).toJSON()).toEqual(synth().toJSON());
  });
});
