import { Intrinsics, TemplateResource } from '../checks/intrinsics';

// What CloudFront and S3 make of a path, as their documentation says, read from a synthesized template. It is written from the documentation and shares no code with
// `explain()`, so that the two cannot be wrong in the same way. Where the documentation leaves something open, all readings are tried, and each must be safe.
//
// - https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern: paths are normalized as RFC 3986 says,
//   and multiple slashes and periods are removed, before patterns are compared in their order; the raw path goes to the origin; patterns are case-sensitive.
// - https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2: percent-encoded unreserved characters are decoded, and dot segments are removed. A slash is reserved: %2F stays as it is.
// - https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html: the default root object is for a request of the root alone.
// - https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html: a key is any text; S3 has no folders, so that dots and double slashes are a part of it.
// - https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: the path is the key, percent-encoded once.
// - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html: * in a resource stands for any characters, / among them, and ? for one.

type Values = Record<string, any>;

interface DocumentedBehavior {
  readonly pathPattern: string;
  /** Logical ids of the buckets among its origins. */
  readonly buckets: string[];
  /** Whether an app is among them. */
  readonly hasApp: boolean;
  readonly isSigned: boolean;
  /** The code of the function that changes responses, if one does. */
  readonly responseFunction?: string;
  /** The headers that its policy sets, in lower case, for the response that the origin gave. */
  readonly addedHeaders: (present: Record<string, string>) => Record<string, string>;
  /** Whether a parameter of the query string is sent to the origin, by its name as the visitor wrote it. */
  readonly forwards: (parameter: string) => boolean;
}

/** One way in which a path may be read. */
export interface Reading {
  readonly behavior: DocumentedBehavior;
  /** An object that CloudFront asks a bucket for; none is what only an app is asked for, or what S3 cannot decode. */
  readonly object?: { readonly bucket: string; readonly key: string; readonly isReadable: boolean };
}

export class DocumentedEdge {
  public readonly behaviors: DocumentedBehavior[];
  private readonly resources: Record<string, TemplateResource>;
  private readonly intrinsics: Intrinsics;
  private readonly config: Values;
  private readonly distributionArn: string;

  constructor(template: { readonly Resources: Record<string, TemplateResource> }) {
    this.resources = template.Resources;
    this.intrinsics = new Intrinsics(template.Resources);
    const [[id, distribution]] = this.ofType('AWS::CloudFront::Distribution');
    this.config = distribution.Properties!.DistributionConfig;
    this.distributionArn = this.intrinsics.arnOf(id);
    this.behaviors = [...this.config.CacheBehaviors ?? [], { ...this.config.DefaultCacheBehavior, PathPattern: '*' }]
      .map((behavior) => this.behaviorOf(behavior));
  }

  /** All that a raw path may be for CloudFront and S3. */
  public readings(path: string): Reading[] {
    const behaviorOf = (normalized: string) => this.behaviors.find(({ pathPattern }) => matchesPattern(pathPattern, normalized))!;
    const behaviors = new Set(normalizations(path).map(behaviorOf));
    return [...behaviors].flatMap((behavior): Reading[] => {
      const keys = keysOf(path === '/' && this.config.DefaultRootObject ? `/${this.config.DefaultRootObject}` : path);
      const objects = behavior.buckets.flatMap((bucket) => keys.map((key) => ({ bucket, key, isReadable: this.mayRead(bucket, key) })));
      return [...objects.map((object) => ({ behavior, object })), ...objects.length === 0 || behavior.hasApp ? [{ behavior }] : []];
    });
  }

  /** Whether the policy of the bucket allows the distribution to get an object. */
  private mayRead(bucket: string, key: string): boolean {
    const resource = `${this.intrinsics.arnOf(bucket)}/${key}`;
    const isAbout = ({ Action, Resource }: Values) => listOf(Action).some((action) => wildcards(action, 's3:GetObject'))
      && listOf(Resource).some((pattern) => wildcards(this.intrinsics.resolve(pattern), resource));
    const statements = this.statementsOf(bucket).filter((statement) => this.isForCloudFront(statement) && isAbout(statement));
    return statements.some(({ Effect }) => Effect === 'Allow') && !statements.some(({ Effect }) => Effect === 'Deny');
  }

  private statementsOf(bucket: string): Values[] {
    const policies = this.ofType('AWS::S3::BucketPolicy').map(([, { Properties }]) => Properties!).filter(({ Bucket }) => Bucket.Ref === bucket);
    return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  }

  private isForCloudFront({ Principal, Condition = {} }: Values): boolean {
    if (Principal !== '*' && Principal.AWS !== '*' && !listOf(Principal.Service ?? []).includes('cloudfront.amazonaws.com')) return false;
    return Object.entries<Values>(Condition).every(([operator, values]) => Object.entries(values).every(([key, value]) => {
      switch (`${operator} ${key}`) {
        case 'StringEquals aws:SourceArn': return this.intrinsics.resolve(value) === this.distributionArn;
        case 'Bool aws:SecureTransport': return value !== 'false'; // CloudFront asks buckets by HTTPS, and by TLS 1.3 or 1.2
        case 'NumericLessThan s3:TlsVersion': return Number(value) > 1.3;
        default: throw new Error(`a condition that is not known here: ${operator} ${key}`);
      }
    }));
  }

  private behaviorOf(behavior: Values): DocumentedBehavior {
    const group = (this.config.OriginGroups?.Items ?? []).find(({ Id }: Values) => Id === behavior.TargetOriginId);
    const ids: string[] = group ? group.Members.Items.map(({ OriginId }: Values) => OriginId) : [behavior.TargetOriginId];
    const origins = ids.map((id) => this.config.Origins.find(({ Id }: Values) => Id === id));
    const onResponse = (behavior.FunctionAssociations ?? []).find(({ EventType }: Values) => EventType === 'viewer-response');
    const headers = this.resources[behavior.ResponseHeadersPolicyId.Ref].Properties!.ResponseHeadersPolicyConfig;
    return {
      pathPattern: behavior.PathPattern,
      buckets: origins.filter(({ S3OriginConfig }) => S3OriginConfig).map(({ DomainName }) => this.bucketOf(DomainName)),
      hasApp: origins.some(({ CustomOriginConfig }) => CustomOriginConfig),
      isSigned: (behavior.TrustedKeyGroups ?? []).length > 0,
      responseFunction: onResponse && this.resources[onResponse.FunctionARN['Fn::GetAtt'][0]].Properties!.FunctionCode,
      addedHeaders: (present) => headersBy(headers, present),
      forwards: this.forwardedBy(behavior),
    };
  }

  /**
   * The names of parameters are case-sensitive. That they are decoded first, the documentation does not say.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/QueryStringParameters.html
   */
  private forwardedBy({ CachePolicyId, OriginRequestPolicyId }: Values): (parameter: string) => boolean {
    if (typeof CachePolicyId === 'string' || OriginRequestPolicyId !== undefined) return () => true; // of AWS's own, here only those of pages
    const { ParametersInCacheKeyAndForwardedToOrigin: cacheKey } = this.resources[CachePolicyId.Ref].Properties!.CachePolicyConfig;
    const { QueryStringBehavior, QueryStrings = [] } = cacheKey.QueryStringsConfig;
    return (parameter) => {
      switch (QueryStringBehavior) {
        case 'none': return false;
        case 'whitelist': return QueryStrings.includes(parameter);
        case 'allExcept': return !QueryStrings.includes(parameter);
        default: return true;
      }
    };
  }

  private bucketOf(domainName: any): string {
    const [id, attribute] = domainName['Fn::GetAtt'] ?? [];
    if (attribute === 'RegionalDomainName') return id;
    const address: string = this.intrinsics.resolve(domainName);
    const found = this.ofType('AWS::S3::Bucket').find(([bucket]) => address.startsWith(`${this.intrinsics.resolve({ Ref: bucket })}.s3.`));
    if (!found) throw new Error(`no bucket of the template answers under ${address}`);
    return found[0];
  }

  private ofType(type: string): [string, TemplateResource][] {
    return Object.entries(this.resources).filter(([, { Type }]) => Type === type);
  }
}

/** What a path may be normalized to: it is not said whether slashes are merged before dots are resolved, or after. */
function normalizations(path: string): string[] {
  const decoded = path.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase();
  });
  const merged = (text: string) => text.replace(/\/{2,}/g, '/');
  return [...new Set([withoutDots(decoded), merged(withoutDots(decoded)), withoutDots(merged(decoded))])];
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-5.2.4 */
function withoutDots(path: string): string {
  const output: string[] = [];
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === '..') output.pop();
    if (segment !== '.' && segment !== '..') output.push(segment);
    else if (isLast) output.push('');
  });
  return `/${output.join('/')}`;
}

/** With or without a slash before it, a pattern is the same. */
function matchesPattern(pattern: string, path: string): boolean {
  return wildcards(pattern.replace(/^\//, ''), path.slice(1));
}

/** `*` stands for any characters, `?` for one, and all else for itself. */
function wildcards(pattern: string, text: string): boolean {
  const parts = [...pattern].map((character) => {
    if (character === '*') return '[^]*';
    return character === '?' ? '[^]' : character.replace(/[^\w]/, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`).test(text);
}

/** The keys that S3 may take a path for: a plus sign is itself, or, as in forms, a space. None is what is not encoded as UTF-8, and refused. */
function keysOf(path: string): string[] {
  try {
    return [...new Set([path, path.replaceAll('+', '%20')].map((text) => decodeURIComponent(text.slice(1))))];
  } catch {
    return [];
  }
}

const listOf = (value: any): any[] => [value].flat();

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html */
function headersBy(config: Values, present: Record<string, string>): Record<string, string> {
  const { SecurityHeadersConfig: security = {}, CustomHeadersConfig: custom = { Items: [] } } = config;
  const headers: [string, Values | undefined, (header: Values) => string][] = [
    ['content-security-policy', security.ContentSecurityPolicy, ({ ContentSecurityPolicy }) => ContentSecurityPolicy],
    ['x-content-type-options', security.ContentTypeOptions, () => 'nosniff'],
    ['x-frame-options', security.FrameOptions, ({ FrameOption }) => FrameOption],
    ['referrer-policy', security.ReferrerPolicy, ({ ReferrerPolicy }) => ReferrerPolicy],
    ['strict-transport-security', security.StrictTransportSecurity, ({ AccessControlMaxAgeSec }) => `max-age=${AccessControlMaxAgeSec}`],
    ...custom.Items.map((item: Values): [string, Values, () => string] => [item.Header.toLowerCase(), item, () => item.Value]),
  ];
  const isSet = ([name, header]: typeof headers[number]) => header && (header.Override || !(name in present));
  return Object.fromEntries(headers.filter(isSet).map(([name, header, valueOf]) => [name, valueOf(header!)]));
}
