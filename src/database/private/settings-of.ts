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
import { classInRegion } from '../../shared/instance-classes';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { requireDatabaseWindows } from '../../shared/service-windows';
import { StageProfile } from '../../stage/stage-profile';
import { EncryptedDatabaseProps } from '../encrypted-database-props';

/**
 * Completes the props by defaults, and validates them.
 *
 * @throws if a prop is out of what RDS takes, a subnet is public, or the engine has no such prop
 */
export function settingsOf(checks: Checks, props: EncryptedDatabaseProps, profile: StageProfile, region: string): DatabaseSettings {
  const engine = props.engine._traits;
  const standby = props.standby ?? profile.standby;
  const kind = engine.clusterEngine ? 'cluster' : 'instance';
  const instanceType = props.instanceType ?? (props.serverless ? undefined : defaultInstanceType(kind, standby, region));
  const removalPolicy = props.removalPolicy ?? profile.removalPolicy;
  const policy = keptInsteadOfSnapshot(removalPolicy);
  const completed: Omit<DatabaseSettings, 'parameters' | 'vpcSubnets'> = {
    ...props,
    engine,
    kind,
    region,
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

function defaultInstanceType(kind: 'instance' | 'cluster', standby: boolean, region: string): ec2.InstanceType {
  const wanted = standby ? { instance: 'm7g.large', cluster: 'r7g.large' }[kind] : 't4g.medium';
  return new ec2.InstanceType(classInRegion(kind, wanted, region));
}
