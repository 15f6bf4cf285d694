import { Duration } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';

/**
 * How a database is restored, tried and destroyed again, to know that its backups can be.
 */
export interface DatabaseRestoreDrillOptions {
  /**
   * The time from one drill to the next, 1 to 6 days: an alarm can look back for seven, and rings if no drill has succeeded in one day more than this.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
   * @default Duration.days(6)
   */
  readonly every?: Duration;

  /**
   * The statement that is run in the restored database, as its master user. The drill fails if the first value of its answer is missing, NULL, false,
   * zero or empty. Such as `SELECT count(*) FROM orders WHERE created_at > now() - interval '2 days'`, which proves that the backup is a recent one.
   * It is no secret: it stands in the template.
   *
   * @default - the number of tables in the database
   */
  readonly query?: string;

  /**
   * The class of the throw-away instance, without `db.`, which is refused. A smaller one costs less, if the parameters of the database fit into it.
   *
   * @default - that of the database
   */
  readonly instanceType?: InstanceType;
}
