import { Stack } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { matches, RenderedBehavior, renderedDistribution, RenderedDistribution, RenderedOrigin } from './rendered-distribution';
import { CdnExplanation } from '../static-media-cdn-props';

interface Names {
  /** The addresses of origins, by the name of the origin. */
  readonly origins: Record<string, string | undefined>;
  /** Headers that functions add, by the path of the function. */
  readonly functions: Record<string, string[]>;
}

export function explain(distribution: Distribution, path: string, names: Names): CdnExplanation {
  const rendered = renderedDistribution(distribution);
  const behavior = rendered.behaviors.find(({ pathPattern }) => matches(pathPattern, path))!; // the default one takes every path
  return explanation(rendered, behavior, path, resolved(names, distribution));
}

/** As the template says the addresses. */
function resolved({ origins, functions }: Names, distribution: Distribution): Names {
  return { origins: Stack.of(distribution).resolve(origins), functions };
}

/** One bucket may be for media and for static files. */
function nameOf(id: string, origin: RenderedOrigin, addresses: Names['origins']): string {
  const named = Object.keys(addresses).filter((name) => JSON.stringify(addresses[name]) === JSON.stringify(origin.domainName));
  return named.join(' and ') || id;
}

function explanation(distribution: RenderedDistribution, behavior: RenderedBehavior, path: string, names: Names): CdnExplanation {
  const { groups, origins, rootObject } = distribution;
  const { cache, forwarded, responseHeaders } = behavior;
  if (!cache || !forwarded || !responseHeaders) {
    throw new Error(`the behavior '${behavior.pathPattern}' has a policy that is neither in this stack nor known to cdk-mainstay: make the policy in this stack`);
  }
  const members = groups.get(behavior.originId) ?? [behavior.originId];
  const added = new Set(members.flatMap((id) => origins.get(id)!.addedHeaders));
  return {
    path,
    objectPath: path === '/' && rootObject ? `/${rootObject}` : path,
    behavior: behavior.pathPattern,
    origin: members.map((id) => nameOf(id, origins.get(id)!, names.origins)).join(' → '),
    allowedMethods: behavior.allowedMethods,
    cached: cache.maxTtl > 0,
    cacheKey: inWords(cache.keyed),
    forwarded: [...inWords(forwarded), ...[...added].map((header) => `added header: ${header}`)],
    minTtlSeconds: cache.minTtl,
    defaultTtlSeconds: cache.defaultTtl,
    maxTtlSeconds: cache.maxTtl,
    compressed: cache.compressed,
    signed: behavior.signed,
    responseHeaders: [...responseHeaders, ...behavior.functions.flatMap(({ name }) => names.functions[name] ?? [])],
    functions: behavior.functions.filter(({ name }) => !(name in names.functions)).map(({ event, name }) => `${event}: ${name}`),
  };
}

function inWords(selections: Selections): string[] {
  return Object.entries(selections).flatMap(([kind, { behavior, items }]) => {
    switch (behavior) {
      case 'none': return [];
      case 'all': return [`${kind}: all`];
      case 'allExcept': return [`${kind}: all but ${items.join(', ')}`];
      case 'whitelist': return items.map((item: string) => `${kind}: ${item}`);
    }
  });
}

/** One row for each behavior, in the order in which they are tried. */
export function explanationTable(distribution: Distribution, names: Names): string {
  const rendered = renderedDistribution(distribution);
  const resolvedNames = resolved(names, distribution);
  const rows = rendered.behaviors.map((behavior) => explanation(rendered, behavior, behavior.pathPattern, resolvedNames)).map((row) => [
    `\`${row.behavior}\``,
    row.origin,
    row.allowedMethods.length > 3 ? 'all' : row.allowedMethods.join(', '),
    row.cached ? `${row.minTtlSeconds} / ${row.defaultTtlSeconds} / ${row.maxTtlSeconds} s` : 'never',
    row.cacheKey.join('; ') || 'the path',
    row.forwarded.join('; ') || 'nothing',
    [...row.responseHeaders, ...row.functions].join('; ') || 'none',
  ]);
  const table = [
    ['behavior', 'origin', 'methods', 'cached: least / by default / most', 'cache key, besides the path', 'forwarded besides', 'headers added'],
    ['---', '---', '---', '---', '---', '---', '---'],
    ...rows,
  ];
  return table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

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
