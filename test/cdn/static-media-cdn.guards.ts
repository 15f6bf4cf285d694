import { Duration } from 'aws-cdk-lib';
import {
  CacheCookieBehavior, CachePolicy, CfnCachePolicy, CfnDistribution, CfnFunction, CfnOriginAccessControl, CfnResponseHeadersPolicy, Distribution,
  Function, FunctionCode, ResponseHeadersPolicy, S3OriginAccessControl, SecurityPolicyProtocol, Signing,
} from 'aws-cdk-lib/aws-cloudfront';
import { ManagedPolicy, User } from 'aws-cdk-lib/aws-iam';
import { ARecord } from 'aws-cdk-lib/aws-route53';
import { Bucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { admitEverybody, Change, Injection, inVariant, only, ResourceChange } from '../checks/guard';

export const CHANGES: Change[] = [
  ...inVariant<Change>('StaticMediaCdn-site', [
    {
      what: 'serves fewer places',
      change: new ResourceChange(CfnDistribution, (distribution) => {
        distribution.distributionConfig = { ...distribution.distributionConfig as object, enabled: true, priceClass: 'PriceClass_200' } as any;
      }),
      property: 'distributionConfig',
      isWarning: true,
    },
    {
      what: 'sends requests to another origin',
      change: new ResourceChange(CfnDistribution, (distribution) => {
        distribution.distributionConfig = { ...distribution.distributionConfig as object, enabled: true, origins: [{ id: 'other', domainName: 'example.org' }] } as any;
      }),
      property: 'origins',
    },
    { what: 'lets anybody read media', change: new ResourceChange(CfnBucketPolicy, admitEverybody), property: 'policyDocument' },
    {
      what: 'accepts old TLS from viewers',
      change: new ResourceChange(CfnDistribution, (distribution) => {
        distribution.distributionConfig = { ...distribution.distributionConfig as object, enabled: true, viewerCertificate: { minimumProtocolVersion: 'TLSv1' } } as any;
      }),
      property: 'viewerCertificate',
    },
    {
      what: 'caches for each viewer',
      change: new ResourceChange(CfnCachePolicy, (policy) => {
        const config = policy.cachePolicyConfig as CfnCachePolicy.CachePolicyConfigProperty;
        const key = config.parametersInCacheKeyAndForwardedToOrigin as CfnCachePolicy.ParametersInCacheKeyAndForwardedToOriginProperty;
        policy.cachePolicyConfig = { ...config, parametersInCacheKeyAndForwardedToOrigin: { ...key, cookiesConfig: { cookieBehavior: 'all' } } };
      }),
      property: 'parametersInCacheKeyAndForwardedToOrigin',
    },
    { what: 'drops the security headers of uploads', change: new ResourceChange(CfnResponseHeadersPolicy, (policy) => policy.responseHeadersPolicyConfig = { name: 'none' }), property: 'responseHeadersPolicyConfig' },
    { what: 'replaces the code of CloudFront functions', change: new ResourceChange(CfnFunction, (fn) => fn.functionCode = 'function handler(event) { return event.response; }'), property: 'functionCode', isWarning: true },
    {
      what: 'stops signing requests to origins',
      change: new ResourceChange(CfnOriginAccessControl, (access) => access.originAccessControlConfig = {
        name: 'none', originAccessControlOriginType: 's3', signingBehavior: 'never', signingProtocol: 'sigv4',
      }),
      property: 'originAccessControlConfig',
    },
  ]),
];

export const INJECTIONS: Injection[] = [
  ...inVariant<Injection>('StaticMediaCdn-site', [
    { what: 'disabled distributions', of: Distribution, props: () => ({ enabled: false }) },
    { what: 'distributions with old TLS', of: Distribution, props: () => ({ minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1 }) },
    {
      what: 'distributions with standard logging',
      of: Distribution,
      props: (_, elsewhere) => ({ enableLogging: true, logBucket: only(elsewhere, 'Logs', Bucket) }),
    },
    { what: 'cache policies with cookies', of: CachePolicy, props: () => ({ cookieBehavior: CacheCookieBehavior.all() }) },
    { what: 'cache policies with a TTL of ten years', of: CachePolicy, props: () => ({ maxTtl: Duration.days(3650), defaultTtl: Duration.days(3650) }) },
    { what: 'responses without security headers', of: ResponseHeadersPolicy, props: () => ({ securityHeadersBehavior: {} }) },
    { what: 'responses with a header removed', of: ResponseHeadersPolicy, props: () => ({ removeHeaders: ['Content-Disposition'] }) },
    { what: 'CloudFront functions with other code', of: Function, props: () => ({ code: FunctionCode.fromInline('function handler(event) { return event.response; }') }) },
    { what: 'origin access controls that do not sign', of: S3OriginAccessControl, props: () => ({ signing: Signing.NEVER }) },
    { what: 'weighted records', of: ARecord, props: () => ({ weight: 0, setIdentifier: 'none' }) },
  ]),
  ...inVariant<Injection>('StaticMediaCdn-pages', [
    { what: 'administrator users', of: User, props: () => ({ managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')] }) },
    { what: 'secrets with other content', of: Secret, props: () => ({ secretStringValue: undefined, secretObjectValue: {} }) },
  ]),
];
