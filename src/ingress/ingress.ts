import { isIP } from 'net';
import type { StaticMediaCdn } from '../cdn/static-media-cdn';
import { Checks, isUnknown } from '../shared/checks';
import { list, required, requireArgument, resource, text } from '../shared/kinds';

/**
 * Who reaches a load balancer.
 */
export class Ingress {
  /**
   * Everybody on the internet.
   */
  public static internet(): Ingress {
    return new Ingress({ isInternal: false });
  }

  /**
   * Everybody in the network, by its primary IPv4 range. The load balancer is in private subnets and has no public address.
   */
  public static internal(): Ingress {
    return new Ingress({ isInternal: true });
  }

  /**
   * Everybody on the internet with an address in one of some ranges, such as the offices of a company.
   *
   * @param cidrs IPv4 or IPv6 ranges, such as `192.0.2.0/24`. IPv6 needs a network whose public subnets have IPv6 addresses
   * @throws if none is given, or one is not a range
   */
  public static cidrs(...cidrs: string[]): Ingress {
    const checks = new Checks('Ingress.cidrs');
    requireArgument(checks.where, 'cidrs', cidrs, required(list(text)));
    if (cidrs.length === 0) throw checks.error('\'cidrs\' must have at least one range, such as 192.0.2.0/24, got none: use Ingress.internal() for the network alone');
    cidrs.filter((cidr) => !isUnknown(cidr) && !isCidr(cidr)).forEach((cidr) => {
      throw checks.error(`'cidrs' must be ranges of addresses, such as 192.0.2.0/24 or 2001:db8::/32, got '${cidr}'`);
    });
    return new Ingress({ isInternal: false, cidrs: [...cidrs] });
  }

  /**
   * Everybody on the internet with an address in a managed prefix list. The maximum number of its entries counts against the 60 rules of a security group, for
   * HTTP and for HTTPS.
   *
   * @param prefixListId such as `pl-0123456789abcdef0`
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html
   * @throws if it is not the id of a prefix list
   */
  public static prefixList(prefixListId: string): Ingress {
    const checks = new Checks('Ingress.prefixList');
    requireArgument(checks.where, 'prefixListId', prefixListId, required(text));
    checks.matches('prefixListId', prefixListId, /^pl-[0-9a-f]{8,17}$/, 'the id of a prefix list, such as pl-0123456789abcdef0');
    return new Ingress({ isInternal: false, prefixListId });
  }

  /**
   * Only CloudFront, on behalf of one CDN, which gets its pages from the application: the load balancer admits CloudFront's addresses only, and only requests with
   * a secret header that the CDN adds. The application needs a `domainName` with a certificate. Pages reach it with the CDN's name as their host, which `hostPatterns`
   * have to match.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
   */
  public static cloudFrontOnly(cdn: StaticMediaCdn): Ingress {
    requireArgument('Ingress.cloudFrontOnly', 'cdn', cdn, required(resource('a StaticMediaCdn', 'distribution')));
    return new Ingress({ isInternal: false, cdn });
  }

  private constructor(
    /** @internal */
    public readonly _options: {
      readonly isInternal: boolean;
      readonly cdn?: StaticMediaCdn;
      readonly cidrs?: string[];
      readonly prefixListId?: string;
    },
  ) {}
}

function isCidr(value: string): boolean {
  const [, address, bits] = /^([^/]+)\/(\d{1,3})$/.exec(value) ?? [];
  const family = isIP(address ?? '');
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128);
}
