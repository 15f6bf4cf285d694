import { RemovalPolicy } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { make, refuses, synth } from './encrypted-database';
import { DatabaseEngine, EncryptedDatabaseProps } from '../../src';

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
    [{ maxReaders: 3 }, '\'maxReaders\' must be left out for MySQL 8.4: only a cluster has readers; take an Aurora engine'],
    [{ ...aurora, standby: false, maxReaders: 3 }, '\'readers\' must be at least 1 with \'maxReaders\' and no standby, got 0: what it scales on is measured on the readers that there are'],
    [{ ...aurora, readers: 3, maxReaders: 3 }, '\'maxReaders\' must be a whole number between 4 and 14, got 3: more than \'readers\', which are always there'],
    [{ ...aurora, maxReaders: 15 }, '\'maxReaders\' must be a whole number between 1 and 14, got 15'],
    [{ ...aurora, maxReaders: 3, readerTargetCpuPercent: 101 }, '\'readerTargetCpuPercent\' must be a whole number between 1 and 100, got 101'],
    [{ ...aurora, maxReaders: 3, readerTargetConnections: 0 }, '\'readerTargetConnections\' must be a whole number at least 1, got 0'],
    [{ ...aurora, readerTargetCpuPercent: 50 }, '\'readerTargetCpuPercent\' must be left out without \'maxReaders\': nothing scales'],
    [{ ...aurora, readerTargetConnections: 50 }, '\'readerTargetConnections\' must be left out without \'maxReaders\': nothing scales'],
  );
});
