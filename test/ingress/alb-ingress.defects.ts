import { inFile, SourceDefect } from '../mutations/source-defect';
import { TemplateDefect } from '../mutations/template-defect';

const TESTS = {
  balancer: 'test/ingress/alb-ingress.test.ts',
  routes: 'test/ingress/routes.test.ts',
  rules: 'test/ingress/listener-rules.test.ts',
  patterns: 'test/ingress/patterns.test.ts',
  lookup: 'test/lambda/ingress/prefix-list/index.test.ts',
};

export const TEMPLATE_DEFECTS: TemplateDefect[] = [];

export const SOURCE_DEFECTS: SourceDefect[] = [
  ...inFile('src/ingress/alb-ingress.ts', [
    { name: 'invalid headers reach the application', test: TESTS.balancer, find: 'dropInvalidHeaderFields: true,', replace: '' },
    { name: 'requests are smuggled', test: TESTS.balancer, find: 'DesyncMitigationMode.STRICTEST', replace: 'DesyncMitigationMode.MONITOR' },
    { name: 'a load balancer is always deleted', test: TESTS.balancer, find: 'deletionProtection: props.deletionProtection,', replace: 'deletionProtection: false,' },
    { name: 'a connection is closed by the application first', test: TESTS.balancer, find: 'props.keepAlive.toSeconds() - SOONER', replace: 'props.keepAlive.toSeconds() + SOONER' },
    { name: 'visitors speak old TLS', test: TESTS.balancer, find: 'elbv2.SslPolicy.TLS13_12_RES_PQ', replace: 'elbv2.SslPolicy.TLS13_10' },
    { name: 'HTTP is answered behind CloudFront', test: TESTS.balancer, find: 'this.addListeners(!cdn)', replace: 'this.addListeners(true)' },
    { name: 'an internal load balancer is public', test: TESTS.balancer, find: 'internetFacing: !isInternal', replace: 'internetFacing: true' },
    { name: 'the group of CloudFront is not of the load balancer', test: TESTS.balancer, find: '[...loadBalancer.connections.securityGroups, ofCloudFront]', replace: 'loadBalancer.connections.securityGroups' },
    { name: 'requests need no secret', test: TESTS.balancer, find: '...this.header ? [elbv2.ListenerCondition.httpHeader(', replace: '...this.header && false as boolean ? [elbv2.ListenerCondition.httpHeader(' },
    { name: 'a rule has more values than it may', test: TESTS.balancer, find: ', this.rules, this.header?.accepted.length)', replace: ', this.rules)' },
    { name: 'a rule that goes renumbers the others', test: TESTS.routes, find: '`Rule${rule.priority}`', replace: '`Rule${this.rules.length}`' },
    { name: 'a token has another number in each synthesis', test: TESTS.routes, find: 'JSON.stringify(Stack.of(scope).resolve(value)) : value', replace: 'value : value' },
  ]),
  ...inFile('src/ingress/private/balancer-access.ts', [
    { name: 'everybody reaches a load balancer behind CloudFront', test: TESTS.balancer, find: 'if (cdn) return group;', replace: '' },
    { name: 'an internal load balancer admits everybody', test: TESTS.balancer, find: 'if (isInternal) return [ec2.Peer.ipv4(vpc.vpcCidrBlock)];', replace: '' },
    { name: 'ranges do not restrict', test: TESTS.balancer, find: 'if (cidrs) return', replace: 'if (cidrs && isInternal) return' },
    { name: 'CloudFront reaches all ports', test: TESTS.balancer, find: 'fromPort: 443, toPort: 443', replace: 'fromPort: 0, toPort: 65535' },
  ]),
  ...inFile('src/ingress/private/balancer-logs.ts', [
    { name: 'logs of other accounts are taken', test: TESTS.balancer, find: '/AWSLogs/${account}/*`', replace: '/AWSLogs/*`' },
    { name: 'logs are switched on before they are allowed', test: TESTS.balancer, find: '(loadBalancer.node.defaultChild as CfnResource).node.addDependency(bucket);', replace: '' },
    { name: 'nobody knows why a target is unhealthy', test: TESTS.balancer, find: ", health_check_logs: 'health-checks'", replace: '' },
  ]),
  ...inFile('src/ingress/private/balancer-settings.ts', [
    { name: 'CloudFront connects to a name without a certificate', test: TESTS.balancer, find: '(domainName === undefined || !(hostedZone ?? certificate))', replace: '(false as boolean)' },
    { name: 'a certificate is of another region', test: TESTS.balancer, find: '    requireSameRegion(given);', replace: '   ' },
  ]),
  ...inFile('src/ingress/private/listener-rules.ts', [
    { name: 'a number depends on the order of patterns', test: TESTS.rules, find: '.map(({ text }) => text).sort()', replace: '.map(({ text }) => text)' },
    { name: 'two rules have one number', test: TESTS.rules, find: 'if (!other || covering(other, rule)) return;', replace: 'if (!other || other) return;' },
    { name: 'a rule gets no requests', test: TESTS.rules, find: 'if (!part) return;', replace: 'if (!part || part) return;' },
    { name: 'the order of two rules is left to chance', test: TESTS.rules, find: 'if (!both) return;', replace: 'if (!both || both) return;' },
    { name: 'a number that an error names hides another rule', test: TESTS.rules, find: 'rules.some((rule) => covering(rule, other))', replace: 'rules.some((rule) => covering(rule, rule) && !other)' },
    { name: 'an implied slash is forgotten', test: TESTS.rules, find: '(/^\\**\\//.test(text) ? 1 : 0)', replace: '1' },
  ]),
  ...inFile('src/ingress/private/patterns.ts', [
    { name: 'a question mark stands for nothing', test: TESTS.patterns, find: "else if (symbol === '?' || symbol === character)", replace: 'else if (symbol === character)' },
    { name: 'a pattern that ends early covers others', test: TESTS.patterns, find: 'if (!reached.includes(outer.length)) return false;', replace: '' },
  ]),
  ...inFile('src/ingress/private/rule-conditions.ts', [
    { name: 'a rule has six values', test: TESTS.rules, find: 'MOST_VALUES = 5', replace: 'MOST_VALUES = 6' },
    { name: 'a rule has six wildcards', test: TESTS.rules, find: 'MOST_WILDCARDS = 5', replace: 'MOST_WILDCARDS = 6' },
  ]),
  ...inFile('src/ingress/private/target-group.ts', [
    { name: 'a health check takes as long as until the next', test: TESTS.routes, find: 'timeout >= (interval', replace: 'timeout > (interval' },
  ]),
  ...inFile('lambda/ingress/prefix-list/ec2-prefix-lists.ts', [
    { name: 'a prefix list of somebody else admits', test: TESTS.lookup, find: ", { Name: 'owner-id', Values: ['AWS'] }", replace: '' },
  ]),
];
