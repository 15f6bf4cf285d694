import { createHash } from 'crypto';
import { Token } from 'aws-cdk-lib';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IConstruct } from 'constructs';
import { HaVpcProps } from './ha-vpc-props';
import { NatStrategy } from './nat-strategy';
import { PROP_KINDS } from './private/prop-kinds';
import { required, requireArgument, requireKinds, text } from '../shared/kinds';
import { Connections, connectionsFor, referencedBy, shareConnections } from './private/connections';
import { createFlowLog } from './private/flow-log';
import { OWN_PROPS, SEALED } from './private/guards';
import { createNat, elasticAddresses, natAlarms } from './private/nat';
import { interfaceEndpoints, NetworkPlan, networkPlan } from './private/network-plan';
import { networkReport } from './private/network-report';
import { routesOutOfIsolatedSubnets, routesThroughOtherZones } from './private/routes';
import { createVpc } from './private/vpc';
import { addWarning } from '../shared/acknowledge';
import { notifyOrWarn } from '../shared/alarm';
import { claim } from '../shared/attached';
import { preferOwnProps, seal } from '../shared/guards';
import { requireUsableKey } from '../shared/key-grants';
import { requireUsableBucketKey } from '../shared/private-bucket';
import { keptInsteadOfSnapshot } from '../shared/removal-policy';
import { areTogether, explainCircles } from '../shared/stacks';
import { StageProfile } from '../stage/stage-profile';

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
    requireArgument('HaVpc.cidrFor', 'environmentName', environmentName, required(text));
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

  private readonly plan: NetworkPlan;

  /**
   * @throws if zones, blocks or addresses do not fit together, or if a network of the same environment has an address of this one
   */
  constructor(scope: Construct, id: string, props: HaVpcProps = {}) {
    super(scope, id);
    preferOwnProps(this, OWN_PROPS);
    explainCircles(this);
    requireKinds(this.node.path, props, PROP_KINDS);

    const profile = StageProfile.of(this);
    const logRetention = props.logRetention ?? profile.logRetention;
    const removalPolicy = keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy);
    this.plan = networkPlan(this, props, profile);
    requireUsableKey(props.encryptionKey, { owner: this, usedBy: 'CloudWatch Logs' });
    requireUsableBucketKey(props.flowLogs?._bucket, { owner: this, as: 'FlowLogs.toS3()', usedBy: 'the delivery of logs', otherwise: 'no flow log could be read' });
    this.requireDisjointInEnvironment();
    this.availabilityZones = this.plan.zones;
    this.natStrategy = this.plan.natStrategy;

    this.vpc = createVpc(this, this.plan);

    const addresses = elasticAddresses(this, this.plan, props.egressAddresses ?? [], removalPolicy);
    this.egressIps = addresses.map(({ publicIp }) => publicIp);
    const nat = createNat(this, this.vpc, this.plan, addresses);
    this.natGateways = nat.gateways;
    this.natInstanceGroups = nat.instances.map(({ group }) => group);

    const { flowLog, flowLogGroup, encryptionKey } = createFlowLog(this, this.vpc, { ...props, logRetention, removalPolicy });
    this.flowLog = flowLog;
    this.flowLogGroup = flowLogGroup;
    this.encryptionKey = encryptionKey;

    const { endpoints, securityGroup } = interfaceEndpoints(this, this.vpc, props.interfaceEndpoints ?? []);
    this.interfaceEndpoints = endpoints;
    this.endpointSecurityGroup = securityGroup;
    if (props.publicAccessExclusion) {
      new ec2.CfnVPCBlockPublicAccessExclusion(this, 'PublicAccessExclusion', {
        vpcId: this.vpc.vpcId, internetGatewayExclusionMode: props.publicAccessExclusion._mode,
      });
    }

    this.alarms = natAlarms(this, nat);
    if (this.alarms.length > 0) notifyOrWarn(this, this.alarms, props.alarmTopic ?? profile.alarmTopic);

    seal(this, SEALED);
    shareConnections(this);
    this.node.addValidation({ validate: () => this.brokenBy(connectionsFor(this)) });
  }

  /**
   * The network as text: its subnets, their ways out, what is free, what NAT and endpoints cost a month by list price, and what cheaper
   * strategies save and lose. It is for people, and its form may change.
   */
  public explain(): string {
    return networkReport({
      ...this.plan,
      path: this.node.path,
      vpc: this.vpc,
      interfaceEndpoints: Object.keys(this.interfaceEndpoints),
      ownKey: this.encryptionKey?.node.scope === this,
      alarmMetrics: this.natGateways.length * 4 + this.natInstanceGroups.length,
    });
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

  private requireDisjointInEnvironment(): void {
    const environment: IConstruct | undefined = StageProfile._environmentOf(this);
    const others = claim<HaVpc>(this, NETWORKS, this).map(({ what }) => what).filter((other) => StageProfile._environmentOf(other) === environment);
    if (environment) {
      others.filter((other) => areTogether(this, other) !== 'no')
        .forEach((other) => this.requireDisjointFrom(other, `are of one environment (the StageProfile of ${environment.node.path || 'the app'})`));
    } else {
      const clashes = others.filter((other) => areTogether(this, other) === 'yes').map((other) => this.clashWith(other, 'are of one app, account and region'));
      const clash = clashes.find((words) => words !== undefined);
      if (clash !== undefined) addWarning(this, 'cdk-mainstay:HaVpc.OverlappingNetworks', `${clash}, or acknowledge this, if nothing ever connects the two`);
    }
  }

  private requireDisjointFrom(other: HaVpc, why: string): void {
    const clash = this.clashWith(other, why);
    if (clash !== undefined) throw new Error(`${this.node.path}: ${clash}`);
  }

  private brokenBy(connections: Connections): string[] {
    const leavesByZone = ['perAz', 'instances'].includes(this.natStrategy._name);
    return [
      ...this.overlappingPeers(connections),
      ...routesOutOfIsolatedSubnets(this.vpc, connections),
      ...leavesByZone ? routesThroughOtherZones(this.vpc, connections) : [],
    ];
  }

  /** Of the peering connections of the app that this network asks for: the other one would say the same. */
  private overlappingPeers({ peerings }: Connections): string[] {
    return (peerings.get(this.vpc.node.defaultChild!) ?? []).flatMap(({ node, peerVpcId }) => {
      const peer = networkOf(referencedBy(peerVpcId));
      return (peer && this.clashWith(peer, `are peers by ${node.path}`)) ?? [];
    });
  }

  /** The blocks that two networks have in common, in words. */
  private clashWith(other: HaVpc, why: string): string | undefined {
    const ofNetwork = ({ plan }: HaVpc) => plan.blocks.filter(({ name }) => name === 'cidr' || name === 'secondaryCidr');
    for (const one of ofNetwork(this)) {
      const clash = ofNetwork(other).find(({ block }) => block.overlaps(one.block));
      if (clash) {
        return `'${one.name}' must not overlap with ${other.node.path}, as they ${why}, got ${one.block} and ${clash.block}: ` +
          'give one of them another block, such as HaVpc.cidrFor(environmentName)';
      }
    }
    return undefined;
  }
}

/** What networks of one app find each other by. */
const NETWORKS = 'HaVpc.networks';

/** The one that a VPC belongs to, if it is of one. */
function networkOf(vpc: IConstruct | undefined): HaVpc | undefined {
  return vpc?.node.scopes.find((scope): scope is HaVpc => scope instanceof HaVpc && scope.vpc.node.defaultChild === vpc);
}

const KNOWN_ENVIRONMENTS = ['production', 'preprod', 'staging', 'test', 'development', 'review'];
