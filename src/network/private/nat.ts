import { RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { alarm } from '../../shared/alarm';
import { EgressAddress } from '../ha-vpc-props';
import { NatInstance } from './nat-instance';
import { NetworkPlan } from './network-plan';

/** How many elastic addresses the NAT of a network uses. */
export function addressesInUse({ natStrategy, zones: { length }, hasEgress }: Pick<NetworkPlan, 'natStrategy' | 'zones' | 'hasEgress'>): number {
  return hasEgress ? { perAz: length, single: 1, regional: length, instances: length, none: 0 }[natStrategy._name] : 0;
}

/**
 * The addresses that a network is seen by from outside: the given ones first, then new ones. They belong to no gateway, so that they
 * outlive a change of strategy.
 */
export function elasticAddresses(scope: Construct, plan: NetworkPlan, given: EgressAddress[], removalPolicy: RemovalPolicy): EgressAddress[] {
  return Array.from({ length: Math.max(addressesInUse(plan), plan.reservedAddresses) }, (_, index) => {
    if (given[index]) return given[index];
    const address = new ec2.CfnEIP(scope, `EgressAddress${index + 1}`, { domain: 'vpc', tags: [{ key: 'Name', value: `${scope.node.path}/${index + 1}` }] });
    address.applyRemovalPolicy(removalPolicy);
    return { allocationId: address.attrAllocationId, publicIp: address.attrPublicIp };
  });
}

/**
 * Creates the NAT of a network and routes its private subnets through it. The routes have the same ids whatever the strategy, and nothing
 * of a subnet changes with it.
 */
export function createNat(scope: Construct, vpc: ec2.Vpc, { zones, natStrategy, hasEgress }: NetworkPlan, addresses: EgressAddress[]) {
  const gateways = {
    perAz: () => zones.map((_, zone) => zonalGateway(vpc, zone, addresses[zone])),
    single: () => [zonalGateway(vpc, 0, addresses[0])],
    regional: () => [regionalGateway(scope, vpc, zones, addresses)],
    instances: () => [],
    none: () => [],
  }[hasEgress ? natStrategy._name : 'none']();
  const instances = hasEgress && natStrategy._instances ? NatInstance.inEachZone(scope, { vpc, addresses, ...natStrategy._instances }) : [];

  vpc.privateSubnets.forEach((subnet, index) => {
    const zone = index % zones.length;
    const gateway = gateways[zone] ?? gateways[0];
    const route = gateway
      ? { routerType: ec2.RouterType.NAT_GATEWAY, routerId: gateway.ref }
      : instances[zone] && { routerType: ec2.RouterType.NETWORK_INTERFACE, routerId: instances[zone].networkInterfaceId };
    if (route) (subnet as ec2.Subnet).addRoute('DefaultRoute', { ...route, enablesInternetConnectivity: true });
  });
  return { gateways, instances };
}

function zonalGateway(vpc: ec2.Vpc, zone: number, { allocationId }: EgressAddress): ec2.CfnNatGateway {
  return (vpc.publicSubnets[zone] as ec2.PublicSubnet).addNatGateway(allocationId);
}

/** CDK has a class for it in versions newer than our floor only. Zones and addresses are given, so that AWS takes no others. */
function regionalGateway(scope: Construct, vpc: ec2.Vpc, zones: string[], addresses: EgressAddress[]): ec2.CfnNatGateway {
  const gateway = new ec2.CfnNatGateway(scope, 'RegionalNatGateway', {
    vpcId: vpc.vpcId,
    connectivityType: 'public',
    availabilityMode: 'regional',
    availabilityZoneAddresses: zones.map((availabilityZone, zone) => ({ availabilityZone, allocationIds: [addresses[zone].allocationId] })),
    tags: [{ key: 'Name', value: `${scope.node.path}/RegionalNatGateway` }],
  });
  gateway.node.addDependency(vpc.node.findChild('VPCGW')); // an internet gateway that is not attached yet is none
  return gateway;
}

export function natAlarms(scope: Construct, { gateways, instances }: ReturnType<typeof createNat>): cloudwatch.Alarm[] {
  return [
    ...gateways.flatMap((gateway, index) => gatewayAlarms(scope, gateway, index + 1)),
    ...instances.map((instance, zone) => instance.alarm(scope, `NatInstanceAlarm${zone + 1}`)),
  ];
}

/**
 * Alarms on connections that a gateway had no port for, and on packets that it dropped: more than one in ten thousand is where AWS asks one to look.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
 */
function gatewayAlarms(scope: Construct, gateway: ec2.CfnNatGateway, number: number): cloudwatch.Alarm[] {
  const metric = (metricName: string) => new cloudwatch.Metric({
    namespace: 'AWS/NATGateway', metricName, dimensionsMap: { NatGatewayId: gateway.ref }, statistic: 'Sum',
  });
  return [
    alarm(scope, `PortAlarm${number}`, {
      description: `NAT gateway ${number} had no port left for a new connection: spread them over more destinations, or give it more addresses`,
      metric: metric('ErrorPortAllocation'),
      above: 0,
    }),
    alarm(scope, `DropAlarm${number}`, {
      description: `NAT gateway ${number} dropped more than 0.01 % of its packets for a quarter of an hour: look at the AWS Health Dashboard and at its traffic`,
      metric: new cloudwatch.MathExpression({
        expression: 'IF(sent + received > 0, 100 * dropped / (sent + received), 0)',
        label: 'dropped packets, percent',
        usingMetrics: { dropped: metric('PacketsDropCount'), sent: metric('PacketsInFromSource'), received: metric('PacketsInFromDestination') },
      }),
      above: 0.01,
      evaluationPeriods: 3,
    }),
  ];
}
