/** What RFC 3986 lets stand in a path: https://www.rfc-editor.org/rfc/rfc3986#section-3.3 */
const NOT_IN_A_URI = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]/u;

/**
 * The paths that CloudFront may match behaviors with where a viewer asks for a path: one, or several where its documentation leaves open which.
 *
 * It normalizes the path as RFC 3986 does (escapes of letters, digits and `-._~` are the characters, and dot segments are resolved), and makes one of several
 * slashes. It leaves `%2F` as it is, compares case by case, and sends the path to the origin as it came. What it does not say is whether slashes are joined before dot
 * segments are resolved, nor what becomes of characters that no URI has.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
 * @returns none for a path with a broken escape, which RFC 3986 has no reading of
 */
export function matchedPaths(path: string): string[] {
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return [];
  // Browsers escape what is in no URI, and take a backslash for a slash.
  const spellings = NOT_IN_A_URI.test(path) ? [path, escaped(path), path.replaceAll('\\', '/')] : [path];
  const plain = spellings.map(withPlainCharacters);
  return [...new Set(plain.flatMap((each) => [withoutDots(withSingleSlashes(each)), withSingleSlashes(withoutDots(each))]))];
}

/** Section 6.2.2.2: an escape of an unreserved character means the character. Section 6.2.2.1: the digits of other escapes are the same in any case. */
function withPlainCharacters(path: string): string {
  return path.replace(/%[0-9A-F]{2}/gi, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escape.toUpperCase();
  });
}

/** Section 5.2.4. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const isDots = segment === '.' || segment === '..';
    if (segment === '..') kept.pop();
    if (!isDots) kept.push(segment);
    else if (index === segments.length - 1) kept.push('');
  });
  return `/${kept.join('/')}`;
}

function withSingleSlashes(path: string): string {
  return path.replace(/\/+/g, '/');
}

/** As browsers send it. */
function escaped(path: string): string {
  return path.replace(new RegExp(NOT_IN_A_URI, 'gu'), (character) => [...new TextEncoder().encode(character)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''));
}
