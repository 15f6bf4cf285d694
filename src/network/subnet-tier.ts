import { Token } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { PropKinds, required, requireArgument, requireKinds, text, texts } from '../shared/kinds';

/**
 * How a tier of subnets gets its addresses.
 */
export interface SubnetTierOptions {
  /**
   * A block for each zone, in order, within the network or its `secondaryCidr`.
   *
   * @default - what the address plan keeps for it
   */
  readonly cidrs?: string[];
}

/**
 * A tier of subnets besides the public, private and isolated ones: one subnet in each zone.
 */
export class SubnetTier {
  /**
   * Subnets that reach nothing outside of the network but what has an endpoint.
   *
   * @param name what the subnets are called: constructs find them by it, as `subnetGroupName`
   * @throws if the name is anything but letters and digits
   */
  public static isolated(name: string, options: SubnetTierOptions = {}): SubnetTier {
    requireArguments('SubnetTier.isolated', name, options);
    return new SubnetTier(name, SubnetType.PRIVATE_ISOLATED, options.cidrs);
  }

  /**
   * Subnets that reach the internet as the private ones do, by the network's NatStrategy.
   *
   * @param name what the subnets are called: constructs find them by it, as `subnetGroupName`
   * @throws if the name is anything but letters and digits
   */
  public static privateWithEgress(name: string, options: SubnetTierOptions = {}): SubnetTier {
    requireArguments('SubnetTier.privateWithEgress', name, options);
    return new SubnetTier(name, SubnetType.PRIVATE_WITH_EGRESS, options.cidrs);
  }

  private constructor(
    /** @internal */
    public readonly _name: string,
    /** @internal */
    public readonly _subnetType: SubnetType,
    /** @internal */
    public readonly _cidrs?: string[],
  ) {
    if (Token.isUnresolved(_name) || !/^[A-Za-z][A-Za-z0-9]*$/.test(_name)) {
      throw new Error(`SubnetTier: 'name' must be letters and digits, known at synthesis, got ${Token.isUnresolved(_name) ? 'a token' : _name}: the ids of its subnets have it`);
    }
  }
}

const OPTIONS: PropKinds<SubnetTierOptions> = { cidrs: texts };

function requireArguments(factory: string, name: string, options: SubnetTierOptions): void {
  requireArgument(factory, 'name', name, required(text));
  requireKinds(factory, options, OPTIONS, 'options');
}
