import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, symlinkSync, truncateSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { publicationOf } from '../../lambda/cdn/static-files/properties';
import { PublishStaticProps, StageProfile, StaticFiles, StaticMediaCdn, StaticMediaCdnProps } from '../../src';

/** A folder with these files. */
function folderWith(...files: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'static-'));
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
  return folder;
}

function build(props: Partial<PublishStaticProps> = {}, ofCdn: StaticMediaCdnProps | ((stack: Stack) => StaticMediaCdnProps) = {}) {
  const app = new App({ postCliContext: { 'aws:cdk:disable-asset-staging': false } }); // one of these tests looks at what is staged
  const stack = new Stack(app, 'Stack');
  const cdn = new StaticMediaCdn(stack, 'Subject', typeof ofCdn === 'function' ? ofCdn(stack) : ofCdn);
  const published = cdn.publishStatic('Release', Object.freeze({ folder: folderWith('index.html'), ...props }));
  return { app, stack, cdn, published };
}

const synth = (...parameters: Parameters<typeof build>): Template => Template.fromStack(build(...parameters).stack);
const publicationIn = (template: Template): any => Object.values(template.findResources('Custom::StaticFiles'))[0];
/** What the function gets of the template, as far as it is text in it. */
const readBy = (template: Template) => publicationOf({
  ResourceProperties: Object.fromEntries(Object.entries<any>(publicationIn(template).Properties).map(([name, value]) => [name, typeof value === 'string' ? value : 'reference'])),
} as any);
const inFunction = { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectPublisher'), 'Arn'] };

describe('a folder that is published', () => {
  test('is handed to a function, with the bucket and the distribution', () => {
    const template = synth();
    expect(publicationIn(template).Properties).toMatchObject({
      AssetBucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' },
      AssetKey: expect.stringMatching(/^[0-9a-f]{64}\.zip$/),
      Bucket: { Ref: expect.stringMatching(/^SubjectStatic/) },
      Location: 'static',
      DistributionId: { Ref: expect.stringMatching(/^SubjectDistribution/) },
    });
    template.hasResourceProperties('Custom::StaticFiles', { ServiceToken: inFunction, ServiceTimeout: '900' });
    expect(readBy(template).journal).toMatch(/^\.publications\/c8[0-9a-f]{40}$/);
  });

  test('comes to be in the folder of static files, whatever its name is', () => {
    expect(readBy(synth({}, { staticLocation: 'site/assets' })).location).toBe('site/assets');
  });

  test('is kept by browsers for a year as far as names say contents, else for a minute', () => {
    expect(readBy(synth())).toMatchObject({ ofHashedFiles: 'public, max-age=31536000, immutable', ofOtherFiles: 'public, max-age=60, s-maxage=3600' });
  });

  test('is cached by the CDN as it says: nothing there overrides it, but for the longest time', () => {
    const { cdn } = build();
    const { minTtlSeconds, maxTtlSeconds, responseHeaders } = cdn.explain('/static/app.3f2a9c1b.js');
    expect(minTtlSeconds).toBe(0); // or a minute would be longer
    expect(maxTtlSeconds).toBe(86_400); // then asked for again, whatever browsers do
    expect(responseHeaders.join()).not.toMatch(/cache-control|expires/i);
  });

  test.each([
    'app.3f2a9c1b.js', 'app-3f2a9c1b.min.js', 'site_55e7cbb9ba48.css', 'js/073c9b0a.js', 'main.073c9b0a.chunk.js.map', 'b/c/font.e3b0c44298fc1c149afbf4c8996fb924.woff2',
    'main.073c9b0a5e8f1d2c3b4a.js', 'static/js/main.073c9b0a.js.LICENSE.txt', 'static/media/logo.6ce24c58023cc2f8fd88fe9d219db6c6.svg', '6ce24c58023cc2f8fd88.png', // webpack
    '_next/static/chunks/main-0d4f9a1b2c3d4e5f.js', '_next/static/css/0d4f9a1b2c3d4e5f.css', 'index.3f2a9c1b.css', 'runtime.4b6de01e.wasm', // Next.js, Parcel
    'admin/css/base.55e7cbb9ba48.css', 'terms.2fa83a6b1c0d.pdf', 'cities.e10adc3949ba.json', 'fonts/README.97dd1ad1b5e1.txt', // Django's ManifestStaticFilesStorage
  ])('has %s as a hashed file', (path) => {
    expect(new RegExp(readBy(synth()).hashedFiles).test(path)).toBe(true);
  });

  test.each([
    'index.html', 'app.js', 'jquery-3.7.1.min.js', 'report-20240101.pdf', 'cafebabe.js', 'facade.js', 'app.3f2a9c1.js', 'app.3F2A9C1B.js', 'x3f2a9c1b.js', '3f2a9c1b/app.js',
    'summary-June2024.pdf', 'app.3f2a9c1b', 'commit-3f2a9c1b.html', 'commit.55e7cbb9ba48.html', 'commit.55e7cbb9ba48.htm', 'order-1234abcd.pdf', 'report_2024e001.csv', '1e100000.json',
    '1e100000.png', 'plot-2024e001.svg', 'build-3f2a9c1b.json', 'log.202401011230.txt', 'assets/index-BfQz4Xk2.js', 'main-3FZ2LQ7K.js', 'staticfiles.json', 'asset-manifest.json',
  ])('has %s as another file, which browsers ask for again', (path) => {
    expect(new RegExp(readBy(synth()).hashedFiles).test(path)).toBe(false);
  });

  test('has the hashed files that its user says', () => {
    expect(readBy(synth({ hashedFiles: '^assets/' })).hashedFiles).toBe('^assets/');
  });

  test('leaves out what begins with a dot, and takes what links in it lead to', () => {
    const folder = folderWith('a.css', '.env', '.git/config', 'b/.DS_Store', 'b/c.js');
    symlinkSync('a.css', join(folder, 'linked.css'));
    const { app } = build({ folder });
    const { directory, stacks: [stack] } = app.synth();
    const assets = Object.values<any>(JSON.parse(readFileSync(join(directory, 'Stack.assets.json'), 'utf8')).files);
    const { source } = assets.find(({ displayName }) => /Release\/Files/.test(displayName));
    expect(stack.stackName).toBe('Stack');
    expect(readdirSync(join(directory, source.path), { recursive: true }).sort()).toEqual(['a.css', 'b', 'b/c.js', 'linked.css']);
  });

  test('that changes is published anew, and one that does not is not', () => {
    const [one, same, other] = [folderWith('a.css'), folderWith('a.css'), folderWith('a.css', 'b.css')].map((folder) => readBy(synth({ folder })).assetKey);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  test('warns of a plus in names, by which files are not found', () => {
    const { stack } = build({ folder: folderWith('a.css', 'b/c+d.css', 'e+f.js') });
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp(
      "publishStatic\\('Release'\\) publishes 'b/c\\+d.css' and 1 other files with a plus .* it is found as 'b/c%2Bd.css' only.*StaticMediaCdn.PlusInName"));
    Annotations.fromStack(build().stack).hasNoWarning('/Stack/Subject', Match.stringLikeRegexp('PlusInName'));
  });

  test('is waited for by what depends on it', () => {
    const { stack, published } = build();
    new CfnResource(stack, 'App', { type: 'AWS::ECS::Service' }).node.addDependency(published);
    Template.fromStack(stack).hasResource('AWS::ECS::Service', { DependsOn: [Match.stringLikeRegexp('^SubjectPublisherReleasesRelease')] });
  });

  test('comes after those that were asked for before', () => {
    const { stack, cdn } = build();
    for (const id of ['Next', 'Last']) cdn.publishStatic(id, { folder: folderWith(`${id}.html`) });
    const publications = Object.entries(Template.fromStack(stack).findResources('Custom::StaticFiles'));
    const ids = publications.map(([id]) => id);
    const before = publications.map(([, { DependsOn }]) => ids.filter((id) => DependsOn.includes(id)));
    expect(before).toEqual([[], [ids[0]], [ids[1]]]);
  });

  test('shares its function with another', () => {
    const { stack, cdn } = build();
    cdn.publishStatic('Docs', { folder: folderWith('docs.html') });
    const template = Template.fromStack(stack);
    expect(Object.keys(template.findResources('AWS::Lambda::Function', { Properties: { Description: 'Publishes static files behind a CDN when the stack is deployed' } }))).toHaveLength(1);
    const [one, other] = Object.values<any>(template.findResources('Custom::StaticFiles')).map(({ Properties }) => Properties);
    expect(one.ServiceToken).toEqual(other.ServiceToken);
    expect(one.Journal).not.toBe(other.Journal);
  });
});

test('nothing is made for publications before there is one', () => {
  const stack = new Stack(new App(), 'Stack');
  new StaticMediaCdn(stack, 'Subject');
  expect(Object.keys(Template.fromStack(stack).toJSON().Resources).filter((id) => id.startsWith('SubjectPublisher'))).toEqual([]);
});

describe('the function', () => {
  test('may read this one asset, write files, and tell this one distribution to forget, and delete no file', () => {
    const template = synth();
    const { DependsOn } = publicationIn(template);
    const [id] = Object.keys(template.findResources('AWS::IAM::Policy')).filter((name) => name.startsWith('SubjectPublisherReleasesReleasePermissions'));
    expect(DependsOn).toContain(id);
    const statements: any[] = template.toJSON().Resources[id].Properties.PolicyDocument.Statement;
    expect(statements.map(({ Action }) => Action)).toEqual([
      's3:GetObject', 's3:ListBucket', ['s3:GetObject', 's3:PutObject'], ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], 'cloudfront:CreateInvalidation',
    ]);
    const resources = statements.map(({ Resource }) => JSON.stringify(Resource));
    expect(resources[0]).toContain(publicationIn(template).Properties.AssetKey);
    expect(resources[2]).toMatch(/"\/static\/\*"/);
    expect(resources[3]).toContain(publicationIn(template).Properties.Journal);
    expect(resources[4]).toMatch(/:distribution\/",\{"Ref":"SubjectDistribution/);
  });

  test('may use the key of the bucket', () => {
    const template = synth({}, (stack) => ({ encryptionKey: new Key(stack, 'Key') }));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^SubjectPublisherDeploymentRoleDefaultPolicy'),
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } })]) },
    });
    expect(publicationIn(template).DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^SubjectPublisherDeploymentRoleDefaultPolicy/)]));
  });

  test('is of one runtime, processor and memory, and logs as long as said', () => {
    const template = synth({}, { logRetention: RetentionDays.THREE_MONTHS });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Publishes static files behind a CDN when the stack is deployed',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 1024,
      Timeout: 840,
      Handler: 'index.handler',
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^SubjectPublisherDeploymentLogs') } },
    });
    const [logs] = Object.entries(template.findResources('AWS::Logs::LogGroup')).filter(([id]) => id.startsWith('SubjectPublisher')).map(([, group]) => group);
    expect(logs.Properties).toEqual({ RetentionInDays: 90 });
  });
});

test('a bucket of the user\'s is published into, too', () => {
  const template = synth({}, (stack) => ({ staticBucket: new Bucket(stack, 'Own') }));
  expect(publicationIn(template).Properties.Bucket).toEqual({ Ref: expect.stringMatching(/^Own/) });
  expect(readBy(synth({}, (stack) => ({ staticBucket: Bucket.fromBucketName(stack, 'Imported', 'files') }))).bucket).toBe('files');
});

test('in an ephemeral stage, the logs go with the stack', () => {
  const stack = new Stack(new App(), 'Stack');
  StageProfile.ephemeral().applyTo(stack);
  new StaticMediaCdn(stack, 'Subject').publishStatic('Release', { folder: folderWith('a.css') });
  const groups = Object.entries(Template.fromStack(stack).findResources('AWS::Logs::LogGroup')).filter(([id]) => id.startsWith('SubjectPublisher'));
  expect(groups.map(([, { DeletionPolicy }]) => DeletionPolicy)).toEqual(['Delete']);
});

describe('cannot be published:', () => {
  const fails = (props: Partial<PublishStaticProps>, error: string) => expect(() => build(props)).toThrow(`Stack/Subject.publishStatic('Release'): ${error}`);

  test('a folder that is not there', () => fails({ folder: '/no/such/folder' }, '\'folder\' must be there at synthesis, got \'/no/such/folder\': build the files first'));

  test('a file', () => {
    const file = join(folderWith('a.css'), 'a.css');
    fails({ folder: file }, `'folder' must be a folder, got the file '${file}'`);
  });

  test('an empty folder, or one with nothing but what is left out', () => {
    for (const folder of [folderWith(), folderWith('.gitkeep', '.git/config')]) {
      fails({ folder }, `'folder' must have a file whose name does not begin with a dot, got '${folder}' without any: build the files first`);
    }
  });

  test('more than the function can hold', () => {
    const folder = folderWith('a.mp4', 'b.css');
    truncateSync(join(folder, 'a.mp4'), 256 * 2 ** 20); // sparse
    fails({ folder }, `'folder' must hold 256 MiB at the most, got 256.0 MiB in '${folder}': publish large files by a pipeline of yours with grantStaticPublish()`);
  });

  test.each<[string, (folder: string) => string]>([
    ['a file', () => join(folderWith('secret.txt'), 'secret.txt')],
    ['a folder', () => folderWith('secret.txt')],
    ['what is beside it and begins as it does', (folder) => `${folder}-2.txt`],
  ])('a link that leads out of the folder, to %s', (_, targetBeside) => {
    const folder = folderWith('a.css');
    const target = targetBeside(folder);
    writeFileSync(`${folder}-2.txt`, '');
    symlinkSync(target, join(folder, 'link'));
    fails({ folder }, `'folder' must have no links that lead out of it, got 'link' in '${folder}', which leads to ${realpathSync(target)}: copy what is to be published into the folder`);
  });

  test('a link that leads in a circle', () => {
    const folder = folderWith('a.css', 'b/c.js');
    symlinkSync('..', join(folder, 'b', 'up'));
    fails({ folder }, `'folder' must have no links that lead in circles, got 'b/up' in '${folder}', which leads to ${realpathSync(folder)}: remove the link`);
  });

  test.each([['nowhere', 'gone.css'], ['to itself', 'link']])('a link that leads %s', (_, target) => {
    const folder = folderWith('a.css');
    symlinkSync(target, join(folder, 'link'));
    fails({ folder }, `'folder' must have no links that lead nowhere or to themselves, got 'link' in '${folder}': remove the link, or build the files first`);
  });

  test('a name that is no UTF-8', () => {
    const folder = folderWith('a.css');
    writeFileSync(Buffer.concat([Buffer.from(join(folder, 'caf')), Buffer.from([0xe9])]), '');
    fails({ folder }, `'folder' must have names of UTF-8, got 'caf\ufffd' in '${folder}', whose bytes are 636166e9: rename it`);
  });

  test('a path that is longer than keys of S3 are', () => {
    const path = [...Array.from({ length: 5 }, () => 'ä'.repeat(100)), 'ö'.repeat(9), 'a.css'].join('/'); // 1029 bytes with static/
    const folder = folderWith(path);
    fails({ folder }, `'folder' must have paths of 1024 bytes at the most, with 'static/' before them, got '${path}'`);
  });

  test.each(['(', ''])('files that are hashed by \'%s\'', (hashedFiles) => {
    fails({ hashedFiles }, `'hashedFiles' must be a regular expression, such as ^assets/, got '${hashedFiles}'`);
  });

  test('anything where no bucket serves it', () => {
    expect(() => build({}, { appDomain: 'app.example.org', staticFiles: StaticFiles.fromApp() }))
      .toThrow('Stack/Subject: publishStatic() must have a bucket for static files, but they come from the app alone: set \'staticFiles\' to StaticFiles.fromBucket()');
  });

  test('anything in a bucket whose stack waits for this one', () => {
    const app = new App();
    const staticBucket = new Bucket(new Stack(app, 'Elsewhere'), 'Files', { bucketName: 'files' });
    const cdn = new StaticMediaCdn(new Stack(app, 'Stack'), 'Subject', { staticBucket });
    expect(() => cdn.publishStatic('Release', { folder: folderWith('a.css') })).toThrow(
      'Stack/Subject: publishStatic() must have a \'staticBucket\' of the same stack, or an imported one, got Elsewhere/Files: ' +
      'its stack waits for this one, whose deployment would write into a bucket that is not there yet',
    );
  });
});
