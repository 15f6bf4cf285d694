import { App, CfnResource, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct, Dependable, DependencyGroup, IConstruct } from 'constructs';
import { idOf, SmallApp } from './internal-app';
import { StageProfile } from '../../src';
import { DeployTask } from '../../src/container-app/deploy-task';
import { DeployGate } from '../../src/container-app/private/deploy-gate';
import { ServiceCapacity } from '../../src/container-app/service-capacity';

const DATA = '/usr/share/elasticsearch/data';

function serviceOf(props: object = {}, stack?: Stack) {
  const app = new SmallApp(stack);
  const { service } = app.internal('Search', props);
  return Template.fromStack(app.stack).findResources('AWS::ECS::Service')[idOf(app.stack, service)].Properties;
}

test('is reached by its name, and has the parts of any service', () => {
  const { service, taskDefinition, container, logGroup, dnsName, fileSystem, connections } = new SmallApp().internal('Search', { name: 'elasticsearch' });
  expect(service.taskDefinition).toBe(taskDefinition);
  expect(taskDefinition.defaultContainer).toBe(container);
  expect(logGroup.logGroupName).toBeDefined();
  expect(dnsName).toMatch(/^elasticsearch\.app-[0-9a-f]{8}\.internal$/);
  expect(fileSystem).toBeUndefined(); // without dataPath
  expect(connections.securityGroups).toEqual(service.connections.securityGroups);
  expect(connections.defaultPort!.toString()).toBe('9200');
});

test('runs the image of the app, or its own', () => {
  const app = new SmallApp();
  app.internal('Search');
  app.internal('Mail', { image: ecs.ContainerImage.fromRegistry('example/mail:2') });
  const images = Object.values(Template.fromStack(app.stack).findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties.ContainerDefinitions[0].Image);
  expect(images).toEqual(['example/app:1.4.0', 'example/mail:2']);
});

test('runs as many tasks as the profile says, or as many as are given, and replaces them one after the other', () => {
  const rolling = { DesiredCount: 2, DeploymentConfiguration: { MinimumHealthyPercent: 100, MaximumPercent: 200 } };
  expect(serviceOf()).toMatchObject(rolling);
  expect(serviceOf({ tasks: 3 })).toMatchObject({ DesiredCount: 3 });
  const stack = new Stack(new App(), 'Stack');
  StageProfile.staging().applyTo(stack);
  expect(serviceOf({}, stack)).toMatchObject({ DesiredCount: 1 });
});

describe('with data', () => {
  test('runs one task, which ECS stops before it starts the next one', () => {
    expect(serviceOf({ dataPath: DATA })).toMatchObject({
      DesiredCount: 1,
      DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100, DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
      AvailabilityZoneRebalancing: 'DISABLED',
    });
  });

  const onSpot = (props: object) => {
    const stack = new Stack(new App(), 'Stack');
    StageProfile.ephemeral().applyTo(stack);
    return serviceOf(props, stack).CapacityProviderStrategy;
  };

  test('runs it on Fargate, whatever the profile says', () => {
    expect(onSpot({ dataPath: DATA })).toEqual([{ CapacityProvider: 'FARGATE', Weight: 1 }]);
    expect(onSpot({})).toContainEqual(expect.objectContaining({ CapacityProvider: 'FARGATE_SPOT' }));
  });

  test('runs it on Fargate even of Fargate Spot, which is for more than the one task', () => {
    expect(onSpot({ dataPath: DATA, capacity: ServiceCapacity.fargateSpot() })).toContainEqual({ CapacityProvider: 'FARGATE', Base: 1, Weight: 0 });
  });

  test.each([2, 10])('cannot run %p', (tasks) => {
    expect(() => serviceOf({ dataPath: DATA, tasks })).toThrow(`Stack/App/Search: 'tasks' must be 1 with 'dataPath', got ${tasks}: one task at a time writes the data`);
  });

  test('may run 1, as it is said', () => {
    expect(serviceOf({ dataPath: DATA, tasks: 1 })).toMatchObject({ DesiredCount: 1 });
  });
});

describe('allowFrom()', () => {
  test('opens the port to who reaches it by its host name', () => {
    const app = new SmallApp();
    const { securityGroup } = app.task('Report');
    app.internal('Search').allowFrom(securityGroup);
    Template.fromStack(app.stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      FromPort: 9200, ToPort: 9200, SourceSecurityGroupId: app.stack.resolve(securityGroup.securityGroupId),
    });
  });

  test('nobody is in before', () => {
    const app = new SmallApp();
    const search = app.internal('Search');
    const template = Template.fromStack(app.stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    const [group] = search.connections.securityGroups;
    expect(template.findResources('AWS::EC2::SecurityGroup')[idOf(app.stack, group as unknown as Construct)].Properties).not.toHaveProperty('SecurityGroupIngress');
  });
});

describe('uses', () => {
  test('are bound, and so is what use() gets later', () => {
    const app = new SmallApp();
    const setting = (name: string) => ({ bind: (target: any) => target.addSetting(name, 'value', 'test') });
    const search = app.internal('Search', { environment: { 'discovery.type': 'single-node' }, uses: [setting('FIRST')] });
    search.use(setting('SECOND'));
    const [{ Properties }] = Object.values(Template.fromStack(app.stack).findResources('AWS::ECS::TaskDefinition'));
    expect(Properties.ContainerDefinitions[0].Environment).toEqual([
      { Name: 'discovery.type', Value: 'single-node' }, { Name: 'FIRST', Value: 'value' }, { Name: 'SECOND', Value: 'value' },
    ]);
    expect(() => search.use(setting('FIRST'))).toThrow("the setting 'FIRST' is set twice");
  });

  test('must be bindings', () => {
    expect(() => serviceOf({ uses: [{}] })).toThrow("'uses' must be a list, each item of it a binding (IBinding), got an object of Object in it");
  });
});

describe('waits for deploy tasks', () => {
  const dependsOn = (app: SmallApp, service: ecs.FargateService) => Template.fromStack(app.stack).findResources('AWS::ECS::Service')[idOf(app.stack, service)].DependsOn;

  test('that the app has when it is synthesized', () => {
    const stack = new Stack(new App(), 'Stack');
    const deployTasks = new DependencyGroup();
    const app = new SmallApp(stack, 'App', deployTasks);
    const { service } = app.internal('Search');
    deployTasks.add(new CfnResource(stack, 'Migrate', { type: 'Custom::DeployTask' }));
    expect(dependsOn(app, service)).toContain('Migrate');
  });

  test('but not for those that use it', () => {
    const stack = new Stack(new App(), 'Stack');
    const [before, using] = ['Before', 'Using'].map((id) => new CfnResource(stack, id, { type: 'Custom::DeployTask' }));
    const asked: IConstruct[] = [];
    const gate = { tasksBefore: (used: IConstruct) => (asked.push(used), before) };
    Dependable.implement(gate, { dependencyRoots: [before, using] });
    const app = new SmallApp(stack, 'App', gate);
    const search = app.internal('Search');
    expect(asked).toEqual([search]);
    expect(dependsOn(app, search.service)).toContain('Before');
    expect(dependsOn(app, search.service)).not.toContain('Using');
  });
});

test('a deploy task runs after the service that it uses, and before all other services', () => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new Vpc(stack, 'Network', { maxAzs: 2, natGateways: 1 });
  const gate = new DeployGate(stack, 'Tasks', { vpc, cluster: new ecs.Cluster(stack, 'Cluster', { vpc }) });
  const app = new SmallApp(stack, 'App', gate);
  const [search, mail] = [app.internal('Search', { dataPath: DATA }), app.internal('Mail')];
  const web = app.client('Web');
  web.target.use(search.binding({ host: 'SEARCH' }));
  const index = DeployTask._create(app.app, 'Index', { app: app.context, gate, image: ecs.ContainerImage.fromRegistry('example/web:1'), props: { uses: [search.binding({ host: 'SEARCH' })] } });

  const { Resources } = Template.fromStack(stack).toJSON();
  const run = idOf(stack, index._startedBy);
  expect(circles(Resources)).toEqual([]);
  expect(Resources[run].DependsOn).toContain(idOf(stack, search.service));
  expect(Resources[idOf(stack, search.service)].DependsOn).not.toContain(run);
  for (const { service } of [mail, web]) expect(Resources[idOf(stack, service)].DependsOn).toContain(run);
});

/** The resources that wait for themselves: CloudFormation refuses such a template. */
function circles(resources: Record<string, any>): string[] {
  const needs = Object.fromEntries(Object.entries(resources).map(([id, resource]) => {
    const text = JSON.stringify(resource);
    return [id, [...text.matchAll(/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/g)].map(([, name]) => name).concat(resource.DependsOn ?? []).filter((name) => name in resources)];
  }));
  const reached = (id: string, seen = new Set<string>()): Set<string> => {
    for (const next of needs[id]) if (!seen.has(next)) reached(next, seen.add(next));
    return seen;
  };
  return Object.keys(needs).filter((id) => reached(id).has(id));
}

describe('refuses', () => {
  const NAME = "'name' must be a DNS label of 1 to 56 lower-case letters, digits and hyphens, with no hyphen at its ends, such as elasticsearch, got ";

  test.each(['', 'Elasticsearch', 'elastic_search', 'elastic.search', '-search', 'search-', 'a'.repeat(57), 'süche'])('the name %p', (name) => {
    expect(() => serviceOf({ name })).toThrow(`Stack/App/Search: ${NAME}'${name}'`);
  });

  test.each(['e', '9', 'elastic-search', 'a'.repeat(56)])('not the name %p', (name) => expect(() => serviceOf({ name })).not.toThrow());

  test.each([0, 65536, 80.5, -1])('the port %p', (port) => {
    expect(() => serviceOf({ port })).toThrow(`Stack/App/Search: 'port' must be a whole number between 1 and 65535, got ${port}`);
  });

  test.each([1, 65535])('not the port %p', (port) => expect(() => serviceOf({ port })).not.toThrow());

  test.each([0, 1.5])('%p tasks', (tasks) => expect(() => serviceOf({ tasks })).toThrow(`'tasks' must be a whole number at least 1, got ${tasks}`));

  test.each([
    ['name', Token.asString({ Ref: 'Name' })], ['port', Token.asNumber({ Ref: 'Port' })], ['dataPath', Token.asString({ Ref: 'Path' })],
  ])('a token as %s', (prop, value) => {
    expect(() => serviceOf({ [prop]: value })).toThrow(`Stack/App/Search: '${prop}' must be known at synthesis, got a token`);
  });

  test('an owner that is a token', () => {
    expect(() => serviceOf({ dataPath: DATA, dataOwner: Token.asString({ Ref: 'Owner' }) })).toThrow("'dataOwner' must be known at synthesis, got a token");
  });

  test.each([
    ['name', 1, 'a string'], ['port', '9200', 'a number'], ['tasks', '1', 'a number'], ['dataPath', true, 'a string'], ['dataOwner', 1000, 'a string'],
    ['encryptionKey', 'arn', 'a key (kms.IKey)'], ['removalPolicy', 'gone', 'one of RemovalPolicy.'],
  ])('a %s of another kind', (prop, value, kind) => {
    expect(() => serviceOf({ dataPath: DATA, [prop]: value })).toThrow(`Stack/App/Search: '${prop}' must be ${kind}`);
  });

  test.each(['dataOwner', 'removalPolicy'])('%s without data', (prop) => {
    expect(() => serviceOf({ [prop]: prop === 'dataOwner' ? '1000:0' : 'destroy' }))
      .toThrow(`Stack/App/Search: '${prop}' must be left out without 'dataPath': the service has no data that outlives its tasks`);
  });

  test('a key without data, and one that EFS cannot use', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-west-3' } });
    expect(() => serviceOf({ encryptionKey: new Key(stack, 'Key') }, stack)).toThrow("'encryptionKey' must be left out without 'dataPath'");
    const elsewhere = Key.fromKeyArn(stack, 'Elsewhere', 'arn:aws:kms:eu-west-1:123456789012:key/1');
    expect(() => serviceOf({ dataPath: DATA, encryptionKey: elsewhere }, new Stack(new App(), 'Other', { env: { region: 'eu-west-3' } })))
      .toThrow("'encryptionKey' must be in eu-west-3, the region of this stack");
  });

  test('before it creates anything', () => {
    const app = new SmallApp();
    expect(() => app.internal('Search', { dataPath: DATA, tasks: 2 })).toThrow();
    expect(app.app.node.findChild('Search').node.children).toEqual([]);
  });

  test('not a key that AWS manages for EFS', () => {
    const stack = new Stack(new App(), 'Stack');
    const managed = Key.fromKeyArn(stack, 'Managed', 'arn:aws:kms:eu-west-3:123456789012:alias/aws/elasticfilesystem');
    expect(() => serviceOf({ dataPath: DATA, encryptionKey: managed }, stack)).not.toThrow();
  });
});

test("leaves the caller's props untouched", () => {
  expect(() => serviceOf(Object.freeze({ dataPath: DATA, writablePaths: Object.freeze(['/tmp']) }))).not.toThrow();
});
