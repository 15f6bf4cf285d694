import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HaVpcProps } from '../ha-vpc';
import { NatStrategy } from '../nat-strategy';
import { PlannedTier } from './address-plan';
import { ISOLATED_TIER } from './isolated-tier';
import { NamedBlock, plannedBlocks, requireAssociable, requireBlock, requireDisjoint, requireSubnetBlocks } from './network-blocks';
import { requireWholeNumber } from '../../shared/require-whole-number';

/** What a network consists of, as its props say it. */
export interface NetworkPlan {
  readonly tiers: PlannedTier[];
  readonly network: ec2.VpcIpamOptions;
  /** The blocks that are known: `cidr`, `secondaryCidr` and those of subnets that are given theirs. */
  readonly blocks: NamedBlock[];
  /** Whether there are subnets that NAT is for. */
  readonly hasEgress: boolean;
}

export function networkPlan(where: string, props: HaVpcProps, zones: number): NetworkPlan {
  const tiers = tiersOf(props);
  const network = networkBlock(where, props);
  const blocks = validateBlocks(where, props, network, tiers, zones);
  return { tiers, network, blocks, hasEgress: tiers.some(({ subnetType }) => subnetType === ec2.SubnetType.PRIVATE_WITH_EGRESS) };
}

function tiersOf(props: HaVpcProps): PlannedTier[] {
  const standard: PlannedTier[] = [
    { slot: 'public', name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrs: props.publicSubnetCidrs },
    { slot: 'private', name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrs: props.privateSubnetCidrs },
    { slot: 'isolated', name: ISOLATED_TIER, subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrs: props.isolatedSubnetCidrs },
  ];
  const given = standard.filter(({ cidrs }) => cidrs !== undefined);
  const { additionalTier } = props;
  return [
    ...(given.length > 0 ? given : standard),
    ...(additionalTier ? [{ slot: 'additional' as const, name: additionalTier._name, subnetType: additionalTier._subnetType, cidrs: additionalTier._cidrs }] : []),
  ];
}

function networkBlock(where: string, props: HaVpcProps): ec2.VpcIpamOptions {
  if (props.cidr !== undefined && props.ipAddresses) {
    throw new Error(`${where}: 'cidr' and 'ipAddresses' must not both be given, got ${props.cidr} and another source: the network has one block`);
  }
  return props.ipAddresses?.allocateVpcCidr() ?? { cidrBlock: props.cidr ?? ec2.Vpc.DEFAULT_CIDR_RANGE };
}

/** All blocks of the network that are known, each by its name. */
function validateBlocks(where: string, props: HaVpcProps, network: ec2.VpcIpamOptions, tiers: PlannedTier[], zones: number): NamedBlock[] {
  const networks: NamedBlock[] = [];
  if (network.cidrBlock !== undefined) networks.push({ name: 'cidr', block: requireBlock(where, 'cidr', network.cidrBlock) });
  if (props.secondaryCidr !== undefined) networks.push({ name: 'secondaryCidr', block: requireBlock(where, 'secondaryCidr', props.secondaryCidr) });
  requireDisjoint(where, networks);
  requireAssociable(where, networks);
  const names = { public: 'publicSubnetCidrs', private: 'privateSubnetCidrs', isolated: 'isolatedSubnetCidrs', additional: 'additionalTier.cidrs' };
  const given = tiers.flatMap(({ slot, cidrs }) => (cidrs ? requireSubnetBlocks(where, names[slot], cidrs, zones, networks) : []));
  requireDisjoint(where, [...plannedBlocks(where, network, tiers, zones), ...given]);
  const taken = tiers.slice(0, -1).find(({ name }) => name === props.additionalTier?._name);
  if (taken) throw new Error(`${where}: 'additionalTier' must have a name of its own, got ${taken.name}: subnets are found by it`);
  return [...networks, ...given];
}

export function subnetConfiguration({ name, subnetType }: PlannedTier, dualStack: boolean): ec2.SubnetConfiguration {
  const isPublic = subnetType === ec2.SubnetType.PUBLIC;
  return {
    name,
    subnetType,
    mapPublicIpOnLaunch: isPublic ? false : undefined,
    ipv6AssignAddressOnCreation: dualStack ? !isPublic : undefined, // an IPv6 address is public, too
  };
}

export function validateNat(where: string, strategy: NatStrategy, { hasEgress, tiers }: NetworkPlan): void {
  const needsPublicSubnets = ['perAz', 'single', 'instances'].includes(strategy._name);
  if (hasEgress && needsPublicSubnets && !tiers.some(({ slot }) => slot === 'public')) {
    throw new Error(`${where}: 'natStrategy' must be regional() or none() where there are no public subnets, got ${strategy}: give publicSubnetCidrs for its NAT`);
  }
}

export function validateAddresses(where: string, { egressAddresses, reservedEgressAddresses = 0 }: HaVpcProps): void {
  if (Token.isUnresolved(reservedEgressAddresses)) throw new Error(`${where}: 'reservedEgressAddresses' must be known at synthesis, got a token: each is a resource`);
  requireWholeNumber({ where, prop: 'reservedEgressAddresses', value: reservedEgressAddresses, least: 0, most: 6, hint: 'one for each zone is the most that NAT uses' });
  const allocations = (egressAddresses ?? []).map(({ allocationId }) => allocationId);
  const twice = allocations.find((allocation, index) => allocations.indexOf(allocation) !== index);
  if (twice !== undefined) throw new Error(`${where}: 'egressAddresses' must not have one address twice, got ${twice}: each zone leaves by its own`);
}
