import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { LONGEST_PLANNED_PREFIX, plannedBlock, PlannedTier } from './address-plan';
import { Ipv4Block } from './ipv4-block';

/** A block, and the words by which an error tells which one it is. */
export interface NamedBlock {
  readonly name: string;
  readonly block: Ipv4Block;
}

/**
 * The block of a prop, which AWS takes for a network or a subnet.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
export function requireBlock(where: string, prop: string, text: string): Ipv4Block {
  if (Token.isUnresolved(text)) throw new Error(`${where}: '${prop}' must be known at synthesis, got a token: the address plan is calculated from it`);
  const block = Ipv4Block.parse(text);
  if (block && block.prefix >= 16 && block.prefix <= 28) return block;
  throw new Error(`${where}: '${prop}' must be a block of IPv4 addresses from /16 to /28 that starts at a multiple of its size, such as 10.0.0.0/16, got ${text}`);
}

/** The blocks of the subnets that are named one by one: as many as zones, inside of the network. */
export function requireSubnetBlocks(where: string, prop: string, texts: string[], zones: number, networks: NamedBlock[]): NamedBlock[] {
  if (Token.isUnresolved(texts)) throw new Error(`${where}: '${prop}' must be known at synthesis, got a token: there is a subnet for each item`);
  if (texts.length !== zones) throw new Error(`${where}: '${prop}' must have one block for each of the ${zones} zones, got ${texts.length}`);
  return texts.map((text, index) => {
    const name = `${prop}[${index}]`;
    const block = requireBlock(where, name, text);
    if (!networks.some((network) => network.block.contains(block))) {
      const allowed = networks.map((network) => `'${network.name}' (${network.block})`).join(' or ');
      throw new Error(`${where}: '${name}' must be inside of ${allowed}, got ${block}`);
    }
    return { name, block };
  });
}

export function requireDisjoint(where: string, blocks: NamedBlock[]): void {
  blocks.forEach((one, index) => {
    const other = blocks.slice(0, index).find(({ block }) => block.overlaps(one.block));
    if (other) throw new Error(`${where}: '${other.name}' (${other.block}) and '${one.name}' (${one.block}) must not overlap: no address is in two subnets`);
  });
}

/** Blocks that AWS keeps for itself beside those of a network, by where its first one is; the last row is for all others. */
const NOT_BESIDE: [string, string[]][] = [
  ['10.0.0.0/15', ['172.16.0.0/12', '192.168.0.0/16', '198.19.0.0/16', '10.0.0.0/16']],
  ['10.0.0.0/8', ['172.16.0.0/12', '192.168.0.0/16', '198.19.0.0/16']],
  ['172.16.0.0/12', ['10.0.0.0/8', '192.168.0.0/16', '198.19.0.0/16', '172.31.0.0/16']],
  ['192.168.0.0/16', ['10.0.0.0/8', '172.16.0.0/12', '198.19.0.0/16']],
  ['198.19.0.0/16', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']],
  ['0.0.0.0/0', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '198.19.0.0/16']],
];
const LINK_LOCAL = '169.254.0.0/16';

/**
 * Blocks that AWS takes for a network, and a second one beside the first, as far as they are known.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
 */
export function requireAssociable(where: string, networks: NamedBlock[]): void {
  const isIn = (text: string) => ({ block }: NamedBlock) => Ipv4Block.parse(text)!.contains(block);
  const linkLocal = networks.find(isIn(LINK_LOCAL));
  if (linkLocal) throw new Error(`${where}: '${linkLocal.name}' must not be in ${LINK_LOCAL}, got ${linkLocal.block}: AWS keeps these addresses for itself`);
  const first = networks.find(({ name }) => name === 'cidr');
  const second = networks.find(({ name }) => name === 'secondaryCidr');
  if (!first || !second) return;
  const [, kept] = NOT_BESIDE.find(([range]) => isIn(range)(first))!;
  const range = kept.find((each) => isIn(each)(second));
  if (range !== undefined) {
    throw new Error(
      `${where}: 'secondaryCidr' must not be in ${range} beside 'cidr' (${first.block}), got ${second.block}: AWS takes none of ${kept.join(', ')} there; ` +
      'one of 100.64.0.0/10 goes with every network',
    );
  }
}

/** The blocks that the plan itself gives to subnets, if it knows them. */
export function plannedBlocks(where: string, network: ec2.VpcIpamOptions, tiers: PlannedTier[], zones: number): NamedBlock[] {
  const planned = tiers.filter(({ cidrs }) => !cidrs);
  const prefix = network.cidrBlock === undefined ? network.ipv4NetmaskLength : Ipv4Block.parse(network.cidrBlock)?.prefix;
  if (planned.length > 0 && (prefix === undefined || Token.isUnresolved(prefix) || prefix > LONGEST_PLANNED_PREFIX)) {
    throw new Error(
      `${where}: the address plan needs a network of /${LONGEST_PLANNED_PREFIX} or larger, with room for six zones of four tiers, got ` +
      `${network.cidrBlock ?? (Token.isUnresolved(prefix) || prefix === undefined ? 'one of unknown size' : `/${prefix}`)}: ` +
      'give a larger one, or each subnet its block by publicSubnetCidrs, privateSubnetCidrs and isolatedSubnetCidrs',
    );
  }
  return planned.flatMap(({ name, slot }) => Array.from({ length: zones }, (_, zone) => plannedBlock(network, slot, zone))
    .flatMap((block, zone) => (block ? [{ name: `${name}Subnet${zone + 1} of the plan`, block }] : [])));
}
