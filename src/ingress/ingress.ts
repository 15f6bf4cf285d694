import type { IPeer } from 'aws-cdk-lib/aws-ec2';
import type { StaticMediaCdn } from '../cdn/static-media-cdn';

/**
 * Who reaches a load balancer.
 */
export class Ingress {
  /** Everybody. */
  public static internet(): Ingress {
    return new Ingress({ isInternal: false });
  }

  /** Only CloudFront, on behalf of one CDN, which the application gives itself to as the origin of its pages. */
  public static cloudFrontOnly(cdn: StaticMediaCdn): Ingress {
    return new Ingress({ isInternal: false, cdn });
  }

  private constructor(
    /** @internal */
    public readonly _options: { readonly isInternal: boolean; readonly cdn?: StaticMediaCdn; readonly peers?: IPeer[] },
  ) {}
}
