import { ArnFormat, Aws, Duration, Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as backup from 'aws-cdk-lib/aws-backup';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Schedule } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { acknowledge } from '../../shared/acknowledge';
import { acknowledgeWildcard } from '../../shared/acknowledge-wildcard';
import { earlyName } from '../../shared/early-name';
import { requireUnit } from '../../shared/require-unit';
import { requireWholeNumber } from '../../shared/require-whole-number';
import { DatabaseBackupPlanOptions } from '../database-backup-plan-options';

interface BackupPlanProps extends DatabaseBackupPlanOptions {
  readonly database: rds.DatabaseInstance | rds.DatabaseCluster;
  readonly identifier: string;
  readonly backupWindow: string;
  readonly encryptionKey: IKey;
  readonly removalPolicy: RemovalPolicy;
}

const DAILY = Duration.days(1);
const FIVE_WEEKS = Duration.days(35);
const EVENLY_IN_A_DAY = [1, 2, 3, 4, 6, 8, 12, 24];
const OF_AWS_BACKUP = 'AWS Backup names what it makes by the job that makes it; nobody but AWS Backup can take this role';

/** Bounds: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
export function validateBackupPlan(where: string, { every = DAILY, retention, copyTo, copyRetention }: DatabaseBackupPlanOptions): void {
  const hours = requireUnit(where, 'every', 'Duration.hours()', () => every.toHours({ integral: false }));
  if (Token.isUnresolved(hours)) throw new Error(`${where}: 'every' of the backup plan must be known at synthesis, got a token: the hours of a day are counted by it`);
  if (!EVENLY_IN_A_DAY.includes(hours)) {
    throw new Error(`${where}: 'every' of the backup plan must be ${EVENLY_IN_A_DAY.join(', ')} hours, got ${hours}: they begin by the clock, the same each day`);
  }
  for (const [prop, duration] of Object.entries({ retention, copyRetention })) {
    if (!duration) continue;
    const days = requireUnit(where, prop, 'Duration.days()', () => duration.toDays({ integral: false }));
    requireWholeNumber({ where, prop, value: days, least: 1, most: 36_500, unit: 'days' });
  }
  if (copyRetention && !copyTo?.length) throw new Error(`${where}: 'copyRetention' must be left out without 'copyTo': there are no copies to be kept`);
}

/**
 * Has AWS Backup make snapshots of one database, and copy them away: docs/decisions/database-backups.md
 */
export class DatabaseBackupPlan extends Construct {
  public readonly plan: backup.BackupPlan;
  public readonly vault: backup.BackupVault;
  public readonly role: iam.Role;
  public readonly alarms: cloudwatch.Alarm[];
  /** Accounts that copies go to and that could not be given the key, as it is imported. */
  public readonly accountsWithoutKey: string[];

  constructor(scope: Construct, id: string, private readonly props: BackupPlanProps) {
    super(scope, id);
    const { database, every = DAILY, retention = FIVE_WEEKS, copyTo = [], copyRetention = retention } = props;
    this.vault = new backup.BackupVault(this, 'Vault', {
      backupVaultName: earlyName(this, ['backup'], 50),
      encryptionKey: props.encryptionKey,
      blockRecoveryPointDeletion: true,
      removalPolicy: props.removalPolicy,
    });
    this.plan = new backup.BackupPlan(this, 'Plan', {
      backupPlanName: Names.uniqueResourceName(this, { maxLength: 50 }),
      backupPlanRules: [new backup.BackupPlanRule({
        ruleName: 'Snapshots',
        backupVault: this.vault,
        scheduleExpression: Schedule.cron({ minute: '0', hour: hoursOf(every, props.backupWindow) }),
        deleteAfter: retention,
        copyActions: copyTo.map((destinationBackupVault) => ({ destinationBackupVault, deleteAfter: copyRetention })),
      })],
    });
    this.role = this.backupRole();
    const { fromRdsDatabaseInstance, fromRdsDatabaseCluster } = backup.BackupResource;
    const selection = this.plan.addSelection('Selection', {
      backupSelectionName: 'Database',
      role: this.role,
      disableDefaultBackupPolicy: true,
      resources: [database instanceof rds.DatabaseInstance ? fromRdsDatabaseInstance(database) : fromRdsDatabaseCluster(database)],
    });
    selection.node.addDependency(this.role); // with its policy
    this.accountsWithoutKey = otherAccounts(this, copyTo).filter((account) => !letCopyTo(account, props.encryptionKey));
    this.alarms = this.alarmsFor(copyTo.length > 0);
  }

  /**
   * What of AWS's own policy for this is about snapshots of RDS, and of that for this database; its own is for all that AWS Backup knows.
   *
   * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForBackup.html
   */
  private backupRole(): iam.Role {
    const { database, identifier, encryptionKey, copyTo = [] } = this.props;
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('backup.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } } }),
    });
    const [resource, noun, snapshot, of] = database instanceof rds.DatabaseInstance ? ['db', 'DBInstance', 'snapshot', 'DB'] : ['cluster', 'DBCluster', 'cluster-snapshot', 'DBCluster'];
    const arn = (kind: string, name: string, region = Aws.REGION) =>
      Stack.of(this).formatArn({ service: 'rds', region, resource: kind, resourceName: name, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    const source = arn(resource, identifier);
    const made = arn(snapshot, 'awsbackup:*');
    const anySnapshot = arn(snapshot, '*');
    const automated = arn('cluster-auto-backup', '*');

    allow(role, [`rds:Create${of}Snapshot`, 'rds:ListTagsForResource'], [source, made]);
    allow(role, ['rds:AddTagsToResource', `rds:Delete${of}Snapshot`], [made]);
    allow(role, [`rds:Describe${noun}s`], [source]);
    if (resource === 'cluster') allow(role, ['rds:DescribeDBClusterAutomatedBackups'], [automated]);
    allow(role, [`rds:Describe${of}Snapshots`], [source, anySnapshot]);
    allow(role, ['kms:DescribeKey'], [encryptionKey.keyArn]);
    allow(role, ['kms:CreateGrant'], [encryptionKey.keyArn], { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
    allow(role, ['backup:DescribeBackupVault'], [this.vault.backupVaultArn]);
    allow(role, ['tag:GetResources'], ['*']);
    acknowledgeWildcard(role, '*', 'AWS Backup looks for what it shall back up by tags, too, and takes no narrower resource for it');
    [made, anySnapshot, ...(resource === 'cluster' ? [automated] : [])].forEach((wildcard) => acknowledgeWildcard(role, wildcard, OF_AWS_BACKUP));
    if (copyTo.length > 0) {
      const vaults = copyTo.map(({ backupVaultArn }) => backupVaultArn);
      const copies = [...new Set([made, ...copyTo.map(({ env }) => arn(snapshot, 'awsbackup:*', env.region))])];
      allow(role, [`rds:Copy${of}Snapshot`], copies); // in the region that it is copied to
      allow(role, [`rds:Modify${of}SnapshotAttribute`], [made]); // by which another account may read it
      allow(role, ['backup:CopyIntoBackupVault'], vaults);
      allow(role, ['backup:CopyFromBackupVault'], [made], { 'ForAllValues:ArnEquals': { 'backup:CopyTargets': vaults } });
      copies.forEach((wildcard) => acknowledgeWildcard(role, wildcard, OF_AWS_BACKUP));
    }
    acknowledge(role, { managedPolicy: 'its policy is written for this one role, comes and goes with it, and cannot be attached to another identity by mistake' });
    // AWS Backup deletes what has expired as the role that made it: as long as there is the vault, there is the role.
    const ofRole = role.node.findAll().filter((node) => node instanceof iam.CfnRole || node instanceof iam.CfnPolicy);
    ofRole.forEach((part) => part.applyRemovalPolicy(this.props.removalPolicy));
    return role;
  }

  private alarmsFor(copies: boolean): cloudwatch.Alarm[] {
    const path = this.node.scope!.node.path;
    const count = (metricName: string) => new cloudwatch.Metric({
      namespace: 'AWS/Backup', metricName, dimensionsMap: { BackupVaultName: this.vault.backupVaultName }, statistic: cloudwatch.Stats.SUM, period: Duration.days(1),
    });
    const overdue = new cloudwatch.Alarm(this, 'OverdueAlarm', {
      alarmDescription: `${path}: AWS Backup made no snapshot of it for two days; its jobs of the vault say why. It rings from the first deployment until there is one`,
      metric: count('NumberOfBackupJobsCompleted'),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 2,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING, // nothing is what it rings for
    });
    if (!copies) return [overdue];
    return [overdue, new cloudwatch.Alarm(this, 'CopyAlarm', {
      alarmDescription: `${path}: a snapshot could not be copied into another vault; the copy jobs of AWS Backup say why: often the policy of that vault, or of a key`,
      metric: count('NumberOfCopyJobsFailed'),
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    })];
  }
}

/** From two hours after the end of the window, on through the day. */
function hoursOf(every: Duration, backupWindow: string): string {
  const first = Token.isUnresolved(backupWindow) ? 0 : Number(backupWindow.slice(6, 8)) + 2;
  const hours = Array.from({ length: 24 / every.toHours() }, (_, index) => (first + index * every.toHours()) % 24);
  return hours.sort((one, other) => one - other).join(',');
}

function otherAccounts(scope: Construct, vaults: backup.IBackupVault[]): string[] {
  const accounts = new Set(vaults.map(({ env }) => env.account));
  accounts.delete(Stack.of(scope).account);
  return [...accounts];
}

/**
 * Lets AWS Backup of another account read snapshots that are encrypted with a key. False for a key that is imported.
 *
 * @see https://aws.amazon.com/blogs/storage/how-encryption-works-in-aws-backup/
 */
function letCopyTo(account: string, key: IKey): boolean {
  const principals = [new iam.AccountPrincipal(account)]; // the role itself must be there before a policy names it
  const ofBackup = { ArnEquals: { 'aws:PrincipalArn': `arn:${Aws.PARTITION}:iam::${account}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup` } };
  const admit = (actions: string[], conditions: Record<string, unknown>) =>
    key.addToResourcePolicy(new iam.PolicyStatement({ principals, actions, resources: ['*'], conditions })).statementAdded;
  const mayRead = admit(['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], ofBackup);
  const mayGrant = admit(['kms:CreateGrant'], { ...ofBackup, Bool: { 'kms:GrantIsForAWSResource': 'true' } });
  return mayRead && mayGrant;
}

function allow(role: iam.Role, actions: string[], resources: string[], conditions?: Record<string, unknown>): void {
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions, resources, conditions }));
}
