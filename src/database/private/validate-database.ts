import { Size, Token } from 'aws-cdk-lib';
import { InstanceType, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { DatabaseSettings, DatabaseStorage } from './database-settings';
import { EngineTraits } from './engine-traits';
import { Checks } from '../../shared/checks';
import { dataSubnets, requireTwoZones } from '../../shared/data-subnets';
import { EncryptedDatabaseProps } from '../encrypted-database-props';

type Names = Pick<DatabaseSettings, 'engine' | 'databaseName' | 'masterUsername'>;
type DatabaseProps = Names & Pick<DatabaseSettings, 'snapshotIdentifier' | 'restoreFrom' | 'port' | 'rotateAfter' | 'backupRetention'>;

/** Bounds: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
export function validateDatabase(checks: Checks, props: DatabaseProps): void {
  if ((props.snapshotIdentifier ?? props.restoreFrom) === undefined) requireNewNames(checks, props);
  else requireRestoredNames(checks, props);
  checks.wholeNumber('port', props.port, { least: 1150, most: 65_535 });
  checks.days('backupRetention', props.backupRetention, { least: 1, most: 35 });
  checks.days('rotateAfter', props.rotateAfter, { least: 1, most: 365 });
}

function requireNewNames(checks: Checks, { engine, databaseName, masterUsername }: Names): void {
  requireName(checks, 'databaseName', databaseName, 63);
  requireName(checks, 'masterUsername', masterUsername, engine.longestUserName);
  requireFreeDatabaseName(checks, engine, databaseName);
  requireFreeUserName(checks, engine, masterUsername);
}

function requireName(checks: Checks, prop: string, name: string, most: number): void {
  const allowed = new RegExp(`^[A-Za-z]\\w{0,${most - 1}}$`);
  checks.matches(prop, name, allowed, `a letter, then letters, digits and underscores, ${most} at the most`);
}

/** They are what they are, such as `admin`, or a database that was made by SQL: RDS is not told of them, and only our texts must be able to have them. */
function requireRestoredNames(checks: Checks, { databaseName, masterUsername }: Names): void {
  for (const [prop, name] of Object.entries({ databaseName, masterUsername })) {
    checks.matches(prop, name, /^\w[\w-]{0,63}$/, 'letters, digits, underscores and hyphens, 64 at the most', { of: 'what is restored', hint: 'URLs have it as it is' });
  }
}

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

function requireFreeDatabaseName(checks: Checks, { family, name }: EngineTraits, databaseName: string): void {
  if (Token.isUnresolved(databaseName) || ![...DATABASES[family], ...WORDS[family]].includes(databaseName.toLowerCase())) return;
  throw checks.error(`'databaseName' must be none that ${name} reserves, got '${databaseName}': take one of your application's, such as '${databaseName}_app'`);
}

function requireFreeUserName(checks: Checks, { family, name }: EngineTraits, masterUsername: string): void {
  if (Token.isUnresolved(masterUsername)) return;
  const small = masterUsername.toLowerCase();
  const isReserved = [...USERS[family], ...WORDS[family]].includes(small) || (family === 'postgres' && small.startsWith('pg_'));
  if (!isReserved && !GUESSED.includes(small)) return;
  const why = isReserved ? `that ${name} reserves` : 'that is guessed first';
  throw checks.error(`'masterUsername' must be none ${why}, got '${masterUsername}': leave it out for 'dbadmin', or take one of your own`);
}

/**
 * RDS calls its classes `db.…`; CDK, and the restore drill, put that before what is given. Of `db.db.…` nobody would know the memory, either.
 *
 * @param prop the property in quotes, and what it is of
 */
export function requireInstanceClass(checks: Checks, prop: string, type: InstanceType | undefined): void {
  const given = type?.toString();
  const [, prefix, bare] = (given !== undefined && !Token.isUnresolved(given) && /^(db|cache)\.(.+)$/.exec(given)) || [];
  if (bare) throw checks.error(`${prop} must be without '${prefix}.', got '${given}': new ec2.InstanceType('${bare}')`);
}

/** @throws if there are no subnets but public ones, a given one is public, there are fewer than two, or all are in one zone */
export function databaseSubnets(checks: Checks, { vpc, vpcSubnets }: Pick<EncryptedDatabaseProps, 'vpc' | 'vpcSubnets'>): SubnetSelection {
  const selection = dataSubnets(checks, vpc, vpcSubnets, 'a database');
  requireTwoZones(checks, vpc.selectSubnets(selection), (zones) =>
    `'vpcSubnets' must be in two availability zones at least, got ${zones}: RDS takes no fewer, so that a standby has a place; give the network another zone`);
  return selection;
}

/** Nothing for Aurora. */
export function storageOf(
  checks: Checks, { engine, allocatedStorage, maxAllocatedStorage }: Pick<DatabaseSettings, 'engine' | 'allocatedStorage' | 'maxAllocatedStorage'>,
): DatabaseStorage | undefined {
  if (engine.clusterEngine) {
    const given = allocatedStorage ? 'allocatedStorage' : maxAllocatedStorage && 'maxAllocatedStorage';
    if (given) throw checks.error(`'${given}' must be left out for ${engine.name} ${engine.version}: the storage of Aurora grows and shrinks by itself`);
    return undefined;
  }
  const gibibytes = (prop: string, size: Size, least: number, hint: string) => {
    const value = checks.gibibytes(prop, size);
    checks.known(prop, size, 'the alarm on free storage is a share of it');
    checks.wholeNumber(prop, value, { least, most: 65_536, unit: 'GiB', hint: value < least ? hint : undefined });
    return value;
  };
  const allocated = gibibytes('allocatedStorage', allocatedStorage ?? Size.gibibytes(20), 20, 'gp3 of RDS, which it is on, begins at 20 GiB');
  const least = Math.ceil((allocated * 11) / 10); // RDS takes no less: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
  const ceiling = maxAllocatedStorage ? gibibytes('maxAllocatedStorage', maxAllocatedStorage, least, 'RDS takes a tenth more than \'allocatedStorage\' at least') : Math.min(allocated * 10, 65_536);
  return { allocated, ceiling };
}
