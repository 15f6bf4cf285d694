import { Duration } from 'aws-cdk-lib';

/**
 * How an RDS Proxy shares the connections of a database among applications.
 */
export interface DatabaseProxyOptions {
  /**
   * How many of the connections that the database takes the proxy may open, in percent, 1 to 100. The rest is for who goes past it, such as migrations
   * and people.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connections.html
   * @default 90
   */
  readonly maxConnectionsPercent?: number;

  /**
   * How long a connection of an application may be idle until the proxy closes it, 1 second to 8 hours. Pools of applications shall close theirs before.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connections.html
   * @default Duration.minutes(30)
   */
  readonly idleClientTimeout?: Duration;

  /**
   * How long a query waits for a connection while all are in use, 1 second to 5 minutes; then it fails.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-rds-dbproxytargetgroup-connectionpoolconfigurationinfoformat.html
   * @default Duration.minutes(2)
   */
  readonly borrowTimeout?: Duration;
}
