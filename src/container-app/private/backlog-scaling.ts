import { Duration, Names, Tokenization } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { ageWhileWaiting } from './service-alarms';
import { COOLDOWNS } from './web-scaling';
import { SecureQueue } from '../../queue/secure-queue';
import { alarm } from '../../shared/alarm';

interface BacklogScalingProps {
  readonly service: ecs.FargateService;
  readonly scaling: ecs.ScalableTaskCount;
  readonly queue: SecureQueue;
  readonly backlogPerTask: number;
  /** From when it is sent to when it is done. */
  readonly acceptableSeconds: number;
}

type Query = appscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty;

/** Scales a service on the backlog of a queue, and on the age of its oldest message. */
export function backlogScaling(scope: Construct, props: BacklogScalingProps): void {
  const target = props.scaling.node.findChild('Target') as appscaling.ScalableTarget;
  trackBacklog(scope, target, props);
  addTaskForOldMessage(scope, target, props);
}

/**
 * Target tracking on the messages per task. CDK's own construct takes no metric math, so this is the L1.
 *
 * Application Auto Scaling takes all functions of CloudWatch, and multiplies the tasks that are wanted by the metric, divided by the target. So that this
 * product is right in every case:
 * - Messages in flight count. A worker that is busy with its last message is not idle.
 * - Any message is worth a whole task: a task with one message neither scales in, however ECS rounds, nor out.
 * - Tasks that are starting count as if they ran, or each minute of their start would add more.
 * - Where there is no task, a visible message counts as more than the target, as the metric has to exceed it; ECS then starts one task. That a single message never
 *   started one is what users of Copilot ran into.
 *
 * SUM and MAX of a list pass over a metric that CloudWatch does not have at the time. SQS sends some of them only where there is something to count.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-stepscaling.html for the way from zero
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 * @see https://github.com/aws/copilot-cli/issues/3376
 */
function trackBacklog(scope: Construct, target: appscaling.ScalableTarget, { service, queue, backlogPerTask }: BacklogScalingProps): void {
  const perTask = Tokenization.stringifyNumber(backlogPerTask);
  new appscaling.CfnScalingPolicy(scope, 'BacklogPolicy', {
    policyName: Names.uniqueId(scope) + 'Backlog', // unique among those of one service
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.scalableTargetId,
    targetTrackingScalingPolicyConfiguration: {
      targetValue: backlogPerTask,
      scaleOutCooldown: COOLDOWNS.scaleOutCooldown.toSeconds(),
      scaleInCooldown: COOLDOWNS.scaleInCooldown.toSeconds(),
      customizedMetricSpecification: {
        metrics: [
          ofQueue('visible', 'ApproximateNumberOfMessagesVisible', queue),
          ofQueue('inflight', 'ApproximateNumberOfMessagesNotVisible', queue),
          ofService('running', 'RunningTaskCount', service),
          ofService('desired', 'DesiredTaskCount', service),
          math('work', 'FILL(SUM([visible, inflight]), 0)'),
          math('tasks', 'FILL(MAX([running, desired]), 0)'),
          math('load', `IF(work > ${perTask}, work, IF(work > 0, ${perTask}, 0))`),
          {
            ...math('backlog', `IF(tasks > 0, load / IF(tasks > 0, tasks, 1), IF(FILL(visible, 0) > 0, load + ${perTask}, 0))`),
            label: 'messages per task',
            returnData: true,
          },
        ],
      },
    },
  });
}

function ofQueue(id: string, metricName: string, { queue }: SecureQueue): Query {
  return metric(id, cloudwatch.Stats.MAXIMUM, { namespace: 'AWS/SQS', metricName, dimensions: [{ name: 'QueueName', value: queue.queueName }] });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html */
function ofService(id: string, metricName: string, { cluster, serviceName }: ecs.FargateService): Query {
  const dimensions = [{ name: 'ClusterName', value: cluster.clusterName }, { name: 'ServiceName', value: serviceName }];
  return metric(id, cloudwatch.Stats.AVERAGE, { namespace: 'ECS/ContainerInsights', metricName, dimensions });
}

function metric(id: string, stat: string, of: appscaling.CfnScalingPolicy.TargetTrackingMetricProperty): Query {
  return { id, metricStat: { metric: of, stat }, returnData: false };
}

function math(id: string, expression: string): Query {
  return { id, expression, returnData: false };
}

/**
 * Adds a task every five minutes for as long as messages wait and the oldest is too old, whatever the backlog is. It needs the metrics of SQS only, so it starts the
 * first task also where Container Insights is off.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */
function addTaskForOldMessage(scope: Construct, target: appscaling.ScalableTarget, { queue, acceptableSeconds }: BacklogScalingProps): void {
  const policy = new appscaling.CfnScalingPolicy(scope, 'AgePolicy', {
    policyName: Names.uniqueId(scope) + 'Age',
    policyType: 'StepScaling',
    scalingTargetId: target.scalableTargetId,
    stepScalingPolicyConfiguration: {
      adjustmentType: 'ChangeInCapacity',
      cooldown: Duration.minutes(5).toSeconds(),
      metricAggregationType: 'Maximum',
      stepAdjustments: [{ metricIntervalLowerBound: 0, scalingAdjustment: 1 }],
    },
  });
  const old = alarm(scope, 'AgeScalingAlarm', {
    description: 'messages wait and the oldest is too old, so the service gets one more task every five minutes: this alarm is for ECS, and nobody has to act on it',
    metric: ageWhileWaiting(queue),
    above: acceptableSeconds,
  });
  old.addAlarmAction({ bind: () => ({ alarmActionArn: policy.ref }) }); // CDK's action is for its own policies only
}
