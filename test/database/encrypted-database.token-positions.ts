import { Duration, Fn, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { InstanceType, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { networkOf, vaultElsewhere } from './encrypted-database.variants';
import { BindingTarget, DatabaseEngine, EncryptedDatabase, EncryptedDatabaseProps, IBinding } from '../../src';
import { imported, KEY_ARN, TOPIC_ARN } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

export function databaseWith(scope: Construct, props: Partial<EncryptedDatabaseProps>): EncryptedDatabase {
  const vpc = props.vpc ?? networkOf(scope);
  return new EncryptedDatabase(scope, 'Subject', { engine: DatabaseEngine.mysql(), databaseName: 'skills', ...props, vpc });
}

const database = (props: (value: any, scope: Construct) => Partial<EncryptedDatabaseProps>) => ({
  props,
  build: (scope: Construct, value: any) => void databaseWith(scope, props(value, scope)),
});

function bind(scope: Construct, bindingOf: (subject: EncryptedDatabase) => IBinding): void {
  const subject = databaseWith(scope, {});
  const connectable = SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-0a1b2c3d');
  const container = new FargateTaskDefinition(scope, 'Task').addContainer('Web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
  BindingTarget.container(container, connectable).use(bindingOf(subject));
}

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'EncryptedDatabaseProps.alarmTopic', literal: TOPIC_ARN, ...database((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) })) },
  { of: 'EncryptedDatabaseProps.backupRetention', literal: 9, ...database((days) => ({ backupRetention: Duration.days(days) })) },
  { of: 'EncryptedDatabaseProps.backupWindow', literal: '02:00-02:30', ...database((backupWindow) => ({ backupWindow })) },
  { of: 'EncryptedDatabaseProps.characterSet', literal: 'utf8mb3', ...database((characterSet) => ({ characterSet })) },
  { of: 'EncryptedDatabaseProps.collation', literal: 'utf8mb4_bin', ...database((collation) => ({ collation })) },
  { of: 'EncryptedDatabaseProps.databaseName', literal: 'panels', ...database((databaseName) => ({ databaseName })) },
  { of: 'EncryptedDatabaseProps.encryptionKey', literal: KEY_ARN, ...database((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  {
    of: 'EncryptedDatabaseProps.instanceType',
    literal: 'r7g.xlarge',
    takenApart: true, // by us: alarms are at shares of its memory
    ...database((type) => ({ instanceType: new InstanceType(type) })),
  },
  { of: 'EncryptedDatabaseProps.maintenanceWindow', literal: 'tue:04:30-tue:05:30', ...database((maintenanceWindow) => ({ maintenanceWindow })) },
  { of: 'EncryptedDatabaseProps.masterUsername', literal: 'skillsadmin', ...database((masterUsername) => ({ masterUsername })) },
  { of: 'EncryptedDatabaseProps.parameters', literal: '5', ...database((value) => ({ parameters: { long_query_time: value } })) },
  { of: 'EncryptedDatabaseProps.port', literal: 3333, ...database((port) => ({ port })) },
  { of: 'EncryptedDatabaseProps.rotateAfter', literal: 60, ...database((days) => ({ rotateAfter: Duration.days(days) })) },
  // Without `props`, as not beside a snapshot.
  { of: 'EncryptedDatabaseProps.restoreFrom', literal: 'skills-before', build: (scope, restoreFrom) => void databaseWith(scope, { restoreFrom, allocatedStorage: Size.gibibytes(50) }) },
  {
    of: 'EncryptedDatabaseProps.restoreTime',
    literal: '2026-11-20T23:45:00Z',
    build: (scope, restoreTime) => void databaseWith(scope, { restoreFrom: 'skills-before', restoreTime, allocatedStorage: Size.gibibytes(50) }),
  },
  { of: 'EncryptedDatabaseProps.snapshotIdentifier', literal: 'before-the-move', ...database((snapshotIdentifier) => ({ snapshotIdentifier, allocatedStorage: Size.gibibytes(50) })) },
  ...(['readerTargetCpuPercent', 'readerTargetConnections'] as const).map((prop): TokenPosition => ({
    of: `EncryptedDatabaseProps.${prop}`,
    literal: 55,
    build: (scope, value) => void databaseWith(scope, { engine: DatabaseEngine.auroraMysql(), maxReaders: 3, [prop]: value }),
  })),
  { of: 'DatabaseProxyOptions.maxConnectionsPercent', literal: 55, build: (scope, value) => void databaseWith(scope, { proxy: { maxConnectionsPercent: value } }) },
  ...(['idleClientTimeout', 'borrowTimeout'] as const).map((option): TokenPosition => ({
    of: `DatabaseProxyOptions.${option}`,
    literal: 45,
    build: (scope, seconds) => void databaseWith(scope, { proxy: { [option]: Duration.seconds(seconds) } }),
  })),
  {
    of: 'EncryptedDatabase.passwordlessBinding(databaseUser)',
    literal: 'reports',
    build: (scope, user) => bind(scope, (subject) => subject.passwordlessBinding(user, { user: 'DB_USER' })),
  },
  {
    of: 'DatabaseServerlessOptions.autoPauseAfter',
    literal: 600,
    build: (scope, seconds) => void databaseWith(scope, {
      engine: DatabaseEngine.auroraMysql(), serverless: { maximumCapacity: 4, autoPauseAfter: Duration.seconds(seconds) },
    }),
  },
  { of: 'DatabaseBackupPlanOptions.retention', literal: 30, ...database((days) => ({ backupPlan: { retention: Duration.days(days) } })) },
  {
    of: 'DatabaseBackupPlanOptions.copyTo',
    literal: 'arn:aws:backup:eu-west-3:999999999999:backup-vault:copies',
    takenApart: true, // by CDK, for the account
    ...database((arn, scope) => ({ backupPlan: { copyTo: [BackupVault.fromBackupVaultArn(scope, 'Elsewhere', arn)] } })),
  },
  {
    of: 'DatabaseBackupPlanOptions.copyRetention',
    literal: 30,
    ...database((days, scope) => ({ backupPlan: { copyTo: [vaultElsewhere(scope)], copyRetention: Duration.days(days) } })),
  },
  { of: 'DatabaseRestoreDrillOptions.query', literal: 'SELECT 1', ...database((query) => ({ restoreDrill: { query } })) },
  {
    of: 'DatabaseRestoreDrillOptions.instanceType',
    literal: 't4g.large',
    ...database((type) => ({ restoreDrill: { instanceType: new InstanceType(type) } })),
  },
  {
    of: 'EncryptedDatabaseProps.vpc',
    literal: 'vpc-0123456789',
    ...database((vpcId, scope) => ({
      vpc: Vpc.fromVpcAttributes(scope, 'Network', {
        vpcId, availabilityZones: ['a', 'b'].map((zone) => `${Stack.of(scope).region}${zone}`), isolatedSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'],
      }),
    })),
  },
  {
    of: 'EncryptedDatabase.grantConnect(user)',
    literal: 'reports',
    build: (scope, user) => databaseWith(scope, {}).grantConnect(new Role(scope, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }), user),
  },
];

export const REFUSED_TOKENS: RefusedToken[] = [
  ...['allocatedStorage', 'maxAllocatedStorage'].map((prop) => ({
    of: `EncryptedDatabaseProps.${prop}`,
    why: 'an alarm is a share of it',
    build: (scope: Construct, number: number) => databaseWith(scope, { [prop]: Size.gibibytes(number) }),
    error: `Stack/Subject: '${prop}' must be known at synthesis, got a token: the alarm on free storage is a share of it`,
  })),
  ...(['by', 'count'] as const).map((parameter): RefusedToken => ({
    of: `EncryptedDatabase.reserveConnections(${parameter})`,
    why: 'it is added up at synthesis',
    build: (scope, number, list) => {
      const given = { by: 'web', count: 1, [parameter]: parameter === 'by' ? Fn.select(0, list) : number };
      databaseWith(scope, {}).reserveConnections(given.by, given.count);
    },
    error: 'Stack/Subject: \'by\' and \'count\' of reserved connections must be known at synthesis, got a token: they are added up then',
  })),
  ...[
    (subject: EncryptedDatabase, poolSize: number) => subject.binding({ poolSize }),
    (subject: EncryptedDatabase, poolSize: number) => subject.passwordlessBinding('reports', { poolSize }),
  ].map((bindingOf): RefusedToken => ({
    of: 'PasswordlessBindingNames.poolSize',
    why: 'it is added up at synthesis',
    build: (scope, poolSize) => bind(scope, (subject) => bindingOf(subject, poolSize)),
    error: 'Stack/Subject, bound to Stack/Task/Web: \'poolSize\' must be known at synthesis, got a token: connections are added up then',
  })),
  {
    of: 'EncryptedDatabaseProps.replacementPin',
    why: 'the database is compared with it',
    build: (scope, _, list) => {
      databaseWith(scope, { replacementPin: Fn.select(0, list) });
      Template.fromStack(Stack.of(scope));
    },
    error: "[Stack/Subject] 'replacementPin' must be known at synthesis, got a token: the database is compared with it then",
  },
  {
    of: 'EncryptedDatabaseProps.readers',
    why: 'each is a resource',
    build: (scope, readers) => databaseWith(scope, { engine: DatabaseEngine.auroraMysql(), readers }),
    error: 'Stack/Subject: \'readers\' must be known at synthesis, got a token: each is a resource',
  },
  {
    of: 'EncryptedDatabaseProps.maxReaders',
    why: 'the standby is added to it',
    build: (scope, maxReaders) => databaseWith(scope, { engine: DatabaseEngine.auroraMysql(), maxReaders }),
    error: 'Stack/Subject: \'maxReaders\' must be known at synthesis, got a token: the standby is added to it',
  },
  ...(['hours', 'days'] as const).map((unit): RefusedToken => ({
    of: 'DatabaseBackupPlanOptions.every',
    why: 'the hours of a day are counted by it',
    build: (scope, number) => databaseWith(scope, { backupPlan: { every: Duration[unit](number) } }),
    error: unit === 'hours'
      ? 'Stack/Subject: \'every\' of the backup plan must be known at synthesis, got a token: the hours of a day are counted by it'
      : 'Stack/Subject: \'every\' must be made by Duration.hours() where its value is a token, which cannot be converted',
  })),
  ...['retention', 'copyRetention'].map((prop): RefusedToken => ({
    of: `DatabaseBackupPlanOptions.${prop}`,
    why: 'it would have to be converted',
    build: (scope, number) => databaseWith(scope, { backupPlan: { copyTo: [vaultElsewhere(scope)], [prop]: Duration.hours(number) } }),
    error: `Stack/Subject: '${prop}' must be made by Duration.days() where its value is a token, which cannot be converted`,
  })),
  ...(['days', 'hours'] as const).map((unit): RefusedToken => ({
    of: 'DatabaseRestoreDrillOptions.every',
    why: 'an alarm counts its days',
    build: (scope, number) => databaseWith(scope, { restoreDrill: { every: Duration[unit](number) } }),
    error: unit === 'days'
      ? 'Stack/Subject: \'every\' of the restore drill must be known at synthesis, got a token: an alarm counts its days'
      : 'Stack/Subject: \'every\' must be made by Duration.days() where its value is a token, which cannot be converted',
  })),
  ...['minimumCapacity', 'maximumCapacity'].map((prop) => ({
    of: `DatabaseServerlessOptions.${prop}`,
    why: 'alarms are shares of it',
    build: (scope: Construct, number: number) => databaseWith(scope, {
      engine: DatabaseEngine.auroraMysql(), serverless: { maximumCapacity: 4, [prop]: number },
    }),
    error: `Stack/Subject: '${prop}' must be known at synthesis, got a token: alarms are shares of it`,
  })),
  ...['backupRetention', 'rotateAfter'].map((prop) => ({
    of: `EncryptedDatabaseProps.${prop}`,
    why: 'it would have to be converted',
    build: (scope: Construct, number: number) => databaseWith(scope, { [prop]: Duration.hours(number) }),
    error: `Stack/Subject: '${prop}' must be made by Duration.days() where its value is a token, which cannot be converted`,
  })),
  ...['host', 'port', 'name', 'user', 'password', 'url', 'jdbcUrl', 'uri', 'secretArn'].map((setting) => ({
    of: setting in { password: '', url: '', jdbcUrl: '', uri: '', secretArn: '' } ? `DatabaseBindingNames.${setting}` : `PasswordlessBindingNames.${setting}`,
    why: 'it is the name of a setting, of which each is set once',
    build: (scope: Construct, _: number, list: string[]) => bind(scope, (subject) => subject.binding({ [setting]: Fn.select(0, list) })),
    error: 'Stack/Task/Web: the name of a setting must be known at synthesis, got a token from Stack/Subject.binding()',
  })),
  ...['host', 'port', 'name', 'user'].map((setting) => ({
    of: `PasswordlessBindingNames.${setting}`,
    why: 'it is the name of a setting, of which each is set once',
    build: (scope: Construct, _: number, list: string[]) => bind(scope, (subject) => subject.passwordlessBinding('reports', { [setting]: Fn.select(0, list) })),
    error: 'Stack/Task/Web: the name of a setting must be known at synthesis, got a token from Stack/Subject.passwordlessBinding()',
  })),
];
