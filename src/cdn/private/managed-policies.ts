import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';

/** What is cached, or forwarded, of one kind of thing: all of it, all but some, or some. */
export interface Selection {
  readonly behavior: 'none' | 'whitelist' | 'allExcept' | 'all';
  readonly items: string[];
}

export interface Selections {
  readonly query: Selection;
  readonly header: Selection;
  readonly cookie: Selection;
}

export interface Caching {
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
  readonly keyed: Selections;
  readonly compressed: boolean;
}

const ALL: Selection = { behavior: 'all', items: [] };
const NONE: Selection = { behavior: 'none', items: [] };
const some = (...items: string[]): Selection => ({ behavior: 'whitelist', items });

export const NOTHING: Selections = { query: NONE, header: NONE, cookie: NONE };

/**
 * What AWS's own cache policies do, as far as they are known here, by id.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */
export function managedCachePolicies(): Record<string, Caching> {
  const { CachePolicy } = cloudfront;
  const optimized = { minTtl: 1, defaultTtl: 86_400, maxTtl: 31_536_000, keyed: NOTHING };
  const byHeaders = { minTtl: 0, defaultTtl: 0, maxTtl: 31_536_000, compressed: true };
  const header = some('Host', 'Origin', 'X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override');
  return {
    [CachePolicy.CACHING_DISABLED.cachePolicyId]: { minTtl: 0, defaultTtl: 0, maxTtl: 0, keyed: NOTHING, compressed: false },
    [CachePolicy.CACHING_OPTIMIZED.cachePolicyId]: { ...optimized, compressed: true },
    [CachePolicy.CACHING_OPTIMIZED_FOR_UNCOMPRESSED_OBJECTS.cachePolicyId]: { ...optimized, compressed: false },
    [CachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS.cachePolicyId]: { ...byHeaders, keyed: { query: NONE, header, cookie: ALL } },
    [CachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS.cachePolicyId]: { ...byHeaders, keyed: { query: ALL, header, cookie: ALL } },
  };
}

/**
 * What AWS's own origin request policies forward, likewise.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
export function managedRequestPolicies(): Record<string, Selections> {
  const { OriginRequestPolicy } = cloudfront;
  const all = { query: ALL, header: ALL, cookie: ALL };
  const cors = some('Origin', 'Access-Control-Request-Headers', 'Access-Control-Request-Method');
  return {
    [OriginRequestPolicy.ALL_VIEWER.originRequestPolicyId]: all,
    [OriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_2022.originRequestPolicyId]: all,
    [OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER.originRequestPolicyId]: { ...all, header: { behavior: 'allExcept', items: ['Host'] } },
    [OriginRequestPolicy.CORS_CUSTOM_ORIGIN.originRequestPolicyId]: { ...NOTHING, header: some('Origin') },
    [OriginRequestPolicy.CORS_S3_ORIGIN.originRequestPolicyId]: { ...NOTHING, header: cors },
    [OriginRequestPolicy.USER_AGENT_REFERER_HEADERS.originRequestPolicyId]: { ...NOTHING, header: some('User-Agent', 'Referer') },
  };
}

/**
 * The headers that AWS's own response headers policies add, likewise.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
 */
export function managedResponsePolicies(): Record<string, string[]> {
  const { ResponseHeadersPolicy } = cloudfront;
  const cors = ['(Access-Control-Allow-Origin)'];
  const preflight = ['(Access-Control-Allow-Methods)', '(Access-Control-Allow-Origin)', '(Access-Control-Expose-Headers)'];
  const security = ['X-Content-Type-Options', '(X-Frame-Options)', '(Referrer-Policy)', '(Strict-Transport-Security)', '(X-XSS-Protection)'];
  return {
    [ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS.responseHeadersPolicyId]: cors,
    [ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS_WITH_PREFLIGHT.responseHeadersPolicyId]: preflight,
    [ResponseHeadersPolicy.SECURITY_HEADERS.responseHeadersPolicyId]: security,
    [ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS_AND_SECURITY_HEADERS.responseHeadersPolicyId]: [...cors, ...security],
    [ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS_WITH_PREFLIGHT_AND_SECURITY_HEADERS.responseHeadersPolicyId]: [...preflight, ...security],
  };
}
