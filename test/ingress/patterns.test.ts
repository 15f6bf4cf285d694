import { randomOf } from './random';
import { covers, overlap } from '../../src/ingress/private/patterns';

/** All texts of up to a length, of characters that patterns name and one that none does. */
function textsOf(alphabet: string[], longest: number): string[] {
  const longer = (texts: string[]): string[] => texts.flatMap((text) => alphabet.map((character) => text + character));
  const byLength = [['']];
  for (let length = 1; length <= longest; length++) byLength.push(longer(byLength.at(-1)!));
  return byLength.flat();
}

const matchers = new Map<string, RegExp>();

function matcherOf(pattern: string): RegExp {
  const source = () => [...pattern.replace(/\*+/g, '*')].map((symbol) => ({ '*': '.*', '?': '.' }[symbol] ?? `\\${symbol}`)).join('');
  if (!matchers.has(pattern)) matchers.set(pattern, new RegExp(`^${source()}$`, 's'));
  return matchers.get(pattern)!;
}

const random = randomOf(16);
const patternOf = (symbols: string[], longest: number) => Array.from({ length: random(longest + 1) }, () => symbols[random(symbols.length)]).join('');

const TEXTS = textsOf(['/', '.', '-'], 6);
const PAIRS = Array.from({ length: 3_000 }, () => [patternOf(['/', '.', '*', '?'], 4), patternOf(['/', '.', '*', '?'], 4)]);

describe('by comparison with all texts of up to six characters,', () => {
  const fitting = new Map<string, string[]>();
  const textsThatFit = (pattern: string) => {
    if (!fitting.has(pattern)) fitting.set(pattern, TEXTS.filter((text) => matcherOf(pattern).test(text)));
    return fitting.get(pattern)!;
  };

  test.each([undefined, '/'])('a pattern covers another exactly if each text that fits the other fits it (texts begin with %p)', (start) => {
    const pairs = PAIRS.filter(([, inner]) => start === undefined || /^[/*?]/.test(inner));
    const wrong = pairs.filter(([outer, inner]) => {
      const expected = textsThatFit(inner).filter((text) => text.startsWith(start ?? '')).every((text) => matcherOf(outer).test(text));
      return covers(outer, inner, start) !== expected;
    });
    expect(wrong).toEqual([]);
  });

  test.each([undefined, '/'])('two patterns overlap exactly if some text fits both (texts begin with %p)', (start) => {
    const wrong = PAIRS.filter(([one, other]) => {
      const expected = textsThatFit(one).some((text) => text.startsWith(start ?? '') && matcherOf(other).test(text));
      return overlap(one, other, start) !== expected;
    });
    expect(wrong).toEqual([]);
  });

  test('the pairs are of all kinds', () => {
    const counts = [covers, overlap].map((relation) => PAIRS.filter(([one, other]) => relation(one, other)).length);
    counts.forEach((count) => expect(count).toBeGreaterThan(500));
    counts.forEach((count) => expect(count).toBeLessThan(2_500));
  });
});

test.each([
  ['/*', '/api/*', true],
  ['/api*', '/api/v2/*', true],
  ['/api/*', '/api', false],
  ['/api/*', '/api*', false],
  ['/*.png', '/images/*', false],
  ['/?pi/*', '/api/*', true],
  ['*.png', '/*.png', true],
  ['/*.png', '*.png', true],
])('%s covers the paths of %s: %p', (outer, inner, expected) => {
  expect(covers(outer, inner, '/')).toBe(expected);
});

test('patterns of the greatest length are compared at once', () => {
  const long = (end: string) => `/${'a'.repeat(60)}*${'b'.repeat(30)}*${'c'.repeat(30)}${end}`;
  expect(covers(long('*'), long('d'))).toBe(true);
  expect(covers(long('d'), long('*'))).toBe(false);
});
