import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { EndpointSet } from '../endpoint-set';

interface InterfaceEndpoints {
  readonly endpoints: Record<string, ec2.InterfaceVpcEndpoint>;
  readonly securityGroup?: ec2.SecurityGroup;
}

/**
 * These have no private name in a network, and AWS refuses to give them one: clients use the name of the endpoint itself.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html#privatelink-considerations
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-streams.html
 */
const WITHOUT_PRIVATE_DNS = ['dynamodb', 'dynamodb-fips', 'dynamodb-streams'];

/**
 * An endpoint for each service of the sets, in a subnet of each zone, with one security group that takes HTTPS from the network and sends nothing.
 */
export function interfaceEndpoints(scope: Construct, vpc: ec2.Vpc, sets: EndpointSet[]): InterfaceEndpoints {
  const services = new Map(sets.flatMap(({ _services }) => _services.map((service) => [service.shortName, service])));
  if (services.size === 0) return { endpoints: {} };
  const securityGroup = new ec2.SecurityGroup(scope, 'EndpointSecurityGroup', {
    vpc, description: 'Interface endpoints: HTTPS from the network', allowAllOutbound: false,
  });
  [...vpc.publicSubnets, ...vpc.privateSubnets, ...vpc.isolatedSubnets].forEach(({ ipv4CidrBlock, node }) => {
    securityGroup.addIngressRule(ec2.Peer.ipv4(ipv4CidrBlock), ec2.Port.HTTPS, `from ${node.id}`);
  });
  const { subnets } = vpc.selectSubnets({ onePerAz: true }); // private ones, or isolated ones where there are none
  return {
    securityGroup,
    endpoints: Object.fromEntries([...services].map(([name, service]) => [name, new ec2.InterfaceVpcEndpoint(scope, `Endpoint-${name}`, {
      vpc, service, subnets: { subnets }, securityGroups: [securityGroup], privateDnsEnabled: !WITHOUT_PRIVATE_DNS.includes(name), open: false,
    })])),
  };
}
