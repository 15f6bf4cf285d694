import { Fn } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** The most zones that the plan keeps addresses for. */
export const MAX_ZONES = 6;

/** The longest prefix of a network that is planned: its public subnets have the 32 addresses that a load balancer asks for. */
export const LONGEST_PLANNED_PREFIX = 21;

/**
 * Half of a zone for what is private, an eighth for what is public, an eighth for what is isolated, and a quarter for a tier that comes later. Each is the
 * `index`th of 2 to the power of `bits` parts.
 */
const SHARES: Record<TierSlot, { readonly bits: number; readonly index: number }> = {
  private: { bits: 1, index: 0 },
  public: { bits: 3, index: 4 },
  isolated: { bits: 3, index: 5 },
  additional: { bits: 2, index: 3 },
};
const IPV6_ORDER: TierSlot[] = ['private', 'public', 'isolated', 'additional'];
const ZONE_BITS = 3; // eight parts: six zones, and two parts that stay free
const IPV6_PARTS = 32;

export type TierSlot = 'public' | 'private' | 'isolated' | 'additional';

/** A tier of subnets, one in each zone. */
export interface PlannedTier {
  readonly slot: TierSlot;
  readonly name: string;
  readonly subnetType: ec2.SubnetType;
  /** By zone; the plan's own if absent. */
  readonly cidrs?: string[];
}

/**
 * Gives each tier of each zone its own place in a network, whatever zones and tiers there are besides: nothing moves when one is added.
 * The places are known at synthesis, or calculated by CloudFormation where a pool decides on the block of the network.
 */
export class AddressPlan implements ec2.IIpAddresses {
  constructor(private readonly network: ec2.VpcIpamOptions, private readonly tiers: PlannedTier[]) {}

  public allocateVpcCidr(): ec2.VpcIpamOptions {
    return this.network;
  }

  public allocateSubnetsCidr({ vpcCidr, requestedSubnets }: ec2.AllocateCidrRequest): ec2.SubnetIpamOptions {
    return {
      allocatedSubnets: requestedSubnets.map(({ configuration: { name } }, index) => {
        const zone = requestedSubnets.slice(0, index).filter(({ configuration }) => configuration.name === name).length;
        const tier = this.tiers.find((each) => each.name === name)!;
        return { cidr: tier.cidrs?.[zone] ?? plannedBlock(this.network, tier.slot, zone)?.toString() ?? this.calculated(vpcCidr, tier.slot, zone) };
      }),
    };
  }

  private calculated(vpcCidr: string, slot: TierSlot, zone: number): string {
    const { prefix, index } = placeOf(slot, zone, this.network.ipv4NetmaskLength!);
    return Fn.select(index, Fn.cidr(vpcCidr, 2 ** (ZONE_BITS + SHARES[slot].bits), `${32 - prefix}`));
  }
}

/** The same for IPv6: a /64 for each tier of each zone out of the 256 of a network. */
export class Ipv6Plan implements ec2.IIpv6Addresses {
  public readonly amazonProvided = true;
  private requested: { slot: TierSlot; zone: number }[];

  constructor(tiers: PlannedTier[], zones: number) {
    this.requested = tiers.flatMap(({ slot }) => Array.from({ length: zones }, (_, zone) => ({ slot, zone })));
  }

  public allocateVpcIpv6Cidr({ scope, vpcId }: ec2.AllocateVpcIpv6CidrRequest): ec2.CfnVPCCidrBlock {
    return new ec2.CfnVPCCidrBlock(scope, 'ipv6cidr', { vpcId, amazonProvidedIpv6CidrBlock: true });
  }

  public createIpv6CidrBlocks({ ipv6SelectedCidr }: ec2.CreateIpv6CidrBlocksRequest): string[] {
    return Fn.cidr(ipv6SelectedCidr, IPV6_PARTS, '64');
  }

  public allocateSubnetsIpv6Cidr({ allocatedSubnets, ipv6Cidrs }: ec2.AllocateIpv6CidrRequest): ec2.SubnetIpamOptions {
    return {
      allocatedSubnets: allocatedSubnets.map(({ cidr }, position) => {
        const { slot, zone } = this.requested[position];
        return { cidr, ipv6Cidr: Fn.select(zone * IPV6_ORDER.length + IPV6_ORDER.indexOf(slot), ipv6Cidrs) };
      }),
    };
  }
}

/** The block of a tier in a zone, where that of the network is known. */
export function plannedBlock({ cidrBlock }: ec2.VpcIpamOptions, slot: TierSlot, zone: number): Ipv4Block | undefined {
  const network = cidrBlock === undefined ? undefined : Ipv4Block.parse(cidrBlock);
  if (!network) return undefined;
  const { prefix, index } = placeOf(slot, zone, network.prefix);
  return network.part(prefix, index);
}

function placeOf(slot: TierSlot, zone: number, networkPrefix: number): { prefix: number; index: number } {
  const { bits, index } = SHARES[slot];
  return { prefix: networkPrefix + ZONE_BITS + bits, index: zone * 2 ** bits + index };
}

/**
 * A block of IPv4 addresses, such as 10.0.0.0/16.
 */
export class Ipv4Block {
  /** The block that a text stands for, or nothing if it stands for none. */
  public static parse(text: string): Ipv4Block | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match) return undefined;
    const [first, second, third, fourth, prefix] = match.slice(1).map(Number);
    const bytes = [first, second, third, fourth];
    if (bytes.some((byte) => byte > 255) || prefix > 32) return undefined;
    const block = new Ipv4Block(bytes.reduce((address, byte) => address * 256 + byte, 0), prefix);
    return block.start % block.size === 0 ? block : undefined;
  }

  /** What is left of a block when others are taken out of it, in as few blocks as possible, by address. */
  public static free(within: Ipv4Block, taken: Ipv4Block[]): Ipv4Block[] {
    const inside = taken.filter((block) => block.overlaps(within));
    if (inside.length === 0) return [within];
    if (inside.some((block) => block.contains(within))) return [];
    return [0, 1].flatMap((half) => Ipv4Block.free(within.part(within.prefix + 1, half), inside));
  }

  public constructor(public readonly start: number, public readonly prefix: number) {}

  public get size(): number { return 2 ** (32 - this.prefix); }

  /** The addresses that a subnet of this block has for its users: AWS takes five. */
  public get usable(): number { return this.size - 5; }

  /** One of the blocks with a longer prefix that this block consists of. */
  public part(prefix: number, index: number): Ipv4Block {
    return new Ipv4Block(this.start + index * 2 ** (32 - prefix), prefix);
  }

  public contains(other: Ipv4Block): boolean {
    return this.start <= other.start && other.start + other.size <= this.start + this.size;
  }

  public overlaps(other: Ipv4Block): boolean {
    return this.start < other.start + other.size && other.start < this.start + this.size;
  }

  public toString(): string {
    const bytes = [24, 16, 8, 0].map((bits) => Math.floor(this.start / 2 ** bits) % 256);
    return `${bytes.join('.')}/${this.prefix}`;
  }
}
