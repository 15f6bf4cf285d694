import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { AddressPlan, Ipv4Block, LONGEST_PLANNED_PREFIX, MAX_ZONES, PlannedTier, TierSlot } from '../../src/network/private/address-plan';

const TIERS: PlannedTier[] = (['public', 'private', 'isolated', 'additional'] as TierSlot[])
  .map((slot) => ({ slot, name: slot, subnetType: SubnetType.PRIVATE_ISOLATED }));

/** The blocks of each subnet, by tier and zone, as CDK gets them. */
function blocksOf(cidrBlock: string, tiers: PlannedTier[], zones: number): Record<string, Ipv4Block> {
  const requestedSubnets = tiers.flatMap(({ name, subnetType }) => Array.from({ length: zones }, (_, zone) => ({
    availabilityZone: `zone-${zone}`, subnetConstructId: `${name}${zone}`, configuration: { name, subnetType },
  })));
  const { allocatedSubnets } = new AddressPlan({ cidrBlock }, tiers).allocateSubnetsCidr({ vpcCidr: cidrBlock, requestedSubnets });
  return Object.fromEntries(allocatedSubnets.map(({ cidr }, index) => [requestedSubnets[index].subnetConstructId, Ipv4Block.parse(cidr)!]));
}

/** Numbers that look random and are the same in each run: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; yield state / 2 ** 32) state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
}

function randomNetworks(count: number): string[] {
  const random = numbers(5);
  return Array.from({ length: count }, () => {
    const prefix = 16 + Math.floor(random.next().value * (LONGEST_PLANNED_PREFIX - 15));
    const size = 2 ** (32 - prefix);
    return new Ipv4Block(Math.floor(random.next().value * (2 ** 32 / size)) * size, prefix).toString();
  });
}

const NETWORKS = randomNetworks(500);
const subsets = TIERS.reduce<PlannedTier[][]>((all, tier) => [...all, ...all.map((some) => [...some, tier])], [[]]).slice(1);

test('networks of all sizes are tried', () => {
  expect(new Set(NETWORKS.map((network) => network.split('/')[1]))).toEqual(new Set(['16', '17', '18', '19', '20', '21']));
});

test('all subnets are inside of the network and share no address, with all zones and tiers', () => {
  for (const network of NETWORKS) {
    const blocks = Object.values(blocksOf(network, TIERS, MAX_ZONES));
    expect(blocks).toHaveLength(TIERS.length * MAX_ZONES);
    const whole = Ipv4Block.parse(network)!;
    expect(blocks.every((block) => whole.contains(block))).toBe(true);
    const sorted = blocks.sort((one, other) => one.start - other.start);
    expect(sorted.slice(1).every((block, index) => sorted[index].start + sorted[index].size <= block.start)).toBe(true);
  }
});

test('no subnet moves when zones or tiers are added, whatever they were', () => {
  for (const network of NETWORKS.slice(0, 100)) {
    const all = blocksOf(network, TIERS, MAX_ZONES);
    for (const tiers of subsets) {
      for (let zones = 1; zones <= MAX_ZONES; zones++) {
        const some = blocksOf(network, tiers, zones);
        expect(Object.keys(some)).toHaveLength(tiers.length * zones);
        expect(Object.entries(some).filter(([id, block]) => all[id].toString() !== block.toString())).toEqual([]);
      }
    }
  }
});

test('public subnets have the 32 addresses that a load balancer asks for in the smallest network', () => {
  expect(blocksOf(`10.0.0.0/${LONGEST_PLANNED_PREFIX}`, TIERS, 1).public0.size).toBe(32);
});

describe('a block', () => {
  test.each(['10.0.0.0/16', '0.0.0.0/0', '255.255.255.255/32', '192.168.100.96/27'])('%s is read and written', (text) => {
    expect(Ipv4Block.parse(text)!.toString()).toBe(text);
  });

  test.each(['10.0.0.1/16', '10.0.0.0/33', '256.0.0.0/8', '10.0.0.0', '10.0.0/16', '', ' 10.0.0.0/16', '192.168.100.16/27'])('%p is none', (text) => {
    expect(Ipv4Block.parse(text)).toBeUndefined();
  });

  test('what is free of it is all that is not taken, in as few blocks as possible', () => {
    const block = (text: string) => Ipv4Block.parse(text)!;
    const free = (taken: string[]) => Ipv4Block.free(block('10.0.0.0/24'), taken.map(block)).map(String);
    expect(free([])).toEqual(['10.0.0.0/24']);
    expect(free(['10.0.0.0/24'])).toEqual([]);
    expect(free(['10.0.0.0/16'])).toEqual([]);
    expect(free(['10.0.0.64/26', '10.0.0.192/27', '10.1.0.0/24'])).toEqual(['10.0.0.0/26', '10.0.0.128/26', '10.0.0.224/27']);
  });
});
