import { failureText } from './failure-text';
import { Answerable, fitsInResponse, Put, respond } from './response';
import { Ending, endingOf, Failure, TaskSettings } from './run';
import { stopTasks, Tasks } from './stop-tasks';
import { Deadline, poll } from '../../shared/deadline';

export interface LogStreams {
  /** None if there is no such stream. */
  lastLines(logGroup: string, stream: string, limit: number): Promise<string[]>;
}

/** What the state machine hands over when a task has ended. */
export interface EndedRun {
  readonly execution: string;
  readonly stateMachineArn: string;
  readonly input: {
    readonly task: string;
    /** Absent if there is no such task. */
    readonly settings?: TaskSettings;
    readonly ran?: unknown;
    readonly failure?: Failure;
    /** Absent if no deployment waits: it was started by hand, or by a schedule. */
    readonly answer?: Answerable;
  };
}

/** By which the state machine ends. */
export interface Outcome {
  readonly succeeded: boolean;
  readonly error?: string;
  readonly cause?: string;
}

export interface EndDependencies {
  readonly tasks: Tasks;
  readonly logStreams: LogStreams;
  readonly put: Put;
  readonly sleep: Deadline['sleep'];
}

const MOST_LINES = 40;
/** In milliseconds. The log of a task that has just ended may arrive a moment later. */
const LOG_POLLING = { every: 2_000, reserve: 0 };
const LOG_PATIENCE = 10_000;
/** In milliseconds. CloudFormation waits for five minutes longer than a task may take, which must do for all of this. */
const STOP_PATIENCE = 180_000;
/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html: a cause has 32768 characters. */
const MOST_CHARACTERS = 30_000;

/** Says how a run ended, to CloudFormation if that waits for it, and to the state machine. */
export async function onEnd({ execution, stateMachineArn, input }: EndedRun, dependencies: EndDependencies, deadline: Deadline): Promise<Outcome> {
  const { task, settings, ran, failure, answer } = input;
  const ending = settings ? endingOf(settings, ran, failure) : { succeeded: false, what: failure?.Cause ?? 'there is no such task' };
  if (ending.succeeded) {
    if (answer) await respond(answer, dependencies.put, undefined, dependencies.sleep);
    return { succeeded: true };
  }
  const stopped = ending.timedOut && settings ? await stopRun(settings, execution, dependencies, deadline) : undefined;
  const lines = settings ? await logOf(settings, ending.taskArn ?? stopped, dependencies, deadline) : [];
  const failed = { task, what: ending.what, logGroup: settings?.logGroup ?? 'of the task', lines, stateMachineArn };
  if (answer) await respond(answer, dependencies.put, failureText(failed, (text) => fitsInResponse(answer, text)), dependencies.sleep);
  return { succeeded: false, error: errorOf(ending), cause: failureText(failed, (text) => text.length <= MOST_CHARACTERS) };
}

/** Step Functions documents that it stops a task whose execution is stopped, and nothing of one whose time is up. A failure to stop it must not hide that. */
async function stopRun(settings: TaskSettings, execution: string, { tasks }: EndDependencies, deadline: Deadline): Promise<string | undefined> {
  try {
    const [arn] = await stopTasks(settings, (group) => group === execution, 'its time is up', tasks, atMost(STOP_PATIENCE, deadline));
    return arn;
  } catch {
    return undefined;
  }
}

async function logOf(settings: TaskSettings, taskArn: string | undefined, { logStreams }: EndDependencies, deadline: Deadline): Promise<string[]> {
  if (taskArn === undefined) return [];
  const stream = `${settings.streamPrefix}/${settings.container}/${taskArn.split('/').at(-1)}`;
  try {
    const some = async () => {
      const lines = await logStreams.lastLines(settings.logGroup, stream, MOST_LINES);
      return lines.length > 0 ? lines : undefined;
    };
    return await poll(atMost(LOG_PATIENCE, deadline), LOG_POLLING, some) ?? [];
  } catch (error) {
    return [`(the log could not be read: ${(error as Error).message})`];
  }
}

function atMost(milliseconds: number, deadline: Deadline): Deadline {
  let patience = milliseconds;
  return {
    sleep: async (pause) => {
      patience -= pause;
      await deadline.sleep(pause);
    },
    remainingMilliseconds: () => Math.min(patience, deadline.remainingMilliseconds()),
  };
}

function errorOf({ timedOut }: Ending): string {
  return timedOut ? 'TimedOut' : 'TaskFailed';
}
