import { Token } from 'aws-cdk-lib';
import { IVpc, SelectedSubnets, SubnetSelection, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Checks } from './checks';

/** What the isolated subnets of every HaVpc are called. */
export const ISOLATED_TIER = 'Isolated';

/**
 * Where data lies in a network: isolated subnets if there are any, of several tiers the one called `Isolated`, else private ones. Never public ones.
 *
 * @param what is there, such as 'a database'
 * @throws if there are neither, or a given one is public
 */
export function dataSubnets(checks: Checks, vpc: IVpc, given: SubnetSelection | undefined, what: string): SubnetSelection {
  const never = `${what} is never reachable from the internet`;
  if (!given && vpc.isolatedSubnets.length + vpc.privateSubnets.length === 0) {
    throw checks.error(`'vpc' must have isolated or private subnets, got ${vpc.node.path} with public ones only: ${never}`);
  }
  const selection = given ?? isolatedTier(vpc)
    ?? { subnetType: vpc.isolatedSubnets.length > 0 ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS };
  const { subnets, isPendingLookup } = vpc.selectSubnets(selection);
  const open = isPendingLookup ? undefined : subnets.find((subnet) => vpc.publicSubnets.includes(subnet));
  if (open) throw checks.error(`'vpcSubnets' must not be public, got ${open.node.path}: ${never}`);
  return selection;
}

/**
 * Throws if all subnets are known to be in one zone, or if there is one only.
 *
 * @param text the error, which gets the zones that there are, in words
 */
export function requireTwoZones(checks: Checks, selected: SelectedSubnets, text: (zones: string) => string): void {
  const { subnets, subnetIds, availabilityZones, isPendingLookup } = selected;
  if (isPendingLookup) return;
  // CDK has a list that is known when deployed as a list of one until then.
  const zones = [...new Set(availabilityZones)];
  const inOneZone = zones.length < 2 && !Token.isUnresolved(zones);
  const isOne = subnets.length < 2 && !Token.isUnresolved(subnetIds);
  if (inOneZone || isOne) throw checks.error(text(inWords(zones)));
}

/**
 * In a network of several isolated tiers the one called `Isolated`, so that another tier, added later, moves nothing. Nothing if there are no several, or if
 * none is called so. Known by their ids, networks that are looked up or imported have it, too.
 */
function isolatedTier({ isolatedSubnets }: IVpc): SubnetSelection | undefined {
  const names = new Set(isolatedSubnets.map(({ node }) => node.id.replace(/Subnet\d+$/, '')));
  return names.size > 1 && names.has(ISOLATED_TIER) ? { subnetGroupName: ISOLATED_TIER } : undefined;
}

/** For an error, which shows no tokens. */
function inWords(zones: string[]): string {
  if (!zones.every(isKnown)) return zones.length === 1 ? 'one' : `${zones.length}`;
  return zones.join(' and ') || 'none';
}

function isKnown(zone: string): boolean {
  return !Token.isUnresolved(zone) && !Token.isUnresolved([zone]);
}
