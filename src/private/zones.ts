import { Annotations, Fn, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { MAX_ZONES } from './address-plan';
import { requireWholeNumber } from './require-whole-number';

interface Wanted {
  readonly names?: string[];
  readonly count?: number;
  readonly ofProfile: number;
}

/**
 * The zones of a network: the given ones, or the first ones of its region. A zone's number in this list is its place in the address plan.
 */
export function zonesOf(scope: Construct, { names, count, ofProfile }: Wanted): string[] {
  const where = scope.node.path;
  if (names && count !== undefined) {
    throw new Error(`${where}: 'availabilityZones' and 'maxAzs' must not both be given, got [${names}] and ${count}: zones are chosen by name or by number`);
  }
  if (names) return validated(where, names);
  if (Token.isUnresolved(count)) throw new Error(`${where}: 'maxAzs' must be known at synthesis, got a token: there are subnets in each zone`);
  const wanted = count ?? ofProfile;
  requireWholeNumber({ where, prop: 'maxAzs', value: wanted, least: 1, most: MAX_ZONES, hint: 'the address plan has room for that many' });

  const present = zonesOfRegion(scope);
  if (present.length >= wanted) return present.slice(0, wanted);
  const shortage = `the region has ${present.length} zones that need no opt-in (${present.join(', ')})`;
  if (count !== undefined) throw new Error(`${where}: 'maxAzs' must be at most ${present.length}, got ${count}: ${shortage}`);
  Annotations.of(scope).addWarningV2(
    'cdk-mainstay:HaVpc.FewerZones', `the StageProfile asks for ${wanted} zones, and ${shortage}: set 'maxAzs' to ${present.length}, or choose another region`,
  );
  return present;
}

function validated(where: string, names: string[]): string[] {
  if (Token.isUnresolved(names)) {
    throw new Error(`${where}: 'availabilityZones' must be a list whose length is known at synthesis, got a token: there are subnets in each zone`);
  }
  if (names.length < 1 || names.length > MAX_ZONES) {
    throw new Error(`${where}: 'availabilityZones' must name 1 to ${MAX_ZONES} zones, got ${names.length}: the address plan has room for that many`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`${where}: 'availabilityZones' must name each zone once, got ${twice} twice: subnets of one tier share no zone`);
  return [...names];
}

/** By CloudFormation where the region is not known; else as CDK has looked them up, without Local Zones and Wavelength Zones, which need an opt-in. */
function zonesOfRegion(scope: Construct): string[] {
  const stack = Stack.of(scope);
  if (Token.isUnresolved(stack.region)) return Array.from({ length: MAX_ZONES }, (_, index) => Fn.select(index, Fn.getAzs()));
  const found = stack.availabilityZones.filter((zone) => Token.isUnresolved(zone) || !/-\d+-/.test(zone));
  // CDK's stand-ins until it has looked: it has three, and a network may have more.
  return found[0] === 'dummy1a' ? [...'abcdef'].map((letter) => `dummy1${letter}`) : found;
}
