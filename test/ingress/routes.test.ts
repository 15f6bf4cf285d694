import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { attributesOf, build, Subject, withDomain } from './alb-ingress';
import { Route } from '../../src/ingress/alb-ingress-props';

const GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

function routed(route: Partial<Route> = {}): Template {
  const { stack, subject } = build();
  subject.route('Web', route);
  return Template.fromStack(stack);
}

/** The conditions and priorities of all rules, in their order. */
function rulesOf(template: Template) {
  const inWords = ({ Field, PathPatternConfig, HostHeaderConfig }: any) => [Field, (PathPatternConfig ?? HostHeaderConfig)?.Values];
  return Object.values(template.findResources(RULE)).map(({ Properties: { Priority, Conditions } }) => ({
    Priority, conditions: Conditions.map(inWords),
  })).sort((a, b) => a.Priority - b.Priority);
}

describe('a target group', () => {
  test('has the documented defaults', () => {
    const template = routed();
    template.hasResourceProperties(GROUP, {
      Protocol: 'HTTP',
      Port: 80,
      TargetType: 'ip',
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: '/',
      HealthCheckIntervalSeconds: 15,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: '200' },
      Name: Match.absent(),
    });
    expect(attributesOf(template, 'TargetGroup')).toEqual({ 'deregistration_delay.timeout_seconds': '30', 'stickiness.enabled': 'false' });
  });

  test('has all values of system 2, and others', () => {
    const template = routed({
      port: 8000,
      healthCheckPath: '/version/',
      healthyThresholdCount: 5,
      unhealthyThresholdCount: 2,
      healthCheckTimeout: Duration.seconds(2),
      healthCheckInterval: Duration.minutes(1),
      healthyHttpCodes: '200,301-302',
      deregistrationDelay: Duration.seconds(0),
      slowStart: Duration.minutes(15),
      stickiness: Duration.days(7),
    });
    template.hasResourceProperties(GROUP, {
      Port: 8000,
      HealthCheckPath: '/version/',
      HealthCheckIntervalSeconds: 60,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: '200,301-302' },
    });
    expect(attributesOf(template, 'TargetGroup')).toEqual({
      'deregistration_delay.timeout_seconds': '0',
      'slow_start.duration_seconds': '900',
      'stickiness.enabled': 'true',
      'stickiness.type': 'lb_cookie',
      'stickiness.lb_cookie.duration_seconds': '604800',
    });
  });

  test('waits no longer for a health check than until the next', () => {
    routed({ healthCheckInterval: Duration.seconds(5) })
      .hasResourceProperties(GROUP, { HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 4 });
  });

  test('may have tokens', () => {
    const { stack, subject } = build();
    const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
    subject.route('Web', {
      deregistrationDelay: Duration.seconds(number('Delay')),
      slowStart: Duration.seconds(number('Slow')),
      stickiness: Duration.seconds(number('Sticky')),
      port: number('Port'),
      healthyThresholdCount: number('Healthy'),
    });
    const template = Template.fromStack(stack);
    expect(attributesOf(template, 'TargetGroup')).toMatchObject({
      'deregistration_delay.timeout_seconds': { Ref: 'Delay' }, 'slow_start.duration_seconds': { Ref: 'Slow' }, 'stickiness.lb_cookie.duration_seconds': { Ref: 'Sticky' },
    });
    template.hasResourceProperties(GROUP, { Port: { Ref: 'Port' }, HealthyThresholdCount: { Ref: 'Healthy' } });
  });

  test.each<[Partial<Route>, string]>([
    [{ port: 0 }, "'port' must be a whole number between 1 and 65535, got 0"],
    [{ healthCheckPath: 'version' }, "'healthCheckPath' must be a path that begins with a slash, has no spaces and at most 1024 characters, got 'version'"],
    [{ healthCheckPath: `/${'a'.repeat(1_024)}` }, "'healthCheckPath' must be a path"],
    [{ healthCheckInterval: Duration.seconds(4) }, "'healthCheckInterval' must be a whole number of seconds between 5 and 300, got 4"],
    [{ healthCheckInterval: Duration.seconds(301) }, 'got 301'],
    [{ healthCheckTimeout: Duration.seconds(1) }, "'healthCheckTimeout' must be a whole number of seconds between 2 and 120, got 1"],
    [{ healthCheckTimeout: Duration.seconds(121) }, 'got 121'],
    [{ healthCheckTimeout: Duration.seconds(15) }, "'healthCheckTimeout' must be less than 'healthCheckInterval', got 15 and 15 seconds: set 'healthCheckInterval' to more than 15"],
    [{ healthCheckTimeout: Duration.seconds(10), healthCheckInterval: Duration.seconds(10) }, 'got 10 and 10 seconds'],
    [{ healthyThresholdCount: 1 }, "'healthyThresholdCount' must be a whole number between 2 and 10, got 1"],
    [{ unhealthyThresholdCount: 11 }, "'unhealthyThresholdCount' must be a whole number between 2 and 10, got 11"],
    [{ deregistrationDelay: Duration.seconds(3_601) }, "'deregistrationDelay' must be a whole number of seconds between 0 and 3600, got 3601"],
    [{ slowStart: Duration.seconds(29) }, "'slowStart' must be a whole number of seconds between 30 and 900, got 29"],
    [{ slowStart: Duration.seconds(901) }, 'got 901'],
    [{ stickiness: Duration.seconds(0) }, "'stickiness' must be a whole number of seconds between 1 and 604800, got 0"],
    [{ stickiness: Duration.days(8) }, 'got 691200'],
    ...['199', '500', '200-', '299-200', '2xx', '', '200;204', '200, 204'].map((healthyHttpCodes): [Partial<Route>, string] =>
      [{ healthyHttpCodes }, `'healthyHttpCodes' must be status codes from 200 to 499, such as 200, 200,204 or 200-299, got '${healthyHttpCodes}'`]),
  ])('has no %j', (route, message) => {
    expect(() => routed(route)).toThrow('Stack/Subject: ');
    expect(() => routed(route)).toThrow(message);
  });
});

describe('a rule', () => {
  test('forwards all requests to the catch-all, last', () => {
    const template = routed();
    template.hasResourceProperties(RULE, {
      Priority: 50_000,
      Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: Match.stringLikeRegexp('^SubjectWebTargetGroup') } }],
      ListenerArn: { Ref: Match.stringLikeRegexp('Http') },
    });
  });

  test('has the numbers of system 2', () => {
    const { stack, subject } = build();
    subject.route('Api', { pathPatterns: ['/fastapi*'], priority: 100, port: 8000 });
    subject.route('Web', { pathPatterns: ['/*'], priority: 200 });
    expect(rulesOf(Template.fromStack(stack))).toEqual([
      { Priority: 100, conditions: [['path-pattern', ['/fastapi*']]] }, { Priority: 200, conditions: [['path-pattern', ['/*']]] },
    ]);
  });

  test('is of the listener for HTTPS, where there is one, and no other', () => {
    const { stack, subject } = build(withDomain);
    subject.route('Web');
    const template = Template.fromStack(stack);
    template.resourceCountIs(RULE, 1);
    template.hasResourceProperties(RULE, { ListenerArn: { Ref: Match.stringLikeRegexp('Https') } });
  });

  test('is one of several where a service has more than five values', () => {
    const { stack, subject } = build();
    subject.route('Api', { pathPatterns: ['/a', '/b', '/c', '/d', '/e', '/f'], hostPatterns: ['api.example.org'], priority: 7 });
    const template = Template.fromStack(stack);
    expect(rulesOf(template)).toEqual([
      { Priority: 7, conditions: [['host-header', ['api.example.org']], ['path-pattern', ['/a', '/b', '/c', '/d']]] },
      { Priority: 8, conditions: [['host-header', ['api.example.org']], ['path-pattern', ['/e', '/f']]] },
    ]);
    template.resourceCountIs(GROUP, 1);
  });

  test('keeps its number, and its id, whatever is added', () => {
    const alone = build();
    alone.subject.route('Api', { pathPatterns: ['/api/*'] });
    const { stack, subject } = build();
    subject.route('Admin', { pathPatterns: ['/admin/*'] });
    subject.route('Web');
    subject.route('Api', { pathPatterns: ['/api/*'] });
    const all = Template.fromStack(stack).findResources(RULE);
    for (const [id, rule] of Object.entries(Template.fromStack(alone.stack).findResources(RULE))) expect(all[id]).toEqual(rule);
  });

  test('has a host whose name is a token, with the same number in each synthesis', () => {
    const priorities = [0, 1].map((others) => {
      const { stack, subject } = build();
      Array.from({ length: others * 7 }, (_, index) => new CfnParameter(stack, `Other${index}`).valueAsString);
      subject.route('Api', { hostPatterns: [new CfnParameter(stack, 'Host').valueAsString] });
      const [{ Priority, conditions }] = rulesOf(Template.fromStack(stack));
      expect(conditions).toEqual([['host-header', [{ Ref: 'Host' }]]]);
      return Priority;
    });
    expect(priorities[0]).toBe(priorities[1]);
  });

  test('is refused with the path of its service where another has its requests', () => {
    const { subject } = build();
    subject.route('Api', { pathPatterns: ['/api/*'], priority: 5 });
    expect(() => subject.route('Web', { pathPatterns: ['/api/v2*'] })).toThrow(
      /^Stack\/Subject\/Web: the rule of Stack\/Subject\/Web \(priority \d+\) gets no request for path \/api\/v2\*, as Stack\/Subject\/Api \(path \/api\/\*, priority 5\) gets all/,
    );
    expect(subject.node.tryFindChild('Web')).toBeUndefined();
  });

  test.each<[Partial<Route>, string]>([
    [{ pathPatterns: ['api/*'] }, "'pathPatterns' must be a path that begins with a slash, such as /api/*, got 'api/*'"],
    [{ pathPatterns: ['/a b'] }, '\'pathPatterns\' must be of letters, digits and _-.$/~"\'@:+& with the wildcards * and ?, got \'/a b\''],
    [{ pathPatterns: ['/ä'] }, "got '/ä'"],
    [{ pathPatterns: [''] }, "'pathPatterns' must have no empty pattern: leave it out for all"],
    [{ pathPatterns: [`/${'a'.repeat(128)}`] }, "'pathPatterns' must have at most 128 characters a pattern, got 129"],
    [{ pathPatterns: ['/*a*a*a*a*a*'] }, "'pathPatterns' must have at most 5 wildcards a pattern, got 6"],
    [{ hostPatterns: ['localhost'] }, "'hostPatterns' must be a host name, such as api.example.org or *.example.org, got 'localhost'"],
    [{ hostPatterns: ['https://api.example.org'] }, "got 'https://api.example.org'"],
    [{ hostPatterns: ['api.example.org:8080'] }, "got 'api.example.org:8080'"],
    [{ hostPatterns: ['api.example.*'] }, "got 'api.example.*'"],
    [{ priority: 50_001 }, "'priority' must be a whole number between 1 and 50000, got 50001"],
  ])('has no %j', (route, message) => {
    expect(() => routed(route)).toThrow(message);
  });

  test('has a pattern of 128 characters, of all that are allowed', () => {
    expect(() => routed({ pathPatterns: [`/_-.$~"'@:+&*?${'a'.repeat(114)}`], hostPatterns: ['a-b_c.?x.*.example.org'] })).not.toThrow();
  });

  test('is one of a hundred, or a warning says that AWS has to allow more', () => {
    const { stack, subject } = build();
    for (let index = 0; index < 100; index++) subject.route(`Web${index}`, { pathPatterns: [`/${index}/*`], priority: index + 1 });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('ManyRules'));
    subject.route('Web');
    Annotations.fromStack(stack).hasWarning('/Stack/Subject/Ingress', Match.stringLikeRegexp('more than the 100 rules.*cdk-mainstay:Ingress.ManyRules'));
  });
});

describe('targets', () => {
  const service = (stack: Stack, vpc: ec2.IVpc) => {
    const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('example/web'), portMappings: [{ containerPort: 8080 }] });
    return new ecs.FargateService(stack, 'Service', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }), taskDefinition });
  };

  test('are tasks, which admit the load balancer alone, and wait for the rules', () => {
    const vpcOf = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    const stack = new Stack(new App(), 'Stack');
    const vpc = vpcOf(stack);
    const subject = new Subject(stack, 'Subject', { vpc });
    const web = service(stack, vpc);
    subject.route('Web', { target: web.loadBalancerTarget({ containerName: 'web', containerPort: 8080 }), port: 8080, pathPatterns: ['/a', '/b', '/c', '/d', '/e', '/f'] });
    const template = Template.fromStack(stack);
    template.hasResourceProperties(GROUP, { TargetType: 'ip', Port: 8080 });
    const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
    expect(rules).toEqual([expect.objectContaining({ FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectIngressSecurityGroup/), 'GroupId'] } })]);
    template.hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith(Object.keys(template.findResources(RULE))) });
    expect(Object.keys(template.findResources(RULE))).toHaveLength(2);
  });

  test('are instances', () => {
    const { stack, subject } = build();
    const group = new autoscaling.AutoScalingGroup(stack, 'Fleet', {
      vpc: subject.ingress.loadBalancer.vpc!, instanceType: new ec2.InstanceType('t4g.micro'), machineImage: ec2.MachineImage.latestAmazonLinux2023(),
    });
    subject.route('Web', { target: group, port: 8000 });
    Template.fromStack(stack).hasResourceProperties(GROUP, { TargetType: 'instance', Port: 8000 });
  });

  test('may be of another stack, which refers to the load balancer, and to which nothing refers', () => {
    const app = new App();
    const shared = new Stack(app, 'Shared');
    const subject = new Subject(shared, 'Subject');
    const preview = new Stack(app, 'Preview');
    const web = service(preview, subject.ingress.loadBalancer.vpc!);
    subject.ingress.addRoute(preview, 'Web', { target: web.loadBalancerTarget({ containerName: 'web', containerPort: 8080 }), port: 8080, hostPatterns: ['pr-1.example.org'] });
    app.synth();
    expect(shared.dependencies).toEqual([]);
    expect(preview.dependencies).toEqual([shared]);
    Template.fromStack(preview).resourceCountIs(GROUP, 1);
    Template.fromStack(preview).resourceCountIs(RULE, 1);
    Template.fromStack(shared).resourceCountIs(RULE, 0);
    Template.fromStack(shared).resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });
});

test('routes are told in the order in which they are tried, in words', () => {
  const { subject } = build();
  const web = subject.route('Web');
  const api = subject.route('Api', { pathPatterns: ['/api/*', '/v2'], hostPatterns: ['API.example.org'], priority: 3 });
  expect(subject.ingress.routes()).toEqual([
    { priority: 3, conditions: 'host api.example.org and path /api/* or /v2', target: 'Stack/Subject/Api' },
    { priority: 50_000, conditions: 'all requests', target: 'Stack/Subject/Web' },
  ]);
  expect(subject.ingress.targetGroups).toEqual([web, api]);
});
