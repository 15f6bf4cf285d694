import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Ingress } from './ingress';

export interface AlbIngressProps {
  readonly vpc: ec2.IVpc;
  readonly ingress: Ingress;
  readonly domainName?: string;
  readonly hostedZone?: route53.IHostedZone;
  readonly certificate?: acm.ICertificate;
  readonly keepAlive?: Duration;
  readonly deletionProtection: boolean;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/** What requests a target gets, and how its health is checked. Undefined values are the defaults of `WebServiceOptions` and `WebServiceProps`. */
export interface Route {
  /** Such as `service.loadBalancerTarget({ containerName, containerPort })`, or an Auto Scaling group. */
  readonly target: elbv2.IApplicationLoadBalancerTarget;
  readonly port: number;
  /** The path of what gets the requests, for errors and explanations: that of the route where it is left out. */
  readonly owner?: string;
  /** No patterns at all: the catch-all. */
  readonly pathPatterns?: string[];
  readonly hostPatterns?: string[];
  readonly priority?: number;
  readonly healthCheckPath?: string;
  readonly healthCheckInterval?: Duration;
  readonly healthCheckTimeout?: Duration;
  readonly healthyThresholdCount?: number;
  readonly unhealthyThresholdCount?: number;
  readonly healthyHttpCodes?: string;
  readonly deregistrationDelay?: Duration;
  readonly slowStart?: Duration;
  readonly stickiness?: Duration;
}
