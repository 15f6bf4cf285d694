import { Fn, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { addWarning } from '../../shared/acknowledge';
import { Checks, isPlaceholder, isUnknown } from '../../shared/checks';
import { ISOLATED_TIER } from '../../shared/data-subnets';
import { StageProfile } from '../../stage/stage-profile';
import { EndpointSet } from '../endpoint-set';
import { HaVpcProps } from '../ha-vpc-props';
import { NatStrategy } from '../nat-strategy';
import { Ipv4Block, LONGEST_PLANNED_PREFIX, MAX_ZONES, plannedBlock, PlannedTier } from './address-plan';

/** What a network consists of, as its props and its profile say it. */
export interface NetworkPlan {
  readonly zones: string[];
  readonly tiers: PlannedTier[];
  readonly network: ec2.VpcIpamOptions;
  readonly secondaryCidr?: string;
  /** The blocks that are known: `cidr`, `secondaryCidr` and those of subnets that are given theirs. */
  readonly blocks: NamedBlock[];
  /** Whether it has IPv6 addresses, too. */
  readonly dualStack: boolean;
  readonly natStrategy: NatStrategy;
  /** Whether there are subnets that NAT is for. */
  readonly hasEgress: boolean;
  /** How many elastic addresses it has, even if NAT uses fewer. */
  readonly reservedAddresses: number;
}

/** A block, and the words by which an error tells which one it is. */
export interface NamedBlock {
  readonly name: string;
  readonly block: Ipv4Block;
}

/**
 * @throws if zones, blocks, NAT or addresses do not fit together
 */
export function networkPlan(scope: Construct, given: HaVpcProps, profile: StageProfile): NetworkPlan {
  const props = withoutPlaceholders(given);
  const checks = new Checks(scope.node.path);
  const zones = zonesOf(checks, scope, props, profile.availabilityZones);
  const tiers = tiersOf(props);
  const network = networkBlock(checks, props);
  const plan: NetworkPlan = {
    zones,
    tiers,
    network,
    secondaryCidr: props.secondaryCidr,
    blocks: validatedBlocks(checks, props, network, tiers, zones.length),
    dualStack: props.ipProtocol === ec2.IpProtocol.DUAL_STACK,
    natStrategy: props.natStrategy ?? profile.natStrategy,
    hasEgress: tiers.some(({ subnetType }) => subnetType === ec2.SubnetType.PRIVATE_WITH_EGRESS),
    reservedAddresses: Math.max(props.reservedEgressAddresses ?? 0, props.egressAddresses?.length ?? 0),
  };
  validateNat(checks, plan);
  validateAddresses(checks, props);
  return plan;
}

/** Until all blocks are looked up, the network is planned with none of them. Nobody deploys such a synthesis: the CLI makes another one. */
function withoutPlaceholders(props: HaVpcProps): HaVpcProps {
  const blocks: (keyof HaVpcProps)[] = ['cidr', 'secondaryCidr', 'publicSubnetCidrs', 'privateSubnetCidrs', 'isolatedSubnetCidrs'];
  if (![...blocks.map((prop) => props[prop]), props.additionalTier?._cidrs].flat().some(isPlaceholder)) return props;
  return { ...props, ...Object.fromEntries([...blocks, 'additionalTier'].map((prop) => [prop, undefined])) };
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

function networkBlock(checks: Checks, props: HaVpcProps): ec2.VpcIpamOptions {
  if (props.cidr !== undefined && props.ipAddresses) {
    throw checks.error(`'cidr' and 'ipAddresses' must not both be given, got ${props.cidr} and another source: the network has one block`);
  }
  return props.ipAddresses?.allocateVpcCidr() ?? { cidrBlock: props.cidr ?? ec2.Vpc.DEFAULT_CIDR_RANGE };
}

/** All blocks of the network that are known, each by its name. */
function validatedBlocks(checks: Checks, props: HaVpcProps, network: ec2.VpcIpamOptions, tiers: PlannedTier[], zones: number): NamedBlock[] {
  const networks: NamedBlock[] = [];
  if (network.cidrBlock !== undefined) networks.push({ name: 'cidr', block: parsedBlock(checks, 'cidr', network.cidrBlock) });
  if (props.secondaryCidr !== undefined) networks.push({ name: 'secondaryCidr', block: parsedBlock(checks, 'secondaryCidr', props.secondaryCidr) });
  requireDisjoint(checks, networks);
  requireAssociable(checks, networks);
  const names = { public: 'publicSubnetCidrs', private: 'privateSubnetCidrs', isolated: 'isolatedSubnetCidrs', additional: 'additionalTier.cidrs' };
  const given = tiers.flatMap(({ slot, cidrs }) => (cidrs ? subnetBlocks(checks, names[slot], cidrs, zones, networks) : []));
  requireDisjoint(checks, [...plannedBlocks(checks, network, tiers, zones), ...given]);
  const taken = tiers.slice(0, -1).find(({ name }) => name === props.additionalTier?._name);
  if (taken) throw checks.error(`'additionalTier' must have a name of its own, got ${taken.name}: subnets are found by it`);
  return [...networks, ...given];
}

/**
 * The block of a prop, which AWS takes for a network or a subnet.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
function parsedBlock(checks: Checks, prop: string, text: string): Ipv4Block {
  checks.known(prop, text, 'the address plan is calculated from it');
  const block = Ipv4Block.parse(text);
  if (block && block.prefix >= 16 && block.prefix <= 28) return block;
  throw checks.error(`'${prop}' must be a block of IPv4 addresses from /16 to /28 that starts at a multiple of its size, such as 10.0.0.0/16, got ${text}`);
}

/** The blocks of the subnets that are named one by one: as many as zones, inside of the network. */
function subnetBlocks(checks: Checks, prop: string, texts: string[], zones: number, networks: NamedBlock[]): NamedBlock[] {
  checks.known(prop, texts, 'there is a subnet for each item');
  if (texts.length !== zones) throw checks.error(`'${prop}' must have one block for each of the ${zones} zones, got ${texts.length}`);
  return texts.map((text, index) => {
    const name = `${prop}[${index}]`;
    const block = parsedBlock(checks, name, text);
    if (!networks.some((network) => network.block.contains(block))) {
      const allowed = networks.map((network) => `'${network.name}' (${network.block})`).join(' or ');
      throw checks.error(`'${name}' must be inside of ${allowed}, got ${block}`);
    }
    return { name, block };
  });
}

function requireDisjoint(checks: Checks, blocks: NamedBlock[]): void {
  blocks.forEach((one, index) => {
    const other = blocks.slice(0, index).find(({ block }) => block.overlaps(one.block));
    if (other) throw checks.error(`'${other.name}' (${other.block}) and '${one.name}' (${one.block}) must not overlap: no address is in two subnets`);
  });
}

/** Blocks that AWS keeps for itself beside those of a network, by where its first one is; the last row is for all others. */
const NOT_ASSOCIABLE: [string, string[]][] = [
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
function requireAssociable(checks: Checks, networks: NamedBlock[]): void {
  const isIn = (text: string) => ({ block }: NamedBlock) => Ipv4Block.parse(text)!.contains(block);
  const linkLocal = networks.find(isIn(LINK_LOCAL));
  if (linkLocal) throw checks.error(`'${linkLocal.name}' must not be in ${LINK_LOCAL}, got ${linkLocal.block}: AWS keeps these addresses for itself`);
  const first = networks.find(({ name }) => name === 'cidr');
  const second = networks.find(({ name }) => name === 'secondaryCidr');
  if (!first || !second) return;
  const [, kept] = NOT_ASSOCIABLE.find(([range]) => isIn(range)(first))!;
  const range = kept.find((each) => isIn(each)(second));
  if (range !== undefined) {
    throw checks.error(
      `'secondaryCidr' must not be in ${range} beside 'cidr' (${first.block}), got ${second.block}: AWS takes none of ${kept.join(', ')} there; ` +
      'one of 100.64.0.0/10 goes with every network',
    );
  }
}

/** The blocks that the plan itself gives to subnets, if it knows them. */
function plannedBlocks(checks: Checks, network: ec2.VpcIpamOptions, tiers: PlannedTier[], zones: number): NamedBlock[] {
  const planned = tiers.filter(({ cidrs }) => !cidrs);
  const prefix = network.cidrBlock === undefined ? network.ipv4NetmaskLength : Ipv4Block.parse(network.cidrBlock)?.prefix;
  if (planned.length > 0 && (prefix === undefined || Token.isUnresolved(prefix) || prefix > LONGEST_PLANNED_PREFIX)) {
    throw checks.error(
      `the address plan needs a network of /${LONGEST_PLANNED_PREFIX} or larger, with room for six zones of four tiers, got ` +
      `${network.cidrBlock ?? (Token.isUnresolved(prefix) || prefix === undefined ? 'one of unknown size' : `/${prefix}`)}: ` +
      'give a larger one, or each subnet its block by publicSubnetCidrs, privateSubnetCidrs and isolatedSubnetCidrs',
    );
  }
  return planned.flatMap(({ name, slot }) => Array.from({ length: zones }, (_, zone) => plannedBlock(network, slot, zone))
    .flatMap((block, zone) => (block ? [{ name: `${name}Subnet${zone + 1} of the plan`, block }] : [])));
}

function validateNat(checks: Checks, { natStrategy, hasEgress, tiers }: NetworkPlan): void {
  const needsPublicSubnets = ['perAz', 'single', 'instances'].includes(natStrategy._name);
  if (hasEgress && needsPublicSubnets && !tiers.some(({ slot }) => slot === 'public')) {
    throw checks.error(`'natStrategy' must be regional() or none() where there are no public subnets, got ${natStrategy}: give publicSubnetCidrs for its NAT`);
  }
}

function validateAddresses(checks: Checks, { egressAddresses, reservedEgressAddresses }: HaVpcProps): void {
  checks.known('reservedEgressAddresses', reservedEgressAddresses, 'each is a resource');
  checks.wholeNumber('reservedEgressAddresses', reservedEgressAddresses, { least: 0, most: 6, hint: 'one for each zone is the most that NAT uses' });
  const allocations = (egressAddresses ?? []).map(({ allocationId }) => allocationId);
  const twice = allocations.find((allocation, index) => allocations.indexOf(allocation) !== index);
  if (twice !== undefined) throw checks.error(`'egressAddresses' must not have one address twice, got ${twice}: each zone leaves by its own`);
}

/** How the zones begin that CDK has until it has looked. */
const STAND_IN = 'dummy1';

/**
 * The zones of a network: the given ones, or the first ones of its region. A zone's number in this list is its place in the address plan.
 *
 * @param ofProfile how many zones there are, unless the props say it
 */
function zonesOf(checks: Checks, scope: Construct, { availabilityZones: names, maxAzs }: HaVpcProps, ofProfile: number): string[] {
  if (names && maxAzs !== undefined) {
    throw checks.error(`'availabilityZones' and 'maxAzs' must not both be given, got [${names}] and ${maxAzs}: zones are chosen by name or by number`);
  }
  if (names) return validated(checks, names, Stack.of(scope).region);
  checks.known('maxAzs', maxAzs, 'there are subnets in each zone');
  const wanted = maxAzs ?? ofProfile;
  checks.wholeNumber('maxAzs', wanted, { least: 1, most: MAX_ZONES, hint: 'the address plan has room for that many' });

  const present = zonesOfRegion(scope);
  if (present.length >= wanted) return present.slice(0, wanted);
  const shortage = `the region has ${present.length} zones that need no opt-in (${present.join(', ')})`;
  if (maxAzs !== undefined) throw checks.error(`'maxAzs' must be at most ${present.length}, got ${maxAzs}: ${shortage}`);
  addWarning(
    scope, 'cdk-mainstay:HaVpc.FewerZones', `the StageProfile asks for ${wanted} zones, and ${shortage}: set 'maxAzs' to ${present.length}, or choose another region`,
  );
  return present;
}

function validated(checks: Checks, names: string[], region: string): string[] {
  checks.knownList('availabilityZones', names, 'there are subnets in each zone');
  if (names.length < 1 || names.length > MAX_ZONES) {
    throw checks.error(`'availabilityZones' must name 1 to ${MAX_ZONES} zones, got ${names.length}: the address plan has room for that many`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw checks.error(`'availabilityZones' must name each zone once, got ${twice} twice: subnets of one tier share no zone`);
  names.filter((name) => !isUnknown(name) && !name.startsWith(STAND_IN)).forEach((name) => requireZoneName(checks, name, region));
  return [...names];
}

/**
 * Names such as us-west-2a, us-west-2-lax-1a of a Local Zone and us-west-2-wl1-las-wlz-1 of a Wavelength Zone; ids, such as usw2-az1, have no hyphen in
 * their region.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html
 * @see https://docs.aws.amazon.com/local-zones/latest/ug/available-local-zones.html
 */
function requireZoneName(checks: Checks, name: string, region: string): void {
  if (/^[a-z]+\d+-/.test(name)) {
    throw checks.error(`'availabilityZones' must be names of zones, such as us-east-1a, got the id ${name}: subnets take no ids`);
  }
  if (Token.isUnresolved(region) || new RegExp(`^${region}([a-z]$|-)`).test(name)) return;
  throw checks.error(`'availabilityZones' must be zones of ${region}, the region of the stack, got ${name}: name its own, or leave them out`);
}

/**
 * By CloudFormation where the region or the account is not known, as zones are of both; else as CDK has looked them up, without Local Zones and
 * Wavelength Zones, which need an opt-in.
 */
function zonesOfRegion(scope: Construct): string[] {
  const stack = Stack.of(scope);
  if (Token.isUnresolved(stack.region) || Token.isUnresolved(stack.account)) {
    return Array.from({ length: MAX_ZONES }, (_, index) => Fn.select(index, Fn.getAzs()));
  }
  const found = stack.availabilityZones.filter((zone) => !/-\d+-/.test(zone));
  // It has three stand-ins, and a network may have more.
  return found[0] === `${STAND_IN}a` ? [...'abcdef'].map((letter) => `${STAND_IN}${letter}`) : found;
}

/**
 * These have no private name in a network, and AWS refuses to give them one: clients use the name of the endpoint itself.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html#privatelink-considerations
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-streams.html
 */
const WITHOUT_PRIVATE_DNS = ['dynamodb', 'dynamodb-fips', 'dynamodb-streams'];

/**
 * An endpoint for each service of the sets, in a subnet of each zone, with one security group that takes HTTPS from the network and sends nothing.
 */
export function interfaceEndpoints(
  scope: Construct, vpc: ec2.Vpc, sets: EndpointSet[],
): { endpoints: Record<string, ec2.InterfaceVpcEndpoint>; securityGroup?: ec2.SecurityGroup } {
  const services = new Map(sets.flatMap(({ _services }) => _services.map((service) => [service.shortName, service])));
  if (services.size === 0) return { endpoints: {} };
  const securityGroup = new ec2.SecurityGroup(scope, 'EndpointSecurityGroup', {
    vpc, description: 'Interface endpoints: HTTPS from the network', allowAllOutbound: false,
  });
  [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets].forEach(({ ipv4CidrBlock, node }) => {
    securityGroup.addIngressRule(ec2.Peer.ipv4(ipv4CidrBlock), ec2.Port.HTTPS, `from ${node.id}`);
  });
  const { subnets } = vpc.selectSubnets({ onePerAz: true }); // private ones, or isolated ones where there are none
  return {
    securityGroup,
    endpoints: Object.fromEntries([...services].map(([name, service]) => [name, new ec2.InterfaceVpcEndpoint(scope, `Endpoint-${name}`, {
      vpc, service, subnets: { subnets }, securityGroups: [securityGroup], privateDnsEnabled: !WITHOUT_PRIVATE_DNS.includes(name), open: false,
    })])),
  };
}
