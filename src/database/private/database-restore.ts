import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct, IConstruct } from 'constructs';
import { DatabaseSettings } from './database-settings';
import { namesMinorVersion } from './engine-traits';
import { acknowledge, addWarning } from '../../shared/acknowledge';
import { Checks, isUnknown } from '../../shared/checks';
import { EncryptedDatabaseProps } from '../encrypted-database-props';

/** What a database begins with, if not empty: a snapshot, or a database as it was at some time. */
type RestoreProps = Pick<EncryptedDatabaseProps, 'snapshotIdentifier' | 'restoreFrom' | 'restoreTime'>;

/** Also of a database that is deleted. RDS writes it in capitals, and identifiers in small letters. */
const RESOURCE_ID = /^(db|cluster)-[A-Z0-9]{20,}$/;
const AUTOMATED_BACKUPS = ':auto-backup:';
const NO_REPLICA = 'with a time to restore to, it is no replica, and gets a password of its own';
const IDENTIFIER = /^[A-Za-z](-?[A-Za-z0-9])*$/;

export function validateRestore(checks: Checks, { kind, snapshotIdentifier, restoreFrom, restoreTime }: RestoreProps & Pick<DatabaseSettings, 'kind'>): void {
  if (snapshotIdentifier !== undefined && restoreFrom !== undefined) {
    throw checks.error(`'restoreFrom' must be left out with 'snapshotIdentifier', got '${restoreFrom}': a database begins with one of them`);
  }
  if (restoreTime !== undefined && restoreFrom === undefined) {
    throw checks.error(`'restoreTime' must be left out without 'restoreFrom', got '${restoreTime}': it is a time of what is restored`);
  }
  if (restoreFrom !== undefined && !isUnknown(restoreFrom)) requireSource(checks, kind === 'cluster' ? 'cluster' : 'db', restoreFrom);
  if (restoreTime !== undefined && !isUnknown(restoreTime)) requireTime(checks, restoreTime);
}

function requireSource(checks: Checks, kind: 'cluster' | 'db', source: string): void {
  const kindOfSource = source.includes(AUTOMATED_BACKUPS) ? 'db' : RESOURCE_ID.exec(source)?.[1];
  if (kindOfSource === kind || (!kindOfSource && IDENTIFIER.test(source) && source.length <= 63)) return;
  const allowed = kind === 'cluster' ? 'the identifier or resource id (cluster-…) of an Aurora cluster'
    : 'the identifier or resource id (db-…) of an instance, or the ARN of replicated backups (…:auto-backup:…)';
  throw checks.error(`'restoreFrom' must be ${allowed}, got '${source}'`);
}

function requireTime(checks: Checks, time: string): void {
  const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) ? Date.parse(time) : NaN;
  if (Number.isNaN(milliseconds)) throw checks.error(`'restoreTime' must be like '2026-11-20T23:45:00Z', in UTC, got '${time}'`);
  if (milliseconds > Date.now()) throw checks.error(`'restoreTime' must be in the past, got '${time}'`);
}

/** Whether a database begins with the data of another one. */
export function isRestored({ snapshotIdentifier, restoreFrom }: RestoreProps): boolean {
  return (snapshotIdentifier ?? restoreFrom) !== undefined;
}

/**
 * The version that CloudFormation asks RDS for. A restored database has that of its source: RDS refuses an older one, and may have upgraded the source by
 * itself. Only a minor version that is named, or a major upgrade that is allowed, is asked for there.
 *
 * @see https://github.com/aws-samples/redcap-on-aws/issues/99 for a cluster
 * @see https://github.com/ministryofjustice/cloud-platform-environments/pull/4421 for an instance
 * @see https://github.com/aws/aws-sdk-go/issues/3786 RestoreDBClusterFromSnapshot without a version: RDS looks for the snapshot's own
 */
export function requestedVersion(settings: RestoreProps & Pick<DatabaseSettings, 'engine' | 'allowMajorVersionUpgrade'>): string | undefined {
  const { engine, allowMajorVersionUpgrade } = settings;
  return isRestored(settings) && !namesMinorVersion(engine) && !allowMajorVersionUpgrade ? undefined : engine.version;
}

export function warnIfRestoredMinorIsNamed(scope: Construct, { engine, ...props }: RestoreProps & Pick<DatabaseSettings, 'engine'>): void {
  if (!isRestored(props) || !namesMinorVersion(engine)) return;
  addWarning(
    scope, 'cdk-mainstay:EncryptedDatabase.RestoredMinorVersion',
    `RDS refuses the restore if its source has a later version than ${engine.name} ${engine.version}, and RDS installs minor versions by itself. Leave the minor version ` +
    `out: the engine without a version, or with the major version ${engine.majorVersion} alone`,
  );
}

/**
 * Has CloudFormation restore a database, and takes from it what CloudFormation takes from what is restored. The password stays: once the data is
 * there, CloudFormation sets it, as it does the parameter group and the backups (`modifyDbClusterAfterCreateRequest`, `shouldUpdateAfterCreate`).
 *
 * @see https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds
 */
export function restore(database: IConstruct, props: RestoreProps): void {
  if (!isRestored(props)) return;
  if (database instanceof rds.CfnDBCluster) restoreCluster(database, props);
  else restoreInstance(database as rds.CfnDBInstance, props);
}

function restoreCluster(cluster: rds.CfnDBCluster, props: RestoreProps): void {
  const { snapshotIdentifier, restoreFrom } = props;
  Object.assign(cluster, { snapshotIdentifier, ...clusterAtTime(props), databaseName: undefined, masterUsername: undefined });
  if (restoreFrom !== undefined) cluster.storageEncrypted = undefined; // of the source, or RDS refuses the key that stays
  acknowledge(cluster, {
    passwordOfReplicaCluster: cluster.sourceDbClusterIdentifier && NO_REPLICA,
    passwordWithoutUser: 'the user is of what is restored, and the password is not',
    storageEncryptionOfCluster: restoreFrom && 'it is encrypted with its key: RDS takes none for what was not encrypted before',
  });
}

function restoreInstance(instance: rds.CfnDBInstance, props: RestoreProps): void {
  const { snapshotIdentifier, restoreFrom } = props;
  const ofSource = { dbName: undefined, masterUsername: undefined, kmsKeyId: undefined, storageEncrypted: undefined };
  Object.assign(instance, { dbSnapshotIdentifier: snapshotIdentifier, ...instanceAtTime(props), ...ofSource });
  const restored = restoreFrom === undefined ? 'the snapshot that it begins with: \'snapshotIdentifier\'' : 'what it was restored from: \'restoreFrom\'';
  acknowledge(instance, {
    passwordOfReplica: instance.sourceDbInstanceIdentifier && NO_REPLICA,
    storageEncryption: `it is encrypted as ${restored} says to take an encrypted one`,
  });
}

function clusterAtTime({ restoreFrom, restoreTime }: RestoreProps): Partial<rds.CfnDBClusterProps> {
  if (restoreFrom === undefined) return {};
  const source = RESOURCE_ID.test(restoreFrom) ? { sourceDbClusterResourceId: restoreFrom } : { sourceDbClusterIdentifier: restoreFrom };
  return { ...source, ...(restoreTime === undefined ? { useLatestRestorableTime: true } : { restoreToTime: restoreTime }) };
}

function instanceAtTime({ restoreFrom, restoreTime }: RestoreProps): Partial<rds.CfnDBInstanceProps> {
  if (restoreFrom === undefined) return {};
  const time = restoreTime === undefined ? { useLatestRestorableTime: true } : { restoreTime };
  if (restoreFrom.includes(AUTOMATED_BACKUPS)) return { sourceDbInstanceAutomatedBackupsArn: restoreFrom, ...time };
  return { ...(RESOURCE_ID.test(restoreFrom) ? { sourceDbiResourceId: restoreFrom } : { sourceDbInstanceIdentifier: restoreFrom }), ...time };
}
