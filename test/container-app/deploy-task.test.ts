import { App, CfnWaitConditionHandle, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnTaskDefinition, Cluster, ContainerImage, CpuArchitecture, Secret } from 'aws-cdk-lib/aws-ecs';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret as SecretsManagerSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, IDependable } from 'constructs';
import { EncryptedCache } from '../../src/cache';
import type { ContainerOptions } from '../../src/container-app/container-props';
import { DeployTask } from '../../src/container-app/deploy-task';
import { containerTask } from '../../src/container-app/private/container-task';
import { DeployGate } from '../../src/container-app/private/deploy-gate';
import { fargateService } from '../../src/container-app/private/fargate-service';
import type { DeployTaskProps } from '../../src/container-app/task-props';
import { DatabaseEngine, EncryptedDatabase } from '../../src/database';
import { SecureQueue } from '../../src/queue';
import { StageProfile } from '../../src/stage';

const IMAGE = ContainerImage.fromRegistry('example/web:1.4.0');

function make(scope: Stack = new Stack(new App(), 'Stack')) {
  const vpc = new Vpc(scope, 'Vpc');
  const cluster = new Cluster(scope, 'Cluster', { vpc });
  const gate = new DeployGate(scope, 'DeployTasks', { vpc, cluster });
  const app = { vpc, cluster, deployTasks: gate };
  const add = (id = 'Migrate', props: DeployTaskProps = {}, inherited?: ContainerOptions) =>
    DeployTask._create(scope, id, { app, gate, image: IMAGE, inherited, props: Object.freeze(props) });
  const addService = (id: string, deployTasks: IDependable = gate) => {
    const parent = new Construct(scope, id);
    const task = containerTask(parent, { image: IMAGE });
    return fargateService(parent, { app: { ...app, deployTasks }, task, minimumTasks: 1 }).service;
  };
  return {
    stack: scope,
    vpc,
    cluster,
    gate,
    add,
    addService,
    get resources(): Record<string, any> { return Template.fromStack(scope).toJSON().Resources; },
  };
}

const runs = (resources: Record<string, any>) => Object.values(resources).filter(({ Type }) => Type === 'Custom::DeployTask');
const idsOf = (resources: Record<string, any>, pattern: RegExp, type?: string) =>
  Object.keys(resources).filter((id) => pattern.test(id) && (!type || resources[id].Type === type));

describe('a deploy task', () => {
  test('is a custom resource of a function that answers when the task has ended, which CloudFormation waits for', () => {
    const made = make();
    made.add('Migrate', { command: ['python', 'manage.py', 'migrate'], timeout: Duration.minutes(20) });
    const [run] = runs(made.resources);
    expect(run.Properties).toMatchObject({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^DeployTasksFunction/), 'Arn'] },
      ServiceTimeout: '1500',
      Task: 'Migrate',
      StateMachineArn: { Ref: expect.stringMatching(/^DeployTasksMachine/) },
      Trigger: '{"image":"example/web:1.4.0","command":["python","manage.py","migrate"]}',
    });
  });

  test.each([[{}, 1200], [{ timeout: Duration.minutes(55) }, 3600]])('has five minutes to be answered after its time is up (%#)', (props, seconds) => {
    const made = make();
    made.add('Migrate', props);
    expect(runs(made.resources)[0].Properties.ServiceTimeout).toBe(`${seconds}`);
    expect(JSON.stringify(made.resources)).toContain(`\\"TimeoutSeconds\\":${seconds - 300}`);
  });

  test('waits for what its roles may do, its log, the way out of its subnets, the machine and the permissions of the function', () => {
    const made = make();
    made.add('Migrate', { secrets: { KEY: Secret.fromSecretsManager(new SecretsManagerSecret(made.stack, 'Secret')) } });
    const { resources } = made;
    const [{ DependsOn }] = runs(resources);
    const needed = ['MigrateExecutionRoleDefaultPolicy', 'MigrateTaskRole', 'MigrateLogs', 'MigrateTask', 'MigrateSecurityGroup', 'DeployTasksMachine', 'DeployTasksPermissions', 'VpcPrivateSubnet1DefaultRoute', 'VpcPrivateSubnet2DefaultRoute'];
    for (const id of needed) expect(DependsOn).toContainEqual(expect.stringMatching(new RegExp(`^${id}`)));
    const [machine] = idsOf(resources, /^DeployTasksMachine/, 'AWS::StepFunctions::StateMachine');
    expect(resources[machine].DependsOn).toContainEqual(expect.stringMatching(/^DeployTasksMachineRoleDefaultPolicy/));
  });

  test('waits for what it uses, and for the rules that let it in, in the order of any call', () => {
    const made = make();
    const { stack, vpc } = made;
    const database = new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });
    const cache = new EncryptedCache(stack, 'Cache', { vpc });
    const queue = new SecureQueue(stack, 'Queue');
    const migrate = made.add('Migrate', { uses: [database.binding({ url: 'DATABASE_URL' })] });
    migrate.use(cache.binding({ url: 'CACHE_URL' }), queue.workerBinding({ url: 'QUEUE_URL' }));
    const { resources } = made;
    const [{ DependsOn }] = runs(resources);
    const rules = idsOf(resources, /MigrateSecurityGroup/, 'AWS::EC2::SecurityGroupIngress');
    expect(rules).toHaveLength(2);
    const instance = idsOf(resources, /^Database/, 'AWS::RDS::DBInstance');
    const group = idsOf(resources, /^Cache/, 'AWS::ElastiCache::ReplicationGroup');
    const jobs = idsOf(resources, /^QueueQueue/, 'AWS::SQS::Queue');
    const policies = idsOf(resources, /^Migrate(Execution|Task)RoleDefaultPolicy/, 'AWS::IAM::Policy');
    expect(policies).toHaveLength(2);
    expect(instance).toHaveLength(1);
    expect(DependsOn).toEqual(expect.arrayContaining([...rules, ...instance, ...group, ...jobs, ...policies]));
  });

  test('waits for rules that users make themselves, before or after it, in their groups and its own', () => {
    const made = make();
    const server = new SecurityGroup(made.stack, 'Server', { vpc: made.vpc, allowAllOutbound: false });
    const migrate = made.add();
    server.connections.allowFrom(migrate, Port.tcp(9200));
    migrate.connections.allowFrom(server, Port.tcp(80));
    const { resources } = made;
    const rules = Object.keys(resources).filter((id) => /^AWS::EC2::SecurityGroup(In|E)gress$/.test(resources[id].Type));
    expect(rules).toHaveLength(3);
    expect(runs(resources)[0].DependsOn).toEqual(expect.arrayContaining(rules));
  });

  test('waits for no rules of others', () => {
    const made = make();
    const [one, other] = ['One', 'Other'].map((id) => new SecurityGroup(made.stack, id, { vpc: made.vpc }));
    one.connections.allowFrom(other, Port.tcp(9200));
    made.add();
    const { resources } = made;
    const [rule] = idsOf(resources, /^One/, 'AWS::EC2::SecurityGroupIngress');
    expect(runs(resources)[0].DependsOn).not.toContain(rule);
  });

  test('is no service that a rotation had to restart: each run reads its secrets anew', () => {
    const made = make();
    const database = new EncryptedDatabase(made.stack, 'Database', { vpc: made.vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });
    made.add('Migrate', { uses: [database.binding({ url: 'DATABASE_URL' })] });
    Annotations.fromStack(made.stack).hasNoWarning('*', Match.stringLikeRegexp('StaleAfterRotation'));
  });

  test('counts as one task with the pool of its connections', () => {
    const made = make();
    const database = new EncryptedDatabase(made.stack, 'Database', { vpc: made.vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });
    made.add('Migrate', { uses: [database.binding({ url: 'DATABASE_URL', poolSize: 100_000 })] });
    Annotations.fromStack(made.stack).hasWarning('*', Match.stringLikeRegexp('Migrate/Container 100000|Container 100000'));
  });

  test('has its fields, two minutes to stop, and a log of its own', () => {
    const made = make();
    const migrate = made.add();
    const container = made.stack.resolve((migrate.taskDefinition.node.defaultChild as any).containerDefinitions)[0];
    expect(container).toMatchObject({ image: 'example/web:1.4.0', stopTimeout: 120, essential: true });
    expect(migrate.container.containerName).toBe('app');
    expect(migrate.logGroup.node.defaultChild).toBeInstanceOf(CfnLogGroup);
    expect(migrate.connections.securityGroups).toEqual([migrate.securityGroup]);
    expect(migrate.stateMachine).toBe(made.gate.machine);
  });

  test('stops sooner where it says so', () => {
    const made = make();
    const migrate = made.add('Migrate', { stopTimeout: Duration.seconds(20) });
    expect(made.stack.resolve((migrate.taskDefinition.node.defaultChild as any).containerDefinitions)[0].stopTimeout).toBe(20);
  });
});

describe('what runs a deploy task again', () => {
  const trigger = (props: DeployTaskProps) => {
    const made = make();
    made.add('Migrate', props);
    return runs(made.resources)[0].Properties.Trigger;
  };
  const PROPS: DeployTaskProps = { command: ['migrate'] };

  test.each<[string, DeployTaskProps]>([
    ['its image', { ...PROPS, image: ContainerImage.fromRegistry('example/web:1.5.0') }], ['its command', { command: ['migrate', '--noinput'] }], ['its entry point', { ...PROPS, entryPoint: ['sh', '-c'] }],
  ])('is %s', (_, props) => {
    expect(trigger(props)).not.toEqual(trigger(PROPS));
  });

  test.each<[string, DeployTaskProps]>([
    ['its size', { ...PROPS, cpu: 512 }], ['a setting', { ...PROPS, environment: { DEBUG: '1' } }], ['its timeout', { ...PROPS, timeout: Duration.minutes(30) }], ['its user', { ...PROPS, user: '1000' }],
  ])('is not %s', (_, props) => {
    expect(trigger(props)).toEqual(trigger(PROPS));
  });
});

describe('deploy tasks and services', () => {
  test('deploy tasks run in order of declaration, and all services wait for all of them, even those that were added before', () => {
    const made = make();
    made.addService('Early');
    made.add('Migrate');
    made.addService('Late');
    made.add('Collect');
    made.add('Index');
    const { resources } = made;
    const [migrate, collect, index] = ['Migrate', 'Collect', 'Index'].map((task) => Object.keys(resources).find((id) => resources[id].Properties?.Task === task)!);
    expect(resources[migrate].DependsOn).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(Collect|Index)Run/)]));
    expect(resources[collect].DependsOn).toContain(migrate);
    expect(resources[index].DependsOn).toContain(collect);
    const services = idsOf(resources, /Service/, 'AWS::ECS::Service');
    expect(services).toHaveLength(2);
    for (const service of services) expect(resources[service].DependsOn).toEqual(expect.arrayContaining([migrate, collect, index]));
  });

  test('a service that a deploy task uses waits for those before this one only', () => {
    const made = make();
    const scope = new Construct(made.stack, 'Marker');
    const used = new CfnWaitConditionHandle(scope, 'Search');
    made.addService('Search', made.gate.tasksBefore(scope));
    made.add('Migrate');
    const index = made.add('Index');
    index._startedBy.node.defaultChild!.node.addDependency(used);
    made.add('Warm');
    const { resources } = made;
    const [search] = idsOf(resources, /^Search/, 'AWS::ECS::Service');
    const waits = resources[search].DependsOn.filter((id: string) => resources[id].Type === 'Custom::DeployTask');
    expect(waits.map((id: string) => resources[id].Properties.Task)).toEqual(['Migrate']);
  });

  test('an app without tasks has no machine', () => {
    const made = make();
    made.addService('Web');
    expect(made.gate.machine).toBeUndefined();
    expect(Object.values(made.resources).filter(({ Type }) => /StepFunctions|Lambda/.test(Type))).toEqual([]);
  });

  test('all tasks of an app have one machine and one function', () => {
    const made = make();
    made.add('Migrate');
    made.add('Collect');
    const template = Template.fromStack(made.stack);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    template.resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('a nested stack works as its own', () => {
    const stack = new Stack(new App(), 'Stack');
    const made = make(new NestedStack(stack, 'Nested'));
    made.add();
    expect(runs(made.resources)).toHaveLength(1);
  });
});

describe('a deploy task with the image of the app', () => {
  const INHERITED = { environment: { MODE: 'web', DEBUG: '0' }, cpuArchitecture: CpuArchitecture.ARM64, user: '1000' };
  const inheriting = (props: DeployTaskProps) => {
    const made = make();
    const secret = (id: string) => Secret.fromSecretsManager(SecretsManagerSecret.fromSecretNameV2(made.stack, id, id));
    const migrate = made.add('Migrate', props, { ...INHERITED, secrets: { KEY: secret('Key') } });
    const { containerDefinitions, runtimePlatform } = migrate.taskDefinition.node.defaultChild as CfnTaskDefinition;
    const [container] = made.stack.resolve(containerDefinitions);
    const environment = Object.fromEntries((container.environment ?? []).map(({ name, value }: any) => [name, value]));
    const secrets = (container.secrets ?? []).map(({ name }: any) => name);
    const inherits = migrate._inheritsSettings;
    return { inherits, container, environment, secrets, architecture: made.stack.resolve(runtimePlatform).cpuArchitecture };
  };

  test('has the settings of the main web service, and its own before them', () => {
    const { environment, secrets, architecture, container, inherits } = inheriting({ environment: { MODE: 'migrate' } });
    expect(inherits).toBe(true);
    expect(environment).toEqual({ MODE: 'migrate', DEBUG: '0' });
    expect(secrets).toEqual(['KEY']);
    expect(architecture).toBe('ARM64');
    expect(container.user).toBe('1000');
  });

  test('a setting of its own is plain where that of the service is secret', () => {
    const { environment, secrets } = inheriting({ environment: { KEY: 'none' } });
    expect(environment.KEY).toBe('none');
    expect(secrets).toEqual([]);
  });

  test('what it says itself of the image comes first, and what it leaves undefined does not', () => {
    const { architecture, container } = inheriting({ cpuArchitecture: CpuArchitecture.X86_64, user: undefined });
    expect(architecture).toBe('X86_64');
    expect(container.user).toBe('1000');
  });

  test('one with an image of its own has its own settings alone', () => {
    const { environment, secrets, architecture, container, inherits } = inheriting({ image: ContainerImage.fromRegistry('example/tool:1'), environment: { A: 'b' } });
    expect([environment, secrets, architecture, container.user, container.image]).toEqual([{ A: 'b' }, [], 'X86_64', undefined, 'example/tool:1']);
    expect(inherits).toBe(false);
  });
});

describe('what is impossible', () => {
  test.each<[DeployTaskProps, string]>([
    [{ timeout: Duration.minutes(56) }, "'timeout' must be a whole number of seconds between 1 and 3300, got 3360: CloudFormation waits for an hour at the most"],
    [{ timeout: Duration.millis(1500) }, "'timeout' must be a whole number of seconds"],
    [{ timeout: 900 as any }, "'timeout' must be a Duration"],
    [{ image: 'example/web' as any }, "'image' must be an image"],
    [{ command: 'migrate' as any }, "'command' must be a list of strings"],
  ])('fails at once: %p', (props, message) => {
    const { add } = make();
    expect(() => add('Migrate', props)).toThrow(message);
    expect(() => make().add('Migrate', props)).toThrow('Stack/Migrate');
  });

  test.each(['Run migrations', '1st', 'a_b', 'x'.repeat(41)])('an id that nobody could start it by: %p', (id) => {
    expect(() => make().add(id)).toThrow(`got '${id}': people start the task by it`);
  });

  test('two tasks of one name', () => {
    const made = make();
    made.add('Migrate');
    const elsewhere = new Construct(made.stack, 'Elsewhere');
    expect(() => DeployTask._create(elsewhere, 'Migrate', { app: { vpc: made.vpc, cluster: made.cluster, deployTasks: made.gate }, gate: made.gate, image: IMAGE, props: {} })).toThrow("there is a task 'Migrate' already");
  });
});

test('logs of the function go with an ephemeral stack, and stay with another', () => {
  const policyOf = (profile?: StageProfile) => {
    const stack = new Stack(new App(), 'Stack');
    profile?.applyTo(stack);
    const made = make(stack);
    made.add();
    return made.resources[idsOf(made.resources, /^DeployTasksLogs/)[0]].DeletionPolicy;
  };
  expect(policyOf(StageProfile.ephemeral())).toBe('Delete');
  expect(policyOf()).toBe('RetainExceptOnCreate');
});
