import { Aws } from 'aws-cdk-lib';

/** A task as the state machine runs it. A test compares the settings with what the function reads. */
export interface MachineTask {
  /** By which people and schedules start it. */
  readonly name: string;
  readonly taskDefinitionArn: string;
  /** Whether who starts it may say which version of the task definition: a schedule does, as it gets a new one after the deploy tasks only. */
  readonly isVersionGiven: boolean;
  readonly settings: {
    readonly cluster: string;
    readonly family: string;
    readonly container: string;
    readonly logGroup: string;
    readonly streamPrefix: string;
    readonly timeoutSeconds: number;
  };
  readonly subnets: string[];
  readonly securityGroup: string;
}

/**
 * How a RunTask fails before anything runs, so that it may go again. Nothing else is tried again, as the task may have run: docs/decisions/deploy-tasks.md.
 *
 * - `AmazonECS.Unknown`: RunTask answered with failures, such as missing capacity.
 * - `ECS.AmazonECSException`: what ECS has no error of its own for. It throttles without one: https://github.com/aws/aws-sdk/issues/821
 * - `ECS.InvalidParameterException`: ECS is throttled itself when it looks security groups up: https://github.com/cdklabs/construct-hub/pull/415
 * - `ECS.AccessDeniedException`: IAM has not spread a permission yet.
 * - `ECS.ThrottlingException`: in case ECS models that one day.
 *
 * AWS documents the first one; the other names are reported by users of Step Functions, as are their prefix in capitals.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
const NOT_STARTED = ['AmazonECS.Unknown', 'ECS.AmazonECSException', 'ECS.InvalidParameterException', 'ECS.AccessDeniedException', 'ECS.ThrottlingException'];

/** The time of the function, and some. */
const REPORT_SECONDS = 320;

/**
 * The state machine of an app's tasks, in the language of Step Functions: it runs the one that its input names, `{"task": "Migrate"}`, and has the function say how
 * that ended. The function answers CloudFormation, if that waits, whatever happened before; so all that can fail is caught.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function taskMachine(tasks: MachineTask[], functionArn: string): object {
  const names = tasks.map(({ name }) => name);
  return {
    Comment: `Runs one task of the app: ${names.join(', ')}`,
    StartAt: 'Which task',
    States: {
      'Which task': {
        Type: 'Choice',
        Choices: [
          { Not: { Variable: '$.task', IsPresent: true }, Next: 'No task' }, // what is absent cannot be compared
          ...names.map((name) => ({ Variable: '$.task', StringEquals: name, Next: entryOf(name) })),
        ],
        Default: 'Unknown task',
      },
      'No task': { Type: 'Fail', Error: 'NoTask', Cause: `the input must name a task, as in {"task":"${names[0]}"}: one of ${names.join(', ')}` },
      'Unknown task': {
        Type: 'Pass', Result: { Error: 'UnknownTask', Cause: `'task' must be one of ${names.join(', ')}` }, ResultPath: '$.failure', Next: 'Report',
      },
      ...Object.fromEntries(tasks.flatMap((task) => Object.entries(statesOf(task)))),
      'Report': {
        Type: 'Task',
        Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
        Parameters: {
          FunctionName: functionArn,
          Payload: { 'input.$': '$', 'execution.$': '$$.Execution.Name', 'stateMachineArn.$': '$$.StateMachine.Id' },
        },
        OutputPath: '$.Payload',
        TimeoutSeconds: REPORT_SECONDS,
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 2 }], // the same report twice does no harm
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Not reported' }],
        Next: 'How it ended',
      },
      'Not reported': { Type: 'Fail', Error: 'NotReported', Cause: 'the function that says how a task ended could not be called: the history of the execution and its log say why' },
      'How it ended': { Type: 'Choice', Choices: [{ Variable: '$.succeeded', BooleanEquals: true, Next: 'Succeeded' }], Default: 'Failed' },
      'Succeeded': { Type: 'Succeed' },
      'Failed': { Type: 'Fail', ErrorPath: '$.error', CausePath: '$.cause' },
    },
  };
}

/** Names of tasks have no spaces, so none is the name of another state. */
const entryOf = (task: string) => `Task ${task}`;

function statesOf({ name, taskDefinitionArn, isVersionGiven, settings, subnets, securityGroup }: MachineTask): Record<string, object> {
  const [run, version, newest] = [`Run ${name}`, `Version of ${name}`, `Newest version of ${name}`];
  return {
    [entryOf(name)]: { Type: 'Pass', Result: settings, ResultPath: '$.settings', Next: isVersionGiven ? version : run },
    ...isVersionGiven && {
      [version]: { Type: 'Choice', Choices: [{ Variable: '$.taskDefinition', IsPresent: true, Next: run }], Default: newest },
      [newest]: { Type: 'Pass', Result: taskDefinitionArn, ResultPath: '$.taskDefinition', Next: run },
    },
    [run]: {
      Type: 'Task',
      Resource: `arn:${Aws.PARTITION}:states:::ecs:runTask.sync`,
      Parameters: {
        'Cluster': settings.cluster,
        ...isVersionGiven ? { 'TaskDefinition.$': '$.taskDefinition' } : { TaskDefinition: taskDefinitionArn },
        'LaunchType': 'FARGATE', // never Spot, which AWS takes back amid a migration
        'Group.$': '$$.Execution.Name', // by which the function finds what it has to stop; it is among the parameters that connect-ecs.html lists
        'NetworkConfiguration': { AwsvpcConfiguration: { Subnets: subnets, SecurityGroups: [securityGroup], AssignPublicIp: 'DISABLED' } },
      },
      TimeoutSeconds: settings.timeoutSeconds,
      ResultPath: '$.ran',
      Retry: [{ ErrorEquals: NOT_STARTED, IntervalSeconds: 10, MaxAttempts: 3, BackoffRate: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Report' }],
      Next: 'Report',
    },
  };
}
