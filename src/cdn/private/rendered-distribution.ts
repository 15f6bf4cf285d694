import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { IConstruct } from 'constructs';
import { Caching, managedCachePolicies, managedRequestPolicies, managedResponsePolicies, NOTHING, Selection, Selections } from './managed-policies';
import * as wildcards from '../../shared/wildcards';

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
  /** The event, such as `viewer-request`, and the path in the tree, if it is of this stack, else what the template says. */
  readonly functions: { readonly event: string; readonly name: string }[];
}

export interface RenderedOrigin {
  readonly domainName: unknown;
  /** The names of headers that it gets from the distribution itself. */
  readonly addedHeaders: string[];
}

export interface RenderedDistribution {
  /** The default one last, as it is tried last. */
  readonly behaviors: RenderedBehavior[];
  /** The origins of a group, in their order, by the id of the group. */
  readonly groups: Map<string, string[]>;
  /** By the id of the origin. */
  readonly origins: Map<string, RenderedOrigin>;
  /** What is fetched for `/`, such as `static/index.html`. */
  readonly rootObject?: string;
}

type Values = Record<string, any>;

/**
 * Reads a distribution with its policies from the tree as CloudFormation will get it.
 */
export function renderedDistribution(distribution: Distribution): RenderedDistribution {
  const config = configOf(distribution);
  const find = finderOf(distribution);
  return {
    behaviors: behaviorsIn(config).map((behavior) => render(behavior, find)),
    groups: new Map((config.OriginGroups?.Items ?? []).map(({ Id, Members }: Values) => [Id, Members.Items.map(({ OriginId }: Values) => OriginId)])),
    origins: new Map(config.Origins.map(({ Id, DomainName, OriginCustomHeaders = [] }: Values) => [
      Id, { domainName: DomainName, addedHeaders: OriginCustomHeaders.map(({ HeaderName }: Values) => HeaderName) },
    ])),
    rootObject: config.DefaultRootObject,
  };
}

/** What a distribution caches, and forwards besides, by behavior: without what else there is to read. */
export function handledBehaviors(distribution: Distribution): Pick<RenderedBehavior, 'pathPattern' | 'cache' | 'forwarded'>[] {
  const find = finderOf(distribution);
  return behaviorsIn(configOf(distribution)).map((behavior) => handling(behavior, find));
}

function configOf(distribution: Distribution): Values {
  return propertiesOf(distribution.node.defaultChild as CfnResource).DistributionConfig;
}

function behaviorsIn(config: Values): Values[] {
  return [...(config.CacheBehaviors ?? []), { ...config.DefaultCacheBehavior, PathPattern: '*' }];
}

/** Finds the resources that a distribution refers to: what it needs is often beside it, and a stack may have thousands of resources. */
function finderOf(distribution: Distribution): Find {
  const stack = Stack.of(distribution);
  const byLogicalId = (scope: IConstruct) => new Map(scope.node.findAll()
    .filter((construct): construct is CfnResource => CfnResource.isCfnResource(construct) && construct.stack === stack)
    .map((resource) => [stack.resolve(resource.logicalId), resource]));
  const beside = byLogicalId(distribution.node.scope!);
  let all: Map<string, CfnResource> | undefined;
  return (reference) => (reference?.Ref === undefined ? undefined : beside.get(reference.Ref) ?? (all ??= byLogicalId(stack)).get(reference.Ref));
}

function propertiesOf(resource: CfnResource): Values {
  const rendered: Values = Stack.of(resource).resolve(resource._toCloudFormation());
  return Object.values<Values>(rendered.Resources)[0].Properties;
}

type Find = (reference: Values | undefined) => CfnResource | undefined;

function render(behavior: Values, find: Find): RenderedBehavior {
  const { ResponseHeadersPolicyId } = behavior;
  return {
    ...handling(behavior, find),
    originId: behavior.TargetOriginId,
    allowedMethods: behavior.AllowedMethods ?? ['GET', 'HEAD'],
    signed: (behavior.TrustedKeyGroups ?? []).length > 0,
    responseHeaders: ResponseHeadersPolicyId === undefined ? []
      : policyOf(ResponseHeadersPolicyId, managedResponsePolicies, find, (policy) => namesOfHeaders(policy.ResponseHeadersPolicyConfig)),
    functions: [...behavior.FunctionAssociations ?? [], ...behavior.LambdaFunctionAssociations ?? []].map((each) => functionOf(each, find)),
  };
}

/** What is cached of it, and what of a request goes on to the origin. */
function handling(behavior: Values, find: Find): Pick<RenderedBehavior, 'pathPattern' | 'cache' | 'forwarded'> {
  const { PathPattern, CachePolicyId, OriginRequestPolicyId } = behavior;
  return {
    pathPattern: PathPattern,
    cache: policyOf(CachePolicyId, managedCachePolicies, find, (policy) => cachingBy(policy.CachePolicyConfig, behavior.Compress === true)),
    forwarded: OriginRequestPolicyId === undefined ? NOTHING
      : policyOf(OriginRequestPolicyId, managedRequestPolicies, find, (policy) => selectionsIn(policy.OriginRequestPolicyConfig)),
  };
}

/** What a policy says: one of AWS's own by its id, or one of this stack. */
function policyOf<T>(id: Values | string | undefined, managed: () => Record<string, T>, find: Find, read: (properties: Values) => T): T | undefined {
  if (typeof id === 'string') return managed()[id];
  const policy = find(id);
  return policy && read(propertiesOf(policy));
}

function functionOf({ EventType: event, FunctionARN, LambdaFunctionARN }: Values, find: Find): { event: string; name: string } {
  const arn = FunctionARN ?? LambdaFunctionARN;
  const resource = find({ Ref: arn.Ref ?? arn['Fn::GetAtt']?.[0] });
  return { event, name: resource?.node.path.replace(/\/Resource$/, '') ?? (typeof arn === 'string' ? arn : JSON.stringify(arn)) };
}

function cachingBy({ MinTTL, DefaultTTL, MaxTTL, ParametersInCacheKeyAndForwardedToOrigin: key }: Values, compress: boolean): Caching {
  const [minTtl, defaultTtl, maxTtl] = [MinTTL, DefaultTTL, MaxTTL].map(Token.asNumber);
  const compressed = compress && (key.EnableAcceptEncodingGzip || key.EnableAcceptEncodingBrotli);
  return { minTtl, defaultTtl, maxTtl, keyed: selectionsIn(key), compressed };
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

const SECURITY_HEADERS: Record<string, string> = {
  ContentSecurityPolicy: 'Content-Security-Policy',
  ContentTypeOptions: 'X-Content-Type-Options',
  FrameOptions: 'X-Frame-Options',
  ReferrerPolicy: 'Referrer-Policy',
  StrictTransportSecurity: 'Strict-Transport-Security',
  XSSProtection: 'X-XSS-Protection',
};

const CORS_HEADERS: Record<string, string> = {
  AccessControlAllowCredentials: 'Access-Control-Allow-Credentials',
  AccessControlAllowHeaders: 'Access-Control-Allow-Headers',
  AccessControlAllowMethods: 'Access-Control-Allow-Methods',
  AccessControlAllowOrigins: 'Access-Control-Allow-Origin',
  AccessControlExposeHeaders: 'Access-Control-Expose-Headers',
  AccessControlMaxAgeSec: 'Access-Control-Max-Age',
};

function namesOfHeaders(config: Values): string[] {
  const { CorsConfig: cors = {}, SecurityHeadersConfig: security = {}, CustomHeadersConfig: custom, ServerTimingHeadersConfig: timing } = config;
  const name = (text: string, overrides: boolean) => (overrides ? text : `(${text})`);
  return [
    ...Object.entries(CORS_HEADERS).filter(([key]) => cors[key] || cors[key] === 0).map(([, text]) => name(text, cors.OriginOverride)),
    ...Object.entries<Values | undefined>(security).flatMap(([key, header]) => (header ? [name(SECURITY_HEADERS[key], header.Override)] : [])),
    ...(custom?.Items ?? []).map(({ Header, Override }: Values) => name(Header, Override)),
    ...(timing?.Enabled ? ['Server-Timing'] : []),
    ...(config.RemoveHeadersConfig?.Items ?? []).map(({ Header }: Values) => `without ${Header}`),
  ];
}

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern */
export function matches(pathPattern: string, path: string): boolean {
  return wildcards.matches(pathPattern.replace(/^\//, ''), path.replace(/^\//, ''));
}
