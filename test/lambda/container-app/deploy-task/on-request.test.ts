import { CREATE, DELETE, Deployment, refused, TASK_ARN, UPDATE } from './deployment';

const answer = (of: { ResponseURL: string; StackId: string; RequestId: string; LogicalResourceId: string }) => ({
  ResponseURL: of.ResponseURL, StackId: of.StackId, RequestId: of.RequestId, LogicalResourceId: of.LogicalResourceId, PhysicalResourceId: 'MigrateRun',
});
const SUCCESS = { Status: 'SUCCESS', PhysicalResourceId: 'MigrateRun', url: 'https://bucket/answer' };

describe('a deployment', () => {
  test.each([['creates', CREATE], ['changes', UPDATE]])('that %s what runs, starts the task and leaves the answer to its end', async (_, event) => {
    const deployment = new Deployment();
    await deployment.on(event);
    expect(deployment.started).toEqual([{ name: `Migrate_${event.RequestId}`, input: { task: 'Migrate', answer: answer(event) } }]);
    expect(deployment.answers).toEqual([]);
  });

  test('that changes nothing of what runs, is answered at once', async () => {
    const deployment = new Deployment();
    await deployment.on({ ...UPDATE, OldResourceProperties: { ...UPDATE.ResourceProperties, Cluster: 'another' } });
    expect(deployment.started).toEqual([]);
    expect(deployment.answers).toEqual([expect.objectContaining({ ...SUCCESS, RequestId: 'r-2' })]);
  });

  test('starts a task once, however often Lambda tries its event', async () => {
    const deployment = new Deployment();
    await deployment.on(UPDATE);
    await deployment.on(UPDATE);
    expect(deployment.started).toHaveLength(1);
    expect(deployment.answers).toEqual([]);
  });

  test('waits until IAM has spread the permission that it has just made', async () => {
    const deployment = new Deployment();
    deployment.failures.start = Array(3).fill(refused('AccessDeniedException'));
    await deployment.on(CREATE);
    expect(deployment.started).toHaveLength(1);
    expect(deployment.now).toBe(15_000);
  });

  test('that is never permitted to start it, fails within two minutes, and says so', async () => {
    const deployment = new Deployment();
    deployment.failures.start = Array(99).fill(refused('AccessDeniedException', 'no states:StartExecution'));
    await deployment.on(CREATE);
    expect(deployment.answers).toEqual([expect.objectContaining({ Status: 'FAILED', Reason: 'the task could not be started: no states:StartExecution' })]);
    expect(deployment.now).toBeLessThan(120_000);
  });

  test.each([
    ['the state machine is gone', 'start', 'StateMachineDoesNotExist'], ['the status of the stack cannot be read', 'status', 'ThrottlingException'],
  ] as const)('fails with the reason where %s', async (_, what, error) => {
    const deployment = new Deployment();
    deployment.failures[what] = [refused(error, `${error}: no`)];
    await deployment.on(UPDATE);
    expect(deployment.answers).toEqual([expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining(`${error}: no`), PhysicalResourceId: 'MigrateRun' })]);
    expect(deployment.started).toEqual([]);
  });

  test('fails where a property is missing, and does not hang', async () => {
    const deployment = new Deployment();
    await deployment.on({ ...CREATE, ResourceProperties: { Trigger: 'x' } });
    expect(deployment.answers).toEqual([expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining("'Task' must be given") })]);
  });

  test('tries an answer again that did not arrive, and throws in the end, so that Lambda tries it all again', async () => {
    const deployment = new Deployment();
    deployment.failures.put = Array(3).fill(refused('TypeError', 'fetch failed'));
    await deployment.on(DELETE);
    expect(deployment.answers).toHaveLength(1);
    deployment.failures.put = Array(4).fill(refused('TypeError', 'fetch failed'));
    await expect(deployment.on(DELETE)).rejects.toThrow('fetch failed');
  });
});

describe('a rollback', () => {
  const BACK = { ...UPDATE, RequestId: 'r-4' };

  test.each(['UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS', 'IMPORT_ROLLBACK_IN_PROGRESS'])('does not run the old version of a task (%s)', async (status) => {
    const deployment = new Deployment();
    deployment.status = status;
    await deployment.on(BACK);
    expect(deployment.started).toEqual([]);
    expect(deployment.answers).toEqual([expect.objectContaining({ ...SUCCESS, RequestId: 'r-4' })]);
  });

  test.each(['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'IMPORT_IN_PROGRESS'])('is not what %s is', async (status) => {
    const deployment = new Deployment();
    deployment.status = status;
    await deployment.on(BACK);
    expect(deployment.started).toHaveLength(1);
  });

  test('stops what a cancelled deployment has left running, and nothing that somebody started by hand', async () => {
    const deployment = new Deployment();
    deployment.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
    deployment.executions = [{ arn: 'e:1', name: 'Migrate_r-2' }, { arn: 'e:2', name: 'Migrate-all_r-2' }, { arn: 'e:3', name: 'by-hand' }];
    deployment.tasks = [{ arn: TASK_ARN, group: 'Migrate_r-2', hasStopped: false }, { arn: 'other', group: 'by-hand', hasStopped: false }];
    await deployment.on(BACK);
    expect(deployment.stopped).toEqual(['e:1', TASK_ARN]);
    expect(deployment.now).toBe(90_000); // it has stopped before the rollback goes on
    expect(deployment.answers).toEqual([expect.objectContaining(SUCCESS)]);
  });
});

describe('a deletion', () => {
  test('asks nobody for a status, stops all that runs of the task, and waits for it, as its network goes next', async () => {
    const deployment = new Deployment();
    deployment.failures.status = [refused('AccessDenied')];
    deployment.executions = [{ arn: 'e:1', name: 'Migrate_r-1' }];
    deployment.tasks = [
      { arn: TASK_ARN, group: 'Migrate_r-1', hasStopped: false }, { arn: 'by-hand', group: 'x', hasStopped: false }, { arn: 'former', group: 'Migrate_r-0', hasStopped: true },
    ];
    await deployment.on(DELETE);
    expect(deployment.stopped).toEqual(['e:1', TASK_ARN, 'by-hand']);
    expect(deployment.now).toBe(90_000);
    expect(deployment.answers).toEqual([expect.objectContaining({ ...SUCCESS, RequestId: 'r-3' })]);
  });

  test('succeeds where nothing can be stopped: a teardown must not hang on it', async () => {
    const deployment = new Deployment();
    deployment.failures.running = [refused('StateMachineDoesNotExist')];
    await deployment.on(DELETE);
    expect(deployment.answers).toEqual([expect.objectContaining(SUCCESS)]);
    expect(deployment.warnings).toHaveLength(1);
  });

  test('ends in time where a task does not stop', async () => {
    const deployment = new Deployment();
    deployment.stopsAfter = Infinity;
    deployment.tasks = [{ arn: TASK_ARN, group: 'x', hasStopped: false }];
    await deployment.on(DELETE);
    expect(deployment.now).toBeLessThan(300_000);
    expect(deployment.answers).toHaveLength(1);
  });

  test('keeps the id that CloudFormation knows', async () => {
    const deployment = new Deployment();
    await deployment.on({ ...DELETE, PhysicalResourceId: 'made by CloudFormation' });
    expect(deployment.answers[0].PhysicalResourceId).toBe('made by CloudFormation');
  });
});
