import { Duration, Token } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { Checks } from '../../shared/checks';
import { OwnProps, SealedProperties } from '../../shared/guards';
import { StageProfile } from '../../stage/stage-profile';
import { ScalingOptions } from '../container-props';

export const SCALING_SEALED: SealedProperties = {
  'AWS::ApplicationAutoScaling::ScalableTarget': { warn: ['maxCapacity', 'minCapacity'] },
  'AWS::ApplicationAutoScaling::ScalingPolicy': { warn: ['stepScalingPolicyConfiguration', 'targetTrackingScalingPolicyConfiguration'] },
};

export const SCALING_OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-applicationautoscaling.ScalableTarget': ['role'],
  'aws-cdk-lib.aws-iam.ImportedRole': [], // that of Application Auto Scaling
};

export const DEFAULT_CPU_PERCENT = 60;
export const DEFAULT_MEMORY_PERCENT = 80;

/**
 * How long a policy waits for what it did before: out, the minute that a metric takes to show it; in, the five minutes that are the default of ECS services.
 *
 * @see https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
 */
export const COOLDOWNS = { scaleOutCooldown: Duration.minutes(1), scaleInCooldown: Duration.minutes(5) };

export interface TaskLimits {
  readonly minimumTasks: number;
  readonly maximumTasks: number;
}

interface LeastTasks {
  /** @default 1 */
  readonly leastTasks?: number;
  /** What a service needs for fewer. */
  readonly hint?: string;
}

/**
 * The numbers of tasks between which a service scales, with what is not given.
 *
 * @throws if they or the targets of its scaling are out of their bounds
 */
export function taskLimits(scope: Construct, props: ScalingOptions, { leastTasks = 1, hint }: LeastTasks = {}): TaskLimits {
  const checks = new Checks(scope.node.path);
  const { minimumTasks = StageProfile.of(scope).minimumTasks, maximumTasks } = props;
  checks.wholeNumber('minimumTasks', minimumTasks, { least: leastTasks, hint });
  if (maximumTasks === undefined) checks.known('minimumTasks', minimumTasks, "the default of 'maximumTasks' depends on it: give 'maximumTasks', too");
  const least = Token.isUnresolved(minimumTasks) ? 1 : Math.max(minimumTasks, 1);
  checks.wholeNumber('maximumTasks', maximumTasks, { least, hint: `'minimumTasks' is ${Token.isUnresolved(minimumTasks) ? 'a token' : minimumTasks}` });
  checks.wholeNumber('targetCpuPercent', props.targetCpuPercent, { least: 1, most: 100, unit: 'percent' });
  checks.wholeNumber('targetMemoryPercent', props.targetMemoryPercent, { least: 1, most: 100, unit: 'percent' });
  return { minimumTasks, maximumTasks: maximumTasks ?? Math.max(4 * minimumTasks, 4) };
}

type LoadTargets = Pick<ScalingOptions, 'targetCpuPercent' | 'targetMemoryPercent'>;

interface WebTargets extends LoadTargets {
  /** Requests per task in a minute, counted at the target group, which a listener has to have by now. */
  readonly requests?: { readonly perTarget: number; readonly targetGroup: ApplicationTargetGroup };
}

/** Scales a service on its CPU, its memory and, if asked for, on its requests. Of several targets, ECS follows the one that wants the most tasks. */
export function scaleOnLoad(scaling: ecs.ScalableTaskCount, targets: WebTargets): void {
  const { targetCpuPercent = DEFAULT_CPU_PERCENT, targetMemoryPercent = DEFAULT_MEMORY_PERCENT, requests } = targets;
  scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: targetCpuPercent, ...COOLDOWNS });
  scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: targetMemoryPercent, ...COOLDOWNS });
  if (requests) scaling.scaleOnRequestCount('Requests', { requestsPerTarget: requests.perTarget, targetGroup: requests.targetGroup, ...COOLDOWNS });
}

/**
 * Adds tasks to a worker of a queue where its CPU or memory is over a target that was given, and never takes one away: a service scales in only if
 * all of its targets allow it, and the last task that is idle never does, as its CPU is never so low that no task would be enough.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
 */
export function scaleOutOnLoad(scaling: ecs.ScalableTaskCount, { targetCpuPercent, targetMemoryPercent }: LoadTargets): void {
  const onlyOut = { ...COOLDOWNS, disableScaleIn: true };
  if (targetCpuPercent !== undefined) scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: targetCpuPercent, ...onlyOut });
  if (targetMemoryPercent !== undefined) scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: targetMemoryPercent, ...onlyOut });
}
