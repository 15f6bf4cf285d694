// Until src/database uses src/shared/data-subnets.ts, which has all of this: then this file goes.
import { Token } from 'aws-cdk-lib';

/** Not so where the region is known only when it is deployed; nor one of a list that is, which CDK has as a list of one until then. */
export function isKnownZone(zone: string): boolean {
  return !Token.isUnresolved(zone) && !Token.isUnresolved([zone]);
}

/** For an error, which tells no tokens. */
export function zonesInWords(zones: string[]): string {
  const distinct = [...new Set(zones)];
  if (!distinct.every(isKnownZone)) return distinct.length === 1 ? 'one' : `${distinct.length}`;
  return distinct.join(' and ') || 'none';
}
