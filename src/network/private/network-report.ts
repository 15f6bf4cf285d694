import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { NatStrategy } from '../nat-strategy';
import { Ipv4Block } from './address-plan';
import { addressesInUse } from './nat';
import { DEFAULT_NAT_INSTANCE_TYPE, LEAST_CONNECTIONS } from './nat-instance';
import { NetworkPlan } from './network-plan';

/**
 * List prices, in US dollars, of us-east-1 in November 2026; other regions differ. A month has 730 hours.
 *
 * @see https://aws.amazon.com/vpc/pricing/
 * @see https://aws.amazon.com/privatelink/pricing/
 * @see https://aws.amazon.com/ec2/pricing/on-demand/
 * @see https://aws.amazon.com/ebs/pricing/
 * @see https://aws.amazon.com/kms/pricing/
 * @see https://aws.amazon.com/cloudwatch/pricing/
 */
const LIST_PRICES = {
  as: 'list prices of us-east-1, November 2026',
  hoursOfMonth: 730,
  /** An hour; a regional gateway costs as much for each of its zones. */
  natGateway: 0.045,
  natGigabyte: 0.045,
  publicIpv4: 0.005,
  /** An hour in each zone. */
  interfaceEndpoint: 0.01,
  /** Each way between two zones. */
  gigabyteBetweenZones: 0.01,
  /** An hour, by type. */
  natInstance: { 't4g.nano': 0.0042, 't4g.micro': 0.0084, 't4g.small': 0.0168, 't4g.medium': 0.0336 } as Record<string, number>,
  /** A month, for the 8 GiB of a NAT instance, as gp3. */
  natInstanceVolume: 0.64,
  /** A month. */
  key: 1,
  alarmMetric: 0.1,
};

interface ReportedNetwork extends NetworkPlan {
  readonly path: string;
  readonly vpc: ec2.Vpc;
  readonly interfaceEndpoints: string[];
  readonly ownKey: boolean;
  /** How many metrics its alarms look at. */
  readonly alarmMetrics: number;
}

/**
 * The plan of a network, and what it costs, as text.
 */
export function networkReport(network: ReportedNetwork): string {
  const { path, zones, natStrategy, interfaceEndpoints } = network;
  const cidrs = [network.network.cidrBlock ?? network.vpc.vpcCidrBlock, ...(network.secondaryCidr === undefined ? [] : [network.secondaryCidr])];
  const subnets = subnetsOf(network);
  const costs = fixedCosts(network);
  const total = costs.reduce((sum, { price }) => sum + (price ?? 0), 0);
  const isUnknown = costs.some(({ price }) => price === undefined);
  return [
    `${path}: ${[...cidrs.map(readable), ...(network.dualStack ? ['IPv6'] : [])].join(' and ')}, ${zones.length} zones (${zones.map(zoneName).join(', ')}), NAT ${natStrategy}`,
    '',
    ...table([
      ['subnet', 'zone', 'block', 'addresses', 'leaves by'],
      ...subnets.map(({ name, zone, cidr, egress }) => [name, zoneName(zones[zone], zone), readable(cidr), `${Ipv4Block.parse(cidr)?.usable ?? '?'}`, egress]),
    ]),
    '',
    `free: ${freeBlocks(cidrs, subnets.map(({ cidr }) => cidr))}`,
    `endpoints: S3, DynamoDB (free)${interfaceEndpoints.map((name) => `, ${name}`).join('')}`,
    '',
    ...table([
      [`fixed cost a month (${LIST_PRICES.as})`, 'US$'],
      ...costs.map(({ what, price }) => [what, price === undefined ? 'unknown' : dollars(price)]),
      [isUnknown ? 'in all, without what is unknown' : 'in all', dollars(total)],
    ], 1),
    ...alternatives(network),
  ].join('\n');
}

function subnetsOf({ vpc, tiers, ...network }: ReportedNetwork) {
  return tiers.flatMap(({ name, subnetType }) => vpc.selectSubnets({ subnetGroupName: name }).subnets.map((subnet, zone) => ({
    name: subnet.node.id, zone, cidr: subnet.ipv4CidrBlock, egress: egressOf(subnetType, zone, network),
  })));
}

/**
 * Endpoints without a policy of their own let through to buckets and tables of every account.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
 */
const GATEWAY_ENDPOINTS = 'S3 and DynamoDB only, of any account';

/** What the traffic to addresses outside of the network goes through. */
function egressOf(subnetType: ec2.SubnetType, zone: number, { natStrategy, dualStack }: Pick<NetworkPlan, 'natStrategy' | 'dualStack'>): string {
  if (subnetType === ec2.SubnetType.PUBLIC) return 'internet gateway';
  if (subnetType === ec2.SubnetType.PRIVATE_ISOLATED) return GATEWAY_ENDPOINTS;
  const overIpv4 = {
    perAz: `NAT gateway ${zone + 1}`, single: 'NAT gateway 1', regional: 'regional NAT gateway', instances: `NAT instance ${zone + 1}`, none: GATEWAY_ENDPOINTS,
  }[natStrategy._name];
  return dualStack ? `${overIpv4}; IPv6: egress-only gateway` : overIpv4;
}

function freeBlocks(cidrs: string[], subnets: string[]): string {
  const taken = subnets.map(Ipv4Block.parse);
  const blocks = cidrs.map(Ipv4Block.parse);
  if (blocks.some((block) => !block) || taken.some((block) => !block)) return 'known when a pool has given the network its block';
  const free = blocks.flatMap((block) => Ipv4Block.free(block!, taken as Ipv4Block[]));
  return free.length === 0 ? 'nothing' : free.join(', ');
}

interface Cost {
  readonly what: string;
  /** A month; `undefined` where we have no price. */
  readonly price: number | undefined;
}

/** What each part costs, whether it is used or not. */
function fixedCosts(network: ReportedNetwork): Cost[] {
  const endpoints = network.interfaceEndpoints.length;
  const zones = network.zones.length;
  return [
    ...natCosts(network),
    { what: `${endpoints} interface endpoints in ${zones} zones`, price: endpoints * zones * monthly(LIST_PRICES.interfaceEndpoint) },
    { what: '1 KMS key', price: network.ownKey ? LIST_PRICES.key : 0 },
    { what: `${network.alarmMetrics} alarm metrics`, price: network.alarmMetrics * LIST_PRICES.alarmMetric },
  ].filter(({ price }) => price !== 0);
}

function natCosts(network: NetworkPlan): Cost[] {
  const { natStrategy, reservedAddresses } = network;
  const used = addressesInUse(network);
  const addresses = Math.max(used, reservedAddresses);
  return [
    natStrategy._name === 'instances' ? instanceCost(natStrategy, used) : {
      what: natStrategy._name === 'regional' ? `1 regional NAT gateway in ${used} zones` : `${used} NAT gateway${used === 1 ? '' : 's'}`,
      price: used * monthly(LIST_PRICES.natGateway),
    },
    { what: `${addresses} public IPv4 address${addresses === 1 ? '' : 'es'}`, price: addresses * monthly(LIST_PRICES.publicIpv4) },
  ].filter(({ price }) => price !== 0);
}

function instanceCost({ _instances }: NatStrategy, count: number): Cost {
  const type = _instances?.instanceType?.toString() ?? DEFAULT_NAT_INSTANCE_TYPE;
  const hourly: number | undefined = LIST_PRICES.natInstance[type];
  return {
    what: `${count} × ${type} with its volume`,
    price: count === 0 ? 0 : hourly === undefined ? undefined : count * (monthly(hourly) + LIST_PRICES.natInstanceVolume),
  };
}

/** What cheaper strategies save and lose. */
function alternatives(network: NetworkPlan): string[] {
  if (!network.hasEgress) return [];
  const sumOf = (natStrategy: NatStrategy) => natCosts({ ...network, natStrategy }).reduce((sum, { price }) => sum + (price ?? Infinity), 0);
  const now = sumOf(network.natStrategy);
  const cheaper = ([
    [NatStrategy.single(), `the outage of one zone takes the egress of all, and what other zones send costs $${LIST_PRICES.gigabyteBetweenZones} a GB more`],
    [NatStrategy.instances(), `your own instances: less throughput, ${LEAST_CONNECTIONS} connections at once on the smallest, and a minute or two without egress in a zone when one is replaced`],
    [NatStrategy.none(), 'nothing private reaches the internet, nor an AWS service without an endpoint'],
  ] as [NatStrategy, string][]).filter(([strategy]) => sumOf(strategy) < now);
  const perGigabyte = ['perAz', 'single', 'regional'].includes(network.natStrategy._name)
    ? [`and $${LIST_PRICES.natGigabyte} for each GB through the NAT, which instances do not cost`] : [];
  if (!Number.isFinite(now)) return perGigabyte;
  const what = network.dualStack ? 'over IPv4: ' : ''; // IPv6 needs no NAT
  return [
    ...perGigabyte,
    ...(cheaper.length > 0 ? ['', ...table([
      ['cheaper', 'US$ less', 'what is lost'],
      ...cheaper.map(([strategy, lost]) => [`NatStrategy.${strategy}()`, dollars(now - sumOf(strategy)), `${what}${lost}`]),
    ], 1)] : []),
  ];
}

function monthly(hourly: number): number {
  return hourly * LIST_PRICES.hoursOfMonth;
}

function dollars(amount: number): string {
  return amount.toFixed(2);
}

function readable(cidr: string): string {
  return Token.isUnresolved(cidr) ? 'of a pool' : cidr;
}

function zoneName(zone: string, index: number): string {
  return Token.isUnresolved(zone) ? `zone ${index + 1}` : zone;
}

/** Columns as wide as their widest cell; the one with `numbers` is set to the right. */
function table(rows: string[][], numbers?: number): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, column) => (column === numbers ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join('  ').trimEnd());
}
