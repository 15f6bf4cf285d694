import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { InstanceType, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { DatabaseEngine } from './database-engine';
import { DatabaseBackupPlanOptions, DatabaseProxyOptions, DatabaseRestoreDrillOptions, DatabaseServerlessOptions } from './database-options';

/**
 * Properties of an EncryptedDatabase.
 */
export interface EncryptedDatabaseProps {
  /**
   * The network. The database goes into its isolated subnets, or into private ones if there are none, and never into public ones.
   */
  readonly vpc: IVpc;

  /**
   * What the database runs. Changing it to another kind replaces the database, which CloudFormation refuses to do. Changing its major version upgrades
   * the database in place, with an outage: an instance only with `allowMajorVersionUpgrade`, an Aurora cluster in any case.
   */
  readonly engine: DatabaseEngine;

  /**
   * Whether a new major version of `engine` may upgrade the database in place. RDS refuses the deployment otherwise: "The AllowMajorVersionUpgrade flag must
   * be present". The upgrade begins with the deployment, stops the database for minutes to hours, and has no way back but a restore. So test it on a
   * restored copy, set this for that one deployment, and take it away again; a blue/green deployment has a shorter outage.
   *
   * CloudFormation gives this consent for an Aurora cluster by itself, so a changed major version of an Aurora engine upgrades the cluster with or without
   * it. With `snapshotIdentifier` or `restoreFrom`, instance and cluster are upgraded to the major version of `engine` only with this.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Upgrading.html
   * @see https://github.com/cdk-mainstay/cdk-mainstay/blob/main/docs/decisions/blue-green.md
   * @default false
   */
  readonly allowMajorVersionUpgrade?: boolean;

  /**
   * The database that is created in it: a letter, then letters, digits and underscores, 63 at the most, and no word that the engine reserves. Changing it
   * replaces the database, which CloudFormation refuses to do. Of what is restored, a database that is in it, which may have hyphens, too.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
   */
  readonly databaseName: string;

  /**
   * The subnets, of two zones at least, none of them public. More may be added later; a `proxy` is replaced then.
   *
   * @default - the isolated ones, of several tiers those called `Isolated`, or the private ones if there are none
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * The class of each instance, without `db.`, which is refused. One that RDS or Aurora does not have is refused, too, and one that it does not have in the
   * region of the stack, if that is known.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.RegionSupport.html
   * @default - with a standby, m7g.large (Aurora: r7g.large), else t4g.medium; in a region that does not have it, the nearest class
   */
  readonly instanceType?: InstanceType;

  /**
   * Whether another instance, in another zone, takes over by itself: a Multi-AZ standby, or a reader of a cluster.
   *
   * @default - the StageProfile's
   */
  readonly standby?: boolean;

  /**
   * How many readers an Aurora cluster has besides the standby, 0 to 14, for `readerEndpointAddress`.
   *
   * @default 0
   */
  readonly readers?: number;

  /**
   * How many readers an Aurora cluster may have besides the standby, more than `readers`, and with the standby 15 at the most. Aurora Auto Scaling adds
   * readers of the writer's class, and takes away those that it added; `readers` stay. There must be a reader or a standby, on which it measures.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html
   * @default - `readers`: nothing scales
   */
  readonly maxReaders?: number;

  /**
   * How busy the processors of the readers may be on average before there is another one, in percent, 1 to 100.
   *
   * @default - 60, if neither this nor `readerTargetConnections` is said
   */
  readonly readerTargetCpuPercent?: number;

  /**
   * How many connections a reader may have on average before there is another one. With `readerTargetCpuPercent`, the one that wants more readers wins.
   *
   * @default - connections are not looked at
   */
  readonly readerTargetConnections?: number;

  /**
   * Instances of an Aurora cluster that scale by themselves, in place of a class.
   *
   * @default - instances of a class
   */
  readonly serverless?: DatabaseServerlessOptions;

  /**
   * An RDS Proxy that applications connect to in place of the database: it shares few connections among many of theirs, and keeps those while a standby
   * takes over. `binding()`, `allowFrom()`, `endpointAddress` and `port` are then its own, and its port is always 3306 or 5432. It is in the subnets of
   * the database, takes TLS only, and logs in by the secret that rotates. Not in all regions and zones, and not for MariaDB before 10.5.
   *
   * Other subnets replace it, by one of another name and endpoint. So that a zone that is added to the network does not, give the database `vpcSubnets`
   * that stay: `{ subnets: network.vpc.isolatedSubnets.slice(0, 2) }`.
   *
   * Adding or removing it replaces the tasks of bound services. For services of other stacks, deploy their stacks right after that of the database: tasks that start in between have an
   * address that they may not connect to yet. Removing a proxy that other stacks use is refused by CloudFormation, as they import what it exports: take their bindings
   * away in a deployment before, while they do without the database.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RDS_Fea_Regions_DB-eng.Feature.RDSProxy.html
   * @default - applications connect to the database
   */
  readonly proxy?: DatabaseProxyOptions;

  /**
   * The name or ARN of a snapshot that the database begins with. Say the `masterUsername` and the `databaseName` that are in it; the user gets a new
   * password. An instance is encrypted as its snapshot is, so take an encrypted one (a copy, if need be); a cluster is encrypted with `encryptionKey`.
   * Adding, changing or removing it later replaces the database, which CloudFormation refuses to do.
   *
   * The database has the minor version of the snapshot. Say an `engine` of the same major version, without a minor one, and for an instance the
   * `allocatedStorage` of the snapshot or more.
   *
   * @default - an empty database
   */
  readonly snapshotIdentifier?: string;

  /**
   * A database that this one begins with as a copy, as it was at `restoreTime`: the identifier of an instance, or of a cluster for Aurora; or its
   * resource id (`db-…`, `cluster-…`), if it is deleted and its automated backups are kept; or, for an instance, the ARN of backups that are
   * replicated into this region (`…:auto-backup:…`).
   *
   * CloudFormation restores into a new database beside the other, which stays as it is, and then gives it the password, the parameters, the backups
   * and the network of this one. It has the minor version of the other. Say an `engine` of the same major version, without a minor one, the `databaseName`
   * and the `masterUsername` that the other has, and for an instance its `allocatedStorage` or more. An instance is encrypted with the key of the other, a cluster with `encryptionKey`; a cluster that is not encrypted is refused.
   * Adding, changing or removing it later replaces the database, which CloudFormation refuses to do.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-pitr.html
   * @default - an empty database, or `snapshotIdentifier`
   */
  readonly restoreFrom?: string;

  /**
   * The time that `restoreFrom` is restored to, in UTC, such as `2026-11-20T23:45:00Z`: within the retention of its backups, and before its latest
   * restorable time, which is about five minutes ago.
   *
   * @default - the latest that can be restored when CloudFormation makes the database
   */
  readonly restoreTime?: string;

  /**
   * The storage that an instance begins with, in whole GiB, 20, which is the least of gp3, to 65536. Not for Aurora, whose storage grows by itself.
   * Required for an instance with `snapshotIdentifier` or `restoreFrom`: at least what its source has now, which RDS may have extended.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
   *
   * @default Size.gibibytes(20), of a new database
   */
  readonly allocatedStorage?: Size;

  /**
   * How far RDS may extend the storage of an instance, in whole GiB. Not for Aurora.
   *
   * @default - ten times the allocated storage
   */
  readonly maxAllocatedStorage?: Size;

  /**
   * The character set of what is created in MySQL and MariaDB, such as `utf8mb3`. PostgreSQL's is always UTF8.
   *
   * @default - utf8mb4
   */
  readonly characterSet?: string;

  /**
   * The collation of what is created in MySQL and MariaDB, such as `utf8mb3_unicode_ci`. PostgreSQL has it said in SQL.
   *
   * @default - utf8mb4_0900_ai_ci for MySQL 8, utf8mb4_unicode_ci for MariaDB; the server's own for MySQL 5.7, and for another character set
   */
  readonly collation?: string;

  /**
   * More parameters of the database. They win over those of this construct, except for TLS.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };

  /**
   * The name of the master user: a letter, then letters, digits and underscores, 16 at the most (PostgreSQL: 63), and none that the engine reserves, or
   * that is guessed first: `admin`, `postgres`, `public`, `root`. Changing it replaces the database, which CloudFormation refuses to do. Of what is
   * restored, the user that is in it, whatever its name.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
   *
   * @default 'dbadmin'
   */
  readonly masterUsername?: string;

  /**
   * After how many days the master user gets a new password, 1 to 365. `restartAfterRotation()` is for services that read it when they start.
   *
   * @default Duration.days(30)
   */
  readonly rotateAfter?: Duration;

  /**
   * The port, 1150 to 65535. Changing it replaces an instance, which CloudFormation refuses to do.
   *
   * @default - the engine's own: 3306 or 5432
   */
  readonly port?: number;

  /**
   * How long automatic backups are kept, in whole days, 1 to 35: the database can be restored to any second of them.
   *
   * @default - the StageProfile's
   */
  readonly backupRetention?: Duration;

  /**
   * When backups are made, daily in UTC.
   *
   * @default '03:00-04:00'
   */
  readonly backupWindow?: string;

  /**
   * Has AWS Backup make snapshots, too: more often than RDS does, for longer, or copied into vaults of other accounts and regions. `{}` makes one a day,
   * and keeps it for five weeks. There is none where `removalPolicy` is to destroy the database: a vault with snapshots in it cannot be deleted.
   *
   * @default - RDS alone backs it up, daily and continuously
   */
  readonly backupPlan?: DatabaseBackupPlanOptions;

  /**
   * Restores the newest automated snapshot into a throw-away database that only one function can reach, runs a query in it, and deletes it, on a
   * schedule: `{}` is enough. One alarm fires when a drill fails, another one when none has succeeded in time.
   *
   * A drill starts with the deployment, and ends at once while the database is younger than a day: it has no backup yet that could prove anything. The
   * first one that restores comes after `every`.
   *
   * A drill costs what one more instance of the class does for about an hour, and its storage for as long: RDS bills by the second, from ten minutes on
   * (looked up 2026-11-21).
   *
   * @see https://aws.amazon.com/rds/pricing/
   * @default - none
   */
  readonly restoreDrill?: DatabaseRestoreDrillOptions;

  /**
   * When RDS may patch and restart the database, weekly in UTC.
   *
   * @default 'sun:04:30-sun:05:30'
   */
  readonly maintenanceWindow?: string;

  /**
   * What the database is, in words, written down once it is deployed: a later change that would have an empty one take its place, such as another name,
   * key or id of the construct, then fails synthesis, until the pin is changed, too. With `''` synthesis fails as well, and the error says what to write.
   *
   * @default - such a change of a property fails when it is deployed; another id is another database
   */
  readonly replacementPin?: string;

  /**
   * Whether the database refuses to be deleted until this is switched off. The rollback of a first deployment that fails after the database is there is
   * refused, too (ROLLBACK_FAILED): https://github.com/cdk-mainstay/cdk-mainstay/blob/main/docs/decisions/deletion-protection.md has the way out.
   *
   * @default - the StageProfile's
   */
  readonly deletionProtection?: boolean;

  /**
   * What happens to the database, its keys, secrets and logs when they leave the stack. `SNAPSHOT` deletes it after a last snapshot.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * How long the logs in CloudWatch are kept.
   *
   * @default - the StageProfile's
   */
  readonly logRetention?: RetentionDays;

  /**
   * The key that encrypts storage, snapshots, insights, logs and secrets. Changing it replaces the database, which CloudFormation refuses to do.
   *
   * @default - a new key with yearly rotation
   */
  readonly encryptionKey?: IKey;

  /**
   * The topic that the alarms notify: a standard one, of the region of the stack. Where it has a policy, that is made to admit them.
   *
   * @default - the StageProfile's, and a warning if it has none
   */
  readonly alarmTopic?: ITopic;
}
