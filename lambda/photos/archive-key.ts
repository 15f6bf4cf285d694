/**
 * The keys of the archive. Wasabi answers 400 to a key with a character that takes four bytes in UTF-8, such as an emoji; so each is archived as a mark, its code in
 * hexadecimal and a semicolon. The mark is a character of private use, which nobody's keyboard has; where a key has it all the same, it is doubled. So no two keys become
 * one, each comes back as it was, and keys with a common beginning have one in the archive, too, which a listing by prefix relies on.
 *
 * @see https://docs.wasabi.com/docs/does-wasabi-support-4-byte-utf8-characters
 */
const MARK = '\uE5CA';

/** The key under which an original is archived, behind the prefix of the archive. */
export function archivedName(key: string): string {
  return key.replace(/[\u{E5CA}\u{10000}-\u{10FFFF}]/gu, (character) => MARK + (character === MARK ? MARK : `${character.codePointAt(0)!.toString(16).toUpperCase()};`));
}

/** The key of the original. */
export function originalName(archived: string): string {
  return archived.replace(/\uE5CA(?:\uE5CA|(10|[1-9A-F])([0-9A-F]{4});)/g, (_, plane?: string, rest?: string) =>
    plane === undefined ? MARK : String.fromCodePoint(parseInt(plane + rest, 16)));
}
