import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { AlbIngressProps, Route } from './alb-ingress-props';
import { balancerGroup, cloudFrontGroup } from './private/balancer-access';
import { deliverLogs } from './private/balancer-logs';
import { balancerSubnets, validateBalancer } from './private/balancer-settings';
import { conditionsInWords, ForwardingRule, Pattern, rulesOf } from './private/listener-rules';
import { validatePatterns } from './private/rule-conditions';
import { createTargetGroup, validateTarget } from './private/target-group';
import { acknowledge, addWarning } from '../shared/acknowledge';
import { Checks, isUnknown } from '../shared/checks';
import { addAliasRecords } from '../shared/domain-names';

/** A rule of the listener, for explanations. */
export interface ExplainedRule {
  readonly priority: number;
  /** In words, such as `path /api/*`. */
  readonly conditions: string;
  /** The path of what gets the requests, such as a service. */
  readonly target: string;
}

/** The load balancer closes idle connections so much sooner than the application, in seconds. */
const SOONER = 5;

/** Rules of a load balancer that an account may have unless AWS raises it: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const RULES_BY_DEFAULT = 100;

/** A load balancer with its listeners, certificate, records, logs and rules. It knows nothing of what runs behind it. */
export class AlbIngress extends Construct {
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** The one that forwards: HTTPS, or HTTP where there is no certificate. */
  public readonly listener: elbv2.ApplicationListener;
  public readonly certificate?: acm.ICertificate;
  public readonly accessLogsBucket: s3.IBucket;
  /** What users type: the CDN's name where one is in front. */
  public readonly url: string;

  private readonly vpc: ec2.IVpc;
  /** What CloudFront says to be let through. */
  private readonly header?: { readonly headerName: string; readonly accepted: string[] };
  private readonly rules: (ForwardingRule & { readonly targetGroup: elbv2.ApplicationTargetGroup })[] = [];

  /**
   * @throws if the load balancer cannot have the domain, the certificate, the idle timeout or the subnets
   */
  constructor(scope: Construct, id: string, props: AlbIngressProps) {
    super(scope, id);
    const { vpc, ingress, domainName, hostedZone } = props;
    const { cdn, isInternal } = ingress._options;
    validateBalancer(scope, props);
    const { subnets, hasIpv6 } = balancerSubnets(scope, props);
    this.vpc = vpc;

    this.certificate = props.certificate ??
      (hostedZone && new acm.Certificate(this, 'Certificate', { domainName: domainName!, validation: acm.CertificateValidation.fromDns(hostedZone) }));
    const ports = this.certificate ? [80, 443] : [80];
    const group = balancerGroup(this, props, { ports, hasIpv6 });
    const loadBalancer = this.loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      vpcSubnets: { subnets },
      internetFacing: !isInternal,
      ipAddressType: hasIpv6 ? elbv2.IpAddressType.DUAL_STACK : elbv2.IpAddressType.IPV4,
      securityGroup: group,
      deletionProtection: props.deletionProtection,
      dropInvalidHeaderFields: true,
      desyncMitigationMode: elbv2.DesyncMitigationMode.STRICTEST,
      idleTimeout: Duration.seconds(props.keepAlive ? props.keepAlive.toSeconds() - SOONER : 60),
    });
    acknowledge(loadBalancer, {
      balancerDeletionProtection: props.deletionProtection ? undefined : '\'deletionProtection\' is off, here or by the StageProfile',
      balancerFirewall: 'AWS WAF costs extra, and its rules depend on the application: associate a web ACL with the load balancer',
    });
    this.accessLogsBucket = deliverLogs(this, loadBalancer, props);
    if (cdn) {
      const ofCloudFront = cloudFrontGroup(this, props);
      // Not by addSecurityGroup(), by which targets would admit this group, too.
      (loadBalancer.node.defaultChild as elbv2.CfnLoadBalancer).securityGroups = Lazy.list({
        produce: () => [...loadBalancer.connections.securityGroups, ofCloudFront].map(({ securityGroupId }) => securityGroupId),
      });
    }
    this.listener = this.addListeners(!cdn);
    // Also AAAA where there is no IPv6, so that a load balancer may get some: Route 53 then answers with no address. https://github.com/kubernetes-sigs/external-dns/pull/3605
    if (hostedZone) addAliasRecords(this, domainName!, hostedZone, new LoadBalancerTarget(loadBalancer));
    this.header = cdn?._servePagesOf({ appDomain: domainName!, by: this });
    this.url = cdn ? `https://${cdn.domainName}` : `${this.certificate ? 'https' : 'http'}://${domainName ?? loadBalancer.loadBalancerDnsName}`;
    if (!this.certificate) this.warnOfPlainHttp();
  }

  /**
   * Creates the target group and its rules in `scope`, so that they may be of another stack.
   *
   * @throws if a value is not one that the load balancer accepts, if a rule clashes with another or gets no requests
   */
  public addRoute(scope: Construct, id: string, route: Route): elbv2.ApplicationTargetGroup {
    const checks = new Checks(scope.node.path);
    checks.known('priority', route.priority, 'rules are compared by it');
    checks.knownList('pathPatterns', route.pathPatterns, 'each pattern is a value of a rule');
    checks.knownList('hostPatterns', route.hostPatterns, 'each pattern is a value of a rule');
    const [hosts, paths] = [route.hostPatterns ?? [], route.pathPatterns ?? []];
    validatePatterns(checks, { hosts, paths });
    validateTarget(checks, route);
    const rules = rulesOf({
      owner: route.owner ?? `${scope.node.path}/${id}`,
      hosts: hosts.map((host) => patternOf(scope, host, true)),
      paths: paths.map((path) => patternOf(scope, path, false)),
      priority: route.priority,
    }, this.rules, this.header?.accepted.length);

    const parts = new Construct(scope, id);
    const targetGroup = createTargetGroup(parts, this.vpc, route);
    for (const rule of rules) {
      // By its number, so that a rule that goes leaves the others as they are: two rules never have one number, not even for a while.
      new elbv2.ApplicationListenerRule(parts, `Rule${rule.priority}`, {
        listener: this.listener,
        priority: rule.priority,
        conditions: this.conditionsOf(rule),
        action: elbv2.ListenerAction.forward([targetGroup]),
      });
      this.rules.push({ ...rule, targetGroup });
    }
    if (this.rules.length > RULES_BY_DEFAULT) this.warnOfManyRules();
    return targetGroup;
  }

  /** The target groups of all routes. */
  public get targetGroups(): elbv2.ApplicationTargetGroup[] {
    return [...new Set(this.rules.map(({ targetGroup }) => targetGroup))];
  }

  /** The rules of all routes, in the order in which the load balancer tries them. What none matches is answered with a 404. */
  public routes(): ExplainedRule[] {
    const header = this.header ? ` with the secret of ${this.header.headerName}` : '';
    return [...this.rules].sort((a, b) => a.priority - b.priority)
      .map((rule) => ({ priority: rule.priority, conditions: conditionsInWords(rule) + header, target: rule.owner }));
  }

  private addListeners(hasRedirect: boolean): elbv2.ApplicationListener {
    const notFound = elbv2.ListenerAction.fixedResponse(404, { contentType: 'text/plain', messageBody: 'Resource not found' });
    if (!this.certificate) {
      const plain = this.loadBalancer.addListener('Http', { port: 80, protocol: elbv2.ApplicationProtocol.HTTP, open: false, defaultAction: notFound });
      const reason = 'no certificate was given, of which the load balancer warns (cdk-mainstay:Ingress.PlainHttp)';
      acknowledge(plain, { balancerCertificate: reason, balancerProtocol: reason, balancerRedirect: reason });
      return plain;
    }
    if (hasRedirect) {
      const redirect = this.loadBalancer.addListener('Http', {
        port: 80,
        protocol: elbv2.ApplicationProtocol.HTTP,
        open: false,
        defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
      });
      acknowledge(redirect, { balancerCertificate: 'it redirects all requests to HTTPS, and forwards none' });
    }
    return this.loadBalancer.addListener('Https', {
      port: 443,
      protocol: elbv2.ApplicationProtocol.HTTPS,
      certificates: [this.certificate],
      sslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ,
      open: false,
      defaultAction: notFound,
    });
  }

  /** A rule must have a condition: all requests have a path. */
  private conditionsOf({ hosts, paths }: ForwardingRule): elbv2.ListenerCondition[] {
    const valuesOf = (patterns: readonly Pattern[]) => patterns.map(({ value }) => value);
    return [
      ...hosts.length > 0 ? [elbv2.ListenerCondition.hostHeaders(valuesOf(hosts))] : [],
      ...paths.length > 0 ? [elbv2.ListenerCondition.pathPatterns(valuesOf(paths))] : [],
      ...hosts.length + paths.length === 0 ? [elbv2.ListenerCondition.pathPatterns(['/*'])] : [],
      ...this.header ? [elbv2.ListenerCondition.httpHeader(this.header.headerName, this.header.accepted)] : [],
    ];
  }

  private warnOfPlainHttp(): void {
    addWarning(
      this, 'cdk-mainstay:Ingress.PlainHttp',
      'without a certificate, the load balancer speaks HTTP, and whoever is on the way reads and changes what visitors send: set \'domainName\' with a \'hostedZone\' or a ' +
      '\'certificate\', or acknowledge this',
    );
  }

  private warnOfManyRules(): void {
    addWarning(
      this, 'cdk-mainstay:Ingress.ManyRules',
      `the load balancer has more than the ${RULES_BY_DEFAULT} rules that an account may have by default: ask AWS for more (Service Quotas, "Rules per Application Load ` +
      'Balancer"), and acknowledge this',
    );
  }
}

function patternOf(scope: Construct, value: string, ignoresCase: boolean): Pattern {
  if (isUnknown(value)) return { value, text: Token.isUnresolved(value) ? JSON.stringify(Stack.of(scope).resolve(value)) : value, isKnown: false };
  return { value, text: ignoresCase ? value.toLowerCase() : value, isKnown: true };
}
