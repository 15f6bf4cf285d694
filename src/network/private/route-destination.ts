import { BlockList, isIP } from 'net';
import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Resource } from './app-resources';
import { referencedBy } from './referenced-by';

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
