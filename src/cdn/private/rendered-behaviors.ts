import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';

/** What is cached, or forwarded, of one kind of thing: all of it, all but some, or some. */
export interface Selection {
  readonly behavior: 'none' | 'whitelist' | 'allExcept' | 'all';
  readonly items: string[];
}

/** A behavior of a distribution as it is in the template, whoever put it there. */
export interface RenderedBehavior {
  readonly pathPattern: string;
  readonly originId: string;
  readonly allowedMethods: string[];
  /** Absent if the policy is neither in this stack nor one of AWS's that are known here. */
  readonly cache?: Caching;
  /** Absent likewise. */
  readonly forwarded?: Selections;
  readonly signed: boolean;
  /** Absent likewise. */
  readonly responseHeaders?: string[];
  readonly functions: RenderedFunction[];
}

export interface RenderedFunction {
  /** Such as `viewer-request`. */
  readonly event: string;
  /** Its logical id; of one from elsewhere, what the template says. */
  readonly id: string;
  /** Its path in the tree, if it is of this stack. */
  readonly name: string;
}

export interface Caching {
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
  readonly keyed: Selections;
  readonly compressed: boolean;
}

export interface Selections {
  readonly query: Selection;
  readonly header: Selection;
  readonly cookie: Selection;
}

export interface RenderedDistribution {
  /** The default one last, as it is tried last. */
  readonly behaviors: RenderedBehavior[];
  /** The origins of a group, in their order, by the id of the group. */
  readonly groups: Map<string, string[]>;
  /** The names of headers that an origin gets from the distribution itself, by the id of the origin. */
  readonly addedHeaders: Map<string, string[]>;
  /** What is fetched for `/`, such as `index.html`. */
  readonly rootObject?: string;
}

type Values = Record<string, any>;

const NONE: Selection = { behavior: 'none', items: [] };
const ALL: Selection = { behavior: 'all', items: [] };
const some = (...items: string[]): Selection => ({ behavior: 'whitelist', items });
const OF_METHODS = some('Host', 'Origin', 'X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override');

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHE_POLICIES_OF_AWS: Record<string, Caching> = {
  // CachingDisabled
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': { minTtl: 0, defaultTtl: 0, maxTtl: 0, keyed: { query: NONE, header: NONE, cookie: NONE }, compressed: false },
  // CachingOptimized
  '658327ea-f89d-4fab-a63d-7e88639e58f6': { minTtl: 1, defaultTtl: 86_400, maxTtl: 31_536_000, keyed: { query: NONE, header: NONE, cookie: NONE }, compressed: true },
  // CachingOptimizedForUncompressedObjects
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': { minTtl: 1, defaultTtl: 86_400, maxTtl: 31_536_000, keyed: { query: NONE, header: NONE, cookie: NONE }, compressed: false },
  // UseOriginCacheControlHeaders
  '83da9c7e-98b4-4e11-a168-04f0df8e2c65': { minTtl: 0, defaultTtl: 0, maxTtl: 31_536_000, keyed: { query: NONE, header: OF_METHODS, cookie: ALL }, compressed: true },
  // UseOriginCacheControlHeaders-QueryStrings
  '4cc15a8a-d715-48a4-82b8-cc0b614638fe': { minTtl: 0, defaultTtl: 0, maxTtl: 31_536_000, keyed: { query: ALL, header: OF_METHODS, cookie: ALL }, compressed: true },
};

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const REQUEST_POLICIES_OF_AWS: Record<string, Selections> = {
  '216adef6-5c7f-47e4-b989-5492eafa07d3': { query: ALL, header: ALL, cookie: ALL }, // AllViewer
  '33f36d7e-f396-46d9-90e0-52428a34d9dc': { query: ALL, header: ALL, cookie: ALL }, // AllViewerAndCloudFrontHeaders-2022-06
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': { query: ALL, header: { behavior: 'allExcept', items: ['Host'] }, cookie: ALL }, // AllViewerExceptHostHeader
  '59781a5b-3903-41f3-afcb-af62929ccde1': { query: NONE, header: some('Origin'), cookie: NONE }, // CORS-CustomOrigin
  '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': {
    query: NONE, header: some('Origin', 'Access-Control-Request-Headers', 'Access-Control-Request-Method'), cookie: NONE, // CORS-S3Origin
  },
  'acba4595-bd28-49b8-b9fe-13317c0390fa': { query: NONE, header: some('User-Agent', 'Referer'), cookie: NONE }, // UserAgentRefererHeaders
};

const CORS_OF_AWS = ['(Access-Control-Allow-Origin)'];
const CORS_WITH_PREFLIGHT_OF_AWS = ['(Access-Control-Allow-Methods)', '(Access-Control-Allow-Origin)', '(Access-Control-Expose-Headers)'];
const SECURITY_OF_AWS = ['X-Content-Type-Options', '(X-Frame-Options)', '(Referrer-Policy)', '(Strict-Transport-Security)', '(X-XSS-Protection)'];

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html */
const RESPONSE_POLICIES_OF_AWS: Record<string, string[]> = {
  '60669652-455b-4ae9-85a4-c4c02393f86c': CORS_OF_AWS, // SimpleCORS
  '5cc3b908-e619-4b99-88e5-2cf7f45965bd': CORS_WITH_PREFLIGHT_OF_AWS, // CORS-With-Preflight
  '67f7725c-6f97-4210-82d7-5512b31e9d03': SECURITY_OF_AWS, // SecurityHeadersPolicy
  'e61eb60c-9c35-4d20-a928-2b84e02af89c': [...CORS_OF_AWS, ...SECURITY_OF_AWS], // CORS-and-SecurityHeadersPolicy
  'eaab4381-ed33-4a86-88ca-d9558dc6cd63': [...CORS_WITH_PREFLIGHT_OF_AWS, ...SECURITY_OF_AWS], // CORS-with-preflight-and-SecurityHeadersPolicy
};

/**
 * Reads a distribution with its policies from the tree as CloudFormation will get it.
 */
export function renderedDistribution(distribution: Distribution): RenderedDistribution {
  const stack = Stack.of(distribution);
  const config = propertiesOf(distribution.node.defaultChild as CfnResource).DistributionConfig;
  const resources = new Map(stack.node.findAll().filter(CfnResource.isCfnResource).map((resource) => [stack.resolve(resource.logicalId), resource]));
  const read = (behavior: Values) => render(behavior, (reference) => resources.get(reference?.Ref));
  return {
    behaviors: [...(config.CacheBehaviors ?? []), { ...config.DefaultCacheBehavior, PathPattern: '*' }].map(read),
    groups: new Map((config.OriginGroups?.Items ?? []).map(({ Id, Members }: Values) => [Id, Members.Items.map(({ OriginId }: Values) => OriginId)])),
    addedHeaders: new Map(config.Origins.map(({ Id, OriginCustomHeaders }: Values) => [Id, headerNames(OriginCustomHeaders)])),
    rootObject: config.DefaultRootObject,
  };
}

function headerNames(headers: Values[] = []): string[] {
  return headers.map(({ HeaderName }) => HeaderName);
}

function propertiesOf(resource: CfnResource): Values {
  const rendered: Values = Stack.of(resource).resolve(resource._toCloudFormation());
  return Object.values<Values>(rendered.Resources)[0].Properties;
}

type Find = (reference: Values | undefined) => CfnResource | undefined;

function render(behavior: Values, find: Find): RenderedBehavior {
  return {
    pathPattern: behavior.PathPattern,
    originId: behavior.TargetOriginId,
    allowedMethods: behavior.AllowedMethods ?? ['GET', 'HEAD'],
    cache: cacheOf(behavior, find),
    forwarded: forwardedBy(behavior, find),
    signed: (behavior.TrustedKeyGroups ?? []).length > 0,
    responseHeaders: headersBy(behavior, find),
    functions: [...behavior.FunctionAssociations ?? [], ...behavior.LambdaFunctionAssociations ?? []].map((each) => functionOf(each, find)),
  };
}

function functionOf({ EventType: event, FunctionARN, LambdaFunctionARN }: Values, find: Find): RenderedFunction {
  const arn = FunctionARN ?? LambdaFunctionARN;
  const resource = find({ Ref: arn.Ref ?? arn['Fn::GetAtt']?.[0] });
  const id = resource ? Stack.of(resource).resolve(resource.logicalId) : typeof arn === 'string' ? arn : JSON.stringify(arn);
  return { event, id, name: resource?.node.path.replace(/\/Resource$/, '') ?? id };
}

function cacheOf({ CachePolicyId: id, Compress }: Values, find: Find): Caching | undefined {
  if (typeof id === 'string') return CACHE_POLICIES_OF_AWS[id];
  const policy = find(id);
  if (!policy) return undefined;
  const { MinTTL, DefaultTTL, MaxTTL, ParametersInCacheKeyAndForwardedToOrigin: key } = propertiesOf(policy).CachePolicyConfig;
  const compressed = Compress === true && (key.EnableAcceptEncodingGzip || key.EnableAcceptEncodingBrotli);
  const [minTtl, defaultTtl, maxTtl] = [MinTTL, DefaultTTL, MaxTTL].map(Token.asNumber);
  return { minTtl, defaultTtl, maxTtl, keyed: selectionsIn(key), compressed };
}

function forwardedBy({ OriginRequestPolicyId: id }: Values, find: Find): Selections | undefined {
  if (id === undefined) return { query: NONE, header: NONE, cookie: NONE };
  if (typeof id === 'string') return REQUEST_POLICIES_OF_AWS[id];
  const policy = find(id);
  return policy && selectionsIn(propertiesOf(policy).OriginRequestPolicyConfig);
}

function headersBy({ ResponseHeadersPolicyId: id }: Values, find: Find): string[] | undefined {
  if (id === undefined) return [];
  if (typeof id === 'string') return RESPONSE_POLICIES_OF_AWS[id];
  const policy = find(id);
  return policy && namesOfHeaders(propertiesOf(policy).ResponseHeadersPolicyConfig);
}

function selectionsIn({ QueryStringsConfig: query, HeadersConfig: header, CookiesConfig: cookie }: Values): Selections {
  return {
    query: selection(query?.QueryStringBehavior, query?.QueryStrings),
    header: selection(header?.HeaderBehavior, header?.Headers),
    cookie: selection(cookie?.CookieBehavior, cookie?.Cookies),
  };
}

function selection(behavior: string = 'none', items: string[] = []): Selection {
  // 'allViewer' and 'allViewerAndWhitelistCloudFront' are all that the viewer sent.
  return { behavior: behavior.startsWith('allViewer') ? 'all' : behavior as Selection['behavior'], items };
}

function namesOfHeaders(config: Values): string[] {
  const { CorsConfig: cors, SecurityHeadersConfig: security = {}, CustomHeadersConfig: custom, ServerTimingHeadersConfig: timing } = config;
  const names: Record<string, string> = {
    ContentSecurityPolicy: 'Content-Security-Policy',
    ContentTypeOptions: 'X-Content-Type-Options',
    FrameOptions: 'X-Frame-Options',
    ReferrerPolicy: 'Referrer-Policy',
    StrictTransportSecurity: 'Strict-Transport-Security',
    XSSProtection: 'X-XSS-Protection',
  };
  const name = (text: string, { Override }: Values) => (Override ? text : `(${text})`);
  return [
    ...(cors ? namesOfCors(cors).map((text) => name(text, { Override: cors.OriginOverride })) : []),
    ...Object.entries<Values | undefined>(security).flatMap(([key, header]) => (header ? [name(names[key], header)] : [])),
    ...(custom?.Items ?? []).map((header: Values) => name(header.Header, header)),
    ...(timing?.Enabled ? ['Server-Timing'] : []),
    ...(config.RemoveHeadersConfig?.Items ?? []).map(({ Header }: Values) => `without ${Header}`),
  ];
}

function namesOfCors(cors: Values): string[] {
  const names: Record<string, string> = {
    AccessControlAllowHeaders: 'Access-Control-Allow-Headers',
    AccessControlAllowMethods: 'Access-Control-Allow-Methods',
    AccessControlAllowOrigins: 'Access-Control-Allow-Origin',
    AccessControlExposeHeaders: 'Access-Control-Expose-Headers',
  };
  return [
    ...(cors.AccessControlAllowCredentials ? ['Access-Control-Allow-Credentials'] : []),
    ...Object.entries(names).flatMap(([key, name]) => (cors[key] ? [name] : [])),
    ...(cors.AccessControlMaxAgeSec === undefined ? [] : ['Access-Control-Max-Age']),
  ];
}

/** Behaviors that could hand one visitor what was meant for another; of a policy that is not known, nothing is said. */
export function leaks({ behaviors }: RenderedDistribution): string[] {
  return behaviors.flatMap(({ pathPattern, cache, forwarded }) => {
    if (!cache || cache.maxTtl === 0) return [];
    const seen = [cache.keyed, ...(forwarded ? [forwarded] : [])];
    const sent = [
      ...(seen.some(({ cookie }) => cookie.behavior !== 'none') ? ['cookies'] : []),
      ...(seen.some(({ header }) => takes(header, 'authorization')) ? ['the Authorization header'] : []),
    ];
    return sent.length === 0 ? [] : [
      `the behavior '${pathPattern}' is cached, and forwards ${sent.join(' and ')}: what the origin answers one visitor would be kept for others; ` +
      'do not cache it (CachePolicy.CACHING_DISABLED), or do not forward them',
    ];
  });
}

function takes({ behavior, items }: Selection, item: string): boolean {
  const isListed = items.some((one) => one.toLowerCase() === item);
  return behavior === 'all' || (behavior === 'whitelist' && isListed) || (behavior === 'allExcept' && !isListed);
}

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern */
export function matches(pathPattern: string, path: string): boolean {
  const pattern = pathPattern.replace(/^\//, '').replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 's').test(path.replace(/^\//, ''));
}
