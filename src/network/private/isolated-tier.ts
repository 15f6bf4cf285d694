// Until src/database uses src/shared/data-subnets.ts, which has all of this: then this file goes.
import { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';

/** What the isolated subnets of every HaVpc are called. */
export const ISOLATED_TIER = 'Isolated';

/**
 * Where data goes by default in a network of several isolated tiers: into the one called `Isolated`, so that another tier, added later, moves nothing.
 * Nothing if there are no several, or if none is called so. Known by their ids, networks that are looked up or imported have it, too.
 */
export function isolatedTier({ isolatedSubnets }: IVpc): SubnetSelection | undefined {
  const names = new Set(isolatedSubnets.map(({ node }) => node.id.replace(/Subnet\d+$/, '')));
  return names.size > 1 && names.has(ISOLATED_TIER) ? { subnetGroupName: ISOLATED_TIER } : undefined;
}
