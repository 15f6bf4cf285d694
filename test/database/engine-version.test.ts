import * as rds from 'aws-cdk-lib/aws-rds';
import { dataOf, ENGINES, synth } from './encrypted-database';
import { DatabaseEngine } from '../../src';

const MAJOR = { mysql: '8.4', mariadb: '11.4', postgres: '17', auroraMysql: '8.0', auroraPostgres: '17' };

/** RDS retires a minor version a year after its release, and refuses to go back from a later one that it has installed by itself. */
test.each(ENGINES)('%s begins with the minor version that is RDS\'s default of that day', (name, engine) => {
  expect(engine().version).toBe(MAJOR[name]);
  expect(dataOf(synth({ engine: engine() })).properties.EngineVersion).toBe(MAJOR[name]);
});

test.each(ENGINES)('%s gets its later minor versions from RDS', (_, engine) => {
  synth({ engine: engine() }).allResourcesProperties('AWS::RDS::DBInstance', { AutoMinorVersionUpgrade: true });
});

test.each([
  ['8.4.8', DatabaseEngine.mysql(rds.MysqlEngineVersion.VER_8_4_8)],
  ['8.0', DatabaseEngine.mysql(rds.MysqlEngineVersion.VER_8_0)],
  ['10.11.16', DatabaseEngine.mariadb(rds.MariaDbEngineVersion.VER_10_11_16)],
  ['16', DatabaseEngine.postgres(rds.PostgresEngineVersion.VER_16)],
  ['17.9', DatabaseEngine.postgres(rds.PostgresEngineVersion.VER_17_9)],
  ['8.0.mysql_aurora.3.10.3', DatabaseEngine.auroraMysql(rds.AuroraMysqlEngineVersion.VER_3_10_3)],
  ['17.7', DatabaseEngine.auroraPostgres(rds.AuroraPostgresEngineVersion.VER_17_7)],
  ['16', DatabaseEngine.auroraPostgres(rds.AuroraPostgresEngineVersion.of('16', '16'))],
])('a version that is named is sent as it is: %s', (version, engine) => {
  expect(dataOf(synth({ engine })).properties.EngineVersion).toBe(version);
});

describe('a new major version', () => {
  test.each(ENGINES)('is refused by RDS for %s, unless it is allowed', (_, engine) => {
    expect(dataOf(synth({ engine: engine() })).properties).not.toHaveProperty('AllowMajorVersionUpgrade');
  });

  test.each(['mysql', 'mariadb', 'postgres'] as const)('is allowed for an instance of %s by a prop', (name) => {
    expect(dataOf(synth({ engine: DatabaseEngine[name](), allowMajorVersionUpgrade: true })).properties.AllowMajorVersionUpgrade).toBe(true);
    expect(dataOf(synth({ engine: DatabaseEngine[name](), allowMajorVersionUpgrade: false })).properties.AllowMajorVersionUpgrade).toBe(false);
  });

  test.each(['auroraMysql', 'auroraPostgres'] as const)('of %s needs no property: CloudFormation allows it by itself', (name) => {
    const engine = DatabaseEngine[name]();
    expect(synth({ engine, allowMajorVersionUpgrade: true }).toJSON()).toEqual(synth({ engine }).toJSON());
  });
});
