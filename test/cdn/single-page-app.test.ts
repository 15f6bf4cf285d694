import { join } from 'path';
import { runInNewContext } from 'vm';
import { build, configOf, referred, statements, synth } from './static-media-cdn';
import { DefaultContent, StaticFiles, StaticMediaCdn } from '../../src';
import { singlePageAppCode } from '../../src/cdn/private/single-page-app';

const SINGLE_PAGE = { defaultContent: DefaultContent.singlePageApp() };

/** What the bucket is asked for. */
const fetched = (uri: string, folder = 'static'): string =>
  runInNewContext(`${singlePageAppCode(folder)}; handler(event)`, { event: { request: { uri, method: 'GET', headers: {}, querystring: {} } } }).uri;

describe('what visitors ask for', () => {
  test.each(['/', '/index.html', '/users', '/users/7', '/users/7/', '/a.b/c', '/very/deep/link', '/%41', '//', '/users%2F7'])('%s is the page of the app', (path) => {
    expect(fetched(path)).toBe('/static/index.html');
  });

  test.each([['/assets/index-BfQz4Xk2.js', '/static/assets/index-BfQz4Xk2.js'], ['/favicon.ico', '/static/favicon.ico'], ['/users/j.doe', '/static/users/j.doe'], ['/.well-known/x.json', '/static/.well-known/x.json']])(
    '%s is a file, which is not there if there is none', (path, file) => expect(fetched(path)).toBe(file),
  );

  test.each(['/static/app.js', '/static/LICENSE', '/static/index.html'])('%s is a file by its key', (path) => expect(fetched(path)).toBe(path));

  test('is in another folder, if that is where static files are', () => {
    expect(fetched('/users', 'site/files')).toBe('/site/files/index.html');
    expect(fetched('/static/app.js', 'site/files')).toBe('/site/files/static/app.js');
    expect(fetched('/site/files/app.js', 'site/files')).toBe('/site/files/app.js');
  });

  test.each(['/media%2Fa.jpg', '//media/a.jpg', '/static/../media/a.jpg', '/./media/a.jpg'])('%s, which is no media file to CloudFront, is none of the bucket either', (path) => {
    expect(fetched(path)).toMatch(/^\/static\//);
  });
});

test('a function of 10 KB at the most runs on requests for default content, and not on those for media files', () => {
  const template = synth(SINGLE_PAGE);
  const { DefaultCacheBehavior, CacheBehaviors, CustomErrorResponses } = configOf(template);
  const [{ EventType, FunctionARN }, ...others] = DefaultCacheBehavior.FunctionAssociations;
  expect([EventType, others]).toEqual(['viewer-request', []]);
  const { FunctionCode, FunctionConfig } = referred(template, { Ref: FunctionARN['Fn::GetAtt'][0] });
  expect(FunctionCode).toBe(singlePageAppCode('static'));
  expect(Buffer.byteLength(FunctionCode)).toBeLessThan(10_240); // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
  expect(FunctionConfig.Runtime).toBe('cloudfront-js-2.0');
  expect(CacheBehaviors.flatMap(({ FunctionAssociations }: any) => FunctionAssociations).map((each: any) => each.EventType)).toEqual(['viewer-response']);
  expect(CustomErrorResponses).toBeUndefined(); // they would answer for media files, too
});

test('the bucket lets CloudFront read the folder of the app, where the page is', () => {
  const reads = statements(synth(SINGLE_PAGE), 'SubjectStaticPolicy').filter(({ Action }) => Action === 's3:GetObject');
  expect(JSON.stringify(reads)).toContain('/static/*');
});

test('an app that is published anew is forgotten under all paths, as views have any', () => {
  const { stack, subject } = build(SINGLE_PAGE);
  subject.publishStatic('Release', { folder: join(__dirname, 'static-files') });
  const published = stack.resolve((subject.node.findChild('Publisher').node.findAll().find(({ node }) => node.path.endsWith('Release/Resource/Default')) as any)._cfnProperties);
  expect(published).toMatchObject({ InvalidatesAll: 'true', Location: 'static' });
});

test('other default content has no such function', () => {
  expect(configOf(synth()).DefaultCacheBehavior.FunctionAssociations).toBeUndefined();
});

test('its files cannot come from an app', () => {
  expect(() => build({ ...SINGLE_PAGE, appDomain: 'app.example.org' })).toThrow(
    'Stack/Subject: \'defaultContent\' is DefaultContent.singlePageApp(), whose files come from a bucket, but \'staticFiles\' is StaticFiles.fromApp(): ' +
    'set \'staticFiles\' to StaticFiles.fromBucket() and leave \'appDomain\' out, or set \'defaultContent\' to DefaultContent.app()',
  );
  expect(() => build({ ...SINGLE_PAGE, appDomain: 'app.example.org', staticFiles: StaticFiles.fromAppWithFallback() })).toThrow('but \'staticFiles\' is StaticFiles.fromAppWithFallback()');
});

test('no app can take its place', () => {
  const { stack, subject } = build(SINGLE_PAGE);
  expect(() => (subject as StaticMediaCdn)._servePagesOf({ appDomain: 'app.example.org', by: stack })).toThrow(
    'Stack: the CDN Stack/Subject must have no default content of its own, got DefaultContent.singlePageApp(): the pages of the app would take its place; ' +
    'leave \'defaultContent\' out, or give the app a StaticMediaCdn of its own',
  );
});
