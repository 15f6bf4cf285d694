import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Subject, withDomain } from './alb-ingress';
import { CDN } from './alb-ingress.access';
import { AlbIngressProps } from '../../src/ingress/alb-ingress-props';
import { Ingress } from '../../src/ingress/ingress';
import { IS_PEER_FLOOR, postureOf } from '../checks/posture';

const given = (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-1', vpcCidrBlock: '10.0.0.0/16', availabilityZones: ['a', 'b'], publicSubnetIds: ['s1', 's2'], privateSubnetIds: ['p1', 'p2'],
});

test.each<[string, (stack: Stack) => Partial<AlbIngressProps>]>([
  ['of HTTP', () => ({})],
  ['of HTTPS', withDomain],
  ['for some', (stack) => ({ ...withDomain(stack), ingress: Ingress.cidrs('192.0.2.0/24') })],
  ['for a prefix list', (stack) => ({ ...withDomain(stack), ingress: Ingress.prefixList('pl-0123456789abcdef0') })],
  ['behind CloudFront', (stack) => ({ ...withDomain(stack), ingress: Ingress.cloudFrontOnly(CDN) })],
  ['for the network', () => ({ ingress: Ingress.internal() })],
  ['that goes with its stack', (stack) => ({ ...withDomain(stack), deletionProtection: false, removalPolicy: RemovalPolicy.DESTROY })],
])('rule packs find nothing without a reason, and no reason is needless, with a load balancer %s', (_, props) => {
  const { reported, unneeded } = postureOf((scope) => {
    const stack = scope as Stack;
    new Subject(stack, 'App', { vpc: given(stack), ...props(stack) }).route('Web');
  });
  expect({ reported, unneeded: IS_PEER_FLOOR ? unneeded : [] }).toEqual({ reported: [], unneeded: [] });
});
