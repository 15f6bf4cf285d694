import { Stack } from 'aws-cdk-lib';
import { CfnCertificate, ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import { claim } from '../../shared/attached';
import { Checks, isUnknown } from '../../shared/checks';
import { placeOf, requireInZone, requireIssuableName, requirePublicZone } from '../../shared/domain-names';
import { areTogether } from '../../shared/stacks';
import { addWarning } from '../../shared/warning';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

/** The region that CloudFront takes certificates and log deliveries from. */
export const EDGE_REGION = 'us-east-1';

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
    if (region !== undefined && !isUnknown(region) && region !== EDGE_REGION) {
      throw checks.error(`'certificate' must be in ${EDGE_REGION}, from where CloudFront takes it, got one in ${region}: make it in a stack there`);
    }
    const names = namesOf(certificate);
    if (names && !isUnknown(domainName) && !names.some((name) => isUnknown(name) || covers(name, domainName))) {
      throw checks.error(`'certificate' must be for 'domainName', '${domainName}', got one for ${names.join(', ')}: CloudFront refuses a domain that its certificate is not for`);
    }
    return;
  }
  requireIssuableName(checks, domainName);
  if (hostedZone) requirePublicZone(checks, hostedZone);
}

/** The names of a certificate of this app, and nothing of one that is imported. */
function namesOf({ node }: ICertificate): string[] | undefined {
  const resource = node.defaultChild;
  if (!CfnCertificate.isCfnCertificate(resource)) return undefined;
  return [resource.domainName, ...resource.subjectAlternativeNames ?? []];
}

/**
 * An asterisk stands for one label.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements
 */
function covers(name: string, domainName: string): boolean {
  const [one, other] = [name, domainName].map((each) => each.toLowerCase());
  return one === other || (one.startsWith('*.') && other.replace(/^[^.]+/, '*') === one);
}

/**
 * A domain leads to one distribution, in all accounts: CloudFront refuses the second, by CNAMEAlreadyExists.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-restrictions
 */
export function requireDomainOfOneCdn(owner: Construct, domainName: string | undefined): void {
  if (domainName === undefined) return;
  // A token means the same to all of its stack.
  const domain = isUnknown(domainName) ? `${Stack.of(owner).node.path} ${domainName}` : domainName.toLowerCase();
  const other = claim(owner, 'StaticMediaCdn.domainName', domain).find(({ what }) => what === domain)?.owner;
  if (!other) return;
  const text = `'domainName' must be the domain of one CDN, got '${domainName}', which is that of ${other.node.path}, too: CloudFront refuses the second one (CNAMEAlreadyExists)`;
  if (areTogether(owner, other) === 'yes') throw new Error(`${owner.node.path}: ${text}; give each a domain of its own`);
  addWarning(
    owner, 'cdk-mainstay:StaticMediaCdn.DomainTwice', `${text}, in another account as well, while both are deployed: give each a domain of its own, or acknowledge this`,
  );
}
