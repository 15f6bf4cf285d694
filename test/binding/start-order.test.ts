import { App, CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Instance, InstanceType, MachineImage, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { BaseService, Cluster, ContainerImage, DeploymentControllerType, Ec2Service, Ec2TaskDefinition, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Rule } from 'aws-cdk-lib/aws-events';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  BindingTarget, CacheCapacity, DatabaseEngine, EncryptedCache, EncryptedDatabase, EncryptedDatabaseProps, IBinding, IBindingTarget, SecureQueue,
  StageProfile,
} from '../../src';
import { WaitsFor } from '../checks/waits-for';

const IMAGE = ContainerImage.fromRegistry('example/web:1.4.0');

/** A resource that can be bound, and the types of what must be there before an application of it starts. */
interface Bound {
  readonly binding: (scope: Construct, vpc: Vpc) => IBinding;
  readonly needs: RegExp[];
}

const database = (engine: DatabaseEngine, props: Partial<EncryptedDatabaseProps> = {}) => (scope: Construct, vpc: Vpc) =>
  new EncryptedDatabase(scope, 'Bound', { vpc, engine, databaseName: 'panels', ...props });
const withPassword = (...given: Parameters<typeof database>) => (scope: Construct, vpc: Vpc) => database(...given)(scope, vpc).binding({ secretArn: 'SECRET_ARN', host: 'HOST' });
const cache = (capacity: CacheCapacity) => (scope: Construct, vpc: Vpc) => new EncryptedCache(scope, 'Bound', { vpc, capacity }).binding({ url: 'REDIS_URL' });

const RULE = /^AWS::EC2::SecurityGroupIngress$/;
const INSTANCE = [/^AWS::RDS::DBInstance$/, RULE];
const CLUSTER = [/^AWS::RDS::DBCluster$/, /^BoundDatabaseWriter/, /^BoundDatabaseStandby/, RULE];
const PROXY = [/^AWS::RDS::DBProxy$/, /^AWS::RDS::DBProxyTargetGroup$/, /^BoundProxyWayIn/];
const EVERYTHING = { proxy: {}, backupPlan: {}, restoreDrill: {} };

const BOUND: Record<string, Bound> = {
  'MySQL': { binding: withPassword(DatabaseEngine.mysql()), needs: INSTANCE },
  'PostgreSQL behind a proxy': { binding: withPassword(DatabaseEngine.postgres(), { proxy: {} }), needs: [...INSTANCE, ...PROXY] },
  'MariaDB with all options': { binding: withPassword(DatabaseEngine.mariadb(), EVERYTHING), needs: [...INSTANCE, ...PROXY] },
  'Aurora MySQL': { binding: withPassword(DatabaseEngine.auroraMysql()), needs: CLUSTER },
  'Aurora PostgreSQL with all options': { binding: withPassword(DatabaseEngine.auroraPostgres(), { ...EVERYTHING, readers: 1 }), needs: [...CLUSTER, /^BoundDatabaseReader1/, ...PROXY] },
  'serverless Aurora': { binding: withPassword(DatabaseEngine.auroraPostgres(), { serverless: { maximumCapacity: 4 } }), needs: CLUSTER },
  'Aurora without a password': {
    binding: (scope, vpc) => database(DatabaseEngine.auroraPostgres())(scope, vpc).passwordlessBinding('reports', {}), needs: CLUSTER,
  },
  'a database of which only the name is asked': { binding: (scope, vpc) => database(DatabaseEngine.postgres())(scope, vpc).binding({ name: 'NAME' }), needs: INSTANCE },
  'a cache of nodes': { binding: cache(CacheCapacity.nodes()), needs: [/^AWS::ElastiCache::ReplicationGroup$/, RULE] },
  'a serverless cache': { binding: cache(CacheCapacity.serverless()), needs: [/^AWS::ElastiCache::ServerlessCache$/, RULE] },
  'a cache of which only the user is asked': {
    binding: (scope, vpc) => new EncryptedCache(scope, 'Bound', { vpc }).binding({ user: 'REDIS_USER' }), needs: [/^AWS::ElastiCache::ReplicationGroup$/, RULE],
  },
  'Aurora without a password, past its proxy': {
    binding: (scope, vpc) => database(DatabaseEngine.auroraPostgres(), { proxy: {} })(scope, vpc).passwordlessBinding('reports', {}), needs: CLUSTER.slice(0, -1),
  },
  'a queue of which only the broker is asked': { binding: (scope) => new SecureQueue(scope, 'Bound').workerBinding({ brokerUrl: 'BROKER' }), needs: [/^BoundQueue[0-9A-F]{8}$/] },
};

/** An application, and what of it must start last. */
interface Target {
  readonly of: (scope: Construct, vpc: Vpc) => IBindingTarget;
  readonly starts: RegExp;
  readonly needs: RegExp[];
}

function onFargate(scope: Construct, vpc: Vpc, controller = DeploymentControllerType.ECS): BindingTarget {
  const taskDefinition = new FargateTaskDefinition(scope, 'Task');
  const service = new FargateService(scope, 'Service', { cluster: new Cluster(scope, 'Cluster', { vpc }), taskDefinition, deploymentController: { type: controller } });
  return BindingTarget.container(taskDefinition.addContainer('web', { image: IMAGE }), service);
}

function onInstances(scope: Construct, vpc: Vpc): BindingTarget {
  const cluster = new Cluster(scope, 'Cluster', { vpc });
  cluster.addCapacity('Instances', { instanceType: new InstanceType('t4g.small') });
  const taskDefinition = new Ec2TaskDefinition(scope, 'Task');
  const container = taskDefinition.addContainer('web', { image: IMAGE, memoryLimitMiB: 256 });
  return BindingTarget.container(container, new Ec2Service(scope, 'Service', { cluster, taskDefinition }));
}

function inLambda(scope: Construct, vpc: Vpc): BindingTarget {
  const fn = new Function(scope, 'Function', { vpc, runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = 0') });
  fn.addEventSource(new SqsEventSource(new Queue(scope, 'Source')));
  return BindingTarget.lambdaFunction(fn);
}

/** What a user wrote for an instance, by the interface alone. */
function onEc2(scope: Construct, vpc: Vpc): IBindingTarget {
  const instance = new Instance(scope, 'Server', { vpc, instanceType: new InstanceType('t4g.small'), machineImage: MachineImage.genericLinux({ 'eu-west-3': 'ami-0a1b2c3d' }) });
  return {
    node: instance.node,
    grantPrincipal: instance.grantPrincipal,
    connections: instance.connections,
    addSetting: (name, value) => instance.userData.addCommands(`export ${name}=${value}`),
    addSecretSetting: (_, secret) => void secret.grantRead(instance),
  };
}

const TARGETS: Record<string, Target> = {
  'a service on Fargate': { of: onFargate, starts: /^AWS::ECS::Service$/, needs: [] },
  'a service that CodeDeploy deploys': { of: (scope, vpc) => onFargate(scope, vpc, DeploymentControllerType.CODE_DEPLOY), starts: /^AWS::ECS::Service$/, needs: [] },
  'a service on instances': { of: onInstances, starts: /^AWS::ECS::Service$/, needs: [] },
  'a function, and its event source': { of: inLambda, starts: /^AWS::Lambda::EventSourceMapping$/, needs: [/^FunctionServiceRoleDefaultPolicy/] },
  'an instance, by a target of a user': { of: onEc2, starts: /^AWS::EC2::Instance$/, needs: [] },
};

function stackWithNetwork() {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-3' } });
  return { stack, vpc: new Vpc(stack, 'Vpc', { availabilityZones: ['eu-west-3a', 'eu-west-3b'] }) };
}

const matrix = Object.keys(TARGETS).flatMap((target) => Object.keys(BOUND).map((bound) => [target, bound] as const));

test.each(matrix)('%s starts after %s, and nothing waits for itself', (target, bound) => {
  const { stack, vpc } = stackWithNetwork();
  const application = TARGETS[target].of(stack, vpc);
  BOUND[bound].binding(stack, vpc).bind(application);

  const graph = new WaitsFor(Template.fromStack(stack));
  const [starting] = graph.ids(TARGETS[target].starts);
  const awaited = graph.of(starting);
  for (const needed of [...TARGETS[target].needs, ...BOUND[bound].needs]) {
    const ids = graph.ids(needed).filter((id) => !/Drill/.test(id));
    expect({ needed, ids }).not.toEqual({ needed, ids: [] });
    expect(ids.filter((id) => !awaited.has(id))).toEqual([]);
  }
  expect(graph.circles()).toEqual([]);
});

test('a service starts after its execution role may read the secrets', () => {
  const { stack, vpc } = stackWithNetwork();
  BOUND['a serverless cache'].binding(stack, vpc).bind(onFargate(stack, vpc));
  const graph = new WaitsFor(Template.fromStack(stack));
  expect(graph.of(graph.ids(/^AWS::ECS::Service$/)[0])).toContain(graph.ids(/^TaskExecutionRoleDefaultPolicy/)[0]);
});

test('two services with one security group both wait for its rule', () => {
  const { stack, vpc } = stackWithNetwork();
  const group = new SecurityGroup(stack, 'Both', { vpc, allowAllOutbound: false });
  const cluster = new Cluster(stack, 'Cluster', { vpc });
  const binding = new EncryptedCache(stack, 'Cache', { vpc }).binding({ host: 'HOST' });
  for (const id of ['One', 'Two']) {
    const taskDefinition = new FargateTaskDefinition(stack, `${id}Task`);
    const service = new FargateService(stack, id, { cluster, taskDefinition, securityGroups: [group] });
    BindingTarget.container(taskDefinition.addContainer('web', { image: IMAGE }), service).use(binding);
  }
  const graph = new WaitsFor(Template.fromStack(stack));
  const rules = graph.ids(/^AWS::EC2::SecurityGroup(In|E)gress$/);
  expect(rules).toHaveLength(2); // in, and out of a group that lets nothing out
  for (const service of graph.ids(/^AWS::ECS::Service$/)) expect([...graph.of(service)]).toEqual(expect.arrayContaining(rules));
});

test('a service that works a queue does not wait for a rule that sends the queue its own events', () => {
  const { stack, vpc } = stackWithNetwork();
  const jobs = new SecureQueue(stack, 'Jobs');
  const target = onFargate(stack, vpc);
  target.use(jobs.workerBinding({ name: 'QUEUE' }));
  const { serviceArn } = stack.node.findChild('Service') as BaseService;
  new Rule(stack, 'Rule', { eventPattern: { source: ['aws.ecs'], resources: [serviceArn] }, targets: [jobs.asRuleTarget()] });
  expect(new WaitsFor(Template.fromStack(stack)).circles()).toEqual([]);
});

describe('in stacks of their own', () => {
  test('the service waits for its rule and for the right to read the secret, and its stack for that of the database', () => {
    const app = new App();
    const [data, web] = [new Stack(app, 'Data'), new Stack(app, 'Web')];
    const vpc = new Vpc(data, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }] });
    const binding = database(DatabaseEngine.auroraPostgres(), { proxy: {} })(data, vpc).binding({ url: 'DATABASE_URL' });
    onFargate(web, vpc).use(binding);
    const graph = new WaitsFor(Template.fromStack(web));
    const awaited = graph.of(graph.ids(/^AWS::ECS::Service$/)[0]);
    expect([...awaited]).toEqual(expect.arrayContaining([...graph.ids(RULE), ...graph.ids(/^TaskExecutionRoleDefaultPolicy/)]));
    expect(graph.ids(RULE)).toHaveLength(1);
    expect(web.dependencies.map(({ node }) => node.id)).toEqual(['Data']);
    expect(data.dependencies).toEqual([]);
  });

  test.each([
    ['of a nested stack waits for the database around it', (stack: Stack) => [stack, new NestedStack(stack, 'Nested')]],
    ['waits for the nested stack of the database', (stack: Stack) => [new NestedStack(stack, 'Nested'), stack]],
    ['of a nested stack waits for that of the database', (stack: Stack) => [new NestedStack(stack, 'Data'), new NestedStack(stack, 'Web')]],
  ])('a service %s', (_, placesIn) => {
    const { stack, vpc } = stackWithNetwork();
    const [ofData, ofWeb] = placesIn(stack);
    database(DatabaseEngine.auroraPostgres(), { proxy: {} })(ofData, vpc).binding({ url: 'DATABASE_URL' }).bind(onFargate(ofWeb, vpc));
    const graph = new WaitsFor(Template.fromStack(stack));
    expect(graph.circles()).toEqual([]);
    const logicalIdOf = (place: Stack) => stack.getLogicalId(place.nestedStackResource as CfnResource);
    const service = ofWeb === stack ? graph.ids(/^AWS::ECS::Service$/)[0] : logicalIdOf(ofWeb);
    const databases = ofData === stack ? graph.ids(/^AWS::RDS::DB(Cluster|Instance|ProxyTargetGroup)$/) : [logicalIdOf(ofData)];
    expect(databases.length).toBeGreaterThan(0);
    expect([...graph.of(service)]).toEqual(expect.arrayContaining(databases));
  });
});

/** The labels of the task definition, which ECS replaces tasks by. */
function labelsOf(stack: Stack): unknown[] {
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  return Object.entries(Properties.ContainerDefinitions[0].DockerLabels ?? {}).flat();
}

describe('tasks are replaced when the way behind a secret changes', () => {
  const labels = (binding: Bound['binding'], { nested = false } = {}) => {
    const { stack, vpc } = stackWithNetwork();
    const place = nested ? new NestedStack(stack, 'Nested') : stack;
    StageProfile.staging().applyTo(stack);
    binding(stack, vpc).bind(onFargate(place, vpc));
    return labelsOf(place);
  };
  const passworded = (props: Partial<EncryptedDatabaseProps>) => (scope: Construct, vpc: Vpc) =>
    database(DatabaseEngine.postgres(), props)(scope, vpc).binding({ password: 'PASSWORD' });

  test('with the address of the database, or of its proxy', () => {
    expect(labels(passworded({}))).toEqual([expect.stringMatching(/^io\.github\.cdkmainstay\.StackBound[0-9A-F]{8}$/), { 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^BoundDatabase/), 'Endpoint.Address'] }, ':5432']] }]);
    expect(labels(passworded({ proxy: {} }))[1]).toEqual({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^BoundProxy/), 'Endpoint'] }, ':5432']] });
    expect(labels(passworded({ port: 5433 }))[1]).toMatchObject({ 'Fn::Join': ['', [expect.anything(), ':5433']] });
  });

  test('with the address of the cache', () => {
    expect(labels(cache(CacheCapacity.nodes()))[1]).toEqual({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^BoundNodes/), 'PrimaryEndPoint.Address'] }, ':6379']] });
    expect(labels(cache(CacheCapacity.serverless()))[1]).toEqual({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^BoundServerless/), 'Endpoint.Address'] }, ':6379']] });
  });

  test.each(['url', 'celeryUrl', 'password'])('with the address of the cache, also where the %s alone is asked for', (name) => {
    expect(labels((scope, vpc) => new EncryptedCache(scope, 'Bound', { vpc }).binding({ [name]: 'CACHE' }))).toHaveLength(2);
  });

  test('with the address, in a nested stack', () => {
    expect(labels(passworded({}), { nested: true })[1]).toEqual({ 'Fn::Join': ['', [{ Ref: expect.stringMatching(/BoundDatabase.*EndpointAddress/) }, ':5432']] });
  });

  test('and are not where no secret is asked for', () => {
    expect(labels((scope, vpc) => database(DatabaseEngine.postgres())(scope, vpc).binding({ host: 'HOST', secretArn: 'ARN' }))).toEqual([]);
    expect(labels((scope, vpc) => new EncryptedCache(scope, 'Bound', { vpc }).binding({ host: 'HOST' }))).toEqual([]);
  });

  describe('of another stack', () => {
    const deployed = (binding: Bound['binding']) => {
      const app = new App();
      const [data, web] = [new Stack(app, 'Data'), new Stack(app, 'Web')];
      const vpc = new Vpc(data, 'Vpc');
      binding(data, vpc).bind(onFargate(web, vpc));
      const exports = Object.keys(Template.fromStack(data).toJSON().Outputs);
      return { label: labelsOf(web)[1], exports, imports: JSON.stringify(Template.fromStack(web).toJSON()) };
    };

    test.each([
      ['instance', passworded({})], ['proxy', passworded({ proxy: {} })], ['cluster', withPasswordOf(DatabaseEngine.auroraMysql())],
      ['AWS::ElastiCache::ReplicationGroup', cache(CacheCapacity.nodes())], ['AWS::ElastiCache::ServerlessCache', cache(CacheCapacity.serverless())],
    ])('with the kind alone: %s', (kind, binding) => {
      expect(deployed(binding).label).toBe(kind);
    });

    test('and a proxy leaves the exports that the other stack imports until it is deployed', () => {
      const names = (props: Partial<EncryptedDatabaseProps>) => deployed((scope, vpc) => database(DatabaseEngine.postgres(), props)(scope, vpc).binding({ url: 'URL', host: 'HOST' }));
      const [before, after] = [names({}), names({ proxy: {} })];
      const imported = before.exports.filter((name) => before.imports.includes(name));
      expect(imported.filter((name) => /Bound/.test(name)).length).toBeGreaterThan(2);
      expect(imported.filter((name) => !after.exports.includes(name))).toEqual([]);
      expect(after.imports).toMatch(/BoundProxySecurityGroup/);
    });
  });
});

function withPasswordOf(engine: DatabaseEngine): Bound['binding'] {
  return (scope, vpc) => database(engine)(scope, vpc).binding({ password: 'PASSWORD' });
}
