import { Duration, Lazy } from 'aws-cdk-lib';
import { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import { PlannedBuckets } from './buckets';
import { CdnApp } from './cdn-app';
import { CdnBehaviors } from './cdn-behaviors';
import { CdnSettings } from './cdn-settings';
import { matches } from './rendered-distribution';
import { acknowledge } from '../../shared/acknowledge';
import { changeSealed } from '../../shared/guards';

/**
 * Where there is a fallback, nobody waits for CloudFront's three attempts of 10 seconds to connect, and of 30 for an answer: an app that is not there
 * is given up after 6 seconds, and one that hangs after 20. CloudFront takes 1 to 3 attempts, and 1 to 10 seconds to connect.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html#controlling-attempts-and-timeouts
 */
const givenUpSoon = () => ({ connectionAttempts: 2, connectionTimeout: Duration.seconds(3), readTimeout: Duration.seconds(10) });

/** The app is down, or its release no longer has the file. */
const FAILURES = [404, 500, 502, 503, 504];

interface Parts {
  readonly settings: CdnSettings;
  readonly app: CdnApp;
  readonly behaviors: CdnBehaviors;
  readonly buckets: PlannedBuckets;
  readonly certificate: ICertificate | undefined;
}

/** Where static files come from, and how they are served: below their folder, or as the default content. */
export type StaticBehavior = cloudfront.BehaviorOptions;

export function cdnDistribution(scope: Construct, { settings, app, behaviors, buckets, certificate }: Parts) {
  const { staticFiles, servesPages, mediaLocation, staticLocation } = settings;
  const { originAccessControlId } = behaviors.accessControl();
  const media = { origin: bucketOrigin(buckets.media.address, originAccessControlId), ...behaviors.media() };
  const files = staticFiles._needsBucket ? bucketOrigin(buckets.static.address, originAccessControlId) : undefined;
  const pages = servesPages ? appOrigin(app) : undefined;
  const filesOfApp = () => (files ? appOrigin(app, files) : pages ?? appOrigin(app));
  const statics: StaticBehavior = { origin: staticFiles._needsApp ? filesOfApp() : files!, ...behaviors.staticFiles() };
  const distribution = new cloudfront.Distribution(scope, 'Distribution', {
    comment: settings.comment,
    defaultBehavior: pages ? { origin: pages, ...behaviors.pages() } : statics,
    additionalBehaviors: {
      [`/${mediaLocation}/*`]: media,
      ...(servesPages ? { [`/${staticLocation}/*`]: statics } : {}),
    },
    defaultRootObject: files && !servesPages ? rootObject(settings) : undefined,
    domainNames: settings.domainName === undefined ? undefined : [settings.domainName],
    certificate,
    minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    sslSupportMethod: cloudfront.SSLMethod.SNI,
    httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    enableIpv6: true,
    priceClass: settings.priceClass,
    // Left out where nothing is said, so that an organization may say it for all of its distributions.
    ...(settings.webAclArn !== undefined && { webAclId: settings.webAclArn }),
    ...(settings.geoRestriction && { geoRestriction: settings.geoRestriction }),
    ...(settings.errorResponses && { errorResponses: settings.errorResponses }),
  });
  acknowledge(distribution, {
    cdnAccessLog: 'its logs are delivered by CloudWatch Logs (standard logging v2), which the rule does not look for',
    cdnCertificate: settings.domainName === undefined
      ? 'CloudFront\'s own certificate takes TLS 1.0, of which the construct warns (cdk-mainstay:StaticMediaCdn.DefaultCertificate): give it a \'domainName\''
      : undefined,
    cdnFirewall: settings.webAclArn !== undefined ? undefined : 'it serves files, and an app has its own defences: \'webAclArn\' puts a firewall before them',
    cdnGeoRestriction: settings.geoRestriction ? undefined : 'files are for visitors from anywhere: \'geoRestriction\' says who else they are for',
  });
  return { distribution, statics };
}

/**
 * What is fetched for `/` where a bucket has the default content, be it only asked because the app failed: it would answer with a list of what is in it. The page that
 * `publishStatic()` puts into the folder, unless a page at the root of the bucket is served.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DefaultRootObject.html
 */
function rootObject({ staticFiles, staticLocation }: CdnSettings): string {
  return staticFiles._alsoServed.some((key) => matches(key, PAGE)) ? PAGE : `${staticLocation}/${PAGE}`;
}

const PAGE = 'index.html';

interface PagesParts extends Pick<Parts, 'app' | 'behaviors' | 'settings'> {
  readonly statics: StaticBehavior;
}

/**
 * Makes the pages of the app the default content of a distribution, whatever that was. Static files, if they were it, are served below their folder from then
 * on. CDK renders the default behavior when it creates a distribution, so it is replaced in the resource.
 */
export function servePages(distribution: cloudfront.Distribution, { app, behaviors, statics, settings }: PagesParts): void {
  const { servesPages, staticLocation } = settings;
  const resource = distribution.node.defaultChild as cloudfront.CfnDistribution;
  const config = resource.distributionConfig as cloudfront.CfnDistribution.DistributionConfigProperty;
  const before = config.defaultCacheBehavior as cloudfront.CfnDistribution.DefaultCacheBehaviorProperty;
  if (!servesPages) distribution.addBehavior(`/${staticLocation}/*`, statics.origin, statics);
  const added = servesPages ? [] : [appOrigin(app).bind(distribution, { originId: PAGES_ORIGIN }).originProperty];
  changeSealed(resource, () => {
    resource.distributionConfig = {
      ...config,
      defaultCacheBehavior: asDefault(behaviors.pages(), servesPages ? before.targetOriginId : PAGES_ORIGIN),
      defaultRootObject: undefined,
      origins: Lazy.uncachedAny({ produce: (context) => [...context.resolve(config.origins), ...added] }),
    };
  });
}

const PAGES_ORIGIN = 'Pages';

function asDefault(options: cloudfront.AddBehaviorOptions, targetOriginId: string): cloudfront.CfnDistribution.DefaultCacheBehaviorProperty {
  return {
    targetOriginId,
    allowedMethods: options.allowedMethods!.methods,
    cachePolicyId: options.cachePolicy!.cachePolicyRef.cachePolicyId,
    originRequestPolicyId: options.originRequestPolicy!.originRequestPolicyRef.originRequestPolicyId,
    responseHeadersPolicyId: options.responseHeadersPolicy!.responseHeadersPolicyRef.responseHeadersPolicyId,
    viewerProtocolPolicy: options.viewerProtocolPolicy!,
    compress: options.compress,
  };
}

function appOrigin({ domainName, customHeaders }: CdnApp, fallbackOrigin?: cloudfront.IOrigin): cloudfront.IOrigin {
  const http = new origins.HttpOrigin(domainName, { readTimeout: Duration.seconds(30), ...(fallbackOrigin && givenUpSoon()) });
  const app: cloudfront.IOrigin = {
    bind: (scope, options) => ({ originProperty: { ...http.bind(scope, options).originProperty!, originCustomHeaders: customHeaders } }),
  };
  return fallbackOrigin ? new origins.OriginGroup({ primaryOrigin: app, fallbackOrigin, fallbackStatusCodes: FAILURES }) : app;
}

/** A bucket that only knows the distribution by its policy, and is only known to the distribution by its name: docs/decisions/exact-distribution.md. */
function bucketOrigin(domainName: string, originAccessControlId: string): cloudfront.IOrigin {
  return {
    bind: (_, { originId: id }) => ({ originProperty: { id, domainName, originAccessControlId, s3OriginConfig: { originAccessIdentity: '' } } }),
  };
}
