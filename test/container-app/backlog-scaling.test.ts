import { Template } from 'aws-cdk-lib/assertions';
import { Datapoint, evaluateQueries } from './metric-math';
import { addWorker, smallApp } from './small-app';
import { WorkerServiceProps } from '../../src/container-app/worker-service-props';
import { SecureQueue } from '../../src/queue';

const TARGET = 10;
const MOST = 20;

function synth(props: Partial<WorkerServiceProps> = {}) {
  const app = smallApp();
  const queue = new SecureQueue(app.stack, 'Jobs');
  addWorker(app, { queue, minimumTasks: 0, maximumTasks: MOST, ...props });
  return Template.fromStack(app.stack);
}

function policy(template: Template, type: string) {
  return Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy', { Properties: { PolicyType: type } }))[0].Properties;
}

const { TargetTrackingScalingPolicyConfiguration: tracking } = policy(synth(), 'TargetTrackingScaling');
const { Metrics } = tracking.CustomizedMetricSpecification;

interface Seen {
  readonly visible?: Datapoint;
  readonly inflight?: Datapoint;
  readonly running?: Datapoint;
  readonly desired?: Datapoint;
}

function backlog({ visible, inflight, running, desired }: Seen): Datapoint {
  return evaluateQueries(Metrics, {
    ApproximateNumberOfMessagesVisible: visible,
    ApproximateNumberOfMessagesNotVisible: inflight,
    RunningTaskCount: running,
    DesiredTaskCount: desired,
  });
}

const COUNTS = [0, 1, 2, 3, 9, 10, 11, 25, 99, 100, 101, 1000, 123_456];
const TASKS = [0, 1, 2, 3, 7, MOST];

function each(check: (visible: number, inflight: number, desired: number) => void): void {
  for (const visible of COUNTS) for (const inflight of COUNTS) for (const desired of TASKS) check(visible, inflight, desired);
}

describe('the backlog per task', () => {
  test('is what the policy tracks, as metric math over metrics of SQS and of Container Insights', () => {
    expect(tracking).toMatchObject({ TargetValue: TARGET, ScaleOutCooldown: 60, ScaleInCooldown: 300 });
    expect(tracking.DisableScaleIn).toBeUndefined();
    const metrics = Metrics.flatMap(({ MetricStat }: any) => (MetricStat ? [`${MetricStat.Metric.Namespace} ${MetricStat.Metric.MetricName}`] : []));
    expect(metrics).toEqual([
      'AWS/SQS ApproximateNumberOfMessagesVisible',
      'AWS/SQS ApproximateNumberOfMessagesNotVisible',
      'ECS/ContainerInsights RunningTaskCount',
      'ECS/ContainerInsights DesiredTaskCount',
    ]);
  });

  test('names the queue, the cluster and the service by their dimensions', () => {
    const dimensions = Metrics.flatMap(({ MetricStat }: any) => MetricStat?.Metric.Dimensions ?? []);
    expect(dimensions.slice(0, 2)).toEqual([0, 1].map(() => ({ Name: 'QueueName', Value: { 'Fn::GetAtt': [expect.stringMatching(/^JobsQueue/), 'QueueName'] } })));
    expect(dimensions.slice(2, 4)).toEqual([
      { Name: 'ClusterName', Value: { Ref: expect.stringMatching(/^Cluster/) } },
      { Name: 'ServiceName', Value: { 'Fn::GetAtt': [expect.stringMatching(/^WorkerService/), 'Name'] } },
    ]);
  });

  test('returns one time series, and no metric by itself', () => {
    expect(Metrics.filter(({ ReturnData }: any) => ReturnData).map(({ Id }: any) => Id)).toEqual(['backlog']);
    expect(Metrics.every(({ ReturnData }: any) => typeof ReturnData === 'boolean')).toBe(true); // left out, it would be true
  });

  test('times the tasks is as many tasks as the messages need, at least one for any message', () => {
    each((visible, inflight, desired) => {
      if (desired === 0) return;
      const messages = visible + inflight;
      const wanted = (backlog({ visible, inflight, desired, running: desired })! * desired) / TARGET;
      expect(wanted).toBeCloseTo(messages === 0 ? 0 : Math.max(1, messages / TARGET), 8);
    });
  });

  test('is over the target where messages are visible and no task is there, so that one starts', () => {
    each((visible, inflight, desired) => {
      if (desired > 0 || visible === 0) return;
      expect(backlog({ visible, inflight, desired, running: 0 })).toBeGreaterThan(TARGET);
    });
  });

  test('is nothing where nothing is to be done', () => {
    expect(TASKS.map((desired) => backlog({ visible: 0, inflight: 0, desired, running: desired }))).toEqual(TASKS.map(() => 0));
    expect(backlog({ visible: 0, inflight: 3, desired: 0, running: 0 })).toBe(0); // nobody is at them: they become visible again
  });

  test('counts tasks that are starting, and tasks that stop or replace others', () => {
    expect(backlog({ visible: 40, inflight: 0, desired: 4, running: 0 })).toBe(10);
    expect(backlog({ visible: 40, inflight: 0, desired: 4, running: 8 })).toBe(5);
  });

  test('is known also where CloudWatch has no metric of nothing', () => {
    expect(backlog({ visible: 30, desired: 3, running: 3 })).toBe(10); // none in flight
    expect(backlog({ inflight: 1, desired: 1, running: 1 })).toBe(TARGET);
    expect(backlog({ visible: 1 })).toBe(2 * TARGET); // no tasks, and none was there lately
    expect(backlog({ visible: 30, running: 3 })).toBe(10);
    expect(backlog({ desired: 2, running: 2 })).toBe(0); // an idle queue
  });
});

/**
 * What is documented of target tracking: out when the metric is above the target, by as much as it says; in only well below it, rounded so that what is left is enough; from
 * zero by the least possible. https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 */
function next(desired: number, metric: Datapoint, round: (value: number) => number): number {
  if (metric === undefined) return desired;
  if (metric > TARGET) return Math.min(MOST, desired === 0 ? 1 : Math.ceil((desired * metric) / TARGET));
  return metric < 0.9 * TARGET ? Math.min(desired, round((desired * metric) / TARGET)) : desired;
}

describe.each<[string, (value: number) => number]>([['up', Math.ceil], ['to the nearest', Math.round], ['down', Math.floor]])('scaling that rounds %s', (_, round) => {
  test('never gets stuck at zero tasks with messages that wait, whatever happens at the start', () => {
    each((visible, inflight) => expect(next(0, backlog({ visible, inflight, desired: 0, running: 0 }), round)).toBe(visible > 0 ? 1 : 0));
  });

  test('never takes the last task while a message waits or is at work', () => {
    each((visible, inflight, desired) => {
      if (desired === 0 || visible + inflight === 0) return;
      expect(next(desired, backlog({ visible, inflight, desired, running: desired }), round)).toBeGreaterThanOrEqual(1);
    });
  });

  test('goes to zero when all is done', () => {
    TASKS.forEach((desired) => expect(next(desired, backlog({ visible: 0, inflight: 0, desired, running: desired }), round)).toBe(0));
  });

  test('does not add tasks without end while the first ones start', () => {
    let desired = 0;
    for (let minute = 0; minute < 10; minute += 1) desired = next(desired, backlog({ visible: 35, inflight: 0, desired, running: 0 }), round);
    expect(desired).toBe(4);
  });
});

test('scaling settles, as ECS takes no task away whose share the others could not take over', () => {
  each((visible, inflight, first) => {
    let desired = first;
    for (let minute = 0; minute < 5; minute += 1) desired = next(desired, backlog({ visible, inflight, desired, running: desired }), Math.ceil);
    expect(next(desired, backlog({ visible, inflight, desired, running: desired }), Math.ceil)).toBe(desired);
  });
});

test('the messages per task can be chosen', () => {
  const { TargetTrackingScalingPolicyConfiguration: chosen } = policy(synth({ backlogPerTask: 3 }), 'TargetTrackingScaling');
  expect(chosen.TargetValue).toBe(3);
  const metrics = { ApproximateNumberOfMessagesVisible: 12, RunningTaskCount: 2, DesiredTaskCount: 2 };
  expect(evaluateQueries(chosen.CustomizedMetricSpecification.Metrics, metrics)).toBe(6);
});

describe('the age of the oldest message', () => {
  function ageAlarm(template: Template) {
    return Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties).find(({ AlarmDescription }) => /^Stack\/Worker: messages wait and/.test(AlarmDescription));
  }

  test('adds one task every five minutes', () => {
    const template = synth();
    expect(policy(template, 'StepScaling').StepScalingPolicyConfiguration).toEqual({
      AdjustmentType: 'ChangeInCapacity', Cooldown: 300, MetricAggregationType: 'Maximum', StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    });
    const [id] = Object.keys(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy', { Properties: { PolicyType: 'StepScaling' } }));
    expect(ageAlarm(template)).toMatchObject({
      AlarmActions: [{ Ref: id }], Threshold: 300, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1, TreatMissingData: 'notBreaching',
    });
  });

  test('counts only while messages wait: one that is worked on needs no other task', () => {
    const { Metrics: queries } = ageAlarm(synth())!;
    const age = (visible: Datapoint) => evaluateQueries(queries, { ApproximateNumberOfMessagesVisible: visible, ApproximateAgeOfOldestMessage: 900 });
    expect([age(1), age(0), age(undefined)]).toEqual([900, 0, undefined]);
  });

  test('needs no metric but those of SQS, so that a first task starts whatever else is missing', () => {
    const namespaces = ageAlarm(synth())!.Metrics.flatMap(({ MetricStat }: any) => (MetricStat ? [MetricStat.Metric.Namespace] : []));
    expect(namespaces).toEqual(['AWS/SQS', 'AWS/SQS']);
  });
});

test('both policies are of the one scaling target of the service, under names of their own', () => {
  const template = synth();
  const [target] = Object.keys(template.findResources('AWS::ApplicationAutoScaling::ScalableTarget', { Properties: { MinCapacity: 0, MaxCapacity: MOST } }));
  const policies = Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy')).map(({ Properties }) => Properties);
  expect(policies.map(({ ScalingTargetId }) => ScalingTargetId)).toEqual([{ Ref: target }, { Ref: target }]);
  expect(new Set(policies.map(({ PolicyName }) => PolicyName)).size).toBe(2);
});
