import { Duration } from 'aws-cdk-lib';

/**
 * How far the instances of an Aurora cluster scale by themselves (Aurora Serverless v2).
 */
export interface DatabaseServerlessOptions {
  /**
   * The least capacity of an instance, in Aurora capacity units of about 2 GiB each: 0 to 256, in steps of a half. Below 1,
   * Aurora PostgreSQL takes 2000 connections at the most, however far it may scale.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
   * @default - 0.5, or 0 with `autoPauseAfter`
   */
  readonly minimumCapacity?: number;

  /**
   * The most capacity of an instance, in Aurora capacity units: 1 to 256, in steps of a half. It limits the connections, too.
   */
  readonly maximumCapacity: number;

  /**
   * How long nobody must be connected until the cluster pauses, 5 minutes to 24 hours. The next connection waits some seconds for it to resume.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
   * @default - it does not pause
   */
  readonly autoPauseAfter?: Duration;
}
