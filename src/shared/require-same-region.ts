import { Token } from 'aws-cdk-lib';

interface Place {
  readonly name: string;
  readonly region: string;
}

/**
 * Throws if two things are in regions that are known and differ.
 */
export function requireSameRegion(where: string, what: string, one: Place, other: Place): void {
  if (Token.isUnresolved(one.region) || Token.isUnresolved(other.region) || one.region === other.region) return;
  throw new Error(`${where}: ${what} within one region only, but ${one.name} is in ${one.region} and ${other.name} in ${other.region}`);
}
