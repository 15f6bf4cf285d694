import { matches, overlap } from '../../src/shared/wildcards';

/** As IAM defines it, by trying everything. */
function fitsByDefinition(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const [head, rest] = [pattern[0], pattern.slice(1)];
  if (head === '*') return fitsByDefinition(rest, text) || (text !== '' && fitsByDefinition(pattern, text.slice(1)));
  return text !== '' && (head === '?' || head === text[0]) && fitsByDefinition(rest, text.slice(1));
}

function allOf(letters: string, longest: number): string[] {
  const all = [''];
  for (let from = 0, length = 1; length <= longest; length++) {
    const before = all.slice(from);
    from = all.length;
    all.push(...before.flatMap((text) => [...letters].map((letter) => text + letter)));
  }
  return all;
}

// A text that fits two patterns need not be longer than all of their letters.
const PATTERNS = allOf('ab*?', 3);
const TEXTS = allOf('ab', 6);
const FITTING = new Map(PATTERNS.map((pattern) => [pattern, new Set(TEXTS.filter((text) => fitsByDefinition(pattern, text)))]));

test('every small pattern matches the texts that it does by definition', () => {
  const pairs = PATTERNS.flatMap((pattern) => TEXTS.map((text): [string, string] => [pattern, text]));
  expect(pairs.filter(([pattern, text]) => matches(pattern, text) !== FITTING.get(pattern)!.has(text))).toEqual([]);
});

test('every two small patterns overlap if a text fits both', () => {
  const pairs = PATTERNS.flatMap((one) => PATTERNS.map((another): [string, string] => [one, another]));
  expect(pairs.length).toBe(85 * 85);
  const doByDefinition = (one: string, another: string) => [...FITTING.get(one)!].some((text) => FITTING.get(another)!.has(text));
  expect(pairs.filter(([one, another]) => overlap(one, another) !== doByDefinition(one, another))).toEqual([]);
});

test('longer patterns, drawn at random, overlap if a text fits both', () => {
  let seed = 7;
  const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const drawn = () => Array.from({ length: 3 + next(4) }, () => 'aab**?'[next(6)]).join('');
  const texts = allOf('ab', 11);
  const found = { yes: 0, no: 0 };
  for (let count = 0; count < 150; count++) {
    const [one, another] = [drawn(), drawn()];
    const expected = texts.some((text) => fitsByDefinition(one, text) && fitsByDefinition(another, text));
    expect([one, another, overlap(one, another)]).toEqual([one, another, expected]);
    found[expected ? 'yes' : 'no']++;
  }
  expect(Math.min(found.yes, found.no)).toBeGreaterThan(10);
});

test('in a text, wildcards are characters like any other', () => {
  expect([matches('a', '?'), matches('?', '?'), matches('a*', 'a*b'), matches('a\nb', 'a\nb'), matches('*', 'a\nb')]).toEqual([false, true, true, true, true]);
});

const MANY = String.fromCharCode(...Array.from({ length: 250 }, (_, index) => 0x4e00 + index));

describe('10,000 characters take less than 50 ms:', () => {
  const long = (piece: string, end = '') => piece.repeat(10_000 / piece.length).slice(end.length) + end;

  test.each<[string, () => boolean, boolean]>([
    ['many stars on both sides', () => overlap(long('*a', '*b'), long('*a', '*c')), false],
    ['many stars on both sides that fit', () => overlap(long('*a'), long('a*')), true],
    ['many stars on one side', () => overlap(long('*a', '*b'), long('a')), false],
    ['a long part between stars', () => overlap(`*${'a'.repeat(5_000)}b*`, long('a')), false],
    ['a long part with a character that is left open', () => overlap(`*?${'a'.repeat(4_999)}b*`, long('a')), false],
    ['a long part that almost fits everywhere', () => overlap(`*${'a'.repeat(2_500)}?${'a'.repeat(2_500)}b*`, long('a', '?')), true],
    ['a long part of many characters', () => overlap(`*?${MANY.repeat(5_000 / MANY.length)}?b*`, MANY.repeat(10_000 / MANY.length)), false],
    ['a text that is left open everywhere', () => overlap(`*${long('a', 'b')}*`, long('?')), true],
    ['many characters that are left open', () => overlap(long('?*'), long('a?')), true],
    ['a text and many stars', () => matches(long('*a', '*b'), long('a')), false],
  ])('%s', (_, decide, expected) => {
    // The fastest of some, as the machine may do something else meanwhile. By trying everything, one takes longer than anybody waits.
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      expect(decide()).toBe(expected);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});
