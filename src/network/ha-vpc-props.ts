import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EndpointSet } from './endpoint-set';
import { NatStrategy } from './nat-strategy';
import { SubnetTier } from './subnet-tier';
import { bucket as bucketKind, required, requireArgument } from '../shared/kinds';

/**
 * Properties of a HaVpc.
 */
export interface HaVpcProps {
  /**
   * The block of IPv4 addresses, from /16 to /21, or to /28 if each subnet is given its own. Changing it replaces the network.
   *
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /**
   * Where the block of the network comes from instead of `cidr`, such as a pool of Amazon VPC IPAM. The subnets are those of the address plan.
   *
   * @default - `cidr`
   */
  readonly ipAddresses?: ec2.IIpAddresses;

  /**
   * The zones by name, of the region of the stack. Add a new one at the end: its place in this list is its place in the address plan.
   *
   * @default - the first zones of the region that need no opt-in, as many as `maxAzs`
   */
  readonly availabilityZones?: string[];

  /**
   * The number of zones, 1 to 6. Raising it replaces nothing of the network. Of what is in its subnets by default, it replaces an RDS Proxy, and
   * fails with a serverless cache, unless they have `vpcSubnets` that stay: `{ subnets: network.vpc.isolatedSubnets.slice(0, 2) }`.
   *
   * @default - the StageProfile's `availabilityZones`
   */
  readonly maxAzs?: number;

  /**
   * The blocks of the public subnets, one for each zone. Where any of these three props is given, there are no other subnets than they say.
   *
   * @default - those of the address plan
   */
  readonly publicSubnetCidrs?: string[];

  /**
   * The blocks of the private subnets, one for each zone.
   *
   * @default - those of the address plan
   */
  readonly privateSubnetCidrs?: string[];

  /**
   * The blocks of the isolated subnets, one for each zone.
   *
   * @default - those of the address plan
   */
  readonly isolatedSubnetCidrs?: string[];

  /**
   * A fourth tier of subnets. Adding it replaces nothing, and moves no database or cache, as their default is the tier `Isolated`; a first isolated
   * tier, in a network that has none, would move those that are in private subnets.
   *
   * @default - none; the address plan keeps room for it
   */
  readonly additionalTier?: SubnetTier;

  /**
   * A second block of IPv4 addresses, for subnets of `additionalTier` that are given blocks in it, or for subnets of your own. Not every block goes
   * with every `cidr`; those of 100.64.0.0/10 do.
   *
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
   * @default - none
   */
  readonly secondaryCidr?: string;

  /**
   * Whether the network has IPv6 addresses, too: then private subnets reach the internet over IPv6 by an egress-only gateway, without NAT.
   *
   * @default ec2.IpProtocol.IPV4_ONLY
   */
  readonly ipProtocol?: ec2.IpProtocol;

  /**
   * How private subnets reach the internet over IPv4. No change of it replaces a subnet, nor an address that both strategies use.
   *
   * Between `perAz()` and `single()` one deployment changes it. `single()` uses the first address only: the others leave the stack and `egressIps`, in
   * production stay in the account, and are billed until they are released. A way back creates others. `reservedEgressAddresses`, set before, keeps them. To and from `regional()` and `instances()`, deploy `none()` with
   * `reservedEgressAddresses` in between: AWS gives an address to a new gateway only once the old one is gone.
   *
   * @default - the StageProfile's
   */
  readonly natStrategy?: NatStrategy;

  /**
   * Elastic addresses of yours that the network is seen by from outside, by zone. What the strategy needs besides is created.
   *
   * @default - all are created
   */
  readonly egressAddresses?: EgressAddress[];

  /**
   * How many elastic addresses the network has at least, used or not, so that a change of strategy keeps them, in `egressIps`, too. One that is idle costs as much as
   * one that is used.
   *
   * @default - as many as the strategy uses
   */
  readonly reservedEgressAddresses?: number;

  /**
   * Services of AWS that are reached by interface endpoints, in a private subnet of each zone, from the network only.
   *
   * @default - none but S3 and DynamoDB, by gateway endpoints
   */
  readonly interfaceEndpoints?: EndpointSet[];

  /**
   * What stays open where the account blocks public access to its VPCs.
   *
   * @default - nothing; a load balancer and NAT need it in such an account
   */
  readonly publicAccessExclusion?: PublicAccessExclusion;

  /**
   * Where flow logs go.
   *
   * @default FlowLogs.toCloudWatchLogs()
   */
  readonly flowLogs?: FlowLogs;

  /**
   * Customer-managed key that encrypts the flow logs in CloudWatch Logs.
   *
   * @default - a new key, which is rotated every year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long flow logs are kept in CloudWatch Logs.
   *
   * @default - the StageProfile's
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The topic that the alarms notify: a standard one, of the region of the stack. Where it has a policy, that is made to admit them.
   *
   * @default - the StageProfile's, and a warning if it has none
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * What happens to the flow logs, their key and the elastic addresses when they leave the stack.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * An elastic address that a network is seen by from outside.
 */
export interface EgressAddress {
  /**
   * Its allocation, such as `eipalloc-0a1b2c3d`.
   */
  readonly allocationId: string;

  /**
   * The address itself, such as `203.0.113.10`.
   */
  readonly publicIp: string;
}

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

/**
 * Where the flow logs of a network go: all traffic, accepted and rejected.
 */
export class FlowLogs {
  /**
   * Into an encrypted log group, to be searched by CloudWatch Logs Insights.
   */
  public static toCloudWatchLogs(): FlowLogs {
    return new FlowLogs('toCloudWatchLogs');
  }

  /**
   * Into a bucket, as Parquet in hourly, Hive-compatible partitions: cheaper to keep, to be searched by Athena.
   *
   * @param bucket receives them under `flow-logs/`. Its policy must let log delivery write there; that of a bucket of the same app is changed.
   */
  public static toS3(bucket: IBucket): FlowLogs {
    requireArgument('FlowLogs.toS3', 'bucket', bucket, required(bucketKind));
    return new FlowLogs('toS3', bucket);
  }

  private constructor(
    private readonly name: string,
    /** @internal */
    public readonly _bucket?: IBucket,
  ) {}

  /**
   * The name of the factory that made this.
   */
  public toString(): string {
    return this.name;
  }
}
