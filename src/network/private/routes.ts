import { BlockList, isIP } from 'net';
import { CfnResource, Reference, Token, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { IConstruct, Node } from 'constructs';

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
export type Route = Resource<ec2.CfnRoute,
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
export class RouteDestination {
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
