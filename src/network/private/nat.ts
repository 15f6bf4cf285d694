import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { EgressAddress } from '../egress-address';
import { NatStrategy } from '../nat-strategy';
import { NatInstance } from './nat-instance';

/** How many elastic addresses a strategy takes. */
export function addressesOf(strategy: NatStrategy, zones: number): number {
  return { perAz: zones, single: 1, regional: zones, instances: zones, none: 0 }[strategy._name];
}

interface NatProps {
  readonly vpc: ec2.Vpc;
  readonly zones: string[];
  readonly strategy: NatStrategy;
  readonly addresses: EgressAddress[];
}

/** What NAT is made of, beside its routes. */
export interface Nat {
  readonly gateways: ec2.CfnNatGateway[];
  readonly instances: NatInstance[];
}

/**
 * Creates the NAT of a network and routes its private subnets through it. The routes have the same ids whatever the strategy, and nothing
 * of a subnet changes with it.
 */
export function createNat(scope: Construct, { vpc, zones, strategy, addresses }: NatProps): Nat {
  const gateways: ec2.CfnNatGateway[] = [];
  const instances: NatInstance[] = [];
  switch (strategy._name) {
    case 'perAz':
      gateways.push(...zones.map((_, zone) => zonalGateway(vpc, zone, addresses[zone])));
      break;
    case 'single':
      gateways.push(zonalGateway(vpc, 0, addresses[0]));
      break;
    case 'regional':
      gateways.push(regionalGateway(scope, vpc, zones, addresses));
      break;
    case 'instances':
      instances.push(...NatInstance.inEachZone(scope, { vpc, addresses, ...strategy._instances! }));
      break;
    case 'none':
  }

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

/**
 * Alarms on connections that a gateway had no port for, and on packets that it dropped: more than one in ten thousand is where AWS asks one to look.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
 */
export function natGatewayAlarms(scope: Construct, gateways: ec2.CfnNatGateway[]): cloudwatch.Alarm[] {
  return gateways.flatMap((gateway, index) => {
    const metric = (metricName: string) => new cloudwatch.Metric({
      namespace: 'AWS/NATGateway', metricName, dimensionsMap: { NatGatewayId: gateway.ref }, statistic: 'Sum',
    });
    const name = `${scope.node.path}: NAT gateway ${index + 1}`;
    const ports = new cloudwatch.Alarm(scope, `PortAlarm${index + 1}`, {
      alarmDescription: `${name} had no port left for a new connection: spread them over more destinations, or give it more addresses`,
      metric: metric('ErrorPortAllocation'),
      threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    const drops = new cloudwatch.Alarm(scope, `DropAlarm${index + 1}`, {
      alarmDescription: `${name} dropped more than 0.01 % of its packets for a quarter of an hour: look at the AWS Health Dashboard and at its traffic`,
      metric: new cloudwatch.MathExpression({
        expression: 'IF(sent + received > 0, 100 * dropped / (sent + received), 0)',
        label: 'dropped packets, percent',
        usingMetrics: { dropped: metric('PacketsDropCount'), sent: metric('PacketsInFromSource'), received: metric('PacketsInFromDestination') },
      }),
      threshold: 0.01,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    return [ports, drops];
  });
}
