import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { networkOf } from './encrypted-database.variants';
import { Config, readConfig } from '../../lambda/database/drill/config';
import { createHandler } from '../../lambda/database/drill/handler';
import { DRILL_TAG, ThrowawayDatabase } from '../../lambda/database/drill/throwaway-database';
import { readConfig as readQueryConfig } from '../../lambda/database/drill-query/config';
import { DatabaseEngine, DatabaseRestoreDrillOptions, EncryptedDatabase, EncryptedDatabaseProps } from '../../src';
import { DRILL_TAG as CONSTRUCT_TAG } from '../../src/database/private/restore-drill';
import { DeployedTemplate, valuesOf } from '../checks/access-rules';
import { Snapshot, ThrowawayRds } from '../lambda/database/drill/throwaway-rds';

function make(restoreDrill: DatabaseRestoreDrillOptions = {}, props: Partial<EncryptedDatabaseProps> = {}) {
  const stack = new Stack(new App(), 'Stack');
  const given: EncryptedDatabaseProps = Object.freeze({
    vpc: networkOf(stack), engine: DatabaseEngine.postgres(), databaseName: 'panels', restoreDrill: Object.freeze(restoreDrill), ...props,
  });
  const database = new EncryptedDatabase(stack, 'Database', given);
  return { stack, database, get template() { return Template.fromStack(stack); } };
}

/** What a function of the drill is given, as it is deployed. */
function environmentOf({ template, valueOf }: { template: DeployedTemplate; valueOf: (token: any) => any }, id: 'Login' | 'Query'): Record<string, string> {
  const isOurs = ([name, { Type }]: [string, { Type: string }]) => Type === 'AWS::Lambda::Function' && name.startsWith(`DatabaseRestoreDrill${id}`);
  return valueOf(Object.entries(template.Resources).find(isOurs)![1].Properties!.Environment.Variables);
}

const ENGINES = { instance: DatabaseEngine.postgres, cluster: DatabaseEngine.auroraMysql };
const SNAPSHOTS: Snapshot[] = [
  { id: 'rds:older', time: '2026-11-19T03:07:00Z' },
  { id: 'rds:newest', time: '2026-11-21T03:07:00Z' },
  { id: 'rds:new', time: '2026-11-20T03:07:00Z' },
  { id: 'rds:not-yet', time: '2026-11-22T03:07:00Z', status: 'creating' },
];

interface Outcome {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly end?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** A drill of the machine and the function as the template has them, in an account with what RDS there is. */
class Drill {
  public readonly rds: ThrowawayRds;
  public readonly definition: any;
  public readonly config: Config;
  public readonly asked: string[] = [];
  /** What comes of asking. */
  public answer?: () => void;
  /** By how often the function was called: where it breaks off. */
  public breaksOffAt?: (call: number) => boolean;

  constructor(private readonly kind: 'instance' | 'cluster', props: Partial<EncryptedDatabaseProps> = {}, snapshots = SNAPSHOTS) {
    const values = valuesOf(make({}, { engine: ENGINES[kind](), ...props }).stack);
    const [machine] = Object.values(values.template.Resources).filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine');
    this.definition = JSON.parse(values.valueOf(machine.Properties!.DefinitionString));
    this.config = readConfig(environmentOf(values, 'Login'));
    this.rds = new ThrowawayRds(this.config.source, snapshots);
  }

  /** @param isKilledBefore says when somebody stops the machine, before a state, with what it has */
  public async run(isKilledBefore: (state: string, data: any) => boolean = () => false): Promise<Outcome> {
    const handler = createHandler({
      database: new ThrowawayDatabase(this.rds.client, this.config),
      ask: async (host) => { this.asked.push(host); this.answer?.(); },
      identifier: this.config.identifier,
      now: () => this.rds.now,
      logger: { warn: () => undefined },
    });
    let calls = 0;
    let data: any = {};
    let name: string = this.definition.StartAt;
    const context = { getRemainingTimeInMillis: () => 900_000 };
    const started = this.rds.now;
    for (;;) {
      const state = this.definition.States[name];
      if (isKilledBefore(name, data)) return { status: 'ABORTED' };
      if (this.rds.now - started > this.definition.TimeoutSeconds * 1000) return { status: 'FAILED', error: 'States.Timeout' };
      name = state.Next;
      switch (state.Type) {
        case 'Pass': data = state.Result ?? Object.fromEntries(Object.entries<any>(state.Parameters).map(([key, value]) => (key.endsWith('.$') ? [key.slice(0, -2), at(data, value)] : [key, value]))); break;
        case 'Task':
          expect(state).toMatchObject({ Resource: 'arn:aws:states:::lambda:invoke', Parameters: { 'FunctionName': expect.stringContaining(':function:DatabaseRestoreDrillLogin'), 'Payload.$': '$' }, OutputPath: '$.Payload' });
          if (this.breaksOffAt?.(++calls)) {
            const [{ ErrorEquals, ResultPath, Next }] = state.Catch;
            expect([ErrorEquals, ResultPath]).toEqual([['States.ALL'], '$.failure']);
            data = { ...data, failure: { Error: 'Sandbox.Timedout', Cause: 'Task timed out' } };
            name = Next;
          } else {
            data = JSON.parse(JSON.stringify(await handler(data, context)));
          }
          break;
        case 'Choice': name = state.Choices.find(({ Variable, StringEquals }: any) => at(data, Variable) === StringEquals)?.Next ?? state.Default; break;
        case 'Wait': this.rds.now += state.Seconds * 1000; break;
        case 'Succeed': return { status: 'SUCCEEDED', end: Object.keys(this.definition.States).find((key) => this.definition.States[key] === state) };
        case 'Fail': return { status: 'FAILED', error: at(data, state.ErrorPath), cause: at(data, state.CausePath) };
        default: throw new Error(`a state of the type ${state.Type} is not expected`);
      }
    }
  }

  public get left(): string[] {
    return [...this.rds.instances.keys(), ...this.rds.clusters.keys()];
  }

  public calls(action: string): any[] {
    return this.rds.calls.filter(([name]) => name === action).map(([, args]) => args);
  }

  /** All that it ever asked RDS to make or to delete. */
  public get touched(): string[] {
    return this.rds.calls.filter(([name]) => !name.startsWith('Describe')).map(([, args]) => args.DBInstanceIdentifier ?? args.DBClusterIdentifier);
  }

  public get restoring(): string {
    return this.kind === 'instance' ? 'RestoreDBInstanceFromDBSnapshot' : 'RestoreDBClusterFromSnapshot';
  }
}

const at = (data: any, path: string) => path.split('.').slice(1).reduce((value, key) => value[key], data);
const refusal = (name: string, message: string) => Object.assign(new Error(message), { name });

describe.each(['instance', 'cluster'] as const)('a drill of an %s', (kind) => {
  test('restores the newest snapshot that is complete, asks it, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    const begun = drill.rds.now;
    expect(await drill.run()).toEqual({ status: 'SUCCEEDED', end: 'Restored' });
    const [restored] = drill.calls(drill.restoring);
    expect(restored).toMatchObject({ [kind === 'instance' ? 'DBSnapshotIdentifier' : 'SnapshotIdentifier']: 'rds:newest' });
    expect(drill.asked).toEqual([`${drill.config.identifier}.eu-west-3.rds.amazonaws.com`]);
    expect(drill.left).toEqual([]);
    expect(drill.rds.now - begun).toBeLessThan(2 * 3_600_000);
  });

  test('makes what is closed, marked, and can be deleted at once', async () => {
    const drill = new Drill(kind);
    await drill.run();
    const [restored] = drill.calls(drill.restoring);
    const Tags = [{ Key: CONSTRUCT_TAG, Value: drill.config.identifier }];
    expect(DRILL_TAG).toBe(CONSTRUCT_TAG);
    expect(restored).toMatchObject({
      DeletionProtection: false,
      CopyTagsToSnapshot: false,
      VpcSecurityGroupIds: [expect.stringMatching(/^DatabaseRestoreDrillRestored/)],
      DBSubnetGroupName: expect.stringMatching(/^DatabaseSubnetGroup/),
      Port: kind === 'instance' ? 5432 : 3306,
      Tags,
      [kind === 'instance' ? 'DBParameterGroupName' : 'DBClusterParameterGroupName']: expect.stringMatching(/^DatabaseParameters/),
    });
    expect(restored).not.toHaveProperty('ServerlessV2ScalingConfiguration');
    const [instance] = drill.calls(kind === 'instance' ? drill.restoring : 'CreateDBInstance');
    expect(instance).toMatchObject({ PubliclyAccessible: false, DBInstanceClass: kind === 'instance' ? 'db.m7g.large' : 'db.r7g.large', Tags });
    const backups = { SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
    expect(drill.calls(kind === 'instance' ? 'DeleteDBInstance' : 'DeleteDBCluster')).toEqual([expect.objectContaining(backups)]);
  });

  test('fails with the reason when the query does, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    drill.answer = () => { throw refusal('UnconvincingAnswer', 'the restored database answered \'0\''); };
    expect(await drill.run()).toEqual({ status: 'FAILED', error: 'UnconvincingAnswer', cause: 'the restored database answered \'0\'' });
    expect(drill.left).toEqual([]);
  });

  test('fails when the snapshot cannot be restored, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    drill.rds.refusals[drill.restoring] = refusal('InsufficientDBInstanceCapacity', 'none left');
    expect(await drill.run()).toEqual({ status: 'FAILED', error: 'InsufficientDBInstanceCapacity', cause: 'none left' });
    expect(drill.asked).toEqual([]);
    expect(drill.left).toEqual([]);
  });

  test('fails when what is restored is broken, says how, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    drill.rds.becomes = 'incompatible-parameters';
    expect(await drill.run()).toEqual({ status: 'FAILED', error: 'RestoreFailed', cause: 'RDS says of the restored database: incompatible-parameters' });
    expect(drill.left).toEqual([]);
  });

  test('fails when it takes too long, and leaves nothing behind', async () => {
    const drill = new Drill(kind);
    drill.rds.becomes = 'modifying';
    expect(await drill.run()).toEqual({ status: 'FAILED', error: 'RestoreTookTooLong', cause: 'the restored database was not available after 360 minutes' });
    expect(drill.left).toEqual([]);
  });

  test('fails when there is no snapshot', async () => {
    for (const snapshots of [[], SNAPSHOTS.slice(3)]) {
      const drill = new Drill(kind, {}, snapshots);
      expect(await drill.run()).toEqual({ status: 'FAILED', error: 'NoSnapshot', cause: `${drill.config.source} has no automated snapshot that is available` });
      expect(drill.calls(drill.restoring)).toEqual([]);
    }
  });

  test.each([['of today', 23], ['that is not known yet', undefined]])('has nothing to restore of a database %s, which is no failure', async (_, hours) => {
    const drill = new Drill(kind, {}, []);
    drill.rds.sourceCreatedAt = hours === undefined ? undefined : new Date(drill.rds.now - hours * 3_600_000);
    expect(await drill.run()).toEqual({ status: 'SUCCEEDED', end: 'Nothing to restore yet' });
    expect(drill.touched).toEqual([]);
  });

  test('restores a database of yesterday', async () => {
    const drill = new Drill(kind);
    drill.rds.sourceCreatedAt = new Date(drill.rds.now - 24 * 3_600_000);
    expect(await drill.run()).toMatchObject({ end: 'Restored' });
  });

  test('destroys what it restored when the function breaks off, and fails with the reason', async () => {
    const drill = new Drill(kind);
    drill.breaksOffAt = (call) => call === 10;
    expect(await drill.run()).toEqual({ status: 'FAILED', error: 'Sandbox.Timedout', cause: 'Task timed out' });
    expect(drill.calls(drill.restoring)).toHaveLength(1);
    expect(drill.left).toEqual([]);
  });

  test('ends, and does not succeed, when the function does nothing but break off', async () => {
    const drill = new Drill(kind);
    drill.breaksOffAt = () => true;
    expect(await drill.run()).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  test('destroys what a killed run left behind, first', async () => {
    const drill = new Drill(kind);
    expect(await drill.run((state, { phase }) => state === 'Wait' && phase === 'destroy')).toEqual({ status: 'ABORTED' });
    expect(drill.left).toEqual(kind === 'instance' ? [drill.config.identifier] : [drill.config.identifier, drill.config.identifier]);

    expect(await drill.run()).toMatchObject({ end: 'Restored' });
    expect(drill.left).toEqual([]);
    expect(drill.calls(drill.restoring)).toHaveLength(2);
  });

  test('destroys what is left of a run that was killed in the middle of deleting', async () => {
    const drill = new Drill(kind);
    await drill.run((_, { phase, looks }) => phase === 'destroy' && looks === 3);
    expect(drill.left).not.toEqual([]);
    expect(await drill.run()).toMatchObject({ end: 'Restored' });
    expect(drill.left).toEqual([]);
  });

  test('says so when it cannot delete what it made', async () => {
    const drill = new Drill(kind);
    drill.rds.refusals.DeleteDBInstance = refusal('AccessDenied', 'denied');
    expect(await drill.run()).toEqual({ status: 'FAILED', error: 'NotDestroyed', cause: `${drill.config.identifier} could not be deleted: delete it by hand, as it costs money` });
  });

  test('never asks RDS to change anything but the throw-away database', async () => {
    const drill = new Drill(kind);
    await drill.run();
    expect(new Set(drill.touched)).toEqual(new Set([drill.config.identifier]));
    expect(drill.config.identifier).not.toBe(drill.config.source);
    expect(drill.config.identifier).toMatch(/^drill-[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(drill.config.identifier.length).toBeLessThanOrEqual(63);
  });
});

test('a serverless cluster is restored into a serverless instance, which scales as far', async () => {
  const drill = new Drill('cluster', { serverless: { maximumCapacity: 8 } });
  await drill.run();
  expect(drill.calls('RestoreDBClusterFromSnapshot')[0].ServerlessV2ScalingConfiguration).toEqual({ MinCapacity: 0.5, MaxCapacity: 8 });
  expect(drill.calls('CreateDBInstance')[0].DBInstanceClass).toBe('db.serverless');
});

test('a class of choice makes an instance of a serverless cluster one that does not scale', async () => {
  const drill = new Drill('cluster', { serverless: { maximumCapacity: 8 }, restoreDrill: { instanceType: new InstanceType('t4g.medium') } });
  await drill.run();
  expect(drill.calls('RestoreDBClusterFromSnapshot')[0]).not.toHaveProperty('ServerlessV2ScalingConfiguration');
  expect(drill.calls('CreateDBInstance')[0].DBInstanceClass).toBe('db.t4g.medium');
});

const alarmsOf = (template: Template, id: string): any[] => Object.entries<any>(template.findResources('AWS::CloudWatch::Alarm'))
  .flatMap(([name, { Properties }]) => (name.startsWith(`DatabaseRestoreDrill${id}`) ? [Properties] : []));

describe('the construct', () => {
  test('has no drill by default', () => {
    const { database, template } = make(undefined, { restoreDrill: undefined });
    expect(database.restoreDrill).toBeUndefined();
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    template.resourceCountIs('AWS::Scheduler::Schedule', 0);
  });

  test('drills every six days', () => {
    make().template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(6 days)', State: 'ENABLED', FlexibleTimeWindow: { Mode: 'OFF' } });
  });

  test.each([['instance', 'DBInstanceIdentifier', 'AWS::RDS::DBInstance'], ['cluster', 'DBClusterIdentifier', 'AWS::RDS::DBCluster']] as const)('an alarm rings when no drill of an %s has succeeded for seven days in which there was the database', (kind, dimension, type) => {
    const { template } = make({}, { engine: ENGINES[kind]() });
    const [alarm] = alarmsOf(template, 'OverdueAlarm');
    const [database] = Object.values<any>(template.findResources(type)).filter(({ Properties }) => Properties[dimension]);
    expect(alarm).toMatchObject({ EvaluationPeriods: 7, Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' });
    expect(alarm.Metrics).toEqual([
      expect.objectContaining({ Expression: 'IF(FILL(exists, 0) > 0, FILL(succeeded, 0), 1)' }),
      { Id: 'exists', ReturnData: false, MetricStat: { Metric: { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Dimensions: [{ Name: dimension, Value: database.Properties[dimension] }] }, Stat: 'SampleCount', Period: 86_400 } },
      expect.objectContaining({ Id: 'succeeded', MetricStat: expect.objectContaining({ Metric: expect.objectContaining({ MetricName: 'ExecutionsSucceeded' }), Stat: 'Sum', Period: 86_400 }) }),
    ]);
  });

  test.each([['instance', ['AWS::RDS::DBInstance']], ['cluster', ['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance']]] as const)('its schedule waits for the %s', (kind, types) => {
    const { template } = make({}, { engine: ENGINES[kind]() });
    const [schedule] = Object.values<any>(template.findResources('AWS::Scheduler::Schedule'));
    for (const type of types) expect(schedule.DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources(type))));
  });

  test('drills as often as it is told to, with a class and a statement of choice', () => {
    const { template, stack } = make({ every: Duration.days(2), query: 'SELECT max(id) FROM orders', instanceType: new InstanceType('t4g.large') });
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(2 days)' });
    expect(alarmsOf(template, 'OverdueAlarm')).toEqual([expect.objectContaining({ EvaluationPeriods: 3 })]);
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: Match.objectLike({ QUERY: 'SELECT max(id) FROM orders' }) } });
    expect(readConfig(environmentOf(valuesOf(stack), 'Login')).instanceClass).toBe('db.t4g.large');
  });

  test('has its alarms among those of the database', () => {
    const { database } = make();
    expect(database.alarms.map(({ node }) => node.id)).toEqual(expect.arrayContaining(['FailedAlarm', 'OverdueAlarm']));
    expect(make(undefined, { restoreDrill: undefined }).database.alarms).toHaveLength(database.alarms.length - 2);
  });

  test('an alarm rings for a drill that failed, was stopped, or never ended, whichever of these there never was', () => {
    const [alarm] = alarmsOf(make().template, 'FailedAlarm');
    expect(alarm.Metrics.flatMap(({ MetricStat }: any) => MetricStat?.Metric.MetricName ?? [])).toEqual(['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']);
    expect(alarm.Metrics[0].Expression).toBe('SUM([FILL(failed, 0), FILL(timedOut, 0), FILL(aborted, 0)])');
    expect(alarm).toMatchObject({ Threshold: 1, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' });
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
    const values = valuesOf(make({}, { engine: DatabaseEngine.mariadb(), masterUsername: 'owner1' }).stack);
    expect(readQueryConfig(environmentOf(values, 'Query'))).toEqual({
      family: 'mariadb', port: 3306, user: 'owner1', database: 'panels', query: 'SELECT count(*) FROM information_schema.tables WHERE table_schema = database()',
    });
    expect(environmentOf(values, 'Query').NODE_EXTRA_CA_CERTS).toBe('/var/runtime/ca-cert.pem');
    expect(readConfig(environmentOf(values, 'Login'))).toMatchObject({ kind: 'instance', engine: 'mariadb', queryFunction: expect.stringMatching(/^DatabaseRestoreDrillQuery/) });
    expect(Object.keys({ ...environmentOf(values, 'Query'), ...environmentOf(values, 'Login') }).filter((name) => /PASSWORD|SECRET/.test(name))).toEqual([]);
  });

  test('warns where it does not know the key of the snapshots', () => {
    const { stack } = make({}, { snapshotIdentifier: 'before', allocatedStorage: Size.gibibytes(50) });
    Annotations.fromStack(stack).hasWarning('/Stack/Database', Match.stringLikeRegexp('let Stack/Database/RestoreDrill/Login/Role use kms:CreateGrant and kms:DescribeKey'));
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
