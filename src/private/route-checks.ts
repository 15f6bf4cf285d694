import { Reference, Tokenization } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, IConstruct } from 'constructs';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];
const INSTEAD = 'remove it, or move what needs it to a subnet with egress';
const WAYS_OUT = ['gatewayId', 'natGatewayId', 'egressOnlyInternetGatewayId', 'carrierGatewayId'] as const;

/**
 * Fails the synthesis if anybody, anywhere in the app, routes an isolated subnet out of the network, or attaches it to another route table.
 */
export function keepIsolated(scope: Construct, vpc: ec2.Vpc): void {
  scope.node.addValidation({
    validate: () => {
      const all = scope.node.root.node.findAll();
      return vpc.isolatedSubnets.flatMap((subnet) => [
        ...all.filter(ec2.CfnRoute.isCfnRoute).filter((route) => leadsOut(route) && targetOf(route.routeTableId) === tableOf(subnet))
          .map((route) => `${route.node.path} routes ${destinationOf(route)} out of the isolated subnet ${subnet.node.path}: ${INSTEAD}`),
        ...all.filter(isAssociation)
          .filter((each) => targetOf(each.subnetId) === subnet.node.defaultChild && targetOf(each.routeTableId) !== tableOf(subnet))
          .map((each) => `${each.node.path} attaches the isolated subnet ${subnet.node.path} to another route table: ${INSTEAD}`),
      ]);
    },
  });
}

/**
 * Fails the synthesis if a private subnet leaves through the NAT of another zone, whose outage would take this zone's egress with it.
 */
export function keepZonesIndependent(scope: Construct, vpc: ec2.Vpc): void {
  scope.node.addValidation({
    validate: () => {
      const routes = scope.node.root.node.findAll().filter(ec2.CfnRoute.isCfnRoute).filter(isDefault);
      return vpc.privateSubnets.flatMap((subnet) => routes.filter((route) => targetOf(route.routeTableId) === tableOf(subnet)).flatMap((route) => {
        const through = zoneOfNat(route);
        return through === undefined || through === subnet.availabilityZone ? [] : [
          `${route.node.path} sends what leaves ${subnet.node.path} through a NAT gateway in another zone, whose outage would take this one's egress with it: ` +
          'route each zone through its own gateway, or say NatStrategy.single()',
        ];
      }));
    },
  });
}

function zoneOfNat({ natGatewayId }: ec2.CfnRoute): string | undefined {
  const gateway = targetOf(natGatewayId);
  if (!ec2.CfnNatGateway.isCfnNatGateway(gateway)) return undefined;
  const subnet = targetOf(gateway.subnetId as string | undefined);
  return ec2.CfnSubnet.isCfnSubnet(subnet) ? subnet.availabilityZone : undefined;
}

function destinationOf({ destinationCidrBlock, destinationIpv6CidrBlock }: ec2.CfnRoute): string {
  return destinationCidrBlock ?? destinationIpv6CidrBlock ?? 'a prefix list';
}

function leadsOut(route: ec2.CfnRoute): boolean {
  return isDefault(route) || WAYS_OUT.some((way) => route[way] !== undefined);
}

function isDefault({ destinationCidrBlock, destinationIpv6CidrBlock }: ec2.CfnRoute): boolean {
  return EVERYWHERE.includes(destinationCidrBlock ?? '') || EVERYWHERE.includes(destinationIpv6CidrBlock ?? '');
}

function isAssociation(construct: IConstruct): construct is ec2.CfnSubnetRouteTableAssociation {
  return ec2.CfnSubnetRouteTableAssociation.isCfnSubnetRouteTableAssociation(construct);
}

function tableOf(subnet: ec2.ISubnet): IConstruct | undefined {
  return targetOf(subnet.routeTable.routeTableId);
}

/** The resource that a token is an attribute of. */
function targetOf(value: unknown): IConstruct | undefined {
  const token = Tokenization.reverse(value, { failConcat: false });
  return token && Reference.isReference(token) ? token.target : undefined;
}
