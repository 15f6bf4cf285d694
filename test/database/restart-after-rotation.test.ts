import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, DeploymentControllerType, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { BindingTarget, DatabaseBindingNames, DatabaseEngine, EncryptedDatabase } from '../../src';
import { outermostStack } from '../../src/shared/stacks';

const STALE = 'cdk-mainstay:EncryptedDatabase.StaleAfterRotation';

function make(placeOfService?: (root: App) => Stack) {
  const root = new App();
  const stack = new Stack(root, 'Stack');
  const app = placeOfService?.(root) ?? stack;
  const vpc = new Vpc(stack, 'Vpc');
  const data = new Construct(stack, 'Data');
  const database = new EncryptedDatabase(data, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });
  const taskDefinition = new FargateTaskDefinition(app, 'Task');
  const container = taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
  const service = new FargateService(app, 'Service', { cluster: new Cluster(app, 'Cluster', { vpc }), taskDefinition });
  return { stack, app, vpc, data, database, container, service };
}

function taskIn(scope: Construct, id = ''): FargateTaskDefinition {
  const taskDefinition = new FargateTaskDefinition(scope, `${id}Task`);
  taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
  return taskDefinition;
}

const restarts = (stack: Stack) => JSON.stringify(Template.fromStack(stack).toJSON()).split('ecs:UpdateService').length - 1;
const warnings = (stack: Stack) => Annotations.fromStack(outermostStack(stack)).findWarning('*', Match.stringLikeRegexp(STALE)).map(({ id }) => id);

test.each<DatabaseBindingNames>([{ password: 'X' }, { url: 'X' }, { jdbcUrl: 'X' }, { uri: 'X' }])('a service that is bound by %p is restarted after a rotation', (names) => {
  const { stack, database, container, service } = make();
  BindingTarget.container(container, service).use(database.binding(names));
  expect(restarts(stack)).toBe(1);
  expect(warnings(stack)).toEqual([]);
});

test.each<DatabaseBindingNames>([{ host: 'X' }, { user: 'X' }])('a service that is bound by %p has nothing that goes stale', (names) => {
  const { stack, database, container, service } = make();
  BindingTarget.container(container, service).use(database.binding(names));
  expect(restarts(stack)).toBe(0);
  expect(warnings(stack)).toEqual([]);
});

test('a service is restarted once, however often it is bound and given', () => {
  const { stack, database, container, service } = make();
  BindingTarget.container(container, service).use(database.binding({ url: 'A' }), database.binding({ jdbcUrl: 'B' }));
  database.restartAfterRotation(service);
  expect(restarts(stack)).toBe(1);
  const { Variables } = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function', { Properties: { Environment: { Variables: { SERVICES: Match.anyValue() } } } }))[0].Properties.Environment;
  expect(JSON.stringify(Variables.SERVICES).split('serviceName').length + JSON.stringify(Variables.SERVICES).split('"Name"').length).toBe(3);
});

const APART: Record<string, (root: App, data: Stack) => Stack> = {
  'another stack': (root) => new Stack(root, 'App'),
  'a nested stack': (_, data) => new NestedStack(data, 'App'),
};

describe.each(Object.entries(APART))('a service of %s', (_, placeOf) => {
  const made = () => make((root) => placeOf(root, root.node.findChild('Stack') as Stack));

  test('is restarted there when the rotation puts its event on the default bus, and nobody is warned', () => {
    const { stack, app, database, container, service } = made();
    BindingTarget.container(container, service).use(database.binding({ url: 'X' }), database.binding({ jdbcUrl: 'Y' }));
    database.restartAfterRotation(service);

    const template = Template.fromStack(app);
    const named = (type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);
    expect(named('AWS::Events::Rule')).toMatchObject([{
      State: 'ENABLED',
      EventPattern: { 'source': ['cdk-mainstay.database'], 'detail-type': ['Password Rotated'], 'resources': [expect.anything()] },
      Targets: [{ Arn: { Ref: expect.stringMatching(/^ServiceRestartAfterRotationMachine/) }, RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/RuleRole/), 'Arn'] } }],
    }]);
    expect(JSON.stringify(named('AWS::Events::Rule')[0].EventPattern.resources)).toMatch(/DataDatabaseConnection/);
    expect(JSON.stringify(named('AWS::StepFunctions::StateMachine')[0].DefinitionString)).toContain(':states:::aws-sdk:ecs:updateService');
    expect(restarts(app)).toBe(1);
    expect(restarts(stack)).toBe(0);
    expect([...warnings(app), ...warnings(stack)]).toEqual([]);
  });

  test('is restarted with its cluster and its name, by force, and again where ECS refuses', () => {
    const { app, database, service } = made();
    database.restartAfterRotation(service);
    const [{ Properties }] = Object.values(Template.fromStack(app).findResources('AWS::StepFunctions::StateMachine'));
    const text = Properties.DefinitionString['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : 'TOKEN')).join('');
    expect(JSON.parse(text)).toMatchObject({
      StartAt: 'Restart',
      States: { Restart: { Type: 'Task', Parameters: { Cluster: 'TOKEN', Service: 'TOKEN', ForceNewDeployment: true }, Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 6 }], End: true } },
    });
    expect(JSON.stringify(Properties.DefinitionString)).toMatch(/"Ref":"Cluster[0-9A-F]{8}"/);
    expect(JSON.stringify(Properties.DefinitionString)).toMatch(/"ServiceD?[0-9A-F]+","Name"/);
  });
});

test('a service that three stacks make is restarted in its own, and none of the others knows of it', () => {
  const root = new App();
  const [net, data, app] = ['Net', 'Data', 'App'].map((id) => new Stack(root, id));
  const vpc = new Vpc(net, 'Vpc');
  const cluster = new Cluster(net, 'Cluster', { vpc });
  const database = new EncryptedDatabase(data, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });
  const taskDefinition = new FargateTaskDefinition(app, 'Task');
  const container = taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
  BindingTarget.container(container, new FargateService(app, 'Service', { cluster, taskDefinition })).use(database.binding({ url: 'DATABASE_URL' }));

  const [ofNet, ofData, ofApp] = [net, data, app].map((stack) => Template.fromStack(stack));
  ofApp.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  ofNet.resourceCountIs('AWS::Events::Rule', 0);
  ofData.resourceCountIs('AWS::Events::Rule', 0);
  expect(warnings(app)).toEqual([]);
  expect(app.dependencies.map(({ node }) => node.id).sort()).toEqual(['Data', 'Net']);
  expect(data.dependencies.map(({ node }) => node.id)).toEqual(['Net']);
  ofData.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([{
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':events:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':event-bus/default']] },
        Condition: { 'ForAllValues:StringEquals': { 'events:source': ['cdk-mainstay.database'], 'events:detail-type': ['Password Rotated'] } },
      }]),
    },
  });
});

test('a service of another stack hears of each of its databases, by one rule', () => {
  const { stack, app, vpc, database, container, service } = make((root) => new Stack(root, 'App'));
  const second = new EncryptedDatabase(stack, 'Second', { vpc, engine: DatabaseEngine.mysql(), databaseName: 'panels' });
  BindingTarget.container(container, service).use(database.binding({ url: 'A' }), second.binding({ url: 'B' }));
  const [{ Properties }] = Object.values(Template.fromStack(app).findResources('AWS::Events::Rule'));
  expect(Properties.EventPattern.resources).toHaveLength(2);
  expect(Properties.EventPattern.source).toEqual(['cdk-mainstay.database']);
});

test('an alarm notifies the topic of the database if a service of another stack cannot be restarted', () => {
  const root = new App();
  const [ops, data, app] = ['Ops', 'Data', 'App'].map((id) => new Stack(root, id));
  const alarmTopic = new Topic(ops, 'Topic');
  const vpc = new Vpc(data, 'Vpc');
  const database = new EncryptedDatabase(data, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels', alarmTopic });
  const cluster = new Cluster(app, 'Cluster', { vpc });
  database.restartAfterRotation(new FargateService(app, 'Service', { cluster, taskDefinition: taskIn(app) }));
  Template.fromStack(app).hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'ExecutionsFailed', Threshold: 1, AlarmActions: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^Ops:.*Topic') }],
  });
});

describe('a service that cannot be restarted', () => {
  const elsewhere = (env: object) => {
    const root = new App();
    const stack = new Stack(root, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
    const app = new Stack(root, 'App', { env: { account: '111122223333', region: 'eu-west-1', ...env } });
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], isolatedSubnetIds: ['subnet-1', 'subnet-2'] });
    const database = new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });
    const cluster = Cluster.fromClusterAttributes(app, 'Cluster', { clusterName: 'apps', vpc });
    return { database, service: new FargateService(app, 'Service', { cluster, taskDefinition: taskIn(app) }) };
  };

  test.each([[{ region: 'eu-west-3' }], [{ account: '444455556666' }]])('as it is of another %j is refused', (env) => {
    const { database, service } = elsewhere(env);
    expect(() => database.restartAfterRotation(service)).toThrow(
      'Stack/Database: the service App/Service cannot be restarted after a rotation, as it is of another account or region, where the event of the rotation does not arrive',
    );
  });

  test.each([DeploymentControllerType.CODE_DEPLOY, DeploymentControllerType.EXTERNAL])('as %s deploys it is left out, with a warning where it is bound', (type) => {
    const { stack, vpc, database } = make();
    const taskDefinition = taskIn(stack, 'Other');
    const service = new FargateService(stack, 'Other', {
      cluster: new Cluster(stack, 'OtherCluster', { vpc }), taskDefinition, deploymentController: { type },
    });
    const obstacle = `its deployment controller is ${type}, with which ECS refuses to force a new deployment`;
    if (type === DeploymentControllerType.EXTERNAL) service.connections.addSecurityGroup(new SecurityGroup(stack, 'OfTaskSets', { vpc })); // CDK knows of none
    BindingTarget.container(taskDefinition.defaultContainer!, service).use(database.binding({ url: 'X' }));
    expect(restarts(stack)).toBe(0);
    expect(warnings(stack)).toEqual(['/Stack/OtherTask/web']);
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(obstacle))).toHaveLength(1);
    expect(() => database.restartAfterRotation(service)).toThrow(`the service Stack/Other cannot be restarted after a rotation, as ${obstacle}`);
  });

  test('is not warned of, where it is given the ARN alone and reads the secret at run time', () => {
    const { stack, vpc, database, container } = make();
    BindingTarget.container(container, new SecurityGroup(stack, 'Hosts', { vpc })).use(database.binding({ secretArn: 'DATABASE_SECRET_ARN' }));
    expect(warnings(stack)).toEqual([]);
  });
});

test('what is no service is warned of', () => {
  const { stack, vpc, database, container } = make();
  BindingTarget.container(container, new SecurityGroup(stack, 'Hosts', { vpc })).use(database.binding({ url: 'X' }));
  expect(warnings(stack)).toEqual(['/Stack/Task/web']);
});

test('a function, which reads the secret itself, is not', () => {
  const { stack, vpc, database } = make();
  const fn = new Function(stack, 'Function', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = 0'), vpc });
  BindingTarget.lambdaFunction(fn).use(database.binding({ url: 'DATABASE' }));
  expect(warnings(stack)).toEqual([]);
});

test('a service that waits for the database waits for its secret, and not for what restarts it', () => {
  const { stack, database, container, service } = make();
  BindingTarget.container(container, service).use(database.binding({ url: 'X' }));
  service.node.addDependency(database);
  const [{ DependsOn }] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::Service'));
  expect(DependsOn).toContainEqual(expect.stringMatching(/^DataDatabaseConnection/));
  expect(DependsOn.filter((id: string) => /Rotation|Alarm/.test(id))).toEqual([]);
});

test('a service that waits for more than the database, and so for what restarts it, is an error', () => {
  const { stack, data, database, container, service } = make();
  BindingTarget.container(container, service).use(database.binding({ url: 'X' }));
  service.node.addDependency(data);
  expect(() => Template.fromStack(stack)).toThrow(
    'it waits for all of Stack/Data, and with it for the rotation that restarts it: let it wait for the database Stack/Data/Database instead',
  );
});
