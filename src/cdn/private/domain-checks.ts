import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { CfnCertificate, ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnHostedZone, IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { claim } from '../../shared/attached';
import { Checks } from '../../shared/checks';
import { areTogether } from '../../shared/stacks';
import { addWarning } from '../../shared/warning';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

/** The region that CloudFront takes certificates and log deliveries from. */
export const EDGE_REGION = 'us-east-1';

const LONGEST_COMMON_NAME = 64;

type Domain = Pick<StaticMediaCdnProps, 'domainName' | 'hostedZone' | 'certificate'>;

/**
 * Refuses a certificate that CloudFront does not take, or a domain for which ACM would never issue one.
 */
export function requireCertificate(checks: Checks, { domainName, hostedZone, certificate }: Domain): void {
  if (domainName === undefined) {
    if (hostedZone ?? certificate) throw checks.error(`'domainName' must be given with a '${hostedZone ? 'hostedZone' : 'certificate'}', got none`);
    return;
  }
  requireInZone(checks, domainName, hostedZone);
  if (certificate) {
    const region = placeOf(certificate).region;
    if (region !== undefined && !Token.isUnresolved(region) && region !== EDGE_REGION) {
      throw checks.error(`'certificate' must be in ${EDGE_REGION}, from where CloudFront takes it, got one in ${region}: make it in a stack there`);
    }
    return;
  }
  requireIssuableName(checks, domainName);
  if (hostedZone) requirePublicZone(checks, hostedZone);
}

/** Where a certificate is that is imported, or is one of CloudFormation's. */
export function placeOf(certificate: ICertificate): { readonly region?: string; readonly account?: string } {
  const arn = certificate.certificateArn;
  if (!Token.isUnresolved(arn)) return Stack.of(certificate).splitArn(arn, ArnFormat.SLASH_RESOURCE_NAME);
  return CfnCertificate.isCfnCertificate(certificate.node.defaultChild) ? Stack.of(certificate) : {};
}

/**
 * The first name of a certificate, which is the only one here, becomes its common name. In us-east-1, CDK says so, and elsewhere a function requests it.
 *
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
 * @see https://github.com/aws/aws-cdk/issues/21777
 */
function requireIssuableName(checks: Checks, domainName: string): void {
  if (Token.isUnresolved(domainName) || domainName.length <= LONGEST_COMMON_NAME) return;
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
function requirePublicZone(checks: Checks, zone: IHostedZone): void {
  const isPrivate = () => {
    const resource = zone.node.defaultChild;
    return CfnHostedZone.isCfnHostedZone(resource) && (Stack.of(zone).resolve(resource.vpcs)?.length ?? 0) > 0;
  };
  const text = `'hostedZone' must be public where ACM is to issue the certificate, got the private zone ${zone.node.path}: ACM looks for its record in public DNS, so that the ` +
    'certificate is never issued; give the public zone of the domain, or a \'certificate\' that is issued already';
  if (isPrivate() || isImportedAsPrivate(zone)) throw checks.error(text);
  zone.node.addValidation({ validate: () => (isPrivate() ? [`${checks.where}: ${text}`] : []) }); // by addVpc(), later
}

/** PrivateHostedZone.fromPrivateHostedZoneId() makes a zone whose name is not known, and says so by this name of its own. */
function isImportedAsPrivate(zone: IHostedZone): boolean {
  try {
    return zone.zoneName === undefined;
  } catch (error) {
    return String(error).includes('PrivateHostedZone.');
  }
}

function requireInZone(checks: Checks, domainName: string, hostedZone: IHostedZone | undefined): void {
  if (!hostedZone || Token.isUnresolved(domainName)) return;
  const zoneName = nameOfZone(hostedZone);
  if (zoneName === undefined || `.${domainName.toLowerCase()}`.endsWith(`.${zoneName.toLowerCase().replace(/\.$/, '')}`)) return;
  throw checks.error(`'domainName' must be in the 'hostedZone', got '${domainName}' and the zone '${zoneName}'`);
}

/** A zone that was imported by its id alone does not know its name, and throws when asked. */
function nameOfZone(zone: IHostedZone): string | undefined {
  try {
    return Token.isUnresolved(zone.zoneName) ? undefined : zone.zoneName;
  } catch {
    return undefined;
  }
}

/**
 * A domain leads to one distribution, in all accounts: CloudFront refuses the second, by CNAMEAlreadyExists.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-restrictions
 */
export function requireDomainOfOneCdn(owner: Construct, domainName: string | undefined): void {
  if (domainName === undefined) return;
  // A token means the same to all of its stack.
  const domain = Token.isUnresolved(domainName) ? `${Stack.of(owner).node.path} ${domainName}` : domainName.toLowerCase();
  const other = claim(owner, 'StaticMediaCdn.domainName', domain).find(({ what }) => what === domain)?.owner;
  if (!other) return;
  const text = `'domainName' must be the domain of one CDN, got '${domainName}', which is that of ${other.node.path}, too: CloudFront refuses the second one (CNAMEAlreadyExists)`;
  if (areTogether(owner, other) === 'yes') throw new Error(`${owner.node.path}: ${text}; give each a domain of its own`);
  addWarning(
    owner, 'cdk-mainstay:StaticMediaCdn.DomainTwice', `${text}, in another account as well, while both are deployed: give each a domain of its own, or acknowledge this`,
  );
}
