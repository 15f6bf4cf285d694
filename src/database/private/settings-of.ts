import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { validateBackupPlan } from './backup-plan';
import { validateCapacity, validateReaderScaling } from './cluster';
import { databaseParameters } from './database-parameters';
import { validateProxy } from './database-proxy';
import { validateRestore } from './database-restore';
import { DatabaseSettings } from './database-settings';
import { validateDrill } from './restore-drill';
import { databaseSubnets, storageOf, validateDatabase } from './validate-database';
import { Checks } from '../../shared/checks';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { requireDatabaseWindows } from '../../shared/service-windows';
import { StageProfile } from '../../stage/stage-profile';
import { EncryptedDatabaseProps } from '../encrypted-database-props';

/**
 * Completes the props by defaults, and validates them.
 *
 * @throws if a prop is out of what RDS takes, a subnet is public, or the engine has no such prop
 */
export function settingsOf(checks: Checks, props: EncryptedDatabaseProps, profile: StageProfile): DatabaseSettings {
  const engine = props.engine._traits;
  const standby = props.standby ?? profile.standby;
  const instanceType = props.instanceType ?? (props.serverless ? undefined : defaultInstanceType(!!engine.clusterEngine, standby));
  const removalPolicy = props.removalPolicy ?? profile.removalPolicy;
  const policy = keptInsteadOfSnapshot(removalPolicy);
  const completed = {
    ...props,
    engine,
    kind: engine.clusterEngine ? 'cluster' as const : 'instance' as const,
    standby,
    instanceType,
    instanceClass: instanceType?.toString() ?? 'serverless',
    readers: props.readers ?? 0,
    masterUsername: props.masterUsername ?? 'dbadmin',
    rotateAfter: props.rotateAfter ?? Duration.days(30),
    port: props.port ?? engine.port,
    backupRetention: props.backupRetention ?? profile.backupRetention,
    backupWindow: props.backupWindow ?? '03:00-04:00',
    maintenanceWindow: props.maintenanceWindow ?? 'sun:04:30-sun:05:30',
    backupPlan: policy === RemovalPolicy.DESTROY ? undefined : props.backupPlan, // a vault with snapshots in it cannot be deleted
    deletionProtection: props.deletionProtection ?? profile.deletionProtection,
    removalPolicy,
    retention: { logs: props.logRetention ?? profile.logRetention, policy },
    alarmTopic: props.alarmTopic ?? profile.alarmTopic,
  };
  validateDatabase(checks, completed);
  validateRestore(checks, completed);
  const storage = storageOf(checks, completed);
  validateCapacity(checks, completed);
  validateReaderScaling(checks, completed);
  validateProxy(checks, completed);
  requireDatabaseWindows(checks.where, completed.backupWindow, completed.maintenanceWindow);
  if (props.backupPlan) validateBackupPlan(checks, props.backupPlan);
  if (props.restoreDrill) validateDrill(checks, props.restoreDrill);
  return { ...completed, storage, parameters: databaseParameters(checks, completed), vpcSubnets: databaseSubnets(checks, props) };
}

function defaultInstanceType(isCluster: boolean, standby: boolean): ec2.InstanceType {
  if (!standby) return new ec2.InstanceType('t4g.medium');
  return new ec2.InstanceType(isCluster ? 'r7g.large' : 'm7g.large');
}
