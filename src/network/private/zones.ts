import { Annotations, Fn, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Checks } from '../../shared/checks';
import { HaVpcProps } from '../ha-vpc-props';
import { MAX_ZONES } from './address-plan';

/** How the zones begin that CDK has until it has looked. */
const STAND_IN = 'dummy1';

/**
 * The zones of a network: the given ones, or the first ones of its region. A zone's number in this list is its place in the address plan.
 *
 * @param ofProfile how many zones there are, unless the props say it
 */
export function zonesOf(scope: Construct, { availabilityZones: names, maxAzs }: Pick<HaVpcProps, 'availabilityZones' | 'maxAzs'>, ofProfile: number): string[] {
  const checks = new Checks(scope.node.path);
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
  Annotations.of(scope).addWarningV2(
    'cdk-mainstay:HaVpc.FewerZones', `the StageProfile asks for ${wanted} zones, and ${shortage}: set 'maxAzs' to ${present.length}, or choose another region`,
  );
  return present;
}

function validated(checks: Checks, names: string[], region: string): string[] {
  if (Token.isUnresolved(names)) {
    throw checks.error('\'availabilityZones\' must be a list whose length is known at synthesis, got a token: there are subnets in each zone');
  }
  if (names.length < 1 || names.length > MAX_ZONES) {
    throw checks.error(`'availabilityZones' must name 1 to ${MAX_ZONES} zones, got ${names.length}: the address plan has room for that many`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw checks.error(`'availabilityZones' must name each zone once, got ${twice} twice: subnets of one tier share no zone`);
  names.filter((name) => !Token.isUnresolved(name) && !name.startsWith(STAND_IN)).forEach((name) => requireZoneName(checks, name, region));
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
