import { execFileSync } from 'child_process';
import { App, Duration, PropertyInjectors, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  CachePolicy, Distribution, GeoRestriction, KeyGroup, OriginRequestPolicy, PriceClass,
} from 'aws-cdk-lib/aws-cloudfront';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  bucket, build, CERTIFICATE_ARN, configOf, DOMAINS, inRegion, isThisDistribution, referred, role, statements, synth, zone,
} from './static-media-cdn';
import { BindingTarget, DefaultContent, StageProfile, StaticFiles, StaticMediaCdn, StaticMediaCdnProps } from '../../src';

describe('system 1: static files of an app, and media', () => {
  const template = () => synth((stack) => ({ ...DOMAINS, hostedZone: zone(stack), siteName: 'demo', environmentName: 'staging' }));
  const [methods, cached] = [['GET', 'HEAD', 'OPTIONS'], { MinTTL: 0, DefaultTTL: 3600, MaxTTL: 86_400 }];
  const corsHeaders = { HeaderBehavior: 'whitelist', Headers: ['Access-Control-Request-Headers', 'Access-Control-Request-Method', 'Origin'] };

  test('by default serves files of the app over HTTPS, with query strings, without cookies', () => {
    const { DefaultCacheBehavior: behavior, Origins } = configOf(template());
    expect(behavior).toMatchObject({ AllowedMethods: methods, Compress: true, ViewerProtocolPolicy: 'redirect-to-https' });
    expect(behavior).not.toHaveProperty('OriginRequestPolicyId');
    expect(Origins.find(({ Id }: any) => Id === behavior.TargetOriginId)).toMatchObject({
      DomainName: 'demo.example.education', CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
    });
    expect(referred(template(), behavior.CachePolicyId).CachePolicyConfig).toMatchObject({
      ...cached,
      ParametersInCacheKeyAndForwardedToOrigin: {
        QueryStringsConfig: { QueryStringBehavior: 'all' },
        CookiesConfig: { CookieBehavior: 'none' },
        HeadersConfig: corsHeaders,
        EnableAcceptEncodingBrotli: true,
        EnableAcceptEncodingGzip: true,
      },
    });
  });

  test('serves /media/* of the bucket, without query strings and cookies', () => {
    const { CacheBehaviors: [behavior, ...others], Origins } = configOf(template());
    expect(others).toEqual([]);
    expect(behavior).toMatchObject({ PathPattern: '/media/*', AllowedMethods: methods, Compress: true, ViewerProtocolPolicy: 'redirect-to-https' });
    expect(referred(template(), behavior.CachePolicyId).CachePolicyConfig).toMatchObject({
      ...cached,
      ParametersInCacheKeyAndForwardedToOrigin: {
        QueryStringsConfig: { QueryStringBehavior: 'none' }, CookiesConfig: { CookieBehavior: 'none' }, HeadersConfig: corsHeaders,
      },
    });
    const origin = Origins.find(({ Id }: any) => Id === behavior.TargetOriginId);
    expect(origin.S3OriginConfig).toEqual({ OriginAccessIdentity: '' });
    expect(origin.OriginAccessControlId).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^SubjectBehaviorsOriginAccess/), 'Id'] });
  });

  test('lets pages of any origin read media, for an hour', () => {
    expect(bucket(template(), 'SubjectMedia').Properties.CorsConfiguration).toEqual({
      CorsRules: [{ AllowedHeaders: ['*'], AllowedMethods: ['GET'], AllowedOrigins: ['*'], MaxAge: 3600 }],
    });
  });

  test('keeps versions of media unless they expire', () => {
    expect(bucket(template(), 'SubjectMedia').Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    const expiring = bucket(synth({ mediaExpiration: Duration.days(30) }), 'SubjectMedia').Properties;
    expect(expiring).not.toHaveProperty('VersioningConfiguration');
    expect(expiring.LifecycleConfiguration.Rules).toEqual([{
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      ExpirationInDays: 30,
      NoncurrentVersionExpiration: { NoncurrentDays: 7 }, // those from before, if it had versions once
      Status: 'Enabled',
    }]);
  });

  test('speaks IPv6, and HTTP 2 and 3, under its own domain, with TLS 1.2', () => {
    expect(configOf(template())).toMatchObject({
      IPV6Enabled: true,
      HttpVersion: 'http2and3',
      Aliases: ['cdn.example.education'],
      ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only' },
    });
  });

  test.each([[StageProfile.production(), 'PriceClass_All'], [StageProfile.staging(), 'PriceClass_100'], [StageProfile.ephemeral(), 'PriceClass_100']])('in %s, has its price class', (profile, price) => {
    const app = new App();
    profile.applyTo(app);
    const stack = new Stack(app, 'Stack');
    new StaticMediaCdn(stack, 'Subject');
    expect(configOf(Template.fromStack(stack)).PriceClass).toBe(price);
  });

  test('says site and environment in names and tags', () => {
    const names = Object.values<any>(template().toJSON().Resources).flatMap(({ Type, Properties: { Name, BucketName, ...rest } = {} as any }) => {
      const { CachePolicyConfig, ResponseHeadersPolicyConfig, OriginAccessControlConfig } = rest;
      const name = Name ?? BucketName ?? (CachePolicyConfig ?? ResponseHeadersPolicyConfig ?? OriginAccessControlConfig)?.Name;
      return name === undefined || Type === 'AWS::Route53::RecordSet' ? [] : [name['Fn::Join'][1][0]];
    });
    expect(names.length).toBeGreaterThanOrEqual(7);
    // Where room is short, the longest word is shortened first.
    expect(names.filter((name) => !/^demo-staging-/.test(name))).toEqual([expect.stringMatching(/^subject-logs-[0-9a-f]{6}-$/)]); // of which a distribution has one
    const Tags = Match.arrayWith([{ Key: 'Environment', Value: 'staging' }, { Key: 'Site', Value: 'demo' }]);
    template().hasResourceProperties('AWS::CloudFront::Distribution', { Tags });
    template().hasResourceProperties('AWS::S3::Bucket', { BucketName: Match.anyValue(), Tags });
  });

  test.each([
    {}, { siteName: 'demo', environmentName: 'production' }, { siteName: 's'.repeat(32), environmentName: 'E'.repeat(32) },
  ])('has names that S3 and CloudFront take, however long (%p)', (labels) => {
    const named = (name: any) => name['Fn::Join'][1].map((part: any) => (typeof part === 'string' ? part : '51af3dc0-da77-11e4-872e-1234567db123')).join('');
    const resources = Object.values<any>(synth(labels).toJSON().Resources);
    const buckets = resources.flatMap(({ Properties: { BucketName } = {} as any }) => (BucketName ? [named(BucketName)] : []));
    expect(buckets).toHaveLength(2);
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    buckets.forEach((name) => expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/));
    const [fn] = resources.filter(({ Type }) => Type === 'AWS::CloudFront::Function');
    expect(named(fn.Properties.Name)).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
    const [delivery] = resources.filter(({ Type }) => Type === 'Custom::EdgeLogDelivery');
    expect(named(delivery.Properties.Name)).toMatch(/^[\w-]{1,60}$/);
  });

  test('leads the domain to the distribution, by IPv4 and IPv6', () => {
    for (const Type of ['A', 'AAAA']) {
      template().hasResourceProperties('AWS::Route53::RecordSet', {
        Type, Name: 'cdn.example.education.', HostedZoneId: 'Z1', AliasTarget: { DNSName: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectDistribution'), 'DomainName'] } },
      });
    }
  });
});

test('finds the secret of the app by its name where only that is known, as a partial ARN may be read as a complete one', () => {
  const headers = (appSecret: (stack: Stack) => ISecret) => {
    const { stack } = build((scope) => ({ appDomain: 'app.example.org', defaultContent: DefaultContent.app(), appSecret: appSecret(Stack.of(scope)) }));
    const origins = configOf(Template.fromStack(stack)).Origins.filter(({ OriginCustomHeaders }: any) => OriginCustomHeaders);
    return origins.map(({ OriginCustomHeaders: [{ HeaderValue }] }: any) => HeaderValue);
  };
  const complete = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:demo/django-secret-AbCdEf';
  expect(headers((stack) => Secret.fromSecretNameV2(stack, 'Named', 'demo/django-secret'))).toEqual(['{{resolve:secretsmanager:demo/django-secret:SecretString:::}}']);
  expect(headers((stack) => Secret.fromSecretPartialArn(stack, 'Partial', complete.slice(0, -7)))).toEqual(['{{resolve:secretsmanager:demo/django-secret:SecretString:::}}']);
  expect(headers((stack) => Secret.fromSecretCompleteArn(stack, 'Complete', complete))).toEqual([`{{resolve:secretsmanager:${complete}:SecretString:::}}`]);
});

test('sends the other of two fields when it is told to, by a change of the distribution in place, and of nothing else', () => {
  const resources = (appSecretField: string) => synth((stack) => ({
    appDomain: 'app.example.org', appSecret: Secret.fromSecretNameV2(stack, 'Named', 'demo/origin'), appSecretField,
  })).toJSON().Resources;
  const [before, after] = ['current', 'next'].map((field) => JSON.stringify(resources(field)));
  expect(after).not.toBe(before);
  expect(after).toBe(before.replace(/:SecretString:current::/g, ':SecretString:next::'));
});

test('sends one field of a secret that is JSON', () => {
  const header = (appSecret: (stack: Stack) => ISecret) => {
    const template = synth((scope) => ({ appDomain: 'app.example.org', appSecret: appSecret(scope), appSecretField: 'header' }));
    return configOf(template).Origins.flatMap(({ OriginCustomHeaders }: any) => OriginCustomHeaders ?? []);
  };
  expect(header((stack) => new Secret(stack, 'Made'))).toEqual([{
    HeaderName: 'X-Origin-Verify', HeaderValue: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: expect.stringMatching(/^Made/) }, ':SecretString:header::}}']] },
  }]);
  expect(header((stack) => Secret.fromSecretNameV2(stack, 'Named', 'demo/origin'))).toEqual([{
    HeaderName: 'X-Origin-Verify', HeaderValue: '{{resolve:secretsmanager:demo/origin:SecretString:header::}}',
  }]);
});

describe('system 4: pages of an app, with static files and media from buckets', () => {
  const system = () => build((scope) => ({
    appDomain: 'alb.example.org',
    appSecret: new Secret(scope, 'OriginSecret'),
    staticFiles: StaticFiles.fromBucket(),
    defaultContent: DefaultContent.app(),
    noncurrentVersionExpiration: Duration.days(180),
  }));
  const { stack: only, subject } = system();
  const template = Template.fromStack(only);

  test('sends everything else to the app, with all methods, headers, cookies and query strings, and caches nothing of it', () => {
    const { DefaultCacheBehavior: behavior } = configOf(template);
    expect(behavior.AllowedMethods.sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);
    expect(behavior.CachePolicyId).toBe(CachePolicy.CACHING_DISABLED.cachePolicyId);
    expect(behavior.OriginRequestPolicyId).toBe(OriginRequestPolicy.ALL_VIEWER.originRequestPolicyId);
  });

  test('serves /static/* and /media/* of buckets', () => {
    expect(subject.explain('/static/a.css')).toMatchObject({ behavior: '/static/*', origin: 'static bucket', cached: true });
    expect(subject.explain('/media/a.jpg')).toMatchObject({ behavior: '/media/*', origin: 'media bucket', cached: true });
    expect(subject.explain('/')).toMatchObject({ behavior: '*', origin: 'app', cached: false });
  });

  test('proves itself to the app by a secret that is not in the template', () => {
    const { DefaultCacheBehavior: { TargetOriginId }, Origins } = configOf(template);
    const [header] = Origins.find(({ Id }: any) => Id === TargetOriginId).OriginCustomHeaders;
    expect(header.HeaderName).toBe('X-Origin-Verify');
    expect(StaticMediaCdn.APP_SECRET_HEADER).toBe('X-Origin-Verify');
    expect(JSON.stringify(header.HeaderValue)).toContain('{{resolve:secretsmanager:');
  });

  test('keeps versions of both buckets for 180 days', () => {
    for (const id of ['SubjectMedia', 'SubjectStatic']) {
      const { Properties } = bucket(template, id);
      expect(Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
      expect(Properties.LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 180 });
    }
  });

  test('tells its applications of the buckets by the names that they read', () => {
    const { stack, subject: cdn } = system();
    const fn = new Function(stack, 'Web', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline(' ') });
    BindingTarget.lambdaFunction(fn).use(
      cdn.mediaBinding({ bucket: 'AWS_S3_MEDIAFILES_BUCKET_NAME', location: 'AWS_MEDIAFILES_LOCATION' }),
      cdn.staticBinding({ bucket: 'AWS_S3_STATICFILES_BUCKET_NAME', location: 'AWS_STATICFILES_LOCATION', domain: 'AWS_S3_STATICFILES_CUSTOM_DOMAIN' }),
    );
    const withBindings = Template.fromStack(stack);
    withBindings.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          AWS_S3_MEDIAFILES_BUCKET_NAME: { Ref: Match.stringLikeRegexp('^SubjectMedia') },
          AWS_MEDIAFILES_LOCATION: 'media',
          AWS_S3_STATICFILES_BUCKET_NAME: { Ref: Match.stringLikeRegexp('^SubjectStatic') },
          AWS_STATICFILES_LOCATION: 'static',
          AWS_S3_STATICFILES_CUSTOM_DOMAIN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectDistribution'), 'DomainName'] },
        },
      },
    });
    expect(statements(withBindings, 'WebServiceRoleDefaultPolicy').map(({ Action }) => Action)).toEqual([
      's3:ListBucket', ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
      's3:ListBucket', ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
    ]);
  });
});

describe('static files', () => {
  test('without an app come from a bucket', () => {
    const { subject } = build();
    expect(subject.explain('/static/a.css')).toMatchObject({ origin: 'static bucket' });
    expect(subject.staticBucket).toBeDefined();
  });

  test('of an app need no bucket', () => {
    const { subject } = build({ appDomain: 'app.example.org' });
    expect(subject.explain('/static/a.css')).toMatchObject({ origin: 'app' });
    expect(subject.staticBucket).toBeUndefined();
  });

  // S3 obeys response-content-type and others of a visitor in a request that is signed, as CloudFront's are.
  test.each<[string, StaticMediaCdnProps]>([
    ['a bucket', {}],
    ['a bucket, beside pages', { appDomain: 'app.example.org', staticFiles: StaticFiles.fromBucket(), defaultContent: DefaultContent.app() }],
    ['the app or a bucket', { appDomain: 'app.example.org', staticFiles: StaticFiles.fromAppWithFallback() }],
  ])('from %s get only what tells releases apart of a query string', (_, props) => {
    const template = synth(props);
    const [policy] = Object.entries<any>(template.findResources('AWS::CloudFront::CachePolicy')).filter(([id]) => id.startsWith('SubjectBehaviorsStaticCache')).map(([, each]) => each);
    expect(policy.Properties.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.QueryStringsConfig).toEqual({
      QueryStringBehavior: 'whitelist', QueryStrings: ['v', 'ver', 'version', 'rev', 'hash', 'h', 'id', 't'],
    });
  });

  test('come from the bucket while the app is down, or does not have them', () => {
    const { stack, subject } = build({ appDomain: 'app.example.org', staticFiles: StaticFiles.fromAppWithFallback() });
    expect(subject.explain('/static/a.css')).toMatchObject({ origin: 'app → static bucket' });
    expect(configOf(Template.fromStack(stack)).OriginGroups.Items[0].FailoverCriteria.StatusCodes.Items).toEqual([404, 500, 502, 503, 504]);
  });

  test('are not waited for while the app is down, unlike its pages', () => {
    const props = { appDomain: 'app.example.org', staticFiles: StaticFiles.fromAppWithFallback(), defaultContent: DefaultContent.app() };
    const { DefaultCacheBehavior, OriginGroups, Origins } = configOf(synth(props));
    const originOf = (id: string) => Origins.find(({ Id }: any) => Id === id);
    const ofFiles = originOf(OriginGroups.Items[0].Members.Items[0].OriginId);
    expect(ofFiles).toMatchObject({ DomainName: 'app.example.org', ConnectionAttempts: 2, ConnectionTimeout: 3, CustomOriginConfig: { OriginReadTimeout: 10 } });
    const ofPages = originOf(DefaultCacheBehavior.TargetOriginId);
    expect(ofPages.CustomOriginConfig.OriginReadTimeout).toBe(30);
    expect(ofPages).not.toHaveProperty('ConnectionAttempts');
    expect(ofPages).not.toHaveProperty('ConnectionTimeout');
  });

  test.each(['index.html', '*.html', '*'])('at the root of a bucket are its page, where %s is served', (key) => {
    expect(configOf(synth({ staticFiles: StaticFiles.fromBucket({ alsoServed: [key] }) })).DefaultRootObject).toBe('index.html');
  });

  test('at the root are not a list of the bucket', () => {
    expect(configOf(synth()).DefaultRootObject).toBe('static/index.html');
    expect(configOf(synth({ staticFiles: StaticFiles.fromBucket({ alsoServed: ['robots.txt'] }), staticLocation: 'site/files' })).DefaultRootObject).toBe('site/files/index.html');
    expect(configOf(synth({ appDomain: 'app.example.org', staticFiles: StaticFiles.fromAppWithFallback() })).DefaultRootObject).toBe('static/index.html');
    expect(configOf(synth({ appDomain: 'app.example.org' }))).not.toHaveProperty('DefaultRootObject');
  });
});

describe('uploads', () => {
  const media = () => {
    const template = synth();
    const [behavior] = configOf(template).CacheBehaviors;
    return { template, behavior };
  };

  test('run nowhere, and are not guessed at', () => {
    const { template, behavior } = media();
    const { SecurityHeadersConfig } = referred(template, behavior.ResponseHeadersPolicyId).ResponseHeadersPolicyConfig;
    expect(SecurityHeadersConfig.ContentSecurityPolicy).toEqual({ ContentSecurityPolicy: expect.stringMatching(/^default-src 'none'; .*; sandbox$/), Override: true });
    expect(SecurityHeadersConfig.ContentTypeOptions).toEqual({ Override: true });
    expect(SecurityHeadersConfig.StrictTransportSecurity).toEqual({ AccessControlMaxAgeSec: 31_536_000, Override: true });
  });

  test('are downloaded by a function unless they are harmless', () => {
    const { template, behavior } = media();
    expect(behavior.FunctionAssociations).toEqual([{ EventType: 'viewer-response', FunctionARN: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectBehaviorsSafeDownloads/), 'FunctionARN'] } }]);
    template.hasResourceProperties('AWS::CloudFront::Function', {
      AutoPublish: true, FunctionConfig: { Runtime: 'cloudfront-js-2.0' }, FunctionCode: Match.stringLikeRegexp('function handler\\(event\\)'),
    });
  });

  test('are private on request', () => {
    const { stack, subject } = build((scope) => ({ mediaKeyGroups: [KeyGroup.fromKeyGroupId(scope, 'Keys', 'group-1')] }));
    expect(configOf(Template.fromStack(stack)).CacheBehaviors[0].TrustedKeyGroups).toEqual(['group-1']);
    expect(subject.explain('/media/a.jpg').signed).toBe(true);
    expect(subject.explain('/static/a.css').signed).toBe(false);
  });
});

describe('grants', () => {
  const actions = (template: Template) => statements(template, 'AppDefaultPolicy').map(({ Action, Resource }) => [Action, Resource]);
  const [media, statics] = ['Media', 'Static'].map((id) => ({ 'Fn::GetAtt': [expect.stringMatching(`^Subject${id}`), 'Arn'] }));

  test('to read and write media are for its folder', () => {
    const { stack, subject } = build();
    subject.grantMediaReadWrite(role(stack));
    expect(actions(Template.fromStack(stack))).toEqual([
      ['s3:ListBucket', media],
      [['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'], { 'Fn::Join': ['', [media, '/media/*']] }],
    ]);
  });

  test('to publish static files are for their folder, and for invalidations of this distribution', () => {
    const { stack, subject } = build();
    subject.grantStaticPublish(role(stack));
    expect(actions(Template.fromStack(stack))).toEqual([
      ['s3:ListBucket', statics],
      [['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'], { 'Fn::Join': ['', [statics, '/static/*']] }],
      [['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'], isThisDistribution],
    ]);
  });

  test('come with the use of the key', () => {
    const { stack, subject } = build((scope) => ({ encryptionKey: new Key(scope, 'Key') }));
    subject.grantMediaReadWrite(role(stack));
    expect(actions(Template.fromStack(stack))).toContainEqual([['kms:Decrypt', 'kms:GenerateDataKey'], { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] }]);
  });

  test.each(['grantStaticPublish', 'staticBinding'] as const)('%s() needs a bucket', (method) => {
    const { stack, subject } = build({ appDomain: 'app.example.org' });
    const use = () => (method === 'staticBinding' ? subject.staticBinding({}) : subject.grantStaticPublish(role(stack)));
    expect(use).toThrow(`Stack/Subject: ${method}() must have a bucket for static files, but they come from the app alone: set 'staticFiles' to StaticFiles.fromBucket()`);
  });

  test('an access key is in a secret, and in no output', () => {
    const { stack, subject } = build({ legacyAccessKey: true });
    const template = Template.fromStack(stack);
    const SecretString = JSON.stringify(Object.values(template.findResources('AWS::SecretsManager::Secret'))[0].Properties.SecretString);
    expect(SecretString).toContain('DJANGO_AWS_ACCESS_KEY_ID');
    expect(SecretString).toMatch(/DJANGO_AWS_SECRET_ACCESS_KEY.*"Fn::GetAtt":\["SubjectLegacyAccessKey\w+","SecretAccessKey"\]/);
    expect(template.toJSON().Outputs).toBeUndefined();
    expect(subject.legacyAccessKey!.node.path).toBe('Stack/Subject/LegacyAccessKeySecret');
    expect(statements(template, 'SubjectLegacyUserDefaultPolicy')).toHaveLength(2);
    Annotations.fromStack(stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('LegacyAccessKey'));
  });

  test('there is no access key unless it is asked for', () => {
    const { stack, subject } = build();
    Template.fromStack(stack).resourceCountIs('AWS::IAM::User', 0);
    expect(subject.legacyAccessKey).toBeUndefined();
  });
});

test('what CloudFront has besides goes to CloudFront', () => {
  const config = configOf(synth({
    priceClass: PriceClass.PRICE_CLASS_200,
    geoRestriction: GeoRestriction.allowlist('DE', 'FR'),
    errorResponses: [{ httpStatus: 404, responsePagePath: '/static/404.html', responseHttpStatus: 404, ttl: Duration.minutes(1) }],
    webAclArn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1',
  }));
  expect(config).toMatchObject({
    PriceClass: 'PriceClass_200',
    Restrictions: { GeoRestriction: { RestrictionType: 'whitelist', Locations: ['DE', 'FR'] } },
    CustomErrorResponses: [{ ErrorCode: 404, ResponsePagePath: '/static/404.html', ResponseCode: 404, ErrorCachingMinTTL: 60 }],
    WebACLId: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/1',
  });
});

test('an organization may put a firewall before all of its distributions', () => {
  const app = new App();
  const webAclId = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/all/1';
  PropertyInjectors.of(app).add({ constructUniqueId: Distribution.PROPERTY_INJECTION_ID, inject: (props) => ({ webAclId, ...props }) });
  const stack = new Stack(app, 'Stack');
  new StaticMediaCdn(stack, 'Subject');
  expect(configOf(Template.fromStack(stack)).WebACLId).toBe(webAclId);
});

test('times are the user\'s to say', () => {
  expect(build({ defaultTtl: Duration.minutes(5), maxTtl: Duration.days(365) }).subject.explain('/media/a.jpg')).toMatchObject({
    minTtlSeconds: 0, defaultTtlSeconds: 300, maxTtlSeconds: 31_536_000,
  });
});

test('folders are the user\'s to say, in addresses and in buckets', () => {
  const { stack, subject } = build({ mediaLocation: 'site/uploads', staticLocation: 'assets', appDomain: 'app.example.org', defaultContent: DefaultContent.app(), staticFiles: StaticFiles.fromBucket() });
  expect(['/site/uploads/a.jpg', '/assets/a.css', '/media/a.jpg'].map((path) => subject.explain(path).origin)).toEqual(['media bucket', 'static bucket', 'app']);
  const template = Template.fromStack(stack);
  expect(JSON.stringify(statements(template, 'SubjectMediaPolicy'))).toContain('"/site/uploads/*"');
  expect(JSON.stringify(statements(template, 'SubjectStaticPolicy'))).toContain('"/assets/*"');
});

describe('settings for Django', () => {
  const evaluated = (source: string) => JSON.parse(execFileSync('python3', ['-c', `import json\n${source}\nprint(json.dumps([STORAGES, MEDIA_URL, STATIC_URL]))`], { encoding: 'utf8' }));
  const names = (scope: Stack) => ({ mediaBucket: Bucket.fromBucketName(scope, 'M', 'my-media') });

  test('fit static files of the app', () => {
    const { subject } = build((stack) => ({ ...DOMAINS, ...names(stack), hostedZone: zone(stack) }), inRegion('eu-west-3'));
    expect(evaluated(subject.djangoSettings())).toEqual([
      {
        default: {
          BACKEND: 'storages.backends.s3.S3Storage',
          OPTIONS: { bucket_name: 'my-media', location: 'media', region_name: 'eu-west-3', custom_domain: 'cdn.example.education', querystring_auth: false, file_overwrite: false },
        },
        staticfiles: { BACKEND: 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage' },
      },
      'https://cdn.example.education/media/',
      'https://cdn.example.education/static/',
    ]);
  });

  test('fit static files of a bucket', () => {
    const { subject } = build((stack) => ({
      ...names(stack), staticBucket: Bucket.fromBucketName(stack, 'S', 'my-static'), domainName: 'cdn.example.education', hostedZone: zone(stack), staticLocation: 'assets',
    }), inRegion('eu-west-3'));
    const [{ staticfiles }, , url] = evaluated(subject.djangoSettings());
    expect(staticfiles).toEqual({
      BACKEND: 'storages.backends.s3.S3ManifestStaticStorage',
      OPTIONS: { bucket_name: 'my-static', location: 'assets', region_name: 'eu-west-3', custom_domain: 'cdn.example.education', querystring_auth: false },
    });
    expect(url).toBe('https://cdn.example.education/assets/');
  });

  test('leave static files to an app that is asked first, as the bucket has copies of them', () => {
    const { subject } = build((stack) => ({
      ...DOMAINS, ...names(stack), hostedZone: zone(stack), staticFiles: StaticFiles.fromAppWithFallback(),
    }), inRegion('eu-west-3'));
    expect(evaluated(subject.djangoSettings())[0].staticfiles).toEqual({ BACKEND: 'django.contrib.staticfiles.storage.ManifestStaticFilesStorage' });
  });
});

describe('a partition without what a CDN consists of', () => {
  test.each([
    ['cn-north-1', 'aws-cn'], ['cn-northwest-1', 'aws-cn'], ['us-gov-west-1', 'aws-us-gov'], ['us-iso-east-1', 'aws-iso'], ['us-isob-east-1', 'aws-iso-b'], ['eusc-de-east-1', 'aws-eusc'],
  ])('is refused where it is known: %s', (region, partition) => {
    const stack = new Stack(new App(), 'Stack', { env: inRegion(region) });
    expect(() => new StaticMediaCdn(stack, 'Subject')).toThrow(`Stack/Subject: the region must be of the partition aws, got ${region} of ${partition}: CloudFront there lacks`);
    expect(stack.node.findChild('Subject').node.children).toEqual([]);
  });

  test.each(['eu-west-3', 'us-east-1', 'me-central-1', 'xx-future-1'])('is none of %s', (region) => {
    expect(() => build({}, inRegion(region))).not.toThrow();
  });
});

describe('impossible input', () => {
  const given = (name: string, arn: string) => (stack: Stack) => ({ ...DOMAINS, [name]: Certificate.fromCertificateArn(stack, 'Given', arn) });

  test.each<[string, StaticMediaCdnProps | ((stack: Stack) => StaticMediaCdnProps), string]>([
    ['a loop', { appDomain: 'cdn.example.org', domainName: 'CDN.example.org' }, '\'appDomain\' must be another domain than \'domainName\', got \'cdn.example.org\' for both: the CDN would fetch from itself, in circles'],
    ['a URL for a domain', { appDomain: 'https://app.example.org' }, '\'appDomain\' must be a domain alone, such as www.example.org, without scheme, port, path or trailing dot, got \'https://app.example.org\''],
    ['a port', { appDomain: 'app.example.org:8000' }, '\'appDomain\' must be a domain alone'],
    ['a dot at the end', { appDomain: 'app.example.org.' }, '\'appDomain\' must be a domain alone'],
    ['a name without a dot', { appDomain: 'localhost' }, '\'appDomain\' must be a domain alone'],
    ['a bad domain', { domainName: 'cdn_x.example.org' }, '\'domainName\' must be a domain alone'],
    ['files of no app', { staticFiles: StaticFiles.fromApp() }, '\'appDomain\' must be given for StaticFiles.fromApp(), got none'],
    ['a fallback of no app', { staticFiles: StaticFiles.fromAppWithFallback() }, '\'appDomain\' must be given for StaticFiles.fromAppWithFallback(), got none'],
    ['files of no app', { staticFiles: StaticFiles.fromApp(), defaultContent: DefaultContent.staticFiles() }, '\'appDomain\' must be given for StaticFiles.fromApp(), got none'],
    ['an app for nothing', { appDomain: 'app.example.org', staticFiles: StaticFiles.fromBucket() }, '\'appDomain\' is \'app.example.org\', but nothing would be fetched from it'],
    ['a secret for no app', (stack) => ({ appSecret: new Secret(stack, 'Secret') }), '\'appSecret\' is for an app, but there is no \'appDomain\''],
    ['a field of no secret', { appDomain: 'app.example.org', appSecretField: 'header' }, '\'appSecretField\' is for a field of \'appSecret\', got \'header\' and no \'appSecret\': give one, or leave \'appSecretField\' out'],
    ...['', 'a:b', 'a}}', '{a', 'a b'].map((appSecretField): [string, (stack: Stack) => StaticMediaCdnProps, string] => [
      `a field that no reference can name (${appSecretField})`, (stack) => ({ appDomain: 'app.example.org', appSecret: new Secret(stack, 'Secret'), appSecretField }),
      `'appSecretField' must be the name of a field of the JSON of 'appSecret', without spaces, colons and braces, such as header, got '${appSecretField}'`,
    ]),
    ['a folder with a slash', { mediaLocation: '/media' }, '\'mediaLocation\' must be one or more names with a slash between them, such as media or site/media, of letters, digits and _ - . ~, none of them . or .., got \'/media\''],
    ...['.', '..', 'a/../b', './a', 'a/..', 'a/.', 'a//b', 'a/', 'a+b', 'a@b', 'a:b', 'a$b', 'a b', 'a%2Fb', 'ä', 'a\nb'].flatMap((folder): [string, StaticMediaCdnProps, string][] => [
      [`a folder that no path is in (${JSON.stringify(folder)})`, { mediaLocation: folder }, '\'mediaLocation\' must be one or more names with a slash between them'],
      [`such a folder of static files (${JSON.stringify(folder)})`, { staticLocation: folder }, '\'staticLocation\' must be one or more names with a slash between them'],
    ]),
    ['a folder that no pattern has', { mediaLocation: 'm'.repeat(253) }, '\'mediaLocation\' must have at most 252 characters, as the path patterns of CloudFront have at most 255, got 253: shorten it'],
    ['an address for a domain', { appDomain: '192.0.2.1' }, '\'appDomain\' must be a domain alone'],
    ['an address for its own domain', { domainName: '192.0.2.10' }, '\'domainName\' must be a domain alone'],
    ['no key group', { mediaKeyGroups: [] }, '\'mediaKeyGroups\' must have at least one group, got none, with which media files would be public: leave it out if they are to be'],
    ...['sthree', 'sthree-x', 'sthree-configurator', 'amzn-s3-demo', 'AMZN-S3-demo-x'].map((siteName): [string, StaticMediaCdnProps, string] => [
      `a site with a name of S3's (${siteName})`, { siteName }, `names of buckets must not begin with ${siteName.toLowerCase().startsWith('sthree') ? 'sthree-' : 'amzn-s3-demo-'}, which S3 keeps for itself, got ${siteName.toLowerCase()}`,
    ]),
    ['a site and an environment with a name of S3\'s', { siteName: 'amzn', environmentName: 's3-demo' }, 'got amzn-s3-demo-media-…, made of \'siteName\' and \'environmentName\', or the construct\'s id: change them'],
    ['a folder with a wildcard', { staticLocation: 'static*' }, '\'staticLocation\' must be one or more names'],
    ['no folder', { staticLocation: '' }, '\'staticLocation\' must be one or more names'],
    ['one folder for both', { mediaLocation: 'files', staticLocation: 'files' }, 'must be folders beside each other, got \'files\' and \'files\''],
    ['a folder in the other', { mediaLocation: 'static/media' }, 'must be folders beside each other, got \'static/media\' and \'static\''],
    ['a zone for no domain', (stack) => ({ hostedZone: zone(stack) }), '\'domainName\' must be given with a \'hostedZone\', got none'],
    ['a certificate for no domain', (stack) => ({ certificate: Certificate.fromCertificateArn(stack, 'Given', CERTIFICATE_ARN) }), '\'domainName\' must be given with a \'certificate\', got none'],
    ['a certificate of another region', given('certificate', 'arn:aws:acm:eu-west-3:123456789012:certificate/1'), '\'certificate\' must be in us-east-1, from where CloudFront takes it, got one in eu-west-3'],
    ['a certificate of the stack, which is elsewhere', (stack) => ({ ...DOMAINS, certificate: new Certificate(new Stack(stack.node.root as App, 'West', { env: inRegion('eu-west-3') }), 'Made', { domainName: 'cdn.example.education' }) }), '\'certificate\' must be in us-east-1, from where CloudFront takes it, got one in eu-west-3'],
    ['a domain outside of its zone', (stack) => ({ domainName: 'cdn.badexample.education', hostedZone: zone(stack) }), '\'domainName\' must be in the \'hostedZone\', got \'cdn.badexample.education\' and the zone \'example.education\''],
    ['a time that is none', { defaultTtl: Duration.millis(1500) }, '\'defaultTtl\' must be a whole number of seconds at least 0, got 1.5'],
    ['nothing cached', { defaultTtl: Duration.seconds(0), maxTtl: Duration.seconds(0) }, '\'maxTtl\' must be a whole number of seconds at least 1, got 0'],
    ['a default above the most', { defaultTtl: Duration.days(2) }, '\'defaultTtl\' must not be longer than \'maxTtl\', got 172800 and 86400 seconds'],
    ['half a day', { mediaExpiration: Duration.hours(12) }, '\'mediaExpiration\' must be a whole number of days at least 1, got 0.5'],
    ['no day', { noncurrentVersionExpiration: Duration.days(0) }, '\'noncurrentVersionExpiration\' must be a whole number of days at least 1, got 0'],
    ['a bucket that is not used', (stack) => ({ appDomain: 'app.example.org', staticBucket: new Bucket(stack, 'Mine') }), '\'staticBucket\' is Stack/Mine, but static files come from the app'],
    ['pages that may read a given bucket', (stack) => ({ mediaBucket: new Bucket(stack, 'Mine'), corsOrigins: ['*'] }), '\'corsOrigins\' is for a new bucket, but \'mediaBucket\' is Stack/Mine: give that one a CORS rule'],
    ['old versions of given buckets', (stack) => ({ mediaBucket: new Bucket(stack, 'Mine'), staticBucket: new Bucket(stack, 'Other'), noncurrentVersionExpiration: Duration.days(1) }), '\'noncurrentVersionExpiration\' is for new buckets, but all buckets are given'],
    ['a bucket that gets no logs', (stack) => ({ accessLogsBucket: new Bucket(stack, 'Mine', { encryption: BucketEncryption.KMS }) }), '\'accessLogsBucket\' must be encrypted by keys that S3 manages (SSE-S3), got Stack/Mine, which has the key Stack/Mine/Key'],
    ['a page for an origin', { corsOrigins: ['https://demo.example.org/'] }, '\'corsOrigins\' must each be \'*\', or a scheme and a host, with a port where there is one, without a path, and with one * at the most, such as https://demo.example.education or https://*.example.education, got \'https://demo.example.org/\''],
    ['a host for an origin', { corsOrigins: ['demo.example.org'] }, '\'corsOrigins\' must each be'],
    ['two wildcards in an origin', { corsOrigins: ['https://*.a.*.com'] }, '\'corsOrigins\' must each be'],
    ['an expiration of a given bucket', (stack) => ({ mediaBucket: new Bucket(stack, 'Mine'), mediaExpiration: Duration.days(1) }), '\'mediaExpiration\' is for a new bucket, but \'mediaBucket\' is Stack/Mine'],
    ['a key for nothing', (stack) => ({ appDomain: 'app.example.org', mediaBucket: new Bucket(stack, 'Mine'), encryptionKey: new Key(stack, 'Key') }), '\'encryptionKey\' is for new buckets, but all buckets are given'],
    ['a web ACL of a region', { webAclArn: 'arn:aws:wafv2:eu-west-3:123456789012:regional/webacl/site/1' }, '\'webAclArn\' must be the ARN of a web ACL of scope CLOUDFRONT'],
    ['a site with a slash', { siteName: 'a/b' }, '\'siteName\' must be 1 to 32 letters, digits and hyphens, the first no hyphen, got \'a/b\''],
    ['no environment', { environmentName: '' }, '\'environmentName\' must be 1 to 32 letters, digits and hyphens'],
  ])('%s is refused', (_, props, message) => {
    expect(() => build(props)).toThrow(`Stack/Subject: ${message.startsWith('\'') ? message : ''}`);
    expect(() => build(props)).toThrow(message);
  });

  test('creates nothing', () => {
    const stack = new Stack(new App(), 'Stack');
    expect(() => new StaticMediaCdn(stack, 'Subject', { siteName: 'a/b' })).toThrow();
    expect(stack.node.findChild('Subject').node.children).toEqual([]);
  });
});

test.each(['~me.dia_-/..a/a..', '.well-known', 'm'.repeat(252)])('a folder is in paths of each of its characters: %s', (mediaLocation) => {
  const { stack, subject } = build({ mediaLocation });
  expect(subject.explain(`/${mediaLocation}/a.jpg`).origin).toBe('media bucket');
  expect(configOf(Template.fromStack(stack)).CacheBehaviors[0].PathPattern.length).toBeLessThanOrEqual(255);
});

test.each(['xn--site', 'sthreex', 'my-sthree-x', 'amzn-s3-demox'])('a site may be called %s, as its buckets begin with no name of S3\'s', (siteName) => {
  expect(JSON.stringify(bucket(synth({ siteName }), 'SubjectMedia').Properties.BucketName)).toContain(`"${siteName.replace('--', '-')}`);
});

test('an id is no name of S3\'s either, but where all buckets are given', () => {
  expect(() => new StaticMediaCdn(new Stack(new App(), 'Stack'), 'Sthree')).toThrow('Stack/Sthree: names of buckets must not begin with sthree-, which S3 keeps for itself, got sthree-media-…');
  expect(() => build((stack) => ({ mediaBucket: new Bucket(stack, 'M'), staticBucket: new Bucket(stack, 'S'), siteName: 'sthree' }))).not.toThrow();
});

test('a zone that was imported without its name is taken', () => {
  expect(() => synth((stack) => ({ ...DOMAINS, hostedZone: HostedZone.fromHostedZoneId(stack, 'Zone', 'Z1') }))).not.toThrow();
});

test('leaves the caller\'s props untouched', () => {
  expect(() => synth(Object.freeze({ appDomain: 'app.example.org', corsOrigins: Object.freeze(['https://a.example.org']) as string[], siteName: 'demo' }))).not.toThrow();
});
