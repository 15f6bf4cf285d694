import { Annotations as Acknowledge, App, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { addWorker, IMAGE, smallApp } from './small-app';
import { ServiceCapacity } from '../../src/container-app/service-capacity';
import { WorkerService } from '../../src/container-app/worker-service';
import { WorkerServiceProps } from '../../src/container-app/worker-service-props';
import { DatabaseEngine, EncryptedDatabase } from '../../src/database';
import { SecureQueue } from '../../src/queue';
import { StageProfile } from '../../src/stage';

function make(props: WorkerServiceProps = {}, withQueue: boolean | ConstructorParameters<typeof SecureQueue>[2] = false, profile?: StageProfile) {
  const app = smallApp();
  profile?.applyTo(app.stack);
  const queue = withQueue ? new SecureQueue(app.stack, 'Jobs', withQueue === true ? {} : withQueue) : undefined;
  const worker = addWorker(app, { queue, ...props });
  return { ...app, queue, worker };
}

function warnings({ stack }: { stack: Stack }, like: string): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(like)).map(({ entry }) => entry.data as string);
}

describe('a worker', () => {
  test('runs the image of the app, or its own', () => {
    const image = (props: WorkerServiceProps) => Object.values(Template.fromStack(make(props).stack).findResources('AWS::ECS::TaskDefinition'))[0]
      .Properties.ContainerDefinitions[0].Image;
    expect(image({})).toBe('example/web:1.4.0');
    expect(image({ image: ecs.ContainerImage.fromRegistry('example/worker:2.0.0') })).toBe('example/worker:2.0.0');
  });

  test('passes its command and settings on to the container', () => {
    Template.fromStack(make({ command: ['celery', 'worker'], environment: { LEVEL: 'info' }, stopTimeout: Duration.seconds(120) }).stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike({ Command: ['celery', 'worker'], Environment: [{ Name: 'LEVEL', Value: 'info' }], StopTimeout: 120 })],
    });
  });

  test('has its service, its task definition, its container and its log group as fields', () => {
    const { stack, worker } = make();
    expect(worker.taskDefinition).toBe(worker.service.taskDefinition);
    expect(worker.container.taskDefinition).toBe(worker.taskDefinition);
    expect(stack.resolve(worker.logGroup.logGroupName)).toEqual({ Ref: expect.stringMatching(/^WorkerLogs/) });
    expect(worker.connections.securityGroups).toHaveLength(1);
  });

  test('has no port, and nothing may connect to it', () => {
    const template = Template.fromStack(make().stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    expect(task.Properties.ContainerDefinitions[0].PortMappings).toBeUndefined();
  });

  test('scales on CPU and memory without a queue, between the limits of the profile', () => {
    const template = Template.fromStack(make().stack);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 8 });
    const types = Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy'))
      .map(({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType);
    expect(types).toEqual(['ECSServiceAverageCPUUtilization', 'ECSServiceAverageMemoryUtilization']);
  });

  test('of a queue scales on that, and out on its CPU only where asked', () => {
    Template.fromStack(make({}, true).stack).resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
    const template = Template.fromStack(make({ targetCpuPercent: 70 }, true).stack);
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 3);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', { TargetTrackingScalingPolicyConfiguration: Match.objectLike({ TargetValue: 70, DisableScaleIn: true }) });
  });

  test('of a queue may scale to zero, and its service has no fixed number of tasks', () => {
    const template = Template.fromStack(make({ minimumTasks: 0 }, true).stack);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 0, MaxCapacity: 4 });
    template.hasResourceProperties('AWS::ECS::Service', { DesiredCount: Match.absent() });
  });

  test('is under the profile for spare capacity on Spot', () => {
    const { worker, stack } = make({}, true, StageProfile.ephemeral());
    expect(stack.resolve((worker.service.node.defaultChild as ecs.CfnService).capacityProviderStrategy))
      .toEqual([{ capacityProvider: 'FARGATE', base: 1, weight: 0 }, { capacityProvider: 'FARGATE_SPOT', weight: 1 }]);
  });

  test('leaves its props as they were', () => {
    expect(() => make(Object.freeze({ command: Object.freeze(['run']) as string[], uses: Object.freeze([]) as never[] }), true)).not.toThrow();
  });
});

describe('what a worker may do with its queue', () => {
  const ACTIONS = [
    'sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes',
    'sqs:SendMessageBatch', 'sqs:ChangeMessageVisibilityBatch', 'sqs:DeleteMessageBatch', 'sqs:ListQueues',
  ];

  function actions({ stack }: { stack: Stack }): string[] {
    const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => /^WorkerTaskRole/.test(id));
    const statements: { Action: string | string[] }[] = policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
    return statements.flatMap(({ Action }) => Action);
  }

  test('is to work it, without a binding', () => {
    expect(actions(make({}, true)).sort()).toEqual([...ACTIONS].sort());
  });

  test('is written once where a binding allows the same', () => {
    const app = smallApp();
    const queue = new SecureQueue(app.stack, 'Jobs', { encryptionKey: new kms.Key(app.stack, 'Key') });
    addWorker(app, { queue, uses: [queue.workerBinding({ url: 'QUEUE_URL' })] });
    expect(actions(app).sort()).toEqual([...ACTIONS, 'kms:Decrypt', 'kms:GenerateDataKey'].sort());
    Template.fromStack(app.stack).hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [Match.objectLike({ Environment: [Match.objectLike({ Name: 'QUEUE_URL' })] })] });
  });

  test('is nothing without one, and no setting is made up', () => {
    expect(actions(make())).toEqual([]);
    const { stack } = make({}, true);
    const [task] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
    expect(task.Properties.ContainerDefinitions[0].Environment).toBeUndefined();
  });

  test('is allowed before its first task starts, and the queue is there', () => {
    const { stack } = make({}, true);
    const [service] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::Service'));
    expect(service.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^WorkerTaskRoleDefaultPolicy/), expect.stringMatching(/^JobsQueue/)]));
  });

  test('works with a queue of another stack', () => {
    const root = new App();
    const shared = new Stack(root, 'Shared');
    const queue = new SecureQueue(shared, 'Jobs');
    const app = smallApp({}, root);
    addWorker(app, { queue });
    Template.fromStack(app.stack).resourceCountIs('AWS::ApplicationAutoScaling::ScalingPolicy', 2);
    expect(app.stack.dependencies).toEqual([shared]);
    expect(shared.dependencies).toEqual([]);
  });
});

test('bindings can be given later, too', () => {
  const { stack, worker } = make();
  const queue = new SecureQueue(stack, 'Mails');
  worker.use(queue.producerBinding({ name: 'MAIL_QUEUE' }));
  Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', { ContainerDefinitions: [Match.objectLike({ Environment: [Match.objectLike({ Name: 'MAIL_QUEUE' })] })] });
});

describe('props that cannot work', () => {
  test.each<[WorkerServiceProps, boolean, string]>([
    [{ minimumTasks: 0 }, false, "Stack/Worker: 'minimumTasks' must be a whole number at least 1, got 0: only a worker with a 'queue' can scale from zero"],
    [{ minimumTasks: -1 }, true, "'minimumTasks' must be a whole number at least 0, got -1"],
    [{ minimumTasks: 0, maximumTasks: 0 }, true, "'maximumTasks' must be a whole number at least 1, got 0"],
    [{ backlogPerTask: 0 }, true, "'backlogPerTask' must be a whole number of messages at least 1, got 0"],
    [{ backlogPerTask: 5 }, false, "'backlogPerTask' must be left out without a 'queue'"],
    [{ acceptableAge: Duration.minutes(1) }, false, "'acceptableAge' must be left out without a 'queue'"],
    [{ acceptableAge: Duration.seconds(59) }, true, "'acceptableAge' must be a whole number of seconds between 60 and 1209600, got 59"],
    [{ maximumJobTime: Duration.millis(500) }, false, "'maximumJobTime' must be a whole number of seconds at least 1, got 0.5"],
    [{ queue: {} as SecureQueue }, false, "'queue' must be a SecureQueue, got an object of Object"],
    [{ targetCpuPercent: 101 }, false, "'targetCpuPercent' must be a whole number of percent between 1 and 100, got 101"],
  ])('%j are refused', (props, withQueue, message) => {
    expect(() => make(props, withQueue)).toThrow(message);
  });

  test('create nothing', () => {
    const app = smallApp();
    expect(() => addWorker(app, { backlogPerTask: 5 })).toThrow();
    expect((app.stack.node.findChild('Worker')).node.children).toEqual([]);
  });

  test.each([['region', { region: 'eu-west-1', account: '111111111111' }], ['account', { region: 'eu-central-1', account: '222222222222' }]])(
    'such as a queue of another %s, whose metrics are not here', (_, env) => {
      const root = new App();
      const app = smallApp({ env: { region: 'eu-central-1', account: '111111111111' }, crossRegionReferences: true }, root);
      const queue = new SecureQueue(new Stack(root, 'Elsewhere', { env, crossRegionReferences: true }), 'Jobs', { queueName: 'jobs' });
      expect(() => addWorker(app, { queue })).toThrow("'queue' must be");
    },
  );

  test('are not found in tokens', () => {
    const token = Token.asNumber(Fn.ref('Number'));
    const duration = Duration.seconds(token);
    const { stack } = make({ backlogPerTask: token, acceptableAge: duration, maximumJobTime: duration, stopTimeout: duration }, true);
    const policies = JSON.stringify(Template.fromStack(stack).findResources('AWS::ApplicationAutoScaling::ScalingPolicy'));
    expect(policies).toContain('IF(work > ');
    expect(policies).not.toMatch(/e\+289/); // the number that stands for a token in JavaScript
    expect(warnings({ stack }, 'maximumJobTime')).toEqual([]);
  });
});

describe('how long the longest job takes', () => {
  const jobOf = (seconds: number, props: WorkerServiceProps = {}) => make(
    { maximumJobTime: Duration.seconds(seconds), capacity: ServiceCapacity.fargate(), ...props }, { visibilityTimeout: Duration.seconds(600) },
  );

  test('is not checked where it is not given', () => {
    expect(warnings(make({ capacity: ServiceCapacity.fargateSpot() }, true), 'ContainerAppWithAlb')).toEqual([]);
  });

  test('is fine up to what the queue and ECS wait', () => {
    expect(warnings(jobOf(30), 'ContainerAppWithAlb')).toEqual([]);
    expect(warnings(jobOf(120, { stopTimeout: Duration.seconds(120), capacity: ServiceCapacity.fargateSpot() }), 'ContainerAppWithAlb')).toEqual([]);
  });

  test('is warned of where the queue shows the message again before', () => {
    expect(warnings(jobOf(600), 'JobOutlivesVisibility')).toEqual([]);
    expect(warnings(jobOf(601), 'JobOutlivesVisibility')).toEqual([
      expect.stringMatching(/'maximumJobTime' is 601 s, but Stack\/Jobs shows a message to others again after 600 s .* to at least Duration\.seconds\(601\)/),
    ]);
  });

  test('is warned of where ECS kills the task before: with a longer stop time, or where none is long enough, by task protection', () => {
    expect(warnings(jobOf(31), 'JobOutlivesStop')).toEqual([expect.stringContaining("ECS kills it after 30 s ('stopTimeout') amid its job: set 'stopTimeout' to at least Duration.seconds(31)")]);
    expect(warnings(jobOf(120), 'JobOutlivesStop')).toEqual([expect.stringContaining("set 'stopTimeout' to at least Duration.seconds(120)")]);
    expect(warnings(jobOf(121, { stopTimeout: Duration.seconds(120) }), 'JobOutlivesStop')).toEqual([
      expect.stringMatching(/120 s are the most that Fargate waits, so have the worker protect its task while it is at a job, which its role allows .*task-protection\/v1\/state; with Celery/),
    ]);
  });

  test('is warned of where Spot takes the task back before', () => {
    expect(warnings(jobOf(120, { capacity: ServiceCapacity.fargateSpot() }), 'JobOutlivesSpot')).toEqual([]);
    expect(warnings(jobOf(121), 'JobOutlivesSpot')).toEqual([]);
    expect(warnings(jobOf(121, { capacity: ServiceCapacity.fargateSpot() }), 'JobOutlivesSpot')).toEqual([expect.stringContaining('ServiceCapacity.fargate()')]);
    expect(warnings(make({ maximumJobTime: Duration.minutes(3) }, true, StageProfile.ephemeral()), 'JobOutlivesSpot')).toHaveLength(1);
  });

  test('allows the worker to protect its tasks where ECS does not wait long enough, and only then', () => {
    const statements = (seconds: number) => {
      const policies = Object.entries(Template.fromStack(jobOf(seconds).stack).findResources('AWS::IAM::Policy')).filter(([id]) => /^WorkerTaskRole/.test(id));
      return policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement).filter(({ Action }) => /TaskProtection/.test(Action));
    };
    expect(statements(120)).toEqual([]);
    const tasks = ['', ['arn:', { Ref: 'AWS::Partition' }, ':ecs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':task/', { Ref: expect.stringMatching(/^Cluster/) }, '/*']];
    expect(statements(121)).toEqual([{ Action: 'ecs:UpdateTaskProtection', Effect: 'Allow', Resource: { 'Fn::Join': tasks } }]);
  });

  test('is accepted where each warning is acknowledged', () => {
    const made = jobOf(700, { capacity: ServiceCapacity.fargateSpot() });
    expect(warnings(made, 'JobOutlives')).toHaveLength(3);
    const accepted = jobOf(700, { capacity: ServiceCapacity.fargateSpot() });
    Acknowledge.of(accepted.worker).acknowledgeWarning('cdk-mainstay:ContainerAppWithAlb.JobOutlivesStop');
    Acknowledge.of(accepted.worker).acknowledgeWarning('cdk-mainstay:ContainerAppWithAlb.JobOutlivesSpot');
    expect(warnings(accepted, 'JobOutlives')).toEqual([expect.stringContaining('JobOutlivesVisibility')]);
  });

  test('is added to the age that a message may have, as it counts', () => {
    const ages = (props: WorkerServiceProps) => Object.values(Template.fromStack(make(props, true).stack).findResources('AWS::CloudWatch::Alarm'))
      .filter(({ Properties }) => /^Stack\/Worker: (messages wait and|the oldest message)/.test(Properties.AlarmDescription)).map(({ Properties }) => Properties.Threshold);
    expect(ages({})).toEqual([300, 300]);
    expect(ages({ maximumJobTime: Duration.minutes(10) })).toEqual([900, 900]);
    expect(ages({ acceptableAge: Duration.minutes(1), maximumJobTime: Duration.seconds(30) })).toEqual([90, 90]);
  });
});

test('all alarms of a worker are in its list, but the one that is for ECS', () => {
  const { stack, worker } = make({}, true);
  const ids = (alarms: { node: { id: string } }[]) => alarms.map(({ node }) => node.id);
  expect(ids(worker.alarms)).toEqual(['BelowDesiredAlarm', 'DeploymentFailedAlarm', 'CpuAlarm', 'MemoryAlarm', 'BacklogAgeAlarm']);
  expect(Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).filter(({ Properties }) => Properties.AlarmActions)).toHaveLength(1);
  expect(ids(make().worker.alarms)).toEqual(['BelowDesiredAlarm', 'DeploymentFailedAlarm', 'CpuAlarm', 'MemoryAlarm']);
});

describe('a worker that uses a database', () => {
  function bound(props: WorkerServiceProps, isOfOneStack: boolean) {
    const root = new App();
    const data = new Stack(root, 'Data');
    const databaseStack = isOfOneStack ? undefined : data;
    const app = isOfOneStack ? smallApp({}, root) : { stack: new Stack(root, 'Stack'), context: undefined as never };
    const scope = databaseStack ?? app.stack;
    const vpc = isOfOneStack ? app.context.vpc : new ec2.Vpc(data, 'Vpc', { natGateways: 1 });
    const context = isOfOneStack ? app.context : { vpc, cluster: new ecs.Cluster(app.stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.ENABLED }), deployTasks: new Construct(app.stack, 'DeployTasks') };
    const database = new EncryptedDatabase(scope, 'Database', {
      vpc, engine: DatabaseEngine.mysql(), databaseName: 'skills', parameters: { max_connections: '100' }, alarmTopic: new sns.Topic(scope, 'Alarms'),
    });
    const worker = WorkerService._create(app.stack, 'Worker', {
      app: context, image: IMAGE, props: { uses: [database.binding({ url: 'DATABASE_URL', poolSize: 5 })], ...props },
    });
    return { app: app.stack, scope, worker };
  }

  test.each([true, false])('counts in its budget of connections as the most tasks that it may have, twice (one stack: %p)', (isOfOneStack) => {
    const budget = ({ scope }: { scope: Stack }) => warnings({ stack: scope }, 'ConnectionBudget');
    expect(budget(bound({ maximumTasks: 9 }, isOfOneStack))).toEqual([]); // 90 of 100
    expect(budget(bound({ maximumTasks: 10 }, isOfOneStack))).toEqual([expect.stringMatching(/^100 of about 100 connections are reserved \(Stack\/Worker\/Task\/Container 100\)/)]);
  });

  test.each([true, false])('is started anew after its password is rotated (one stack: %p)', (isOfOneStack) => {
    const { app, scope } = bound({}, isOfOneStack);
    expect(warnings({ stack: scope }, 'rotat')).toEqual([]);
    const allowed = JSON.stringify([app, scope].map((stack) => Template.fromStack(stack).findResources('AWS::IAM::Policy')));
    expect(allowed).toMatch(/ecs:UpdateService/);
  });
});
