import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Annotations, Template } from 'aws-cdk-lib/assertions';
import {
  CacheCookieBehavior, CacheHeaderBehavior, CachePolicy, CachePolicyProps, CacheQueryStringBehavior, OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior, OriginRequestPolicy, OriginRequestPolicyProps, OriginRequestQueryStringBehavior,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { build } from './static-media-cdn';
import { StaticMediaCdn } from '../../src';

// What is forwarded and not in the cache key: its answers are kept for everybody. What is in the key is kept apart.

const ID = 'cdk-mainstay:StaticMediaCdn.CachedForOthers';

const requests = (props: OriginRequestPolicyProps) => (stack: Stack) => ({ originRequestPolicy: new OriginRequestPolicy(stack, 'Requests', props) });
const keys = (props: CachePolicyProps) => (stack: Stack) => ({ cachePolicy: new CachePolicy(stack, 'Keys', props) });
const both = (key: CachePolicyProps, request: OriginRequestPolicyProps) => (stack: Stack) => ({ ...keys(key)(stack), ...requests(request)(stack) });

function extended(policies: (stack: Stack) => object) {
  const { stack, subject } = build();
  subject.distribution.addBehavior('/api/*', new HttpOrigin('api.example.org'), policies(stack));
  return stack;
}

describe('leaks from one visitor to others:', () => {
  test.each<[string, (stack: Stack) => object, string]>([
    ['everything, by a policy of AWS', () => ({ originRequestPolicy: OriginRequestPolicy.ALL_VIEWER }), 'query: all; header: all; cookie: all'],
    ['everything but the host', () => ({ originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER }), 'query: all; header: all but host; cookie: all'],
    ['cookies', requests({ cookieBehavior: OriginRequestCookieBehavior.all() }), 'cookie: all'],
    ['one cookie', requests({ cookieBehavior: OriginRequestCookieBehavior.allowList('sessionid') }), 'cookie: sessionid'],
    ['a query string', requests({ queryStringBehavior: OriginRequestQueryStringBehavior.all() }), 'query: all'],
    ['a header of a session', requests({ headerBehavior: OriginRequestHeaderBehavior.allowList('X-Session-Token') }), 'header: x-session-token'],
    ['the country, which the origin answers by', requests({ headerBehavior: OriginRequestHeaderBehavior.allowList('CloudFront-Viewer-Country', 'Origin') }), 'header: cloudfront-viewer-country'],
    ['what the key has not, of some', both(
      { queryStringBehavior: CacheQueryStringBehavior.allowList('page') }, { queryStringBehavior: OriginRequestQueryStringBehavior.allowList('page', 'token') },
    ), 'query: token'],
    ['what the key has not, of all', both(
      { queryStringBehavior: CacheQueryStringBehavior.allowList('page') }, { queryStringBehavior: OriginRequestQueryStringBehavior.all() },
    ), 'query: all but page'],
    ['what the key leaves out', both(
      { queryStringBehavior: CacheQueryStringBehavior.denyList('token', 'utm_source') }, { queryStringBehavior: OriginRequestQueryStringBehavior.denyList('utm_source') },
    ), 'query: token'],
    ['a cookie whose name differs by case', both(
      { cookieBehavior: CacheCookieBehavior.allowList('Lang') }, { cookieBehavior: OriginRequestCookieBehavior.allowList('lang') },
    ), 'cookie: lang'],
  ])('%s', (_, policies, unkeyed) => {
    expect(() => Template.fromStack(extended(policies))).toThrow(
      `the behavior '/api/*' is cached, and forwards what is not in its cache key (${unkeyed}): what the origin answers one visitor would be kept for others`,
    );
  });

  test('by an override, too', () => {
    const { stack, subject } = build();
    (subject.distribution.node.defaultChild as any).addPropertyOverride('DistributionConfig.DefaultCacheBehavior.OriginRequestPolicyId', OriginRequestPolicy.ALL_VIEWER.originRequestPolicyId);
    // The key has what tells releases apart, and the headers of CORS.
    expect(() => Template.fromStack(stack)).toThrow(/the behavior '\*' is cached, and forwards what is not in its cache key \(query: all but v, .*; header: all but access-control-request-headers, .*; cookie: all\)/);
  });
});

describe('leaks nothing:', () => {
  test.each<[string, (stack: Stack) => object]>([
    ['what is not cached', () => ({ cachePolicy: CachePolicy.CACHING_DISABLED, originRequestPolicy: OriginRequestPolicy.ALL_VIEWER })],
    ['what is never cached by a policy of its own', (stack) => ({
      ...keys({ maxTtl: Duration.seconds(0), defaultTtl: Duration.seconds(0), minTtl: Duration.seconds(0) })(stack),
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER,
    })],
    ['what is not forwarded', () => ({ cachePolicy: CachePolicy.CACHING_OPTIMIZED })],
    ['a cookie in the key', keys({ cookieBehavior: CacheCookieBehavior.allowList('lang') })],
    ['all cookies in the key', keys({ cookieBehavior: CacheCookieBehavior.all() })],
    ['Authorization in the key', keys({ headerBehavior: CacheHeaderBehavior.allowList('Authorization') })],
    ['a key of AWS', () => ({ cachePolicy: CachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS })],
    ['all of a query string that is in the key', both(
      { queryStringBehavior: CacheQueryStringBehavior.all() }, { queryStringBehavior: OriginRequestQueryStringBehavior.all() },
    )],
    ['what both have', both(
      {
        queryStringBehavior: CacheQueryStringBehavior.all(),
        headerBehavior: CacheHeaderBehavior.allowList('X-Tenant'),
        cookieBehavior: CacheCookieBehavior.denyList('theme'),
      },
      {
        queryStringBehavior: OriginRequestQueryStringBehavior.allowList('page'),
        headerBehavior: OriginRequestHeaderBehavior.allowList('x-tenant'),
        cookieBehavior: OriginRequestCookieBehavior.denyList('theme'),
      },
    )],
    ['what CORS asks with', () => ({ cachePolicy: CachePolicy.CACHING_OPTIMIZED, originRequestPolicy: OriginRequestPolicy.CORS_S3_ORIGIN })],
    ['what many browsers send alike', () => ({ cachePolicy: CachePolicy.CACHING_OPTIMIZED, originRequestPolicy: OriginRequestPolicy.USER_AGENT_REFERER_HEADERS })],
    ['what nobody knows, as the policy is elsewhere', (stack) => ({ cachePolicy: CachePolicy.fromCachePolicyId(stack, 'Other', 'f0f0') })],
  ])('%s', (_, policies) => {
    expect(() => Template.fromStack(extended(policies))).not.toThrow();
  });
});

describe('a leak that is meant is acknowledged', () => {
  const leaking = () => extended(() => ({ originRequestPolicy: OriginRequestPolicy.ALL_VIEWER }));

  test('on the construct, as any warning', () => {
    const stack = leaking();
    expect(() => Template.fromStack(stack)).toThrow(`or acknowledge this where it is meant [ack: ${ID}]`);
    Validations.of(stack.node.findChild('Subject')).acknowledge({ id: ID, reason: 'the API ignores all of it' });
    expect(() => Template.fromStack(stack)).not.toThrow();
    expect(Annotations.fromStack(stack).findError('*', '*')).toEqual([]);
  });

  test('on the app, before the CDN is there, and for one id alone', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    Validations.of(app).acknowledge({ id: 'cdk-mainstay:StaticMediaCdn.DefaultCertificate', reason: 'it is a test' });
    new StaticMediaCdn(stack, 'Subject').distribution.addBehavior('/api/*', new HttpOrigin('api.example.org'), { originRequestPolicy: OriginRequestPolicy.ALL_VIEWER });
    expect(() => app.synth()).toThrow(ID);
    Validations.of(app).acknowledge({ id: ID, reason: 'the API ignores all of it' });
    expect(() => app.synth()).not.toThrow();
  });
});
