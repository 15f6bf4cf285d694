import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SecureQueue } from '../../queue/secure-queue';
import { addWarning } from '../../shared/warning';

/** The longest that Fargate waits between SIGTERM and SIGKILL: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
const LONGEST_STOP_SECONDS = 120;

/** What ECS waits where `stopTimeout` is not given. */
const DEFAULT_STOP_SECONDS = 30;

/** How long before a Spot task is stopped AWS says so: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html */
const SPOT_NOTICE_SECONDS = 120;

interface JobTime {
  readonly maximumJobTime?: Duration;
  readonly queue?: SecureQueue;
  readonly stopTimeout?: Duration;
  readonly isOnSpot: boolean;
}

/** Warns of what cuts the longest job short, or starts it twice. */
export function warnIfJobIsCutShort(owner: Construct, { maximumJobTime, queue, stopTimeout, isOnSpot }: JobTime): void {
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
  const stop = stopTimeout === undefined ? DEFAULT_STOP_SECONDS : stopTimeout.isUnresolved() ? Infinity : stopTimeout.toSeconds();
  if (job > stop) {
    const what = job <= LONGEST_STOP_SECONDS ? `set 'stopTimeout' to at least Duration.seconds(${job})` : `${LONGEST_STOP_SECONDS} s are the most that Fargate waits, so ${PROTECT}`;
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

const PROTECT = 'have the worker protect its task while it is at a job (PUT $ECS_AGENT_URI/task-protection/v1/state; with Celery, in the signals task_prerun and task_postrun: ' +
  'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html), then acknowledge this';
