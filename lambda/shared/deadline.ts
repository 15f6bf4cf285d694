import { setTimeout } from 'timers/promises';
import type { Context } from 'aws-lambda';

/** What a handler needs of Lambda's context. */
export type RunContext = Pick<Context, 'getRemainingTimeInMillis'>;

/** When Lambda ends this run, for what has to wait. */
export interface Deadline {
  sleep(milliseconds: number): Promise<void>;
  /** How long this run may still take. */
  remainingMilliseconds(): number;
}

export function deadlineOf(context: RunContext, sleepFor: Deadline['sleep']): Deadline {
  return { sleep: sleepFor, remainingMilliseconds: () => context.getRemainingTimeInMillis() };
}

export async function sleep(milliseconds: number): Promise<void> {
  await setTimeout(milliseconds);
}

/** In milliseconds. */
export interface Polling {
  readonly every: number;
  /** Kept for what the run does afterwards: cleaning up, answering. */
  readonly reserve: number;
}

/** The first result of an attempt; `undefined` if there is none before only the reserve is left. */
export async function poll<T>(deadline: Deadline, { every, reserve }: Polling, attempt: () => Promise<T | undefined>): Promise<T | undefined> {
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (deadline.remainingMilliseconds() < reserve + every) return undefined;
    await deadline.sleep(every);
  }
}

/** Whether a check succeeds before only the reserve is left. */
export async function pollUntilTrue(deadline: Deadline, polling: Polling, check: () => Promise<boolean>): Promise<boolean> {
  return await poll(deadline, polling, async () => await check() || undefined) ?? false;
}
