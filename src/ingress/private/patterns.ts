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
 * @param start the character that all texts begin with, such as the slash of paths
 */
export function covers(outer: string, inner: string, start?: string): boolean {
  const alphabet = [...new Set([...outer, ...inner, start ?? ''].join('').replace(/[*?]/g, '')), ANY_OTHER];
  const seen = new Set<string>();
  const todo: [number, number[], boolean][] = [[0, closure(outer, [0]), start !== undefined]];
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
    if (symbol === '*') todo.push([position + 1, reached, isStart]);
    for (const character of charactersOf(symbol, isStart ? [start!] : alphabet)) {
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

/** The positions reached by one more character. */
function step(pattern: string, reached: number[], character: string): number[] {
  const next = reached.flatMap((position) => {
    const symbol = pattern[position];
    if (symbol === '*') return [position];
    return symbol !== undefined && (symbol === '?' || symbol === character) ? [position + 1] : [];
  });
  return closure(pattern, next);
}

/** With what is reached by a `*` that stands for nothing. */
function closure(pattern: string, positions: number[]): number[] {
  const all = new Set<number>();
  for (let position of positions) {
    all.add(position);
    while (pattern[position] === '*') all.add(++position);
  }
  return [...all].sort((a, b) => a - b);
}

function charactersOf(symbol: string, alphabet: string[]): string[] {
  return symbol === '*' || symbol === '?' ? alphabet : alphabet.filter((character) => character === symbol);
}

function canBeSame(a: string, b: string, required: string | undefined): boolean {
  const [fits, alsoFits] = [a, b].map((symbol) => (character: string) => symbol === '*' || symbol === '?' || symbol === character);
  if (required !== undefined) return fits(required) && alsoFits(required);
  return isExact(a) ? alsoFits(a) : !isExact(b) || fits(b);
}
