import { build } from './static-media-cdn';
import { DefaultContent, StaticFiles } from '../../src';
import { matchedPaths } from '../../src/cdn/private/matched-paths';

// Which behavior CloudFront applies to paths that somebody writes to get by one: it normalizes them as RFC 3986 does, makes one of several slashes, and then matches.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern

const UNDECIDED = 'undecided';

describe('a path falls into the behavior that its normalized form has', () => {
  const { subject } = build({ appDomain: 'app.example.org', defaultContent: DefaultContent.app(), staticFiles: StaticFiles.fromBucket() });
  const behaviorOf = (path: string) => {
    try {
      return subject.explain(path).behavior;
    } catch (error) {
      expect((error as Error).message).toMatch(/^Stack\/Subject: it cannot be decided which behavior it falls into, got the path ".*: CloudFront does not document/s);
      return UNDECIDED;
    }
  };

  test.each([
    // slashes
    ['//media/a', '/media/*'], ['///media///a', '/media/*'], ['/media//a', '/media/*'], ['/media//', '/media/*'], ['//', '*'], ['/x//media/a', '*'],
    // dot segments, also above the root
    ['/./media/a', '/media/*'], ['/x/../media/a', '/media/*'], ['/static/../media/a', '/media/*'], ['/../media/a', '/media/*'], ['/../../media/./a', '/media/*'],
    ['/media/../x', '*'], ['/media/..', '*'], ['/media/.', '/media/*'], ['/static/../admin', '*'], ['/media/../static/a', '/static/*'], ['/media/a/../..', '*'],
    // which are no dot segments
    ['/media/...', '/media/*'], ['/media/..a', '/media/*'], ['/media/..;/x', '/media/*'], ['/.media/a', '*'],
    // escapes of characters that need none
    ['/%6dedia/a', '/media/*'], ['/%6D%65%64%69%61/a', '/media/*'], ['/media/%61', '/media/*'], ['/%2e/media/a', '/media/*'],
    ['/media/%2e%2e/x', '*'], ['/media/%2E./x', '*'], ['/x/%2e%2e/media/a', '/media/*'],
    // escapes that stay what they are
    ['/media%2Fa.jpg', '*'], ['/media%2fa.jpg', '*'], ['/media/..%2fx', '/media/*'], ['/static/..%2fmedia%2fa', '/static/*'], ['/media/%252e%252e/x', '/media/*'],
    ['/media/%5c..%5cx', '/media/*'], ['/media/%c0%ae%c0%ae/x', '/media/*'], ['/media/%00', '/media/*'], ['/%4dedia/a', '*'],
    // case, queries and fragments
    ['/MEDIA/a', '*'], ['/x?/../media/a', '*'], ['/media/a?x=/../..', '/media/*'], ['/x#/../media/a', '*'],
    // what is in no URI, and is the same however it is read
    ['/media/ä b.jpg', '/media/*'], ['/media/a|b"c', '/media/*'], ['/x/日本/../../media/a', '/media/*'],
    // what is not documented
    ['/media//../x', UNDECIDED], ['/x//../media/a', UNDECIDED], ['/x//../../media/a', '/media/*'], ['/media/x//../../y', UNDECIDED], ['/media\\a', UNDECIDED], ['/media/\\../x', UNDECIDED],
    ['/media/%zz', UNDECIDED], ['/media/%', UNDECIDED], ['/media/%2', UNDECIDED],
  ])('%s into %s', (path, behavior) => {
    expect(behaviorOf(path)).toBe(behavior);
  });

  test('and is sent to the origin as it came', () => {
    expect(subject.explain('/x/../media/%61')).toMatchObject({ path: '/x/../media/%61', objectPath: '/x/../media/%61', origin: 'media bucket' });
  });
});

test('whether the root object is fetched is documented for / alone', () => {
  const { subject } = build();
  expect(subject.explain('/').objectPath).toBe('/static/index.html');
  for (const path of ['//', '/.', '/x/..', '/%2e']) {
    expect(() => subject.explain(path)).toThrow(`Stack/Subject: it cannot be decided whether the root object is fetched for it, got the path "${path}": / or static/index.html: CloudFront does not document`);
  }
});

test.each([
  ['/a/b', ['/a/b']], ['/a/./b/../c', ['/a/c']], ['/a/b/..', ['/a/']], ['/%7e%2D%5f', ['/~-_']], ['/%3a%3A', ['/%3A%3A']], ['/a//../b', ['/b', '/a/b']], ['/%', []],
])('%s is matched as %j', (path, matched) => {
  expect(matchedPaths(path)).toEqual(matched);
});
