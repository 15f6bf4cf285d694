import { Size } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { make, synth } from './encrypted-database';
import { DatabaseEngine } from '../../src';

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
