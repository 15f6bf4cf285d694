import { Duration, Size, Token } from 'aws-cdk-lib';
import { requireFreeDatabaseName, requireFreeUserName } from './reserved-names';
import { requireUnit } from '../../shared/require-unit';
import { requireWholeNumber } from '../../shared/require-whole-number';
import { DatabaseEngine } from '../database-engine';

/** What is looked at here. */
interface DatabaseProps {
  readonly engine: DatabaseEngine;
  readonly databaseName: string;
  readonly masterUsername: string;
  readonly snapshotIdentifier?: string;
  readonly restoreFrom?: string;
  readonly port: number;
  readonly rotateAfter: Duration;
  readonly backupRetention: Duration;
  readonly allocatedStorage?: Size;
  readonly maxAllocatedStorage?: Size;
}

/** Of an instance, in GiB. */
export interface DatabaseStorage {
  readonly allocated: number;
  readonly ceiling: number;
}

/** Bounds: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
export function validateDatabase(where: string, props: DatabaseProps): void {
  const { port, rotateAfter, backupRetention } = props;
  if ((props.snapshotIdentifier ?? props.restoreFrom) === undefined) requireNewNames(where, props);
  else requireRestoredNames(where, props);
  requireWholeNumber({ where, prop: 'port', value: port, least: 1150, most: 65_535 });
  const days = (prop: string, duration: Duration, most: number) => {
    const value = requireUnit(where, prop, 'Duration.days()', () => duration.toDays({ integral: false }));
    requireWholeNumber({ where, prop, value, least: 1, most, unit: 'days' });
  };
  days('backupRetention', backupRetention, 35);
  days('rotateAfter', rotateAfter, 365);
}

function requireNewNames(where: string, { engine: { _traits: engine }, databaseName, masterUsername }: DatabaseProps): void {
  requireName(where, 'databaseName', databaseName, 63);
  requireName(where, 'masterUsername', masterUsername, engine.longestUserName);
  requireFreeDatabaseName(where, engine, databaseName);
  requireFreeUserName(where, engine, masterUsername);
}

function requireName(where: string, prop: string, name: string, most: number): void {
  if (Token.isUnresolved(name)) return;
  if (!/^[A-Za-z]\w*$/.test(name) || name.length > most) {
    throw new Error(`${where}: '${prop}' must be a letter, then letters, digits and underscores, ${most} at the most, got '${name}'`);
  }
}

/** They are what they are, such as `admin`, or a database that was made by SQL: RDS is not told of them, and only our texts must be able to have them. */
function requireRestoredNames(where: string, { databaseName, masterUsername }: DatabaseProps): void {
  for (const [prop, name] of Object.entries({ databaseName, masterUsername })) {
    if (Token.isUnresolved(name) || /^\w[\w-]{0,63}$/.test(name)) continue;
    throw new Error(
      `${where}: '${prop}' of what is restored must be letters, digits, underscores and hyphens, 64 at the most, got '${name}': URLs have it as it is`,
    );
  }
}

/** Nothing for Aurora. */
export function storageOf(
  where: string, { engine, allocatedStorage, maxAllocatedStorage }: Pick<DatabaseProps, 'engine' | 'allocatedStorage' | 'maxAllocatedStorage'>,
): DatabaseStorage | undefined {
  if (engine._traits.clusterEngine) {
    const given = allocatedStorage ? 'allocatedStorage' : maxAllocatedStorage && 'maxAllocatedStorage';
    if (given) throw new Error(`${where}: '${given}' must be left out for ${engine}: the storage of Aurora grows and shrinks by itself`);
    return undefined;
  }
  const gibibytes = (prop: string, size: Size, least: number, hint: string) => {
    const value = requireUnit(where, prop, 'Size.gibibytes()', () => size.toGibibytes({ rounding: undefined }));
    if (Token.isUnresolved(value)) throw new Error(`${where}: '${prop}' must be known at synthesis, got a token: the alarm on free storage is a share of it`);
    requireWholeNumber({ where, prop, value, least, most: 65_536, unit: 'GiB', hint: value < least ? hint : undefined });
    return value;
  };
  const allocated = gibibytes('allocatedStorage', allocatedStorage ?? Size.gibibytes(20), 20, 'gp3 of RDS, which it is on, begins at 20 GiB');
  const least = Math.ceil((allocated * 11) / 10); // RDS takes no less: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
  const ceiling = maxAllocatedStorage ? gibibytes('maxAllocatedStorage', maxAllocatedStorage, least, 'RDS takes a tenth more than \'allocatedStorage\' at least') : Math.min(allocated * 10, 65_536);
  return { allocated, ceiling };
}
