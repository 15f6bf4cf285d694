import { Size } from 'aws-cdk-lib';
import { InstanceType, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { isRestored } from './database-restore';
import { DatabaseSettings } from './database-settings';
import { Checks, isUnknown } from '../../shared/checks';
import { dataSubnets, requireTwoZones } from '../../shared/data-subnets';
import { EncryptedDatabaseProps } from '../encrypted-database-props';

type Names = Pick<DatabaseSettings, 'engine' | 'databaseName' | 'masterUsername'>;
type DatabaseProps = Names & Pick<DatabaseSettings, 'snapshotIdentifier' | 'restoreFrom' | 'port' | 'rotateAfter' | 'backupRetention'>;

/** Bounds: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
export function validateDatabase(checks: Checks, props: DatabaseProps): void {
  if (isRestored(props)) requireRestoredNames(checks, props);
  else requireNewNames(checks, props);
  checks.wholeNumber('port', props.port, { least: 1150, most: 65_535 });
  checks.days('backupRetention', props.backupRetention, { least: 1, most: 35 });
  checks.days('rotateAfter', props.rotateAfter, { least: 1, most: 365 });
}

/** RDS knows which words an engine reserves, which depends on its version: it refuses them before it creates anything. */
function requireNewNames(checks: Checks, { engine, databaseName, masterUsername }: Names): void {
  requireName(checks, 'databaseName', databaseName, 63);
  requireName(checks, 'masterUsername', masterUsername, engine.longestUserName);
  if (isUnknown(masterUsername) || !GUESSED.includes(masterUsername.toLowerCase())) return;
  throw checks.error(`'masterUsername' must be none that is guessed first, got '${masterUsername}': leave it out for 'dbadmin', or take one of your own`);
}

/** Whose password is tried first, where somebody gets at the port. */
const GUESSED = ['admin', 'postgres', 'public', 'root'];

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

/**
 * RDS calls its classes `db.…`; CDK, and the restore drill, put that before what is given. Of `db.db.…` nobody would know the memory, either.
 *
 * @param prop the property in quotes, and what it is of
 */
export function requireInstanceClass(checks: Checks, prop: string, type: InstanceType | undefined): void {
  const given = type?.toString();
  const [, prefix, bare] = (given !== undefined && !isUnknown(given) && /^(db|cache)\.(.+)$/.exec(given)) || [];
  if (bare) throw checks.error(`${prop} must be without '${prefix}.', got '${given}': new ec2.InstanceType('${bare}')`);
}

/** @throws if there are no subnets but public ones, a given one is public, there are fewer than two, or all are in one zone */
export function databaseSubnets(checks: Checks, { vpc, vpcSubnets }: Pick<EncryptedDatabaseProps, 'vpc' | 'vpcSubnets'>): SubnetSelection {
  const selection = dataSubnets(checks, vpc, vpcSubnets, 'a database');
  requireTwoZones(checks, vpc.selectSubnets(selection), (zones) =>
    `'vpcSubnets' must be in two availability zones at least, got ${zones}: RDS takes no fewer, so that a standby has a place; give the network another zone`);
  return selection;
}

/**
 * CloudFormation passes the size on to RDS, which refuses less than the source has. RDS tells nobody at synthesis how much that is: it may have extended
 * the storage by itself. Without a size, RDS would take the source's, but the alarm and the limit of the extension are shares of it.
 *
 * @see https://github.com/ministryofjustice/cloud-platform-user-guide/pull/1911
 */
const STORAGE_OF_SOURCE =
  "'allocatedStorage' must be given for an instance that is restored, got nothing: RDS refuses less than its source has now, which it may have extended. Read it from AllocatedStorage in " +
  "'aws rds describe-db-snapshots --db-snapshot-identifier …' or 'aws rds describe-db-instances --db-instance-identifier …', and give that or more";

/** Nothing for Aurora. */
export function storageOf(
  checks: Checks, settings: Pick<DatabaseSettings, 'engine' | 'allocatedStorage' | 'maxAllocatedStorage' | 'snapshotIdentifier' | 'restoreFrom'>,
): DatabaseSettings['storage'] {
  const { engine, allocatedStorage, maxAllocatedStorage } = settings;
  if (engine.clusterEngine) {
    const given = allocatedStorage ? 'allocatedStorage' : maxAllocatedStorage && 'maxAllocatedStorage';
    if (given) throw checks.error(`'${given}' must be left out for ${engine.name} ${engine.version}: the storage of Aurora grows and shrinks by itself`);
    return undefined;
  }
  if (isRestored(settings) && !allocatedStorage) throw checks.error(STORAGE_OF_SOURCE);
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
