import { App, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { InstanceType, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, Ec2Service, Ec2TaskDefinition, FargateService, FargateServiceProps, FargateTaskDefinition, NetworkMode } from 'aws-cdk-lib/aws-ecs';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { BindingTarget, DatabaseEngine, EncryptedDatabase, EncryptedDatabaseProps } from '../../src';

function make(props: Partial<EncryptedDatabaseProps> = { parameters: { max_connections: '200' } }) {
  const stack = new Stack(new App(), 'Stack');
  const vpc = new Vpc(stack, 'Vpc');
  return { stack, vpc, database: new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.mysql(), databaseName: 'skills', ...props }) };
}

function budgetOf(stack: Stack): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('ConnectionBudget')).map(({ entry }) => entry.data as string);
}

describe('connections that are reserved', () => {
  test('are fine up to nine tenths of what the database takes', () => {
    const { database, stack } = make();
    expect(database.maxConnections).toBe(200);
    database.reserveConnections('web', 4 * 20);
    database.reserveConnections('worker', 100);
    expect(budgetOf(stack)).toEqual([]);
  });

  test('are warned of beyond that, once, with who reserved them', () => {
    const { database, stack } = make();
    database.reserveConnections('web', 4 * 20);
    database.reserveConnections('worker', 101);
    database.reserveConnections('reports', 1);
    expect(budgetOf(stack)).toEqual([
      expect.stringMatching(/^182 of about 200 connections are reserved \(web 80, worker 101, reports 1\), which leaves less than a tenth/),
    ]);
  });

  test('are not counted where the limit is not known', () => {
    const { database, stack } = make({ instanceType: new InstanceType('y9.large') });
    database.reserveConnections('web', 1_000_000);
    expect(budgetOf(stack)).toEqual([]);
  });

  test.each([0, 1.5])('%d are refused', (count) => {
    expect(() => make().database.reserveConnections('web', count)).toThrow(`Stack/Database: 'count' must be a whole number of connections at least 1, got ${count}`);
  });
});

describe('the pools of a bound service', () => {
  function bound(service: Partial<FargateServiceProps>, poolSize: number, props?: Partial<EncryptedDatabaseProps>) {
    const { stack, vpc, database } = make(props);
    const taskDefinition = new FargateTaskDefinition(stack, 'Task');
    const container = taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    const web = new FargateService(stack, 'Web', { cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition, ...service });
    BindingTarget.container(container, web).use(database.binding({ url: 'DATABASE_URL', poolSize }));
    return { stack, database, container, web };
  }

  test.each<[string, Partial<FargateServiceProps>, number]>([
    ['of the tasks that it has, twice while they are replaced', { desiredCount: 4 }, 160],
    ['of the one task that it has if it says nothing', {}, 40],
    ['of no more tasks than a deployment may run', { desiredCount: 4, maxHealthyPercent: 150 }, 120],
    ['of whole tasks', { desiredCount: 3, maxHealthyPercent: 150 }, 80],
  ])('are those %s', (_, service, count) => {
    const { stack, database } = bound(service, 20);
    database.reserveConnections('others', 181 - count);
    expect(budgetOf(stack)).toEqual([expect.stringContaining(`181 of about 200 connections are reserved (Stack/Task/web ${count}, others ${181 - count})`)]);
  });

  test('are those of as many tasks as it may ever scale to, whenever that is said', () => {
    const { stack, web } = bound({ desiredCount: 2 }, 20);
    web.autoScaleTaskCount({ maxCapacity: 5 }).scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60, scaleInCooldown: Duration.minutes(5) });
    expect(budgetOf(stack)).toEqual([expect.stringContaining('(Stack/Task/web 200)')]);
  });

  test('are counted for a login without a password, too', () => {
    const { stack, database, container, web } = bound({ desiredCount: 1 }, 1);
    BindingTarget.container(container, web).use(database.passwordlessBinding('reports', { user: 'REPORTS_USER', poolSize: 100 }));
    expect(budgetOf(stack)).toEqual([expect.stringContaining('202 of about 200')]);
  });

  test('are not counted where the number of tasks is a token', () => {
    const { stack, web } = bound({ desiredCount: Token.asNumber(Fn.ref('Count')) }, 1000);
    web.autoScaleTaskCount({ maxCapacity: Token.asNumber(Fn.ref('Most')) });
    expect(budgetOf(stack)).toEqual([]);
  });

  test('are not counted before a proxy, which has them wait', () => {
    expect(budgetOf(bound({ desiredCount: 40 }, 100, { proxy: {} }).stack)).toEqual([]);
  });

  test.each([0, 2.5])('are not %d', (poolSize) => {
    expect(() => bound({}, poolSize)).toThrow(`Stack/Database, bound to Stack/Task/web: 'poolSize' must be a whole number of connections at least 1, got ${poolSize}`);
  });

  test('are known at synthesis', () => {
    expect(() => bound({}, Token.asNumber(Fn.ref('Size')))).toThrow('\'poolSize\' must be known at synthesis, got a token: connections are added up then');
  });
});

describe('the pools of', () => {
  const functionIn = (stack: Stack, vpc: Vpc, reservedConcurrentExecutions?: number) => new Function(stack, 'Function', {
    runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = 0'), vpc, reservedConcurrentExecutions,
  });

  test('a function are those of its concurrency', () => {
    const { stack, vpc, database } = make();
    BindingTarget.lambdaFunction(functionIn(stack, vpc, 100)).use(database.binding({ url: 'DATABASE_URL', poolSize: 2 }));
    expect(budgetOf(stack)).toEqual([expect.stringContaining('(Stack/Function 200)')]);
  });

  const uncountable = (path: string) => `Stack/Database, bound to ${path}: 'poolSize' must be left out, as it is not known how many of it run at a time: ` +
    'give a function \'reservedConcurrentExecutions\', or count its connections yourself, by reserveConnections()';

  test('a function without a limit cannot be counted', () => {
    const { stack, vpc, database } = make();
    expect(() => BindingTarget.lambdaFunction(functionIn(stack, vpc)).use(database.binding({ url: 'DATABASE_URL', poolSize: 2 }))).toThrow(uncountable('Stack/Function'));
  });

  test('a task that is on every instance, or of no service, cannot be counted', () => {
    const { stack, vpc, database } = make();
    const taskDefinition = new Ec2TaskDefinition(stack, 'Task', { networkMode: NetworkMode.AWS_VPC });
    const container = taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0'), memoryLimitMiB: 512 });
    const cluster = new Cluster(stack, 'Cluster', { vpc, capacity: { instanceType: new InstanceType('t4g.small') } });
    for (const runner of [new Ec2Service(stack, 'Daemon', { cluster, taskDefinition, daemon: true }), new SecurityGroup(stack, 'Hosts', { vpc })]) {
      expect(() => BindingTarget.container(container, runner).use(database.binding({ url: 'DATABASE_URL', poolSize: 2 }))).toThrow(uncountable('Stack/Task/web'));
    }
  });
});
