import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnCertificate, ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { Checks, isUnknown } from './checks';

const LONGEST_COMMON_NAME = 64;

/** Where a certificate is that is imported, or is one of CloudFormation's. */
export function placeOf(certificate: ICertificate): { readonly region?: string; readonly account?: string } {
  const arn = certificate.certificateArn;
  if (!isUnknown(arn)) return Stack.of(certificate).splitArn(arn, ArnFormat.SLASH_RESOURCE_NAME);
  return CfnCertificate.isCfnCertificate(certificate.node.defaultChild) ? Stack.of(certificate) : {};
}

/** Names that are AWS's own: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html */
const OF_AWS = /(^|\.)(amazonaws\.com(\.cn)?|cloudfront\.net|elasticbeanstalk\.com)$/i;

/** Top-level domains that no public DNS has: https://www.iana.org/assignments/special-use-domain-names, and ICANN's for private use. */
const NOT_PUBLIC = /\.(alt|example|internal|invalid|local|localhost|onion|test)$/i;

/** Whether nobody outside of a network finds a domain. */
export function isNotPublic(domainName: string): boolean {
  return !isUnknown(domainName) && NOT_PUBLIC.test(domainName);
}

/**
 * The first name of a certificate, which is the only one here, becomes its common name. CDK says so of certificates of CloudFormation, and not of those that a function requests.
 *
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_CertificateDetail.html (DOMAIN_NOT_ALLOWED and INVALID_PUBLIC_DOMAIN)
 * @see https://github.com/aws/aws-cdk/issues/21777
 */
export function requireIssuableName(checks: Checks, domainName: string): void {
  if (isUnknown(domainName)) return;
  const because = OF_AWS.test(domainName) ? 'which is AWS\'s own' : isNotPublic(domainName) ? 'whose top-level domain is in no public DNS' : undefined;
  if (because) {
    throw checks.error(
      `'domainName' must be a public domain of yours where ACM is to issue its certificate, got '${domainName}', ${because}: ACM refuses to issue one; give a domain that you own, ` +
      'or a \'certificate\' that is issued already',
    );
  }
  if (domainName.length <= LONGEST_COMMON_NAME) return;
  throw checks.error(
    `'domainName' must have at most ${LONGEST_COMMON_NAME} characters where ACM is to issue its certificate, got ${domainName.length}, '${domainName}': shorten it, or give a ` +
    '\'certificate\' whose first name is shorter and that has this one besides, such as one for *. and the domain above',
  );
}

/**
 * Fails, now or at synthesis, if a zone is known to be private. One that was imported as private by its id and name cannot be told from a public one.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 * @see https://github.com/aws/aws-cdk/issues/2914
 */
export function requirePublicZone(checks: Checks, zone: route53.IHostedZone): void {
  const isPrivate = () => {
    const resource = zone.node.defaultChild;
    return route53.CfnHostedZone.isCfnHostedZone(resource) && (Stack.of(zone).resolve(resource.vpcs)?.length ?? 0) > 0;
  };
  const text = `'hostedZone' must be public where ACM is to issue the certificate, got the private zone ${zone.node.path}: ACM looks for its record in public DNS, so that the ` +
    'certificate is never issued; give the public zone of the domain, or a \'certificate\' that is issued already';
  if (isPrivate() || isImportedAsPrivate(zone)) throw checks.error(text);
  zone.node.addValidation({ validate: () => (isPrivate() ? [`${checks.where}: ${text}`] : []) }); // by addVpc(), later
}

/** PrivateHostedZone.fromPrivateHostedZoneId() makes a zone whose name is not known, and says so by this name of its own. */
function isImportedAsPrivate(zone: route53.IHostedZone): boolean {
  try {
    return zone.zoneName === undefined;
  } catch (error) {
    return String(error).includes('PrivateHostedZone.');
  }
}

/**
 * Fails if a domain is known not to be in a zone, in which its records would be of no use.
 */
export function requireInZone(checks: Checks, domainName: string, hostedZone: route53.IHostedZone | undefined): void {
  if (!hostedZone || isUnknown(domainName)) return;
  const zoneName = nameOfZone(hostedZone);
  if (zoneName === undefined || `.${domainName.toLowerCase()}`.endsWith(`.${zoneName.toLowerCase().replace(/\.$/, '')}`)) return;
  throw checks.error(`'domainName' must be in the 'hostedZone', got '${domainName}' and the zone '${zoneName}'`);
}

/** A zone that was imported by its id alone does not know its name, and throws when asked. */
function nameOfZone(zone: route53.IHostedZone): string | undefined {
  try {
    return isUnknown(zone.zoneName) ? undefined : zone.zoneName;
  } catch {
    return undefined;
  }
}

/**
 * Lets a domain lead to a distribution or a load balancer, by IPv4 and IPv6. For a target without IPv6 addresses, Route 53 answers with none of them, as without
 * the record.
 */
export function addAliasRecords(scope: Construct, domainName: string, zone: route53.IHostedZone, target: route53.IAliasRecordTarget): void {
  const record = { zone, recordName: `${domainName}.`, target: route53.RecordTarget.fromAlias(target) };
  new route53.ARecord(scope, 'AliasRecord', record);
  new route53.AaaaRecord(scope, 'AliasRecordIpv6', record);
}
