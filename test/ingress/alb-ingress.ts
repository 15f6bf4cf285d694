import { App, Duration, Environment, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { AlbIngress } from '../../src/ingress/alb-ingress';
import { AlbIngressProps, Route } from '../../src/ingress/alb-ingress-props';
import { Ingress } from '../../src/ingress/ingress';

/** An application with a load balancer: what `ContainerAppWithAlb` is to it. */
export class Subject extends Construct {
  public readonly ingress: AlbIngress;

  constructor(scope: Construct, id: string, props: Partial<AlbIngressProps> = {}) {
    super(scope, id);
    this.ingress = new AlbIngress(this, 'Ingress', {
      vpc: props.vpc ?? new ec2.Vpc(scope, 'Vpc', { restrictDefaultSecurityGroup: false }),
      ingress: Ingress.internet(),
      deletionProtection: true,
      logRetention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.RETAIN,
      ...props,
    });
  }

  public route(id: string, route: Partial<Route> = {}, scope: Construct = this): elbv2.ApplicationTargetGroup {
    return this.ingress.addRoute(scope, id, { target: targetOf(), port: 80, ...route });
  }
}

/** A target that runs nowhere. */
export function targetOf(targetType = elbv2.TargetType.IP): elbv2.IApplicationLoadBalancerTarget {
  return { attachToApplicationTargetGroup: () => ({ targetType }) };
}

export function build(props: Partial<AlbIngressProps> | ((stack: Stack) => Partial<AlbIngressProps>) = {}, env?: Environment) {
  const stack = new Stack(new App(), 'Stack', { env });
  const subject = new Subject(stack, 'Subject', typeof props === 'function' ? props(stack) : props);
  return { stack, subject, ingress: subject.ingress };
}

export const synth = (...parameters: Parameters<typeof build>): Template => Template.fromStack(build(...parameters).stack);
export const zone = (stack: Stack) => HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.org' });
export const inRegion = (region: string): Environment => ({ account: '123456789012', region });
export const withDomain = (stack: Stack) => ({ domainName: 'app.example.org', hostedZone: zone(stack) });
export const seconds = Duration.seconds;

/** The attributes of the load balancer, or of the only target group, by their names. */
export function attributesOf(template: Template, type: 'LoadBalancer' | 'TargetGroup' = 'LoadBalancer'): Record<string, unknown> {
  const [{ Properties }] = Object.values(template.findResources(`AWS::ElasticLoadBalancingV2::${type}`));
  return Object.fromEntries(Properties[`${type}Attributes`].map(({ Key, Value }: any) => [Key, Value]));
}
