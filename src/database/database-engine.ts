import * as rds from 'aws-cdk-lib/aws-rds';
import { EngineTraits, MARIADB, MYSQL, POSTGRES } from './private/engine-traits';
import { AURORA_MYSQL_SUPPORT, MARIADB_SUPPORT, MYSQL_SUPPORT, POSTGRES_SUPPORT, supportEnd } from './private/support';
import { requireArgument, resource } from '../shared/kinds';

/**
 * What a database runs, and on what: one instance with its storage (RDS), or a cluster of instances over shared storage (Aurora).
 *
 * A version pins the minor release that a new database begins with; RDS installs the later ones by itself. The defaults are major versions with
 * long support, and change in major releases of this library only: the newest that is LTS of MySQL and Aurora MySQL, and the newest but one of MariaDB
 * (of its LTS) and PostgreSQL, which has had its first minor releases, and which extensions and drivers know.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
 */
export class DatabaseEngine {
  /**
   * Amazon RDS for MySQL. Its audit log is empty until the instance has an option group with the option MARIADB_AUDIT_PLUGIN, which is not made here.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.Options.AuditPlugin.html
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
   * @param version 8.4.8 if absent, of MySQL 8.4 LTS: in standard support until 2029-07-31
   */
  public static mysql(version?: rds.MysqlEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.mysql', 'version', version, resource('an rds.MysqlEngineVersion', 'mysqlFullVersion'));
    const wanted = version ?? rds.MysqlEngineVersion.VER_8_4_8;
    return new DatabaseEngine({
      ...MYSQL,
      name: 'MySQL',
      version: wanted.mysqlFullVersion,
      standardSupportEnds: supportEnd(MYSQL_SUPPORT, wanted.mysqlMajorVersion),
      instanceEngine: rds.DatabaseInstanceEngine.mysql({ version: wanted }),
    });
  }

  /**
   * Amazon RDS for MariaDB. Its audit log is empty until the instance has an option group with the option MARIADB_AUDIT_PLUGIN, which is not made here.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MariaDB.Options.html
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MariaDB.Concepts.VersionMgmt.html
   * @param version 11.4.10 if absent, of MariaDB 11.4 LTS: in standard support until 2029-05-31
   */
  public static mariadb(version?: rds.MariaDbEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.mariadb', 'version', version, resource('an rds.MariaDbEngineVersion', 'mariaDbFullVersion'));
    const wanted = version ?? rds.MariaDbEngineVersion.VER_11_4_10;
    return new DatabaseEngine({
      ...MARIADB,
      name: 'MariaDB',
      version: wanted.mariaDbFullVersion,
      standardSupportEnds: supportEnd(MARIADB_SUPPORT, wanted.mariaDbMajorVersion),
      instanceEngine: rds.DatabaseInstanceEngine.mariaDb({ version: wanted }),
    });
  }

  /**
   * Amazon RDS for PostgreSQL.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
   * @param version 17.9 if absent: in standard support until 2030-02-28
   */
  public static postgres(version?: rds.PostgresEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.postgres', 'version', version, resource('an rds.PostgresEngineVersion', 'postgresFullVersion'));
    const wanted = version ?? rds.PostgresEngineVersion.VER_17_9;
    return new DatabaseEngine({
      ...POSTGRES,
      name: 'PostgreSQL',
      logs: [...POSTGRES.logs, 'upgrade'],
      version: wanted.postgresFullVersion,
      standardSupportEnds: supportEnd(POSTGRES_SUPPORT, wanted.postgresMajorVersion),
      instanceEngine: rds.DatabaseInstanceEngine.postgres({ version: wanted }),
    });
  }

  /**
   * Amazon Aurora MySQL.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html
   * @param version 3.10.3 if absent, of the LTS release 3.10, compatible with MySQL 8.0: in standard support until 2028-04-30
   */
  public static auroraMysql(version?: rds.AuroraMysqlEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.auroraMysql', 'version', version, resource('an rds.AuroraMysqlEngineVersion', 'auroraMysqlFullVersion'));
    const wanted = version ?? rds.AuroraMysqlEngineVersion.VER_3_10_3;
    return new DatabaseEngine({
      ...MYSQL,
      name: 'Aurora MySQL',
      version: wanted.auroraMysqlFullVersion,
      standardSupportEnds: supportEnd(AURORA_MYSQL_SUPPORT, wanted.auroraMysqlMajorVersion),
      clusterEngine: rds.DatabaseClusterEngine.auroraMysql({ version: wanted }),
    });
  }

  /**
   * Amazon Aurora PostgreSQL.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html
   * @param version 17.7 if absent: in standard support until 2030-02-28
   */
  public static auroraPostgres(version?: rds.AuroraPostgresEngineVersion): DatabaseEngine {
    requireArgument('DatabaseEngine.auroraPostgres', 'version', version, resource('an rds.AuroraPostgresEngineVersion', 'auroraPostgresFullVersion'));
    const wanted = version ?? rds.AuroraPostgresEngineVersion.VER_17_7;
    return new DatabaseEngine({
      ...POSTGRES,
      name: 'Aurora PostgreSQL',
      version: wanted.auroraPostgresFullVersion,
      standardSupportEnds: supportEnd(POSTGRES_SUPPORT, wanted.auroraPostgresMajorVersion),
      clusterEngine: rds.DatabaseClusterEngine.auroraPostgres({ version: wanted }),
    });
  }

  /** The version that a new database begins with. */
  public readonly version: string;
  /**
   * The last day of standard support of its major version, as `2029-07-31`; extended support costs extra. Of a version older than all that are known here,
   * a day by which it had ended; absent for a newer one.
   */
  public readonly standardSupportEnds?: string;
  /** @internal */
  public readonly _traits: EngineTraits;

  private constructor(traits: EngineTraits) {
    this._traits = traits;
    this.version = traits.version;
    this.standardSupportEnds = traits.standardSupportEnds;
  }

  /**
   * The name and version of the engine.
   */
  public toString(): string {
    return `${this._traits.name} ${this.version}`;
  }
}
