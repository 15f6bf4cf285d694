import { CustomResource, Duration, Lazy, Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { isIpv6 } from './balancer-settings';
import { acknowledge, acknowledgeWildcard } from '../../shared/acknowledge';
import { isPlaceholder } from '../../shared/checks';
import { DeploymentFunction } from '../../shared/deployment-function';
import type { AlbIngressProps } from '../alb-ingress-props';

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html#managed-prefix-list */
const CLOUDFRONT_PREFIX_LIST = 'com.amazonaws.global.cloudfront.origin-facing';

/** The group of a load balancer, which admits those of its `Ingress` to its ports. Its rules for targets are added with them. */
export function balancerGroup(
  scope: Construct, { vpc, ingress }: AlbIngressProps, { ports, hasIpv6 }: { readonly ports: number[]; readonly hasIpv6: boolean },
): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, allowAllOutbound: false, description: `The load balancer of ${scope.node.path}` });
  const { isInternal, cdn, cidrs, prefixListId } = ingress._options;
  if (cdn) return group;
  const peers = (): ec2.IPeer[] => {
    if (isInternal) return [ec2.Peer.ipv4(vpc.vpcCidrBlock)];
    if (cidrs) return cidrs.map((cidr) => (isIpv6(cidr) ? ec2.Peer.ipv6(cidr) : ec2.Peer.ipv4(unlessUnknown(cidr))));
    if (prefixListId !== undefined) return [ec2.Peer.prefixList(prefixListId)];
    return [ec2.Peer.anyIpv4(), ...hasIpv6 ? [ec2.Peer.anyIpv6()] : []];
  };
  acknowledge(group, {
    balancerVisitors: !isInternal && !cidrs && prefixListId === undefined
      ? 'the application is for everybody, by Ingress.internet(), and only the ports of the load balancer are open: other kinds of Ingress admit fewer' : undefined,
  });
  peers().forEach((peer) => ports.forEach((port) => group.addIngressRule(peer, ec2.Port.tcp(port), `${port === 443 ? 'HTTPS' : 'HTTP'} of visitors`)));
  return group;
}

/**
 * A group that admits CloudFront, to HTTPS, and nothing else: its addresses count as 55 of the 60 rules that a group may have.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html#aws-managed-prefix-list-weights
 */
export function cloudFrontGroup(scope: Construct, { vpc, logRetention, removalPolicy }: AlbIngressProps): ec2.SecurityGroup {
  const lookup = new DeploymentFunction(scope, 'PrefixListLookup', {
    description: 'Looks up the prefix list of CloudFront when the stack is deployed',
    bundle: 'ingress-prefix-list',
    memorySize: Size.mebibytes(256),
    timeout: Duration.minutes(1),
    connectsTo: 'EC2',
    logRetention,
    removalPolicy,
  });
  const allowed = lookup.allow(lookup, new iam.PolicyStatement({
    actions: ['ec2:DescribeManagedPrefixLists'],
    resources: ['*'], // has no narrower resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
  }));
  acknowledgeWildcard(allowed, '*', 'EC2 accepts no narrower resource for ec2:DescribeManagedPrefixLists, which reads names and ids of prefix lists');
  const prefixList = new CustomResource(scope, 'CloudFrontPrefixList', {
    resourceType: 'Custom::PrefixList',
    serviceToken: lookup.serviceToken,
    serviceTimeout: Duration.minutes(5),
    properties: { PrefixListName: CLOUDFRONT_PREFIX_LIST },
  });
  prefixList.node.addDependency(allowed);
  const group = new ec2.SecurityGroup(scope, 'CloudFrontSecurityGroup', { vpc, allowAllOutbound: false, description: `CloudFront for the load balancer of ${scope.node.path}` });
  // In the group itself: addIngressRule() makes a resource of its own for a prefix list.
  (group.node.defaultChild as ec2.CfnSecurityGroup).securityGroupIngress = [
    { ipProtocol: 'tcp', fromPort: 443, toPort: 443, sourcePrefixListId: prefixList.ref, description: 'HTTPS of CloudFront' },
  ];
  return group;
}

/** CDK checks a range, but not a token: what is looked up is none yet in the first synthesis. */
function unlessUnknown(cidr: string): string {
  return isPlaceholder(cidr) ? Lazy.string({ produce: () => cidr }) : cidr;
}
