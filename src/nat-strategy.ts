/**
 * How private subnets reach the internet: what an outage of one zone takes with it, against what the NAT costs.
 */
export class NatStrategy {
  /**
   * One NAT gateway in each availability zone: a zone that fails takes no other zone's egress with it.
   */
  public static perAz(): NatStrategy {
    return new NatStrategy('perAz');
  }

  /**
   * One NAT gateway for the whole network: cheaper, and its zone is a single point of failure for egress.
   */
  public static single(): NatStrategy {
    return new NatStrategy('single');
  }

  /**
   * One NAT gateway that spans the zones by itself: Amazon VPC's regional NAT gateway.
   */
  public static regional(): NatStrategy {
    return new NatStrategy('regional');
  }

  /**
   * Small instances that translate addresses: the cheapest for little traffic, and more to look after.
   */
  public static instances(): NatStrategy {
    return new NatStrategy('instances');
  }

  /**
   * No NAT at all: private subnets reach only what has a VPC endpoint.
   */
  public static none(): NatStrategy {
    return new NatStrategy('none');
  }

  private constructor(private readonly name: string) {}

  /**
   * The name of the factory that made this strategy.
   */
  public toString(): string {
    return this.name;
  }
}
