import { archivedName, originalName } from '../../../lambda/photos/archive-key';

test.each([
  ['photos/a b+c%20ü日.jpg', 'photos/a b+c%20ü日.jpg'],
  ['photos/😀.jpg', 'photos/\uE5CA1F600;.jpg'],
  ['𐀀\u{10FFFF}', '\uE5CA10000;\uE5CA10FFFF;'],
  ['\uE5CA1F600;', '\uE5CA\uE5CA1F600;'],
])('%p is archived as %p, and comes back', (original, archived) => {
  expect(archivedName(original)).toBe(archived);
  expect(originalName(archived)).toBe(original);
});

describe('of all names of four parts that could be mistaken for one another', () => {
  const PARTS = ['', '\uE5CA', '😀', '𐀀', '\u{10FFFF}', '1F600;', '10FFFF;', ';', 'F', 'ü', '%F0%9F%98%80'];
  const extended = (names: string[]) => [...new Set(names.flatMap((name) => PARTS.map((part) => name + part)))];
  const names = extended(extended(extended(extended(['']))));

  test('each comes back as it was, so no two become one', () => {
    expect(names.filter((name) => originalName(archivedName(name)) !== name)).toEqual([]);
    expect(new Set(names.map(archivedName)).size).toBe(names.length);
  });

  test('none has a character of four bytes in the archive', () => {
    expect(names.map(archivedName).filter((name) => /[\u{10000}-\u{10FFFF}]/u.test(name))).toEqual([]);
  });

  test('each begins in the archive as its beginning does, so that a listing by prefix finds it', () => {
    expect(names.filter((name) => PARTS.some((part) => archivedName(name + part) !== archivedName(name) + archivedName(part)))).toEqual([]);
  });
});
