import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { DefaultInstanceTenancy, InstanceType, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { networkOf } from './checks/variants/encrypted-database';
import { readConfig } from '../lambda/database-rotation/config';
import { withPassword } from '../lambda/database-rotation/password';
import {
  BindingTarget, DatabaseEngine, DatabaseProxyOptions, DatabaseServerlessOptions, EncryptedDatabase, EncryptedDatabaseProps, StageProfile,
} from '../src';

const ENGINES = [
  ['mysql', () => DatabaseEngine.mysql()],
  ['mariadb', () => DatabaseEngine.mariadb()],
  ['postgres', () => DatabaseEngine.postgres()],
  ['auroraMysql', () => DatabaseEngine.auroraMysql()],
  ['auroraPostgres', () => DatabaseEngine.auroraPostgres()],
] as const;

interface Made {
  readonly stack: Stack;
  readonly database: EncryptedDatabase;
  readonly template: Template;
}

function make(props: Partial<EncryptedDatabaseProps> = {}, profile?: StageProfile, context?: Record<string, unknown>): Made {
  const stack = new Stack(new App({ context }), 'Stack');
  profile?.applyTo(stack);
  const given: EncryptedDatabaseProps = Object.freeze({ vpc: networkOf(stack), engine: DatabaseEngine.mysql(), databaseName: 'skills', ...props });
  const database = new EncryptedDatabase(stack, 'Database', given);
  return { stack, database, get template() { return Template.fromStack(stack); } };
}

/** A test for each of the props, by the error that they get. */
function refuses(...cases: [props: Partial<EncryptedDatabaseProps>, error: string][]): void {
  test.each(cases.map(([props, error]) => ({ props, error })))('is refused: $error', ({ props, error }) => {
    expect(() => make(props)).toThrow(`Stack/Database: ${error}`);
  });
}

const synth = (props?: Partial<EncryptedDatabaseProps>, profile?: StageProfile) => make(props, profile).template;

/** The properties of what holds the data, by the names that instances have for them. */
function dataOf(template: Template): { resource: any; properties: any } {
  const [cluster] = Object.values<any>(template.findResources('AWS::RDS::DBCluster'));
  if (cluster) return { resource: cluster, properties: { ...cluster.Properties, VPCSecurityGroups: cluster.Properties.VpcSecurityGroupIds } };
  const [instance] = Object.values<any>(template.findResources('AWS::RDS::DBInstance'));
  return { resource: instance, properties: instance.Properties };
}

const parametersOf = (template: Template) => Object.values<any>({
  ...template.findResources('AWS::RDS::DBParameterGroup'), ...template.findResources('AWS::RDS::DBClusterParameterGroup'),
})[0].Properties.Parameters;

const arnOfKey = { 'Fn::GetAtt': [Match.stringLikeRegexp('^DatabaseKey'), 'Arn'] };

describe.each(ENGINES)('%s', (name, engine) => {
  const { template, database } = make({ engine: engine() });
  const { resource, properties } = dataOf(template);
  const isCluster = name.startsWith('aurora');

  test('is encrypted with its own key, which rotates', () => {
    expect(properties).toMatchObject({ StorageEncrypted: true, KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseKey/), 'Arn'] } });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    expect(isCluster ? properties.PerformanceInsightsKmsKeyId : properties.PerformanceInsightsKMSKeyId).toEqual(properties.KmsKeyId);
    template.allResourcesProperties('AWS::SecretsManager::Secret', { KmsKeyId: arnOfKey });
  });

  test('takes encrypted connections only', () => {
    expect(parametersOf(template)).toMatchObject({
      mysql: { require_secure_transport: '1' },
      mariadb: { require_secure_transport: '1' },
      postgres: { 'rds.force_ssl': '1' },
      auroraMysql: { require_secure_transport: 'ON' },
      auroraPostgres: { 'rds.force_ssl': '1' },
    }[name]);
  });

  test('is in isolated subnets, not public, and lets nobody in', () => {
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'] });
    template.allResourcesProperties('AWS::RDS::DBInstance', { PubliclyAccessible: false });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent(), SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })] });
    expect(properties.VPCSecurityGroups).toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/^DatabaseSecurityGroup/), 'GroupId'] }]);
  });

  test('is kept, protected, and backed up for a week, in windows apart', () => {
    expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    expect(properties).toMatchObject({
      DeletionProtection: true,
      BackupRetentionPeriod: 7,
      DeleteAutomatedBackups: false,
      CopyTagsToSnapshot: true,
      PreferredBackupWindow: '03:00-04:00',
      PreferredMaintenanceWindow: 'sun:04:30-sun:05:30',
    });
    const others = ['AWS::EC2::SecurityGroup', 'AWS::KMS::Key', 'AWS::Logs::LogGroup', 'AWS::RDS::DBInstance', 'AWS::RDS::DBSubnetGroup', 'AWS::SecretsManager::Secret'];
    others.forEach((type) => template.allResources(type, { DeletionPolicy: 'RetainExceptOnCreate' }));
  });

  test('has a standby in another zone, and minor upgrades', () => {
    template.allResourcesProperties('AWS::RDS::DBInstance', { AutoMinorVersionUpgrade: true, DBClusterIdentifier: isCluster ? Match.anyValue() : Match.absent() });
    template.resourceCountIs('AWS::RDS::DBInstance', isCluster ? 2 : 1);
    if (!isCluster) expect(properties.MultiAZ).toBe(true);
    template.allResourcesProperties('AWS::RDS::DBInstance', { DBInstanceClass: isCluster ? 'db.r7g.large' : 'db.m7g.large' });
  });

  test('exports its logs to log groups that are there before, encrypted and kept for a year', () => {
    const logs = { mysql: MYSQL_LOGS, mariadb: MYSQL_LOGS, postgres: ['postgresql', 'upgrade'], auroraMysql: MYSQL_LOGS, auroraPostgres: ['postgresql'] }[name];
    expect(properties.EnableCloudwatchLogsExports).toEqual(logs);
    const groups = Object.entries<any>(template.findResources('AWS::Logs::LogGroup', { Properties: { KmsKeyId: arnOfKey, RetentionInDays: 365 } }));
    const nameOf = (log: string) => ({
      'Fn::Join': ['', [expect.stringMatching(`^/aws/rds/${isCluster ? 'cluster' : 'instance'}/stack-dtabase-[0-9a-f]{8}-$`), ...LIFE_OF_STACK, `/${log}`]],
    });
    expect(groups.map(([, { Properties }]) => Properties.LogGroupName)).toEqual(logs.map(nameOf));
    expect(resource.DependsOn).toEqual(expect.arrayContaining(groups.map(([id]) => id)));
  });

  test('has monitoring by the minute, insights, and login by IAM', () => {
    expect(resource.DependsOn).toContainEqual(expect.stringMatching(/^DatabaseMonitoringRoleDefaultPolicy/));
    template.allResourcesProperties('AWS::RDS::DBInstance', { MonitoringInterval: 60 });
    expect(properties).toMatchObject({ EnableIAMDatabaseAuthentication: true, DatabaseInsightsMode: 'standard' });
    expect(isCluster ? properties.PerformanceInsightsEnabled : properties.EnablePerformanceInsights).toBe(true);
  });

  test('has the same attributes as the others', () => {
    expect(database.port).toBe(name.toLowerCase().includes('postgres') ? 5432 : 3306);
    expect(database.databaseName).toBe('skills');
    expect(database.instance === undefined).toBe(isCluster);
    expect(database.cluster === undefined).toBe(!isCluster);
    expect(Stack.of(database).resolve(database.endpointAddress)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^DatabaseDatabase|^Database/), 'Endpoint.Address'] });
    expect(database.connections.securityGroups).toHaveLength(1);
    expect(Stack.of(database).resolve(database.secret.secretArn)).toEqual({ Ref: expect.stringMatching(/^DatabaseCredentialsAttachment/) });
    expect(database.alarms.every((alarm) => alarm instanceof Alarm)).toBe(true);
  });

  test('has no password but by reference, and in two places', () => {
    const text = JSON.stringify(template.toJSON());
    expect(JSON.stringify(properties.MasterUserPassword)).toMatch(/resolve:secretsmanager:.*DatabaseCredentials.*:SecretString:password::/);
    expect(text.match(/MasterUserPassword/g)).toHaveLength(1);
    template.hasResourceProperties('AWS::SecretsManager::Secret', { GenerateSecretString: { GenerateStringKey: 'password', ExcludePunctuation: true, PasswordLength: 40 } });
  });

  test('hands the function and CloudFormation the same settings', () => {
    const [fn] = Object.values<any>(template.findResources('AWS::Lambda::Function'));
    const flat = (value: any): string => (typeof value === 'string' ? value : 'Fn::Join' in value ? value['Fn::Join'][1].map(flat).join('') : `(${JSON.stringify(value)})`);
    const variables = Object.fromEntries(Object.entries(fn.Properties.Environment.Variables).map(([key, value]) => [key, flat(value).replaceAll(/"Fn::GetAtt":\[[^\]]*\]/g, 'host').replaceAll('({host})', 'host')]));
    const config = readConfig(variables);
    const [connection] = Object.values<any>(template.findResources('AWS::SecretsManager::Secret', { Properties: { SecretString: Match.anyValue() } }));
    const made = flat(connection.Properties.SecretString).replaceAll(/\{\{resolve:secretsmanager:\(\{"Ref":"[^"]*"\}\):SecretString:password::\}\}/g, 'S3cret')
      .replaceAll(/\(\{"Fn::GetAtt":\[[^\]]*\]\}\)/g, 'host');

    const [scheme, jdbc, port, tls] = {
      mysql: ['mysql', 'mysql', 3306, 'sslMode=REQUIRED'],
      mariadb: ['mysql', 'mariadb', 3306, 'sslMode=trust'],
      postgres: ['postgresql', 'postgresql', 5432, 'sslmode=require'],
      auroraMysql: ['mysql', 'mysql', 3306, 'sslMode=REQUIRED'],
      auroraPostgres: ['postgresql', 'postgresql', 5432, 'sslmode=require'],
    }[name];
    expect(withPassword(config.connectionFields, 'S3cret')).toEqual(JSON.parse(made));
    expect(JSON.parse(made)).toEqual({
      username: 'dbadmin',
      password: 'S3cret',
      url: `${scheme}://dbadmin:S3cret@host:${port}/skills`,
      jdbcUrl: `jdbc:${jdbc}://host:${port}/skills?user=dbadmin&password=S3cret&${tls}`,
      uri: `dbadmin:S3cret@host:${port}`,
    });
    expect(config.kind).toBe(isCluster ? 'cluster' : 'instance');
    expect(config.services).toEqual([]);
  });

  test('rotates the password every 30 days, and not at once', () => {
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', {
      RotationRules: { AutomaticallyAfterDays: 30 }, RotateImmediatelyOnUpdate: false, SecretId: { Ref: Match.stringLikeRegexp('^DatabaseCredentials') },
    });
  });
});

const MYSQL_LOGS = ['audit', 'error', 'general', 'slowquery'];
const ID_OF_STACK = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] };
const LIFE_OF_STACK = [0, 1].map((part) => ({ 'Fn::Select': [part, { 'Fn::Split': ['-', ID_OF_STACK] }] }));

describe('by profile', () => {
  test('ephemeral goes without a trace', () => {
    const template = synth({}, StageProfile.ephemeral());
    const { resource, properties } = dataOf(template);
    expect(resource.DeletionPolicy).toBe('Delete');
    expect(properties).toMatchObject({ DeletionProtection: false, DeleteAutomatedBackups: true, BackupRetentionPeriod: 1, MultiAZ: false, DBInstanceClass: 'db.t4g.medium', StorageEncrypted: true });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: Match.objectLike({ RetentionInDays: 7 }) });
    expect(parametersOf(template)).toMatchObject({ require_secure_transport: '1' });
  });

  test('staging has no standby, and is kept', () => {
    const template = synth({ engine: DatabaseEngine.auroraPostgres() }, StageProfile.staging());
    template.resourceCountIs('AWS::RDS::DBInstance', 1);
    template.hasResource('AWS::RDS::DBCluster', { DeletionPolicy: 'RetainExceptOnCreate', Properties: Match.objectLike({ DeletionProtection: false, BackupRetentionPeriod: 3 }) });
  });
});

describe('props win over the profile', () => {
  test('in what is kept', () => {
    const template = synth({
      removalPolicy: RemovalPolicy.SNAPSHOT,
      deletionProtection: false,
      standby: false,
      backupRetention: Duration.days(35),
      logRetention: RetentionDays.TWO_WEEKS,
    });
    template.hasResource('AWS::RDS::DBInstance', { DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot', Properties: Match.objectLike({ DeletionProtection: false, BackupRetentionPeriod: 35, MultiAZ: false }) });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate' }); // or the snapshot could not be read
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 14 });
  });

  test('a cluster that leaves a snapshot takes its instances with it', () => {
    const template = synth({ engine: DatabaseEngine.auroraMysql(), removalPolicy: RemovalPolicy.SNAPSHOT });
    template.hasResource('AWS::RDS::DBCluster', { DeletionPolicy: 'Snapshot' });
    template.allResources('AWS::RDS::DBInstance', { DeletionPolicy: 'Delete' });
  });

  test('in key, topic, port, class, storage and windows', () => {
    const { stack, database } = make();
    const other = new Stack(stack.node.root as App, 'Other');
    const encryptionKey = new Key(other, 'Given');
    const alarmTopic = new Topic(other, 'Topic');
    const subject = new EncryptedDatabase(other, 'Database', {
      vpc: networkOf(other),
      engine: DatabaseEngine.postgres(),
      databaseName: 'panels',
      encryptionKey,
      alarmTopic,
      port: 5433,
      masterUsername: 'panelapp',
      instanceType: new InstanceType('r7g.xlarge'),
      allocatedStorage: Size.gibibytes(100),
      maxAllocatedStorage: Size.tebibytes(1),
      rotateAfter: Duration.days(7),
      backupWindow: '23:30-00:30',
      maintenanceWindow: 'mon:01:00-mon:02:00',
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    });
    const template = Template.fromStack(other);
    template.hasResourceProperties('AWS::RDS::DBInstance', {
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Given'), 'Arn'] },
      Port: '5433',
      DBInstanceClass: 'db.r7g.xlarge',
      AllocatedStorage: '100',
      MaxAllocatedStorage: 1024,
      PreferredBackupWindow: '23:30-00:30',
      PreferredMaintenanceWindow: 'mon:01:00-mon:02:00',
      MasterUsername: 'panelapp',
      StorageType: 'gp3',
    });
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }] });
    template.hasResourceProperties('AWS::SecretsManager::RotationSchedule', { RotationRules: { AutomaticallyAfterDays: 7 } });
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: ['subnet-0c1d2e3f', 'subnet-0d1e2f3a'] });
    expect(subject.encryptionKey).toBe(encryptionKey);
    expect(database.encryptionKey).not.toBe(encryptionKey);
  });
});

describe('storage', () => {
  test('begins with 20 GiB and may grow tenfold', () => {
    synth().hasResourceProperties('AWS::RDS::DBInstance', { AllocatedStorage: '20', MaxAllocatedStorage: 200 });
  });

  refuses(
    [{ allocatedStorage: Size.gibibytes(10) }, '\'allocatedStorage\' must be a whole number of GiB between 20 and 65536, got 10'],
    [{ allocatedStorage: Size.gibibytes(100), maxAllocatedStorage: Size.gibibytes(105) }, '\'maxAllocatedStorage\' must be a whole number of GiB between 110 and 65536, got 105'],
    [{ engine: DatabaseEngine.auroraMysql(), allocatedStorage: Size.gibibytes(100) }, '\'allocatedStorage\' must be left out for Aurora MySQL 8.0.mysql_aurora.3.10.3: the storage of Aurora grows and shrinks by itself'],
    [{ engine: DatabaseEngine.auroraPostgres(), maxAllocatedStorage: Size.gibibytes(100) }, '\'maxAllocatedStorage\' must be left out for Aurora PostgreSQL 17.7'],
  );
});

describe('parameters', () => {
  test('have utf8mb4, and slow statements in files', () => {
    expect(parametersOf(synth())).toEqual({
      character_set_server: 'utf8mb4', collation_server: 'utf8mb4_0900_ai_ci', log_output: 'FILE', long_query_time: '2', slow_query_log: '1', require_secure_transport: '1',
    });
    expect(parametersOf(synth({ engine: DatabaseEngine.mariadb() }))).toMatchObject({ character_set_server: 'utf8mb4', collation_server: 'utf8mb4_unicode_ci' });
  });

  test('have who connects, where a parameter says it', () => {
    expect(parametersOf(synth({ engine: DatabaseEngine.auroraMysql() }))).toMatchObject({ server_audit_logging: '1', server_audit_events: 'CONNECT' });
    expect(parametersOf(synth({ engine: DatabaseEngine.postgres() }))).toEqual({ 'log_connections': '1', 'log_disconnections': '1', 'log_min_duration_statement': '2000', 'rds.force_ssl': '1' });
  });

  test('may have another character set with a collation of it', () => {
    const both = { characterSet: 'utf8mb3', collation: 'utf8mb3_unicode_ci' };
    expect(parametersOf(synth(both))).toMatchObject({ character_set_server: 'utf8mb3', collation_server: 'utf8mb3_unicode_ci' });
    const alone = parametersOf(synth({ characterSet: 'latin1' }));
    expect(alone.character_set_server).toBe('latin1');
    expect(alone).not.toHaveProperty('collation_server');
  });

  test('are added to, and overridden', () => {
    expect(parametersOf(synth({ parameters: { max_connections: '200', long_query_time: '10' } }))).toMatchObject({ max_connections: '200', long_query_time: '10', require_secure_transport: '1' });
  });

  refuses(
    [{ parameters: { require_secure_transport: '0' } }, '\'parameters\' must leave require_secure_transport at 1, got \'0\': connections are encrypted, or refused'],
    [{ engine: DatabaseEngine.auroraPostgres(), parameters: { 'rds.force_ssl': '0' } }, '\'parameters\' must leave rds.force_ssl at 1, got \'0\''],
    [{ parameters: { character_set_server: 'latin1' } }, '\'parameters\' must not have character_set_server, which is said by \'characterSet\''],
    [{ parameters: { collation_server: 'latin1_bin' } }, '\'parameters\' must not have collation_server, which is said by \'collation\''],
    [{ collation: 'utf8mb3_unicode_ci' }, '\'collation\' must be one of the character set utf8mb4, got \'utf8mb3_unicode_ci\': MySQL refuses to start with the two'],
    [{ engine: DatabaseEngine.postgres(), characterSet: 'LATIN1' }, '\'characterSet\' of PostgreSQL must be UTF8, got \'LATIN1\': RDS creates no database in another'],
    [{ engine: DatabaseEngine.postgres(), collation: 'C' }, '\'collation\' must be left out for PostgreSQL, got \'C\': it is said in CREATE DATABASE, CREATE TABLE or a query'],
  );
});

describe('what RDS would refuse, is refused at once', () => {
  refuses(
    [{ databaseName: 'my-skills' }, '\'databaseName\' must be a letter, then letters, digits and underscores, 63 at the most, got \'my-skills\''],
    [{ databaseName: '1st' }, '\'databaseName\' must be a letter'],
    [{ masterUsername: 'a'.repeat(17) }, '\'masterUsername\' must be a letter, then letters, digits and underscores, 16 at the most'],
    [{ masterUsername: 'o\'neil' }, '\'masterUsername\' must be a letter'],
    [{ masterUsername: 'Admin' }, '\'masterUsername\' must be none that an engine reserves, or that is guessed first, got \'Admin\''],
    [{ port: 80 }, '\'port\' must be a whole number between 1150 and 65535, got 80'],
    [{ backupRetention: Duration.days(36) }, '\'backupRetention\' must be a whole number of days between 1 and 35, got 36'],
    [{ backupRetention: Duration.hours(36) }, '\'backupRetention\' must be a whole number of days between 1 and 35, got 1.5'],
    [{ rotateAfter: Duration.days(366) }, '\'rotateAfter\' must be a whole number of days between 1 and 365, got 366'],
    [{ backupWindow: '3:00-4:00' }, '\'backupWindow\' must be like \'03:00-04:00\', in UTC, of 30 minutes to a day, got \'3:00-4:00\''],
    [{ backupWindow: '03:00-24:00' }, '\'backupWindow\' must be like \'03:00-04:00\''],
    [{ maintenanceWindow: 'son:04:30-mon:05:30' }, '\'maintenanceWindow\' must be like'],
    [{ backupWindow: '03:00-03:20' }, '\'backupWindow\' must be like \'03:00-04:00\''],
    [{ maintenanceWindow: 'sunday:04:30-sunday:05:30' }, '\'maintenanceWindow\' must be like \'sun:05:00-sun:06:00\', in UTC, of 30 minutes to a day, got \'sunday:04:30-sunday:05:30\''],
    [{ maintenanceWindow: 'sun:03:30-sun:04:30' }, '\'backupWindow\' and \'maintenanceWindow\' must not overlap, got \'03:00-04:00\' and \'sun:03:30-sun:04:30\', in UTC: move one of them'],
    [{ backupWindow: '23:30-00:30', maintenanceWindow: 'mon:00:00-mon:00:45' }, '\'backupWindow\' and \'maintenanceWindow\' must not overlap'],
    [{ backupWindow: '23:30-00:30', maintenanceWindow: 'sun:23:00-mon:00:00' }, '\'backupWindow\' and \'maintenanceWindow\' must not overlap'],
  );

  test('windows that meet are apart', () => {
    expect(() => make({ backupWindow: '23:30-00:30', maintenanceWindow: 'mon:00:30-mon:01:30' })).not.toThrow();
  });
});

describe('in a network', () => {
  const inVpc = (subnetTypes: SubnetType[], props: Partial<EncryptedDatabaseProps> = {}, maxAzs = 2) => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new Vpc(stack, 'Vpc', { maxAzs, natGateways: 0, subnetConfiguration: subnetTypes.map((subnetType) => ({ name: subnetType, subnetType })) });
    new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels', ...props });
    return Template.fromStack(stack);
  };

  test('without isolated subnets, it is in the private ones', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2 });
    new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' });
    const [{ Properties }] = Object.values<any>(Template.fromStack(stack).findResources('AWS::RDS::DBSubnetGroup'));
    expect(Properties.SubnetIds.map(({ Ref }: any) => Ref)).toEqual([expect.stringMatching(/^VpcPrivateSubnet1/), expect.stringMatching(/^VpcPrivateSubnet2/)]);
  });

  test('with public subnets only, it is refused', () => {
    expect(() => inVpc([SubnetType.PUBLIC])).toThrow('Stack/Database: \'vpc\' must have isolated or private subnets, got Stack/Vpc with public ones only: a database is never reachable from the internet');
  });

  test('public subnets are refused even if asked for', () => {
    expect(() => inVpc([SubnetType.PUBLIC, SubnetType.PRIVATE_ISOLATED], { vpcSubnets: { subnetType: SubnetType.PUBLIC } }))
      .toThrow(/^Stack\/Database: 'vpcSubnets' must not be public, got Stack\/Vpc\/\S+Subnet1: a database is never reachable from the internet/);
  });

  test('one zone is refused', () => {
    const vpc = (stack: Stack) => Vpc.fromVpcAttributes(stack, 'Other', { vpcId: 'vpc-1', availabilityZones: ['eu-west-3a'], isolatedSubnetIds: ['subnet-1'] });
    const stack = new Stack(new App(), 'Stack');
    expect(() => new EncryptedDatabase(stack, 'Database', { vpc: vpc(stack), engine: DatabaseEngine.mysql(), databaseName: 'skills' }))
      .toThrow('Stack/Database: \'vpcSubnets\' must be in two availability zones at least, got eu-west-3a: RDS takes no fewer, so that a standby has a place');
  });

  test('allowFrom lets one security group in, on the port', () => {
    const { stack, database } = make();
    const peer = SecurityGroup.fromSecurityGroupId(stack, 'Peer', 'sg-0a1b2c3d');
    database.allowFrom(peer);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { SourceSecurityGroupId: 'sg-0a1b2c3d', IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306 });
  });
});

describe('alarms', () => {
  const thresholds = (template: Template) => Object.fromEntries(Object.values<any>(template.findResources('AWS::CloudWatch::Alarm'))
    .map(({ Properties }) => [Properties.MetricName, Properties.Threshold]));

  test('of an instance are at shares of its class and storage', () => {
    const GIB = 2 ** 30;
    expect(thresholds(synth())).toEqual({
      CPUUtilization: 90,
      FreeableMemory: Math.floor(8 * GIB * 0.05),
      DatabaseConnections: 491, // 80 % of 614, of 90 % of 8 GiB
      FreeStorageSpace: GIB, // 5 % of 20
      DiskQueueDepth: 60,
      Errors: 1,
    });
  });

  test.each([
    [{ engine: DatabaseEngine.postgres(), instanceType: new InstanceType('t4g.micro') }, 80],
    [{ engine: DatabaseEngine.postgres(), instanceType: new InstanceType('r7g.16xlarge') }, 4000], // 80 % of the most that RDS sets
    [{ engine: DatabaseEngine.mariadb(), instanceType: new InstanceType('m7g.2xlarge') }, 982],
    [{ engine: DatabaseEngine.auroraMysql() }, 733],
    [{ parameters: { max_connections: '200' } }, 160],
    [{ parameters: { max_connections: '{DBInstanceClassMemory/25165760}' } }, 491],
  ])('have one at 80 %% of the connections of a class, or of the parameter: case %#', (props, threshold) => {
    expect(thresholds(synth(props)).DatabaseConnections).toBe(threshold);
  });

  test('of a cluster are for its writer and reader, and none for storage that grows', () => {
    const template = synth({ engine: DatabaseEngine.auroraPostgres() });
    expect(Object.keys(thresholds(template)).sort()).toEqual(['AuroraReplicaLagMaximum', 'CPUUtilization', 'DatabaseConnections', 'Errors', 'FreeLocalStorage', 'FreeableMemory']);
    const ofWriter = [{ Name: 'DBClusterIdentifier', Value: Match.anyValue() }, { Name: 'Role', Value: 'WRITER' }];
    ['CPUUtilization', 'DatabaseConnections'].forEach((MetricName) => template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, Dimensions: ofWriter }));
    const ofCluster = [{ Name: 'DBClusterIdentifier', Value: Match.anyValue() }];
    ['FreeableMemory', 'AuroraReplicaLagMaximum'].forEach((MetricName) => template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, Dimensions: ofCluster }));
  });

  test('of a cluster without readers are for all of it', () => {
    const template = synth({ engine: DatabaseEngine.auroraPostgres(), standby: false });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { Dimensions: [Match.objectLike({ Name: Match.stringLikeRegexp('^(DBClusterIdentifier|FunctionName)$') })] });
  });

  test.each([{ readers: 1 }, { maxReaders: 3 }])('of readers that serve are for them, too: %p', (props) => {
    const template = synth({ engine: DatabaseEngine.auroraPostgres(), ...props });
    const Dimensions = [{ Name: 'DBClusterIdentifier', Value: Match.anyValue() }, { Name: 'Role', Value: 'READER' }];
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'CPUUtilization', Threshold: 90, Dimensions });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'DatabaseConnections', Threshold: 1297, Dimensions });
  });

  test('of the disk queue are at what gp3 does, which is four times as much from 400 GiB on', () => {
    expect(thresholds(synth({ allocatedStorage: Size.gibibytes(399) })).DiskQueueDepth).toBe(60); // 20 ms of 3,000 IOPS
    const grown = thresholds(synth({ allocatedStorage: Size.gibibytes(400) }));
    expect(grown.DiskQueueDepth).toBe(240); // of 12,000
    expect(grown.FreeStorageSpace).toBe(20 * 2 ** 30);
  });

  test('of the local storage are at 5 % of twice the memory of a class, and of no other than a cluster of instances of a class', () => {
    const engine = DatabaseEngine.auroraPostgres();
    const LocalStorage = { MetricName: 'FreeLocalStorage', Statistic: 'Minimum', ComparisonOperator: 'LessThanThreshold', Dimensions: [{ Name: 'DBClusterIdentifier', Value: Match.anyValue() }] };
    synth({ engine }).hasResourceProperties('AWS::CloudWatch::Alarm', { ...LocalStorage, Threshold: Math.floor(32 * 2 ** 30 * 0.05) });
    expect(thresholds(synth({ engine, instanceType: new InstanceType('t4g.medium') })).FreeLocalStorage).toBe(Math.floor(8 * 2 ** 30 * 0.05));
    expect(thresholds(synth({ engine, serverless: { maximumCapacity: 8 } })).FreeLocalStorage).toBeUndefined();
    expect(thresholds(synth({ engine, instanceType: new InstanceType('y9.large') })).FreeLocalStorage).toBeUndefined();
    expect(thresholds(synth({})).FreeLocalStorage).toBeUndefined();
  });

  test('that need the memory are left out for a class that is not known', () => {
    expect(Object.keys(thresholds(synth({ instanceType: new InstanceType('y9.large') })))).not.toContain('FreeableMemory');
  });

  test('fire when a rotation failed', () => {
    const { database, template } = make();
    expect(database.alarms.map(({ node }) => node.id)).toContain('RotationAlarm');
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { Namespace: 'AWS/Lambda', MetricName: 'Errors', Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
  });
});

describe('restored from a snapshot', () => {
  test('an instance has what the snapshot says, and a password of its own', () => {
    const { properties } = dataOf(synth({ snapshotIdentifier: 'before', engine: DatabaseEngine.postgres() }));
    expect(properties).toMatchObject({ DBSnapshotIdentifier: 'before', MasterUserPassword: expect.anything(), DeletionProtection: true });
    ['DBName', 'MasterUsername', 'KmsKeyId', 'StorageEncrypted'].forEach((name) => expect(properties).not.toHaveProperty(name));
  });

  test('a cluster is encrypted with its own key', () => {
    const { properties } = dataOf(synth({ snapshotIdentifier: 'before', engine: DatabaseEngine.auroraMysql() }));
    expect(properties).toMatchObject({ SnapshotIdentifier: 'before', MasterUserPassword: expect.anything(), StorageEncrypted: true, KmsKeyId: expect.anything() });
    ['DatabaseName', 'MasterUsername'].forEach((name) => expect(properties).not.toHaveProperty(name));
  });

  test('there are no more secrets than without', () => {
    synth({ snapshotIdentifier: 'before' }).resourceCountIs('AWS::SecretsManager::Secret', 2);
  });
});

describe('restored to a point in time', () => {
  const restored = (props: Partial<EncryptedDatabaseProps>) => dataOf(synth({ restoreFrom: 'prod', ...props })).properties;
  const RESOURCE_ID = 'ABCDEFGHIJKLMNOPQRSTUVWXY2';

  test('an instance has what the other says, as of now, and a password of its own', () => {
    const properties = restored({ engine: DatabaseEngine.postgres() });
    expect(properties).toMatchObject({
      SourceDBInstanceIdentifier: 'prod', UseLatestRestorableTime: true, DeletionProtection: true, BackupRetentionPeriod: 7, PubliclyAccessible: false,
    });
    expect(JSON.stringify(properties.MasterUserPassword)).toMatch(/resolve:secretsmanager:.*DatabaseCredentials.*:SecretString:password::/);
    ['DBName', 'MasterUsername', 'KmsKeyId', 'StorageEncrypted', 'DBSnapshotIdentifier', 'RestoreTime'].forEach((name) => expect(properties).not.toHaveProperty(name));
  });

  test('a cluster is a full copy, encrypted with its own key', () => {
    const properties = restored({ engine: DatabaseEngine.auroraMysql() });
    expect(properties).toMatchObject({
      SourceDBClusterIdentifier: 'prod', UseLatestRestorableTime: true, MasterUserPassword: expect.anything(), KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseKey/), 'Arn'] },
    });
    ['DatabaseName', 'MasterUsername', 'StorageEncrypted', 'SnapshotIdentifier', 'RestoreToTime', 'RestoreType'].forEach((name) => expect(properties).not.toHaveProperty(name));
  });

  test('the time may be said, and is then not the latest', () => {
    const restoreTime = '2026-11-20T23:45:00Z';
    const [instance, cluster] = [restored({ restoreTime }), restored({ restoreTime, engine: DatabaseEngine.auroraPostgres() })];
    expect(instance).toMatchObject({ RestoreTime: restoreTime });
    expect(cluster).toMatchObject({ RestoreToTime: restoreTime });
    [instance, cluster].forEach((properties) => expect(properties).not.toHaveProperty('UseLatestRestorableTime'));
  });

  test('a deleted one is found by its resource id', () => {
    const instance = restored({ restoreFrom: `db-${RESOURCE_ID}` });
    expect(instance).toMatchObject({ SourceDbiResourceId: `db-${RESOURCE_ID}`, UseLatestRestorableTime: true });
    expect(instance).not.toHaveProperty('SourceDBInstanceIdentifier');
    const cluster = restored({ restoreFrom: `cluster-${RESOURCE_ID}`, engine: DatabaseEngine.auroraMysql() });
    expect(cluster).toMatchObject({ SourceDbClusterResourceId: `cluster-${RESOURCE_ID}` });
    expect(cluster).not.toHaveProperty('SourceDBClusterIdentifier');
  });

  test('one of another region is found by its replicated backups', () => {
    const arn = 'arn:aws:rds:eu-west-3:123456789012:auto-backup:ab-l2ijcexjp7xq7hoj4siexample';
    const properties = restored({ restoreFrom: arn });
    expect(properties).toMatchObject({ SourceDBInstanceAutomatedBackupsArn: arn });
    expect(properties).not.toHaveProperty('SourceDBInstanceIdentifier');
  });

  test('an identifier that looks like a resource id in small letters is an identifier', () => {
    expect(restored({ restoreFrom: 'db-abcdefghijklmnopqrstuvwxy2' })).toHaveProperty('SourceDBInstanceIdentifier');
  });

  test.each<[engine: DatabaseEngine, from: Partial<EncryptedDatabaseProps>, checks: string[]]>([
    [DatabaseEngine.postgres(), { restoreFrom: 'prod' }, ['E3020']],
    [DatabaseEngine.postgres(), { restoreFrom: `db-${RESOURCE_ID}` }, []],
    [DatabaseEngine.postgres(), { snapshotIdentifier: 'before' }, []],
    [DatabaseEngine.auroraMysql(), { restoreFrom: 'prod' }, ['W3689', 'E3021']],
    [DatabaseEngine.auroraMysql(), { restoreFrom: `cluster-${RESOURCE_ID}` }, ['E3021']],
    [DatabaseEngine.auroraMysql(), { snapshotIdentifier: 'before' }, ['E3021']],
    [DatabaseEngine.auroraMysql(), {}, []],
  ])('cfn-lint does not ask what password there is: %s %j', (engine, from, checks) => {
    const { stack, database } = make({ engine, ...from });
    const [{ Metadata }] = Object.values<any>(Template.fromStack(stack).findResources(database.instance ? 'AWS::RDS::DBInstance' : 'AWS::RDS::DBCluster'));
    expect(Metadata?.['cfn-lint']?.config.ignore_checks ?? []).toEqual(checks);
  });

  test.each([DatabaseEngine.mysql(), DatabaseEngine.auroraMysql()])('there are no more secrets than without: %s', (engine) => {
    synth({ restoreFrom: 'prod', engine }).resourceCountIs('AWS::SecretsManager::Secret', 2);
  });

  refuses(
    [{ restoreFrom: 'prod', snapshotIdentifier: 'before' }, '\'restoreFrom\' must be left out with \'snapshotIdentifier\', got \'prod\': a database begins with one of them'],
    [{ restoreTime: '2026-11-20T23:45:00Z' }, '\'restoreTime\' must be left out without \'restoreFrom\', got \'2026-11-20T23:45:00Z\': it is a time of what is restored'],
    [{ restoreFrom: 'prod', restoreTime: '2026-11-20 23:45' }, '\'restoreTime\' must be like \'2026-11-20T23:45:00Z\', in UTC, got \'2026-11-20 23:45\''],
    [{ restoreFrom: 'prod', restoreTime: '2026-13-20T23:45:00Z' }, '\'restoreTime\' must be like \'2026-11-20T23:45:00Z\''],
    [{ restoreFrom: 'prod', restoreTime: '2999-01-01T00:00:00Z' }, '\'restoreTime\' must be in the past, got \'2999-01-01T00:00:00Z\''],
    [
      { restoreFrom: 'arn:aws:rds:eu-west-3:123456789012:db:prod' },
      '\'restoreFrom\' must be the identifier or resource id (db-…) of an instance, or the ARN of replicated backups (…:auto-backup:…), got \'arn:aws:rds:eu-west-3:123456789012:db:prod\'',
    ],
    [{ restoreFrom: '' }, '\'restoreFrom\' must be the identifier or resource id (db-…) of an instance'],
    [{ restoreFrom: 'prod-' }, '\'restoreFrom\' must be the identifier or resource id (db-…) of an instance'],
    [{ restoreFrom: `cluster-${'A'.repeat(26)}` }, '\'restoreFrom\' must be the identifier or resource id (db-…) of an instance'],
    [
      { restoreFrom: 'arn:aws:rds:eu-west-3:123456789012:auto-backup:ab-1', engine: DatabaseEngine.auroraMysql() },
      '\'restoreFrom\' must be the identifier or resource id (cluster-…) of an Aurora cluster, got',
    ],
  );
});

describe('a cluster', () => {
  test('may scale by itself, and pause', () => {
    const template = synth({ engine: DatabaseEngine.auroraPostgres(), serverless: { maximumCapacity: 8, autoPauseAfter: Duration.minutes(30) } });
    template.hasResourceProperties('AWS::RDS::DBCluster', { ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 8, SecondsUntilAutoPause: 1800 } });
    template.allResourcesProperties('AWS::RDS::DBInstance', { DBInstanceClass: 'db.serverless' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'FreeableMemory', Threshold: Math.floor(16 * 2 ** 30 * 0.05) });
    template.hasResourceProperties('AWS::RDS::DBCluster', { PerformanceInsightsEnabled: true });
  });

  test('never goes below half a unit that does not pause', () => {
    synth({ engine: DatabaseEngine.auroraMysql(), serverless: { maximumCapacity: 2 } })
      .hasResourceProperties('AWS::RDS::DBCluster', { ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 2, SecondsUntilAutoPause: Match.absent() } });
  });

  const connectionsOf = (engine: DatabaseEngine, serverless: DatabaseServerlessOptions, parameters?: Record<string, string>) =>
    make({ engine, serverless, parameters }).database.maxConnections;

  // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html#aurora-serverless-v2.max-connections
  test.each([
    [1, 90, 189], [4, 135, 823], [8, 1000, 1669], [16, 2000, 3360], [32, 3000, 5000], [64, 4000, 5000], [128, 5000, 5000], [256, 6000, 5000],
  ])('that scales to %i units takes %i connections of MySQL and %i of PostgreSQL, as AWS says', (maximumCapacity, mysql, postgres) => {
    expect(connectionsOf(DatabaseEngine.auroraMysql(), { minimumCapacity: 1, maximumCapacity })).toBe(mysql);
    expect(connectionsOf(DatabaseEngine.auroraPostgres(), { minimumCapacity: 1, maximumCapacity })).toBe(postgres);
  });

  test.each([
    [{ maximumCapacity: 64 }, 2000],
    [{ maximumCapacity: 64, minimumCapacity: 0 }, 2000],
    [{ maximumCapacity: 64, autoPauseAfter: Duration.hours(1) }, 2000],
    [{ maximumCapacity: 64, minimumCapacity: 1 }, 5000],
    [{ maximumCapacity: 4 }, 823],
  ])('of PostgreSQL takes 2000 at the most if it may scale below one unit: %j', (serverless, connections) => {
    expect(connectionsOf(DatabaseEngine.auroraPostgres(), serverless)).toBe(connections);
    synth({ engine: DatabaseEngine.auroraPostgres(), serverless, standby: false })
      .hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'DatabaseConnections', Threshold: Math.floor(connections * 0.8) });
  });

  test('of MySQL has no such cap, and of PostgreSQL the parameter has it, too', () => {
    expect(connectionsOf(DatabaseEngine.auroraMysql(), { maximumCapacity: 64 })).toBe(4000);
    expect(connectionsOf(DatabaseEngine.auroraMysql(), { maximumCapacity: 64 }, { max_connections: '4500' })).toBe(4500);
    expect(connectionsOf(DatabaseEngine.auroraPostgres(), { maximumCapacity: 64 }, { max_connections: '4500' })).toBe(2000);
    expect(connectionsOf(DatabaseEngine.auroraPostgres(), { maximumCapacity: 64 }, { max_connections: '300' })).toBe(300);
    expect(connectionsOf(DatabaseEngine.auroraPostgres(), { maximumCapacity: 64, minimumCapacity: 1 }, { max_connections: '4500' })).toBe(4500);
  });

  test('may have readers besides the standby, which take over last', () => {
    const { template, database, stack } = make({ engine: DatabaseEngine.auroraMysql(), readers: 2 });
    expect(Object.values<any>(template.findResources('AWS::RDS::DBInstance')).map(({ Properties }) => Properties.PromotionTier).sort()).toEqual([0, 0, 2, 2]);
    expect(stack.resolve(database.readerEndpointAddress)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Database/), 'ReadEndpoint.Address'] });
    expect(make().database.readerEndpointAddress).toBeUndefined();
  });

  refuses(
    [{ readers: 1 }, '\'readers\' must be left out for MySQL 8.4.8: only a cluster has it; take an Aurora engine'],
    [{ serverless: { maximumCapacity: 2 } }, '\'serverless\' must be left out for MySQL 8.4.8: only a cluster has it; take an Aurora engine'],
    [{ engine: DatabaseEngine.auroraMysql(), readers: 15 }, '\'readers\' must be a whole number between 0 and 14, got 15'],
    [{ engine: DatabaseEngine.auroraMysql(), serverless: { maximumCapacity: 2.3 } }, '\'maximumCapacity\' must be between 1 and 256, in steps of a half, got 2.3'],
    [{ engine: DatabaseEngine.auroraMysql(), serverless: { minimumCapacity: 4, maximumCapacity: 2 } }, '\'maximumCapacity\' must be between 4 and 256, in steps of a half, got 2'],
    [
      { engine: DatabaseEngine.auroraMysql(), serverless: { minimumCapacity: 1, maximumCapacity: 2, autoPauseAfter: Duration.hours(1) } },
      '\'minimumCapacity\' must be 0 or left out with \'autoPauseAfter\', got 1: a cluster pauses at 0',
    ],
    [
      { engine: DatabaseEngine.auroraMysql(), serverless: { maximumCapacity: 2, autoPauseAfter: Duration.minutes(1) } },
      '\'autoPauseAfter\' must be a whole number of seconds between 300 and 86400, got 60',
    ],
    [
      { engine: DatabaseEngine.auroraMysql(), serverless: { maximumCapacity: 2 }, instanceType: new InstanceType('r7g.large') },
      '\'instanceType\' must be left out with \'serverless\', got r7g.large: capacity says it',
    ],
  );
});

describe('readers that scale', () => {
  const aurora = { engine: DatabaseEngine.auroraPostgres() };

  test('are counted with the standby, from those that are always there', () => {
    const { template, database } = make({ ...aurora, readers: 1, maxReaders: 5 });
    template.hasResource('AWS::ApplicationAutoScaling::ScalableTarget', {
      Properties: {
        ServiceNamespace: 'rds',
        ScalableDimension: 'rds:cluster:ReadReplicaCount',
        ResourceId: { 'Fn::Join': ['', ['cluster:', { Ref: Match.stringLikeRegexp('^Database') }]] },
        MinCapacity: 2,
        MaxCapacity: 6,
        RoleARN: Match.absent(),
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DatabaseReader1')]),
    });
    template.resourceCountIs('AWS::RDS::DBInstance', 3);
    expect(database.readerScaling).toBeDefined();
  });

  test('without a standby are counted alone', () => {
    synth({ ...aurora, standby: false, readers: 2, maxReaders: 15 }).hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2, MaxCapacity: 15 });
  });

  const targets = (props: Partial<EncryptedDatabaseProps>) => Object.values<any>(synth({ ...aurora, maxReaders: 3, ...props }).findResources('AWS::ApplicationAutoScaling::ScalingPolicy'))
    .map(({ Properties: { TargetTrackingScalingPolicyConfiguration: { PredefinedMetricSpecification, TargetValue } } }) => [
      PredefinedMetricSpecification.PredefinedMetricType, TargetValue,
    ]);

  test.each<[props: Partial<EncryptedDatabaseProps>, expected: [string, number][]]>([
    [{}, [['RDSReaderAverageCPUUtilization', 60]]],
    [{ readerTargetCpuPercent: 75 }, [['RDSReaderAverageCPUUtilization', 75]]],
    [{ readerTargetConnections: 500 }, [['RDSReaderAverageDatabaseConnections', 500]]],
    [{ readerTargetConnections: 500, readerTargetCpuPercent: 75 }, [['RDSReaderAverageCPUUtilization', 75], ['RDSReaderAverageDatabaseConnections', 500]]],
  ])('scale on %p', (props, expected) => {
    expect(targets(props)).toEqual(expected);
  });

  test('come and go five minutes apart', () => {
    synth({ ...aurora, maxReaders: 3 }).hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      PolicyType: 'TargetTrackingScaling', TargetTrackingScalingPolicyConfiguration: Match.objectLike({ ScaleInCooldown: 300, ScaleOutCooldown: 300 }),
    });
  });

  test('are none without maxReaders', () => {
    const { template, database } = make({ ...aurora, readers: 2 });
    template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
    expect(database.readerScaling).toBeUndefined();
  });

  test.each([
    [RemovalPolicy.DESTROY, 1],
    [RemovalPolicy.SNAPSHOT, 1],
    [RemovalPolicy.RETAIN, 0],
    [undefined, 0],
  ])('keep a stack from being deleted, of which there is a warning with %s: %i', (removalPolicy, count) => {
    const { stack } = make({ ...aurora, maxReaders: 3, removalPolicy });
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('the stack cannot be deleted while its cluster has a reader that scaling added'))).toHaveLength(count);
  });

  refuses(
    [{ maxReaders: 3 }, '\'maxReaders\' must be left out for MySQL 8.4.8: only a cluster has readers; take an Aurora engine'],
    [{ ...aurora, standby: false, maxReaders: 3 }, '\'readers\' must be at least 1 with \'maxReaders\' and no standby, got 0: what it scales on is measured on the readers that there are'],
    [{ ...aurora, readers: 3, maxReaders: 3 }, '\'maxReaders\' must be a whole number between 4 and 14, got 3: more than \'readers\', which are always there'],
    [{ ...aurora, maxReaders: 15 }, '\'maxReaders\' must be a whole number between 1 and 14, got 15'],
    [{ ...aurora, maxReaders: 3, readerTargetCpuPercent: 101 }, '\'readerTargetCpuPercent\' must be a whole number between 1 and 100, got 101'],
    [{ ...aurora, maxReaders: 3, readerTargetConnections: 0 }, '\'readerTargetConnections\' must be a whole number at least 1, got 0'],
    [{ ...aurora, readerTargetCpuPercent: 50 }, '\'readerTargetCpuPercent\' must be left out without \'maxReaders\': nothing scales'],
    [{ ...aurora, readerTargetConnections: 50 }, '\'readerTargetConnections\' must be left out without \'maxReaders\': nothing scales'],
  );
});

describe('insights', () => {
  test.each([
    [DatabaseEngine.mysql(), 't3.small', false],
    [DatabaseEngine.mysql(), 't3.medium', true],
    [DatabaseEngine.postgres(), 't4g.micro', true],
    [DatabaseEngine.auroraMysql(), 't4g.medium', false],
    [DatabaseEngine.auroraPostgres(), 't4g.medium', true],
  ])('of %s on %s: %s', (engine, type, expected) => {
    const { properties } = dataOf(synth({ engine, instanceType: new InstanceType(type) }));
    expect(properties.EnablePerformanceInsights ?? properties.PerformanceInsightsEnabled ?? false).toBe(expected);
  });
});

describe('a binding', () => {
  const bound = (use: (stack: Stack, database: EncryptedDatabase, target: { container: BindingTarget; service: FargateService }) => void) => {
    const { stack, database } = make({ engine: DatabaseEngine.postgres(), databaseName: 'panels' });
    const vpc = stack.node.findChild('Vpc') as Vpc;
    const taskDefinition = new FargateTaskDefinition(stack, 'Task');
    const container = taskDefinition.addContainer('Web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    const service = new FargateService(stack, 'Service', { cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition, desiredCount: 1 });
    use(stack, database, { container: BindingTarget.container(container, service), service });
    return Template.fromStack(stack);
  };

  test('sets exactly the names asked for, and opens the port', () => {
    const template = bound((_, database, { container }) => container.use(database.binding({ host: 'DB_HOST', port: 'DB_PORT', name: 'DB_NAME', url: 'DATABASE_URL' })));
    const [{ Properties }] = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition'));
    const [container] = Properties.ContainerDefinitions;
    expect(container.Environment).toEqual([
      { Name: 'DB_HOST', Value: { 'Fn::GetAtt': [expect.stringMatching(/^Database/), 'Endpoint.Address'] } },
      { Name: 'DB_PORT', Value: '5432' },
      { Name: 'DB_NAME', Value: 'panels' },
    ]);
    expect(container.Secrets).toEqual([{ Name: 'DATABASE_URL', ValueFrom: { 'Fn::Join': ['', [{ Ref: expect.stringMatching(/^DatabaseConnection/) }, ':url::']] } }]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Service'), 'GroupId'] } });
  });

  test('gives user, password, url, jdbcUrl and uri as fields of one secret, and never the one that rotates', () => {
    const template = bound((_, database, { container }) => container.use(database.binding({ user: 'A', password: 'B', url: 'C', jdbcUrl: 'D', uri: 'E' })));
    const [{ Properties }] = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition'));
    expect(Properties.ContainerDefinitions[0].Environment).toBeUndefined();
    expect(Properties.ContainerDefinitions[0].Secrets.map(({ Name, ValueFrom }: any) => [Name, ValueFrom['Fn::Join'][1][1]])).toEqual([
      ['A', ':username::'], ['B', ':password::'], ['C', ':url::'], ['D', ':jdbcUrl::'], ['E', ':uri::'],
    ]);
    const policies = JSON.stringify(Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Task')));
    expect(policies).toContain('DatabaseConnection');
    expect(policies).not.toContain('DatabaseCredentials');
  });

  test('without a password sets the names asked for, lets one user in by IAM, and touches no secret', () => {
    const template = bound((_, database, { container }) => container.use(database.passwordlessBinding('reports', { host: 'H', port: 'P', name: 'N', user: 'U' })));
    const [{ Properties }] = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition'));
    const [container] = Properties.ContainerDefinitions;
    expect(container.Environment).toEqual([
      { Name: 'H', Value: expect.anything() }, { Name: 'P', Value: '5432' }, { Name: 'N', Value: 'panels' }, { Name: 'U', Value: 'reports' },
    ]);
    expect(container.Secrets).toBeUndefined();
    const policies = Object.entries<any>(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Task'));
    expect(policies.map(([, policy]) => policy.Properties.PolicyDocument.Statement)).toEqual([[expect.objectContaining({ Action: 'rds-db:connect' })]]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 5432, ToPort: 5432 });
  });

  test('gives a function in the network the ARN of the secret', () => {
    const { stack, database } = make();
    const fn = new Function(stack, 'Fn', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline(' '), vpc: stack.node.findChild('Vpc') as Vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } });
    BindingTarget.lambdaFunction(fn).use(database.binding({ url: 'DATABASE_SECRET' }));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { DATABASE_SECRET: { Ref: Match.stringLikeRegexp('^DatabaseConnection') } } } });
  });

  test('a service of another stack is not restarted, as the two would depend on each other', () => {
    const { stack, database } = make();
    const other = new Stack(stack.node.root as App, 'Other');
    const cluster = Cluster.fromClusterAttributes(other, 'Cluster', { clusterName: 'apps', vpc: networkOf(other) });
    const service = FargateService.fromFargateServiceAttributes(other, 'Service', { cluster, serviceName: 'web' });
    expect(() => database.restartAfterRotation(service as FargateService))
      .toThrow('Stack/Database: the service Other/Service must be of the same stack, or the two stacks would depend on each other: import it here');
  });

  test('a service that is to be restarted is so after a rotation, by the function alone', () => {
    const template = bound((_, database, { service }) => database.restartAfterRotation(service));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([{ Effect: 'Allow', Action: 'ecs:UpdateService', Resource: Match.anyValue() }]) },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          SERVICES: { 'Fn::Join': ['', ['[{"cluster":"', { Ref: Match.stringLikeRegexp('^Cluster') }, '","service":"', { 'Fn::GetAtt': [Match.stringLikeRegexp('^Service'), 'Name'] }, '"}]']] },
        }),
      },
    });
  });
});

describe('a proxy', () => {
  const proxied = (props: Partial<EncryptedDatabaseProps> = {}, proxy: DatabaseProxyOptions = {}) =>
    make({ engine: DatabaseEngine.postgres(), proxy, ...props });
  const endpoint = { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxy/), 'Endpoint'] };
  const groupOf = (path: RegExp) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(path.source), 'GroupId'] });

  test.each([
    ['mysql', DatabaseEngine.mysql(), 'MYSQL', 'MYSQL_CACHING_SHA2_PASSWORD'],
    ['mariadb', DatabaseEngine.mariadb(), 'MYSQL', 'MYSQL_NATIVE_PASSWORD'],
    ['postgres', DatabaseEngine.postgres(), 'POSTGRESQL', 'POSTGRES_SCRAM_SHA_256'],
    ['auroraMysql', DatabaseEngine.auroraMysql(), 'MYSQL', 'MYSQL_CACHING_SHA2_PASSWORD'],
    ['auroraMysql 2', DatabaseEngine.auroraMysql(rds.AuroraMysqlEngineVersion.VER_2_12_0), 'MYSQL', 'MYSQL_NATIVE_PASSWORD'],
    ['auroraPostgres', DatabaseEngine.auroraPostgres(), 'POSTGRESQL', 'POSTGRES_SCRAM_SHA_256'],
  ])('of %s takes TLS only, and the password that is in the secret that rotates', (_, engine, EngineFamily, ClientPasswordAuthType) => {
    proxied({ engine }).template.hasResourceProperties('AWS::RDS::DBProxy', {
      EngineFamily,
      RequireTLS: true,
      DebugLogging: false,
      Auth: [{ AuthScheme: 'SECRETS', IAMAuth: 'DISABLED', ClientPasswordAuthType, SecretArn: { Ref: Match.stringLikeRegexp('^DatabaseCredentials') } }],
      VpcSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'],
      VpcSecurityGroupIds: [groupOf(/^DatabaseProxySecurityGroup/)],
    });
  });

  test('shares nine tenths of the connections of an instance, and closes what is idle for half an hour', () => {
    const { template } = proxied();
    template.hasResourceProperties('AWS::RDS::DBProxy', { IdleClientTimeout: 1800 });
    template.hasResource('AWS::RDS::DBProxyTargetGroup', {
      Properties: {
        TargetGroupName: 'default',
        DBInstanceIdentifiers: [{ Ref: Match.stringLikeRegexp('^DatabaseDatabase|^Database') }],
        DBClusterIdentifiers: Match.absent(),
        ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 90, ConnectionBorrowTimeout: 120 },
      },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DatabaseProxyWayIn')]),
    });
  });

  test('waits for all instances of a cluster', () => {
    proxied({ engine: DatabaseEngine.auroraMysql() }).template.hasResource('AWS::RDS::DBProxyTargetGroup', {
      Properties: { DBInstanceIdentifiers: Match.absent(), DBClusterIdentifiers: [{ Ref: Match.anyValue() }] },
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DatabaseStandby'), Match.stringLikeRegexp('^DatabaseWriter')]),
    });
  });

  test('takes its limits from the props', () => {
    const { template } = proxied({}, { maxConnectionsPercent: 50, idleClientTimeout: Duration.minutes(5), borrowTimeout: Duration.seconds(10) });
    template.hasResourceProperties('AWS::RDS::DBProxy', { IdleClientTimeout: 300 });
    template.hasResourceProperties('AWS::RDS::DBProxyTargetGroup', { ConnectionPoolConfigurationInfo: { MaxConnectionsPercent: 50, ConnectionBorrowTimeout: 10 } });
  });

  test('may read the one secret, and nothing else', () => {
    const { template } = proxied();
    const [policy] = Object.entries<any>(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('DatabaseProxyRole')).map(([, { Properties }]) => Properties);
    expect(policy.PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: expect.stringMatching(/^DatabaseCredentials/) } },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseKey/), 'Arn'] },
        Condition: { StringLike: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com*']] } } },
      },
    ]);
    template.hasResource('AWS::RDS::DBProxy', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^DatabaseProxyLogs'), Match.stringLikeRegexp('^DatabaseProxyRoleDefaultPolicy')]) });
  });

  test('is let into the database, on its port, which it alone is, and out to nothing else', () => {
    const { template } = proxied({ port: 5433 });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: groupOf(/^DatabaseSecurityGroup/), SourceSecurityGroupId: groupOf(/^DatabaseProxySecurityGroup/), IpProtocol: 'tcp', FromPort: 5433, ToPort: 5433,
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'The proxy of the database Stack/Database',
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [{ Description: 'to the database', DestinationSecurityGroupId: groupOf(/^DatabaseSecurityGroup/), IpProtocol: 'tcp', FromPort: 5433, ToPort: 5433 }],
    });
  });

  test('is what others are let into, on the port that all proxies have', () => {
    const { stack, database } = proxied({ port: 5433 });
    const before = Object.keys(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'));
    expect(before).toHaveLength(1);
    expect(database.port).toBe(5432);
    expect(stack.resolve(database.connections.securityGroups.map(({ securityGroupId }) => securityGroupId)))
      .toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxySecurityGroup/), 'GroupId'] }]);
    const other = proxied({ port: 5433 });
    other.database.allowFrom(SecurityGroup.fromSecurityGroupId(other.stack, 'Peer', 'sg-0a1b2c3d'));
    const template = Template.fromStack(other.stack);
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 2);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: groupOf(/^DatabaseProxySecurityGroup/), SourceSecurityGroupId: 'sg-0a1b2c3d', FromPort: 5432, ToPort: 5432 });
  });

  test('is what bindings tell, host, port and URLs alike', () => {
    const { stack, database } = proxied({ port: 5433 });
    const container = new FargateTaskDefinition(stack, 'Task').addContainer('Web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    BindingTarget.container(container, SecurityGroup.fromSecurityGroupId(stack, 'Peer', 'sg-0a1b2c3d')).use(database.binding({ host: 'H', port: 'P', url: 'U' }));
    const template = Template.fromStack(stack);
    const [{ Properties }] = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition'));
    expect(Properties.ContainerDefinitions[0].Environment).toEqual([{ Name: 'H', Value: endpoint }, { Name: 'P', Value: '5432' }]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: groupOf(/^DatabaseProxySecurityGroup/), SourceSecurityGroupId: 'sg-0a1b2c3d', FromPort: 5432 });
    const [connection] = Object.values<any>(template.findResources('AWS::SecretsManager::Secret', { Properties: { SecretString: Match.anyValue() } }));
    const [fn] = Object.values<any>(template.findResources('AWS::Lambda::Function'));
    for (const text of [JSON.stringify(connection.Properties.SecretString), JSON.stringify(fn.Properties.Environment.Variables.CONNECTION_FIELDS)]) {
      expect(text.match(/"Fn::GetAtt":\["DatabaseProxy\w+","Endpoint"\]/g)).toHaveLength(3); // url, jdbcUrl, uri
      expect(text).not.toContain('Endpoint.Address');
      expect(text).not.toContain('5433');
    }
  });

  test('is gone past by who logs in by IAM, to the database itself', () => {
    const { stack, database } = proxied({ port: 5433 });
    const container = new FargateTaskDefinition(stack, 'Task').addContainer('Web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    BindingTarget.container(container, SecurityGroup.fromSecurityGroupId(stack, 'Peer', 'sg-0a1b2c3d')).use(database.passwordlessBinding('reports', { host: 'H', port: 'P' }));
    const template = Template.fromStack(stack);
    const [{ Properties }] = Object.values<any>(template.findResources('AWS::ECS::TaskDefinition'));
    expect(Properties.ContainerDefinitions[0].Environment).toEqual([{ Name: 'H', Value: { 'Fn::GetAtt': [expect.anything(), 'Endpoint.Address'] } }, { Name: 'P', Value: '5433' }]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: groupOf(/^DatabaseSecurityGroup/), SourceSecurityGroupId: 'sg-0a1b2c3d', FromPort: 5433 });
  });

  test('has an endpoint of its own for readers that serve', () => {
    const { template, database, stack } = proxied({ engine: DatabaseEngine.auroraPostgres(), readers: 1 });
    template.hasResourceProperties('AWS::RDS::DBProxyEndpoint', {
      TargetRole: 'READ_ONLY', VpcSubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'], VpcSecurityGroupIds: [groupOf(/^DatabaseProxySecurityGroup/)],
    });
    expect(stack.resolve(database.readerEndpointAddress)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^DatabaseProxyReaders/), 'Endpoint'] });
    proxied({ engine: DatabaseEngine.auroraPostgres(), maxReaders: 2 }).template.resourceCountIs('AWS::RDS::DBProxyEndpoint', 1);
  });

  test('has none for a standby, whose address is then the writer\'s', () => {
    const { template, database, stack } = proxied({ engine: DatabaseEngine.auroraPostgres() });
    template.resourceCountIs('AWS::RDS::DBProxyEndpoint', 0);
    expect(stack.resolve(database.readerEndpointAddress)).toEqual(endpoint);
    expect(proxied().database.readerEndpointAddress).toBeUndefined();
  });

  test('logs into a group that is there before, encrypted and kept for a year', () => {
    const { template } = proxied();
    const [group] = Object.entries<any>(template.findResources('AWS::Logs::LogGroup')).filter(([id]) => id.startsWith('DatabaseProxy')).map(([, { Properties }]) => Properties);
    const [{ Properties: { DBProxyName } }] = Object.values<any>(template.findResources('AWS::RDS::DBProxy'));
    expect(group).toMatchObject({ KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^DatabaseKey/), 'Arn'] }, RetentionInDays: 365 });
    const [[prefix, ...rest], name] = [group.LogGroupName['Fn::Join'][1], DBProxyName['Fn::Join'][1]];
    expect([prefix, ...rest]).toEqual([`/aws/rds/proxy/${name[0]}`, ...name.slice(1)]);
    expect(name[0]).toMatch(/^[a-z][a-z0-9-]{0,21}-$/);
    expect(name.at(-1)).toMatch(/^-[0-9a-f]{6}$/);
  });

  test('has another name in other subnets, as CloudFormation replaces none of the same name', () => {
    const nameIn = (zones: string[], by: (zone: string) => string = (zone) => `subnet-${zone}`) => {
      const stack = new Stack(new App(), 'Stack');
      const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0a1b2c3d', availabilityZones: zones, isolatedSubnetIds: zones.map(by) });
      new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.auroraPostgres(), databaseName: 'skills', readers: 1, proxy: {} });
      const resources = ['AWS::RDS::DBProxy', 'AWS::RDS::DBProxyEndpoint'].flatMap((type) => Object.values<any>(Template.fromStack(stack).findResources(type)));
      return resources.map(({ Properties }) => JSON.stringify(Properties.DBProxyEndpointName ?? Properties.DBProxyName));
    };
    const names = nameIn(['a', 'b']);
    expect(nameIn(['a', 'b'])).toEqual(names);
    [nameIn(['a', 'b', 'c']), nameIn(['a', 'b'], (zone) => `subnet-1${zone}`)].flat().forEach((name) => expect(names).not.toContain(name));
  });

  test('has alarms at four fifths of what it may open, and on logins that fail', () => {
    const { template, database } = proxied();
    expect(database.alarms.map(({ node }) => node.id)).toEqual(expect.arrayContaining(['ProxyConnectionsAlarm', 'ProxyLoginAlarm']));
    const of = (MetricName: string, Period: number) => ({ Metric: { MetricName, Namespace: 'AWS/RDS', Dimensions: [{ Name: 'ProxyName', Value: Match.anyValue() }] }, Period, Stat: 'Sum' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Metrics: [
        Match.objectLike({ Expression: '100 * borrowed / allowed' }),
        { Id: 'borrowed', MetricStat: of('DatabaseConnectionsCurrentlyBorrowed', 60), ReturnData: false },
        { Id: 'allowed', MetricStat: of('MaxDatabaseConnectionsAllowed', 60), ReturnData: false },
      ],
      Threshold: 80,
      EvaluationPeriods: 5,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'DatabaseConnectionsSetupFailed', Statistic: 'Sum', Period: 300, Threshold: 0, EvaluationPeriods: 3 });
  });

  test('has nobody warned of connections that wait in it', () => {
    const { database, stack } = proxied({ parameters: { max_connections: '200' } });
    database.reserveConnections('web', 1000);
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('ConnectionBudget'))).toEqual([]);
    expect(database.maxConnections).toBe(200);
  });

  test.each<[serverless: DatabaseServerlessOptions, count: number]>([
    [{ maximumCapacity: 4, autoPauseAfter: Duration.minutes(10) }, 1],
    [{ maximumCapacity: 4, minimumCapacity: 0 }, 1],
    [{ maximumCapacity: 4 }, 0],
  ])('keeps a cluster awake, which is warned of: %#', (serverless, count) => {
    const { stack } = proxied({ engine: DatabaseEngine.auroraPostgres(), serverless });
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('the proxy keeps a connection open to each instance of the cluster, so that it never pauses'))).toHaveLength(count);
  });

  test('is none by default', () => {
    const { template, database } = make();
    ['AWS::RDS::DBProxy', 'AWS::RDS::DBProxyTargetGroup', 'AWS::RDS::DBProxyEndpoint'].forEach((type) => template.resourceCountIs(type, 0));
    expect(database.proxy).toBeUndefined();
  });

  test('is refused in a network of dedicated tenancy', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, defaultInstanceTenancy: DefaultInstanceTenancy.DEDICATED });
    expect(() => new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.mysql(), databaseName: 'skills', proxy: {} }))
      .toThrow('Stack/Database: \'proxy\' must be left out in Stack/Vpc, whose tenancy is dedicated: RDS Proxy is in none such');
  });

  refuses(
    [{ proxy: { maxConnectionsPercent: 0 } }, '\'maxConnectionsPercent\' must be a whole number between 1 and 100, got 0'],
    [{ proxy: { idleClientTimeout: Duration.hours(9) } }, '\'idleClientTimeout\' must be a whole number of seconds between 1 and 28800, got 32400'],
    [{ proxy: { borrowTimeout: Duration.minutes(6) } }, '\'borrowTimeout\' must be a whole number of seconds between 1 and 300, got 360'],
    [
      { proxy: {}, engine: DatabaseEngine.mariadb(rds.MariaDbEngineVersion.of('10.4.34', '10.4')) },
      '\'proxy\' must be left out for MariaDB 10.4.34: RDS Proxy takes MariaDB 10.5 and later',
    ],
    [{ proxy: {}, parameters: { read_only: '1' } }, '\'proxy\' must be left out with the parameter read_only at 1, which RDS Proxy does not take'],
    [{ proxy: {}, masterUsername: 'rdsproxyadmin' }, '\'proxy\' must be left out with \'masterUsername\' rdsproxyadmin, a user that RDS Proxy makes for itself'],
  );
});

describe('reserved connections', () => {
  const budgetOf = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('ConnectionBudget')).map(({ entry }) => entry.data as string);

  test('are fine up to nine tenths of what the database takes', () => {
    const { database, stack } = make({ parameters: { max_connections: '200' } });
    expect(database.maxConnections).toBe(200);
    database.reserveConnections('web', 4 * 20);
    database.reserveConnections('worker', 100);
    expect(budgetOf(stack)).toEqual([]);
  });

  test('are warned of beyond that, once, with who reserved them', () => {
    const { database, stack } = make({ parameters: { max_connections: '200' } });
    database.reserveConnections('web', 4 * 20);
    database.reserveConnections('worker', 101);
    database.reserveConnections('reports', 1);
    expect(budgetOf(stack)).toEqual([expect.stringMatching(/^181 of about 200 connections are reserved \(web 80, worker 101\), which leaves less than a tenth/)]);
  });

  test('are not counted where the limit is not known', () => {
    const { database, stack } = make({ instanceType: new InstanceType('y9.large') });
    database.reserveConnections('web', 1_000_000);
    expect(budgetOf(stack)).toEqual([]);
  });

  test.each([0, 1.5])('%d are refused', (count) => {
    expect(() => make().database.reserveConnections('web', count)).toThrow(`Stack/Database: 'count' must be a whole number of connections at least 1, got ${count}`);
  });
});

test.each(ENGINES)('%s lets an identity log in by IAM as one user', (_, engine) => {
  const { stack, database } = make({ engine: engine() });
  database.grantConnect(new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }), 'reports');
  const [policy] = Object.entries<any>(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Role')).map(([, { Properties }]) => Properties);
  expect(policy.PolicyDocument.Statement).toEqual([expect.objectContaining({ Action: 'rds-db:connect' })]);
  expect(JSON.stringify(policy.PolicyDocument.Statement[0].Resource)).toContain('/reports"');
});

describe('warnings', () => {
  const warnings = (props: Partial<EncryptedDatabaseProps>, today: string) => {
    const { stack } = make(props, undefined, { 'cdk-mainstay:today': today });
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('StandardSupportEnds')).map(({ entry }) => entry.data as string);
  };

  test.each([
    ['2028-12-01', 0],
    ['2029-02-10', 1],
    ['2029-07-31', 1],
  ])('on %s, there are %i of the end of standard support on 2029-07-31', (today, count) => {
    expect(warnings({}, today)).toHaveLength(count);
  });

  test('say whether it ends or ended', () => {
    expect(warnings({}, '2029-07-01')[0]).toMatch(/^the standard support of MySQL 8.4.8 ends on 2029-07-31/);
    expect(warnings({ engine: DatabaseEngine.mysql(rds.MysqlEngineVersion.VER_8_0_44) }, '2026-11-21')[0]).toMatch(/^the standard support of MySQL 8.0.44 ended by 2026-07-31/);
  });

  test('depend on the day, and the template does not', () => {
    const on = (today: string) => make({}, undefined, { 'cdk-mainstay:today': today }).template.toJSON();
    expect(on('2030-01-01')).toEqual(on('2026-01-01'));
  });

  test.each([
    [DatabaseEngine.mysql(rds.MysqlEngineVersion.VER_5_7_44), '2024-02-29'],
    [DatabaseEngine.mysql(rds.MysqlEngineVersion.of('5.6.51', '5.6')), '2024-02-29'],
    [DatabaseEngine.postgres(rds.PostgresEngineVersion.VER_11_22), '2024-02-29'],
    [DatabaseEngine.postgres(rds.PostgresEngineVersion.VER_12_22), '2025-02-28'],
    [DatabaseEngine.postgres(rds.PostgresEngineVersion.of('9.6.24', '9.6')), '2024-02-29'],
    [DatabaseEngine.auroraPostgres(rds.AuroraPostgresEngineVersion.of('10.21', '10')), '2024-02-29'],
    [DatabaseEngine.auroraMysql(rds.AuroraMysqlEngineVersion.of('5.6.mysql_aurora.1.23.4', '5.6')), '2024-10-31'],
    [DatabaseEngine.mariadb(rds.MariaDbEngineVersion.of('10.5.29', '10.5')), '2026-02-28'],
    [DatabaseEngine.mariadb(rds.MariaDbEngineVersion.of('10.3.39', '10.3')), '2025-02-28'],
  ])('tell of %s, which is out of standard support, and of how much older ones are', (engine, end) => {
    expect(engine.standardSupportEnds).toBe(end);
    expect(warnings({ engine }, '2026-11-21')).toEqual([expect.stringContaining(`the standard support of ${engine} ended by ${end}; `)]);
  });

  test('are none for a version that is newer than what is known', () => {
    const engine = DatabaseEngine.mariadb(rds.MariaDbEngineVersion.of('12.3.2', '12.3'));
    expect(engine.standardSupportEnds).toBeUndefined();
    expect(warnings({ engine }, '2040-01-01')).toEqual([]);
  });

  test('tell of an imported key, which CloudWatch Logs cannot use by itself', () => {
    const stack = new Stack(new App(), 'Stack');
    const encryptionKey = Key.fromKeyArn(stack, 'Given', 'arn:aws:kms:eu-west-3:123456789012:key/0d4ef1a3');
    new EncryptedDatabase(stack, 'Database', { vpc: networkOf(stack), engine: DatabaseEngine.mysql(), databaseName: 'skills', encryptionKey });
    Annotations.fromStack(stack).hasWarning('/Stack/Database', Match.stringLikeRegexp('the key Stack/Given is imported, so its policy is not changed here: let CloudWatch Logs use it'));
  });

  test('tell of alarms that nobody hears', () => {
    Annotations.fromStack(make().stack).hasWarning('/Stack/Database', Match.stringLikeRegexp('AlarmsUnheard'));
  });
});

test.each(ENGINES)('the docstring of %s says which version is its default, and until when that is supported', (name, engine) => {
  const source = readFileSync(join(__dirname, '..', 'src', 'database-engine.ts'), 'utf8');
  const said = new RegExp(String.raw`@param version (\S+) if absent[^\n]*in standard support until (\S+)\n\s+\*/\n\s+public static ${name}\(`).exec(source);
  const { version, standardSupportEnds } = engine();
  expect(said?.slice(1)).toEqual([version.split('mysql_aurora.').pop(), standardSupportEnds]);
});

test('the engine says its name and version', () => {
  expect(`${DatabaseEngine.auroraMysql()}`).toBe('Aurora MySQL 8.0.mysql_aurora.3.10.3');
  expect(DatabaseEngine.postgres(rds.PostgresEngineVersion.VER_16_13)).toMatchObject({ version: '16.13', standardSupportEnds: '2029-02-28' });
});
