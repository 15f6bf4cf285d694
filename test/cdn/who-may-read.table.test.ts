import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DocumentedEdge, Reading } from './documented-edge';
import { runOnResponse } from './edge-functions';
import { VARIANTS } from './static-media-cdn.variants';
import { DefaultContent, PrivateMedia, StaticFiles, StaticMediaCdn, StaticMediaCdnProps } from '../../src';
import { numbers } from '../fuzz/mutate';

// Who may read what, path for path: over all variants, whatever a visitor writes for a path, as CloudFront and S3 are documented to read it.

const app = { appDomain: 'app.example.org', defaultContent: DefaultContent.app() };
const cdn = (scope: Construct, props: StaticMediaCdnProps) => void new StaticMediaCdn(scope, 'Subject', props);

/** Besides the variants, where media and static files come closest to each other. */
const NEIGHBORS: { name: string; build: (scope: Construct) => void }[] = [
  {
    name: 'one bucket for media and static files, beside pages',
    build: (scope) => {
      const bucket = new Bucket(scope, 'Mine');
      const privateMedia = PrivateMedia.rotatedKeys();
      cdn(scope, { ...app, staticFiles: StaticFiles.fromBucket(), mediaBucket: bucket, staticBucket: bucket, privateMedia });
    },
  },
  {
    name: 'a whole bucket',
    build: (scope) => {
      const staticFiles = StaticFiles.fromBucket({ alsoServed: ['*'] });
      cdn(scope, { staticBucket: new Bucket(scope, 'Mine'), staticFiles, privateMedia: PrivateMedia.rotatedKeys() });
    },
  },
  {
    name: 'files at the root of a fallback',
    build: (scope) => cdn(scope, { appDomain: 'app.example.org', staticFiles: StaticFiles.fromAppWithFallback({ alsoServed: ['robots.txt', 'x/*'] }) }),
  },
];

/** Those whose media need a signature. */
const PRIVATE = ['StaticMediaCdn-pages', 'StaticMediaCdn-private', 'one bucket for media and static files, beside pages', 'a whole bucket'];

/** What is served of the bucket for static files besides their folder, where pages are not those of an app. */
const ALSO_SERVED: Record<string, (key: string) => boolean> = {
  'a whole bucket': (key) => !key.startsWith('.publications/'),
  'files at the root of a fallback': (key) => key === 'robots.txt' || key.startsWith('x/'),
};

interface Subject {
  readonly edge: DocumentedEdge;
  readonly media: { readonly bucket: string; readonly folder: string };
  readonly statics: { readonly bucket?: string; readonly folder: string };
  readonly hasPages: boolean;
}

function subjectOf(build: (scope: Construct) => void): Subject {
  const stack = new Stack(new App(), 'Stack');
  build(stack);
  const template = Template.fromStack(stack).toJSON() as any;
  const subject = stack.node.findAll().find((each): each is StaticMediaCdn => each instanceof StaticMediaCdn)!;
  const idOf = (bucket: any) => stack.getLogicalId(bucket.node.defaultChild);
  return {
    edge: new DocumentedEdge(template),
    media: { bucket: idOf(subject.mediaBucket), folder: `${subject.mediaLocation}/` },
    statics: { bucket: subject.staticBucket && idOf(subject.staticBucket), folder: `${subject.staticLocation}/` },
    hasPages: subject.explain('/').cached === false,
  };
}

/** Paths as an attacker writes them: encoded letters, slashes and dots, ways up, doubled slashes, other cases, and what stands beside the folders. */
function hostilePaths(count: number, mediaFolder: string, staticFolder: string): string[] {
  const random = numbers(17);
  const oneOf = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const encoded = (character: string) => {
    const hex = character.charCodeAt(0).toString(16).padStart(2, '0');
    return oneOf([`%${hex}`, `%${hex.toUpperCase()}`, `%25${hex}`]);
  };
  const folders = [mediaFolder, staticFolder];
  const words = [...folders, ...folders, ...folders, 'x', '.publications', 'a.jpg', 'index.html', 'robots.txt', '..', '..', '.', '', 'a+b', ...folders.map((folder) => folder.toUpperCase()), 'é', '%', '%C3%A9', '%FF'];
  const segment = () => {
    const word = oneOf(words);
    if (random() < 0.6 || word.includes('%')) return word;
    return [...word].map((character) => (random() < 0.3 && character !== 'é' ? encoded(character) : character)).join('');
  };
  const slash = () => oneOf(['/', '/', '/', '/', '//', '%2F', '%2f', '%252F', '/./', '/%2e/', '\\', '%5C']);
  const paths = new Set<string>(['/', '//', '/..', '/.', `/${mediaFolder}`, `/${staticFolder}`]);
  while (paths.size < count) {
    const segments = Array.from({ length: 1 + Math.floor(random() * 5) }, segment);
    paths.add(`/${segments.map((each) => `${each}${slash()}`).join('')}${oneOf(['a.jpg', 'a.html', 'index.html', ''])}`);
  }
  return [...paths];
}

type Reader = 'everybody' | 'who has a signature' | 'whom the app lets' | 'nobody';

function readerOf({ behavior, object }: Reading): Reader {
  if (object === undefined) return behavior.hasApp ? 'whom the app lets' : 'nobody';
  if (!object.isReadable) return 'nobody';
  return behavior.isSigned ? 'who has a signature' : 'everybody';
}

const HOSTILE = { statusCode: 200, headers: { 'content-type': 'text/javascript', 'content-disposition': 'inline' } };

/** What is wrong with how an object can be read. */
function faultsOf(name: string, { media, statics, hasPages }: Subject, { behavior, object }: Reading): string[] {
  if (!object?.isReadable) return [];
  const { bucket, key } = object;
  if (bucket === media.bucket && key.startsWith(media.folder)) {
    return [
      ...PRIVATE.includes(name) !== behavior.isSigned ? ['media are private, and read without a signature, or the other way round'] : [],
      ...behavior.responseFunction === undefined ? ['media are served without the download function'] : [],
      ...behavior.addedHeaders({})['content-security-policy']?.includes('sandbox') ? [] : ['media are served without a sandbox'],
    ];
  }
  const isServed = key.startsWith(statics.folder) || (!hasPages && (ALSO_SERVED[name]?.(key) ?? false));
  return bucket === statics.bucket && isServed ? [] : ['what no behavior is for can be read'];
}

const ALL = [...VARIANTS, ...NEIGHBORS];

describe.each(ALL.map(({ name, build }) => [name, build] as const))('%s', (name, build) => {
  const subject = subjectOf(build);
  const { edge, media, statics } = subject;
  const paths = hostilePaths(500, media.folder.slice(0, -1), statics.folder.slice(0, -1));
  const readings = paths.flatMap((path) => edge.readings(path).map((reading) => ({ path, reading })));

  test('500 paths reach media only with what protects them, and nothing that no behavior is for', () => {
    expect(paths).toHaveLength(500);
    expect(readings.flatMap(({ path, reading }) => faultsOf(name, subject, reading).map((fault) => `${path}: ${fault} (${reading.object!.key} by ${reading.behavior.pathPattern})`))).toEqual([]);
  });

  test('they are of all kinds', () => {
    const counts = new Map<string, number>();
    const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
    readings.forEach(({ reading }) => count(readerOf(reading)));
    readings.filter(({ reading: { object } }) => object?.isReadable && object.bucket === media.bucket && object.key.startsWith(media.folder)).forEach(() => count('media'));
    readings.filter(({ reading: { object } }) => object?.isReadable && object.bucket === statics.bucket && object.key.startsWith(statics.folder)).forEach(() => count('static files'));
    expect(counts.get('nobody')).toBeGreaterThan(5);
    expect(counts.get('media')).toBeGreaterThan(20);
    expect(counts.get('static files') ?? 0).toBeGreaterThan(statics.bucket === undefined ? -1 : 20);
    expect(counts.get(PRIVATE.includes(name) ? 'who has a signature' : 'everybody')).toBeGreaterThan(20);
    if (edge.behaviors.some(({ hasApp }) => hasApp)) expect(counts.get('whom the app lets')).toBeGreaterThan(20);
  });

  // Of a name, S3 decodes what is encoded, as each signature of a request is over decoded names.
  test('S3 gets no override of a response from a visitor, however it is written', () => {
    const ofBuckets = edge.behaviors.filter(({ buckets }) => buckets.length > 0);
    expect(ofBuckets.length).toBeGreaterThan(0);
    const overrides = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-type', 'expires'].map((header) => `response-${header}`);
    const written = overrides.flatMap((one) => [one, one.replaceAll('-', '%2D'), one.replaceAll('-', '%2d'), `%72${one.slice(1)}`, one.replace('n', '%6E')]);
    for (const { forwards } of ofBuckets) expect([...written, 'versionId', 'partNumber'].filter(forwards)).toEqual([]);
  });

  test('what uploads run as is taken from them by the function of the template', () => {
    const [behavior] = edge.behaviors.filter(({ pathPattern }) => pathPattern === `/${media.folder}*`);
    expect(runOnResponse(behavior.responseFunction!, HOSTILE).headers).toEqual({
      'content-type': 'application/octet-stream', 'content-disposition': 'attachment', 'cross-origin-resource-policy': 'same-origin', 'x-content-type-options': 'nosniff',
    });
  });
});

describe('as the documentation has it', () => {
  const edges = new Map(['StaticMediaCdn', 'StaticMediaCdn-private', 'StaticMediaCdn-of-app', 'a whole bucket', 'one bucket for media and static files, beside pages'].map((name) => {
    const { edge } = subjectOf(ALL.find((each) => each.name === name)!.build);
    return [name, edge];
  }));
  const answers = (name: string, path: string) => [...new Set(edges.get(name)!.readings(path)
    .map((reading) => `${reading.behavior.pathPattern} ${reading.object?.key ?? '-'}: ${readerOf(reading)}`))].sort();

  test.each<[string, string, string[]]>([
    ['StaticMediaCdn', '/media/a.jpg', ['/media/* media/a.jpg: everybody']],
    ['StaticMediaCdn', '/%6dedia/a.jpg', ['/media/* media/a.jpg: everybody']], // unreserved: decoded before it is matched
    ['StaticMediaCdn', '/media%2Fa.jpg', ['* media/a.jpg: nobody']], // a slash is not, but S3 decodes it
    ['StaticMediaCdn', '/Media/a.jpg', ['* Media/a.jpg: nobody']],
    ['StaticMediaCdn', '//media/a.jpg', ['* /media/a.jpg: nobody', '/media/* /media/a.jpg: nobody']],
    ['StaticMediaCdn', '/x/../media/a.jpg', ['/media/* x/../media/a.jpg: nobody']],
    ['StaticMediaCdn', '/media/../.publications/1', ['* media/../.publications/1: nobody']],
    ['StaticMediaCdn', '/media/%2e%2e/static/a.css', ['* media/../static/a.css: nobody']],
    ['StaticMediaCdn', '/static/..%2F.publications/1', ['* static/../.publications/1: everybody']], // a key of its own: S3 has no folders
    ['StaticMediaCdn', '/.publications/1', ['* .publications/1: nobody']],
    ['StaticMediaCdn', '/', ['* static/index.html: everybody']],
    ['StaticMediaCdn', '/index.html', ['* index.html: nobody']],
    ['a whole bucket', '/', ['* index.html: everybody']],
    ['StaticMediaCdn', '//', ['* /: nobody']],
    ['StaticMediaCdn', '/robots.txt', ['* robots.txt: nobody']],
    ['StaticMediaCdn', '/static/%252e%252e/a', ['* static/%2e%2e/a: everybody']], // decoded once
    ['StaticMediaCdn', '/static/%FF', ['* -: nobody']],
    ['StaticMediaCdn', '/static/a+b', ['* static/a b: everybody', '* static/a+b: everybody']],
    ['StaticMediaCdn-private', '/media/a.jpg', ['/media/* media/a.jpg: who has a signature']],
    ['StaticMediaCdn-private', '/media%2fa.jpg', ['* -: whom the app lets', '* media/a.jpg: nobody']],
    ['StaticMediaCdn-of-app', '/', ['* -: whom the app lets']],
    ['StaticMediaCdn-of-app', '/static/a.css', ['/static/* -: whom the app lets', '/static/* static/a.css: everybody']],
    ['a whole bucket', '/robots.txt', ['* robots.txt: everybody']],
    ['a whole bucket', '/.publications/1', ['* .publications/1: nobody']],
    ['a whole bucket', '/media%2Fa.jpg', ['* media/a.jpg: everybody']], // of the bucket for static files
    ['one bucket for media and static files, beside pages', '/media%2Fa.jpg', ['* -: whom the app lets']],
    ['one bucket for media and static files, beside pages', '/media/../static/a', ['/static/* media/../static/a: nobody']],
    ['one bucket for media and static files, beside pages', '/static/../media/a.jpg', ['/media/* static/../media/a.jpg: nobody']],
  ])('%s answers %s', (name, path, expected) => {
    expect(answers(name, path)).toEqual(expected);
  });
});
