import { Token } from 'aws-cdk-lib';
import { EngineTraits } from './engine-traits';

type Family = EngineTraits['family'];

/**
 * What each server has for itself, and RDS in it. `postgres`, which is there, too, is not among them: it may be the one that applications use.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/system-schema.html
 * @see https://mariadb.com/kb/en/system-tables/
 * @see https://www.postgresql.org/docs/current/manage-ag-templatedbs.html
 */
const DATABASES: Record<Family, string[]> = {
  mysql: ['information_schema', 'mysql', 'performance_schema', 'sys'],
  mariadb: ['information_schema', 'mysql', 'performance_schema', 'sys'],
  postgres: ['rdsadmin', 'template0', 'template1'],
};

/**
 * The likeliest of the words that RDS takes for no name, as their engines reserve them: not all, which depend on the version.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 * @see https://dev.mysql.com/doc/refman/8.4/en/keywords.html
 * @see https://mariadb.com/kb/en/reserved-words/
 * @see https://www.postgresql.org/docs/current/sql-keywords-appendix.html
 */
const OF_MYSQL_AND_MARIADB = [
  'condition', 'database', 'databases', 'group', 'index', 'key', 'keys', 'match', 'option', 'order', 'range', 'release', 'schema', 'schemas', 'select', 'table',
  'trigger', 'usage',
];
const WORDS: Record<Family, string[]> = {
  mysql: OF_MYSQL_AND_MARIADB,
  mariadb: OF_MYSQL_AND_MARIADB,
  postgres: [
    'all', 'array', 'case', 'check', 'column', 'default', 'end', 'grant', 'group', 'limit', 'only', 'order', 'primary', 'select', 'table', 'union', 'unique', 'user',
    'window', 'with',
  ],
};

/**
 * RDS's own, and roles of PostgreSQL. `admin` is refused by RDS for PostgreSQL and for Aurora PostgreSQL only.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html
 * @see https://github.com/aws-cloudformation/cfn-lint/pull/4425
 */
const USERS: Record<Family, string[]> = {
  mysql: ['rdsadmin'],
  mariadb: ['rdsadmin'],
  postgres: ['admin', 'none', 'public', 'rds_iam', 'rds_password', 'rds_replication', 'rds_superuser', 'rdsadmin'],
};

/** Whose password is tried first, where somebody gets at the port. */
const GUESSED = ['admin', 'postgres', 'public', 'root'];

export function requireFreeDatabaseName(where: string, { family, name }: EngineTraits, databaseName: string): void {
  if (Token.isUnresolved(databaseName) || ![...DATABASES[family], ...WORDS[family]].includes(databaseName.toLowerCase())) return;
  throw new Error(`${where}: 'databaseName' must be none that ${name} reserves, got '${databaseName}': take one of your application's, such as '${databaseName}_app'`);
}

export function requireFreeUserName(where: string, { family, name }: EngineTraits, masterUsername: string): void {
  if (Token.isUnresolved(masterUsername)) return;
  const small = masterUsername.toLowerCase();
  const isReserved = [...USERS[family], ...WORDS[family]].includes(small) || (family === 'postgres' && small.startsWith('pg_'));
  if (!isReserved && !GUESSED.includes(small)) return;
  const why = isReserved ? `that ${name} reserves` : 'that is guessed first';
  throw new Error(`${where}: 'masterUsername' must be none ${why}, got '${masterUsername}': leave it out for 'dbadmin', or take one of your own`);
}
