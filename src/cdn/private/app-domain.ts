import { CfnResource, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Checks } from '../../shared/checks';
import { isNotPublic } from '../../shared/domain-names';
import { constructsIn } from '../../shared/stacks';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

/** S3 website endpoints, which speak HTTP only: https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html */
const S3_WEBSITE = /\.s3-website[.-]|"WebsiteURL"/i;

/**
 * Names that AWS gives to load balancers and others, by what they are of. There is no certificate for them, as ACM issues none for domains of AWS.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
 * @see https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
 */
const WITHOUT_CERTIFICATE: Record<string, RegExp> = {
  'a load balancer': /\.elb\.([a-z0-9-]+\.)?amazonaws\.com|"DNSName"/i,
  'an Elastic Beanstalk environment': /\.elasticbeanstalk\.com$/i,
  'an EC2 instance': /\.compute(-1)?\.amazonaws\.com$|"PublicDnsName"/i,
  'a Global Accelerator': /\.awsglobalaccelerator\.com$/i,
};

/** The name of a load balancer without public addresses: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html */
const INTERNAL_BALANCER = /^internal-[^.]+\.([a-z0-9-]+\.)?elb\./i;

/**
 * Names of AWS that are routed by the Host header: API Gateway, AppSync, Lambda's function URLs, App Runner, ECS Express services, Amplify, CloudFront and
 * S3 refuse the name of another, or take it for that of another bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html#managed-origin-request-policy-all-viewer-except-host-header
 */
const ROUTED_BY_HOST = new RegExp([
  '\\.(execute-api|appsync-api|lambda-url)\\.', '\\.ecs\\.[^.]+\\.on\\.aws', '\\.(awsapprunner|amplifyapp)\\.com', '\\.cloudfront\\.net',
  '\\.s3[.-]([a-z0-9-]+\\.)*amazonaws\\.com', '"(FunctionUrl|ServiceUrl|ApiEndpoint|(Regional)?DomainName)"',
].join('|'), 'i');

type AppOrigin = Pick<StaticMediaCdnProps, 'appDomain' | 'domainName'> & { readonly servesPages: boolean; readonly staticFiles: { readonly _needsApp: boolean } };

/**
 * @throws if CloudFront can get nothing from a domain: it asks by HTTPS, and requires a certificate for the domain or for the Host header that it forwards
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
 */
export function requireUsableAppDomain(checks: Checks, scope: Construct, { appDomain, domainName, servesPages, staticFiles }: AppOrigin): void {
  const text = inTemplate(scope, appDomain);
  if (S3_WEBSITE.test(text)) {
    throw checks.error(
      `'appDomain' must speak HTTPS, got the website endpoint of an S3 bucket ${text}, which speaks HTTP only: ` +
      'leave \'appDomain\' out and use StaticFiles.fromBucket() with \'staticBucket\'',
    );
  }
  if (INTERNAL_BALANCER.test(text) || isNotPublic(text) || isOfInternalBalancer(appDomain)) {
    throw checks.error(`'appDomain' must be a domain that CloudFront reaches over the internet, got ${text}, which is reached from within a network only: give a public load balancer`);
  }
  const [what] = Object.entries(WITHOUT_CERTIFICATE).find(([, pattern]) => pattern.test(text)) ?? [];
  if (what !== undefined && (staticFiles._needsApp || (servesPages && domainName === undefined))) {
    throw checks.error(
      `'appDomain' must be a domain that the app has a certificate for, got AWS's own name of ${what} ${text}, for which there is none: ` +
      'give the app a domain with a certificate',
    );
  }
}

/** Whether a domain is that of a load balancer of this app that is known to have private addresses alone. */
function isOfInternalBalancer(domain: string | undefined): boolean {
  return constructsIn(domain ?? '').filter(CfnResource.isCfnResource)
    .some((target) => /LoadBalancer$/.test(target.cfnResourceType) && 'scheme' in target && target.scheme === 'internal');
}

/** Whether pages can be had only by the app's own domain as Host header, not by that of the CDN. */
export function isRoutedByHost(scope: Construct, appDomain: string | undefined): boolean {
  return ROUTED_BY_HOST.test(inTemplate(scope, appDomain));
}

/** A literal as it is, and a token as the template has it, by which the attribute of the resource is seen. */
function inTemplate(scope: Construct, domain: string | undefined): string {
  const resolved: unknown = Stack.of(scope).resolve(domain);
  return typeof resolved === 'string' ? resolved : JSON.stringify(resolved ?? '');
}
