import { BoundedQueue, Clock } from './bounded-queue';
import { PhotoQueue } from './photo-queue';
import { Dropbox, earliest, Uploads, walk, WalkReport } from './walk';
import { WalkMemory } from './walk-memory';
import { REJECTION_REASONS, RejectionReason } from '../thumbnail/rejection';

const HOUR_MS = 3_600_000;

export interface ReconcilerDependencies {
  readonly uploads: Uploads;
  readonly dropbox: Dropbox;
  readonly queue: PhotoQueue;
  readonly memory: WalkMemory;
  readonly deadlineHours: number;
  /** What it held before its uploads were ever reported is left to a backfill. */
  readonly dropboxIsOlderThanQueue: boolean;
}

/** What may be asked for on request; see docs/constructs/thumbnail-to-wasabi.md. */
export interface Backfill {
  readonly prefix?: string;
  readonly olderThanSeconds?: number;
  readonly continueAfter?: string;
  /** What was rejected for this reason is queued, too: the function may have changed. */
  readonly retryRejected?: RejectionReason;
}

/**
 * The hourly look for originals that stayed past the deadline. In every hour that the deadline divides, a walk begins that queues them,
 * and goes on in the next hours until it is through; otherwise the run only looks. So an original is queued again at the soonest when
 * its former message has come to its end: two at a time would upload it twice.
 */
export async function reconcile(scheduledFor: Date, deps: ReconcilerDependencies, clock: Clock): Promise<WalkReport> {
  const unfinished = await deps.memory.read();
  const isHourToBegin = Math.floor(scheduledFor.getTime() / HOUR_MS) % deps.deadlineHours === 0;
  const queues = unfinished !== undefined || isHourToBegin;

  const report = await walk({
    prefix: deps.uploads.prefix,
    after: unfinished?.continueAfter,
    until: hoursAgo(deps.deadlineHours, clock),
    since: deps.dropboxIsOlderThanQueue ? await deps.queue.createdAt() : undefined,
    queue: queues ? new BoundedQueue(deps.queue, clock) : undefined,
  }, deps.uploads, deps.dropbox, clock);

  const oldest = earliest(unfinished?.oldest, report.oldest);
  const { continueAfter } = report;
  if (queues && continueAfter !== undefined) await deps.memory.write({ continueAfter, oldest });
  else if (unfinished) await deps.memory.write(undefined);
  return { ...report, oldest };
}

/** A walk that somebody asks for, through whatever is in the dropbox, since whenever. */
export function backfill(request: Backfill, deps: ReconcilerDependencies, clock: Clock): Promise<WalkReport> {
  const { prefix = deps.uploads.prefix, olderThanSeconds, continueAfter, retryRejected: retry } = request;
  if (retry !== undefined && !REJECTION_REASONS.includes(retry)) throw new Error(`'retryRejected' must be one of ${REJECTION_REASONS.join(', ')}, got '${retry}'`);
  if (!prefix.startsWith(deps.uploads.prefix)) throw new Error(`'prefix' must begin with '${deps.uploads.prefix}', as uploads do, got '${prefix}'`);
  const until = olderThanSeconds === undefined ? hoursAgo(deps.deadlineHours, clock) : new Date(clock.now().getTime() - olderThanSeconds * 1000);
  return walk({ prefix, after: continueAfter, until, retry, queue: new BoundedQueue(deps.queue, clock) }, deps.uploads, deps.dropbox, clock);
}

function hoursAgo(hours: number, clock: Clock): Date {
  return new Date(clock.now().getTime() - hours * HOUR_MS);
}
