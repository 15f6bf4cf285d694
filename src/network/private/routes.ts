import { BlockList, isIP } from 'net';
import { CfnResource, Reference, Token, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, IConstruct, Node } from 'constructs';

/** Some properties of a resource, by the names that its class has for them. */
export type Resource<T, Property extends keyof T> = { readonly node: Node } & { readonly [P in Property]?: T[P] };

/**
 * All resources of a type in the app of a construct: those of its class, and those that are written by the type and the properties of
 * CloudFormation, `new CfnResource()`. What is changed by `addPropertyOverride()` is not seen, nor what a `{ Ref }` by a logical id leads to.
 */
export function resourcesOfApp<T, Property extends keyof T>({ node }: IConstruct, type: string): Resource<T, Property>[] {
  return node.root.node.findAll()
    .filter((construct): construct is CfnResource => CfnResource.isCfnResource(construct) && construct.cfnResourceType === type)
    .map((resource) => (isOfClass(resource, type) ? resource : byNamesOfClass(resource)) as unknown as Resource<T, Property>);
}

/** Not by its `isCfn…()`, which asks for the type only. */
function isOfClass({ constructor }: CfnResource, type: string): boolean {
  return 'CFN_RESOURCE_TYPE_NAME' in constructor && constructor.CFN_RESOURCE_TYPE_NAME === type;
}

function byNamesOfClass(resource: CfnResource): { node: Node } {
  const { cfnProperties } = resource as unknown as { cfnProperties: Record<string, unknown> }; // protected, and there is no other way to them
  const properties = Object.entries(cfnProperties).filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [`${name[0].toLowerCase()}${name.slice(1)}`, Token.asString(value)]);
  return { ...Object.fromEntries(properties), node: resource.node };
}

/** The resource that a token is an attribute of. */
export function referencedBy(value: unknown): IConstruct | undefined {
  const token = Tokenization.reverse(value, { failConcat: false });
  return token && Reference.isReference(token) ? token.target : undefined;
}

/** What leads somewhere, in the table of a subnet. */
type Route = Resource<ec2.CfnRoute,
'routeTableId' | 'destinationCidrBlock' | 'destinationIpv6CidrBlock' | 'destinationPrefixListId' | 'gatewayId' | 'natGatewayId' |
'egressOnlyInternetGatewayId' | 'carrierGatewayId' | 'networkInterfaceId' | 'instanceId' | 'vpcEndpointId'>;

/** The addresses of networks among themselves: https://www.iana.org/assignments/iana-ipv4-special-registry and the one for IPv6. */
const PRIVATE: [string, number][] = [['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['fc00::', 7]];
/** All of IPv4 within IPv6: https://www.rfc-editor.org/rfc/rfc6052 */
const ALL_OF_IPV4: [string, number] = ['64:ff9b::', 96];
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
    return PRIVATE.some((block) => this.isWithin(block));
  }

  /** Whether it is too much to be another network of somebody. */
  public get isInternet(): boolean {
    return !this.isPrivate && (this.length < LARGEST_OF_ONE[this.family] || this.isWithin(ALL_OF_IPV4));
  }

  private isWithin([network, length]: [string, number]): boolean {
    const blocks = new BlockList();
    blocks.addSubnet(network, length, isIP(network) === 6 ? 'ipv6' : 'ipv4');
    return this.length >= length && blocks.check(this.address, this.family);
  }
}

const INSTEAD = 'remove it, or move what needs it to a subnet with egress';
/** Lead out of the network whatever the destination is. */
const GATEWAYS = ['natGatewayId', 'egressOnlyInternetGatewayId', 'carrierGatewayId'] as const;
/** May translate addresses, and so lead anywhere. */
const APPLIANCES = ['networkInterfaceId', 'instanceId', 'vpcEndpointId'] as const;

/**
 * Fails the synthesis if anybody, anywhere in the app, routes an isolated subnet out of the network, or attaches it to another route table.
 */
export function forbidRoutesOutOfIsolatedSubnets(scope: Construct, vpc: ec2.Vpc): void {
  scope.node.addValidation({
    validate: () => {
      const routes = routesOfApp(scope);
      const associations = associationsOfApp(scope);
      return vpc.isolatedSubnets.flatMap((subnet) => [
        ...routes.filter((route) => referencedBy(route.routeTableId) === tableOf(subnet) && leadsOut(route))
          .map((route) => `${route.node.path} routes ${destinationOf(route)} out of the isolated subnet ${subnet.node.path}: ${INSTEAD}`),
        ...associations
          .filter((each) => referencedBy(each.subnetId) === subnet.node.defaultChild && referencedBy(each.routeTableId) !== tableOf(subnet))
          .map((each) => `${each.node.path} attaches the isolated subnet ${subnet.node.path} to another route table: ${INSTEAD}`),
      ]);
    },
  });
}

/**
 * Fails the synthesis if a private subnet leaves through what is in another zone, whose outage would take this zone's egress with it.
 */
export function forbidRoutesThroughOtherZones(scope: Construct, vpc: ec2.Vpc): void {
  scope.node.addValidation({
    validate: () => {
      const routes = routesOfApp(scope).filter(isOfInternet);
      const routesOf = (subnet: ec2.ISubnet) => routes.filter((route) => referencedBy(route.routeTableId) === tableOf(subnet));
      return vpc.privateSubnets.flatMap((subnet) => routesOf(subnet).flatMap((route) => {
        const through = zoneOfNextHop(route);
        return through === undefined || through === subnet.availabilityZone ? [] : [
          `${route.node.path} sends what leaves ${subnet.node.path} through ${nextHopOf(route)!.node.path} in another zone, whose outage would take this one's ` +
          'egress with it: route each zone through its own, or say NatStrategy.single()',
        ];
      }));
    },
  });
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

function routesOfApp(scope: Construct): Route[] {
  return resourcesOfApp(scope, ec2.CfnRoute.CFN_RESOURCE_TYPE_NAME);
}

function associationsOfApp(scope: Construct): Resource<ec2.CfnSubnetRouteTableAssociation, 'subnetId' | 'routeTableId'>[] {
  return resourcesOfApp(scope, ec2.CfnSubnetRouteTableAssociation.CFN_RESOURCE_TYPE_NAME);
}

function tableOf(subnet: ec2.ISubnet): IConstruct | undefined {
  return referencedBy(subnet.routeTable.routeTableId);
}
