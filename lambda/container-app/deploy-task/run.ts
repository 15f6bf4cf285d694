/** What the state machine knows of the task that it ran. */
export interface TaskSettings {
  readonly cluster: string;
  readonly family: string;
  readonly container: string;
  readonly logGroup: string;
  /** Of the log streams, which ECS names by it, the container and the task. */
  readonly streamPrefix: string;
  readonly timeoutSeconds: number;
}

/** By the names of Step Functions. */
export interface Failure {
  readonly Error: string;
  readonly Cause?: string;
}

/** How a task ended. */
export interface Ending {
  readonly succeeded: boolean;
  /** What happened, if it did not succeed. */
  readonly what: string;
  readonly timedOut?: boolean;
  /** Of the task, if one ran. */
  readonly taskArn?: string;
}

/**
 * How a run ended. Of a task that stopped, AWS hands back the description if it exited with 0, and fails the state with that description as the cause if
 * it did not. Emulators hand it back each time, as ECS writes it. Both are understood, and an exit code must be there to be a success.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
 */
export function endingOf(settings: Pick<TaskSettings, 'container' | 'timeoutSeconds'>, ran: unknown, failure: Failure | undefined): Ending {
  if (failure?.Error === 'States.Timeout') {
    return { succeeded: false, timedOut: true, what: `it did not end within its timeout of ${settings.timeoutSeconds / 60} minutes, and was stopped` };
  }
  const task = taskIn(failure ? parsed(failure.Cause) : ran);
  if (!task) return { succeeded: false, what: failure ? `it could not be run: ${failure.Error}: ${failure.Cause ?? 'no cause'}` : `it could not be run: ${JSON.stringify(ran)}` };
  const containers = listOf(task.containers).map(fieldsOf);
  const container = containers.find(({ name }) => name === settings.container) ?? containers[0] ?? {};
  const { exitCode } = container;
  const taskArn = typeof task.taskArn === 'string' ? task.taskArn : undefined;
  if (!failure && exitCode === 0) return { succeeded: true, what: '', taskArn };
  const reasons = [...new Set([container.reason, task.stoppedReason].filter((reason) => typeof reason === 'string' && reason !== ''))].join('; ');
  const what = typeof exitCode === 'number' ? `it ended with exit code ${exitCode}` : 'it did not start';
  return { succeeded: false, what: reasons === '' ? what : `${what}: ${reasons}`, taskArn };
}

type Fields = Record<string, unknown>;

/** A task, alone as AWS hands it back, or in the answer of DescribeTasks. */
function taskIn(value: unknown): Fields | undefined {
  const fields = fieldsOf(value);
  const task = fields.tasks === undefined ? fields : fieldsOf(listOf(fields.tasks)[0]);
  return task.taskArn === undefined && task.containers === undefined ? undefined : task;
}

/** Step Functions begins names with a capital letter, ECS with a small one. */
function fieldsOf(value: unknown): Fields {
  return Object.fromEntries(Object.entries(Object(value)).map(([name, field]) => [name.charAt(0).toLowerCase() + name.slice(1), field]));
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined; // not each cause is the description of a task
  }
}
