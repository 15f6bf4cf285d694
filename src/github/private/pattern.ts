/** Whether IAM takes a text for a pattern: `*` stands for anything, `/` and `:` included, and `?` for one character. */
export function isWild(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Whether a text fits a pattern, as IAM decides it. */
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
  const isLiteral = !pattern.includes('?') && (any === NO_CHARACTER || !text.includes('?'));
  let from = first.length;
  for (const part of rest) {
    if (isLiteral) from = text.indexOf(part, from);
    else while (from + part.length <= end && !fitsAt(part, text, from, any)) from++;
    if (from < 0 || from + part.length > end) return false;
    from += part.length;
  }
  return true;
}

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
