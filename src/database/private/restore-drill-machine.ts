import { Aws } from 'aws-cdk-lib';

export interface DrillDefinitionProps {
  readonly kind: 'instance' | 'cluster';
  /** Of the database whose snapshots are restored. */
  readonly identifier: string;
  /** Of the throw-away instance, and of its cluster if there is one. */
  readonly drillIdentifier: string;
  readonly engine: string;
  readonly instanceClass: string;
  readonly subnetGroupName: string;
  readonly parameterGroupName: string;
  readonly securityGroupId: string;
  readonly serverlessCapacity?: { readonly MinCapacity: number; readonly MaxCapacity: number };
  readonly port: number;
  readonly loginFunctionArn: string;
}

/** What the throw-away database is known by, to the policy that lets it be deleted. A test compares it with the construct's. */
export const DRILL_TAG = 'cdk-mainstay:restore-drill';

/** In seconds: RDS takes minutes for everything. */
const LOOK_EVERY = 60;
/** Restoring what is far larger than most takes hours; beyond that, it is no backup that helps. Ours. */
const LOOKS_AT_RESTORE = 6 * 60;
const LOOKS_AT_DELETION = 3 * 60;

/** From here, RDS brings none back by itself: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html */
const BROKEN = ['failed', 'incompatible-network', 'incompatible-option-group', 'incompatible-parameters', 'incompatible-restore', 'inaccessible-encryption-credentials', 'restore-error', 'storage-full'];

type State = Record<string, unknown>;
type States = Record<string, State>;

/** How Step Functions calls RDS: by the names of AWS's SDK for Java. */
interface Noun {
  readonly word: string;
  readonly describe: string;
  readonly remove: string;
  readonly id: string;
  readonly list: string;
  readonly status: string;
  readonly notFound: string;
}

const INSTANCE: Noun = {
  word: 'instance',
  describe: 'describeDBInstances',
  remove: 'deleteDBInstance',
  id: 'DbInstanceIdentifier',
  list: 'DbInstances',
  status: 'DbInstanceStatus',
  notFound: 'Rds.DbInstanceNotFoundException',
};
const CLUSTER: Noun = {
  word: 'cluster',
  describe: 'describeDBClusters',
  remove: 'deleteDBCluster',
  id: 'DbClusterIdentifier',
  list: 'DbClusters',
  status: 'Status',
  notFound: 'Rds.DbClusterNotFoundException',
};

/**
 * The state machine of a drill, in the language of Step Functions. What an earlier run may have left is destroyed first; what this one
 * makes is destroyed in any case, and only then does it succeed or fail.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function drillDefinition(props: DrillDefinitionProps): object {
  const made = props.kind === 'cluster' ? [INSTANCE, CLUSTER] : [INSTANCE];
  const first = `Look for ${made[0].word}`;
  return {
    Comment: 'Restores the newest automated snapshot, asks the restored database, and destroys it',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 24 * 3600, // longer than all that is waited for, so that it is never killed with something left behind
    StartAt: 'Begin',
    States: {
      'Begin': { Type: 'Pass', Assign: { outcome: 'none', error: 'none', cause: 'none', looks: 0 }, Next: first },
      ...made.reduce((states, noun, index) => ({ ...states, ...destroying(noun, props, made[index + 1] ? `Look for ${made[index + 1].word}` : 'Nothing is left') }), {}),
      'Nothing is left': {
        Type: 'Choice',
        Choices: [{ Condition: "{% $outcome = 'succeeded' %}", Next: 'Restored' }, { Condition: "{% $outcome = 'failed' %}", Next: 'Not restored' }],
        Default: 'Drill',
      },
      'Drill': {
        Type: 'Parallel', // one branch: what fails in it is caught in one place
        Branches: [drill(props)],
        Assign: { outcome: 'succeeded', looks: 0 },
        Catch: [{
          ErrorEquals: ['States.ALL'],
          Assign: { outcome: 'failed', looks: 0, error: '{% $string($states.errorOutput.Error) %}', cause: "{% $exists($states.errorOutput.Cause) ? $string($states.errorOutput.Cause) : 'no cause was given' %}" },
          Next: first,
        }],
        Next: first,
      },
      'Restored': { Type: 'Succeed' },
      'Not restored': { Type: 'Fail', Error: '{% $error %}', Cause: '{% $cause %}' },
      'Not destroyed': { Type: 'Fail', Error: 'NotDestroyed', Cause: `${props.drillIdentifier} could not be deleted: delete it by hand, as it costs money` },
    },
  };
}

function destroying(noun: Noun, { drillIdentifier }: DrillDefinitionProps, next: string): States {
  const name = (text: string) => `${text} ${noun.word}`;
  const wait = name('Wait for the end of');
  return {
    [name('Look for')]: {
      ...call(noun.describe, { [noun.id]: drillIdentifier }, [noun.notFound]),
      Assign: { leaving: `{% $states.result.${noun.list}[0].${noun.status} = 'deleting' %}` },
      Catch: [{ ErrorEquals: [noun.notFound], Next: next }, { ErrorEquals: ['States.ALL'], Next: 'Not destroyed' }],
      Next: `Is the ${noun.word} on its way out`,
    },
    [`Is the ${noun.word} on its way out`]: { Type: 'Choice', Choices: [{ Condition: '{% $leaving %}', Next: wait }], Default: name('Delete') },
    [name('Delete')]: {
      ...task(noun.remove, { [noun.id]: drillIdentifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }),
      // It is tried again by looking again, whatever the reason: that it is still being made, say.
      Catch: [{ ErrorEquals: ['States.ALL'], Next: wait }],
      Next: wait,
    },
    [wait]: { Type: 'Wait', Seconds: LOOK_EVERY, Assign: { looks: '{% $looks + 1 %}' }, Next: `How long for the ${noun.word}` },
    [`How long for the ${noun.word}`]: {
      Type: 'Choice', Choices: [{ Condition: `{% $looks > ${LOOKS_AT_DELETION} %}`, Next: 'Not destroyed' }], Default: name('Look for'),
    },
  };
}

function drill(props: DrillDefinitionProps): object {
  const asked = props.kind === 'cluster' ? CLUSTER : INSTANCE;
  return {
    StartAt: 'Find the newest snapshot',
    States: {
      ...finding(asked, props),
      ...(props.kind === 'cluster' ? restoringCluster(props) : restoringInstance(props)),
      ...awaiting(INSTANCE, props, 'Find its address'),
      ...asking(asked, props),
      'Broken': { Type: 'Fail', Error: 'RestoreFailed', Cause: "{% 'RDS says of the restored database: ' & $status %}" },
      'Too late': { Type: 'Fail', Error: 'RestoreTookTooLong', Cause: `the restored database was not available after ${LOOKS_AT_RESTORE} minutes` },
    },
  };
}

function finding(asked: Noun, { kind, identifier }: DrillDefinitionProps): States {
  const [action, list] = kind === 'cluster' ? ['describeDBClusterSnapshots', 'DbClusterSnapshots'] : ['describeDBSnapshots', 'DbSnapshots'];
  return {
    'Find the newest snapshot': {
      ...call(action, { [asked.id]: identifier, SnapshotType: 'automated' }),
      Assign: { checks: 0, snapshots: `{% [$states.result.${list}[Status = 'available']^(>SnapshotCreateTime)] %}` },
      Next: 'Is there one',
    },
    'Is there one': { Type: 'Choice', Choices: [{ Condition: '{% $count($snapshots) = 0 %}', Next: 'No snapshot' }], Default: `Restore ${asked.word}` },
    'No snapshot': { Type: 'Fail', Error: 'NoSnapshot', Cause: `${identifier} has no automated snapshot that is available` },
  };
}

function restoringCluster(props: DrillDefinitionProps): States {
  return {
    'Restore cluster': {
      ...call('restoreDBClusterFromSnapshot', {
        ...isolated(props),
        DbClusterIdentifier: props.drillIdentifier,
        SnapshotIdentifier: '{% $snapshots[0].DbClusterSnapshotIdentifier %}',
        Engine: props.engine,
        EngineVersion: '{% $snapshots[0].EngineVersion %}', // or RDS takes its default one, which the parameters may not be for
        DbClusterParameterGroupName: props.parameterGroupName,
        Port: props.port,
        ServerlessV2ScalingConfiguration: props.serverlessCapacity,
      }),
      Next: 'Wait for cluster',
    },
    ...awaiting(CLUSTER, props, 'Add instance'),
    'Add instance': {
      ...call('createDBInstance', {
        DbInstanceIdentifier: props.drillIdentifier,
        DbClusterIdentifier: props.drillIdentifier,
        DbInstanceClass: props.instanceClass,
        Engine: props.engine,
        PubliclyAccessible: false,
        Tags: tags(props),
      }),
      Next: 'Wait for instance',
    },
  };
}

function restoringInstance(props: DrillDefinitionProps): States {
  return {
    'Restore instance': {
      ...call('restoreDBInstanceFromDBSnapshot', {
        ...isolated(props),
        DbInstanceIdentifier: props.drillIdentifier,
        DbSnapshotIdentifier: '{% $snapshots[0].DbSnapshotIdentifier %}',
        DbInstanceClass: props.instanceClass,
        DbParameterGroupName: props.parameterGroupName,
        Port: props.port,
        MultiAZ: false,
        PubliclyAccessible: false,
      }),
      Next: 'Wait for instance',
    },
  };
}

function isolated(props: DrillDefinitionProps): State {
  return {
    DbSubnetGroupName: props.subnetGroupName,
    VpcSecurityGroupIds: [props.securityGroupId],
    DeletionProtection: false,
    CopyTagsToSnapshot: false,
    Tags: tags(props),
  };
}

function tags({ drillIdentifier }: DrillDefinitionProps): object[] {
  return [{ Key: DRILL_TAG, Value: drillIdentifier }];
}

function asking(asked: Noun, { kind, drillIdentifier, loginFunctionArn }: DrillDefinitionProps): States {
  return {
    'Find its address': {
      ...call(asked.describe, { [asked.id]: drillIdentifier }),
      Assign: { host: `{% $states.result.${asked.list}[0].${kind === 'cluster' ? 'Endpoint' : 'Endpoint.Address'} %}` },
      Next: 'Ask it',
    },
    'Ask it': {
      Type: 'Task',
      Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
      Arguments: { FunctionName: loginFunctionArn, Payload: { host: '{% $host %}' } },
      Retry: [{ ErrorEquals: ['Lambda.ServiceException', 'Lambda.SdkClientException', 'Lambda.TooManyRequestsException'], IntervalSeconds: 10, MaxAttempts: 3, BackoffRate: 2 }],
      End: true,
    },
  };
}

function awaiting(noun: Noun, { drillIdentifier }: DrillDefinitionProps, next: string): States {
  const wait = `Wait for ${noun.word}`;
  return {
    [wait]: { Type: 'Wait', Seconds: LOOK_EVERY, Assign: { checks: '{% $checks + 1 %}' }, Next: `Look at ${noun.word}` },
    [`Look at ${noun.word}`]: {
      ...call(noun.describe, { [noun.id]: drillIdentifier }),
      Assign: { status: `{% $states.result.${noun.list}[0].${noun.status} %}` },
      Next: `Is the ${noun.word} there`,
    },
    [`Is the ${noun.word} there`]: {
      Type: 'Choice',
      Choices: [
        { Condition: "{% $status = 'available' %}", Next: next },
        { Condition: `{% $status in ${JSON.stringify(BROKEN).replaceAll('"', '\'')} %}`, Next: 'Broken' },
        { Condition: `{% $checks > ${LOOKS_AT_RESTORE} %}`, Next: 'Too late' },
      ],
      Default: wait,
    },
  };
}

/** @param expected errors that say something, and are not tried again */
function call(action: string, args: State, expected: string[] = []): State {
  return {
    ...task(action, args),
    Retry: [
      ...(expected.length > 0 ? [{ ErrorEquals: expected, MaxAttempts: 0 }] : []),
      { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 20, MaxAttempts: 4, BackoffRate: 2 },
    ],
  };
}

function task(action: string, args: State): State {
  return { Type: 'Task', Resource: `arn:${Aws.PARTITION}:states:::aws-sdk:rds:${action}`, Arguments: args };
}
