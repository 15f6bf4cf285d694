import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { Checks, isUnknown } from '../../shared/checks';
import { placeOf, requireInZone, requireIssuableName, requirePublicZone } from '../../shared/domain-names';
import { requireSameAccount, requireSameRegion } from '../../shared/stacks';
import type { AlbIngressProps } from '../alb-ingress-props';

/**
 * @throws if the load balancer cannot have the domain, the certificate or the idle timeout
 */
export function validateBalancer(owner: Construct, props: AlbIngressProps): void {
  const checks = new Checks(owner.node.path);
  const { domainName, hostedZone, certificate, keepAlive, ingress } = props;
  if (domainName === undefined && hostedZone) {
    throw checks.error("'domainName' must be given with a 'hostedZone', got none: set it to the name that visitors type");
  }
  if (domainName !== undefined) requireInZone(checks, domainName, hostedZone);
  if (hostedZone && !certificate) {
    requireIssuableName(checks, domainName!);
    requirePublicZone(checks, hostedZone);
  }
  if (certificate) {
    const because = 'a load balancer accepts certificates of its own region and account only';
    const given = { owner, as: "'certificate'", resource: certificate, place: placeOf(certificate), because };
    requireSameRegion(given); // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
    requireSameAccount(given);
  }
  if (ingress._options.cdn && (domainName === undefined || !(hostedZone ?? certificate))) {
    throw checks.error(
      `'domainName' must be given, with a 'hostedZone' or a 'certificate', where 'ingress' is Ingress.cloudFrontOnly(), got ${domainName === undefined ? 'no name' : 'no certificate'}: ` +
      'CloudFront connects to the load balancer by HTTPS, and requires a certificate for the name that it connects to',
    );
  }
  checks.known('keepAlive', keepAlive, 'the idle timeout of the load balancer is calculated from it');
  checks.seconds('keepAlive', keepAlive, { least: 6, most: 4_005, hint: 'the load balancer closes idle connections 5 seconds sooner, after 1 to 4000 seconds' });
}

/**
 * The subnets of the load balancer: public ones, or private ones where it is internal.
 *
 * @throws if they are in fewer than two availability zones
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#availability-zones
 */
export function balancerSubnets(owner: Construct, { vpc, ingress }: AlbIngressProps): { subnets: ec2.ISubnet[]; hasIpv6: boolean } {
  const checks = new Checks(owner.node.path);
  const { isInternal, cdn, cidrs = [] } = ingress._options;
  const subnets = isInternal ? [vpc.privateSubnets, vpc.isolatedSubnets].find(({ length }) => length > 0) ?? [] : vpc.publicSubnets;
  if (Token.isUnresolved(subnets.map(({ subnetId }) => subnetId))) return { subnets, hasIpv6: false }; // of a list that is imported
  const zoneOf = ({ availabilityZone }: ec2.ISubnet) => JSON.stringify(Stack.of(owner).resolve(availabilityZone));
  // The first of each zone, as a load balancer has no two of one.
  const ofZones = subnets.filter((subnet, index) => subnets.findIndex((other) => zoneOf(other) === zoneOf(subnet)) === index);
  if (ofZones.length < 2) {
    throw checks.error(
      `'vpc' must have ${isInternal ? 'private' : 'public'} subnets in at least two availability zones, got ${ofZones.length} in ${vpc.node.path}: a load balancer is in two or ` +
      `more${isInternal ? '' : '; for one that only the network reaches, use Ingress.internal()'}`,
    );
  }
  const hasIpv6 = !isInternal && !cdn && ofZones.every(hasIpv6Addresses);
  if (!hasIpv6 && cidrs.some(isIpv6)) {
    throw checks.error(
      `'ingress' must have IPv4 ranges only, got ${cidrs.filter(isIpv6).join(', ')}: the load balancer has no IPv6 addresses, as not all public subnets of ${vpc.node.path} are ` +
      'known to have any',
    );
  }
  return { subnets: ofZones, hasIpv6 };
}

/** Of a subnet that is imported, nobody knows. */
function hasIpv6Addresses(subnet: ec2.ISubnet): boolean {
  const resource = subnet.node.defaultChild;
  return ec2.CfnSubnet.isCfnSubnet(resource) && (resource.ipv6CidrBlock ?? resource.ipv6IpamPoolId) !== undefined;
}

export function isIpv6(cidr: string): boolean {
  return !isUnknown(cidr) && cidr.includes(':');
}
