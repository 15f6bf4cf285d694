import { App, CfnResource, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { idOf, SmallApp } from './internal-app';
import { BindingTarget, IBindingTarget } from '../../src';
import { NamedService, ServiceBinding } from '../../src/container-app/private/service-names';

/** The environment, or the labels, of each container by the id of its construct. */
function containers(app: SmallApp, what: 'Environment' | 'DockerLabels' = 'Environment'): Record<string, any> {
  const found = Object.entries(Template.fromStack(app.stack).findResources('AWS::ECS::TaskDefinition'));
  return Object.fromEntries(found.map(([id, { Properties }]) => [/^App(.+?)Task[0-9A-F]{8}$/.exec(id)![1], Properties.ContainerDefinitions[0][what]]));
}

function functionIn(stack: Stack, vpc?: ec2.IVpc): lambda.Function {
  return new lambda.Function(stack, 'Report', { vpc, runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = 0') });
}

const ALL = { url: 'URL', host: 'HOST', port: 'PORT' };
const byAlias = [{ Name: 'URL', Value: 'http://search:9200' }, { Name: 'HOST', Value: 'search' }, { Name: 'PORT', Value: '9200' }];
const ZONE = /^app-[0-9a-f]{8}\.internal$/;

function zoneOf(stack: Stack): string {
  const [zone] = Object.values(Template.fromStack(stack).findResources('AWS::ServiceDiscovery::PrivateDnsNamespace'));
  return zone.Properties.Name;
}

const serviceConnect = (app: SmallApp, service: ecs.FargateService) =>
  Template.fromStack(app.stack).findResources('AWS::ECS::Service')[idOf(app.stack, service)].Properties.ServiceConnectConfiguration;

const namespaceArn = { 'Fn::GetAtt': [Match.stringLikeRegexp('^AppNames'), 'Arn'] };

test('an app without names has no zone', () => {
  const app = new SmallApp();
  app.client('Web');
  Template.fromStack(app.stack).resourceCountIs('AWS::ServiceDiscovery::PrivateDnsNamespace', 0);
});

test('all names of an app are in one private zone of its network', () => {
  const app = new SmallApp();
  app.internal('Search');
  app.internal('Mail', { port: 1025 });
  const template = Template.fromStack(app.stack);
  template.resourceCountIs('AWS::ServiceDiscovery::PrivateDnsNamespace', 1);
  template.hasResourceProperties('AWS::ServiceDiscovery::PrivateDnsNamespace', {
    Name: Match.stringLikeRegexp(ZONE.source), Vpc: app.stack.resolve(app.context.vpc.vpcId), Description: 'The services of Stack/App',
  });
});

test('two apps of one network have zones of their own, whatever stacks they are of', () => {
  const root = new App();
  const one = new Stack(root, 'One');
  const other = new Stack(root, 'Other');
  for (const [stack, id] of [[one, 'A'], [one, 'B'], [other, 'A']] as const) new SmallApp(stack, id).internal('Search');
  const zones = [one, other].flatMap((stack) => Object.values(Template.fromStack(stack).findResources('AWS::ServiceDiscovery::PrivateDnsNamespace')));
  expect(new Set(zones.map(({ Properties }) => Properties.Name)).size).toBe(3);
});

describe('a server', () => {
  test('is an address of Service Connect by TCP, in the namespace by its ARN', () => {
    const app = new SmallApp();
    const { service } = app.internal('Search', { name: 'elasticsearch' });
    const template = Template.fromStack(app.stack);
    template.hasResourceProperties('AWS::ECS::Service', {
      ServiceConnectConfiguration: {
        Enabled: true,
        Namespace: namespaceArn,
        Services: [{ PortName: 'app', DiscoveryName: 'elasticsearch-connect', ClientAliases: [{ DnsName: 'elasticsearch', Port: 9200 }] }],
      },
    });
    expect(serviceConnect(app, service).Services[0]).not.toHaveProperty('Timeout');
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ PortMappings: [{ Name: 'app', ContainerPort: 9200, AppProtocol: Match.absent(), Protocol: 'tcp' }] })],
    });
  });

  test('has a name in DNS, which clients ask for again after 10 seconds', () => {
    const app = new SmallApp();
    const { service } = app.internal('Search', { name: 'elasticsearch' });
    const template = Template.fromStack(app.stack);
    template.hasResourceProperties('AWS::ServiceDiscovery::Service', {
      Name: 'elasticsearch',
      DnsConfig: { DnsRecords: [{ TTL: 10, Type: 'A' }], NamespaceId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^AppNames'), 'Id'] } },
    });
    const [cloudMap] = Object.keys(template.findResources('AWS::ServiceDiscovery::Service'));
    const { Properties } = template.findResources('AWS::ECS::Service')[idOf(app.stack, service)];
    expect(Properties.ServiceRegistries).toEqual([{ RegistryArn: { 'Fn::GetAtt': [cloudMap, 'Arn'] } }]);
  });

  test('has a name that no other service of the app has', () => {
    const app = new SmallApp();
    app.internal('Search', { name: 'elasticsearch' });
    expect(() => app.internal('Index', { name: 'elasticsearch' }))
      .toThrow("Stack/App/Index: 'name' must be one that no other service of the app has, got 'elasticsearch', which is that of Stack/App/Search/Service");
  });
});

describe('a service of the app', () => {
  test('connects by the short name, and by the port alone that is opened to it', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    const web = app.client('Web');
    web.target.use(search.binding(ALL));

    expect(containers(app).Web).toEqual(byAlias);
    expect(serviceConnect(app, web.service)).toEqual({ Enabled: true, Namespace: { 'Fn::GetAtt': [expect.stringMatching(/^AppNames/), 'Arn'] } });
    const [searchGroup, webGroup] = [search, web].map(({ service }) => app.stack.resolve(service.connections.securityGroups[0].securityGroupId));
    const rules = Object.values(Template.fromStack(app.stack).findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
    expect(rules).toEqual([expect.objectContaining({ GroupId: searchGroup, SourceSecurityGroupId: webGroup, FromPort: 9200, ToPort: 9200, IpProtocol: 'tcp' })]);
  });

  test('is created after the server, as its tasks know the servers that there were when they started', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    const web = app.client('Web');
    web.target.use(search.binding({ host: 'HOST' }));
    const { DependsOn } = Template.fromStack(app.stack).findResources('AWS::ECS::Service')[idOf(app.stack, web.service)];
    expect(DependsOn).toContain(idOf(app.stack, search.service));
    expect(DependsOn).toContainEqual(expect.stringMatching(/^AppSearchSecurityGroupfrom/));
  });

  test('gets a new task definition for a server that it sets no name of', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    const web = app.client('Web');
    web.target.use(search.binding({}));
    expect(Object.values(containers(app, 'DockerLabels').Web)).toEqual(['search:9200']);
  });

  test('uses two servers', () => {
    const app = new SmallApp();
    const web = app.client('Web');
    web.target.use(app.internal('Search').binding({ host: 'SEARCH' }), app.internal('Mail', { port: 1025 }).binding({ host: 'MAIL' }));
    expect(containers(app).Web).toEqual([{ Name: 'SEARCH', Value: 'search' }, { Name: 'MAIL', Value: 'mail' }]);
  });

  test('is a server and a client at once', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    const index = app.internal('Index', { port: 8000, uses: [search.binding({ host: 'SEARCH' })] });
    app.client('Web').target.use(index.binding({ host: 'INDEX' }));
    expect(containers(app)).toMatchObject({ Index: [{ Name: 'SEARCH', Value: 'search' }], Web: [{ Name: 'INDEX', Value: 'index' }] });
    expect(serviceConnect(app, index.service).Services).toHaveLength(1);
  });

  test('cannot use itself', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    expect(() => search.use(search.binding(ALL))).toThrow('Stack/App/Search/Service: a service cannot use itself: within a task, it is localhost:9200');
  });
});

describe('of services that use each other', () => {
  test('the second reaches the first by DNS, which needs no order', () => {
    const app = new SmallApp();
    const [one, other] = [app.internal('One'), app.internal('Other')];
    one.use(other.binding({ host: 'OTHER' }));
    other.use(one.binding({ host: 'ONE' }));
    expect(containers(app)).toMatchObject({ One: [{ Name: 'OTHER', Value: 'other' }], Other: [{ Name: 'ONE', Value: `one.${zoneOf(app.stack)}` }] });
    const services = Template.fromStack(app.stack).findResources('AWS::ECS::Service');
    expect(services[idOf(app.stack, one.service)].DependsOn).toContain(idOf(app.stack, other.service));
    expect(services[idOf(app.stack, other.service)].DependsOn).not.toContain(idOf(app.stack, one.service));
  });

  test('so does the one that closes a longer circle', () => {
    const app = new SmallApp();
    const [a, b, c] = [app.internal('A'), app.internal('B'), app.internal('C')];
    a.use(b.binding({ host: 'HOST' }));
    b.use(c.binding({ host: 'HOST' }));
    c.use(a.binding({ host: 'HOST' }));
    expect(containers(app)).toMatchObject({ A: [{ Value: 'b' }], B: [{ Value: 'c' }], C: [{ Value: `a.${zoneOf(app.stack)}` }] });
  });
});

describe('what no service of the app runs looks the name up', () => {
  const byDns = (stack: Stack) => {
    const host = `search.${zoneOf(stack)}`;
    return [{ Name: 'URL', Value: `http://${host}:9200` }, { Name: 'HOST', Value: host }, { Name: 'PORT', Value: '9200' }];
  };

  test('a task', () => {
    const app = new SmallApp();
    const migrate = app.task('Migrate');
    migrate.target.use(app.internal('Search').binding(ALL));
    expect(containers(app).Migrate).toEqual(byDns(app.stack));
    expect(containers(app, 'DockerLabels').Migrate).toBeUndefined();
    Template.fromStack(app.stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 9200, SourceSecurityGroupId: app.stack.resolve(migrate.securityGroup.securityGroupId),
    });
  });

  test('what starts a task waits for the server', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    const run = new Construct(app.app, 'Run');
    const resource = new CfnResource(run, 'Resource', { type: 'Custom::DeployTask' });
    const { securityGroup } = app.task('Migrate');
    const target = { node: run.node, connections: securityGroup.connections, addSetting: () => undefined } as unknown as IBindingTarget;
    search.binding({ host: 'HOST' }).bind(target);
    expect(Template.fromStack(app.stack).findResources('Custom::DeployTask')[idOf(app.stack, run)].DependsOn).toContain(idOf(app.stack, search.service));
    expect(resource.node.dependencies.length).toBeGreaterThan(1); // and for the rule
  });

  test('a function, which does not wait', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    const fn = functionIn(app.stack, app.context.vpc);
    BindingTarget.lambdaFunction(fn).use(search.binding(ALL));
    const template = Template.fromStack(app.stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { HOST: `search.${zoneOf(app.stack)}`, PORT: '9200' } } });
    expect(template.findResources('AWS::Lambda::Function')[idOf(app.stack, fn)].DependsOn).not.toContain(idOf(app.stack, search.service));
  });

  test('not a function outside of the network', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    expect(() => BindingTarget.lambdaFunction(functionIn(app.stack)).use(search.binding(ALL))).toThrow("give the function its 'vpc'");
  });

  test('a service of another app, whose Service Connect is its own', () => {
    const app = new SmallApp();
    const other = new SmallApp(app.stack, 'Other');
    const { service, target } = other.client('Web');
    service.enableServiceConnect({ namespace: 'theirs' });
    target.use(app.internal('Search').binding({ host: 'HOST' }));
    Template.fromStack(app.stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Environment: [{ Name: 'HOST', Value: `search.${zoneOf(app.stack)}` }] })],
    });
  });

  test('a function of another stack, which refers to the address that is known', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    const theirs = new Stack(app.stack.node.root as App, 'Theirs');
    BindingTarget.lambdaFunction(functionIn(theirs, app.context.vpc)).use(search.binding({ host: 'HOST' }));
    const host = `search.${zoneOf(app.stack)}`;
    const template = Template.fromStack(theirs);
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { HOST: host } } });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 9200, ToPort: 9200 });
    expect(app.stack.dependencies).not.toContain(theirs);
  });
});

describe('a web service', () => {
  function webService(app: SmallApp, id = 'Api', name = id.toLowerCase()) {
    const web = app.client(id, 8000);
    const named: NamedService = { name, port: 8000, service: web.service };
    app.names.offer(named);
    return { ...web, binding: (settings = ALL) => new ServiceBinding({ names: app.names, server: named, settings, origin: `Stack/App/${id}.binding()` }) };
  }

  test('has no name while nobody uses it', () => {
    const app = new SmallApp();
    const { service } = webService(app);
    expect(serviceConnect(app, service)).toBeUndefined();
    Template.fromStack(app.stack).resourceCountIs('AWS::ServiceDiscovery::PrivateDnsNamespace', 0);
  });

  test('gets an address when a service uses it, and no name in DNS', () => {
    const app = new SmallApp();
    const api = webService(app);
    app.client('Worker').target.use(api.binding());
    expect(containers(app).Worker[0]).toEqual({ Name: 'URL', Value: 'http://api:8000' });
    expect(serviceConnect(app, api.service).Services).toEqual([{ PortName: 'app', DiscoveryName: 'api-connect', ClientAliases: [{ DnsName: 'api', Port: 8000 }] }]);
    Template.fromStack(app.stack).resourceCountIs('AWS::ServiceDiscovery::Service', 0);
  });

  test('gets a name in DNS when a task uses it', () => {
    const app = new SmallApp();
    const api = webService(app);
    app.task('Report').target.use(api.binding());
    expect(containers(app).Report[1]).toEqual({ Name: 'HOST', Value: `api.${zoneOf(app.stack)}` });
    expect(serviceConnect(app, api.service)).toBeUndefined();
  });

  test('is not waited for by a task, as it waits for deploy tasks itself', () => {
    const app = new SmallApp();
    const run = new Construct(app.app, 'Run');
    const resource = new CfnResource(run, 'Resource', { type: 'Custom::DeployTask' });
    const { securityGroup: { connections } } = app.task('Migrate');
    const api = webService(app);
    api.binding({} as any).bind({ node: run.node, connections, addSetting: () => undefined } as unknown as IBindingTarget);
    expect(resource.node.dependencies).not.toContain(api.service.node.defaultChild);
  });

  test('is a client first and a server later', () => {
    const app = new SmallApp();
    const api = webService(app);
    api.target.use(app.internal('Search').binding({ host: 'SEARCH' }));
    app.client('Worker').target.use(api.binding());
    expect(serviceConnect(app, api.service).Services).toHaveLength(1);
  });

  test('loses a name that nobody uses to an internal service', () => {
    const app = new SmallApp();
    const web = webService(app, 'Search');
    app.internal('Index', { name: 'search' });
    expect(() => app.client('Worker').target.use(web.binding()))
      .toThrow("Stack/App/Search/Service: nothing can reach this service by name, as Stack/App/Index/Service has the name 'search': give one of them another");
  });

  test('keeps a name that somebody uses', () => {
    const app = new SmallApp();
    app.client('Worker').target.use(webService(app, 'Search').binding());
    expect(() => app.internal('Index', { name: 'search' })).toThrow("got 'search', which is that of Stack/App/Search/Service");
  });

  test('has an address only if its port is known', () => {
    const app = new SmallApp();
    const named = { name: 'api', port: Token.asNumber({ Ref: 'Port' }), service: app.client('Api', 8000).service };
    app.names.offer(named);
    expect(() => app.task('Report').target.use(new ServiceBinding({ names: app.names, server: named, settings: ALL, origin: 'test' }))).toThrow("Stack/App/Api/Service: 'port' must be known at synthesis, got a token");
  });

  test('has no name that no host can have', () => {
    const app = new SmallApp();
    const api = webService(app, 'Api', 'api_v2');
    expect(() => app.client('Worker').target.use(api.binding())).toThrow("its name must be a DNS label of 1 to 56 lower-case letters, digits and hyphens, with no hyphen at its ends, such as elasticsearch, got 'api_v2'");
  });
});

test('the names of settings are strings', () => {
  const search = new SmallApp().internal('Search');
  expect(() => search.binding({ host: 9200 as any })).toThrow("Stack/App/Search.binding(): 'host' of 'names' must be a string, got 9200");
});
