import * as rdsApi from '@aws-sdk/client-rds';
import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { networkOf } from './encrypted-database.variants';
import { Outcome, run, TaskError, World } from './state-machine';
import { readConfig as readLoginConfig } from '../../lambda/database/drill-login/config';
import { readConfig as readQueryConfig } from '../../lambda/database/drill-query/config';
import { DatabaseEngine, DatabaseRestoreDrillOptions, EncryptedDatabase, EncryptedDatabaseProps } from '../../src';
import { DRILL_TAG } from '../../src/database/private/restore-drill-machine';
import { valuesOf } from '../checks/access-rules';
import { Snapshot, ThrowawayRds } from '../emulator/throwaway-rds';

function make(restoreDrill: DatabaseRestoreDrillOptions = {}, props: Partial<EncryptedDatabaseProps> = {}) {
  const stack = new Stack(new App(), 'Stack');
  const given: EncryptedDatabaseProps = Object.freeze({
    vpc: networkOf(stack), engine: DatabaseEngine.postgres(), databaseName: 'panels', restoreDrill: Object.freeze(restoreDrill), ...props,
  });
  const database = new EncryptedDatabase(stack, 'Database', given);
  return { stack, database, get template() { return Template.fromStack(stack); } };
}

const ENGINES = { instance: DatabaseEngine.postgres, cluster: DatabaseEngine.auroraMysql };
const SNAPSHOTS: Snapshot[] = [
  { id: 'rds:older', time: '2026-11-19T03:07:00Z' },
  { id: 'rds:newest', time: '2026-11-21T03:07:00Z' },
  { id: 'rds:new', time: '2026-11-20T03:07:00Z' },
  { id: 'rds:not-yet', time: '2026-11-22T03:07:00Z', status: 'creating' },
];

/** One life of the state machine as it is in the template, in an account with what RDS there is. */
class Drill {
  public readonly rds: ThrowawayRds;
  public readonly definition: any;
  public readonly identifier: string;
  public readonly drillIdentifier: string;
  public readonly asked: any[] = [];
  /** What the login function answers. */
  public answer: () => unknown;

  constructor(private readonly kind: 'instance' | 'cluster', props: Partial<EncryptedDatabaseProps> = {}, snapshots = SNAPSHOTS) {
    const { stack, database } = make({}, { engine: ENGINES[kind](), ...props });
    const { template, valueOf } = valuesOf(stack);
    const [machine] = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
    this.definition = JSON.parse(valueOf(machine.Properties!.DefinitionString));
    this.identifier = valueOf((database.instance?.instanceIdentifier ?? database.cluster?.clusterIdentifier)!);
    const look = this.definition.States['Look for instance'];
    this.drillIdentifier = look.Arguments.DbInstanceIdentifier;
    this.rds = new ThrowawayRds(this.identifier, snapshots);
    this.answer = () => ({});
  }

  public run(more: Partial<World> = {}): Promise<Outcome> {
    return run(this.definition, {
      call: async (resource, args) => {
        const rds = /^arn:aws:states:::aws-sdk:rds:(\w+)$/.exec(resource)?.[1];
        if (rds) return this.rds.call(rds, args);
        if (resource !== 'arn:aws:states:::lambda:invoke') throw new Error(`not expected: ${resource}`);
        this.asked.push(args);
        return this.answer();
      },
      wait: (seconds) => { this.rds.now += seconds; },
      ...more,
    });
  }

  public get left(): string[] {
    return [...this.rds.instances.keys(), ...this.rds.clusters.keys()];
  }

  public calls(action: string): any[] {
    return this.rds.calls.filter(([name]) => name === action).map(([, args]) => args);
  }

  /** All that it ever asked RDS to make or to delete. */
  public get touched(): string[] {
    return this.rds.calls.filter(([name]) => !name.startsWith('describe')).map(([, args]) => args.DbInstanceIdentifier ?? args.DbClusterIdentifier);
  }

  public get restoring(): string {
    return this.kind === 'instance' ? 'restoreDBInstanceFromDBSnapshot' : 'restoreDBClusterFromSnapshot';
  }
}

describe.each(['instance', 'cluster'] as const)('a drill of an %s', (kind) => {
  test('restores the newest snapshot that is complete, asks it, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    expect(await drill.run()).toMatchObject({ status: 'SUCCEEDED' });
    const [restored] = drill.calls(drill.restoring);
    expect(restored).toMatchObject({ [kind === 'instance' ? 'DbSnapshotIdentifier' : 'SnapshotIdentifier']: 'rds:newest' });
    expect(drill.asked).toEqual([{ FunctionName: expect.stringContaining(':function:DatabaseRestoreDrillLogin'), Payload: { host: `${drill.drillIdentifier}.eu-west-3.rds.amazonaws.com` } }]);
    expect(drill.left).toEqual([]);
    expect(drill.rds.now).toBeLessThan(2 * 3600);
  });

  test('makes what is closed, marked, and can be deleted at once', async () => {
    const drill = new Drill(kind);
    await drill.run();
    const [restored] = drill.calls(drill.restoring);
    expect(restored).toMatchObject({
      DeletionProtection: false,
      CopyTagsToSnapshot: false,
      VpcSecurityGroupIds: [expect.stringMatching(/^DatabaseRestoreDrillRestored/)],
      DbSubnetGroupName: expect.stringMatching(/^DatabaseSubnetGroup/),
      Tags: [{ Key: DRILL_TAG, Value: drill.drillIdentifier }],
      [kind === 'instance' ? 'DbParameterGroupName' : 'DbClusterParameterGroupName']: expect.stringMatching(/^DatabaseParameters/),
    });
    const [instance] = drill.calls(kind === 'instance' ? drill.restoring : 'createDBInstance');
    expect(instance).toMatchObject({ PubliclyAccessible: false, DbInstanceClass: kind === 'instance' ? 'db.m7g.large' : 'db.r7g.large', Tags: [{ Key: DRILL_TAG, Value: drill.drillIdentifier }] });
    drill.calls('deleteDBInstance').forEach((args) => expect(args).toMatchObject({ SkipFinalSnapshot: true, DeleteAutomatedBackups: true }));
  });

  test('fails with the reason when the query does, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    drill.answer = () => { throw new TaskError('UnconvincingAnswer', 'the restored database answered \'0\''); };
    expect(await drill.run()).toMatchObject({ status: 'FAILED', error: 'UnconvincingAnswer', cause: 'the restored database answered \'0\'' });
    expect(drill.left).toEqual([]);
  });

  test('fails when the snapshot cannot be restored, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    drill.rds.refusals[drill.restoring] = new TaskError('Rds.InsufficientDbInstanceCapacityException', 'none left');
    expect(await drill.run()).toMatchObject({ status: 'FAILED', error: 'Rds.InsufficientDbInstanceCapacityException' });
    expect(drill.asked).toEqual([]);
    expect(drill.left).toEqual([]);
  });

  test('fails when what is restored is broken, says how, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    drill.rds.becomes = 'incompatible-parameters';
    expect(await drill.run()).toMatchObject({ status: 'FAILED', error: 'RestoreFailed', cause: 'RDS says of the restored database: incompatible-parameters' });
    expect(drill.left).toEqual([]);
  });

  test('fails when it takes too long, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    drill.rds.becomes = 'modifying';
    expect(await drill.run()).toMatchObject({ status: 'FAILED', error: 'RestoreTookTooLong' });
    expect(drill.left).toEqual([]);
    expect(drill.rds.now).toBeLessThan(drill.definition.TimeoutSeconds);
  });

  test('fails when there is no snapshot', async () => {
    for (const snapshots of [[], SNAPSHOTS.slice(3)]) {
      const drill = new Drill(kind, {}, snapshots);
      expect(await drill.run()).toMatchObject({ status: 'FAILED', error: 'NoSnapshot' });
      expect(drill.calls(drill.restoring)).toEqual([]);
    }
  });

  test('destroys what a killed run left behind, first', async () => {
    const drill = new Drill(kind);
    expect(await drill.run({ isKilledBefore: (state) => state === 'Ask it' })).toMatchObject({ status: 'ABORTED' });
    expect(drill.left).toEqual(kind === 'instance' ? [drill.drillIdentifier] : [drill.drillIdentifier, drill.drillIdentifier]);

    expect(await drill.run()).toMatchObject({ status: 'SUCCEEDED' });
    expect(drill.left).toEqual([]);
    expect(drill.calls(drill.restoring)).toHaveLength(2);
  });

  test('destroys what is left of a run that was killed in the middle of deleting', async () => {
    const drill = new Drill(kind);
    await drill.run({ isKilledBefore: (state) => state === 'Wait for the end of instance' });
    expect(drill.left).not.toEqual([]);
    expect(await drill.run()).toMatchObject({ status: 'SUCCEEDED' });
    expect(drill.left).toEqual([]);
  });

  test('says so when it cannot delete what it made', async () => {
    const drill = new Drill(kind);
    drill.rds.refusals.deleteDBInstance = new TaskError('Rds.RdsException', 'denied');
    expect(await drill.run()).toMatchObject({ status: 'FAILED', error: 'NotDestroyed', cause: `${drill.drillIdentifier} could not be deleted: delete it by hand, as it costs money` });
    expect(drill.rds.now).toBeLessThan(drill.definition.TimeoutSeconds);
  });

  test('never asks RDS to change anything but the throw-away database', async () => {
    const drill = new Drill(kind);
    await drill.run();
    expect(new Set(drill.touched)).toEqual(new Set([drill.drillIdentifier]));
    expect(drill.drillIdentifier).not.toBe(drill.identifier);
    expect(drill.drillIdentifier).toMatch(/^drill-[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(drill.drillIdentifier.length).toBeLessThanOrEqual(63);
  });

  test('asks RDS by names that its API has', () => {
    const states = Object.values<any>({ ...new Drill(kind).definition.States, ...new Drill(kind).definition.States.Drill.Branches[0].States });
    const calls = states.flatMap(({ Resource = '', Arguments }) => (Resource.includes(':rds:') ? [[Resource.split(':').at(-1), Arguments]] : []));
    expect(calls.length).toBeGreaterThan(5);
    for (const [action, args] of calls) {
      const operation = action[0].toUpperCase() + action.slice(1);
      const message = Object.entries<any>(rdsApi).find(([name]) => name === `${operation}Message$`)?.[1];
      expect(message[4]).toEqual(expect.arrayContaining(Object.keys(args).map((name) => name.replace(/^Db/, 'DB')))); // Step Functions writes Db
    }
  });
});

test('a serverless cluster is restored into a serverless instance, which scales as far', async () => {
  const drill = new Drill('cluster', { serverless: { maximumCapacity: 8 } });
  await drill.run();
  expect(drill.calls('restoreDBClusterFromSnapshot')[0].ServerlessV2ScalingConfiguration).toEqual({ MinCapacity: 0.5, MaxCapacity: 8 });
  expect(drill.calls('createDBInstance')[0].DbInstanceClass).toBe('db.serverless');
});

describe('the construct', () => {
  test('has no drill by default', () => {
    const { database, template } = make(undefined, { restoreDrill: undefined });
    expect(database.restoreDrill).toBeUndefined();
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    template.resourceCountIs('AWS::Scheduler::Schedule', 0);
  });

  test('drills every six days, and an alarm watches over seven', () => {
    const { template } = make();
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(6 days)', State: 'ENABLED', FlexibleTimeWindow: { Mode: 'OFF' } });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ExecutionsSucceeded', Period: 86_400, EvaluationPeriods: 7, Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching',
    });
  });

  test('drills as often as it is told to, with a class and a statement of choice', () => {
    const { template, stack } = make({ every: Duration.days(2), query: 'SELECT max(id) FROM orders', instanceType: new InstanceType('t4g.large') });
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(2 days)' });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'ExecutionsSucceeded', EvaluationPeriods: 3 });
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ QUERY: 'SELECT max(id) FROM orders' }) } });
    const { template: { Resources }, valueOf } = valuesOf(stack);
    const [machine] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
    expect(valueOf(machine.Properties!.DefinitionString)).toContain('"DbInstanceClass":"db.t4g.large"');
  });

  test('has its alarms among those of the database', () => {
    const { database } = make();
    expect(database.alarms.map(({ node }) => node.id)).toEqual(expect.arrayContaining(['FailedAlarm', 'OverdueAlarm']));
    expect(make(undefined, { restoreDrill: undefined }).database.alarms).toHaveLength(database.alarms.length - 2);
  });

  test('an alarm rings for a drill that failed, was stopped, or never ended', () => {
    const [alarm] = Object.values<any>(make().template.findResources('AWS::CloudWatch::Alarm', { Properties: { Metrics: Match.anyValue() } }));
    expect(alarm.Properties.Metrics.flatMap(({ MetricStat }: any) => MetricStat?.Metric.MetricName ?? [])).toEqual(['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']);
    expect(alarm.Properties).toMatchObject({ Threshold: 1, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' });
  });

  test('the restored database is reached by the one function, on the one port', () => {
    const { template } = make({}, { port: 5433 });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    const groupId = (id: string) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^DatabaseRestoreDrill${id}`), 'GroupId'] });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 5433, ToPort: 5433, GroupId: groupId('Restored'), SourceSecurityGroupId: groupId('Asking') });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { FromPort: 5433, ToPort: 5433, GroupId: groupId('Asking'), DestinationSecurityGroupId: groupId('Restored') });
    template.hasResourceProperties('AWS::Lambda::Function', { VpcConfig: { SecurityGroupIds: [groupId('Asking')], SubnetIds: ['subnet-0a1b2c3d', 'subnet-0b1c2d3e'] } });
  });

  test('hands the functions what they read, and no password', () => {
    const { template, valueOf } = valuesOf(make({}, { engine: DatabaseEngine.mariadb(), masterUsername: 'owner1' }).stack);
    const environmentOf = (id: RegExp) => valueOf(Object.entries(template.Resources).find(([name, { Type }]) => Type === 'AWS::Lambda::Function' && id.test(name))![1].Properties!.Environment.Variables) as any;
    expect(readQueryConfig(environmentOf(/^DatabaseRestoreDrillQuery/))).toEqual({
      family: 'mariadb', port: 3306, user: 'owner1', database: 'panels', query: 'SELECT count(*) FROM information_schema.tables WHERE table_schema = database()',
    });
    expect(readLoginConfig(environmentOf(/^DatabaseRestoreDrillLogin/))).toMatchObject({ kind: 'instance', identifier: expect.stringMatching(/^drill-/), queryFunction: expect.stringMatching(/^DatabaseRestoreDrillQuery/) });
    expect(environmentOf(/^DatabaseRestoreDrillQuery/).NODE_EXTRA_CA_CERTS).toBe('/var/runtime/ca-cert.pem');
  });

  test('warns where it does not know the key of the snapshots', () => {
    const { stack } = make({}, { snapshotIdentifier: 'before', allocatedStorage: Size.gibibytes(50) });
    Annotations.fromStack(stack).hasWarning('/Stack/Database', Match.stringLikeRegexp('let Stack/Database/RestoreDrill/Role use kms:CreateGrant and kms:DescribeKey'));
    Annotations.fromStack(make().stack).hasNoWarning('/Stack/Database', Match.stringLikeRegexp('SnapshotKeyUnknown'));
  });

  test.each<[DatabaseRestoreDrillOptions, string]>([
    [{ every: Duration.days(7) }, '\'every\' must be a whole number of days between 1 and 6, got 7: an alarm can look back for seven, and rings a day after the drill was due'],
    [{ every: Duration.hours(12) }, '\'every\' must be a whole number of days between 1 and 6, got 0.5'],
    [{ query: ' ' }, '\'query\' of the restore drill must be a statement, or left out, got \' \''],
  ])('refuses %j', (options, error) => {
    expect(() => make(options)).toThrow(`Stack/Database: ${error}`);
  });
});
