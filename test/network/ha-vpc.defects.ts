import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import { RouterType } from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { inFile, SourceDefect } from '../mutations/source-defect';
import { override, TemplateDefect } from '../mutations/template-defect';

export const TEMPLATE_DEFECTS: TemplateDefect[] = [
  { name: 'a subnet gives public addresses', variant: 'HaVpc', at: 'Vpc/PublicSubnet1/Subnet', change: override('MapPublicIpOnLaunch', true) },
  { name: 'a subnet is in another place', variant: 'HaVpc', at: 'Vpc/PrivateSubnet1/Subnet', change: override('CidrBlock', '10.0.99.0/24') },
  { name: 'a subnet has a block that is none', variant: 'HaVpc', at: 'Vpc/PrivateSubnet2/Subnet', change: override('CidrBlock', '10.0.32.0/33') },
  { name: 'the addresses of a network go with its stack', variant: 'HaVpc', at: 'EgressAddress1', change: (address: CfnResource) => address.applyRemovalPolicy(RemovalPolicy.DESTROY) },
  { name: 'nobody knows what flows', variant: 'HaVpc', at: 'FlowLog', change: (flowLog: IConstruct) => flowLog.node.scope!.node.tryRemoveChild('FlowLog') },
  { name: 'an isolated subnet may reach out', variant: 'HaVpc', at: 'Vpc/IsolatedSubnet1', change: (subnet: any) => subnet.addRoute('Out', { routerId: 'igw-1', routerType: RouterType.GATEWAY }) },
];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/network/private/network-plan.ts', [
    { name: 'a second block may be of any range', find: 'kept.find((each) => isIn(each)(second))', replace: 'kept.find(() => false)' },
  ]),
  ...inFile('src/network/private/address-plan.ts', [
    { name: 'subnets move when a zone is added', find: 'index: zone * 2 ** bits + index', replace: 'index: zone + index' },
    { name: 'two tiers are in one place', find: 'isolated: { bits: 3, index: 5 }', replace: 'isolated: { bits: 3, index: 4 }' },
  ]),
  ...inFile('src/network/private/routes.ts', [
    { name: 'a zone may leave through another', find: 'through === subnet.availabilityZone', replace: "through !== ''" },
    { name: 'an isolated subnet may reach out', find: 'return isOfInternet(route);', replace: 'return false;' },
    { name: 'an isolated subnet may reach the internet by an instance', find: 'every(({ isPrivate }) => isPrivate)', replace: 'every(({ isInternet }) => !isInternet)' },
    { name: 'a subnet may take another route table', find: 'referencedBy(each.routeTableId) !== tableOf(subnet)', replace: 'each.routeTableId === undefined' },
  ]),
  ...inFile('src/network/private/nat.ts', [
    { name: 'addresses go with the stack', find: 'address.applyRemovalPolicy(removalPolicy);', replace: '' },
  ]),
  ...inFile('src/network/private/routes.ts', [
    { name: 'half of the internet is private by its name', find: 'this.length >= length && ', replace: '' },
  ]),
  ...inFile('src/network/private/connections.ts', [
    { name: 'a network looks at an app of before', find: ' || shared.users.has(network)', replace: '', test: 'test/network/route-checks.test.ts' },
    { name: 'a network that is new looks at an app of before', find: '  SHARED.set(stage, undefined); // what was found before does not have this network\n', replace: '  void network;\n', test: 'test/network/route-checks.test.ts' },
    { name: 'a raw route may lead out of an isolated subnet', find: ': byNamesOfClass(resource)', replace: ': resource', test: 'test/network/route-checks.test.ts' },
  ]),
  ...inFile('src/network/ha-vpc.ts', [
    { name: 'networks of one environment may overlap', find: '    this.requireDisjointInEnvironment();\n', replace: '', test: 'test/network/network-blocks.test.ts' },
    { name: 'a peering connection may join networks that overlap', find: '      ...this.overlappingPeers(connections),\n', replace: '', test: 'test/network/network-blocks.test.ts' },
  ]),
  ...inFile('src/network/private/vpc.ts', [
    { name: 'public subnets give public addresses', find: 'mapPublicIpOnLaunch: isPublic ? false : undefined', replace: 'mapPublicIpOnLaunch: isPublic ? true : undefined' },
    { name: 'the default security group is open', find: 'restrictDefaultSecurityGroup: true', replace: 'restrictDefaultSecurityGroup: false' },
  ]),
  ...inFile('src/network/private/nat-instance.ts', [
    { name: 'an instance forwards nothing', find: 'sourceDestCheck: false', replace: 'sourceDestCheck: true' },
    { name: 'a small NAT instance tracks few connections', test: 'test/network/nat.test.ts', find: 'then connections=${LEAST_CONNECTIONS}; fi', replace: 'then :; fi' },
  ]),
  ...inFile('src/network/private/network-plan.ts', [
    { name: 'a region without an account has two zones', find: ' || Token.isUnresolved(stack.account)', replace: '' },
    { name: 'zones may be of another region', find: 'new RegExp(`^${region}([a-z]$|-)`).test(name)', replace: "name !== ''" },
    { name: 'zones may be ids', find: '/^[a-z]+\\d+-/', replace: '/^$/' },
  ]),
  ...inFile('src/network/private/network-report.ts', [
    { name: 'a sum with an unknown price looks like one without', find: 'costs.some(({ price }) => price === undefined)', replace: 'false' },
  ]),
  ...inFile('src/network/private/network-plan.ts', [
    { name: 'an endpoint for DynamoDB has a private name', find: '!WITHOUT_PRIVATE_DNS.includes(name)', replace: 'true' },
  ]),
  ...inFile('src/shared/data-subnets.ts', [
    { name: 'another tier moves data', find: 'names.size > 1 && names.has(ISOLATED_TIER)', replace: 'names.size < 1', test: 'test/network/network-growth.test.ts' },
    { name: 'an error tells the token of a zone', test: 'test/cache/encrypted-cache.test.ts', find: '!zones.every(isKnown)', replace: 'zones.length > 9' },
  ]),
];
