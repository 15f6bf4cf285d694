import * as wildcards from '../../shared/wildcards';

/**
 * Patterns as listener rules have them: `*` stands for any characters or none, `?` for exactly one.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_PathPatternConditionConfig.html
 */

/** Stands for all characters that no pattern names. */
const ANY_OTHER = '\u0000';

/**
 * Whether each text that fits `inner` fits `outer`, too.
 *
 * @param start the character that all texts begin with, such as the slash of paths
 */
export function covers(outer: string, inner: string, start?: string): boolean {
  return beginningWith(start, inner).every((each) => coversAll(outer, each));
}

/**
 * Whether some text fits both patterns.
 *
 * @param start the character that all texts begin with
 */
export function overlap(one: string, other: string, start?: string): boolean {
  return beginningWith(start, one).some((each) => beginningWith(start, other).some((another) => wildcards.overlap(each, another)));
}

export function wildcardsIn(pattern: string): number {
  return pattern.match(/[*?]/g)?.length ?? 0;
}

/** Patterns that together fit those texts of a pattern that begin with a character. */
function beginningWith(start: string | undefined, pattern: string): string[] {
  if (start === undefined) return [pattern];
  const [symbol, rest] = [pattern.slice(0, 1), pattern.slice(1)];
  if (symbol === '*') return [`${start}${pattern}`, ...beginningWith(start, rest)]; // it stands for more than nothing, or for nothing
  return symbol === '?' || symbol === start ? [`${start}${rest}`] : [];
}

/**
 * Follows the characters of `inner` and keeps, for each position in it, the set of positions in `outer` that the same characters lead to. `outer` lacks a text
 * if one way through `inner` ends where no position of `outer` is its end.
 */
function coversAll(outer: string, inner: string): boolean {
  // Of most pairs, the characters alone say that: there, no sets are needed.
  if (outer.length - wildcardsIn(outer) > inner.length - wildcardsIn(inner)) return false;
  if (!wildcards.isWild(inner.slice(0, 1)) && !inner.startsWith(outer.split(/[*?]/, 1)[0])) return false;
  const alphabet = [...new Set(outer.replace(/[*?]/g, '')), ANY_OTHER];
  const seen = new Set<string>();
  const todo: [number, number[]][] = [[0, withEmptyStars(outer, [0])]];
  while (todo.length > 0) {
    const [position, reached] = todo.pop()!;
    const key = `${position} ${reached}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (reached.length === 0) return false; // every pattern fits some text
    const symbol = inner[position];
    if (symbol === undefined) {
      if (!reached.includes(outer.length)) return false;
      continue;
    }
    if (outer.endsWith('*') && reached.includes(outer.length)) continue; // whatever follows fits
    if (symbol === '*') todo.push([position + 1, reached]);
    // A wildcard stands for a character each, and for one for all that the other pattern does not name.
    for (const character of wildcards.isWild(symbol) ? alphabet : [symbol]) {
      todo.push([symbol === '*' ? position : position + 1, step(outer, reached, character)]);
    }
  }
  return true;
}

/** The positions reached by one more character. */
function step(pattern: string, reached: number[], character: string): number[] {
  const next: number[] = [];
  for (const position of reached) {
    const symbol = pattern[position];
    if (symbol === '*') next.push(position);
    else if (symbol === '?' || symbol === character) next.push(position + 1);
  }
  return withEmptyStars(pattern, next);
}

/** With the positions reached by a `*` that stands for nothing. Those before the last `*` reached are left out: whatever fits from there fits from it, too. */
function withEmptyStars(pattern: string, positions: number[]): number[] {
  const all = new Set<number>();
  let least = 0;
  for (let position of positions) {
    all.add(position);
    while (pattern[position] === '*') {
      least = Math.max(least, position);
      all.add(++position);
    }
  }
  return [...all].filter((position) => position >= least).sort((a, b) => a - b);
}
