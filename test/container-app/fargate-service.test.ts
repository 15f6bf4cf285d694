import { Stack, Token } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { containerOf, IMAGE, Part } from './setup';
import { addFargateProviders, appCluster } from '../../src/container-app/private/cluster';
import { containerTask } from '../../src/container-app/private/container-task';
import { AppContext, fargateService, FargateServiceProps } from '../../src/container-app/private/fargate-service';
import { ServiceCapacity } from '../../src/container-app/service-capacity';
import { StageProfile } from '../../src/stage/stage-profile';
import { Actor, brokenRules, call, unprovenParts, valuesOf } from '../checks/access-rules';

type Given = Partial<Omit<FargateServiceProps, 'app' | 'task'>> & { readonly app?: Partial<AppContext> };

function service(part: Part, { app, ...props }: Given = {}) {
  const task = part.task({ enableExecuteCommand: props.enableExecuteCommand });
  return { task, ...fargateService(part.scope, { app: part.context(app), task, minimumTasks: 2, maximumTasks: 8, ...props }) };
}

function rendered(props?: Given): Record<string, any> {
  const part = new Part();
  service(part, props);
  const [found] = Object.values(part.template.findResources('AWS::ECS::Service'));
  return found;
}

describe('a service', () => {
  test('runs in private subnets, with a security group of its own that nobody reaches', () => {
    const part = new Part();
    service(part);
    const { template } = part;
    const [group] = Object.keys(template.findResources('AWS::EC2::SecurityGroup', { Properties: { GroupDescription: 'Stack/App/Web' } }));
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { GroupDescription: 'Stack/App/Web', SecurityGroupIngress: Match.absent() });
    template.hasResourceProperties('AWS::ECS::Service', {
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          SecurityGroups: [{ 'Fn::GetAtt': [group, 'GroupId'] }],
          Subnets: [{ Ref: Match.stringLikeRegexp('^VpcPrivateSubnet1') }, { Ref: Match.stringLikeRegexp('^VpcPrivateSubnet2') }],
        },
      },
    });
  });

  test('is deployed without a task less, over all zones, and rolled back if it fails', () => {
    expect(rendered().Properties).toMatchObject({
      AvailabilityZoneRebalancing: 'ENABLED',
      DeploymentConfiguration: { MinimumHealthyPercent: 100, MaximumPercent: 200, DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
      EnableECSManagedTags: true,
      PropagateTags: 'SERVICE',
    });
  });

  test('is not moved between zones where no task may be started before one is stopped', () => {
    expect(rendered({ minHealthyPercent: 0, maxHealthyPercent: 100 }).Properties).toMatchObject({
      AvailabilityZoneRebalancing: 'DISABLED', DeploymentConfiguration: { MinimumHealthyPercent: 0, MaximumPercent: 100 },
    });
    expect(rendered({ availabilityZoneRebalancing: ecs.AvailabilityZoneRebalancing.DISABLED }).Properties.AvailabilityZoneRebalancing).toBe('DISABLED');
  });

  test('keeps the number of tasks that scaling has set', () => {
    const part = new Part();
    const { scaling } = service(part);
    expect(scaling).toBeDefined();
    part.template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
    part.template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 8, ScalableDimension: 'ecs:service:DesiredCount' });
  });

  test('has a fixed number of tasks where it does not scale', () => {
    const part = new Part();
    expect(service(part, { maximumTasks: undefined }).scaling).toBeUndefined();
    part.template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 2 });
    part.template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
  });

  test('starts after both roles have their permissions, the log is there and deploy tasks have run', () => {
    const part = new Part();
    const deployTask = new Topic(part.stack, 'DeployTask');
    const { task } = service(part, { app: { deployTasks: deployTask } });
    task.taskDefinition.taskRole.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] }));
    const resources = part.template.toJSON().Resources;
    const [{ DependsOn }] = Object.values<any>(resources).filter(({ Type }) => Type === 'AWS::ECS::Service');
    const kinds = DependsOn.map((id: string) => `${resources[id].Type} ${/Task|Execution/.exec(id)?.[0] ?? ''}`.trim());
    expect(kinds.sort()).toEqual([
      'AWS::IAM::Policy Execution', 'AWS::IAM::Policy Task', 'AWS::IAM::Role Execution', 'AWS::IAM::Role Task', 'AWS::Logs::LogGroup', 'AWS::SNS::Topic Task',
    ]);
    const group = Object.values<any>(resources).find(({ Type, Properties }) => Type === 'AWS::EC2::SecurityGroup' && Properties.GroupDescription === 'Stack/App/Web');
    expect(group.DependsOn).toBeUndefined();
  });
});

describe('capacity', () => {
  const strategy = (props: Given) => rendered(props).Properties.CapacityProviderStrategy;

  test('is Fargate, by a capacity provider and not by a launch type', () => {
    expect(rendered().Properties.LaunchType).toBeUndefined();
    expect(strategy({})).toEqual([{ CapacityProvider: 'FARGATE', Weight: 1 }]);
  });

  test('is spare above the minimum with the spot of the profile', () => {
    const part = new Part();
    StageProfile.ephemeral().applyTo(part.stack);
    service(part);
    part.template.hasResourceProperties('AWS::ECS::Service', {
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Base: 2, Weight: 0 }, { CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
    });
  });

  test('is what the props say, whatever the profile says', () => {
    const part = new Part();
    StageProfile.ephemeral().applyTo(part.stack);
    service(part, { capacity: ServiceCapacity.fargate() });
    part.template.hasResourceProperties('AWS::ECS::Service', { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }] });
  });

  test('is all spare where the minimum is none', () => {
    expect(strategy({ capacity: ServiceCapacity.fargateSpot(), minimumTasks: 0 })).toEqual([{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }]);
  });

  test('is of a cluster that has both providers, and whose metrics count tasks', () => {
    const part = new Part();
    part.context();
    part.template.hasResourceProperties('AWS::ECS::Cluster', {
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'], ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }], Configuration: Match.absent(),
    });
    part.template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 0);
  });

  test('is added to a cluster that was given without', () => {
    const part = new Part();
    const vpc = new ec2.Vpc(part.stack, 'Vpc', { natGateways: 1 });
    addFargateProviders(new ecs.Cluster(part.stack, 'Given', { vpc }));
    addFargateProviders(appCluster(part.scope, vpc));
    addFargateProviders(ecs.Cluster.fromClusterAttributes(part.stack, 'Imported', { clusterName: 'imported', vpc }));
    part.template.resourceCountIs('AWS::ECS::ClusterCapacityProviderAssociations', 1);
    part.template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', { CapacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
  });
});

test('numbers of tasks that are tokens pass', () => {
  expect(() => rendered({ minimumTasks: Token.asNumber({ Ref: 'Minimum' }), maximumTasks: 3 })).not.toThrow();
});

test('refuses a network without private subnets', () => {
  const part = new Part();
  const vpc = new ec2.Vpc(part.stack, 'Public', { natGateways: 0, subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }] });
  expect(() => service(part, { app: { vpc } })).toThrow(
    "App/Web: 'vpc' must have private subnets with a way to the internet (PRIVATE_WITH_EGRESS), got Stack/Public with none",
  );
});

test('a network that is still looked up passes', () => {
  const part = new Part();
  const stack = new Stack(part.stack.node.root, 'Known', { env: { account: '111111111111', region: 'eu-west-1' } });
  const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-1' });
  expect(() => service(part, { app: { vpc, cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'main', vpc }) } })).not.toThrow();
});

describe('ECS Exec', () => {
  test('is off, in so many words, and asks for nothing', () => {
    const part = new Part();
    service(part);
    part.template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: false });
    part.template.resourceCountIs('AWS::Logs::LogGroup', 1);
  });

  test('is logged, in a log group of the cluster', async () => {
    const part = new Part();
    const app = part.context();
    const { task } = service(part, { app, enableExecuteCommand: true });
    expect(containerOf(part.template).ReadonlyRootFilesystem).toBe(false);
    const { template, valueOf } = valuesOf(part.stack);
    const sessions = app.cluster.node.findChild('SessionLogs') as unknown as { logGroupName: string; logGroupArn: string };
    part.template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: true });
    part.template.hasResourceProperties('AWS::ECS::Cluster', {
      Configuration: {
        ExecuteCommandConfiguration: {
          Logging: 'OVERRIDE', LogConfiguration: { CloudWatchLogGroupName: part.stack.resolve(sessions.logGroupName), CloudWatchEncryptionEnabled: false },
        },
      },
    });
    const application = new Actor('a session', valueOf(task.taskDefinition.taskRole.roleArn));
    const ecsItself = new Actor('ECS', valueOf(task.taskDefinition.executionRole!.roleArn));
    const streams = (arn: string) => valueOf(arn).replace(/:\*$/, ':log-stream:one');
    const channels = ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map((action) => call(`ssmmessages:${action}`, '*'));
    const rules = [
      application.may('open channels', ...channels),
      application.may('look for the log', call('logs:DescribeLogGroups', '*')),
      application.may('write its log', ...['CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'].map((action) => call(`logs:${action}`, streams(sessions.logGroupArn)))),
      application.mayNot('write the log of the application', call('logs:PutLogEvents', streams(task.logGroup.logGroupArn))),
      ecsItself.may('write the log of the application', ...['CreateLogStream', 'PutLogEvents'].map((action) => call(`logs:${action}`, streams(task.logGroup.logGroupArn)))),
    ];
    expect(await brokenRules(rules, template)).toEqual([]);
    const isTrust = (each: string) => each.startsWith('sts:');
    expect((await unprovenParts({ name: 'ECS Exec', template, rules })).filter((each) => !isTrust(each) && !each.includes('CustomVpcRestrict'))).toEqual([]);
  });

  test('is logged once for all services of a cluster', () => {
    const part = new Part();
    const app = part.context();
    service(part, { app, enableExecuteCommand: true });
    const other = new Construct(part.stack, 'Other');
    const task = containerTask(other, { image: IMAGE, enableExecuteCommand: true });
    fargateService(other, { app, task, minimumTasks: 1, enableExecuteCommand: true });
    part.template.resourceCountIs('AWS::Logs::LogGroup', 3); // one of each container
  });

  test('is logged as a given cluster says', () => {
    const part = new Part();
    const vpc = new ec2.Vpc(part.stack, 'Vpc', { natGateways: 1 });
    const cluster = new ecs.Cluster(part.stack, 'Given', { vpc, executeCommandConfiguration: { logging: ecs.ExecuteCommandLogging.NONE } });
    service(part, { app: { vpc, cluster }, enableExecuteCommand: true });
    part.template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: true });
    part.template.hasResourceProperties('AWS::ECS::Cluster', { Configuration: { ExecuteCommandConfiguration: { Logging: 'NONE' } } });
    part.template.hasResourceProperties('AWS::IAM::Policy', { PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['ssmmessages:OpenDataChannel']) })] } });
  });

  test('is logged where the container logs, where a given cluster says nothing', () => {
    const part = new Part();
    const vpc = new ec2.Vpc(part.stack, 'Vpc', { natGateways: 1 });
    const { task } = service(part, { app: { vpc, cluster: new ecs.Cluster(part.stack, 'Given', { vpc }) }, enableExecuteCommand: true });
    part.template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], Effect: 'Allow', Resource: part.stack.resolve(task.logGroup.logGroupArn),
        }]),
      },
    });
  });
});
