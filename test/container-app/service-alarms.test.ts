import { App, Duration, Fn, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Datapoint, evaluateQueries } from './metric-math';
import { IMAGE, smallApp } from './small-app';
import { warnIfWithoutContainerInsights } from '../../src/container-app/private/cluster';
import { containerTask } from '../../src/container-app/private/container-task';
import { fargateService } from '../../src/container-app/private/fargate-service';
import {
  backlogAgeAlarm, deploymentAlarms, loadBalancerAlarms, machineAlarms, rollBackOnAlarms, serviceAlarms, unhealthyAlarm,
} from '../../src/container-app/private/service-alarms';
import { SecureQueue } from '../../src/queue';

interface Options {
  readonly healthCheckGracePeriod?: Duration;
  readonly targetCpuPercent?: number;
  readonly targetMemoryPercent?: number;
}

/** Everything that an app has alarms of. */
function make({ healthCheckGracePeriod = Duration.seconds(60), ...targets }: Options = {}) {
  const { stack, context } = smallApp();
  const task = containerTask(stack, { image: IMAGE, port: 80 });
  const { service } = fargateService(stack, { app: context, task, minimumTasks: 2, maximumTasks: 4, healthCheckGracePeriod });
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc: context.vpc });
  const targetGroup = loadBalancer.addListener('Http', { port: 80 }).addTargets('Web', { port: 80, targets: [service] });
  const machine = new sfn.StateMachine(stack, 'Machine', { definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, 'Pass')) });
  const felt = deploymentAlarms(stack, { targetGroup, loadBalancer });
  rollBackOnAlarms(service, felt);
  const alarms = [
    ...serviceAlarms(stack, { service, ...targets }),
    ...felt,
    unhealthyAlarm(stack, { targetGroup, loadBalancer, healthCheckGracePeriod }),
    ...loadBalancerAlarms(stack, loadBalancer),
    backlogAgeAlarm(stack, { queue: new SecureQueue(stack, 'Jobs'), acceptableSeconds: 300 }),
    ...machineAlarms(stack, machine),
  ];
  return { stack, alarms, felt };
}

function rendered({ stack, alarms }: Pick<ReturnType<typeof make>, 'stack' | 'alarms'>): Record<string, any> {
  const resources = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm');
  const idOf = (alarm: cloudwatch.Alarm) => stack.resolve((alarm.node.defaultChild as cloudwatch.CfnAlarm).logicalId);
  return Object.fromEntries(alarms.map((alarm) => [alarm.node.id, resources[idOf(alarm)].Properties]));
}

const ALARMS = rendered(make());

/** What CloudWatch has of the metrics in one period, by name; the rest is missing. */
type Period = Record<string, Datapoint>;

const OPERATORS: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};

/** The alarms that fire where all periods look the same. */
function firing(period: Period): string[] {
  return Object.entries(ALARMS).filter(([, { Metrics, MetricName, ComparisonOperator, Threshold, TreatMissingData }]) => {
    const value = Metrics ? evaluateQueries(Metrics, period) : period[MetricName];
    return value === undefined ? TreatMissingData === 'breaching' : OPERATORS[ComparisonOperator](value, Threshold);
  }).map(([id]) => id);
}

const QUIET: Period = {
  CPUUtilization: 12,
  MemoryUtilization: 40,
  RunningTaskCount: 2,
  DesiredTaskCount: 2,
  RequestCount: 3000,
  TargetResponseTime: 0.4,
  UnHealthyHostCount: 0,
  ApproximateAgeOfOldestMessage: 20,
  ApproximateNumberOfMessagesVisible: 0,
  ExecutionsFailed: 0,
};

describe('alarms fire', () => {
  test.each<[string, Period, string[]]>([
    ['not on a quiet day', {}, []],
    ['not at the targets of scaling', { CPUUtilization: 75, MemoryUtilization: 88 }, []],
    ['on a busy CPU', { CPUUtilization: 81 }, ['CpuAlarm']],
    ['on a full memory', { MemoryUtilization: 91 }, ['MemoryAlarm']],
    ['on a task that is missing', { RunningTaskCount: 1 }, ['BelowDesiredAlarm']],
    ['on the only task, which crashes and starts in turns', { RunningTaskCount: 0.4, DesiredTaskCount: 1 }, ['BelowDesiredAlarm']],
    ['not on a task that took a minute to start', { RunningTaskCount: 1.6 }, []],
    ['not on more tasks than wanted, as in a deployment', { RunningTaskCount: 4 }, []],
    ['not on a service that scaled to zero', { RunningTaskCount: 0, DesiredTaskCount: 0, CPUUtilization: undefined, MemoryUtilization: undefined }, []],
    ['on a deployment that failed', { TriggeredRules: 1 }, ['DeploymentFailedAlarm']],
    ['on many errors', { HTTPCode_Target_5XX_Count: 151 }, ['TargetErrorsAlarm']],
    ['not on a few of many requests', { HTTPCode_Target_5XX_Count: 150 }, []],
    ['not on a few in a quiet night', { HTTPCode_Target_5XX_Count: 4, RequestCount: 4 }, []],
    ['on a small app that is broken', { HTTPCode_Target_5XX_Count: 5, RequestCount: 6 }, ['TargetErrorsAlarm']],
    ['on tasks that nobody can connect to', { TargetConnectionErrorCount: 5, RequestCount: undefined, TargetResponseTime: undefined }, ['TargetErrorsAlarm']],
    ['on tasks that answer with errors or not at all', { HTTPCode_Target_5XX_Count: 80, TargetConnectionErrorCount: 71 }, ['TargetErrorsAlarm']],
    ['not on a few connections that failed', { HTTPCode_Target_5XX_Count: 2, TargetConnectionErrorCount: 2, RequestCount: 10 }, []],
    ['not on a few errors of the load balancer', { HTTPCode_ELB_5XX_Count: 9, RequestCount: 9 }, []],
    ['on errors of the load balancer', { HTTPCode_ELB_5XX_Count: 200 }, ['BalancerErrorsAlarm']],
    ['on a load balancer without a target, which counts no requests then', { HTTPCode_ELB_5XX_Count: 3000, RequestCount: undefined, TargetResponseTime: undefined }, ['BalancerErrorsAlarm']],
    ['on slow answers', { TargetResponseTime: 5.1 }, ['SlowAlarm']],
    ['not on one slow answer in a quiet night', { TargetResponseTime: 30, RequestCount: 19 }, []],
    ['on an unhealthy task', { UnHealthyHostCount: 1 }, ['UnhealthyAlarm']],
    ['on old messages that wait', { ApproximateAgeOfOldestMessage: 301, ApproximateNumberOfMessagesVisible: 1 }, ['BacklogAgeAlarm']],
    ['not on an old message that is at work', { ApproximateAgeOfOldestMessage: 301 }, []],
    ['on a task that failed', { ExecutionsFailed: 1 }, ['FailedRunAlarm']],
  ])('%s', (_, incident, expected) => {
    expect(firing({ ...QUIET, ...incident })).toEqual(expected);
  });

  test('not on day 0, when there are no metrics yet', () => {
    expect(firing({})).toEqual([]);
  });

  test('after so long', () => {
    const minutes = Object.entries(ALARMS).map(([id, { Metrics, Period: seconds, EvaluationPeriods }]) => [
      id, ((seconds ?? Metrics.find(({ MetricStat }: any) => MetricStat).MetricStat.Period) * EvaluationPeriods) / 60,
    ]);
    expect(Object.fromEntries(minutes)).toEqual({
      BelowDesiredAlarm: 15,
      CpuAlarm: 15,
      MemoryAlarm: 15,
      DeploymentFailedAlarm: 5,
      TargetErrorsAlarm: 3,
      SlowAlarm: 3,
      UnhealthyAlarm: 6,
      BalancerErrorsAlarm: 5,
      BacklogAgeAlarm: 15,
      FailedRunAlarm: 5,
    });
  });
});

test('each alarm says where, what, and what to do, within what CloudWatch accepts', () => {
  for (const { AlarmDescription } of Object.values(ALARMS)) {
    expect(AlarmDescription).toMatch(/^Stack: .{60,}/);
    expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
  }
  expect(ALARMS.BalancerErrorsAlarm.AlarmDescription).toMatch(/HTTPCode_ELB_502_Count.*'keepAlive'.*503.*504/);
});

test('CPU and memory are judged by what scaling aims at, and never by less than AWS recommends', () => {
  const thresholds = (options: Options) => {
    const { CpuAlarm, MemoryAlarm } = rendered(make(options));
    return [CpuAlarm.Threshold, MemoryAlarm.Threshold];
  };
  expect(thresholds({})).toEqual([80, 90]);
  expect(thresholds({ targetCpuPercent: 90, targetMemoryPercent: 20 })).toEqual([95, 80]);
});

test('metrics have the dimensions that their services send them with', () => {
  const dimensionsOf = ({ Dimensions, Metrics }: any) => [Dimensions, ...(Metrics ?? []).map(({ MetricStat }: any) => MetricStat?.Metric.Dimensions)]
    .filter((dimensions) => dimensions !== undefined).map((dimensions: { Name: string }[]) => dimensions.map(({ Name }) => Name).sort().join());
  expect(Object.fromEntries(Object.entries(ALARMS).map(([id, alarm]) => [id, [...new Set(dimensionsOf(alarm))]]))).toEqual({
    BelowDesiredAlarm: ['ClusterName,ServiceName'],
    CpuAlarm: ['ClusterName,ServiceName'],
    MemoryAlarm: ['ClusterName,ServiceName'],
    DeploymentFailedAlarm: ['RuleName'],
    TargetErrorsAlarm: ['LoadBalancer,TargetGroup'],
    SlowAlarm: ['LoadBalancer,TargetGroup'],
    UnhealthyAlarm: ['LoadBalancer,TargetGroup'],
    BalancerErrorsAlarm: ['LoadBalancer'],
    BacklogAgeAlarm: ['QueueName'],
    FailedRunAlarm: ['StateMachineArn'],
  });
});

test('the slowest hundredth is looked at, and the sum of counts', () => {
  const ofMetric = ({ Id, MetricStat }: any) => (MetricStat ? [[Id, MetricStat.Stat]] : []);
  const statistics = ({ Metrics }: any) => Object.fromEntries(Metrics.flatMap(ofMetric));
  expect(statistics(ALARMS.SlowAlarm)).toEqual({ requests: 'Sum', seconds: 'p99' });
  expect(statistics(ALARMS.TargetErrorsAlarm)).toEqual({ answered: 'Sum', unreached: 'Sum', requests: 'Sum' });
  expect(ALARMS.DeploymentFailedAlarm.Statistic).toBe('Sum');
  expect(ALARMS.UnhealthyAlarm.Statistic).toBe('Maximum');
});

describe('the alarm on failed deployments', () => {
  test('hears of those of its own service, and of no others', () => {
    const template = Template.fromStack(make().stack);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.ecs'],
        'detail-type': ['ECS Deployment State Change'],
        'resources': [{ Ref: Match.stringLikeRegexp('^Service') }],
        'detail': { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
      },
      State: 'ENABLED',
      Targets: Match.absent(),
    });
    const [rule] = Object.keys(template.findResources('AWS::Events::Rule'));
    expect(ALARMS.DeploymentFailedAlarm).toMatchObject({ Namespace: 'AWS/Events', MetricName: 'TriggeredRules', Dimensions: [{ Name: 'RuleName', Value: { Ref: rule } }] });
  });
});

describe('a deployment is rolled back on the alarms of a web service', () => {
  test('which ECS knows by name and CloudFormation makes first, without a circle', () => {
    const { stack, felt } = make();
    const template = Template.fromStack(stack); // refuses circles
    const names = felt.map((alarm) => ({ Ref: stack.resolve((alarm.node.defaultChild as cloudwatch.CfnAlarm).logicalId) }));
    template.hasResourceProperties('AWS::ECS::Service', {
      DeploymentConfiguration: Match.objectLike({
        Alarms: { AlarmNames: names, Enable: true, Rollback: true }, DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      }),
    });
    expect(names).toHaveLength(2);
    Annotations.fromStack(stack).hasNoInfo('*', Match.anyValue());
  });

  test('for which it waits three minutes at its end, however long a task may take to start', () => {
    const { felt, ...made } = make({ healthCheckGracePeriod: Duration.minutes(10) });
    const all = rendered(made);
    const watched = felt.map(({ node }) => all[node.id]).map(({ Metrics, EvaluationPeriods }) => {
      const periods = Metrics.flatMap(({ MetricStat }: any) => (MetricStat ? [MetricStat.Period] : []));
      return Math.max(...periods) * EvaluationPeriods;
    });
    expect(Math.max(...watched)).toBe(180); // what ECS computes the bake time from: the longest
  });

  test('of which one bad minute is not enough, and two are for errors', () => {
    expect(ALARMS.TargetErrorsAlarm).toMatchObject({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    expect(ALARMS.SlowAlarm).toMatchObject({ EvaluationPeriods: 3 });
    expect(ALARMS.SlowAlarm.DatapointsToAlarm).toBeUndefined(); // all of them
  });

  test('and not on unhealthy tasks, whose alarm allows them what ECS allows them at their start', () => {
    expect(make().felt.map(({ node }) => node.id)).not.toContain('UnhealthyAlarm');
    const periods = (healthCheckGracePeriod: Duration) => rendered(make({ healthCheckGracePeriod })).UnhealthyAlarm.EvaluationPeriods;
    expect([0, 60, 61, 600].map((seconds) => periods(Duration.seconds(seconds)))).toEqual([5, 6, 7, 15]);
    expect(periods(Duration.days(2))).toBe(1440); // of a minute each, is the day that CloudWatch looks back at most
    expect(periods(Duration.seconds(Token.asNumber(Fn.ref('Grace'))))).toBe(5);
  });
});

test('a service that serves no web has the alarms of any, and is rolled back by the circuit breaker alone', () => {
  const { stack, context } = smallApp();
  const { service } = fargateService(stack, { app: context, task: containerTask(stack, { image: IMAGE }), minimumTasks: 1 });
  expect(serviceAlarms(stack, { service }).map(({ node }) => node.id)).toEqual(['BelowDesiredAlarm', 'DeploymentFailedAlarm', 'CpuAlarm', 'MemoryAlarm']);
  Template.fromStack(stack).hasResourceProperties('AWS::ECS::Service', { DeploymentConfiguration: Match.objectLike({ Alarms: Match.objectLike({ Enable: false }) }) });
});

describe('Container Insights', () => {
  const warned = (cluster: (stack: Stack) => ecs.ICluster) => {
    const stack = new Stack(new App(), 'Stack');
    warnIfWithoutContainerInsights(stack, cluster(stack));
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('ContainerInsightsOff')).map(({ entry }) => entry.data as string);
  };

  test.each([ecs.ContainerInsights.ENABLED, ecs.ContainerInsights.ENHANCED])('that are %s are no reason to warn', (containerInsightsV2) => {
    expect(warned((stack) => new ecs.Cluster(stack, 'Cluster', { containerInsightsV2 }))).toEqual([]);
  });

  test('that are off, or nobody knows of, are', () => {
    expect(warned((stack) => new ecs.Cluster(stack, 'Cluster', { containerInsightsV2: ecs.ContainerInsights.DISABLED }))).toEqual([expect.stringContaining('is off in cluster Stack/Cluster')]);
    expect(warned((stack) => new ecs.Cluster(stack, 'Cluster'))).toHaveLength(1);
    expect(warned((stack) => ecs.Cluster.fromClusterArn(stack, 'Cluster', 'arn:aws:ecs:eu-west-1:111111111111:cluster/shop'))).toEqual([
      expect.stringContaining('cannot be seen in the imported cluster Stack/Cluster'),
    ]);
  });
});
