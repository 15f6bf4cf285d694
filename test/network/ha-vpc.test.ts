import { App, Fn, PropertyInjectors, RemovalPolicy, Stack, Stage, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  CfnEIP, CfnFlowLog, CfnSubnet, FlowLog, FlowLogTrafficType, InterfaceVpcEndpointAwsService, IpAddresses, IpProtocol, NatProvider, Peer, Port,
  PublicSubnet, SecurityGroup, Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { blocks, build, EXACT, ids, losses, synth, waysOut } from './ha-vpc';
import { LASTING } from './network-changes';
import { EndpointSet, FlowLogs, HaVpc, HaVpcProps, NatStrategy, PublicAccessExclusion, StageProfile, SubnetTier } from '../../src';

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

  const inRegion = (region: string, account?: string) => new Stack(new App(), 'Stack', { env: { account, region } });

  test.each<[string, () => Stack]>([
    ['a region without an account', () => inRegion('us-east-1')],
    ['an account without a region', () => new Stack(new App(), 'Stack', { env: { account: '123456789012' } })],
    ['a stage of a region without an account', () => new Stack(new Stage(new App(), 'Prod', { env: { region: 'us-east-1' } }), 'Stack')],
  ])('of %s are three, which CloudFormation chooses, as in a stack without an environment', (_, stackOf) => {
    const stack = stackOf();
    const network = new HaVpc(stack, 'Subject');
    expect(stack.resolve(network.availabilityZones)).toEqual([0, 1, 2].map((zone) => ({ 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] })));
    expect(stack.resolve(new HaVpc(stack, 'Six', { maxAzs: 6, natStrategy: NatStrategy.none() }).availabilityZones)).toHaveLength(6);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('FewerZones'));
    expect(network.explain()).not.toContain('Token');
  });

  test.each([
    [['us-west-2a', 'us-west-2b']],
    [['us-west-2-lax-1a', 'us-west-2-lax-1b']], // a Local Zone
    [['us-west-2-wl1-las-wlz-1', 'us-west-2a']], // a Wavelength Zone
    [['dummy1a', 'dummy1b']], // stack.availabilityZones until CDK has looked
    [[Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())]],
  ])('by name are those of the region: %s', (availabilityZones) => {
    expect(new HaVpc(inRegion('us-west-2'), 'Subject', { availabilityZones }).availabilityZones).toEqual(availabilityZones);
  });

  test.each([
    ['us-east-1a', 'Stack/Subject: \'availabilityZones\' must be zones of us-west-2, the region of the stack, got us-east-1a: name its own, or leave them out'],
    ['us-east-1-bos-1a', 'must be zones of us-west-2, the region of the stack, got us-east-1-bos-1a'],
    ['us-west-2', 'must be zones of us-west-2, the region of the stack, got us-west-2'],
    ['usw2-az1', 'Stack/Subject: \'availabilityZones\' must be names of zones, such as us-east-1a, got the id usw2-az1: subnets take no ids'],
    ['usw2-lax1-az1', 'must be names of zones, such as us-east-1a, got the id usw2-lax1-az1'],
  ])('of another region, and ids of zones, are refused: %s', (zone, error) => {
    expect(() => new HaVpc(inRegion('us-west-2'), 'Subject', { availabilityZones: ['us-west-2b', zone] })).toThrow(error);
  });

  test('whose region is not known may have any name, and no id', () => {
    expect(() => build({ availabilityZones: ['us-west-2a', 'us-west-2b'] })).not.toThrow();
    expect(() => build({ availabilityZones: ['use1-az1', 'use1-az2'] })).toThrow('got the id use1-az1');
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

describe('growth', () => {
  const all = LASTING;
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

  test('endpoints for DynamoDB have no private name, which AWS would refuse', () => {
    const { DYNAMODB, DYNAMODB_FIPS, DYNAMODB_STREAMS, SQS } = InterfaceVpcEndpointAwsService;
    const template = synth({ interfaceEndpoints: [EndpointSet.custom([DYNAMODB, DYNAMODB_FIPS, DYNAMODB_STREAMS, SQS])] });
    const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Interface' } }));
    expect(endpoints.map(({ Properties }) => Properties.PrivateDnsEnabled)).toEqual([false, false, false, true]);
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

  test.each([
    ['10.0.0.0/16', '10.1.0.0/16'], ['10.2.0.0/16', '10.0.0.0/16'], ['10.0.0.0/16', '18.4.0.0/16'], ['172.20.0.0/16', '172.21.0.0/16'], ['172.31.0.0/16', '172.16.0.0/16'],
    ['192.168.0.0/20', '192.168.16.0/20'], ['198.19.0.0/20', '198.19.16.0/20'], ['18.4.0.0/16', '100.64.0.0/16'], ['100.64.0.0/16', '100.65.0.0/16'],
  ])('beside %s, a second block %s, for subnets of one\'s own', (cidr, secondaryCidr) => {
    synth({ cidr, secondaryCidr }).hasResourceProperties('AWS::EC2::VPCCidrBlock', { CidrBlock: secondaryCidr });
  });

  test('a second block beside that of a pool, which nobody knows yet', () => {
    const ipAddresses = IpAddresses.awsIpamAllocation({ ipv4IpamPoolId: 'ipam-pool-1', ipv4NetmaskLength: 16 });
    synth({ ipAddresses, secondaryCidr: '192.168.0.0/16' }).resourceCountIs('AWS::EC2::VPCCidrBlock', 1);
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
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('add .*kms:GenerateDataKey.*or the flow logs cannot be created.*HaVpc.KeyPolicyUnchanged'));
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
    [
      'a second block of another private range', { secondaryCidr: '192.168.0.0/16' },
      'Stack/Subject: \'secondaryCidr\' must not be in 192.168.0.0/16 beside \'cidr\' (10.0.0.0/16), got 192.168.0.0/16: ' +
      'AWS takes none of 172.16.0.0/12, 192.168.0.0/16, 198.19.0.0/16, 10.0.0.0/16 there; one of 100.64.0.0/10 goes with every network',
    ],
    ...([
      ['10.5.0.0/16', '172.16.0.0/16', '172.16.0.0/12'],
      ['10.5.0.0/16', '198.19.1.0/24', '198.19.0.0/16'],
      ['10.1.0.0/16', '10.0.4.0/24', '10.0.0.0/16'],
      ['10.0.0.0/17', '10.0.128.0/17', '10.0.0.0/16'],
      ['172.20.0.0/16', '10.1.0.0/16', '10.0.0.0/8'],
      ['172.20.0.0/16', '192.168.0.0/24', '192.168.0.0/16'],
      ['172.20.0.0/16', '172.31.0.0/20', '172.31.0.0/16'],
      ['172.20.0.0/16', '198.19.0.0/16', '198.19.0.0/16'],
      ['192.168.0.0/20', '10.1.0.0/16', '10.0.0.0/8'],
      ['192.168.0.0/20', '172.18.0.0/16', '172.16.0.0/12'],
      ['198.19.0.0/20', '10.1.0.0/16', '10.0.0.0/8'],
      ['100.64.0.0/16', '192.168.1.0/24', '192.168.0.0/16'],
      ['100.64.0.0/16', '198.19.0.0/16', '198.19.0.0/16'],
      ['18.4.0.0/16', '10.1.0.0/16', '10.0.0.0/8'],
    ]).map(([cidr, secondaryCidr, range]): [string, HaVpcProps, string] => [
      `a second block ${secondaryCidr} beside ${cidr}`, { cidr, secondaryCidr }, `'secondaryCidr' must not be in ${range} beside 'cidr' (${cidr}), got ${secondaryCidr}: AWS takes none of`,
    ]),
    ['a link-local network', { cidr: '169.254.0.0/16' }, 'Stack/Subject: \'cidr\' must not be in 169.254.0.0/16, got 169.254.0.0/16: AWS keeps these addresses for itself'],
    ['a link-local second block', { secondaryCidr: '169.254.16.0/20' }, '\'secondaryCidr\' must not be in 169.254.0.0/16, got 169.254.16.0/20'],
    ['zones by name and number', { availabilityZones: ['a'], maxAzs: 1 }, '\'availabilityZones\' and \'maxAzs\' must not both be given, got [a] and 1'],
    ['no zone', { availabilityZones: [] }, '\'availabilityZones\' must name 1 to 6 zones, got 0'],
    ['a zone twice', { availabilityZones: ['us-west-2a', 'us-west-2b', 'us-west-2a'] }, '\'availabilityZones\' must name each zone once, got us-west-2a twice'],
    ['zones that are a token', { availabilityZones: Token.asList({ Ref: 'Parameter' }) }, '\'availabilityZones\' must be a list known at synthesis, got a token'],
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

test('the network is an ordinary one: others take it', () => {
  const { stack, subject } = build();
  const group = new SecurityGroup(stack, 'Group', { vpc: subject.vpc });
  group.addIngressRule(Peer.ipv4(subject.vpc.vpcCidrBlock), Port.HTTPS);
  expect(() => Template.fromStack(stack)).not.toThrow();
});

describe('guarantees', () => {
  test.each<[string, (subject: HaVpc) => void, string]>([
    ['public addresses at once', ({ vpc }) => (vpc.publicSubnets[0].node.defaultChild as CfnSubnet).mapPublicIpOnLaunch = true, 'mapPublicIpOnLaunch'],
    ['logs without the key', ({ flowLogGroup }) => (flowLogGroup!.node.defaultChild as CfnLogGroup).kmsKeyId = undefined, 'kmsKeyId'],
    ['a key that stays the same', ({ encryptionKey }) => (encryptionKey!.node.defaultChild as CfnKey).enableKeyRotation = false, 'enableKeyRotation'],
  ])('%s, by a later line, fails the synthesis', (_, change, property) => {
    const { stack, subject } = build();
    change(subject);
    expect(() => Template.fromStack(stack)).toThrow(new RegExp(`'${property}' of Stack/Subject/\\S+ was .* overrides what keeps this construct secure`));
  });

  test.each<[string, (subject: HaVpc) => void, string]>([
    ['a flow log of what is rejected only', ({ flowLog }) => (flowLog.node.defaultChild as CfnFlowLog).trafficType = 'REJECT', 'trafficType'],
    ['an address that goes with the stack', ({ node }) => (node.findChild('EgressAddress1') as CfnEIP).applyRemovalPolicy(RemovalPolicy.DESTROY), 'removalPolicy'],
  ])('%s, by a later line, is a warning', (_, change, property) => {
    const { stack, subject } = build();
    change(subject);
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp(`^'${property}' of Stack/Subject/\\S+ was .*GuaranteeOverridden`));
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
