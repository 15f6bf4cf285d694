import { Duration, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { DEFAULT_STOP } from './container-task';
import { SecureQueue } from '../../queue/secure-queue';
import { acknowledgeWildcard, addWarning } from '../../shared/acknowledge';
import { allow } from '../../shared/service-role';

/** The longest that Fargate waits between SIGTERM and SIGKILL: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const LONGEST_STOP_SECONDS = 120;

/** How long before a Spot task is stopped AWS says so: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html */
const SPOT_NOTICE_SECONDS = 120;

interface JobTime {
  readonly maximumJobTime?: Duration;
  readonly queue?: SecureQueue;
  readonly stopTimeout?: Duration;
  readonly isOnSpot: boolean;
}

/** Whether no stop time is long enough for the longest job, so that only task protection lets it finish. */
export function needsTaskProtection(maximumJobTime: Duration | undefined): boolean {
  return maximumJobTime !== undefined && !maximumJobTime.isUnresolved() && maximumJobTime.toSeconds() > LONGEST_STOP_SECONDS;
}

/**
 * Lets a worker protect its tasks. The agent that it asks uses its task role. Which task it is in is not known before, so it may protect any of the cluster.
 *
 * @see https://github.com/aws/aws-cdk/issues/26233 and https://github.com/aws/amazon-ecs-agent/pull/3411
 */
export function allowTaskProtection(taskRole: iam.IRole, { clusterName }: ecs.ICluster): void {
  const tasks = Stack.of(taskRole).formatArn({ service: 'ecs', resource: 'task', resourceName: `${clusterName}/*` });
  allow(taskRole, ['ecs:UpdateTaskProtection'], tasks);
  acknowledgeWildcard(taskRole, tasks, 'a task protects itself, and its name is not known before it runs');
}

/** Warns of what cuts the longest job short, or starts it twice. */
export function warnIfJobIsCutShort(owner: Construct, { maximumJobTime, queue, stopTimeout = DEFAULT_STOP, isOnSpot }: JobTime): void {
  if (maximumJobTime === undefined || maximumJobTime.isUnresolved()) return;
  const job = maximumJobTime.toSeconds();
  const visible = queue && !queue.visibilityTimeout.isUnresolved() ? queue.visibilityTimeout.toSeconds() : Infinity;
  if (job > visible) {
    addWarning(
      owner, 'cdk-mainstay:ContainerAppWithAlb.JobOutlivesVisibility',
      `'maximumJobTime' is ${job} s, but ${queue!.node.path} shows a message to others again after ${visible} s ('visibilityTimeout'), so a second task starts a job that the first ` +
      `is still at: set 'visibilityTimeout' of the queue to at least Duration.seconds(${job}), or acknowledge this if the worker extends it itself`,
    );
  }
  const stop = stopTimeout.isUnresolved() ? Infinity : stopTimeout.toSeconds();
  if (job > stop) {
    const what = !needsTaskProtection(maximumJobTime) ? `set 'stopTimeout' to at least Duration.seconds(${job})` : `${LONGEST_STOP_SECONDS} s are the most that Fargate waits, so ${PROTECT}`;
    addWarning(
      owner, 'cdk-mainstay:ContainerAppWithAlb.JobOutlivesStop',
      `'maximumJobTime' is ${job} s, but when a deployment or scaling stops a task, ECS kills it after ${stop} s ('stopTimeout') amid its job: ${what}`,
    );
  }
  if (isOnSpot && job > SPOT_NOTICE_SECONDS) {
    addWarning(
      owner, 'cdk-mainstay:ContainerAppWithAlb.JobOutlivesSpot',
      `'maximumJobTime' is ${job} s, but AWS takes a Fargate Spot task back ${SPOT_NOTICE_SECONDS} s after it says so, whether the task is protected or not: set 'capacity' to ` +
      'ServiceCapacity.fargate(), or acknowledge this if a job that is cut short is simply done again',
    );
  }
}

const PROTECT = 'have the worker protect its task while it is at a job, which its role allows (PUT $ECS_AGENT_URI/task-protection/v1/state; with Celery, in the signals task_prerun and task_postrun: ' +
  'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html), then acknowledge this';
