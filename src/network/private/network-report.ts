import { Token } from 'aws-cdk-lib';
import { NatStrategy } from '../nat-strategy';
import { Ipv4Block } from './ipv4-block';
import { addressesOf } from './nat';
import { DEFAULT_NAT_INSTANCE_TYPE } from './nat-instance';
import { LIST_PRICES } from './network-prices';

export interface ReportedSubnet {
  readonly name: string;
  readonly zone: number;
  readonly cidr: string;
  /** Where what is for no address of the network goes. */
  readonly leaves: string;
}

export interface ReportedNetwork {
  readonly path: string;
  readonly cidrs: string[];
  /** Whether it has IPv6 addresses, too. */
  readonly dualStack: boolean;
  readonly zones: string[];
  readonly strategy: NatStrategy;
  readonly heldAddresses: number;
  readonly subnets: ReportedSubnet[];
  readonly interfaceEndpoints: string[];
  readonly ownKey: boolean;
  /** How many metrics its alarms look at. */
  readonly alarmMetrics: number;
  /** Whether there is something to translate addresses for. */
  readonly hasEgress: boolean;
}

/**
 * The plan of a network, and what it costs, as text.
 */
export function reportOf(network: ReportedNetwork): string {
  const { path, cidrs, zones, strategy, interfaceEndpoints } = network;
  const costs = fixedCosts(network);
  const total = costs.reduce((sum, { price }) => sum + (price ?? 0), 0);
  const isUnknown = costs.some(({ price }) => price === undefined);
  return [
    `${path}: ${[...cidrs.map(readable), ...(network.dualStack ? ['IPv6'] : [])].join(' and ')}, ${zones.length} zones (${zones.map(zoneName).join(', ')}), NAT ${strategy}`,
    '',
    ...table([
      ['subnet', 'zone', 'block', 'addresses', 'leaves by'],
      ...network.subnets.map(({ name, zone, cidr, leaves }) => [name, zoneName(zones[zone], zone), readable(cidr), `${Ipv4Block.parse(cidr)?.usable ?? '?'}`, leaves]),
    ]),
    '',
    `free: ${freeBlocks(network)}`,
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

function freeBlocks({ cidrs, subnets }: ReportedNetwork): string {
  const taken = subnets.map(({ cidr }) => Ipv4Block.parse(cidr));
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

function natCosts({ strategy, zones, heldAddresses, hasEgress }: Pick<ReportedNetwork, 'strategy' | 'zones' | 'heldAddresses' | 'hasEgress'>): Cost[] {
  const used = hasEgress ? addressesOf(strategy, zones.length) : 0;
  const addresses = Math.max(used, heldAddresses);
  return [
    strategy._name === 'instances' ? instanceCost(strategy, used) : {
      what: strategy._name === 'regional' ? `1 regional NAT gateway in ${used} zones` : `${used} NAT gateway${used === 1 ? '' : 's'}`,
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
function alternatives(network: ReportedNetwork): string[] {
  if (!network.hasEgress) return [];
  const sumOf = (strategy: NatStrategy) => natCosts({ ...network, strategy }).reduce((sum, { price }) => sum + (price ?? Infinity), 0);
  const now = sumOf(network.strategy);
  const cheaper = ([
    [NatStrategy.single(), `the outage of one zone takes the egress of all, and what other zones send costs $${LIST_PRICES.gigabyteBetweenZones} a GB more`],
    [NatStrategy.instances(), 'your own instances: less throughput, and a minute or two without egress in a zone when one is replaced'],
    [NatStrategy.none(), 'nothing private reaches the internet, nor an AWS service without an endpoint'],
  ] as [NatStrategy, string][]).filter(([strategy]) => sumOf(strategy) < now);
  const perGigabyte = ['perAz', 'single', 'regional'].includes(network.strategy._name)
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
