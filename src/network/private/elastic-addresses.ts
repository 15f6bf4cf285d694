import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { EgressAddress } from '../egress-address';

/**
 * The addresses that a network is seen by from outside: the given ones first, then new ones. They belong to no gateway, so that they
 * outlive a change of strategy.
 */
export function elasticAddresses(scope: Construct, count: number, given: EgressAddress[], removalPolicy: RemovalPolicy): EgressAddress[] {
  return Array.from({ length: Math.max(count, given.length) }, (_, index) => {
    if (given[index]) return given[index];
    const address = new ec2.CfnEIP(scope, `EgressAddress${index + 1}`, { domain: 'vpc', tags: [{ key: 'Name', value: `${scope.node.path}/${index + 1}` }] });
    address.applyRemovalPolicy(removalPolicy);
    return { allocationId: address.attrAllocationId, publicIp: address.attrPublicIp };
  });
}
