import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { BindingTarget, DatabaseBindingNames, DatabaseEngine, EncryptedDatabase } from '../../src';

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

const restarts = (stack: Stack) => JSON.stringify(Template.fromStack(stack).toJSON()).split('ecs:UpdateService').length - 1;
const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(STALE)).map(({ id }) => id);

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

test('a service of another stack is warned of', () => {
  const { stack, app, database, container, service } = make((root) => new Stack(root, 'App'));
  BindingTarget.container(container, service).use(database.binding({ url: 'X' }));
  expect(restarts(stack)).toBe(0);
  expect(warnings(app)).toEqual(['/App/Task/web']);
});

test('what is no service is warned of', () => {
  const { stack, vpc, database, container } = make();
  BindingTarget.container(container, new SecurityGroup(stack, 'Hosts', { vpc })).use(database.binding({ url: 'X' }));
  expect(warnings(stack)).toEqual(['/Stack/Task/web']);
});

test('a function, which reads the secret itself, is not', () => {
  const { stack, vpc, database } = make();
  const fn = new Function(stack, 'Function', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = 0'), vpc });
  BindingTarget.lambdaFunction(fn).use(database.binding({ url: 'X' }));
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
