import { CfnResource, Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as events from 'aws-cdk-lib/aws-events';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DEFAULT_CPU_PERCENT, DEFAULT_MEMORY_PERCENT } from './web-scaling';
import { SecureQueue } from '../../queue/secure-queue';
import { alarm, ALARM_OWN_PROPS, ALARM_SEALED } from '../../shared/alarm';
import { OwnProps, SealedProperties } from '../../shared/guards';
import { ScalingOptions } from '../container-props';

export const SERVICE_ALARMS_SEALED: SealedProperties = {
  ...ALARM_SEALED,
  'AWS::Events::Rule': { warn: ['eventPattern', 'state'] },
};

export const SERVICE_ALARMS_OWN_PROPS: OwnProps = {
  ...ALARM_OWN_PROPS,
  'aws-cdk-lib.aws-events.Rule': ['crossStackScope', 'enabled', 'eventBus', 'ruleName', 'schedule', 'targets'],
};

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);

interface ServiceAlarmsProps extends Pick<ScalingOptions, 'targetCpuPercent' | 'targetMemoryPercent'> {
  readonly service: ecs.FargateService;
}

/** The alarms of any service: of one that serves the web, works a queue, or is internal. */
export function serviceAlarms(scope: Construct, { service, ...targets }: ServiceAlarmsProps): cloudwatch.Alarm[] {
  const cpu = utilizationAbove(targets.targetCpuPercent ?? DEFAULT_CPU_PERCENT);
  const memory = utilizationAbove(targets.targetMemoryPercent ?? DEFAULT_MEMORY_PERCENT);
  const average = { period: FIVE_MINUTES, statistic: cloudwatch.Stats.AVERAGE };
  return [
    belowDesiredAlarm(scope, service),
    deploymentFailedAlarm(scope, service),
    alarm(scope, 'CpuAlarm', {
      description: `its tasks use more than ${cpu} % of their CPU for a quarter of an hour: is it at its maximum of tasks? Raise that, or 'cpu'; if a deployment began it, go back`,
      metric: service.metricCpuUtilization(average),
      above: cpu,
      evaluationPeriods: 3,
    }),
    alarm(scope, 'MemoryAlarm', {
      description: `its tasks use more than ${memory} % of their memory for a quarter of an hour, and ECS kills a container that wants more than all of it: ` +
        "raise 'memory', or run fewer processes in a task; does it grow from one deployment to the next, then something leaks",
      metric: service.metricMemoryUtilization(average),
      above: memory,
      evaluationPeriods: 3,
    }),
  ];
}

/**
 * AWS recommends 80 % for services. Where scaling keeps a service near a target, half of the way from there to 100 % is what scaling should never let happen: 80 % for the
 * default target of CPU, 90 % for that of memory.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html#ECS
 */
function utilizationAbove(target: number): number {
  return Math.max(80, (target + 100) / 2);
}

/**
 * On average over five minutes, so that tasks that crash and start again are seen as well: half a task is missing in three periods in a row. A task that starts is missing
 * for a minute or two. Of a service without tasks none is missing.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
 */
function belowDesiredAlarm(scope: Construct, { cluster, serviceName }: ecs.FargateService): cloudwatch.Alarm {
  const dimensionsMap = { ClusterName: cluster.clusterName, ServiceName: serviceName };
  const count = (metricName: string) => new cloudwatch.Metric({ namespace: 'ECS/ContainerInsights', metricName, dimensionsMap, period: FIVE_MINUTES });
  return alarm(scope, 'BelowDesiredAlarm', {
    description: 'fewer tasks run than should, for a quarter of an hour: the events of the service in ECS say why they stop or do not start, and their log what they said last',
    metric: new cloudwatch.MathExpression({
      expression: 'desired - running',
      usingMetrics: { desired: count('DesiredTaskCount'), running: count('RunningTaskCount') },
      label: 'missing tasks',
      period: FIVE_MINUTES,
    }),
    atLeast: 0.5,
    evaluationPeriods: 3,
  });
}

/**
 * A deployment that ECS rolls back by itself can look like a success to CloudFormation, so ECS's own event tells of it.
 *
 * The rule has no target. That it was triggered is a metric, and the alarm reaches any topic that alarms reach: a topic as target would need a policy for
 * EventBridge, which replaces the one that lets other services publish. AWS does not say whether it counts a rule without targets: docs/what-is-proven.md.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
 * @see https://github.com/aws/containers-roadmap/issues/1369
 */
function deploymentFailedAlarm(scope: Construct, service: ecs.FargateService): cloudwatch.Alarm {
  const rule = new events.Rule(scope, 'DeploymentFailedRule', {
    description: `Counts failed deployments of ${scope.node.path}, for an alarm`.slice(-512),
    eventPattern: {
      source: ['aws.ecs'],
      detailType: ['ECS Deployment State Change'],
      resources: [service.serviceArn],
      detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
    },
  });
  const resource = rule.node.defaultChild as events.CfnRule;
  resource.targets = []; // for rule packs, which evaluate the list; CloudFormation's handler would put no targets, which EventBridge refuses
  resource.addPropertyDeletionOverride('Targets');
  return alarm(scope, 'DeploymentFailedAlarm', {
    description: 'a deployment failed, and ECS went back to the version before, if there was one: the deployments of the service in ECS say why, and the log what the new tasks said last',
    metric: new cloudwatch.Metric({
      namespace: 'AWS/Events',
      metricName: 'TriggeredRules',
      dimensionsMap: { RuleName: rule.ruleName },
      statistic: cloudwatch.Stats.SUM,
      period: FIVE_MINUTES,
    }),
    atLeast: 1,
  });
}

interface WebServiceAlarmsProps {
  readonly targetGroup: ApplicationTargetGroup;
  readonly loadBalancer: ApplicationLoadBalancer;
}

/** Errors count from this many on, or one in a quiet night would be all of the requests. Ours. */
const ERRORS_IN_A_MINUTE = 5;
const ERRORS_IN_FIVE_MINUTES = 10;

/** AWS's list of alarms recommends none for load balancers. Ours. */
const ERROR_PERCENT = 5;

/** Of fewer requests in a minute, the slowest hundredth is none. Ours, as is what is slow: visitors have left by then. */
const REQUESTS = 20;
const SLOW_SECONDS = 5;

/** So long does a deployment of a web service wait at its end. */
const WATCHED_MINUTES = 3;

/**
 * What visitors feel of a web service: errors, no connection, and slow answers. A deployment is rolled back on these: see `rollBackOnAlarms()`. They look at the
 * target group, and none refers to the service.
 *
 * ECS watches them from the first new task on, and goes on for the bake time, in which the old tasks are gone. It computes that from the alarms, and nobody can set it: the
 * longest time that one of them looks at. So all look at three minutes, one by one. Two bad ones are enough for errors, so that a deployment is rolled back on what its last
 * tasks do, though metrics come late; one bad minute alone never is. Slow answers have to last for three, as one report in a minute may be slow.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 * @see https://github.com/aws/copilot-cli/pull/4294 for the longest time, and docs/decisions/deployment-alarms.md
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function deploymentAlarms(scope: Construct, props: WebServiceAlarmsProps): cloudwatch.Alarm[] {
  const metric = (metricName: string, statistic: string) => targetMetric(props, metricName, statistic);
  const requests = metric('RequestCount', cloudwatch.Stats.SUM);
  const errors = new cloudwatch.MathExpression({
    expression: 'SUM([answered, unreached])', // of which CloudWatch may have one, or none
    usingMetrics: {
      answered: metric('HTTPCode_Target_5XX_Count', cloudwatch.Stats.SUM),
      unreached: metric('TargetConnectionErrorCount', cloudwatch.Stats.SUM), // the load balancer answers 502 then, and says of none whose it is
    },
    label: 'errors',
    period: MINUTE,
  });
  return [
    alarm(scope, 'TargetErrorsAlarm', {
      description: `more than ${ERROR_PERCENT} % of its requests end with an error (5xx), or without a connection to a task, in two of ${WATCHED_MINUTES} minutes: its log says which; ` +
        'if a deployment began it and did not go back by itself, deploy the version before',
      metric: shareOfErrors(errors, requests, ERRORS_IN_A_MINUTE),
      above: ERROR_PERCENT,
      evaluationPeriods: WATCHED_MINUTES,
      datapointsToAlarm: 2,
    }),
    alarm(scope, 'SlowAlarm', {
      description: `one request in a hundred takes more than ${SLOW_SECONDS} s (p99 of TargetResponseTime), for ${WATCHED_MINUTES} minutes: is it at 'maximumTasks', or does it wait for its ` +
        "database? The load balancer's access log says which paths",
      metric: new cloudwatch.MathExpression({
        expression: `IF(requests >= ${REQUESTS}, seconds, 0)`,
        usingMetrics: { requests, seconds: metric('TargetResponseTime', 'p99') },
        label: 'p99 of the response time in seconds',
        period: MINUTE,
      }),
      above: SLOW_SECONDS,
      evaluationPeriods: WATCHED_MINUTES,
    }),
  ];
}

interface UnhealthyAlarmProps extends WebServiceAlarmsProps {
  readonly healthCheckGracePeriod: Duration;
}

/**
 * A task that fails its health checks, as its replacements do. No deployment is rolled back on it: it has to allow a task the time that ECS allows it, and each deployment would
 * wait that much longer. New tasks that never get healthy are what the circuit breaker is for, and visitors feel those that fail later.
 */
export function unhealthyAlarm(scope: Construct, { healthCheckGracePeriod, ...props }: UnhealthyAlarmProps): cloudwatch.Alarm {
  return alarm(scope, 'UnhealthyAlarm', {
    description: 'a task fails its health checks, and its replacements do, too: the health-check log of the load balancer says why (a timeout, a status code), and the log of the service what it does meanwhile',
    metric: targetMetric(props, 'UnHealthyHostCount', cloudwatch.Stats.MAXIMUM),
    atLeast: 1,
    evaluationPeriods: Math.min(UNHEALTHY_MINUTES + minutesOf(healthCheckGracePeriod), MINUTES_OF_A_DAY), // in which ECS lets a task be unhealthy
  });
}

/** Of the requests of one service, in a minute. */
function targetMetric({ loadBalancer, targetGroup }: WebServiceAlarmsProps, metricName: string, statistic: string): cloudwatch.Metric {
  const dimensionsMap = { LoadBalancer: loadBalancer.loadBalancerFullName, TargetGroup: targetGroup.targetGroupFullName };
  return new cloudwatch.Metric({ namespace: 'AWS/ApplicationELB', metricName, dimensionsMap, statistic, period: MINUTE });
}

/** ECS replaces an unhealthy task as soon as it is. Still one after this means that replacing does not help. Ours. */
const UNHEALTHY_MINUTES = 5;

/** CloudWatch looks back no longer: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MINUTES_OF_A_DAY = 1440;

/** Of a token nobody knows. */
function minutesOf(duration: Duration): number {
  return duration.isUnresolved() ? 0 : Math.ceil(duration.toMinutes({ integral: false }));
}

/** Only from some errors on. Where there are none, CloudWatch has no such metric, and this has no value. MAX, as the metric of requests leaves out what had no target. */
function shareOfErrors(errors: cloudwatch.IMetric, requests: cloudwatch.Metric, least: number): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: `IF(errors >= ${least}, 100 * errors / MAX([errors, requests]), 0)`,
    usingMetrics: { errors, requests },
    label: 'share of errors in percent',
    period: requests.period,
  });
}

/**
 * Has ECS roll a deployment of a service back when one of these alarms fires. ECS leaves alarms out that fire already when a deployment starts, so what is
 * broken can be mended.
 *
 * The service refers to the alarms, so CloudFormation makes them first, and none of them may refer to the service. `enableDeploymentAlarms()` of CDK
 * would tell each user about that circle, which is not there.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 * @see https://aws.github.io/copilot-cli/docs/manifest/lb-web-service/#deployment-rollback-alarms
 */
export function rollBackOnAlarms(service: ecs.FargateService, alarms: cloudwatch.Alarm[]): void {
  (service.node.defaultChild as CfnResource).addPropertyOverride('DeploymentConfiguration.Alarms', {
    AlarmNames: alarms.map(({ alarmName }) => alarmName), Enable: true, Rollback: true,
  });
}

/** What the load balancer answers itself when it has no answer of a service. */
export function loadBalancerAlarms(scope: Construct, loadBalancer: ApplicationLoadBalancer): cloudwatch.Alarm[] {
  const sum = { period: FIVE_MINUTES, statistic: cloudwatch.Stats.SUM };
  const dimensionsMap = { LoadBalancer: loadBalancer.loadBalancerFullName };
  const metric = (metricName: string) => new cloudwatch.Metric({ namespace: 'AWS/ApplicationELB', metricName, dimensionsMap, ...sum });
  return [alarm(scope, 'BalancerErrorsAlarm', {
    description: `the load balancer itself answers more than ${ERROR_PERCENT} % of the requests with an error. HTTPCode_ELB_502_Count: a task broke the connection off, such as by closing idle ones ` +
      "sooner than the load balancer (set 'keepAlive' to what the application keeps) or by crashing; 503: no healthy task; 504: a task did not answer in time",
    metric: shareOfErrors(metric('HTTPCode_ELB_5XX_Count'), metric('RequestCount'), ERRORS_IN_FIVE_MINUTES),
    above: ERROR_PERCENT,
  })];
}

interface BacklogAge {
  readonly queue: SecureQueue;
  readonly acceptableSeconds: number;
}

/**
 * Scaling has added tasks by then, and it did not help. AWS recommends this metric for a quarter of an hour, and to choose the threshold.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html#SQS
 */
export function backlogAgeAlarm(scope: Construct, { queue, acceptableSeconds }: BacklogAge): cloudwatch.Alarm {
  return alarm(scope, 'BacklogAgeAlarm', {
    description: `the oldest message of ${queue.node.path} is too old for a quarter of an hour, although the service adds tasks: is it at 'maximumTasks'? ` +
      'Raise that. If not, do its jobs fail, or hang? Its log says so',
    metric: ageWhileWaiting(queue),
    above: acceptableSeconds,
    evaluationPeriods: 15,
  });
}

/**
 * The age of the oldest message, while there are any that wait. It is that of the oldest message that is not deleted, so also of one that is worked on; where none
 * waits, more tasks would not help it.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function ageWhileWaiting({ queue }: SecureQueue): cloudwatch.MathExpression {
  const newest = { period: MINUTE, statistic: cloudwatch.Stats.MAXIMUM };
  return new cloudwatch.MathExpression({
    expression: 'IF(visible > 0, age, 0)',
    usingMetrics: { visible: queue.metricApproximateNumberOfMessagesVisible(newest), age: queue.metricApproximateAgeOfOldestMessage(newest) },
    label: 'age of the oldest message in seconds, while messages wait',
    period: MINUTE,
  });
}

/**
 * Of deploy tasks and scheduled tasks, which one state machine runs.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 */
export function machineAlarms(scope: Construct, machine: IStateMachine): cloudwatch.Alarm[] {
  return [alarm(scope, 'FailedRunAlarm', {
    description: "a deploy task or a scheduled task failed, or was stopped as it took longer than its 'timeout': its execution in Step Functions says which and why, and has the last lines of its " +
      'log. Mend it, and start it again by hand there',
    metric: machine.metricFailed({ period: FIVE_MINUTES, statistic: cloudwatch.Stats.SUM }), // with those that took too long, which the machine catches
    atLeast: 1,
  })];
}
