import type { Logger } from '@aws-lambda-powertools/logger';
import type { Ask } from './ask';
import type { ThrowawayDatabase } from './throwaway-database';
import type { RunContext } from '../../shared/deadline';

/** What the state machine keeps from one step to the next, a minute later. It can be read: no password is in it. */
export interface Progress {
  /** What an earlier drill may have left is destroyed first, and what this one restored last. */
  readonly phase: 'clear' | 'restore' | 'destroy';
  /** How many steps the phase has had. */
  readonly looks: number;
  /** By the names of Step Functions. */
  readonly failure?: { readonly Error: string; readonly Cause: string };
}

export interface Step extends Progress {
  readonly next: 'wait' | 'succeeded' | 'failed' | 'tooEarly';
}

interface HandlerDependencies {
  readonly database: ThrowawayDatabase;
  readonly ask: Ask;
  readonly identifier: string;
  readonly now: () => number;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Restoring what is far larger than most takes hours; beyond that, it is no backup that helps. Ours. */
const LOOKS_AT_RESTORE = 6 * 60;
const LOOKS_AT_DELETION = 3 * 60;

/** In milliseconds. RDS makes an automated snapshot each day, and the first migrations have run by then. */
const DAY = 24 * 3_600_000;

/** From here, RDS brings none back by itself: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html */
const BROKEN = ['failed', 'incompatible-network', 'incompatible-option-group', 'incompatible-parameters', 'incompatible-restore', 'inaccessible-encryption-credentials', 'restore-error', 'storage-full'];

/**
 * Takes the next step of a drill: looks at what there is in RDS, does what comes next, and says how to go on. A step may be taken again.
 */
export function createHandler(dependencies: HandlerDependencies): (progress: Progress, context: RunContext) => Promise<Step> {
  return async (progress, context) => {
    if (progress.phase === 'restore') return restore(dependencies, progress, context);
    const step = await destroy(dependencies, progress);
    return progress.phase === 'clear' && step.next === 'succeeded' ? begin(dependencies, step) : step;
  };
}

/** A database of today has no backup that could prove anything: it may be without tables, as it was created. */
async function begin({ database, now }: HandlerDependencies, step: Step): Promise<Step> {
  const createdAt = await database.sourceCreatedAt();
  const isOldEnough = createdAt && now() - createdAt.getTime() >= DAY;
  return isOldEnough ? { phase: 'restore', looks: 0, next: 'wait' } : { ...step, next: 'tooEarly' };
}

async function restore({ database, ask }: HandlerDependencies, progress: Progress, context: RunContext): Promise<Step> {
  try {
    const { status = 'unknown', address } = await database.restore();
    if (BROKEN.includes(status)) throw named('RestoreFailed', `RDS says of the restored database: ${status}`);
    if (status !== 'available' || !address) {
      if (progress.looks >= LOOKS_AT_RESTORE) throw named('RestoreTookTooLong', `the restored database was not available after ${LOOKS_AT_RESTORE} minutes`);
      return lookAgain(progress);
    }
    await ask(address, context);
    return { phase: 'destroy', looks: 0, next: 'wait' };
  } catch (error) {
    const { name, message } = error as Error;
    return { phase: 'destroy', looks: 0, next: 'wait', failure: { Error: name, Cause: message } };
  }
}

async function destroy({ database, identifier, logger }: HandlerDependencies, progress: Progress): Promise<Step> {
  try {
    if (await database.destroy()) return { ...progress, next: progress.failure ? 'failed' : 'succeeded' };
  } catch (error) {
    logger.warn('not deleted yet: it is tried again', error as Error); // it is still being made, say
  }
  if (progress.looks < LOOKS_AT_DELETION) return lookAgain(progress);
  return { ...progress, next: 'failed', failure: { Error: 'NotDestroyed', Cause: `${identifier} could not be deleted: delete it by hand, as it costs money` } };
}

function lookAgain(progress: Progress): Step {
  return { ...progress, looks: progress.looks + 1, next: 'wait' };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
