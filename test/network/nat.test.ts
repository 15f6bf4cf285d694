import { execFileSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { App, Duration } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { build, EXACT, ids, losses, synth, waysOut } from './ha-vpc';
import { LASTING } from './network-changes';
import { NatStrategy, StageProfile } from '../../src';

describe('a change of strategy', () => {
  const strategies = [NatStrategy.perAz(), NatStrategy.single(), NatStrategy.regional(), NatStrategy.instances(), NatStrategy.none()];
  const pairs = strategies.flatMap((one) => strategies.map((other) => [one, other] as const)).filter(([one, other]) => one !== other);
  const lasting = LASTING.filter((type) => !['AWS::EC2::NatGateway', 'AWS::EC2::EIP', 'AWS::EC2::Route'].includes(type));

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
    expect(script.indexOf('dnf -y --releasever=latest upgrade')).toBeGreaterThan(script.indexOf('net.ipv4.ip_forward = 1'));
    expect(script).toContain('define inside = { 10.0.0.0/20 }');
    expect(script).toContain('ip saddr $inside masquerade fully-random');
    expect(script).toContain('type filter hook forward priority filter; policy drop;');
  });

  test.each([[460_000, 65_536], [955_000, 119_375]])('track connections by their memory: of %i KiB, %i', (memory, connections) => {
    const folder = mkdtempSync(join(tmpdir(), 'nat-'));
    const [, commands] = /^(connections=[\s\S]*?)^echo nf_conntrack/m.exec(script)!;
    writeFileSync(join(folder, 'meminfo'), `MemFree: 1 kB\nMemTotal: ${memory} kB\n`);
    const printed = execFileSync('bash', ['-euc', `${commands.replace('/proc/meminfo', join(folder, 'meminfo'))}\necho $connections`], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });

    expect(Number(printed)).toBe(connections);
    expect(script).toContain('net.netfilter.nf_conntrack_max = $connections\nnet.netfilter.nf_conntrack_tcp_timeout_established = 3600\n');
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
