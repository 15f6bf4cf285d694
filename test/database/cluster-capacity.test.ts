import { Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { make, refuses, synth } from './encrypted-database';
import { DatabaseEngine, DatabaseServerlessOptions } from '../../src';

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
    [{ readers: 1 }, '\'readers\' must be left out for MySQL 8.4: only a cluster has it; take an Aurora engine'],
    [{ serverless: { maximumCapacity: 2 } }, '\'serverless\' must be left out for MySQL 8.4: only a cluster has it; take an Aurora engine'],
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
