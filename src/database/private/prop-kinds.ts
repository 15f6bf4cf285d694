import {
  anyObject, duration, flag, instanceType, kmsKey, list, made, number, PropKinds, removalPolicy, required, resource, retentionDays, size,
  struct, text, textMap, topic, vpc,
} from '../../shared/kinds';
import { DatabaseEngine } from '../database-engine';
import type { DatabaseBackupPlanOptions, DatabaseProxyOptions, DatabaseRestoreDrillOptions, DatabaseServerlessOptions } from '../database-options';
import type { EncryptedDatabaseProps } from '../encrypted-database-props';

const BACKUP_PLAN: PropKinds<DatabaseBackupPlanOptions> = {
  copyRetention: duration,
  copyTo: list(resource('a backup vault (backup.IBackupVault)', 'backupVaultArn')),
  every: duration,
  retention: duration,
};

const PROXY: PropKinds<DatabaseProxyOptions> = { borrowTimeout: duration, idleClientTimeout: duration, maxConnectionsPercent: number };

const RESTORE_DRILL: PropKinds<DatabaseRestoreDrillOptions> = { every: duration, instanceType, query: text };

const SERVERLESS: PropKinds<DatabaseServerlessOptions> = { autoPauseAfter: duration, maximumCapacity: required(number), minimumCapacity: number };

export const PROP_KINDS: PropKinds<EncryptedDatabaseProps> = {
  engine: required(made(DatabaseEngine, 'DatabaseEngine, such as DatabaseEngine.postgres()')),
  vpc: required(vpc),
  databaseName: required(text),
  alarmTopic: topic,
  allocatedStorage: size,
  allowMajorVersionUpgrade: flag,
  backupPlan: struct(BACKUP_PLAN),
  backupRetention: duration,
  backupWindow: text,
  characterSet: text,
  collation: text,
  deletionProtection: flag,
  encryptionKey: kmsKey,
  instanceType,
  logRetention: retentionDays,
  maintenanceWindow: text,
  masterUsername: text,
  maxAllocatedStorage: size,
  maxReaders: number,
  parameters: textMap,
  port: number,
  proxy: struct(PROXY),
  readers: number,
  readerTargetConnections: number,
  readerTargetCpuPercent: number,
  removalPolicy,
  replacementPin: text,
  restoreDrill: struct(RESTORE_DRILL),
  restoreFrom: text,
  restoreTime: text,
  rotateAfter: duration,
  serverless: struct(SERVERLESS),
  snapshotIdentifier: text,
  standby: flag,
  vpcSubnets: anyObject,
};
