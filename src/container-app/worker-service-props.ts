import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ScalingOptions, ServiceOptions } from './container-props';
import { SecureQueue } from '../queue/secure-queue';

/**
 * A service that works a queue, or that nothing connects to.
 */
export interface WorkerServiceProps extends ServiceOptions, ScalingOptions {
  /**
   * The image.
   *
   * @default - the image of the app
   */
  readonly image?: ecs.ContainerImage;

  /**
   * The queue that the service works, and on whose backlog it scales: from zero and to zero tasks, if `minimumTasks` is 0. The worker may send to it and consume from it
   * (see `SecureQueue.grantWorker()`). Its settings come from its binding in `uses`, such as `queue.workerBinding({ url: 'QUEUE_URL' })`.
   *
   * With a queue, the service also adds tasks on CPU or memory where `targetCpuPercent` or `targetMemoryPercent` is given. It removes tasks on the backlog only.
   *
   * @default - the service scales on CPU and memory
   */
  readonly queue?: SecureQueue;

  /**
   * The messages per task that scaling aims at: how long a message may wait, divided by how long a job takes.
   *
   * @default 10
   */
  readonly backlogPerTask?: number;

  /**
   * How old the oldest message may be before the service scales out by one task, whatever the backlog is, at least a minute. `maximumJobTime` is added to it, as the
   * age of a message includes the time that a job takes.
   *
   * @default Duration.minutes(5)
   */
  readonly acceptableAge?: Duration;

  /**
   * How long the longest job takes, in whole seconds. Warnings name what contradicts it: the visibility timeout of the queue, `stopTimeout`, and Fargate Spot. If it is
   * more than the 120 seconds that ECS waits at most, the worker may protect its tasks from deployments and scaling while it is at a job.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
   *
   * @default - not known, and not checked
   */
  readonly maximumJobTime?: Duration;
}
