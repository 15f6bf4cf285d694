import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, Ec2Service, Ec2TaskDefinition, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { BindingTarget, CacheCapacity, DatabaseEngine, EncryptedCache, EncryptedDatabase, IBinding } from '../../src';

const IMAGE = ContainerImage.fromRegistry('example/web:1.4.0');

interface Shared { readonly vpc: Vpc; readonly cluster: Cluster }

/** The network, the data and an application, each in a stack of its own. */
function deployed(bindingOf: (data: Stack, shared: Shared) => IBinding, targetsOf: (app: Stack, shared: Shared) => BindingTarget[]) {
  const root = new App();
  const network = new Stack(root, 'Network');
  const vpc = new Vpc(network, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }] });
  const cluster = new Cluster(network, 'Cluster', { vpc });
  const [data, app] = [new Stack(root, 'Data'), new Stack(root, 'App')];
  const binding = bindingOf(data, { vpc, cluster });
  targetsOf(app, { vpc, cluster }).forEach((target) => target.use(binding));
  root.synth();
  const [ofNetwork, ofData, ofApp] = [network, data, app].map((stack) => stack.dependencies.map(({ node }) => node.id).sort());
  return { app: Template.fromStack(app), data: Template.fromStack(data), dependencies: { network: ofNetwork, data: ofData, app: ofApp } };
}

const database = (scope: Construct, { vpc }: Shared) => new EncryptedDatabase(scope, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });

const BINDINGS: Record<string, (data: Stack, shared: Shared) => IBinding> = {
  'a database with a password': (data, shared) => database(data, shared).binding({ host: 'HOST', url: 'URL' }),
  'a database without a password': (data, shared) => database(data, shared).passwordlessBinding('reports', { host: 'HOST' }),
  'a cache': (data, { vpc }) => new EncryptedCache(data, 'Cache', { vpc, capacity: CacheCapacity.serverless() }).binding({ host: 'HOST', url: 'URL' }),
};

const container = (app: Construct, { cluster }: Shared) => {
  const taskDefinition = new FargateTaskDefinition(app, 'Task');
  const web = taskDefinition.addContainer('web', { image: IMAGE });
  return BindingTarget.container(web, new FargateService(app, 'Service', { cluster, taskDefinition }));
};
const fn = (app: Construct, { vpc }: Shared, securityGroups?: SecurityGroup[]) => BindingTarget.lambdaFunction(new Function(app, 'Function', {
  runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = () => {}'), vpc, securityGroups,
}));

const ofData = (pattern: string) => ({ 'Fn::ImportValue': Match.stringLikeRegexp(`^Data:.*${pattern}`) });

describe.each(Object.entries(BINDINGS))('%s of another stack', (name, bindingOf) => {
  describe.each([['a container', container, 'ServiceSecurityGroup'], ['a function', fn, 'FunctionSecurityGroup']] as const)('is bound to %s', (_, targetOf, group) => {
    const { app, data, dependencies } = deployed(bindingOf, (scope, shared) => [targetOf(scope, shared)]);

    test('whose stack depends on the data, and not the other way round', () => {
      expect(dependencies).toEqual({ network: [], data: ['Network'], app: expect.arrayContaining(['Data']) });
      expect(JSON.stringify(data.toJSON())).not.toContain('"App:');
    });

    test('which has the rule for its port', () => {
      app.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
        GroupId: ofData('SecurityGroup'), SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${group}`), 'GroupId'] },
      });
      data.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    });

    const mayDecrypt = { Effect: 'Allow', Action: 'kms:Decrypt', Resource: ofData('Key'), Condition: { StringLike: { 'kms:ViaService': Match.anyValue() } } };
    const policies = () => Object.values(app.findResources('AWS::IAM::Policy', { Properties: { PolicyDocument: { Statement: Match.arrayWith([mayDecrypt]) } } }));

    if (name.includes('without')) {
      test('which may log in, and reads no secret', () => {
        app.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'rds-db:connect' })]) } });
        expect(policies()).toEqual([]);
      });
    } else {
      test('which may read the secret, and use its key through Secrets Manager only', () => {
        const [{ Properties: { PolicyDocument: { Statement } } }] = policies();
        expect(Statement).toHaveLength(2);
        expect(Statement[0]).toMatchObject({
          Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Resource: { 'Fn::ImportValue': expect.stringMatching(/^Data:/) },
        });
        expect(JSON.stringify(Statement[1].Condition)).toMatch(/secretsmanager.*amazonaws\.com\*/);
      });
    }
  });
});

const cache = BINDINGS['a cache'];

test('a group that may not send is let send to the port', () => {
  const { app } = deployed(cache, (scope, shared) => [fn(scope, shared, [new SecurityGroup(scope, 'Closed', { vpc: shared.vpc, allowAllOutbound: false })])]);
  app.hasResourceProperties('AWS::EC2::SecurityGroupEgress', {
    GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Closed'), 'GroupId'] }, DestinationSecurityGroupId: ofData('SecurityGroup'), FromPort: 6379, ToPort: 6380, // of a serverless cache, with that for reading
  });
});

test('two applications with one group share one rule', () => {
  const { app } = deployed(cache, (scope, shared) => {
    const groups = [new SecurityGroup(scope, 'Both', { vpc: shared.vpc })];
    return [fn(new Construct(scope, 'One'), shared, groups), fn(new Construct(scope, 'Two'), shared, groups)];
  });
  app.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
});

test('the instances of a cluster of a third stack, which CDK imports with the service, are let in', () => {
  const { app, dependencies } = deployed(cache, (scope, { cluster, vpc }) => {
    cluster.addCapacity('Instances', { instanceType: new InstanceType('t4g.small'), vpcSubnets: { subnets: vpc.isolatedSubnets } });
    const taskDefinition = new Ec2TaskDefinition(scope, 'Task');
    const web = taskDefinition.addContainer('web', { image: IMAGE, memoryLimitMiB: 256 });
    return [BindingTarget.container(web, new Ec2Service(scope, 'Service', { cluster, taskDefinition }))];
  });
  expect(dependencies).toEqual({ network: [], data: ['Network'], app: ['Data', 'Network'] });
  app.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
});
