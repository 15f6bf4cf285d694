import { createHash } from 'crypto';
import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct, IConstruct } from 'constructs';
import { EgressAddress } from './egress-address';
import { EndpointSet } from './endpoint-set';
import { FlowLogs } from './flow-logs';
import { NatStrategy } from './nat-strategy';
import { acknowledge } from '../shared/acknowledge';
import { AddressPlan, Ipv6Plan, PlannedTier } from './private/address-plan';
import { notifyOrWarn } from '../shared/alarm-notification';
import { Resource, resourcesOfApp } from './private/app-resources';
import { elasticAddresses } from './private/elastic-addresses';
import { flowLogToBucket, flowLogToLogGroup } from './private/flow-log';
import { interfaceEndpoints } from './private/interface-endpoints';
import { addressesOf, createNat, natGatewayAlarms } from './private/nat';
import { NamedBlock } from './private/network-blocks';
import { networkPlan, subnetConfiguration, validateAddresses, validateNat } from './private/network-plan';
import { reportOf } from './private/network-report';
import { SubnetTier } from './subnet-tier';
import { ownPropsWin } from '../shared/own-props-win';
import { collectProviderLogs } from '../shared/provider-logs';
import { referencedBy } from './private/referenced-by';
import { keptInsteadOfSnapshot } from '../shared/removal-policy';
import { keepIsolated, keepZonesIndependent } from './private/route-checks';
import { seal } from '../shared/sealed';
import { zonesOf } from './private/zones';
import { PublicAccessExclusion } from './public-access-exclusion';
import { StageProfile } from '../stage/stage-profile';

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
   * The topic that the alarms notify.
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
 * A network that the loss of a zone does not take down, that grows without replacing anything of it, and that says what it costs: public, private
 * and isolated subnets in each zone, with their own ways out.
 *
 * Creates a VPC with an internet gateway, subnets with a route table each, NAT and its elastic addresses, gateway endpoints for S3 and
 * DynamoDB, encrypted flow logs, two alarms for each NAT gateway, and closes the default security group.
 *
 * @example
 * const network = new HaVpc(this, 'Network');
 */
export class HaVpc extends Construct {
  /**
   * A block of its own for each environment, in 10.0.0.0/8, the same for ever. production, preprod, staging, test, development and review
   * have neighbouring ones; of other names, two may get the same one, which is an error where one app has both, and then `cidr` decides.
   *
   * @throws if the name is a token or empty
   */
  public static cidrFor(environmentName: string): string {
    if (Token.isUnresolved(environmentName) || environmentName === '') {
      throw new Error(`HaVpc: 'environmentName' must be known at synthesis, got ${environmentName === '' ? 'an empty text' : 'a token'}: its block is calculated from it`);
    }
    const known = KNOWN_ENVIRONMENTS.indexOf(environmentName);
    const second = known === -1 ? 32 + createHash('sha256').update(environmentName).digest().readUInt32BE() % 224 : 16 + known;
    return `10.${second}.0.0/16`;
  }

  /** The network itself, for all that takes a VPC. */
  public readonly vpc: ec2.Vpc;
  /** The public addresses that the network is seen by from outside, for the lists of those who let it in. */
  public readonly egressIps: string[];
  /** The zones, in the order of the address plan. */
  public readonly availabilityZones: string[];
  /** How private subnets reach the internet. */
  public readonly natStrategy: NatStrategy;
  /** The NAT gateways, by zone; one for `single()` and `regional()`. */
  public readonly natGateways: ec2.CfnNatGateway[];
  /** The groups of one that keep a NAT instance running, by zone, for `instances()`. */
  public readonly natInstanceGroups: autoscaling.CfnAutoScalingGroup[];
  /** The flow log of all traffic. */
  public readonly flowLog: ec2.FlowLog;
  /** What the flow log is written to, if that is CloudWatch Logs. */
  public readonly flowLogGroup?: logs.LogGroup;
  /** The key that encrypts the flow logs in CloudWatch Logs. */
  public readonly encryptionKey?: kms.IKey;
  /** The interface endpoints, by the short name of the service, such as `ecr.api`. */
  public readonly interfaceEndpoints: { [service: string]: ec2.InterfaceVpcEndpoint };
  /** The security group of all interface endpoints, which takes HTTPS from the network only. */
  public readonly endpointSecurityGroup?: ec2.SecurityGroup;
  /** Tell of NAT that drops packets or has no port left, or of a zone without NAT instance. */
  public readonly alarms: cloudwatch.Alarm[];

  private readonly blocks: NamedBlock[];
  private readonly report: () => string;

  /**
   * @throws if zones, blocks or addresses do not fit together, or if a network of the same environment has an address of this one
   */
  constructor(scope: Construct, id: string, props: HaVpcProps = {}) {
    super(scope, id);
    ownPropsWin(this);

    const where = this.node.path;
    const profile = StageProfile.of(this);
    const zones = zonesOf(this, { names: props.availabilityZones, count: props.maxAzs, ofProfile: profile.availabilityZones });
    const plan = networkPlan(where, props, zones.length);
    const { tiers, network, hasEgress } = plan;
    this.natStrategy = props.natStrategy ?? profile.natStrategy;
    validateNat(where, this.natStrategy, plan);
    validateAddresses(where, props);
    this.blocks = plan.blocks;
    this.requireDisjointInEnvironment();
    this.availabilityZones = zones;
    const dualStack = props.ipProtocol === ec2.IpProtocol.DUAL_STACK;
    const removalPolicy = keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy);

    this.vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: new AddressPlan(network, tiers),
      ipProtocol: props.ipProtocol ?? ec2.IpProtocol.IPV4_ONLY,
      ipv6Addresses: dualStack ? new Ipv6Plan(tiers, zones.length) : undefined,
      availabilityZones: zones,
      subnetConfiguration: tiers.map((tier) => subnetConfiguration(tier, dualStack)),
      natGateways: 0, // NAT is created below, beside its addresses and routes
      enableDnsHostnames: true,
      enableDnsSupport: true,
      restrictDefaultSecurityGroup: true,
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 }, DynamoDB: { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB } },
    });
    collectProviderLogs(Stack.of(this), 'Custom::VpcRestrictDefaultSG', 'close a default security group', 'EC2');
    acknowledge(this.vpc, {
      publicIpv6: dualStack ? 'only what is not public has one at once, and reaches the internet by an egress-only gateway, which lets nobody in' : undefined,
      internetRoute: this.vpc.publicSubnets.length > 0 ? 'only public subnets have it, which hold load balancers and NAT, and hand out no public addresses' : undefined,
    });
    if (props.secondaryCidr !== undefined) this.associate(props.secondaryCidr);

    const used = hasEgress ? addressesOf(this.natStrategy, zones.length) : 0;
    const addresses = elasticAddresses(this, Math.max(used, props.reservedEgressAddresses ?? 0), props.egressAddresses ?? [], removalPolicy);
    this.egressIps = addresses.map(({ publicIp }) => publicIp);
    const nat = createNat(this, { vpc: this.vpc, zones, strategy: hasEgress ? this.natStrategy : NatStrategy.none(), addresses });
    this.natGateways = nat.gateways;
    this.natInstanceGroups = nat.instances.map(({ group }) => group);

    if (props.flowLogs?._bucket) {
      this.flowLog = flowLogToBucket(this, this.vpc, props.flowLogs._bucket);
    } else {
      this.encryptionKey = props.encryptionKey ?? new kms.Key(this, 'Key', { description: `Encrypts the flow logs of ${where}`, enableKeyRotation: true, removalPolicy });
      const { flowLog, logGroup } = flowLogToLogGroup(this, this.vpc, {
        encryptionKey: this.encryptionKey, retention: props.logRetention ?? profile.logRetention, removalPolicy,
      });
      this.flowLog = flowLog;
      this.flowLogGroup = logGroup;
    }

    const { endpoints, securityGroup } = interfaceEndpoints(this, this.vpc, props.interfaceEndpoints ?? []);
    this.interfaceEndpoints = endpoints;
    this.endpointSecurityGroup = securityGroup;
    if (props.publicAccessExclusion) {
      new ec2.CfnVPCBlockPublicAccessExclusion(this, 'PublicAccessExclusion', {
        vpcId: this.vpc.vpcId, internetGatewayExclusionMode: props.publicAccessExclusion._mode,
      });
    }

    seal(this);

    this.alarms = [
      ...natGatewayAlarms(this, nat.gateways),
      ...nat.instances.map((instance, zone) => instance.alarm(this, `NatInstanceAlarm${zone + 1}`)),
    ];
    if (this.alarms.length > 0) notifyOrWarn(this, this.alarms, props.alarmTopic ?? profile.alarmTopic);
    this.node.addValidation({ validate: () => this.overlappingPeers() });
    keepIsolated(this, this.vpc);
    if (['perAz', 'instances'].includes(this.natStrategy._name)) keepZonesIndependent(this, this.vpc);

    this.report = () => reportOf({
      path: where,
      cidrs: [network.cidrBlock ?? this.vpc.vpcCidrBlock, ...(props.secondaryCidr === undefined ? [] : [props.secondaryCidr])],
      dualStack,
      zones,
      strategy: this.natStrategy,
      heldAddresses: Math.max(props.reservedEgressAddresses ?? 0, props.egressAddresses?.length ?? 0),
      subnets: tiers.flatMap((tier) => this.vpc.selectSubnets({ subnetGroupName: tier.name }).subnets.map((subnet, zone) => ({
        name: subnet.node.id, zone, cidr: subnet.ipv4CidrBlock, leaves: this.wayOut(tier, zone, dualStack),
      }))),
      interfaceEndpoints: Object.keys(endpoints),
      ownKey: this.encryptionKey !== undefined && props.encryptionKey === undefined,
      alarmMetrics: nat.gateways.length * 4 + nat.instances.length,
      hasEgress,
    });
  }

  /**
   * The network as text: its subnets, their ways out, what is free, what NAT and endpoints cost a month by list price, and what cheaper
   * strategies save and lose. It is for people, and its form may change.
   */
  public explain(): string {
    return this.report();
  }

  /**
   * Says that this network is, or will be, connected to another one. The connection itself is yours to create; a peering connection of the same app is
   * looked at without this, when it is synthesized.
   *
   * @throws if they have addresses in common: AWS connects no two such networks
   * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
   */
  public declarePeer(other: HaVpc): void {
    this.requireDisjointFrom(other, 'are peers');
  }

  /**
   * Adds an EC2 Instance Connect Endpoint, once: SSH and RDP to instances without a public address, for those whom IAM lets use it.
   *
   * @returns its security group, which nobody is reached from until an instance lets it in: `instance.connections.allowFrom(…, ec2.Port.SSH)`
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
   */
  public addInstanceConnectEndpoint(): ec2.ISecurityGroup {
    const present = this.node.tryFindChild('InstanceConnectSecurityGroup') as ec2.SecurityGroup | undefined;
    if (present) return present;
    const subnets = [...this.vpc.privateSubnets, ...this.vpc.isolatedSubnets, ...this.vpc.publicSubnets];
    const securityGroup = new ec2.SecurityGroup(this, 'InstanceConnectSecurityGroup', {
      vpc: this.vpc, description: 'EC2 Instance Connect Endpoint: to instances that let it in', allowAllOutbound: false,
    });
    new ec2.CfnInstanceConnectEndpoint(this, 'InstanceConnectEndpoint', {
      subnetId: subnets[0].subnetId, securityGroupIds: [securityGroup.securityGroupId], preserveClientIp: false,
    });
    return securityGroup;
  }

  private associate(secondaryCidr: string): void {
    const association = new ec2.CfnVPCCidrBlock(this, 'SecondaryCidr', { vpcId: this.vpc.vpcId, cidrBlock: secondaryCidr });
    const { block } = this.blocks.find(({ name }) => name === 'secondaryCidr')!;
    [...this.vpc.privateSubnets, ...this.vpc.isolatedSubnets]
      .filter(({ ipv4CidrBlock }) => this.blocks.some((each) => each.block.toString() === ipv4CidrBlock && block.contains(each.block)))
      .forEach((subnet) => subnet.node.addDependency(association));
  }

  private requireDisjointInEnvironment(): void {
    const environment: IConstruct | undefined = StageProfile._environmentOf(this);
    if (!environment) return;
    environment.node.findAll()
      .filter((construct): construct is HaVpc => construct instanceof HaVpc && construct !== this && construct.blocks !== undefined)
      .filter((other) => StageProfile._environmentOf(other) === environment && samePlace(Stack.of(this), Stack.of(other)))
      .forEach((other) => this.requireDisjointFrom(other, `are of one environment (the StageProfile of ${environment.node.path || 'the app'})`));
  }

  private requireDisjointFrom(other: HaVpc, why: string): void {
    const clash = this.clashWith(other, why);
    if (clash !== undefined) throw new Error(`${this.node.path}: ${clash}`);
  }

  /** Of the peering connections of the app that this network asks for: the other one would say the same. */
  private overlappingPeers(): string[] {
    type Connection = Resource<ec2.CfnVPCPeeringConnection, 'vpcId' | 'peerVpcId'>;
    const networks = this.node.root.node.findAll().filter((construct): construct is HaVpc => construct instanceof HaVpc);
    const connections: Connection[] = resourcesOfApp(this, ec2.CfnVPCPeeringConnection.CFN_RESOURCE_TYPE_NAME);
    return connections.filter(({ vpcId }) => referencedBy(vpcId) === this.vpc.node.defaultChild).flatMap(({ node, peerVpcId }) => {
      const peer = networks.find(({ vpc }) => vpc.node.defaultChild === referencedBy(peerVpcId));
      return (peer && this.clashWith(peer, `are peers by ${node.path}`)) ?? [];
    });
  }

  /** The blocks that two networks have in common, in words. */
  private clashWith(other: HaVpc, why: string): string | undefined {
    const ofNetwork = ({ blocks }: HaVpc) => blocks.filter(({ name }) => name === 'cidr' || name === 'secondaryCidr');
    for (const one of ofNetwork(this)) {
      const clash = ofNetwork(other).find(({ block }) => block.overlaps(one.block));
      if (clash) {
        return `'${one.name}' must not overlap with ${other.node.path}, as they ${why}, got ${one.block} and ${clash.block}: ` +
          'give one of them another block, such as HaVpc.cidrFor(environmentName)';
      }
    }
    return undefined;
  }

  private wayOut({ subnetType }: PlannedTier, zone: number, dualStack: boolean): string {
    const gateway = this.natGateways[zone] ? zone + 1 : 1;
    if (subnetType === ec2.SubnetType.PUBLIC) return 'internet gateway';
    if (subnetType === ec2.SubnetType.PRIVATE_ISOLATED) return 'nothing';
    const overIpv4 = {
      perAz: `NAT gateway ${gateway}`, single: 'NAT gateway 1', regional: 'regional NAT gateway', instances: `NAT instance ${zone + 1}`, none: 'nothing',
    }[this.natStrategy._name];
    return dualStack ? `${overIpv4}; IPv6: egress-only gateway` : overIpv4;
  }
}

const KNOWN_ENVIRONMENTS = ['production', 'preprod', 'staging', 'test', 'development', 'review'];

/** Networks in regions or accounts that differ may be meant to be alike, and nothing is said of those that are not known. */
function samePlace(one: Stack, other: Stack): boolean {
  return ([[one.account, other.account], [one.region, other.region]] as const)
    .every(([mine, theirs]) => mine === theirs || Token.isUnresolved(mine) || Token.isUnresolved(theirs));
}
