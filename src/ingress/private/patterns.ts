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
 * Follows the characters of `inner` and keeps, for each position in it, the set of positions in `outer` that the same characters lead to. `outer` lacks a text
 * if one way through `inner` ends where no position of `outer` is its end.
 *
 * @param start the character that all texts begin with, such as the slash of paths; each pattern begins with it, or with a wildcard
 */
export function covers(outer: string, inner: string, start?: string): boolean {
  const at = firstWildcard(outer);
  // Of most pairs, the characters alone say that: there, no sets are needed.
  const [ofOuter, ofInner] = [outer, inner].map((pattern) => pattern.length - wildcardsIn(pattern));
  if (ofOuter > ofInner + (start === undefined ? 0 : 1)) return false;
  if ((start === undefined ? isExact(inner.slice(0, 1)) : inner.startsWith(start)) && !inner.startsWith(outer.slice(0, at))) return false;
  const alphabet = [...new Set(outer.replace(/[*?]/g, '')), ANY_OTHER];
  const seen = new Set<string>();
  const todo: [number, number[], boolean][] = [[0, withEmptyStars(outer, [0]), start !== undefined]];
  while (todo.length > 0) {
    const [position, reached, isStart] = todo.pop()!;
    const key = `${position} ${reached} ${isStart}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (reached.length === 0) return false; // every pattern fits some text
    const symbol = inner[position];
    if (symbol === undefined) {
      if (!isStart && !reached.includes(outer.length)) return false;
      continue;
    }
    if (outer.endsWith('*') && reached.includes(outer.length)) continue; // whatever follows fits
    if (symbol === '*') todo.push([position + 1, reached, isStart]);
    for (const character of charactersOf(symbol, alphabet, isStart ? start : undefined)) {
      todo.push([symbol === '*' ? position : position + 1, step(outer, reached, character), false]);
    }
  }
  return true;
}

/**
 * Whether some text fits both patterns.
 *
 * @param start the character that all texts begin with
 */
export function overlap(one: string, other: string, start?: string): boolean {
  const alike = Math.min(firstWildcard(one), firstWildcard(other));
  if (one.slice(0, alike) !== other.slice(0, alike)) return false;
  const seen = new Set<string>();
  const todo: [number, number, boolean][] = [[0, 0, start !== undefined]];
  while (todo.length > 0) {
    const [i, j, isStart] = todo.pop()!;
    const key = `${i} ${j} ${isStart}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const [a, b] = [one[i], other[j]];
    if (a === undefined && b === undefined && !isStart) return true;
    if (a === '*') todo.push([i + 1, j, isStart]);
    if (b === '*') todo.push([i, j + 1, isStart]);
    if (a === undefined || b === undefined || !canBeSame(a, b, isStart ? start : undefined)) continue;
    todo.push([a === '*' ? i : i + 1, b === '*' ? j : j + 1, false]);
  }
  return false;
}

export function isExact(pattern: string): boolean {
  return !/[*?]/.test(pattern);
}

export function wildcardsIn(pattern: string): number {
  return pattern.match(/[*?]/g)?.length ?? 0;
}

function firstWildcard(pattern: string): number {
  const found = pattern.search(/[*?]/);
  return found === -1 ? pattern.length : found;
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

/** What a symbol stands for: a character each, or one for all that the other pattern does not name. */
function charactersOf(symbol: string, alphabet: string[], required: string | undefined): string[] {
  const isWildcard = symbol === '*' || symbol === '?';
  if (required !== undefined) return isWildcard || symbol === required ? [required] : [];
  return isWildcard ? alphabet : [symbol];
}

function canBeSame(a: string, b: string, required: string | undefined): boolean {
  const [fits, alsoFits] = [a, b].map((symbol) => (character: string) => symbol === '*' || symbol === '?' || symbol === character);
  if (required !== undefined) return fits(required) && alsoFits(required);
  return isExact(a) ? alsoFits(a) : !isExact(b) || fits(b);
}
