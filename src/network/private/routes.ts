import { BlockList, isIP } from 'net';
import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { Connections, referencedBy, Route } from './connections';

/** The addresses of networks among themselves: https://www.iana.org/assignments/iana-ipv4-special-registry and the one for IPv6. */
const PRIVATE = [blockOf('10.0.0.0', 8), blockOf('172.16.0.0', 12), blockOf('192.168.0.0', 16), blockOf('100.64.0.0', 10), blockOf('fc00::', 7)];
/** All of IPv4 within IPv6: https://www.rfc-editor.org/rfc/rfc6052 */
const ALL_OF_IPV4 = blockOf('64:ff9b::', 96);
/** No organisation has more public addresses than a block of this length. */
const LARGEST_OF_ONE = { ipv4: 8, ipv6: 16 };

/**
 * What a route leads to. AWS takes `10.1.2.3/1` for `0.0.0.0/1`, so that the length decides first.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
 */
class RouteDestination {
  /** Those of a route: one, or as many as a prefix list of the app has; nothing if they are not known at synthesis. */
  public static of(route: Route): RouteDestination[] | undefined {
    const list = referencedBy(route.destinationPrefixListId);
    const entries = ec2.CfnPrefixList.isCfnPrefixList(list) && Array.isArray(list.entries) ? list.entries : undefined;
    const listed = (entries as ec2.CfnPrefixList.EntryProperty[] | undefined)?.map(({ cidr }) => cidr);
    const blocks = listed ?? [route.destinationCidrBlock ?? route.destinationIpv6CidrBlock];
    const known = blocks.filter((block) => block !== undefined && !Token.isUnresolved(block) && isIP(block.split('/')[0]));
    return known.length === blocks.length ? known.map((block) => new RouteDestination(block!)) : undefined;
  }

  private readonly address: string;
  private readonly family: 'ipv4' | 'ipv6';
  private readonly length: number;

  private constructor(block: string) {
    const [address, length] = block.split('/');
    this.address = address;
    this.family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    this.length = Number(length);
  }

  /** Whether all of it is addresses that the internet does not have. */
  public get isPrivate(): boolean {
    return PRIVATE.some((each) => this.isWithin(each));
  }

  /** Whether it is too much to be another network of somebody. */
  public get isInternet(): boolean {
    return !this.isPrivate && (this.length < LARGEST_OF_ONE[this.family] || this.isWithin(ALL_OF_IPV4));
  }

  private isWithin({ length, addresses }: ReturnType<typeof blockOf>): boolean {
    return this.length >= length && addresses.check(this.address, this.family);
  }
}

function blockOf(network: string, length: number) {
  const addresses = new BlockList();
  addresses.addSubnet(network, length, isIP(network) === 6 ? 'ipv6' : 'ipv4');
  return { length, addresses };
}

const INSTEAD = 'remove it, or move what needs it to a subnet with egress';
/** Lead out of the network whatever the destination is. */
const GATEWAYS = ['natGatewayId', 'egressOnlyInternetGatewayId', 'carrierGatewayId'] as const;
/** May translate addresses, and so lead anywhere. */
const APPLIANCES = ['networkInterfaceId', 'instanceId', 'vpcEndpointId'] as const;

/**
 * What, anywhere in the app, routes an isolated subnet out of the network, or attaches it to another route table.
 */
export function routesOutOfIsolatedSubnets(vpc: ec2.Vpc, { routes, associations }: Connections): string[] {
  return vpc.isolatedSubnets.flatMap((subnet) => [
    ...(routes.get(tableOf(subnet)!) ?? []).filter(leadsOut)
      .map((route) => `${route.node.path} routes ${destinationOf(route)} out of the isolated subnet ${subnet.node.path}: ${INSTEAD}`),
    ...(associations.get(subnet.node.defaultChild!) ?? []).filter((each) => referencedBy(each.routeTableId) !== tableOf(subnet))
      .map((each) => `${each.node.path} attaches the isolated subnet ${subnet.node.path} to another route table: ${INSTEAD}`),
  ]);
}

/**
 * Where a private subnet leaves through what is in another zone, whose outage would take this zone's egress with it.
 */
export function routesThroughOtherZones(vpc: ec2.Vpc, { routes }: Connections): string[] {
  return vpc.privateSubnets.flatMap((subnet) => (routes.get(tableOf(subnet)!) ?? []).filter(isOfInternet).flatMap((route) => {
    const through = zoneOfNextHop(route);
    return through === undefined || through === subnet.availabilityZone ? [] : [
      `${route.node.path} sends what leaves ${subnet.node.path} through ${nextHopOf(route)!.node.path} in another zone, whose outage would take this one's ` +
      'egress with it: route each zone through its own, or say NatStrategy.single()',
    ];
  }));
}

function zoneOfNextHop(route: Route): string | undefined {
  const subnet = referencedBy(subnetIdOf(nextHopOf(route)));
  return ec2.CfnSubnet.isCfnSubnet(subnet) ? subnet.availabilityZone : undefined;
}

function nextHopOf({ natGatewayId, networkInterfaceId, instanceId, vpcEndpointId }: Route): IConstruct | undefined {
  return referencedBy(natGatewayId ?? networkInterfaceId ?? instanceId ?? vpcEndpointId);
}

function subnetIdOf(nextHop: IConstruct | undefined): unknown {
  if (ec2.CfnVPCEndpoint.isCfnVPCEndpoint(nextHop)) return nextHop.subnetIds?.[0]; // one for the load balancers of gateways has one
  if (ec2.CfnNatGateway.isCfnNatGateway(nextHop) || ec2.CfnNetworkInterface.isCfnNetworkInterface(nextHop)) return nextHop.subnetId;
  return ec2.CfnInstance.isCfnInstance(nextHop) ? nextHop.subnetId : undefined;
}

function destinationOf({ destinationCidrBlock, destinationIpv6CidrBlock }: Route): string {
  const block = destinationCidrBlock ?? destinationIpv6CidrBlock;
  if (block === undefined) return 'a prefix list';
  return Token.isUnresolved(block) ? 'a block that is not known at synthesis' : block;
}

/**
 * Isolated subnets may reach other networks, not the internet: private addresses by any way but a gateway to the internet, and public ones, which
 * other networks may have, too, only by what connects networks. What is not known at synthesis is taken for another network there, and only there.
 */
function leadsOut(route: Route): boolean {
  if (GATEWAYS.some((way) => route[way] !== undefined) || leadsToInternetGateway(route)) return true;
  if (APPLIANCES.some((way) => route[way] !== undefined)) return !RouteDestination.of(route)?.every(({ isPrivate }) => isPrivate);
  return isOfInternet(route);
}

/** The other kind that a route calls a gateway is one of a VPN. */
function leadsToInternetGateway({ gatewayId }: Route): boolean {
  return gatewayId !== undefined && !gatewayId.startsWith('vgw-') && !ec2.CfnVPNGateway.isCfnVPNGateway(referencedBy(gatewayId));
}

function isOfInternet(route: Route): boolean {
  return RouteDestination.of(route)?.some(({ isInternet }) => isInternet) ?? false;
}

function tableOf(subnet: ec2.ISubnet): IConstruct | undefined {
  return referencedBy(subnet.routeTable.routeTableId);
}
