import { Duration } from 'aws-cdk-lib';
import { IBackupVault } from 'aws-cdk-lib/aws-backup';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';

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

/**
 * Snapshots of a database by AWS Backup, beside those that RDS makes of itself: more often, for longer, and in other accounts and regions.
 */
export interface DatabaseBackupPlanOptions {
  /**
   * The time from one snapshot to the next: 1, 2, 3, 4, 6, 8, 12 or 24 hours. The first of a day is two hours after the end of `backupWindow`, as
   * AWS Backup waits for windows to pass.
   *
   * @default Duration.days(1)
   */
  readonly every?: Duration;

  /**
   * How long a snapshot is kept, 1 to 36 500 days, in the warm storage that there is for databases.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
   * @default Duration.days(35)
   */
  readonly retention?: Duration;

  /**
   * Vaults that each snapshot is copied into, such as `BackupVault.fromBackupVaultArn(…)`: of another region, or of another account, where whoever takes over
   * this one cannot delete them. Both at once is more than AWS Backup does for databases in many places: copy on from there.
   *
   * The vault of another account must have a key of its own, and let this account `backup:CopyIntoBackupVault`; the two must be of one organization that has
   * cross-account backup switched on. The key of the database lets AWS Backup of that account use it.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
   * @default - none
   */
  readonly copyTo?: IBackupVault[];

  /**
   * How long a copy is kept, 1 to 36 500 days.
   *
   * @default - `retention`
   */
  readonly copyRetention?: Duration;
}

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

/**
 * The names of the settings that tell an application of a database that it logs in to without a password. Only those given are set. And how many
 * connections it opens.
 */
export interface PasswordlessBindingNames {
  /**
   * Gets the address of the database.
   *
   * @default - not set
   */
  readonly host?: string;

  /**
   * Gets the port.
   *
   * @default - not set
   */
  readonly port?: string;

  /**
   * Gets the name of the database.
   *
   * @default - not set
   */
  readonly name?: string;

  /**
   * Gets the name of the user. Of `binding()`, as a secret.
   *
   * @default - not set
   */
  readonly user?: string;

  /**
   * Sets nothing: the most connections that one task, or one run of a function, opens at a time, which is the size of the pool, times the processes that
   * have one. Times the most tasks there can be (of `desiredCount` or the limit of autoscaling, while a deployment replaces them), they are reserved
   * like those of `reserveConnections()`. A function must have `reservedConcurrentExecutions`.
   *
   * @default - its connections are not counted
   */
  readonly poolSize?: number;
}

/**
 * The names of the settings that tell an application of a database. Only those given are set. And how many connections it opens.
 */
export interface DatabaseBindingNames extends PasswordlessBindingNames {
  /**
   * Gets the password, as a secret.
   *
   * @default - not set
   */
  readonly password?: string;

  /**
   * Gets `postgresql://user:password@host:port/name`, or the same with `mysql:`, as a secret.
   *
   * @default - not set
   */
  readonly url?: string;

  /**
   * Gets a URL for JDBC with user, password and TLS, as a secret. The driver encrypts and does not check the server's certificate (PostgreSQL:
   * `sslmode=require`, MySQL: `sslMode=REQUIRED`, MariaDB: `sslMode=trust`): that takes RDS's authorities in a trust store, and a URL of your own.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
   * @default - not set
   */
  readonly jdbcUrl?: string;

  /**
   * Gets `user:password@host:port`, as a secret.
   *
   * @default - not set
   */
  readonly uri?: string;

  /**
   * Gets the ARN of `connectionSecret`, which has all of these as JSON. The application may read it, and does so at run time: this is for functions, see
   * `BindingTarget.lambdaFunction()`, and for containers that read the password anew when it is refused, which no rotation needs to restart.
   *
   * @default - not set
   */
  readonly secretArn?: string;
}
