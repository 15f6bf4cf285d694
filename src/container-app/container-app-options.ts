import { Duration } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Ingress } from '../ingress/ingress';

/**
 * What varies between container apps, wherever their services are described.
 */
export interface ContainerAppOptions {
  /** The network. Tasks run in its private subnets, the load balancer in the public ones. */
  readonly vpc: ec2.IVpc;

  /**
   * Who reaches the load balancer.
   *
   * @default Ingress.internet()
   */
  readonly ingress?: Ingress;

  /**
   * The domain name of the app, such as `app.example.org`.
   *
   * @default - the load balancer's own name
   */
  readonly domainName?: string;

  /**
   * The hosted zone of `domainName`: the records and, unless a `certificate` is given, a certificate are created in the same deployment.
   *
   * @default - no records are created
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The certificate of `domainName`, of the region of the stack. Without a `domainName`, `url` has the load balancer's own name, for which no certificate is valid.
   *
   * @default - a new one with a `hostedZone`; else the load balancer speaks HTTP, and a warning says so
   */
  readonly certificate?: acm.ICertificate;

  /**
   * How long the application keeps an idle connection open, in whole seconds. The load balancer closes it 5 seconds sooner, so that it sends no request into a
   * connection that is about to close, which visitors would see as a 502.
   *
   * @default - not known; the load balancer closes idle connections after 60 seconds
   */
  readonly keepAlive?: Duration;

  /**
   * The cluster that the tasks run in. An imported one must have the capacity provider FARGATE, and FARGATE_SPOT where services use it.
   *
   * @default - a new one
   */
  readonly cluster?: ecs.ICluster;

  /**
   * Whether the load balancer refuses to be deleted.
   *
   * @default - the StageProfile's
   */
  readonly deletionProtection?: boolean;

  /**
   * The topic that the alarms notify: a standard one, of the region of the stack. Where it has a policy, that is made to admit them.
   *
   * @default - the StageProfile's, and a warning if it has none
   */
  readonly alarmTopic?: sns.ITopic;
}
