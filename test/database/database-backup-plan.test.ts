import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { BackupPlanRule, BackupVault } from 'aws-cdk-lib/aws-backup';
import { Key } from 'aws-cdk-lib/aws-kms';
import { networkOf } from './encrypted-database.variants';
import { DatabaseBackupPlanOptions, DatabaseEngine, EncryptedDatabase, EncryptedDatabaseProps, StageProfile } from '../../src';

const ELSEWHERE = 'arn:aws:backup:eu-west-3:999999999999:backup-vault:copies';

function make(backupPlan: DatabaseBackupPlanOptions = {}, props: Partial<EncryptedDatabaseProps> = {}, profile?: StageProfile) {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-3' } });
  profile?.applyTo(stack);
  const database = new EncryptedDatabase(stack, 'Database', Object.freeze({
    vpc: networkOf(stack), engine: DatabaseEngine.postgres(), databaseName: 'panels', backupPlan: Object.freeze(backupPlan), ...props,
  }));
  return { stack, database, get template() { return Template.fromStack(stack); } };
}

const vault = (arn = ELSEWHERE) => BackupVault.fromBackupVaultArn(new Stack(), 'Elsewhere', arn);

/** The one rule of the plan. */
function ruleOf(template: Template): any {
  const [plan] = Object.values<any>(template.findResources('AWS::Backup::BackupPlan'));
  expect(plan.Properties.BackupPlan.BackupPlanRule).toHaveLength(1);
  return plan.Properties.BackupPlan.BackupPlanRule[0];
}

const keyStatementsOf = (template: Template): any[] => Object.values<any>(template.findResources('AWS::KMS::Key'))[0].Properties.KeyPolicy.Statement;

test('there is none by default', () => {
  const { database, template } = make(undefined, { backupPlan: undefined });
  expect([database.backupPlan, database.backupVault]).toEqual([undefined, undefined]);
  template.resourceCountIs('AWS::Backup::BackupPlan', 0);
});

test('a snapshot a day is kept for five weeks, in a vault with the key of the database, from which nobody deletes it', () => {
  const { template } = make();
  expect(ruleOf(template)).toEqual({
    RuleName: 'Snapshots',
    ScheduleExpression: 'cron(0 6 * * ? *)',
    Lifecycle: { DeleteAfterDays: 35 },
    TargetBackupVault: { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseBackupPlanVault/), 'BackupVaultName'] },
    CopyActions: [],
  });
  template.hasResource('AWS::Backup::BackupVault', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: {
      EncryptionKeyArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseKey'), 'Arn'] },
      AccessPolicy: { Statement: [Match.objectLike({ Effect: 'Deny', Principal: { AWS: '*' }, Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'] })] },
    },
  });
});

test.each([
  [Duration.hours(1), '0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23'],
  [Duration.hours(6), '0,6,12,18'],
  [Duration.hours(8), '6,14,22'],
  [Duration.minutes(720), '6,18'],
])('every %s, it begins at the hours %s', (every, hours) => {
  expect(ruleOf(make({ every }).template).ScheduleExpression).toBe(`cron(0 ${hours} * * ? *)`);
});

test.each([['01:30-02:15', '4,16'], ['22:00-23:00', '1,13'], ['11:00-11:30', '1,13']])('with the window %s of RDS, it begins at the hours %s', (backupWindow, hours) => {
  expect(ruleOf(make({ every: Duration.hours(12) }, { backupWindow }).template).ScheduleExpression).toBe(`cron(0 ${hours} * * ? *)`);
});

test.each([
  ['instance', DatabaseEngine.mariadb, 'db', 'DBInstance'], ['cluster', DatabaseEngine.auroraPostgres, 'cluster', 'DBCluster'],
] as const)('it backs up this %s, and nothing else', (_, engine, resource, type) => {
  const { template } = make({}, { engine: engine() });
  const [id] = Object.keys(template.findResources(`AWS::RDS::${type}`));
  template.hasResourceProperties('AWS::Backup::BackupSelection', {
    BackupSelection: {
      IamRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseBackupPlanRole'), 'Arn'] },
      Resources: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:rds:eu-west-3:123456789012:${resource}:`, { Ref: id }]] }],
      ListOfTags: Match.absent(),
    },
  });
});

test('its role has none of AWS\'s policies, and lives as long as the vault, as AWS Backup deletes by it', () => {
  const { template } = make();
  const [role] = Object.entries<any>(template.findResources('AWS::IAM::Role')).filter(([id]) => id.startsWith('DatabaseBackupPlanRole')).map(([, resource]) => resource);
  const [policy] = Object.entries<any>(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('DatabaseBackupPlanRole')).map(([, resource]) => resource);
  expect(role.Properties.ManagedPolicyArns).toBeUndefined();
  expect([role.DeletionPolicy, policy.DeletionPolicy]).toEqual(['RetainExceptOnCreate', 'RetainExceptOnCreate']);
});

describe('copies', () => {
  test('go to the vaults that are said, for as long as is said', () => {
    const { template } = make({ retention: Duration.days(14), copyTo: [vault()], copyRetention: Duration.days(90) });
    expect(ruleOf(template)).toMatchObject({
      Lifecycle: { DeleteAfterDays: 14 }, CopyActions: [{ DestinationBackupVaultArn: ELSEWHERE, Lifecycle: { DeleteAfterDays: 90 } }],
    });
  });

  test('are kept as long as the snapshots, if nothing is said', () => {
    const { template } = make({ retention: Duration.days(14), copyTo: [vault()] });
    expect(ruleOf(template).CopyActions[0].Lifecycle).toEqual({ DeleteAfterDays: 14 });
  });

  test('to another account let AWS Backup of that account use the key', () => {
    const ofBackup = { ArnEquals: { 'aws:PrincipalArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::999999999999:role/aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup']] } } };
    const statements = keyStatementsOf(make({ copyTo: [vault(), vault()] }).template).filter(({ Principal }) => JSON.stringify(Principal).includes('999999999999'));
    expect(statements).toEqual([
      expect.objectContaining({ Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'], Condition: ofBackup }),
      expect.objectContaining({ Action: 'kms:CreateGrant', Condition: { ...ofBackup, Bool: { 'kms:GrantIsForAWSResource': 'true' } } }),
    ]);
  });

  test.each([
    ['another region', 'arn:aws:backup:eu-west-1:123456789012:backup-vault:copies', 'eu-west-1'],
    ['another vault of this region', 'arn:aws:backup:eu-west-3:123456789012:backup-vault:copies', 'eu-west-3'],
  ])('into %s have RDS use the keys there', (_, arn, region) => {
    make({ copyTo: [vault(arn)] }).template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Effect: 'Allow',
          Action: 'kms:CreateGrant',
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:kms:${region}:123456789012:key/*`]] },
          Condition: { StringLike: { 'kms:ViaService': `rds.${region}.amazonaws.com*` }, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
        }]),
      },
    });
  });

  test('into another account of the region use no key here: AWS Backup of there copies', () => {
    expect(JSON.stringify(make({ copyTo: [vault()] }).template.findResources('AWS::IAM::Policy'))).not.toContain(':key/*');
  });

  test('within the account change no key', () => {
    const within = keyStatementsOf(make({ copyTo: [vault(ELSEWHERE.replace('999999999999', '123456789012'))] }).template);
    expect(within).toEqual(keyStatementsOf(make().template));
  });

  test('to another account are warned of where the key is imported', () => {
    const { stack, database } = make();
    const encryptionKey = Key.fromKeyArn(stack, 'Imported', 'arn:aws:kms:eu-west-3:123456789012:key/0d4ef1a3');
    new EncryptedDatabase(stack, 'Other', {
      vpc: networkOf(new Stack(stack, 'Nested')), engine: DatabaseEngine.mysql(), databaseName: 'skills', encryptionKey, backupPlan: { copyTo: [vault()] },
    });
    Annotations.fromStack(stack).hasWarning('/Stack/Other', Match.stringLikeRegexp(
      'the policy of the imported key Stack/Imported is not changed here: add .*kms:Decrypt.*999999999999.*AWSServiceRoleForBackup.* and .*kms:CreateGrant.*AWSServiceRoleForBackup.*, or snapshots cannot be copied there.*CopyKeyUnshared',
    ));
    Annotations.fromStack(stack).hasNoWarning(`/${database.node.path}`, Match.stringLikeRegexp('CopyKeyUnshared'));
  });
});

describe('alarms', () => {
  test('ring when there was no snapshot for two days', () => {
    make().template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/Backup',
      MetricName: 'NumberOfBackupJobsCompleted',
      Dimensions: [{ Name: 'BackupVaultName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseBackupPlanVault'), 'BackupVaultName'] } }],
      Statistic: 'Sum',
      Period: 86_400,
      EvaluationPeriods: 2,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('ring when a copy failed, where there are copies', () => {
    const copyAlarm = { MetricName: 'NumberOfCopyJobsFailed', Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', EvaluationPeriods: 1, TreatMissingData: 'notBreaching' };
    make({ copyTo: [vault()] }).template.hasResourceProperties('AWS::CloudWatch::Alarm', copyAlarm);
    make().template.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', copyAlarm, 0);
  });

  test('are among those of the database', () => {
    const ids = make({ copyTo: [vault()] }).database.alarms.map(({ node }) => node.path);
    expect(ids).toEqual(expect.arrayContaining(['Stack/Database/BackupPlan/OverdueAlarm', 'Stack/Database/BackupPlan/CopyAlarm']));
  });
});

describe('a database that goes with its stack', () => {
  test.each([
    ['by its profile', {}, StageProfile.ephemeral()], ['by its prop', { removalPolicy: RemovalPolicy.DESTROY }, undefined],
  ] as const)('%s has none, as its vault could not', (_, props, profile) => {
    const { database, template } = make({}, props, profile);
    expect(database.backupPlan).toBeUndefined();
    template.resourceCountIs('AWS::Backup::BackupVault', 0);
  });
});

test('further rules are added to the plan', () => {
  const made = make();
  made.database.backupPlan!.addRule(BackupPlanRule.monthly1Year(made.database.backupVault));
  const [plan] = Object.values<any>(made.template.findResources('AWS::Backup::BackupPlan'));
  expect(plan.Properties.BackupPlan.BackupPlanRule).toHaveLength(2);
});

test('a database that began with a snapshot is warned of the key that AWS Backup cannot use', () => {
  const { stack } = make({}, { snapshotIdentifier: 'before', allocatedStorage: Size.gibibytes(50) });
  Annotations.fromStack(stack).hasWarning('/Stack/Database', Match.stringLikeRegexp('let Stack/Database/BackupPlan/Role use kms:CreateGrant and kms:DescribeKey'));
  Annotations.fromStack(make().stack).hasNoWarning('/Stack/Database', Match.stringLikeRegexp('SnapshotKeyUnknown'));
});

const REFUSED: [DatabaseBackupPlanOptions, string][] = [
  [{ every: Duration.hours(5) }, '\'every\' of the backup plan must be 1, 2, 3, 4, 6, 8, 12, 24 hours, got 5: they begin by the clock, the same each day'],
  [{ every: Duration.days(2) }, '\'every\' of the backup plan must be 1, 2, 3, 4, 6, 8, 12, 24 hours, got 48'],
  [{ every: Duration.minutes(30) }, '\'every\' of the backup plan must be 1, 2, 3, 4, 6, 8, 12, 24 hours, got 0.5'],
  [{ retention: Duration.hours(12) }, '\'retention\' must be a whole number of days between 1 and 36500, got 0.5'],
  [{ retention: Duration.days(36_501) }, '\'retention\' must be a whole number of days between 1 and 36500, got 36501'],
  [{ copyTo: [vault()], copyRetention: Duration.days(0) }, '\'copyRetention\' must be a whole number of days between 1 and 36500, got 0'],
  [{ copyRetention: Duration.days(30) }, '\'copyRetention\' must be left out without \'copyTo\': there are no copies to be kept'],
  [{ copyTo: [], copyRetention: Duration.days(30) }, '\'copyRetention\' must be left out without \'copyTo\''],
];

test.each(REFUSED.map(([options, error]) => ({ options, error })))('is refused: $error', ({ options, error }) => {
  expect(() => make(options)).toThrow(`Stack/Database: ${error}`);
});
