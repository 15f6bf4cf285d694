import { CLUSTER, Deployment, MACHINE, refused, STACK, TASK_ARN } from './deployment';

const SETTINGS = { cluster: CLUSTER, family: 'migrate', container: 'app', logGroup: 'Logs', streamPrefix: 'task', timeoutSeconds: 900 };
const STREAM = 'Logs task/app/0af1';
const ANSWER = { ResponseURL: 'https://bucket/answer', StackId: STACK, RequestId: 'r-2', LogicalResourceId: 'MigrateRun', PhysicalResourceId: 'MigrateRun' };

/** As Step Functions hands it back: https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html */
const STOPPED = {
  ClusterArn: CLUSTER,
  TaskArn: TASK_ARN,
  LastStatus: 'STOPPED',
  StopCode: 'EssentialContainerExited',
  StoppedReason: 'Essential container in task exited',
  Containers: [{ Name: 'app', ExitCode: 0, LastStatus: 'STOPPED', TaskArn: TASK_ARN }],
};
const exited = (ExitCode: number | undefined, more: object = {}, ofContainer: object = {}) => ({ ...STOPPED, Containers: [{ Name: 'app', ExitCode, ...ofContainer }], ...more });
const taskFailed = (task: object) => ({ failure: { Error: 'States.TaskFailed', Cause: JSON.stringify(task) } });
/** As emulators do: the answer of DescribeTasks, whatever came of the task. */
const asEcs = (exitCode: number | undefined, more: object = {}) => ({ ran: { tasks: [{ taskArn: TASK_ARN, stoppedReason: 'Essential container in task exited', containers: [{ name: 'app', exitCode }], ...more }], failures: [] } });

const ended = (input: object, answer: object | undefined = ANSWER) => ({
  execution: 'Migrate_r-2', stateMachineArn: MACHINE, input: { task: 'Migrate', settings: SETTINGS, ...answer && { answer }, ...input },
});

async function failed(input: object, prepare: (deployment: Deployment) => void = () => undefined) {
  const deployment = new Deployment();
  prepare(deployment);
  const outcome = await deployment.on(ended(input));
  expect(outcome!.succeeded).toBe(false);
  expect(deployment.answers).toHaveLength(1);
  expect(deployment.answers[0]).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'MigrateRun', RequestId: 'r-2' });
  return { deployment, outcome: outcome!, reason: deployment.answers[0].Reason! };
}

describe('a task that ends with 0', () => {
  test.each([['AWS', { ran: STOPPED }], ['an emulator', asEcs(0)]])('is a success, and CloudFormation is told (%s)', async (_, input) => {
    const deployment = new Deployment();
    expect(await deployment.on(ended(input))).toEqual({ succeeded: true });
    expect(deployment.answers).toEqual([{ url: 'https://bucket/answer', Status: 'SUCCESS', StackId: STACK, RequestId: 'r-2', LogicalResourceId: 'MigrateRun', PhysicalResourceId: 'MigrateRun' }]);
  });

  test('is a success by hand, too, and nobody is told', async () => {
    const deployment = new Deployment();
    const { input, ...event } = ended({ ran: STOPPED });
    expect(await deployment.on({ ...event, input: { ...input, answer: undefined } })).toEqual({ succeeded: true });
    expect(deployment.answers).toEqual([]);
  });
});

describe('a task that fails', () => {
  test.each([['AWS', taskFailed(exited(7))], ['an emulator', asEcs(7)]])('fails the deployment with its last lines, where all of it is, and how to run it again (%s)', async (_, input) => {
    const { reason, outcome } = await failed(input, ({ logs }) => { logs[STREAM] = ['Applying 0007', 'column "title" does not exist']; });
    expect(reason).toBe(
      'the task Migrate failed: it ended with exit code 7: Essential container in task exited. All of its log is in the log group Logs. To run it again by hand: aws stepfunctions ' +
      `start-execution --state-machine-arn ${MACHINE} --input '{"task":"Migrate"}'. The last lines of its log:\nApplying 0007\ncolumn "title" does not exist`,
    );
    expect(outcome).toEqual({ succeeded: false, error: 'TaskFailed', cause: reason });
  });

  test.each([
    ['its image cannot be pulled', taskFailed(exited(undefined, { StopCode: 'TaskFailedToStart', StoppedReason: 'CannotPullContainerError: not found' })), 'it did not start: CannotPullContainerError: not found'],
    ['its secret cannot be read', taskFailed(exited(undefined, { StoppedReason: 'ResourceInitializationError: AccessDenied' })), 'it did not start: ResourceInitializationError: AccessDenied'],
    ['it has too little memory', taskFailed(exited(137, {}, { Reason: 'OutOfMemoryError: Container killed due to memory usage' })), 'exit code 137: OutOfMemoryError: Container killed due to memory usage; Essential'],
    ['ECS refuses it', { failure: { Error: 'ECS.ClientException', Cause: 'TaskDefinition is inactive' } }, 'it could not be run: ECS.ClientException: TaskDefinition is inactive'],
    ['there is no capacity', { failure: { Error: 'AmazonECS.Unknown', Cause: '{"Failures":[{"Reason":"RESOURCE:FARGATE"}],"Tasks":[]}' } }, 'AmazonECS.Unknown: {"Failures":[{"Reason":"RESOURCE:FARGATE"}]'],
    ['nothing is said of why', { failure: { Error: 'States.TaskFailed' } }, 'it could not be run: States.TaskFailed: no cause'],
    ['an emulator could not start it', asEcs(undefined, { stoppedReason: 'no such image' }), 'it did not start: no such image'],
    ['an emulator ran nothing', { ran: { tasks: [], failures: [{ reason: 'MISSING' }] } }, 'it could not be run: {"tasks":[],"failures":[{"reason":"MISSING"}]}'],
  ])('says so where %s', async (_, input, what) => {
    expect((await failed(input)).reason).toContain(what);
  });

  test('looks at its own container, and not at one beside it', async () => {
    const sidecar = { Name: 'log-router', ExitCode: 0 };
    expect((await failed({ ran: { ...STOPPED, Containers: [sidecar, { Name: 'app', ExitCode: 3 }] } })).reason).toContain('exit code 3');
  });

  test('has the hint that the image is for another processor, wherever ECS says so', async () => {
    const hint = 'build it for the `cpuArchitecture` of the task';
    expect((await failed(taskFailed(exited(1)), ({ logs }) => { logs[STREAM] = ['exec /usr/bin/python: exec format error']; })).reason).toContain(hint);
    expect((await failed(taskFailed(exited(undefined, { StoppedReason: 'CannotStartContainerError: exec format error' })))).reason).toContain(hint);
    expect((await failed(taskFailed(exited(1)))).reason).not.toContain(hint);
  });

  test('waits a moment for a log that arrives late, and no longer', async () => {
    const { deployment } = await failed(taskFailed(exited(1)));
    expect(deployment.now).toBeGreaterThanOrEqual(8_000);
    expect(deployment.now).toBeLessThanOrEqual(10_000);
  });

  test('is answered where its log cannot be read', async () => {
    const { reason } = await failed(taskFailed(exited(1)), ({ failures }) => { failures.lines = [refused('AccessDeniedException', 'no logs:GetLogEvents')]; });
    expect(reason).toContain('exit code 1');
    expect(reason).toContain('the log could not be read: no logs:GetLogEvents');
  });

  test('is answered where there is no such task', async () => {
    const { reason } = await failed({ settings: undefined, failure: { Error: 'UnknownTask', Cause: "'task' must be one of Migrate" } });
    expect(reason).toContain("'task' must be one of Migrate");
  });

  test('throws where the answer does not arrive, so that the state machine tries again', async () => {
    const deployment = new Deployment();
    deployment.failures.put = Array(4).fill(refused('TypeError', 'fetch failed'));
    await expect(deployment.on(ended(taskFailed(exited(1))))).rejects.toThrow('fetch failed');
  });
});

describe('a task whose time is up', () => {
  const TIMEOUT = { failure: { Error: 'States.Timeout' } };
  const RUNNING = { arn: TASK_ARN, group: 'Migrate_r-2', hasStopped: false };

  test('is stopped, alone, and the deployment fails with what it wrote', async () => {
    const { deployment, reason, outcome } = await failed(TIMEOUT, (world) => {
      world.tasks = [RUNNING, { arn: 'by-hand', group: 'x', hasStopped: false }];
      world.logs[STREAM] = ['still waiting for a lock'];
    });
    expect(deployment.stopped).toEqual([TASK_ARN]);
    expect(reason).toContain('it did not end within its timeout of 15 minutes, and was stopped');
    expect(reason).toContain('still waiting for a lock');
    expect(outcome.error).toBe('TimedOut');
  });

  test('is answered within the five minutes that CloudFormation waits beyond, even if it does not stop', async () => {
    const { deployment } = await failed(TIMEOUT, (world) => { world.tasks = [RUNNING]; world.stopsAfter = Infinity; });
    expect(deployment.now).toBeLessThan(200_000);
  });

  test('is answered where it cannot be stopped', async () => {
    const { reason } = await failed(TIMEOUT, ({ failures }) => { failures.list = [refused('AccessDeniedException')]; });
    expect(reason).toContain('its timeout of 15 minutes');
  });
});

describe('the reason of a failure', () => {
  test.each([
    ['postgresql://panels:s3cr3t@db.example:5432/panels', 'postgresql://panels:***@db.example:5432/panels'],
    ['redis://:s3cr3t@cache:6379', 'redis://:***@cache:6379'],
    ['"amqp://u:a/b@c#d\'e@host"', '"amqp://u:***@host"'],
    ['http://example.org:8000/ has none', 'http://example.org:8000/ has none'],
  ])('masks the password in %s', async (line, masked) => {
    const { reason, outcome } = await failed(taskFailed(exited(1)), ({ logs }) => { logs[STREAM] = [line]; });
    expect(reason).toContain(`\n${masked}`);
    expect(`${reason}${outcome.cause}`).not.toContain('s3cr3t');
  });

  test('masks it in what ECS says, too', async () => {
    expect((await failed(taskFailed(exited(undefined, { StoppedReason: 'pull https://u:s3cr3t@registry/web' })))).reason).not.toContain('s3cr3t');
  });

  test.each([['many lines', Array.from({ length: 40 }, (_, i) => `${i} ${'é"\\'.repeat(50)}`)], ['one long line', [`${'x'.repeat(9_000)} the end`]], ['colors', Array(40).fill(`\u001b[31m${'\u0001'.repeat(80)}red\u001b[0m`)]])(
    'fits into the 4096 bytes of an answer, with the end of the log, where that has %s', async (_, lines) => {
      const { deployment, reason } = await failed(taskFailed(exited(1)), ({ logs }) => { logs[STREAM] = lines; });
      expect(Buffer.byteLength(deployment.bodies[0])).toBeLessThanOrEqual(4096);
      expect(reason.endsWith(lines.at(-1)!.replace(/\u001b\[\d+m|\u0001/g, '').slice(-100))).toBe(true);
      expect(reason).toContain('exit code 1');
    });

  test('fits where what ECS says is endless', async () => {
    const { deployment } = await failed({ failure: { Error: 'States.TaskFailed', Cause: 'é'.repeat(30_000) } });
    expect(Buffer.byteLength(deployment.bodies[0])).toBeLessThanOrEqual(4096);
  });
});
