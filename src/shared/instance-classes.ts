import { Token } from 'aws-cdk-lib';
import { Checks } from './checks';
import { CLASSES, REGIONS } from './instance-class-table';

/** An instance of RDS, a cluster of Aurora, or a cache of ElastiCache. */
export type ClassKind = 'instance' | 'cluster' | 'cache';

const SERVICE: Record<ClassKind, string> = { instance: 'RDS', cluster: 'Aurora', cache: 'ElastiCache' };

/** A default class, or the nearest to it where the region is known and does not have it. */
export function classInRegion(kind: ClassKind, wanted: string, region: string): string {
  return isOffered(kind, wanted, region) ? wanted : nearestClass(kind, wanted, region);
}

/**
 * Refuses a class that the service does not have, or not in the region, if that is known. A family that no list has is newer than the lists, and passes.
 *
 * @param prop the property in quotes
 * @param given without `db.` and `cache.`
 */
export function requireOfferedClass(checks: Checks, prop: string, kind: ClassKind, given: string | undefined, region: string): void {
  if (given === undefined || Token.isUnresolved(given) || isOffered(kind, given, region)) return;
  const where = isOffered(kind, given, ANY_REGION) ? ` in ${region}` : '';
  throw checks.error(
    `${prop} must be a class that ${SERVICE[kind]} has${where}, got '${given}': take '${nearestClass(kind, given, region)}', the nearest one. ` +
    'If AWS has added it since, upgrade cdk-mainstay',
  );
}

const ANY_REGION = 'any';

function isOffered(kind: ClassKind, name: string, region: string): boolean {
  const { family, rank } = parse(name);
  const row = CLASSES[kind][family];
  if (!row) return !Object.values(CLASSES).some((families) => family in families);
  return !(rank < rankOf(row[0])) && isInRegion(row[1], region);
}

function isInRegion(regions: string, region: string): boolean {
  const [sign, ...listed] = regions.split(' ');
  return !REGIONS.split(' ').includes(region) || listed.includes(region) === (sign === '+');
}

/** Of the same letter if there is one, then for the same processors, of the nearest size, of the nearest generation, and of two the older one. */
function nearestClass(kind: ClassKind, name: string, region: string): string {
  const wanted = parse(name);
  const distances = Object.entries(CLASSES[kind]).filter(([, [, regions]]) => isInRegion(regions, region)).map(([family, [smallest]]) => {
    const { letter, generation, processor } = parse(family);
    const isTooSmall = wanted.rank < rankOf(smallest);
    const size = isTooSmall ? smallest : wanted.size;
    const steps = isTooSmall ? rankOf(smallest) - wanted.rank : 0;
    const generations = Math.abs(generation - wanted.generation);
    const distance = [letter !== wanted.letter, processor !== wanted.processor, steps, generations, generation].map(Number);
    return { name: `${family}.${size}`, distance };
  });
  return distances.reduce((best, other) => (isLess(other.distance, best.distance) ? other : best)).name;
}

function isLess(one: number[], other: number[]): boolean {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at >= 0 && one[at] < other[at];
}

function parse(name: string) {
  const [, family, letter, generation, processor, size] = /^(([a-z]+)(\d+)([a-z]*))(?:\.(.+))?$/.exec(name) ?? [name, name, '', '', '', ''];
  return { family, letter, generation: Number(generation), processor, size, rank: rankOf(size) };
}

/** `NaN`, which is less than nothing, for a size that is not known here. */
function rankOf(size: string | undefined): number {
  const multiple = /^(\d+)xlarge$/.exec(size ?? '')?.[1];
  const named = ['nano', 'micro', 'small', 'medium', 'large', 'xlarge'].indexOf(size ?? '');
  return multiple ? 5 + Math.log2(Number(multiple)) : named < 0 ? NaN : named;
}
