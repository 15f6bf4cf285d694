import { IResolvable } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { EncryptedDatabase } from '../../src';
import { AccessRule, Actor, call, onBehalfOf, OTHER_ACCOUNT } from '../checks/access-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ROOT } from '../checks/policies';

const RDS = `arn:aws:rds:${REGION}:${ACCOUNT}`;
/** Of another account, of another region, and another one of this. */
export const VAULTS_ELSEWHERE = [
  `arn:aws:backup:${REGION}:${OTHER_ACCOUNT}:backup-vault:copies`, `arn:aws:backup:eu-west-1:${ACCOUNT}:backup-vault:copies`, `arn:aws:backup:${REGION}:${ACCOUNT}:backup-vault:copies`,
];
const VIA_RDS = { 'kms:ViaService': `rds.${REGION}.amazonaws.com` };
const FOR_AWS = { ...VIA_RDS, 'kms:GrantIsForAWSResource': 'true' };
const FOR_SOMEBODY = { ...VIA_RDS, 'kms:GrantIsForAWSResource': 'false' };

/** @param source the ARN of the database that is backed up */
export function backupRules(
  subject: EncryptedDatabase, valueOf: (token: string | IResolvable) => string, source: string, copies: boolean,
): AccessRule[] {
  const [of, noun, kind] = subject.cluster ? ['DBCluster', 'DBCluster', 'cluster-snapshot'] : ['DB', 'DBInstance', 'snapshot'];
  const roleArn = valueOf((subject.node.findChild('BackupPlan').node.findChild('Role') as IRole).roleArn);
  const vault = valueOf(subject.backupVault!.backupVaultArn);
  const key = valueOf(subject.encryptionKey.keyArn);
  const made = `${RDS}:${kind}:awsbackup:job-51af3dc0`;
  const byHand = `${RDS}:${kind}:before-the-move`;
  const recoveryPoint = `arn:aws:backup:${REGION}:${ACCOUNT}:recovery-point:51af3dc0`;
  const backups = new Actor('AWS Backup', roleArn);

  const snapshots: AccessRule[] = [
    backups.may('make a snapshot', call(`rds:Create${of}Snapshot`, source), call(`rds:Create${of}Snapshot`, made)),
    backups.may('mark it as the database is', call('rds:ListTagsForResource', source), call('rds:ListTagsForResource', made), call('rds:AddTagsToResource', made)),
    backups.may('see how far it is', call(`rds:Describe${noun}s`, source), call(`rds:Describe${of}Snapshots`, source), call(`rds:Describe${of}Snapshots`, made)),
    backups.may('delete what has expired', call(`rds:Delete${of}Snapshot`, made)),
    backups.may('look into its vault', call('backup:DescribeBackupVault', vault)),
    backups.may('look for tags', call('tag:GetResources', '*')),
    backups.may('have RDS use the key', call('kms:DescribeKey', key, VIA_RDS), call('kms:CreateGrant', key, FOR_AWS)),
    ...(subject.cluster ? [backups.may('see whether it is backed up continuously', call('rds:DescribeDBClusterAutomatedBackups', `${RDS}:cluster-auto-backup:one`))] : []),
    backups.mayNot('grant the key to anybody else', call('kms:CreateGrant', key, FOR_SOMEBODY)),
    backups.mayNot('decrypt', call('kms:Decrypt', key, VIA_RDS)),
    backups.mayNot('make a snapshot of another database', call(`rds:Create${of}Snapshot`, `${source}2`)),
    backups.mayNot('delete a snapshot that somebody made', call(`rds:Delete${of}Snapshot`, byHand)),
    backups.mayNot('delete the database', call(`rds:Delete${noun}`, source)),
    backups.mayNot('modify the database', call(`rds:Modify${noun}`, source)),
    backups.mayNot('look into another vault', call('backup:DescribeBackupVault', `${vault}2`)),
  ];
  const administrator = new Actor('an administrator', ROOT);
  const kept: AccessRule[] = [
    administrator.mayNot('delete a backup before its time', call('backup:DeleteRecoveryPoint', recoveryPoint)),
    administrator.mayNot('shorten its time', call('backup:UpdateRecoveryPointLifecycle', recoveryPoint)),
  ];
  const trust: AccessRule[] = [
    new Actor('AWS Backup for this account', ...onBehalfOf('backup.amazonaws.com', vault)).may('take its role', call('sts:AssumeRole', roleArn)),
    new Actor('AWS Backup for another account', ...onBehalfOf('backup.amazonaws.com', vault, OTHER_ACCOUNT)).mayNot('take its role', call('sts:AssumeRole', roleArn)),
  ];
  return [...snapshots, ...kept, ...trust, ...copies ? copyRules() : stayRules()];

  function copyRules(): AccessRule[] {
    const elsewhere = `arn:aws:rds:eu-west-1:${ACCOUNT}:${kind}:awsbackup:job-51af3dc0`;
    const serviceRole = `arn:aws:iam::${OTHER_ACCOUNT}:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup`;
    const itsBackup = new Actor('AWS Backup of the other account', serviceRole, { 'aws:PrincipalArn': serviceRole });
    const otherRole = `arn:aws:iam::${OTHER_ACCOUNT}:role/other`;
    const other = new Actor('a role of the other account', otherRole, { 'aws:PrincipalArn': otherRole });
    const uses = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'];
    return [
      backups.may('copy a snapshot', call(`rds:Copy${of}Snapshot`, made), call(`rds:Copy${of}Snapshot`, elsewhere)),
      backups.may('let the other account read it', call(`rds:Modify${of}SnapshotAttribute`, made)),
      backups.may('copy into the vaults', ...VAULTS_ELSEWHERE.flatMap((arn) => [call('backup:CopyIntoBackupVault', arn), call('backup:CopyFromBackupVault', made, { 'backup:CopyTargets': [arn] })])),
      backups.may('look into the vaults', ...VAULTS_ELSEWHERE.map((arn) => call('backup:DescribeBackupVault', arn))),
      ...[{ region: 'eu-west-1', copy: elsewhere }, { region: REGION, copy: made }].flatMap(({ region, copy }) => {
        const keyThere = `arn:aws:kms:${region}:${ACCOUNT}:key/0d4ef1a3`;
        const viaRdsThere = { 'kms:ViaService': `rds.${region}.amazonaws.com`, 'kms:GrantIsForAWSResource': 'true' };
        return [
          backups.may(`mark the copy in ${region}, and see its marks`, call('rds:AddTagsToResource', copy), call('rds:ListTagsForResource', copy)),
          backups.may(`see how far the copy in ${region} is`, call(`rds:Describe${of}Snapshots`, copy)),
          backups.may(`delete a copy in ${region} that has expired`, call(`rds:Delete${of}Snapshot`, copy)),
          backups.may(`have RDS encrypt the copy with the key of a vault in ${region}`, call('kms:DescribeKey', keyThere), call('kms:CreateGrant', keyThere, viaRdsThere)),
          backups.mayNot(`grant a key in ${region} to anybody else`, call('kms:CreateGrant', keyThere, { ...viaRdsThere, 'kms:GrantIsForAWSResource': 'false' })),
          backups.mayNot(`grant a key in ${region} to another service`, call('kms:CreateGrant', keyThere, { ...viaRdsThere, 'kms:ViaService': `s3.${region}.amazonaws.com` })),
          backups.mayNot(`decrypt with a key in ${region}`, call('kms:Decrypt', keyThere, { 'kms:ViaService': `rds.${region}.amazonaws.com` })),
          backups.mayNot(`delete a snapshot in ${region} that somebody made`, call(`rds:Delete${of}Snapshot`, byHand.replace(REGION, region))),
        ];
      }),
      backups.mayNot('look into another vault there', call('backup:DescribeBackupVault', `${VAULTS_ELSEWHERE[1]}2`)),
      backups.mayNot('copy into another region', call(`rds:Copy${of}Snapshot`, elsewhere.replace('eu-west-1', 'eu-west-2'))),
      backups.mayNot('delete in another region', call(`rds:Delete${of}Snapshot`, elsewhere.replace('eu-west-1', 'eu-west-2'))),
      backups.mayNot('use a key of another region', call('kms:CreateGrant', `arn:aws:kms:eu-west-2:${ACCOUNT}:key/0d4ef1a3`, { 'kms:ViaService': 'rds.eu-west-2.amazonaws.com', 'kms:GrantIsForAWSResource': 'true' })),
      backups.mayNot('copy into another vault', call('backup:CopyIntoBackupVault', `${VAULTS_ELSEWHERE[0]}2`)),
      backups.mayNot('copy from its vault to anywhere else', call('backup:CopyFromBackupVault', made, { 'backup:CopyTargets': [`${VAULTS_ELSEWHERE[0]}2`] })),
      backups.mayNot('let anybody read what somebody made', call(`rds:Modify${of}SnapshotAttribute`, byHand)),
      itsBackup.may('read what it is given', ...uses.map((use) => call(`kms:${use}`, key, VIA_RDS))),
      itsBackup.may('have RDS read it', call('kms:CreateGrant', key, FOR_AWS)),
      itsBackup.mayNot('grant the key to anybody else', call('kms:CreateGrant', key, FOR_SOMEBODY)),
      itsBackup.mayNot('delete the key', call('kms:ScheduleKeyDeletion', key, VIA_RDS)),
      other.mayNot('decrypt', call('kms:Decrypt', key, VIA_RDS)),
      other.mayNot('have anybody read it', call('kms:CreateGrant', key, FOR_AWS)),
    ];
  }

  function stayRules(): AccessRule[] {
    return [
      backups.mayNot('copy a snapshot', call(`rds:Copy${of}Snapshot`, made)),
      backups.mayNot('let another account read it', call(`rds:Modify${of}SnapshotAttribute`, made)),
      backups.mayNot('have RDS use another key', call('kms:CreateGrant', `arn:aws:kms:${REGION}:${ACCOUNT}:key/0d4ef1a3`, FOR_AWS)),
      backups.mayNot('copy into a vault of another account', call('backup:CopyIntoBackupVault', VAULTS_ELSEWHERE[0])),
    ];
  }
}
