import { App, CfnResource, Stack, Stage, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  CfnInstance, CfnNetworkInterface, CfnRoute, CfnRouteProps, CfnSubnetRouteTableAssociation, CfnVPCEndpoint, CfnVPNGateway, PrefixList,
  RouterType, Subnet,
} from 'aws-cdk-lib/aws-ec2';
import { build } from './ha-vpc';
import { HaVpc, HaVpcProps, NatStrategy } from '../../src';

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

  const raw = (stack: Stack, properties: Record<string, unknown>) => new CfnResource(stack, 'Raw', { type: 'AWS::EC2::Route', properties });

  test.each<[string, (subject: HaVpc) => Record<string, unknown>]>([
    ['the internet gateway', ({ vpc }) => ({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: vpc.internetGatewayId })],
    ['an internet gateway of the template', () => ({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Gateway' } })],
    ['an instance, and a block of a parameter', () => ({ DestinationCidrBlock: { Ref: 'Block' }, InstanceId: 'i-1' })],
    ['an egress-only gateway', () => ({ DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1' })],
  ])('nor out by what is written as CloudFormation has it: %s', (_, properties) => {
    const { stack, subject } = build();
    raw(stack, { RouteTableId: subject.vpc.isolatedSubnets[0].routeTable.routeTableId, ...properties(subject) });
    expect(() => Template.fromStack(stack)).toThrow(/Stack\/Raw routes .* out of the isolated subnet Stack\/Subject\/Vpc\/IsolatedSubnet1: remove it/);
  });

  test('nor to another route table by what is written so', () => {
    const { stack, subject: { vpc } } = build();
    new CfnResource(stack, 'Raw', {
      type: 'AWS::EC2::SubnetRouteTableAssociation',
      properties: { SubnetId: vpc.isolatedSubnets[0].subnetId, RouteTableId: vpc.publicSubnets[0].routeTable.routeTableId },
    });
    expect(() => Template.fromStack(stack)).toThrow('Stack/Raw attaches the isolated subnet Stack/Subject/Vpc/IsolatedSubnet1 to another route table');
  });

  test('what is written so may lead to a peer', () => {
    const { stack, subject } = build();
    raw(stack, {
      RouteTableId: subject.vpc.isolatedSubnets[0].routeTable.routeTableId,
      DestinationCidrBlock: { 'Fn::GetAtt': ['Peer', 'CidrBlock'] },
      VpcPeeringConnectionId: { Ref: 'Peering' },
      NatGatewayId: undefined,
      GatewayId: null,
    });
    raw(new Stack(stack.node.root as App, 'Elsewhere'), { RouteTableId: 'rtb-1', DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1' });
    expect(() => Template.fromStack(stack)).not.toThrow();
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

describe('the networks of an app share one walk through it', () => {
  const outOf = (stack: Stack, id: string, { vpc, natGateways }: HaVpc) => new CfnRoute(stack, id, {
    routeTableId: vpc.isolatedSubnets[0].routeTable.routeTableId, destinationCidrBlock: '0.0.0.0/0', natGatewayId: natGateways[0].ref,
  });
  const networks = (stack: Stack, count: number) => Array.from({ length: count }, (_, index) => new HaVpc(stack, `Network${index}`));

  test('once a synthesis, however many they are', () => {
    const walks = [1, 3].map((count) => {
      const app = new App();
      networks(new Stack(app, 'Stack'), count);
      const findAll = jest.spyOn(app.node, 'findAll');
      app.synth();
      return findAll.mock.calls.length;
    });
    expect(walks[1]).toBe(walks[0]);
  });

  test.each([0, 1])('and again in the next synthesis: network %p', (index) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const subject = networks(stack, 2)[index];
    app.synth();
    outOf(stack, 'Out', subject);
    expect(() => app.synth({ force: true })).toThrow(`Stack/Out routes 0.0.0.0/0 out of the isolated subnet Stack/Network${index}/Vpc/IsolatedSubnet1`);
  });

  test.each([true, false])('and again when one is validated by itself; another was added since: %p', (isAdded) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const subjects = networks(stack, 2);
    app.synth();
    if (isAdded) subjects.push(new HaVpc(stack, 'Later'));
    for (const subject of subjects.reverse()) {
      outOf(stack, `OutOf${subject.node.id}`, subject);
      expect(subject.node.validate()).toEqual([expect.stringContaining(`Stack/OutOf${subject.node.id} routes 0.0.0.0/0 out`)]);
    }
  });

  test('in a stage of its own, too', () => {
    const app = new App();
    const stage = new Stage(app, 'Test');
    const stack = new Stack(stage, 'Stack');
    const [subject] = networks(stack, 1);
    stage.synth();
    outOf(stack, 'Out', subject);
    expect(() => stage.synth({ force: true })).toThrow('Test/Stack/Out routes 0.0.0.0/0 out');
  });
});
