import { MachineRun, RunTaskOutcome } from './machine-run';
import type { TaskSettings } from '../../lambda/container-app/deploy-task/run';
import { MachineTask, taskMachine } from '../../src/container-app/private/task-machine';
import { CLUSTER, CREATE, Deployment, refused, TASK_ARN, UPDATE } from '../lambda/container-app/deploy-task/deployment';

const SETTINGS: TaskSettings = { cluster: CLUSTER, family: 'migrate', container: 'app', logGroup: 'Logs', streamPrefix: 'task', timeoutSeconds: 900 };
const settings: MachineTask['settings'] = SETTINGS; // what the one half writes, the other reads
const MIGRATE: MachineTask = { name: 'Migrate', taskDefinitionArn: 'migrate:7', isVersionGiven: false, settings, subnets: ['subnet-1', 'subnet-2'], securityGroup: 'sg-1' };
const NIGHTLY: MachineTask = { ...MIGRATE, name: 'Nightly', taskDefinitionArn: 'nightly:7', isVersionGiven: true };
const REPORT: MachineTask = { ...MIGRATE, name: 'Report' };

const stopped = (ExitCode?: number, StoppedReason = 'Essential container in task exited') => ({ TaskArn: TASK_ARN, StoppedReason, Containers: [{ Name: 'app', ExitCode }] });
const failing = (task: object): RunTaskOutcome => ({ error: { Error: 'States.TaskFailed', Cause: JSON.stringify(task) } });
const DONE: RunTaskOutcome = { result: stopped(0), after: 60_000 };

/** A deployment from CloudFormation's request to its answer. */
async function deploy(runTask: MachineRun['runTask'], { event = UPDATE as object, crashes = 0, prepare = (_: Deployment) => undefined as void } = {}) {
  const deployment = new Deployment();
  prepare(deployment);
  await deployment.on(event);
  const [{ name, input }] = deployment.started;
  const run = new MachineRun(taskMachine([MIGRATE, NIGHTLY, REPORT], 'fn'), deployment, runTask);
  run.crashes = crashes;
  const outcome = await run.start(input, name);
  return { deployment, outcome, asked: run.asked, answers: deployment.answers };
}

test('a deploy task runs on Fargate, in private subnets, by a name that it can be found by, and its success is the answer', async () => {
  const { asked, answers, outcome } = await deploy(() => DONE, { event: CREATE });
  expect(asked).toEqual([{
    Cluster: CLUSTER,
    TaskDefinition: 'migrate:7',
    LaunchType: 'FARGATE',
    Group: 'Migrate_r-1',
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' } },
  }]);
  expect(answers).toEqual([expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'MigrateRun', RequestId: 'r-1' })]);
  expect(outcome).toEqual({ status: 'SUCCEEDED' });
});

test.each<[string, RunTaskOutcome, string]>([
  ['it fails, on AWS', failing(stopped(7)), 'exit code 7'],
  ['it fails, in an emulator', { result: { tasks: [{ taskArn: TASK_ARN, containers: [{ name: 'app', exitCode: 7 }] }] } }, 'exit code 7'],
  ['its image is not there', failing(stopped(undefined, 'CannotPullContainerError: no such image')), 'CannotPullContainerError: no such image'],
  ['it is refused', { error: { Error: 'ECS.ClientException', Cause: 'inactive' } }, 'ECS.ClientException: inactive'],
  ['an error has no cause', { error: { Error: 'States.Unheard' } }, 'States.Unheard'],
  ['the permission never comes', { error: { Error: 'ECS.AccessDeniedException', Cause: 'no ecs:RunTask' } }, 'no ecs:RunTask'],
  ['there is never capacity', { error: { Error: 'AmazonECS.Unknown', Cause: '{"Failures":[{"Reason":"RESOURCE:FARGATE"}]}' } }, 'RESOURCE:FARGATE'],
  ['it takes too long', { result: stopped(0), after: 901_000 }, 'timeout of 15 minutes'],
])('one answer, a failure with the reason, within five minutes of the timeout, where %s', async (_, outcomeOfTask, reason) => {
  const { deployment, outcome, answers } = await deploy(() => outcomeOfTask);
  expect(answers).toEqual([expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining(reason) })]);
  expect(outcome).toEqual({ status: 'FAILED', error: expect.stringMatching(/^(TaskFailed|TimedOut)$/), cause: answers[0].Reason });
  expect(deployment.now).toBeLessThanOrEqual((SETTINGS.timeoutSeconds + 300) * 1000);
});

test.each([
  'AmazonECS.Unknown', 'ECS.AccessDeniedException', 'ECS.AmazonECSException', 'ECS.InvalidParameterException', 'ECS.ThrottlingException',
])('what did not start is tried again (%s)', async (Error) => {
  const { asked, answers } = await deploy((_, attempt) => (attempt < 4 ? { error: { Error, Cause: 'not now' } } : DONE));
  expect(asked).toHaveLength(4);
  expect(answers[0].Status).toBe('SUCCESS');
});

test.each(['States.TaskFailed', 'States.Timeout', 'ECS.ServerException'])('what may have run is not run twice (%s)', async (Error) => {
  const { asked, answers } = await deploy(() => ({ error: { Error, Cause: 'who knows' } }));
  expect(asked).toHaveLength(1);
  expect(answers[0].Status).toBe('FAILED');
});

test('a task that has used up all patience of ECS, and then its time, and then does not stop, is answered before CloudFormation gives up', async () => {
  const { deployment, answers } = await deploy((_, attempt) => (attempt < 4 ? { error: { Error: 'AmazonECS.Unknown' } } : { after: Infinity }), {
    prepare: (world) => { world.stopsAfter = Infinity; world.tasks = [{ arn: TASK_ARN, group: 'Migrate_r-2', hasStopped: false }]; },
  });
  expect(deployment.stopped).toEqual([TASK_ARN]);
  expect(answers[0]).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('timeout of 15 minutes') });
  expect(deployment.now).toBeLessThanOrEqual((SETTINGS.timeoutSeconds + 300) * 1000);
});

test('a function that dies, or whose answer does not arrive, is called again', async () => {
  expect((await deploy(() => DONE, { crashes: 4 })).answers).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
  const { answers } = await deploy(() => DONE, { prepare: ({ failures }) => { failures.put = Array(9).fill(refused('TypeError', 'fetch failed')); } });
  expect(answers).toEqual([expect.objectContaining({ Status: 'SUCCESS' })]);
});

test('an execution whose function never comes to life fails, and does not end well', async () => {
  const { outcome } = await deploy(() => DONE, { crashes: 9 });
  expect(outcome).toEqual({ status: 'FAILED', error: 'NotReported', cause: expect.stringContaining('could not be called') });
});

describe('by hand', () => {
  const start = async (input: object, outcome: RunTaskOutcome = DONE) => {
    const deployment = new Deployment();
    const run = new MachineRun(taskMachine([MIGRATE, NIGHTLY, REPORT], 'fn'), deployment, () => outcome);
    return { outcome: await run.start(input), asked: run.asked, deployment };
  };

  test('a task is run by its name, and nobody is answered', async () => {
    const { outcome, asked, deployment } = await start({ task: 'Migrate' });
    expect(outcome).toEqual({ status: 'SUCCEEDED' });
    expect(asked).toMatchObject([{ TaskDefinition: 'migrate:7', Group: 'by-hand' }]);
    expect(deployment.answers).toEqual([]);
  });

  test('a failure is in the cause of the execution', async () => {
    expect((await start({ task: 'Migrate' }, failing(stopped(3)))).outcome).toMatchObject({ status: 'FAILED', error: 'TaskFailed', cause: expect.stringContaining('exit code 3') });
  });

  test('a task may be called as a state of the machine is', async () => {
    expect((await start({ task: 'Report' })).outcome).toEqual({ status: 'SUCCEEDED' });
  });

  test('a scheduled task runs in its newest version, and from the schedule in the one that this names', async () => {
    expect((await start({ task: 'Nightly' })).asked).toMatchObject([{ TaskDefinition: 'nightly:7' }]);
    expect((await start({ task: 'Nightly', taskDefinition: 'nightly:6' })).asked).toMatchObject([{ TaskDefinition: 'nightly:6' }]);
  });

  test('a deploy task has one version', async () => {
    expect((await start({ task: 'Migrate', taskDefinition: 'nightly:6' })).asked).toMatchObject([{ TaskDefinition: 'migrate:7' }]);
  });

  test.each([[{ task: 'Migrat' }, 'UnknownTask|TaskFailed'], [{}, 'NoTask']])('the tasks that there are, are named for %p', async (input, error) => {
    const { outcome, asked } = await start(input);
    expect(outcome).toMatchObject({ status: 'FAILED', error: expect.stringMatching(error), cause: expect.stringContaining('one of Migrate, Nightly, Report') });
    expect(asked).toEqual([]);
  });
});
