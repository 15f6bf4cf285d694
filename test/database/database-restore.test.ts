import { Size } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as rds from 'aws-cdk-lib/aws-rds';
import { dataOf, ENGINES, make as makeWith, Made, refuses, synth as synthWith } from './encrypted-database';
import { DatabaseEngine, EncryptedDatabaseProps } from '../../src';

type Props = Partial<EncryptedDatabaseProps>;

/** An instance is restored with the size of its source. */
const SIZE = Size.gibibytes(50);
const sized = (props: Props): Props => (`${props.engine}`.startsWith('Aurora') ? props : { allocatedStorage: SIZE, ...props });
const make = (props: Props, context?: Record<string, unknown>): Made => makeWith(sized(props), undefined, context);
const synth = (props: Props): Template => synthWith(sized(props));

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

describe('what is restored has the names that it had', () => {
  test.each(['snapshotIdentifier', 'restoreFrom'])('with %s, of users and databases that a new one is not given', (prop) => {
    const names: [DatabaseEngine, string, string][] = [
      [DatabaseEngine.mysql(), 'root', 'my-app'], [DatabaseEngine.auroraMysql(), 'admin', 'sys'], [DatabaseEngine.mariadb(), 'x'.repeat(20), 'order'],
      [DatabaseEngine.postgres(), 'postgres', '1st'], [DatabaseEngine.auroraPostgres(), 'postgres', 'user'],
    ];
    for (const [engine, masterUsername, databaseName] of names) {
      const { stack, database } = make({ engine, masterUsername, databaseName, [prop]: 'before' });
      expect(dataOf(Template.fromStack(stack)).properties).not.toHaveProperty('MasterUsername');
      expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'))).toContain(`/${databaseName}`);
      expect(database.databaseName).toBe(databaseName);
    }
  });

  refuses(
    [
      { snapshotIdentifier: 'before', databaseName: 'my app' },
      '\'databaseName\' of what is restored must be letters, digits, underscores and hyphens, 64 at the most, got \'my app\': URLs have it as it is',
    ],
    [{ restoreFrom: 'prod', masterUsername: 'o\'neil' }, '\'masterUsername\' of what is restored must be letters, digits, underscores and hyphens, 64 at the most, got \'o\'neil\''],
    [{ restoreFrom: 'prod', databaseName: 'x'.repeat(65) }, '\'databaseName\' of what is restored must be letters, digits, underscores and hyphens, 64 at the most'],
  );
});

describe('restored to a point in time', () => {
  const restored = (props: Props) => dataOf(synth({ restoreFrom: 'prod', ...props })).properties;
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

  test.each<[engine: DatabaseEngine, from: Props, checks: string[]]>([
    [DatabaseEngine.postgres(), { restoreFrom: 'prod' }, ['E3020']],
    [DatabaseEngine.postgres(), { restoreFrom: `db-${RESOURCE_ID}` }, []],
    [DatabaseEngine.postgres(), { snapshotIdentifier: 'before' }, []],
    [DatabaseEngine.auroraMysql(), { restoreFrom: 'prod' }, ['W3689', 'E3021']],
    [DatabaseEngine.auroraMysql(), { restoreFrom: `cluster-${RESOURCE_ID}` }, ['E3021']],
    [DatabaseEngine.auroraMysql(), { snapshotIdentifier: 'before' }, ['E3021']],
    [DatabaseEngine.auroraMysql(), {}, ['E3691', 'W3690', 'W3691']],
  ])('cfn-lint does not ask what password there is: %s %j', (engine, from, checks) => {
    const { stack, database } = make({ engine, ...from });
    const [{ Metadata }] = Object.values<any>(Template.fromStack(stack).findResources(database.instance ? 'AWS::RDS::DBInstance' : 'AWS::RDS::DBCluster'));
    expect(Metadata?.['cfn-lint']?.config.ignore_checks ?? []).toEqual(checks);
  });

  test.each([DatabaseEngine.mysql(), DatabaseEngine.auroraMysql()])('there are no more secrets than without: %s', (engine) => {
    synth({ restoreFrom: 'prod', engine }).resourceCountIs('AWS::SecretsManager::Secret', 2);
  });

  refuses(
    [{ restoreFrom: 'prod', snapshotIdentifier: 'before', allocatedStorage: SIZE }, '\'restoreFrom\' must be left out with \'snapshotIdentifier\', got \'prod\': a database begins with one of them'],
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

describe.each(['snapshotIdentifier', 'restoreFrom'])('with %s', (prop) => {
  const from = { [prop]: 'before' };
  const MINOR = {
    mysql: () => DatabaseEngine.mysql(rds.MysqlEngineVersion.VER_8_4_8),
    mariadb: () => DatabaseEngine.mariadb(rds.MariaDbEngineVersion.VER_11_4_10),
    postgres: () => DatabaseEngine.postgres(rds.PostgresEngineVersion.VER_17_9),
    auroraMysql: () => DatabaseEngine.auroraMysql(rds.AuroraMysqlEngineVersion.VER_3_10_3),
    auroraPostgres: () => DatabaseEngine.auroraPostgres(rds.AuroraPostgresEngineVersion.VER_17_7),
  };
  const warnings = (props: Props) => Annotations.fromStack(make(props).stack).findWarning('/Stack/Database', Match.stringLikeRegexp('RestoredMinorVersion'));

  test.each(ENGINES)('%s has the version of its source, and parameters of that major version', (_, engine) => {
    const template = synth({ ...from, engine: engine() });
    expect(dataOf(template).properties).not.toHaveProperty('EngineVersion');
    expect(familyOf(template)).toBe(familyOf(synth({ engine: engine() })));
    expect(warnings({ ...from, engine: engine() })).toEqual([]);
  });

  test.each(ENGINES)('%s has a minor version that is named, with a warning that RDS may refuse it', (name) => {
    const engine = MINOR[name]();
    expect(dataOf(synth({ ...from, engine })).properties.EngineVersion).toBe(engine.version);
    expect(warnings({ ...from, engine }).map(({ entry }) => entry.data)).toEqual([
      expect.stringContaining(`RDS refuses the restore if its source has a later version than ${engine}, and RDS installs minor versions by itself. Leave the minor version out`),
    ]);
    expect(warnings({ engine })).toEqual([]);
  });

  test.each(ENGINES)('%s is upgraded to another major version where that is allowed', (_, engine) => {
    expect(dataOf(synth({ ...from, engine: engine(), allowMajorVersionUpgrade: true })).properties.EngineVersion).toBe(engine().version);
  });

  test('an instance is restored with the size that is given', () => {
    const { properties } = dataOf(synth({ ...from, engine: DatabaseEngine.mariadb(), allocatedStorage: Size.gibibytes(120) }));
    expect(properties).toMatchObject({ AllocatedStorage: '120', MaxAllocatedStorage: 1200 });
  });

  refuses(...[DatabaseEngine.mysql(), DatabaseEngine.mariadb(), DatabaseEngine.postgres()].map((engine): [Props, string] => [
    { ...from, engine }, '\'allocatedStorage\' must be given for an instance that is restored, got nothing: RDS refuses less than its source has now',
  ]));

  test('a cluster has no size', () => {
    expect(dataOf(synth({ ...from, engine: DatabaseEngine.auroraPostgres() })).properties).not.toHaveProperty('AllocatedStorage');
  });
});

function familyOf(template: Template): string {
  const groups = { ...template.findResources('AWS::RDS::DBParameterGroup'), ...template.findResources('AWS::RDS::DBClusterParameterGroup') };
  return Object.values<any>(groups)[0].Properties.Family;
}
