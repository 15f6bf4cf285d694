import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Duration, Fn, RemovalPolicy, Size, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceType, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { arnOfKey, dataOf, ENGINES, make, parametersOf, Refused, refuses, synth, TIME_OF_STACK } from './encrypted-database';
import { networkOf } from './encrypted-database.variants';
import { readConfig } from '../../lambda/database/rotation/config';
import { withPassword } from '../../lambda/database/rotation/password';
import { BindingTarget, DatabaseEngine, EncryptedDatabase, EncryptedDatabaseProps, HaVpc, StageProfile } from '../../src';

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
      'Fn::Join': ['', [expect.stringMatching(`^/aws/rds/${isCluster ? 'cluster' : 'instance'}/stack-database-[0-9a-f]{6}-$`), ...TIME_OF_STACK, `/${log}`]],
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
    [{ allocatedStorage: Size.gibibytes(10) }, '\'allocatedStorage\' must be a whole number of GiB between 20 and 65536, got 10: gp3 of RDS, which it is on, begins at 20 GiB'],
    [{ allocatedStorage: Size.tebibytes(65) }, '\'allocatedStorage\' must be a whole number of GiB between 20 and 65536, got 66560'],
    [{ allocatedStorage: Size.gibibytes(100), maxAllocatedStorage: Size.gibibytes(105) }, '\'maxAllocatedStorage\' must be a whole number of GiB between 110 and 65536, got 105: RDS takes a tenth more than \'allocatedStorage\' at least'],
    [{ engine: DatabaseEngine.auroraMysql(), allocatedStorage: Size.gibibytes(100) }, '\'allocatedStorage\' must be left out for Aurora MySQL 8.0: the storage of Aurora grows and shrinks by itself'],
    [{ engine: DatabaseEngine.auroraPostgres(), maxAllocatedStorage: Size.gibibytes(100) }, '\'maxAllocatedStorage\' must be left out for Aurora PostgreSQL 17: the storage of Aurora'],
  );
});

describe('parameters', () => {
  test('have utf8mb4, and slow statements in files', () => {
    expect(parametersOf(synth())).toEqual({
      character_set_server: 'utf8mb4', collation_server: 'utf8mb4_0900_ai_ci', log_output: 'FILE', long_query_time: '2', slow_query_log: '1', require_secure_transport: '1',
    });
    expect(parametersOf(synth({ engine: DatabaseEngine.mariadb() }))).toMatchObject({ character_set_server: 'utf8mb4', collation_server: 'utf8mb4_unicode_ci' });
  });

  test.each([
    DatabaseEngine.mysql(rds.MysqlEngineVersion.VER_5_7_44), DatabaseEngine.auroraMysql(rds.AuroraMysqlEngineVersion.of('5.7.mysql_aurora.2.12.5', '5.7')),
  ])('have no collation of MySQL 8 for %s, but one that is given', (engine) => {
    expect(parametersOf(synth({ engine }))).toMatchObject({ character_set_server: 'utf8mb4' });
    expect(parametersOf(synth({ engine }))).not.toHaveProperty('collation_server');
    expect(parametersOf(synth({ engine, collation: 'utf8mb4_bin' }))).toHaveProperty('collation_server', 'utf8mb4_bin');
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
    ...['Admin', 'postgres', 'public', 'root'].map((masterUsername): Refused => [
      { masterUsername }, `'masterUsername' must be none that is guessed first, got '${masterUsername}': leave it out for 'dbadmin', or take one of your own`,
    ]),
    [
      { engine: DatabaseEngine.auroraMysql(), masterUsername: 'admin' }, '\'masterUsername\' must be none that is guessed first, got \'admin\'',
    ],
    [
      { engine: DatabaseEngine.auroraPostgres(), masterUsername: 'postgres' }, '\'masterUsername\' must be none that is guessed first, got \'postgres\'',
    ],
    [{ engine: DatabaseEngine.auroraPostgres(), masterUsername: 'admin' }, '\'masterUsername\' must be none that is guessed first, got \'admin\''],
    [{ instanceType: new InstanceType('db.t3.small') }, '\'instanceType\' must be without \'db.\', got \'db.t3.small\': new ec2.InstanceType(\'t3.small\')'],
    [
      { engine: DatabaseEngine.auroraMysql(), instanceType: new InstanceType('cache.r7g.large') },
      '\'instanceType\' must be without \'cache.\', got \'cache.r7g.large\': new ec2.InstanceType(\'r7g.large\')',
    ],
    [
      { restoreDrill: { instanceType: new InstanceType('db.t3.small') } },
      '\'instanceType\' of the restore drill must be without \'db.\', got \'db.t3.small\': new ec2.InstanceType(\'t3.small\')',
    ],
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
      .toThrow('Stack/Database: \'vpcSubnets\' must be in two availability zones at least, got eu-west-3a: RDS takes no fewer, so that a standby has a place; give the network another zone');
  });

  test('one zone is refused where its name is known only when deployed', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new HaVpc(stack, 'Network', { maxAzs: 1 }).vpc;
    expect(() => new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'panels' }))
      .toThrow('Stack/Database: \'vpcSubnets\' must be in two availability zones at least, got one: RDS takes no fewer, so that a standby has a place; give the network another zone');
  });

  test('one subnet is refused, whatever its zone', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 });
    const [subnet] = vpc.privateSubnets.length > 0 ? vpc.privateSubnets : vpc.isolatedSubnets;
    expect(() => new EncryptedDatabase(stack, 'Database', { vpc, vpcSubnets: { subnets: [subnet] }, engine: DatabaseEngine.mysql(), databaseName: 'skills' }))
      .toThrow('Stack/Database: \'vpcSubnets\' must be in two availability zones at least, got one: RDS takes no fewer');
  });

  test('a list of subnets that is known when deployed is taken', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = Vpc.fromVpcAttributes(stack, 'Other', { vpcId: 'vpc-1', availabilityZones: Fn.getAzs(), isolatedSubnetIds: Token.asList(Fn.importValue('Subnets')) });
    new EncryptedDatabase(stack, 'Database', { vpc, engine: DatabaseEngine.mysql(), databaseName: 'skills' });
    Template.fromStack(stack).hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: { 'Fn::ImportValue': 'Subnets' } });
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

test.each(ENGINES)('%s lets an identity log in by IAM as one user', (_, engine) => {
  const { stack, database } = make({ engine: engine() });
  database.grantConnect(new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }), 'reports');
  const [policy] = Object.entries<any>(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Role')).map(([, { Properties }]) => Properties);
  expect(policy.PolicyDocument.Statement).toEqual([expect.objectContaining({ Action: 'rds-db:connect' })]);
  expect(JSON.stringify(policy.PolicyDocument.Statement[0].Resource)).toContain('/reports"');
});

describe.each([
  ['grantConnect()', 'user', (database: EncryptedDatabase, user: string) => database.grantConnect(new Role(database, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }), user)],
  ['passwordlessBinding()', 'databaseUser', (database: EncryptedDatabase, user: string) => database.passwordlessBinding(user, { user: 'DB_USER' })],
] as const)('%s', (method, prop, letIn) => {
  test.each(['*', 'app*', 'ap?', '', '${aws:username}', 'a/b'])('lets in as one user, not as %p', (user) => {
    expect(() => letIn(make().database, user)).toThrow(
      `Stack/Database.${method}: '${prop}' must be the name of one user, of letters, digits and _ . @ $ -, got '${user}': a pattern would let in as any that it matches`,
    );
  });

  test.each(['reports', 'web-1', 'jane.doe@example.org', 'a$b', '2nd', Token.asString({ Ref: 'User' })])('lets in as %p', (user) => {
    expect(() => letIn(make().database, user)).not.toThrow();
  });

  test.each(['10.4.34', '10.5.29', '10.6.24'])('is not for MariaDB %s, which has no login by IAM', (version) => {
    const { database, template } = make({ engine: DatabaseEngine.mariadb(rds.MariaDbEngineVersion.of(version, version.slice(0, 4))) });
    expect(() => letIn(database, 'reports')).toThrow(`Stack/Database.${method} must be left out for MariaDB ${version}: RDS has login by IAM for MariaDB 10.11 and later`);
    expect(dataOf(template).properties.EnableIAMDatabaseAuthentication).toBe(false);
  });

  test.each(['10.11.16', '11.4.10'])('is for MariaDB %s', (version) => {
    const { database, template } = make({ engine: DatabaseEngine.mariadb(rds.MariaDbEngineVersion.of(version, version.replace(/\.\d+$/, ''))) });
    expect(() => letIn(database, 'reports')).not.toThrow();
    expect(dataOf(template).properties.EnableIAMDatabaseAuthentication).toBe(true);
  });
});

test.each(ENGINES)('%s has no warning but that of its alarms, nor with readers and without a class', (name, engine) => {
  const ofCluster: Partial<EncryptedDatabaseProps>[] = [{ readers: 2 }, { serverless: { maximumCapacity: 4 } }];
  for (const props of [{}, { standby: false }, ...(name.startsWith('aurora') ? ofCluster : [])]) {
    const { stack } = make({ engine: engine(), ...props }, undefined, { 'cdk-mainstay:today': '2026-11-21' });
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue()).filter(({ id }) => id.startsWith('/Stack/Database'));
    expect(warnings.map(({ id, entry }) => [id, entry.data])).toEqual([['/Stack/Database', expect.stringContaining('[ack: cdk-mainstay:AlarmsUnheard]')]]);
  }
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
    expect(warnings({}, '2029-07-01')[0]).toMatch(/^the standard support of MySQL 8.4 ends on 2029-07-31;.* in place, with 'allowMajorVersionUpgrade: true', or by a blue\/green deployment, https:.*blue-green\.md/);
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
    Annotations.fromStack(stack).hasWarning('/Stack/Database', Match.stringLikeRegexp(
      'the policy of the imported key Stack/Given is not changed here: add .*kms:GenerateDataKey\\*.*log-group:/aws/rds/\\*.*logs\\..*, or the log groups of the database cannot be created.*EncryptedDatabase.KeyPolicyUnchanged',
    ));
  });

  test('tell of alarms that nobody hears', () => {
    Annotations.fromStack(make().stack).hasWarning('/Stack/Database', Match.stringLikeRegexp('AlarmsUnheard'));
  });
});

test.each(ENGINES)('the docstring of %s says which version is its default, and until when that is supported', (name, engine) => {
  const source = readFileSync(join(__dirname, '..', '..', 'src', 'database', 'database-engine.ts'), 'utf8');
  const said = new RegExp(String.raw`@param version (\S+) if absent[^\n]*in standard support until (\S+)\n\s+\*/\n\s+public static ${name}\(`).exec(source);
  const { version, standardSupportEnds } = engine();
  expect(said?.slice(1)).toEqual([version, standardSupportEnds]);
});

test('the engine says its name and version', () => {
  expect(`${DatabaseEngine.auroraMysql()}`).toBe('Aurora MySQL 8.0');
  expect(DatabaseEngine.postgres(rds.PostgresEngineVersion.VER_16_13)).toMatchObject({ version: '16.13', standardSupportEnds: '2029-02-28' });
});
