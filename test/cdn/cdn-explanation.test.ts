import { Duration } from 'aws-cdk-lib';
import {
  CachePolicy, Function as CloudFrontFunction, FunctionCode, FunctionEventType, IResponseHeadersPolicy, LambdaEdgeEventType, OriginRequestPolicy,
  ResponseHeadersPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Version } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { build, DOMAINS } from './static-media-cdn';

describe('explained', () => {
  const { subject } = build({ ...DOMAINS, certificate: undefined, domainName: undefined });

  test('a path is what CloudFront does with it', () => {
    expect(subject.explain('/media/2026/a.jpg')).toEqual({
      path: '/media/2026/a.jpg',
      objectPath: '/media/2026/a.jpg',
      behavior: '/media/*',
      origin: 'media bucket',
      allowedMethods: ['GET', 'HEAD', 'OPTIONS'],
      cached: true,
      cacheKey: ['header: Access-Control-Request-Headers', 'header: Access-Control-Request-Method', 'header: Origin'],
      forwarded: [],
      minTtlSeconds: 0,
      defaultTtlSeconds: 3600,
      maxTtlSeconds: 86_400,
      compressed: true,
      signed: false,
      responseHeaders: [
        'Content-Security-Policy', 'X-Content-Type-Options', 'Strict-Transport-Security', 'Content-Disposition: attachment, unless a harmless type',
        'Content-Type: application/octet-stream, unless a harmless type', 'Cross-Origin-Resource-Policy: same-origin, unless a harmless type',
      ],
      functions: [],
    });
  });

  test.each([
    ['/media/a', '/media/*'], ['/media/', '/media/*'], ['/media', '*'], ['/Media/a', '*'], ['/x/media/a', '*'], ['/mediax/a', '*'], ['/', '*'], ['/static/media/a', '*'],
    ['/media/a?x=/static/b', '/media/*'], ['/?x=/media/b', '*'],
  ])('%s falls into %s', (path, behavior) => {
    expect(subject.explain(path).behavior).toBe(behavior);
  });

  test('a path that a user added is explained, too, with the policies of AWS', () => {
    const { subject: extended } = build();
    extended.distribution.addBehavior('/v?/*.json', new HttpOrigin('api.example.org'), { cachePolicy: CachePolicy.CACHING_OPTIMIZED, originRequestPolicy: OriginRequestPolicy.CORS_S3_ORIGIN });
    expect(extended.explain('/v1/a.json')).toMatchObject({
      behavior: '/v?/*.json',
      allowedMethods: ['GET', 'HEAD'],
      minTtlSeconds: 1,
      maxTtlSeconds: 31_536_000,
      forwarded: ['header: Origin', 'header: Access-Control-Request-Headers', 'header: Access-Control-Request-Method'],
      responseHeaders: [],
    });
    expect(extended.explain('/v12/a.json').behavior).toBe('*');
    expect(extended.explain('/v1/aXjson').behavior).toBe('*');
  });

  test('a policy from elsewhere is not made up', () => {
    const { stack, subject: extended } = build();
    extended.distribution.addBehavior('/api/*', new HttpOrigin('api.example.org'), { cachePolicy: CachePolicy.fromCachePolicyId(stack, 'Other', 'f0f0') });
    expect(() => extended.explain('/api/a')).toThrow('the behavior \'/api/*\' has a policy that is neither in this stack nor known to cdk-mainstay');
    expect(extended.explain('/media/a').origin).toBe('media bucket');
  });

  test('a policy of response headers from elsewhere is not made up, either', () => {
    const { stack, subject: extended } = build();
    const responseHeadersPolicy = ResponseHeadersPolicy.fromResponseHeadersPolicyId(stack, 'Other', 'f0f0');
    extended.distribution.addBehavior('/api/*', new HttpOrigin('api.example.org'), { responseHeadersPolicy });
    expect(() => extended.explain('/api/a')).toThrow('the behavior \'/api/*\' has a policy that is neither in this stack nor known to cdk-mainstay');
  });

  const security = ['X-Content-Type-Options', '(X-Frame-Options)', '(Referrer-Policy)', '(Strict-Transport-Security)', '(X-XSS-Protection)'];
  const preflight = ['(Access-Control-Allow-Methods)', '(Access-Control-Allow-Origin)', '(Access-Control-Expose-Headers)'];

  test.each<[keyof typeof ResponseHeadersPolicy, string[]]>([
    ['SECURITY_HEADERS', security],
    ['CORS_ALLOW_ALL_ORIGINS', ['(Access-Control-Allow-Origin)']],
    ['CORS_ALLOW_ALL_ORIGINS_WITH_PREFLIGHT', preflight],
    ['CORS_ALLOW_ALL_ORIGINS_AND_SECURITY_HEADERS', ['(Access-Control-Allow-Origin)', ...security]],
    ['CORS_ALLOW_ALL_ORIGINS_WITH_PREFLIGHT_AND_SECURITY_HEADERS', [...preflight, ...security]],
  ])('headers of ResponseHeadersPolicy.%s are those of AWS', (name, headers) => {
    const { subject: extended } = build();
    extended.distribution.addBehavior('/api/*', new HttpOrigin('api.example.org'), { responseHeadersPolicy: ResponseHeadersPolicy[name] as IResponseHeadersPolicy });
    expect(extended.explain('/api/a').responseHeaders).toEqual(headers);
  });

  test('headers of a policy of the user\'s are all that it adds, and those that it removes', () => {
    const { stack, subject: extended } = build();
    const responseHeadersPolicy = new ResponseHeadersPolicy(stack, 'Headers', {
      corsBehavior: {
        accessControlAllowCredentials: true,
        accessControlAllowHeaders: ['X-A'],
        accessControlAllowMethods: ['GET'],
        accessControlAllowOrigins: ['https://example.org'],
        accessControlMaxAge: Duration.minutes(5),
        originOverride: true,
      },
      customHeadersBehavior: { customHeaders: [{ header: 'X-B', value: 'b', override: false }] },
      removeHeaders: ['X-Powered-By'],
      serverTimingSamplingRate: 50,
    });
    extended.distribution.addBehavior('/api/*', new HttpOrigin('api.example.org'), { responseHeadersPolicy });
    expect(extended.explain('/api/a').responseHeaders).toEqual([
      'Access-Control-Allow-Credentials', 'Access-Control-Allow-Headers', 'Access-Control-Allow-Methods', 'Access-Control-Allow-Origin', 'Access-Control-Max-Age',
      '(X-B)', 'Server-Timing', 'without X-Powered-By',
    ]);
  });

  test('functions of the user\'s are named', () => {
    const { stack, subject: extended } = build();
    const rewrite = new CloudFrontFunction(stack, 'Rewrite', { code: FunctionCode.fromInline('function handler(event) { return event.request; }') });
    const elsewhere = CloudFrontFunction.fromFunctionAttributes(stack, 'Elsewhere', { functionName: 'other', functionArn: 'arn:aws:cloudfront::123456789012:function/other' });
    extended.distribution.addBehavior('/api/*', new HttpOrigin('api.example.org'), {
      functionAssociations: [
        { function: rewrite, eventType: FunctionEventType.VIEWER_REQUEST }, { function: elsewhere, eventType: FunctionEventType.VIEWER_RESPONSE },
      ],
      edgeLambdas: [{
        functionVersion: Version.fromVersionArn(stack, 'Version', 'arn:aws:lambda:us-east-1:123456789012:function:edge:1'), eventType: LambdaEdgeEventType.ORIGIN_REQUEST,
      }],
    });
    const functions = [
      'viewer-request: Stack/Rewrite', 'viewer-response: arn:aws:cloudfront::123456789012:function/other',
      'origin-request: arn:aws:lambda:us-east-1:123456789012:function:edge:1',
    ];
    expect(extended.explain('/api/a').functions).toEqual(functions);
    expect(extended.explainAll()).toContain(functions.join('; '));
    expect(extended.explain('/media/a').functions).toEqual([]);
  });

  test('what the app gets besides is the secret of the CDN', () => {
    const { subject: extended } = build((stack) => ({ appDomain: 'app.example.org', appSecret: new Secret(stack, 'OriginSecret') }));
    expect(extended.explain('/static/a.css').forwarded).toEqual(['added header: X-Origin-Verify']);
    expect(extended.explain('/media/a.jpg').forwarded).toEqual([]);
  });

  test('the root is index.html where a bucket could be asked for it', () => {
    expect(build().subject.explain('/')).toMatchObject({ path: '/', objectPath: '/static/index.html' });
    expect(subject.explain('/').objectPath).toBe('/');
  });

  test('a path begins with a slash', () => {
    expect(() => subject.explain('media/a.jpg')).toThrow('Stack/Subject: \'path\' must begin with a slash, such as /media/a.jpg, got \'media/a.jpg\'');
  });

  test('all is a table with a row for each behavior', () => {
    const rows = subject.explainAll().split('\n');
    expect(rows).toHaveLength(4);
    expect(rows[2]).toMatch(/^\| `\/media\/\*` \| media bucket \| GET, HEAD, OPTIONS \| 0 \/ 3600 \/ 86400 s \|/);
    expect(rows[3]).toMatch(/^\| `\*` \| app \|/);
  });
});
