import { Duration } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { Checks } from '../shared/checks';
import * as kinds from '../shared/kinds';
import { PropKinds, requireKinds } from '../shared/kinds';

/**
 * What instances translate addresses.
 */
export interface NatInstancesOptions {
  /**
   * The type of the instances, with an Arm processor or another.
   *
   * @default - t4g.nano, with 5 Gbit/s at its best and 32 Mbit/s all the time
   */
  readonly instanceType?: InstanceType;

  /**
   * How old an instance gets before a new one, with the newest image, takes its place and its address, a day to a year. Its zone is without
   * egress for a minute or two meanwhile.
   *
   * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html
   * @default Duration.days(30)
   */
  readonly maxInstanceLifetime?: Duration;
}

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
   * One NAT gateway that spans the zones by itself: Amazon VPC's regional NAT gateway. It needs no public subnets.
   *
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
   */
  public static regional(): NatStrategy {
    return new NatStrategy('regional');
  }

  /**
   * A small instance in each availability zone that translates addresses: the cheapest for little traffic, and more to look after. One that
   * fails is replaced, and the new one has its network interface, and with it its address and routes, after a minute or two.
   *
   * @throws if `maxInstanceLifetime` is outside of its bounds, or `instanceType` is a token
   */
  public static instances(options: NatInstancesOptions = {}): NatStrategy {
    requireKinds('NatStrategy.instances', options, INSTANCES, 'options');
    const maxInstanceLifetime = options.maxInstanceLifetime ?? DEFAULT_LIFETIME();
    const checks = new Checks('NatStrategy');
    checks.seconds('maxInstanceLifetime', maxInstanceLifetime, { least: A_DAY, most: 365 * A_DAY, hint: 'a day to a year' });
    checks.known('instanceType', options.instanceType?.toString(), 'the image is one for its processor');
    return new NatStrategy('instances', { instanceType: options.instanceType, maxInstanceLifetime });
  }

  /**
   * No NAT at all: over IPv4, private subnets reach only what has a VPC endpoint. IPv6, where the network has it, needs no NAT.
   */
  public static none(): NatStrategy {
    return new NatStrategy('none');
  }

  private constructor(
    /** @internal */
    public readonly _name: 'perAz' | 'single' | 'regional' | 'instances' | 'none',
    /** @internal */
    public readonly _instances?: NatInstances,
  ) {}

  /**
   * The name of the factory that made this strategy, with what was chosen for instances.
   */
  public toString(): string {
    if (!this._instances) return this._name;
    const { instanceType, maxInstanceLifetime } = this._instances;
    const seconds = maxInstanceLifetime.toSeconds();
    const chosen = [...(instanceType ? [instanceType.toString()] : []), ...(seconds === DEFAULT_LIFETIME().toSeconds() ? [] : [`${seconds} s`])];
    return chosen.length === 0 ? this._name : `${this._name}(${chosen.join(', ')})`;
  }
}

const INSTANCES: PropKinds<NatInstancesOptions> = { instanceType: kinds.instanceType, maxInstanceLifetime: kinds.duration };

const A_DAY = 86_400;
const DEFAULT_LIFETIME = () => Duration.days(30);

type NatInstances = NatInstancesOptions & Required<Pick<NatInstancesOptions, 'maxInstanceLifetime'>>;
