/**
 * What of a network stays open where the account blocks public access to its VPCs (VPC Block Public Access).
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
 */
export class PublicAccessExclusion {
  /**
   * Traffic between the internet and the network, both ways: what a public load balancer needs.
   */
  public static bidirectional(): PublicAccessExclusion {
    return new PublicAccessExclusion('allow-bidirectional');
  }

  /**
   * What goes out, and its answers: what NAT needs, and no more.
   */
  public static egressOnly(): PublicAccessExclusion {
    return new PublicAccessExclusion('allow-egress');
  }

  private constructor(
    /** @internal */
    public readonly _mode: string,
  ) {}
}
