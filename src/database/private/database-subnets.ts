import { Token } from 'aws-cdk-lib';
import { IVpc, SubnetSelection, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { isolatedTier } from '../../network/private/isolated-tier';
import { isKnownZone, zonesInWords } from '../../network/private/zones-in-words';

/**
 * Where a database goes: isolated subnets if there are any, of several tiers the one called `Isolated`, else private ones.
 *
 * @throws if there are neither, a given one is public, there are fewer than two, or all are in one zone
 */
export function databaseSubnets(where: string, vpc: IVpc, given: SubnetSelection | undefined): SubnetSelection {
  if (!given && vpc.isolatedSubnets.length + vpc.privateSubnets.length === 0) {
    throw new Error(`${where}: 'vpc' must have isolated or private subnets, got ${vpc.node.path} with public ones only: a database is never reachable from the internet`);
  }
  const selection = given ?? isolatedTier(vpc)
    ?? { subnetType: vpc.isolatedSubnets.length > 0 ? SubnetType.PRIVATE_ISOLATED : SubnetType.PRIVATE_WITH_EGRESS };
  const { subnets, subnetIds, availabilityZones, isPendingLookup } = vpc.selectSubnets(selection);
  if (isPendingLookup) return selection;
  const open = subnets.find((subnet) => vpc.publicSubnets.includes(subnet));
  if (open) throw new Error(`${where}: 'vpcSubnets' must not be public, got ${open.node.path}: a database is never reachable from the internet`);
  const inOneZone = new Set(availabilityZones).size < 2 && availabilityZones.every(isKnownZone);
  const isOne = subnets.length < 2 && !Token.isUnresolved(subnetIds); // a list that is known when deployed is one subnet until then
  if (inOneZone || isOne) {
    throw new Error(
      `${where}: 'vpcSubnets' must be in two availability zones at least, got ${zonesInWords(availabilityZones)}: RDS takes no fewer, so that a standby has a place; ` +
      'give the network another zone',
    );
  }
  return selection;
}
