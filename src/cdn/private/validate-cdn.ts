import { ArnFormat, Duration, Resource, Stack, Token } from 'aws-cdk-lib';
import { CfnCertificate, ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { requireLogBucket } from '../../shared/require-log-bucket';
import { requireUnit } from '../../shared/require-unit';
import { requireWholeNumber } from '../../shared/require-whole-number';
import { PrivateMedia } from '../private-media';
import { StaticFiles } from '../static-files';

interface CdnInput {
  readonly appDomain?: string;
  readonly appSecret?: ISecret;
  readonly staticFiles: StaticFiles;
  readonly servesPages: boolean;
  readonly mediaLocation: string;
  readonly staticLocation: string;
  readonly mediaBucket?: IBucket;
  readonly staticBucket?: IBucket;
  readonly accessLogsBucket?: IBucket;
  readonly corsOrigins?: string[];
  readonly mediaExpiration?: Duration;
  readonly noncurrentVersionExpiration?: Duration;
  readonly encryptionKey?: IKey;
  readonly domainName?: string;
  readonly hostedZone?: IHostedZone;
  readonly certificate?: ICertificate;
  readonly defaultTtl: Duration;
  readonly maxTtl: Duration;
  readonly privateMedia?: PrivateMedia;
  readonly webAclArn?: string;
  readonly siteName?: string;
  readonly environmentName?: string;
}

/** The region that CloudFront takes certificates and log deliveries from. */
export const EDGE_REGION = 'us-east-1';

export function validateCdn(scope: Construct, input: CdnInput): void {
  const where = scope.node.path;
  requireDomain(where, 'appDomain', input.appDomain);
  requireDomain(where, 'domainName', input.domainName);
  requireOrigins(where, input);
  requireFolders(where, input);
  requireCertificate(scope, input);
  requireTimes(where, input);
  requireBuckets(scope, input);
  requireLogBucket(where, input.accessLogsBucket);
  requireOriginsOfPages(where, input.corsOrigins);
  for (const prop of ['siteName', 'environmentName'] as const) requireLabel(where, prop, input[prop]);
  requireWebAcl(where, input.webAclArn);
}

function requireDomain(where: string, prop: string, domain: string | undefined): void {
  if (domain === undefined || Token.isUnresolved(domain)) return;
  if (!/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i.test(domain)) {
    throw new Error(`${where}: '${prop}' must be a domain alone, such as www.example.org, without scheme, port, path or trailing dot, got '${domain}'`);
  }
}

function requireOrigins(where: string, { appDomain, appSecret, domainName, staticFiles, servesPages }: CdnInput): void {
  if (appDomain !== undefined && appDomain.toLowerCase() === domainName?.toLowerCase()) {
    throw new Error(`${where}: 'appDomain' must be another domain than 'domainName', got '${appDomain}' for both: the CDN would fetch from itself, in circles`);
  }
  if (appDomain === undefined && staticFiles._needsApp) {
    throw new Error(`${where}: 'appDomain' must be given for StaticFiles.${staticFiles._name === 'app' ? 'fromApp()' : 'fromAppWithFallback()'}, got none`);
  }
  if (appDomain === undefined && servesPages) throw new Error(`${where}: 'appDomain' must be given for DefaultContent.app(), got none`);
  if (appDomain !== undefined && !staticFiles._needsApp && !servesPages) {
    throw new Error(`${where}: 'appDomain' is '${appDomain}', but nothing would be fetched from it: set 'defaultContent' to DefaultContent.app(), or leave 'appDomain' out`);
  }
  if (appDomain === undefined && appSecret) throw new Error(`${where}: 'appSecret' is for an app, but there is no 'appDomain': give one, or leave 'appSecret' out`);
}

function requireFolders(where: string, { mediaLocation, staticLocation }: CdnInput): void {
  for (const [prop, folder] of Object.entries({ mediaLocation, staticLocation })) {
    if (Token.isUnresolved(folder)) throw new Error(`${where}: '${prop}' must be known at synthesis, got a token: it decides what is fetched from where`);
    if (!/^[\w.$~@:+-]+(\/[\w.$~@:+-]+)*$/.test(folder)) {
      throw new Error(`${where}: '${prop}' must be one or more names with a slash between them, such as media or site/media, got '${folder}'`);
    }
  }
  if (`${mediaLocation}/`.startsWith(`${staticLocation}/`) || `${staticLocation}/`.startsWith(`${mediaLocation}/`)) {
    throw new Error(`${where}: 'mediaLocation' and 'staticLocation' must be folders beside each other, got '${mediaLocation}' and '${staticLocation}'`);
  }
}

function requireCertificate(scope: Construct, { domainName, hostedZone, certificate }: CdnInput): void {
  const where = scope.node.path;
  if (domainName === undefined) {
    if (hostedZone ?? certificate) throw new Error(`${where}: 'domainName' must be given with a '${hostedZone ? 'hostedZone' : 'certificate'}', got none`);
    return;
  }
  requireInZone(where, domainName, hostedZone);
  if (certificate) {
    const region = regionOf(certificate);
    if (region !== undefined && !Token.isUnresolved(region) && region !== EDGE_REGION) {
      throw new Error(`${where}: 'certificate' must be in ${EDGE_REGION}, from where CloudFront takes it, got one in ${region}: make it in a stack there`);
    }
  }
}

/** The region of a certificate that is imported, or is one of CloudFormation's. */
function regionOf(certificate: ICertificate): string | undefined {
  const arn = certificate.certificateArn;
  if (!Token.isUnresolved(arn)) return Stack.of(certificate).splitArn(arn, ArnFormat.SLASH_RESOURCE_NAME).region;
  return CfnCertificate.isCfnCertificate(certificate.node.defaultChild) ? Stack.of(certificate).region : undefined;
}

function requireInZone(where: string, domainName: string, hostedZone: IHostedZone | undefined): void {
  if (!hostedZone || Token.isUnresolved(domainName)) return;
  const zoneName = nameOfZone(hostedZone);
  if (zoneName === undefined || `.${domainName.toLowerCase()}`.endsWith(`.${zoneName.toLowerCase().replace(/\.$/, '')}`)) return;
  throw new Error(`${where}: 'domainName' must be in the 'hostedZone', got '${domainName}' and the zone '${zoneName}'`);
}

/** A zone that was imported by its id alone does not know its name, and throws when asked. */
function nameOfZone(zone: IHostedZone): string | undefined {
  try {
    return Token.isUnresolved(zone.zoneName) ? undefined : zone.zoneName;
  } catch {
    return undefined;
  }
}

function requireTimes(where: string, { defaultTtl, maxTtl, mediaExpiration, noncurrentVersionExpiration, privateMedia }: CdnInput): void {
  const number = (prop: string, unit: 'seconds' | 'days', duration: Duration) => requireUnit(
    where, prop, `Duration.${unit}()`, () => (unit === 'days' ? duration.toDays({ integral: false }) : duration.toSeconds({ integral: false })));
  const [shorter, longer] = [number('defaultTtl', 'seconds', defaultTtl), number('maxTtl', 'seconds', maxTtl)];
  requireWholeNumber({ where, prop: 'defaultTtl', value: shorter, least: 0, unit: 'seconds' });
  requireWholeNumber({ where, prop: 'maxTtl', value: longer, least: 1, unit: 'seconds' });
  if (!Token.isUnresolved(shorter) && !Token.isUnresolved(longer) && shorter > longer) {
    throw new Error(`${where}: 'defaultTtl' must not be longer than 'maxTtl', got ${shorter} and ${longer} seconds`);
  }
  for (const [prop, days] of Object.entries({ mediaExpiration, noncurrentVersionExpiration })) {
    if (days) requireWholeNumber({ where, prop, value: number(prop, 'days', days), least: 1, unit: 'days' });
  }
  if (privateMedia) {
    requireWholeNumber({ where, prop: 'rotateAfter', value: number('rotateAfter', 'days', privateMedia._rotateAfter), least: 2, most: 365, unit: 'days' });
  }
}

function requireBuckets(scope: Construct, input: CdnInput): void {
  const { staticFiles, mediaBucket, staticBucket, mediaExpiration, noncurrentVersionExpiration, corsOrigins, encryptionKey } = input;
  const where = scope.node.path;
  const allGiven = mediaBucket && (staticBucket ?? !staticFiles._needsBucket);
  if (staticBucket && !staticFiles._needsBucket) {
    throw new Error(`${where}: 'staticBucket' is ${staticBucket.node.path}, but static files come from the app: set 'staticFiles' to StaticFiles.fromBucket()`);
  }
  if (mediaBucket && mediaExpiration) {
    throw new Error(`${where}: 'mediaExpiration' is for a new bucket, but 'mediaBucket' is ${mediaBucket.node.path}: give that one a lifecycle rule`);
  }
  if (mediaBucket && corsOrigins) {
    throw new Error(`${where}: 'corsOrigins' is for a new bucket, but 'mediaBucket' is ${mediaBucket.node.path}: give that one a CORS rule`);
  }
  if (noncurrentVersionExpiration && allGiven) {
    throw new Error(`${where}: 'noncurrentVersionExpiration' is for new buckets, but all buckets are given: give those a lifecycle rule, or leave it out`);
  }
  if (encryptionKey && allGiven) {
    throw new Error(`${where}: 'encryptionKey' is for new buckets, but all buckets are given: encrypt those, or leave 'encryptionKey' out`);
  }
  if (encryptionKey && Resource.isOwnedResource(encryptionKey) && Stack.of(encryptionKey) !== Stack.of(scope)) {
    throw new Error(
      `${where}: 'encryptionKey' must be of the same stack, or imported, got ${encryptionKey.node.path}: its policy has to name this distribution, ` +
      'and the buckets here have to name the key, so each stack would wait for the other',
    );
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html */
function requireOriginsOfPages(where: string, origins: string[] | undefined): void {
  for (const origin of origins ?? []) {
    if (Token.isUnresolved(origin) || origin === '*') continue;
    if (/^[a-z*][a-z0-9+.*-]*:\/\/[^\s/]+$/i.test(origin) && origin.split('*').length <= 2) continue;
    throw new Error(
      `${where}: 'corsOrigins' must each be '*', or a scheme and a host, with a port where there is one, without a path, and with one * at the most, such as ` +
      `https://demo.example.education or https://*.example.education, got '${origin}'`,
    );
  }
}

function requireLabel(where: string, prop: string, label: string | undefined): void {
  if (label === undefined) return;
  if (Token.isUnresolved(label)) throw new Error(`${where}: '${prop}' must be known at synthesis, got a token: names are made of it`);
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/i.test(label)) {
    throw new Error(`${where}: '${prop}' must be 1 to 32 letters, digits and hyphens, the first no hyphen, got '${label}'`);
  }
}

function requireWebAcl(where: string, arn: string | undefined): void {
  if (arn === undefined || Token.isUnresolved(arn) || /^arn:[^:]+:wafv2:us-east-1:[^:]*:global\/webacl\//.test(arn)) return;
  throw new Error(`${where}: 'webAclArn' must be the ARN of a web ACL of scope CLOUDFRONT (arn:…:wafv2:us-east-1:…:global/webacl/…), got '${arn}'`);
}
