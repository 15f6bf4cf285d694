import { createServer } from 'http';
import { AddressInfo } from 'net';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { CLUSTER, MACHINE, refused, STACK, TASK_ARN } from './deployment';
import { CloudFormationStacks } from '../../../../lambda/container-app/deploy-task/cloudformation-stacks';
import { CloudWatchLogStreams } from '../../../../lambda/container-app/deploy-task/cloudwatch-log-streams';
import { EcsTasks } from '../../../../lambda/container-app/deploy-task/ecs-tasks';
import { putResponse } from '../../../../lambda/container-app/deploy-task/put-response';
import { StepFunctionsExecutions } from '../../../../lambda/container-app/deploy-task/step-functions-executions';

/** A client whose service answers, or throws, what a test says, by the command. */
function talking<T extends object>(client: T, answers: Record<string, (input: any) => unknown>): { client: T; calls: [string, any][] } {
  const calls: [string, any][] = [];
  const send = async ({ constructor: { name }, input }: { constructor: { name: string }; input: any }) => {
    calls.push([name, input]);
    return answers[name](input);
  };
  return { client: Object.assign(client, { send }), calls };
}
const region = 'eu-west-3';

test('an execution is started by its name, with its input', async () => {
  const { client, calls } = talking(new SFNClient({ region }), { StartExecutionCommand: () => ({}) });
  await new StepFunctionsExecutions(client).start(MACHINE, 'Migrate_r-1', { task: 'Migrate' });
  expect(calls).toEqual([['StartExecutionCommand', { stateMachineArn: MACHINE, name: 'Migrate_r-1', input: '{"task":"Migrate"}' }]]);
});

test('an execution of that name, even one that has ended, is as good as started, and nothing else is', async () => {
  const start = (error: string) => {
    const { client } = talking(new SFNClient({ region }), { StartExecutionCommand: () => { throw refused(error); } });
    return new StepFunctionsExecutions(client).start(MACHINE, 'n', {});
  };
  await expect(start('ExecutionAlreadyExists')).resolves.toBeUndefined();
  await expect(start('StateMachineDoesNotExist')).rejects.toThrow('StateMachineDoesNotExist');
});

test('executions that run are found on all pages, and stopped', async () => {
  const pages = [{ executions: [{ executionArn: 'e:1', name: 'a' }], nextToken: 'more' }, { executions: [{ executionArn: 'e:2', name: 'b' }] }];
  const { client, calls } = talking(new SFNClient({ region }), { ListExecutionsCommand: () => pages.shift(), StopExecutionCommand: () => ({}) });
  const executions = new StepFunctionsExecutions(client);
  expect(await executions.running(MACHINE)).toEqual([{ arn: 'e:1', name: 'a' }, { arn: 'e:2', name: 'b' }]);
  expect(calls[0][1]).toMatchObject({ stateMachineArn: MACHINE, statusFilter: 'RUNNING' });
  await executions.stop('e:1', 'why');
  expect(calls[2]).toEqual(['StopExecutionCommand', { executionArn: 'e:1', cause: 'why' }]);
});

test('tasks are those that run and those that ECS was told to stop', async () => {
  const listed: Record<string, string[]> = { RUNNING: [TASK_ARN], STOPPED: ['stopping', 'stopped'] };
  const states: Record<string, object> = {
    [TASK_ARN]: { group: 'Migrate_r-1', lastStatus: 'PENDING' }, stopping: { group: 'Migrate_r-0', lastStatus: 'STOPPING' }, stopped: { lastStatus: 'STOPPED' },
  };
  const { client, calls } = talking(new ECSClient({ region }), {
    ListTasksCommand: ({ desiredStatus }) => ({ taskArns: listed[desiredStatus] }),
    DescribeTasksCommand: ({ tasks }: { tasks: string[] }) => ({ tasks: tasks.map((taskArn) => ({ taskArn, ...states[taskArn] })) }),
    StopTaskCommand: () => ({}),
  });
  const tasks = new EcsTasks(client);
  expect(await tasks.list(CLUSTER, 'migrate')).toEqual([
    { arn: TASK_ARN, group: 'Migrate_r-1', hasStopped: false }, { arn: 'stopping', group: 'Migrate_r-0', hasStopped: false }, { arn: 'stopped', group: '', hasStopped: true },
  ]);
  expect(calls[0][1]).toMatchObject({ cluster: CLUSTER, family: 'migrate', desiredStatus: 'RUNNING' });
  await tasks.stop(CLUSTER, TASK_ARN, 'why');
  expect(calls.at(-1)).toEqual(['StopTaskCommand', { cluster: CLUSTER, task: TASK_ARN, reason: 'why' }]);
});

test('of no tasks, nothing is asked', async () => {
  const { client, calls } = talking(new ECSClient({ region }), { ListTasksCommand: () => ({ taskArns: [] }) });
  expect(await new EcsTasks(client).list(CLUSTER, 'migrate')).toEqual([]);
  expect(calls.map(([name]) => name)).toEqual(['ListTasksCommand', 'ListTasksCommand']);
});

test('of a log, the last lines are read', async () => {
  const { client, calls } = talking(new CloudWatchLogsClient({ region }), { GetLogEventsCommand: () => ({ events: [{ message: 'one' }, { message: 'two' }, {}] }) });
  expect(await new CloudWatchLogStreams(client).lastLines('Logs', 'task/app/1', 40)).toEqual(['one', 'two', '']);
  expect(calls[0][1]).toEqual({ logGroupName: 'Logs', logStreamName: 'task/app/1', limit: 40, startFromHead: false });
});

test('a log stream that is not there is empty, and what else fails, fails', async () => {
  const read = (error: string) => {
    const { client } = talking(new CloudWatchLogsClient({ region }), { GetLogEventsCommand: () => { throw refused(error); } });
    return new CloudWatchLogStreams(client).lastLines('Logs', 's', 1);
  };
  expect(await read('ResourceNotFoundException')).toEqual([]);
  await expect(read('AccessDeniedException')).rejects.toThrow('AccessDeniedException');
});

test('the status of a stack is read by its id', async () => {
  const { client, calls } = talking(new CloudFormationClient({ region }), { DescribeStacksCommand: () => ({ Stacks: [{ StackStatus: 'UPDATE_IN_PROGRESS' }] }) });
  expect(await new CloudFormationStacks(client).statusOf(STACK)).toBe('UPDATE_IN_PROGRESS');
  expect(calls).toEqual([['DescribeStacksCommand', { StackName: STACK }]]);
});

describe('an answer', () => {
  test.each([[200, true], [403, false]])('is put without a content type, which the signature of the URL does not have, and S3 answers %p', async (status, isTaken) => {
    const got: unknown[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (body) => got.push([request.method, request.url, request.headers['content-type'], request.headers['content-length'], body]));
      request.on('end', () => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const sent = putResponse(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a?Signature=b`, '{"é":1}');
    await (isTaken ? expect(sent).resolves.toBeUndefined() : expect(sent).rejects.toThrow('answered 403'));
    expect(got).toEqual([['PUT', '/a?Signature=b', undefined, '8', '{"é":1}']]);
    server.close();
  });
});
