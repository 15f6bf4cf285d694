import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Answerable } from './response';
import { stopTasks, Tasks } from './stop-tasks';
import { requiredText } from '../../shared/custom-resource';
import { Deadline } from '../../shared/deadline';
import { serviceAnswer } from '../../shared/service-answer';

export interface Executions {
  /** Nothing happens if there is, or was, one of that name. */
  start(stateMachineArn: string, name: string, input: object): Promise<void>;
  running(stateMachineArn: string): Promise<{ readonly arn: string; readonly name: string }[]>;
  stop(executionArn: string, cause: string): Promise<void>;
}

export interface Stacks {
  statusOf(stackId: string): Promise<string>;
}

export interface RequestDependencies {
  readonly executions: Executions;
  readonly stacks: Stacks;
  readonly tasks: Tasks;
  readonly logger: { warn(message: string, error: Error): void };
}

/**
 * Does what CloudFormation asks for, and says whether a run has begun, whose end is the answer.
 *
 * CloudFormation also asks in a rollback: for an update with the properties of before. To run the old version of a migration on what the new one left is
 * what nobody wants, so nothing runs then. The name of the status says it: UPDATE_ROLLBACK_IN_PROGRESS, and of an import, IMPORT_ROLLBACK_IN_PROGRESS. The
 * rollback of a creation asks for a deletion.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
 */
export async function onRequest(event: CloudFormationCustomResourceEvent, dependencies: RequestDependencies, deadline: Deadline): Promise<'running' | 'done'> {
  if (event.RequestType === 'Delete') {
    await stopAll(event, dependencies, deadline, () => true);
    return 'done';
  }
  if (event.RequestType === 'Update' && /ROLLBACK/.test(await dependencies.stacks.statusOf(event.StackId))) {
    await stopAll(event, dependencies, deadline, (execution) => execution.startsWith(prefixOf(event)));
    return 'done';
  }
  if (event.RequestType === 'Update' && triggerOf(event.OldResourceProperties) === triggerOf(event.ResourceProperties)) return 'done';
  const task = requiredText(event.ResourceProperties, 'Task');
  // The id of a request is the same if Lambda tries it again: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
  const name = `${prefixOf(event)}${event.RequestId}`;
  const machine = requiredText(event.ResourceProperties, 'StateMachineArn');
  await oncePermitted(() => dependencies.executions.start(machine, name, { task, answer: answerableOf(event) }), deadline);
  return 'running';
}

/** In milliseconds. IAM takes a moment to spread a policy that the same deployment has made. */
const PERMISSION_PAUSE = 5_000;
const PERMISSION_PAUSES = 12;

async function oncePermitted(act: () => Promise<void>, deadline: Deadline): Promise<void> {
  for (let pauses = 0; pauses < PERMISSION_PAUSES; pauses++) {
    try {
      return await act();
    } catch (error) {
      if (serviceAnswer(error).code !== 'AccessDeniedException') throw error;
      await deadline.sleep(PERMISSION_PAUSE);
    }
  }
  return act();
}

export function answerableOf(event: CloudFormationCustomResourceEvent): Answerable {
  const { ResponseURL, StackId, RequestId, LogicalResourceId } = event;
  // It never changes, so that nothing is ever replaced.
  const PhysicalResourceId = event.RequestType === 'Create' ? LogicalResourceId : event.PhysicalResourceId;
  return { ResponseURL, StackId, RequestId, LogicalResourceId, PhysicalResourceId };
}

/** Of the executions that deployments start. The names of tasks have no underscore. */
function prefixOf({ ResourceProperties }: CloudFormationCustomResourceEvent): string {
  return `${requiredText(ResourceProperties, 'Task')}_`;
}

function triggerOf(properties: object): string {
  return requiredText(properties, 'Trigger');
}

/**
 * Stops what still runs of a deployment that was cancelled, or of a task that is deleted. It never fails: neither a rollback nor a deletion may hang on it.
 *
 * @param isMeant by the name of an execution
 */
async function stopAll(
  event: CloudFormationCustomResourceEvent, { executions, tasks, logger }: RequestDependencies, deadline: Deadline,
  isMeant: (execution: string) => boolean,
): Promise<void> {
  const { ResourceProperties: properties } = event;
  const reason = event.RequestType === 'Delete' ? 'the deploy task is deleted' : 'the deployment is rolled back';
  try {
    for (const { arn, name } of await executions.running(requiredText(properties, 'StateMachineArn'))) {
      if (name.startsWith(prefixOf(event))) await executions.stop(arn, reason);
    }
    await stopTasks({ cluster: requiredText(properties, 'Cluster'), family: requiredText(properties, 'Family') }, isMeant, reason, tasks, deadline);
  } catch (error) {
    logger.warn('could not stop what still runs', error as Error);
  }
}
