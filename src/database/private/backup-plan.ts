import { Aws, Duration, Names, Stack } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { DatabaseServer } from './database-server';
import { DatabaseSettings } from './database-settings';
import { RDS_NAMES, rdsArn } from './rds-names';
import { acknowledgeWildcard } from '../../shared/acknowledge';
import { alarm } from '../../shared/alarm';
import { Checks, isUnknown } from '../../shared/checks';
import { allowKey } from '../../shared/key-grants';
import { addOrWarn } from '../../shared/resource-policies';
import { allow, serviceRole, viaService } from '../../shared/service-role';
import { stackScopedName } from '../../shared/stack-scoped-name';
import { DatabaseBackupPlanOptions } from '../database-options';

const DAILY = Duration.days(1);
const FIVE_WEEKS = Duration.days(35);
const EVENLY_IN_A_DAY = [1, 2, 3, 4, 6, 8, 12, 24];
const OF_AWS_BACKUP = 'AWS Backup names what it makes by the job that makes it; nobody but AWS Backup can take this role';

/** Bounds: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
export function validateBackupPlan(checks: Checks, { every = DAILY, retention, copyTo, copyRetention }: DatabaseBackupPlanOptions): void {
  const hours = checks.hours('every', every);
  checks.known('every', every, 'the hours of a day are counted by it', { of: 'the backup plan' });
  if (!EVENLY_IN_A_DAY.includes(hours)) {
    throw checks.error(`'every' of the backup plan must be ${EVENLY_IN_A_DAY.join(', ')} hours, got ${hours}: they begin by the clock, the same each day`);
  }
  checks.days('retention', retention, { least: 1, most: 36_500 });
  checks.days('copyRetention', copyRetention, { least: 1, most: 36_500 });
  if (copyRetention && !copyTo?.length) throw checks.error("'copyRetention' must be left out without 'copyTo': there are no copies to be kept");
}

/**
 * Has AWS Backup make snapshots of one database, and copy them away: docs/decisions/database-backups.md
 */
export class DatabaseBackupPlan extends Construct {
  public readonly plan: backup.BackupPlan;
  public readonly vault: backup.BackupVault;
  public readonly role: iam.Role;
  public readonly alarms: cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, settings: DatabaseSettings, server: DatabaseServer, options: DatabaseBackupPlanOptions) {
    super(scope, id);
    const { database, encryptionKey } = server;
    const { every = DAILY, retention = FIVE_WEEKS, copyTo = [], copyRetention = retention } = options;
    this.vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: stackScopedName(this, { maxLength: 50, words: ['backup'] }),
      encryptionKey,
      blockRecoveryPointDeletion: true,
      removalPolicy: settings.retention.policy,
    });
    this.plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: Names.uniqueResourceName(this, { maxLength: 50 }),
      backupPlanRules: [new backup.BackupPlanRule({
        ruleName: 'Snapshots',
        backupVault: this.vault,
        scheduleExpression: Schedule.cron({ minute: '0', hour: hoursOf(every, settings.backupWindow) }),
        deleteAfter: retention,
        copyActions: copyTo.map((destinationBackupVault) => ({ destinationBackupVault, deleteAfter: copyRetention })),
      })],
    });
    this.role = this.backupRole(settings, server, copyTo);
    const { fromRdsDatabaseInstance, fromRdsDatabaseCluster } = backup.BackupResource;
    const selection = this.plan.addSelection('Selection', {
      backupSelectionName: 'Database',
      role: this.role,
      disableDefaultBackupPolicy: true,
      resources: [database instanceof rds.DatabaseInstance ? fromRdsDatabaseInstance(database) : fromRdsDatabaseCluster(database)],
    });
    selection.node.addDependency(this.role); // with its policy
    addOrWarn(encryptionKey, otherAccounts(this, copyTo).flatMap(forAwsBackupOf), {
      owner: scope, id: 'EncryptedDatabase.CopyKeyUnshared', otherwise: 'snapshots cannot be copied there',
    });
    this.alarms = this.alarmsFor(copyTo.length > 0);
  }

  /**
   * What of AWS's own policy for this is about snapshots of RDS, and of that for this database; its own is for all that AWS Backup knows.
   *
   * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
   */
  private backupRole({ kind, retention }: DatabaseSettings, { identifier, encryptionKey }: DatabaseServer, copyTo: backup.IBackupVault[]): iam.Role {
    const role = serviceRole(this, 'Role', 'backup.amazonaws.com', { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } });
    const { resource, noun, snapshot, of } = RDS_NAMES[kind];
    const arn = (type: string, name: string) => rdsArn(this, type, name, Aws.REGION);
    const source = arn(resource, identifier);
    const made = arn(snapshot, 'awsbackup:*');
    const anySnapshot = arn(snapshot, '*');
    const automated = arn('cluster-auto-backup', '*');

    allow(role, [`rds:Create${of}Snapshot`, 'rds:ListTagsForResource'], [source, made]);
    allow(role, ['rds:AddTagsToResource', `rds:Delete${of}Snapshot`], [made]);
    allow(role, [`rds:Describe${noun}s`], source);
    if (kind === 'cluster') allow(role, ['rds:DescribeDBClusterAutomatedBackups'], automated);
    allow(role, [`rds:Describe${of}Snapshots`], [source, anySnapshot]);
    allowKey(role, encryptionKey, ['kms:DescribeKey']);
    allowKey(role, encryptionKey, ['kms:CreateGrant'], { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
    allow(role, ['backup:DescribeBackupVault'], this.vault.backupVaultArn);
    allow(role, ['tag:GetResources'], '*');
    acknowledgeWildcard(role, '*', 'AWS Backup looks for what it shall back up by tags, too, and takes no narrower resource for it');
    acknowledgeWildcard(role, [made, anySnapshot, ...(kind === 'cluster' ? [automated] : [])], OF_AWS_BACKUP);
    if (copyTo.length > 0) {
      const vaults = copyTo.map(({ backupVaultArn }) => backupVaultArn);
      allow(role, [`rds:Copy${of}Snapshot`, `rds:Modify${of}SnapshotAttribute`], made); // another account reads it by its attribute
      allow(role, ['backup:CopyFromBackupVault'], made, { 'ForAllValues:ArnEquals': { 'backup:CopyTargets': vaults } });
      allow(role, ['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'], vaults);
      regionsCopiedInto(this, copyTo).forEach((region) => this.allowCopiesIn(region, role, kind));
    }
    // AWS Backup deletes what has expired as the role that made it: as long as there is the vault, there is the role.
    const ofRole = role.node.findAll().filter((node) => node instanceof iam.CfnRole || node instanceof iam.CfnPolicy);
    ofRole.forEach((part) => part.applyRemovalPolicy(retention.policy));
    return role;
  }

  /**
   * What RDS asks for in the region that it copies into: there it makes, marks, describes and deletes the copy, which it encrypts with the key of the
   * vault. Of a vault that is known by its ARN, CDK does not know the key.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
   */
  private allowCopiesIn(region: string, role: iam.Role, kind: DatabaseSettings['kind']): void {
    const { snapshot, of } = RDS_NAMES[kind];
    const [made, any] = ['awsbackup:*', '*'].map((name) => rdsArn(this, snapshot, name, region));
    const keys = Stack.of(this).formatArn({ service: 'kms', region, resource: 'key', resourceName: '*' });
    allow(role, [`rds:Copy${of}Snapshot`, `rds:Delete${of}Snapshot`, 'rds:AddTagsToResource', 'rds:ListTagsForResource'], made);
    allow(role, [`rds:Describe${of}Snapshots`], any);
    allow(role, ['kms:DescribeKey'], keys);
    allow(role, ['kms:CreateGrant'], keys, { ...viaService('rds', region), Bool: { 'kms:GrantIsForAWSResource': 'true' } });
    acknowledgeWildcard(role, [made, any], OF_AWS_BACKUP);
    acknowledgeWildcard(role, keys, 'CDK does not know the key of a vault; a grant is for RDS in this region only, and the policy of the key must allow this account, too');
  }

  private alarmsFor(copies: boolean): cloudwatch.Alarm[] {
    const count = (metricName: string) => new cloudwatch.Metric({
      namespace: 'AWS/Backup', metricName, dimensionsMap: { BackupVaultName: this.vault.backupVaultName }, statistic: cloudwatch.Stats.SUM, period: Duration.days(1),
    });
    const subject = this.node.scope;
    const overdue = alarm(this, 'OverdueAlarm', {
      subject,
      description: 'AWS Backup made no snapshot of it for two days; its jobs of the vault say why. It rings from the first deployment until there is one',
      metric: count('NumberOfBackupJobsCompleted'),
      below: 1,
      evaluationPeriods: 2,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING, // nothing is what it rings for
    });
    if (!copies) return [overdue];
    return [overdue, alarm(this, 'CopyAlarm', {
      subject,
      description: 'a snapshot could not be copied into another vault; the copy jobs of AWS Backup say why: often the policy of that vault, or of a key',
      metric: count('NumberOfCopyJobsFailed'),
      atLeast: 1,
    })];
  }
}

/** From two hours after the end of the window, on through the day. */
function hoursOf(every: Duration, backupWindow: string): string {
  const first = isUnknown(backupWindow) ? 0 : Number(backupWindow.slice(6, 8)) + 2;
  const hours = Array.from({ length: 24 / every.toHours() }, (_, index) => (first + index * every.toHours()) % 24);
  return hours.sort((one, other) => one - other).join(',');
}

/** Within a region, AWS Backup of another account copies by its own role. */
function regionsCopiedInto(scope: Construct, vaults: backup.IBackupVault[]): string[] {
  const { account, region } = Stack.of(scope);
  const byThisRole = vaults.filter(({ env }) => env.account === account || env.region !== region);
  return [...new Set(byThisRole.map(({ env }) => env.region))];
}

function otherAccounts(scope: Construct, vaults: backup.IBackupVault[]): string[] {
  const accounts = new Set(vaults.map(({ env }) => env.account));
  accounts.delete(Stack.of(scope).account);
  return [...accounts];
}

/**
 * What lets AWS Backup of another account read snapshots that are encrypted with a key.
 *
 * @see https://aws.amazon.com/blogs/storage/how-encryption-works-in-aws-backup/
 */
function forAwsBackupOf(account: string): iam.PolicyStatement[] {
  const principals = [new iam.AccountPrincipal(account)]; // the role itself must be there before a policy names it
  const ofBackup = { ArnEquals: { 'aws:PrincipalArn': `arn:${Aws.PARTITION}:iam::${account}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup` } };
  const statement = (actions: string[], conditions: iam.Conditions) => new iam.PolicyStatement({ principals, actions, resources: ['*'], conditions });
  return [
    statement(['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], ofBackup),
    statement(['kms:CreateGrant'], { ...ofBackup, Bool: { 'kms:GrantIsForAWSResource': 'true' } }),
  ];
}
