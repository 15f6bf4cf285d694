import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { bucket, build, configOf, isThisDistribution, statements, synth } from './static-media-cdn';
import { DefaultContent, PrivateMedia, StageProfile, StaticFiles, StaticMediaCdn, StaticMediaCdnProps } from '../../src';

describe('new buckets', () => {
  const all = (template: Template) => Object.values(template.findResources('AWS::S3::Bucket'));

  test('are private, encrypted, and owned by the account', () => {
    const buckets = all(synth());
    expect(buckets).toHaveLength(3);
    for (const { Properties } of buckets) {
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
      });
      expect(Properties.OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] });
      expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.SSEAlgorithm).toBe('AES256');
    }
  });

  test('survive their stack, and under an ephemeral profile go with it', () => {
    all(synth()).forEach(({ DeletionPolicy }) => expect(DeletionPolicy).toBe('RetainExceptOnCreate'));
    all(synth({ removalPolicy: RemovalPolicy.DESTROY })).forEach(({ DeletionPolicy }) => expect(DeletionPolicy).toBe('Delete'));
    all(synth((stack) => {
      StageProfile.ephemeral().applyTo(stack);
      return {};
    })).forEach(({ DeletionPolicy }) => expect(DeletionPolicy).toBe('Delete'));
  });

  test('keep old versions as long as the profile says, or a prop', () => {
    const days = (template: Template) => bucket(template, 'SubjectMedia').Properties.LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays;
    expect(days(synth())).toBe(7);
    expect(days(synth({ noncurrentVersionExpiration: Duration.days(180) }))).toBe(180);
  });

  test('let this distribution read its folder, see what is not there, and nothing else', () => {
    const allowed = statements(synth(), 'SubjectMediaPolicy').filter(({ Effect }) => Effect === 'Allow');
    const ofCdn = allowed.filter(({ Principal }) => Principal.Service === 'cloudfront.amazonaws.com');
    expect(ofCdn).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 's3:GetObject',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^SubjectMedia/), 'Arn'] }, '/media/*']] },
        Condition: { StringEquals: { 'aws:SourceArn': isThisDistribution } },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 's3:ListBucket',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectMedia/), 'Arn'] },
        Condition: { StringEquals: { 'aws:SourceArn': isThisDistribution } },
      },
    ]);
    expect(allowed).toEqual(ofCdn);
  });

  test('log their accesses', () => {
    const template = synth();
    for (const id of ['SubjectMedia', 'SubjectStatic']) {
      expect(bucket(template, id).Properties.LoggingConfiguration.DestinationBucketName).toEqual({ Ref: expect.stringMatching(/^SubjectAccessLogs/) });
    }
  });

  test('may be read by the scripts of some origins only', () => {
    for (const origin of ['*', 'https://*.example.org', 'http://localhost:3000', 'capacitor://localhost']) expect(() => synth({ corsOrigins: [origin] })).not.toThrow();
    expect(bucket(synth({ corsOrigins: [] }), 'SubjectMedia').Properties).not.toHaveProperty('CorsConfiguration');
    const { CorsRules: [rule] } = bucket(synth({ corsOrigins: ['https://a.example.org'] }), 'SubjectMedia').Properties.CorsConfiguration;
    expect(rule.AllowedOrigins).toEqual(['https://a.example.org']);
  });

  test('keep logs as long as the profile says, or a prop', () => {
    const days = (template: Template) => bucket(template, 'SubjectAccessLogs').Properties.LifecycleConfiguration.Rules[0].ExpirationInDays;
    expect(days(synth())).toBe(365);
    expect(days(synth({ logRetention: RetentionDays.ONE_WEEK }))).toBe(7);
  });
});

describe('a customer key', () => {
  test('lets this one distribution decrypt, without a circle', () => {
    const template = synth((stack) => ({ encryptionKey: new Key(stack, 'Key') })); // a circle fails Template.fromStack()
    expect(statements(template, 'Key').filter(({ Principal }) => Principal.Service)).toEqual([
      // One for each bucket of the distribution would be the same.
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 'kms:Decrypt',
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceArn': isThisDistribution } },
      },
    ]);
    for (const id of ['SubjectMedia', 'SubjectStatic']) {
      const [encryption] = bucket(template, id).Properties.BucketEncryption.ServerSideEncryptionConfiguration;
      expect(encryption).toMatchObject({ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } } });
    }
  });

  test('that is imported is somebody else\'s to open, and the warning says how', () => {
    const { stack } = build((scope) => ({ appDomain: 'app.example.org', encryptionKey: Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:eu-west-3:123456789012:key/1') }));
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('the policy of the imported key Stack/Key is not changed here: add .*kms:Decrypt.*KeyPolicyUnchanged'));
  });

  test('of another stack would make stacks wait for each other', () => {
    const app = new App();
    const encryptionKey = new Key(new Stack(app, 'Keys'), 'Key');
    expect(() => new StaticMediaCdn(new Stack(app, 'Stack'), 'Subject', { encryptionKey })).toThrow(
      'Stack/Subject: \'encryptionKey\' must be of the same stack, or imported, got Keys/Key: its policy has to name this distribution',
    );
  });
});

describe('a bucket of the user\'s', () => {
  test('gets the policy it needs', () => {
    const template = synth((stack) => ({ appDomain: 'app.example.org', mediaBucket: new Bucket(stack, 'Mine') }));
    expect(statements(template, 'MinePolicy').map(({ Action, Condition }) => [Action, Condition.StringEquals['aws:SourceArn']])).toEqual([
      ['s3:GetObject', isThisDistribution], ['s3:ListBucket', isThisDistribution],
    ]);
  });

  test('that is imported is somebody else\'s to open, and the warning says how', () => {
    const { stack } = build((scope) => ({ appDomain: 'app.example.org', mediaBucket: Bucket.fromBucketName(scope, 'Mine', 'mine') }));
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('the policy of the imported bucket Stack/Mine is not changed here: add .*s3:GetObject.* and .*s3:ListBucket.*BucketPolicyUnchanged'));
  });

  test.each([['in the same stack', true], ['in another stack', false]])('with a name and a key %s has policies that name this distribution', (_, same) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const storage = same ? stack : new Stack(app, 'Storage');
    const mine = new Bucket(storage, 'Mine', { bucketName: 'my-media', encryptionKey: new Key(storage, 'Key') });
    new StaticMediaCdn(stack, 'Subject', { appDomain: 'app.example.org', mediaBucket: mine });

    const exported = { 'Fn::Join': ['', expect.arrayContaining([':distribution/', { 'Fn::ImportValue': expect.stringMatching(/^Stack:ExportsOutputRefSubjectDistribution/) }])] };
    const template = Template.fromStack(storage);
    for (const id of ['MinePolicy', 'Key']) {
      const named = statements(template, id).filter(({ Principal }) => Principal.Service === 'cloudfront.amazonaws.com');
      expect(named).not.toEqual([]);
      named.forEach(({ Condition }) => expect(Condition.StringEquals['aws:SourceArn']).toEqual(same ? isThisDistribution : exported));
    }
    expect(configOf(Template.fromStack(stack)).Origins.map(({ DomainName }: any) => JSON.stringify(DomainName))).toContainEqual(expect.stringContaining('"my-media.s3.'));
  });

  test.each([
    ['in another stack', (app: App) => new Bucket(new Stack(app, 'Storage'), 'Mine'), 'got Storage/Mine, which is in another stack'],
    ['with a key', (_: App, stack: Stack) => new Bucket(stack, 'Mine', { encryptionKey: new Key(stack, 'Key') }), 'got Stack/Mine, whose key is Stack/Key'],
  ])('%s and without a name cannot know the distribution', (_, make, got) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    expect(() => new StaticMediaCdn(stack, 'Subject', { appDomain: 'app.example.org', mediaBucket: make(app, stack) })).toThrow(
      `Stack/Subject: 'mediaBucket' must have a name of its own, ${got}: the policies there name this distribution`,
    );
  });

  test('may be for static files, too, and for logs', () => {
    const { stack, subject } = build((scope) => ({ staticBucket: new Bucket(scope, 'Statics'), accessLogsBucket: new Bucket(scope, 'Mine') }));
    expect(subject.staticBucket!.node.path).toBe('Stack/Statics');
    expect(subject.accessLogsBucket.node.path).toBe('Stack/Mine');
    expect(statements(Template.fromStack(stack), 'MinePolicy').map(({ Principal }) => Principal.Service)).toEqual(['logging.s3.amazonaws.com', 'delivery.logs.amazonaws.com']);
  });

  test('for logs that is imported is somebody else\'s to open', () => {
    const { stack } = build((scope) => ({ accessLogsBucket: Bucket.fromBucketName(scope, 'Logs', 'logs') }));
    Annotations.fromStack(stack).hasWarning('/Stack/Subject/Logs', Match.stringLikeRegexp('s3:PutObject.*delivery.logs.amazonaws.com.*AWSLogs/.*or no log arrives.*LogBucketPolicyUnchanged'));
  });
});

describe('of a bucket for static files, CloudFront reads', () => {
  const readsIn = (template: Template) => statements(template, 'SubjectStaticPolicy').filter(({ Action }) => Action === 's3:GetObject')
    .flatMap(({ Resource }) => Resource).map((resource) => resource['Fn::Join'][1][1]);
  const reads = (props: StaticMediaCdnProps) => readsIn(synth(props));

  test('their folder', () => {
    expect(reads({})).toEqual(['/static/*']);
    expect(reads({ appDomain: 'app.example.org', staticFiles: StaticFiles.fromAppWithFallback(), staticLocation: 'assets' })).toEqual(['/assets/*']);
  });

  test('what else is named, and never the lists of publications', () => {
    const alsoServed = ['robots.txt', '.well-known/*', '*'];
    for (const staticFiles of [StaticFiles.fromBucket({ alsoServed }), StaticFiles.fromAppWithFallback({ alsoServed })]) {
      const template = synth({ staticFiles, appDomain: staticFiles._needsApp ? 'app.example.org' : undefined });
      expect(readsIn(template)).toEqual(['/static/*', '/robots.txt', '/.well-known/*', '/*', '/.publications/*']);
      const denied = statements(template, 'SubjectStaticPolicy').filter(({ Effect, Principal }) => Effect === 'Deny' && Principal.Service === 'cloudfront.amazonaws.com');
      expect(denied).toEqual([expect.objectContaining({
        Action: 's3:GetObject', Resource: { 'Fn::Join': ['', [expect.anything(), '/.publications/*']] }, Condition: { StringEquals: { 'aws:SourceArn': isThisDistribution } },
      })]);
    }
  });

  test('of an imported bucket what its warning says', () => {
    const { stack } = build((scope) => ({ staticBucket: Bucket.fromBucketName(scope, 'Mine', 'mine'), staticFiles: StaticFiles.fromBucket({ alsoServed: ['favicon.ico'] }) }));
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('"Allow".*mine/favicon.ico.*"Deny".*mine/.publications/'));
  });

  test.each(['/robots.txt', '', 'a//b', '../a', 'a/../b', './a', 'a/..', 'a/.', 'a?', '${aws:username}', 'a b', 'a+b', 'a%20b', 'é', 'x'.repeat(101)])('no key such as %p', (key) => {
    for (const name of ['fromBucket', 'fromAppWithFallback'] as const) {
      expect(() => StaticFiles[name]({ alsoServed: ['robots.txt', key] })).toThrow(
        `StaticFiles.${name}: 'alsoServed' must be keys of the bucket of 1 to 100 characters, without a slash before them, such as robots.txt or fonts/*, got '${key}'`,
      );
    }
  });

  test('no more keys than its policy has room for', () => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `${'x'.repeat(90)}${index}`);
    expect(() => StaticFiles.fromBucket({ alsoServed: keys(81) })).toThrow('StaticFiles.fromBucket: \'alsoServed\' must have 80 keys at the most, got 81');
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html: 20 KB, with the longest ARN of a bucket before each key
    const [longestName, logicalId] = ['b'.repeat(63), /\{"Fn::GetAtt":\["\w+","Arn"\]\}/g];
    const policy = JSON.stringify(statements(synth({ staticFiles: StaticFiles.fromBucket({ alsoServed: keys(80) }) }), 'SubjectStaticPolicy'));
    expect(policy.replace(logicalId, `arn:aws-us-gov:s3:::${longestName}`).length).toBeLessThan(20 * 1024);
  });

  test('no logs', () => {
    expect(() => build((scope) => {
      const mine = new Bucket(scope, 'Mine');
      return { staticBucket: mine, accessLogsBucket: mine, staticFiles: StaticFiles.fromBucket({ alsoServed: ['*'] }) };
    })).toThrow('Stack/Subject: \'accessLogsBucket\' must be another bucket than \'staticBucket\' where \'alsoServed\' is given, got Stack/Mine for both');
  });

  test('nothing at its root where all other paths are those of an app', () => {
    const staticFiles = StaticFiles.fromBucket({ alsoServed: ['robots.txt'] });
    expect(() => build({ appDomain: 'app.example.org', staticFiles, defaultContent: DefaultContent.app() })).toThrow(
      'Stack/Subject: \'alsoServed\' is for a CDN whose default content is static files, got \'robots.txt\' beside DefaultContent.app()',
    );
    const { stack, subject } = build({ staticFiles });
    expect(() => subject._servePagesOf({ appDomain: 'app.example.org', by: stack })).toThrow(
      'Stack: the CDN Stack/Subject must serve no files outside of its folders, got \'alsoServed\' of \'robots.txt\'',
    );
  });

  test('their folder alone where pages come from the app', () => {
    expect(reads({ appDomain: 'app.example.org', staticFiles: StaticFiles.fromBucket(), defaultContent: DefaultContent.app() })).toEqual(['/static/*']);
    const { stack, subject } = build();
    subject._servePagesOf({ appDomain: 'app.example.org', by: stack });
    expect(readsIn(Template.fromStack(stack))).toEqual(['/static/*']);
  });
});

describe('one bucket for media and static files', () => {
  const imported = (stack: Stack) => [Bucket.fromBucketName(stack, 'One', 'files'), Bucket.fromBucketName(stack, 'Other', 'files')];
  const named = (stack: Stack) => [new Bucket(stack, 'Mine', { bucketName: 'files' }), Bucket.fromBucketName(stack, 'Mine2', 'files')];
  const same = (stack: Stack) => Array(2).fill(new Bucket(stack, 'Same'));

  test.each<[string, (stack: Stack) => IBucket[]]>([['the same', same], ['two imports', imported]])(
    'is refused where static files are the default content, as a path can be written in two ways: %s', (_, buckets) => {
      expect(() => build((stack) => {
        const [mediaBucket, staticBucket] = buckets(stack);
        return { mediaBucket, staticBucket, privateMedia: PrivateMedia.rotatedKeys() };
      })).toThrow(/^Stack\/Subject: 'mediaBucket' and 'staticBucket' must be two buckets, got Stack\/(Same|One) for both: .*\/media%2Ffile would serve media files without a signature/);
    },
  );

  test('by its name is the same', () => {
    const { stack } = build();
    const [mediaBucket, staticBucket] = named(stack);
    expect(stack.resolve(mediaBucket.bucketName)).not.toEqual(stack.resolve(staticBucket.bucketName));
    expect(() => new StaticMediaCdn(stack, 'Second', { mediaBucket, staticBucket })).toThrow('must be two buckets, got Stack/Mine for both');
  });

  // /media/../static/a falls into /static/*, and S3 looks for the key as it is written, which is below media/.
  test('serves an app\'s pages beside both folders, but nothing whose key has a way up', () => {
    const template = synth((stack) => {
      const [mediaBucket, staticBucket] = same(stack);
      return { appDomain: 'app.example.org', defaultContent: DefaultContent.app(), staticFiles: StaticFiles.fromBucket(), mediaBucket, staticBucket };
    });
    const ofKeys = statements(template, 'SamePolicy').filter(({ Action }) => Action === 's3:GetObject').map(({ Effect, Resource }) => [Effect, Resource['Fn::Join'][1][1]]);
    expect(ofKeys).toEqual([['Allow', '/media/*'], ['Deny', '/*/../*'], ['Allow', '/static/*']]);
  });

  test('is none where two are', () => {
    expect(() => build((stack) => ({ mediaBucket: new Bucket(stack, 'A'), staticBucket: new Bucket(stack, 'B') }))).not.toThrow();
  });
});
