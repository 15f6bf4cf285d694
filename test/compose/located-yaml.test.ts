import { Located, readYaml } from '../../src/compose/located-yaml';

const read = (text: string) => readYaml(text, 'f.yaml');

function plain({ entries, items, scalar }: Located): unknown {
  if (entries) return Object.fromEntries([...entries].map(([key, { value }]) => [key, plain(value)]));
  return items ? items.map(plain) : scalar;
}

test('a value and its key have their places', () => {
  const { entries } = read('a:\n  b: [1, two]\n');
  const b = entries!.get('a')!.value.entries!.get('b')!;
  expect(b.at).toBe('f.yaml:2:3');
  expect(b.value.items!.map(({ at, scalar }) => [at, scalar])).toEqual([['f.yaml:2:7', 1], ['f.yaml:2:10', 'two']]);
});

test('merged maps give what a map does not have, the first before the others', () => {
  expect(plain(read('a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { <<: [*a, *b], x: 3 }\nd: { <<: *a }\n'))).toMatchObject({
    c: { x: 3, y: 1, z: 2 }, d: { x: 1, y: 1 },
  });
});

test('what has no value is null, and large numbers and dates are texts', () => {
  expect(plain(read('a:\nb: ~\nc: 2026-11-30\nd: true\n'))).toEqual({ a: null, b: null, c: '2026-11-30', d: true });
});

test('a number is as it is written, where it would be another one', () => {
  expect(plain(read('a: 12345678901234567890\nb: 012345678901\nc: 0x10\nd: 1.50\ne: -7\n'))).toEqual({ a: '12345678901234567890', b: '012345678901', c: 16, d: 1.5, e: -7 });
});

test('an alias may be a key, and what is reset is nothing', () => {
  expect(plain(read('a: &name b\nc: { *name : 1 }\nd: !reset null\ne: !reset [1]\n'))).toEqual({ a: 'b', c: { b: 1 }, d: null, e: null });
});

test('an anchor that many use is read once', () => {
  const levels = Array.from({ length: 40 }, (_, index) => `l${index + 1}: &l${index + 1} [*l${index}, *l${index}]`);
  expect(read(`l0: &l0 [x]\n${levels.join('\n')}\n`).entries!.size).toBe(41); // 2^40 texts, were they copied
});

test.each([
  ['a: [', 'f.yaml:1:5: Flow sequence'],
  ['a: 1\na: 2\n', 'f.yaml:2:1: Map keys must be unique'],
  ['a: *gone\n', "f.yaml:1:4: there is no anchor 'gone' above"],
  ['a: &a [*a]\n', 'f.yaml:1:8: the anchor contains itself'],
  ['a: { <<: 3 }\n', "f.yaml:1:10: '<<' merges maps, and this is none"],
  ['a: 1\n---\nb: 2\n', 'f.yaml:2:1: one document is expected, got 2'],
  ['', 'f.yaml:1:1: the file is empty'],
  ['a: !!omap [b: 1]\n', 'f.yaml:1:11: a list of keys and values (!!omap, !!pairs) is not supported: write a map'],
])('%j is refused with its place', (text, problem) => {
  expect(() => read(text)).toThrow(problem);
});
