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
   * The queue whose backlog the service scales on. What the worker may do with it, and its settings, come from its binding in `uses`.
   *
   * @default - the service scales on CPU and memory only
   */
  readonly queue?: SecureQueue;

  /**
   * The messages per task that scaling aims at: how long a message may wait, divided by how long a job takes.
   *
   * @default 10
   */
  readonly backlogPerTask?: number;

  /**
   * How old the oldest message may be before the service scales out by one task, whatever the backlog is.
   *
   * @default Duration.minutes(5)
   */
  readonly acceptableAge?: Duration;

  /**
   * How long the longest job takes. Warnings name what contradicts it: the visibility timeout of the queue, `stopTimeout`, and Fargate Spot.
   *
   * @default - not known, and not checked
   */
  readonly maximumJobTime?: Duration;
}
