import { Deadline, pollUntilTrue } from '../../shared/deadline';

export interface TaskState {
  readonly arn: string;
  /** The name of the execution that started it. */
  readonly group: string;
  readonly hasStopped: boolean;
}

export interface Tasks {
  /** The tasks of a family that run, stop, or have stopped within the last hour. */
  list(cluster: string, family: string): Promise<TaskState[]>;
  stop(cluster: string, arn: string, reason: string): Promise<void>;
}

export interface TaskFamily {
  readonly cluster: string;
  readonly family: string;
}

/** In milliseconds. ECS waits for two minutes at the most before it kills. The reserve is for the answer. */
const POLLING = { every: 5_000, reserve: 20_000 };

/**
 * Stops tasks, and waits until they have stopped.
 *
 * @param isMeant by the name of the execution that started a task
 * @returns the ARNs of what it stopped, or found stopping
 */
export async function stopTasks(
  { cluster, family }: TaskFamily, isMeant: (group: string) => boolean, reason: string, tasks: Tasks, deadline: Deadline,
): Promise<string[]> {
  const meant = async () => (await tasks.list(cluster, family)).filter(({ group, hasStopped }) => !hasStopped && isMeant(group));
  const running = await meant();
  for (const { arn } of running) await tasks.stop(cluster, arn, reason);
  if (running.length > 0) await pollUntilTrue(deadline, POLLING, async () => (await meant()).length === 0);
  return running.map(({ arn }) => arn);
}
