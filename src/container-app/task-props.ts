import { Duration } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ContainerOptions } from './container-props';

/**
 * A task that runs once in a deployment, before any service gets the new version.
 */
export interface DeployTaskProps extends ContainerOptions {
  /**
   * The image.
   *
   * @default - the image of the app, and with it all settings of the main web service
   */
  readonly image?: ecs.ContainerImage;

  /**
   * How long the task may take, at most 55 minutes: CloudFormation waits an hour.
   *
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;
}

/**
 * A task that runs on a schedule.
 */
export interface ScheduledTaskProps extends ContainerOptions {
  /**
   * The image.
   *
   * @default - the image of the app, and with it all settings of the main web service
   */
  readonly image?: ecs.ContainerImage;

  /** When the task runs. */
  readonly schedule: ScheduleExpression;

  /**
   * How long the task may take, at most a day.
   *
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;
}
