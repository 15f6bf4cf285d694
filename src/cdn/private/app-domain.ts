import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Checks } from '../../shared/checks';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

/** S3 website endpoints, which speak HTTP only: https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html */
const S3_WEBSITE = /\.s3-website[.-]|"WebsiteURL"/i;

/** The name that AWS gives to a load balancer. It has no certificate: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html */
const LOAD_BALANCER = /\.elb\.([a-z0-9-]+\.)?amazonaws\.com|"DNSName"/i;

/**
 * Names of AWS that are routed by the Host header: API Gateway, AppSync, Lambda's function URLs, App Runner, ECS Express services, Amplify and
 * CloudFront refuse the name of another.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html#managed-origin-request-policy-all-viewer-except-host-header
 */
const ROUTED_BY_HOST = new RegExp([
  '\\.(execute-api|appsync-api|lambda-url)\\.', '\\.ecs\\.[^.]+\\.on\\.aws', '\\.(awsapprunner|amplifyapp)\\.com', '\\.cloudfront\\.net',
  '"(FunctionUrl|ServiceUrl|ApiEndpoint|DomainName)"',
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
  if (LOAD_BALANCER.test(text) && (staticFiles._needsApp || (servesPages && domainName === undefined))) {
    throw checks.error(
      `'appDomain' must be a domain that the app has a certificate for, got AWS's own name of a load balancer ${text}, for which there is none: ` +
      'give the load balancer a domain with a certificate',
    );
  }
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
