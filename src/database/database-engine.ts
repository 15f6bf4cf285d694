import * as rds from 'aws-cdk-lib/aws-rds';
import { EngineTraits, MARIADB, MYSQL, POSTGRES } from './private/engine-traits';
import { supportEnd } from './private/support';
import { requireArgument, resource } from '../shared/kinds';

/**
 * What a database runs, and on what: one instance with its storage (RDS), or a cluster of instances over shared storage (Aurora).
 *
 * The default versions are major versions, such as `17`. A new database gets the minor version that is RDS's default of that day, and RDS installs later
 * ones in the maintenance window. So the template never names a minor version that RDS retires a year after its release, or one that is older than what
 * RDS has installed. The default major versions have long support and change in major releases of this library only: the newest LTS of MySQL, MySQL 8.0
 * for Aurora, and the newest but one of MariaDB's LTS and of PostgreSQL, which extensions and drivers know.
 *
 * A version that names a minor one, such as `rds.PostgresEngineVersion.VER_17_9`, is sent as it is. RDS refuses it once it has installed a later one, if
 * CloudFormation sends it again: when the version in the template changes, or when a snapshot is restored.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
 */
export class DatabaseEngine {
  /**
   * Amazon RDS for MySQL. Its audit log is empty until the instance has an option group with the option MARIADB_AUDIT_PLUGIN, which is not made here.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.Options.AuditPlugin.html
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
   * @param version 8.4 if absent, which is an LTS version: in standard support until 2029-07-31
   */
  public static mysql(version?: rds.MysqlEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.mysql', 'version', version, resource('an rds.MysqlEngineVersion', 'mysqlFullVersion'));
    const wanted = version ?? rds.MysqlEngineVersion.of('8.4', '8.4');
    return new DatabaseEngine('amazon-rds-mysql', { ...MYSQL, name: 'MySQL', instanceEngine: rds.DatabaseInstanceEngine.mysql({ version: wanted }) });
  }

  /**
   * Amazon RDS for MariaDB. Its audit log is empty until the instance has an option group with the option MARIADB_AUDIT_PLUGIN, which is not made here.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MariaDB.Options.html
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MariaDB.Concepts.VersionMgmt.html
   * @param version 11.4 if absent, which is an LTS version: in standard support until 2029-05-31
   */
  public static mariadb(version?: rds.MariaDbEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.mariadb', 'version', version, resource('an rds.MariaDbEngineVersion', 'mariaDbFullVersion'));
    const wanted = version ?? rds.MariaDbEngineVersion.of('11.4', '11.4');
    return new DatabaseEngine('amazon-rds-mariadb', { ...MARIADB, name: 'MariaDB', instanceEngine: rds.DatabaseInstanceEngine.mariaDb({ version: wanted }) });
  }

  /**
   * Amazon RDS for PostgreSQL.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
   * @param version 17 if absent: in standard support until 2030-02-28
   */
  public static postgres(version?: rds.PostgresEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.postgres', 'version', version, resource('an rds.PostgresEngineVersion', 'postgresFullVersion'));
    const wanted = version ?? rds.PostgresEngineVersion.VER_17;
    return new DatabaseEngine('amazon-rds-postgresql', {
      ...POSTGRES,
      name: 'PostgreSQL',
      logs: [...POSTGRES.logs, 'upgrade'],
      instanceEngine: rds.DatabaseInstanceEngine.postgres({ version: wanted }),
    });
  }

  /**
   * Amazon Aurora MySQL.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html
   * @param version 8.0 if absent, which is Aurora MySQL 3: in standard support until 2028-04-30
   */
  public static auroraMysql(version?: rds.AuroraMysqlEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.auroraMysql', 'version', version, resource('an rds.AuroraMysqlEngineVersion', 'auroraMysqlFullVersion'));
    const wanted = version ?? rds.AuroraMysqlEngineVersion.VER_3_10_3; // only so that CDK knows what the engine can do
    const clusterEngine = rds.DatabaseClusterEngine.auroraMysql({ version: wanted });
    return new DatabaseEngine('amazon-aurora-mysql', { ...MYSQL, name: 'Aurora MySQL', clusterEngine }, version !== undefined);
  }

  /**
   * Amazon Aurora PostgreSQL.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html
   * @param version 17 if absent: in standard support until 2030-02-28
   */
  public static auroraPostgres(version?: rds.AuroraPostgresEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.auroraPostgres', 'version', version, resource('an rds.AuroraPostgresEngineVersion', 'auroraPostgresFullVersion'));
    const wanted = version ?? rds.AuroraPostgresEngineVersion.VER_17_7; // only so that CDK knows what the engine can do
    const clusterEngine = rds.DatabaseClusterEngine.auroraPostgres({ version: wanted });
    return new DatabaseEngine('amazon-aurora-postgresql', { ...POSTGRES, name: 'Aurora PostgreSQL', clusterEngine }, version !== undefined);
  }

  /** The version that a new database begins with: a major version, of which RDS chooses the minor one, or the minor version that you named. */
  public readonly version: string;
  /**
   * The last day of standard support of its major version, as `2029-07-31`; extended support costs extra. Of a version older than all that are known here,
   * a day by which it had ended; absent for a newer one.
   */
  public readonly standardSupportEnds?: string;
  /** @internal */
  public readonly _traits: EngineTraits;

  /**
   * @param product as the calendar of support calls it
   * @param isNamed whether RDS is told the whole version of the engine, and not the major one alone
   */
  private constructor(product: string, traits: Omit<EngineTraits, 'version' | 'majorVersion' | 'standardSupportEnds'>, isNamed = true) {
    const { fullVersion, majorVersion } = (traits.clusterEngine ?? traits.instanceEngine)!.engineVersion!;
    this.version = isNamed ? fullVersion! : majorVersion;
    this.standardSupportEnds = supportEnd(product, majorVersion);
    this._traits = { ...traits, version: this.version, majorVersion, standardSupportEnds: this.standardSupportEnds };
  }

  /**
   * The name and version of the engine.
   */
  public toString(): string {
    return `${this._traits.name} ${this.version}`;
  }
}
