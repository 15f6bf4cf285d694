import { Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct, IConstruct } from 'constructs';
import { referencedBy, Resource, resourcesOfApp, Route, RouteDestination } from './routes';

const INSTEAD = 'remove it, or move what needs it to a subnet with egress';
/** Lead out of the network whatever the destination is. */
const GATEWAYS = ['natGatewayId', 'egressOnlyInternetGatewayId', 'carrierGatewayId'] as const;
/** May translate addresses, and so lead anywhere. */
const APPLIANCES = ['networkInterfaceId', 'instanceId', 'vpcEndpointId'] as const;

/**
 * Fails the synthesis if anybody, anywhere in the app, routes an isolated subnet out of the network, or attaches it to another route table.
 */
export function forbidRoutesOutOfIsolatedSubnets(scope: Construct, vpc: ec2.Vpc): void {
  scope.node.addValidation({
    validate: () => {
      const routes = routesOfApp(scope);
      const associations = associationsOfApp(scope);
      return vpc.isolatedSubnets.flatMap((subnet) => [
        ...routes.filter((route) => referencedBy(route.routeTableId) === tableOf(subnet) && leadsOut(route))
          .map((route) => `${route.node.path} routes ${destinationOf(route)} out of the isolated subnet ${subnet.node.path}: ${INSTEAD}`),
        ...associations
          .filter((each) => referencedBy(each.subnetId) === subnet.node.defaultChild && referencedBy(each.routeTableId) !== tableOf(subnet))
          .map((each) => `${each.node.path} attaches the isolated subnet ${subnet.node.path} to another route table: ${INSTEAD}`),
      ]);
    },
  });
}

/**
 * Fails the synthesis if a private subnet leaves through what is in another zone, whose outage would take this zone's egress with it.
 */
export function forbidRoutesThroughOtherZones(scope: Construct, vpc: ec2.Vpc): void {
  scope.node.addValidation({
    validate: () => {
      const routes = routesOfApp(scope).filter(isOfInternet);
      const routesOf = (subnet: ec2.ISubnet) => routes.filter((route) => referencedBy(route.routeTableId) === tableOf(subnet));
      return vpc.privateSubnets.flatMap((subnet) => routesOf(subnet).flatMap((route) => {
        const through = zoneOfNextHop(route);
        return through === undefined || through === subnet.availabilityZone ? [] : [
          `${route.node.path} sends what leaves ${subnet.node.path} through ${nextHopOf(route)!.node.path} in another zone, whose outage would take this one's ` +
          'egress with it: route each zone through its own, or say NatStrategy.single()',
        ];
      }));
    },
  });
}

function zoneOfNextHop(route: Route): string | undefined {
  const subnet = referencedBy(subnetIdOf(nextHopOf(route)));
  return ec2.CfnSubnet.isCfnSubnet(subnet) ? subnet.availabilityZone : undefined;
}

function nextHopOf({ natGatewayId, networkInterfaceId, instanceId, vpcEndpointId }: Route): IConstruct | undefined {
  return referencedBy(natGatewayId ?? networkInterfaceId ?? instanceId ?? vpcEndpointId);
}

function subnetIdOf(nextHop: IConstruct | undefined): unknown {
  if (ec2.CfnVPCEndpoint.isCfnVPCEndpoint(nextHop)) return nextHop.subnetIds?.[0]; // one for the load balancers of gateways has one
  if (ec2.CfnNatGateway.isCfnNatGateway(nextHop) || ec2.CfnNetworkInterface.isCfnNetworkInterface(nextHop)) return nextHop.subnetId;
  return ec2.CfnInstance.isCfnInstance(nextHop) ? nextHop.subnetId : undefined;
}

function destinationOf({ destinationCidrBlock, destinationIpv6CidrBlock }: Route): string {
  const block = destinationCidrBlock ?? destinationIpv6CidrBlock;
  if (block === undefined) return 'a prefix list';
  return Token.isUnresolved(block) ? 'a block that is not known at synthesis' : block;
}

/**
 * Isolated subnets may reach other networks, not the internet: private addresses by any way but a gateway to the internet, and public ones, which
 * other networks may have, too, only by what connects networks. What is not known at synthesis is taken for another network there, and only there.
 */
function leadsOut(route: Route): boolean {
  if (GATEWAYS.some((way) => route[way] !== undefined) || leadsToInternetGateway(route)) return true;
  if (APPLIANCES.some((way) => route[way] !== undefined)) return !RouteDestination.of(route)?.every(({ isPrivate }) => isPrivate);
  return isOfInternet(route);
}

/** The other kind that a route calls a gateway is one of a VPN. */
function leadsToInternetGateway({ gatewayId }: Route): boolean {
  return gatewayId !== undefined && !gatewayId.startsWith('vgw-') && !ec2.CfnVPNGateway.isCfnVPNGateway(referencedBy(gatewayId));
}

function isOfInternet(route: Route): boolean {
  return RouteDestination.of(route)?.some(({ isInternet }) => isInternet) ?? false;
}

function routesOfApp(scope: Construct): Route[] {
  return resourcesOfApp(scope, ec2.CfnRoute.CFN_RESOURCE_TYPE_NAME);
}

function associationsOfApp(scope: Construct): Resource<ec2.CfnSubnetRouteTableAssociation, 'subnetId' | 'routeTableId'>[] {
  return resourcesOfApp(scope, ec2.CfnSubnetRouteTableAssociation.CFN_RESOURCE_TYPE_NAME);
}

function tableOf(subnet: ec2.ISubnet): IConstruct | undefined {
  return referencedBy(subnet.routeTable.routeTableId);
}
