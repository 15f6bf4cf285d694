// Patterns as IAM, CloudFront and load balancers have them: `*` stands for any characters or none, `/` and `:` included, and `?` for exactly one.

/** Whether a text is taken for a pattern. */
export function isWild(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Whether a text fits a pattern. */
export function matches(pattern: string, text: string): boolean {
  return fits(pattern, text, NO_CHARACTER);
}

/**
 * Whether there is a text that fits both patterns.
 *
 * Where both have a star, only their beginnings and ends can contradict each other: what is between the first and the last star of the one fits into a star of the other.
 */
export function overlap(one: string, other: string): boolean {
  if (!one.includes('*')) return fits(other, one, ANY_ONE);
  if (!other.includes('*')) return fits(one, other, ANY_ONE);
  const beginning = Math.min(one.indexOf('*'), other.indexOf('*'));
  const end = Math.min(lengthOfEnd(one), lengthOfEnd(other));
  return fitsAt(one.slice(0, beginning), other, 0, ANY_ONE)
    && fitsAt(one.slice(one.length - end), other, other.length - end, ANY_ONE);
}

/** The code of the character that stands for any one. */
const ANY_ONE = '?'.charCodeAt(0);
/** In a text that is no pattern, no character does. */
const NO_CHARACTER = -1;

/**
 * Each part between stars is looked for behind the one before it, and the first place is as good as any later one: so none is tried twice.
 *
 * @param any the character that stands for any one in the text, too
 */
function fits(pattern: string, text: string, any: number): boolean {
  const [first, ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern.length === text.length && fitsAt(pattern, text, 0, any);
  const end = text.length - last.length;
  if (first.length > end || !fitsAt(first, text, 0, any) || !fitsAt(last, text, end, any)) return false;
  let from = first.length;
  for (const part of rest.filter((each) => each !== '')) {
    const place = placeOf(part, text.slice(0, end), from, any);
    if (place === undefined) return false;
    from = place + part.length;
  }
  return true;
}

/* eslint-disable no-bitwise -- each bit is a place of a part */
/**
 * Where a part fits first. Of each character of the text, one step for all beginnings of the part at once: a bit of `reached` says whether the beginning of its length
 * ends there. To compare the part at each place would take the product of both lengths, which somebody may write on purpose.
 *
 * @see https://doi.org/10.1145/135239.135243 R. Baeza-Yates and G. H. Gonnet, A new approach to text searching
 */
function placeOf(part: string, text: string, from: number, any: number): number | undefined {
  const places = new Map<number, bigint>();
  for (let index = 0; index < part.length; index++) {
    const wanted = part.charCodeAt(index);
    places.set(wanted, (places.get(wanted) ?? 0n) | (1n << BigInt(index)));
  }
  const open = places.get(ANY_ONE) ?? 0n;
  const [last, all] = [1n << BigInt(part.length - 1), (1n << BigInt(part.length)) - 1n];
  let reached = 0n;
  for (let index = from; index < text.length; index++) {
    const given = text.charCodeAt(index);
    reached = ((reached << 1n) | 1n) & (given === any ? all : (places.get(given) ?? 0n) | open);
    if (reached & last) return index + 1 - part.length;
  }
  return undefined;
}
/* eslint-enable no-bitwise */

function fitsAt(part: string, text: string, from: number, any: number): boolean {
  for (let index = 0; index < part.length; index++) {
    const wanted = part.charCodeAt(index);
    const given = text.charCodeAt(from + index);
    if (wanted !== given && wanted !== ANY_ONE && given !== any) return false;
  }
  return true;
}

function lengthOfEnd(pattern: string): number {
  return pattern.length - pattern.lastIndexOf('*') - 1;
}
