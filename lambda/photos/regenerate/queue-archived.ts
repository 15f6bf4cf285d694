import { regenerationMessage } from './archived-photo';
import { RegenerationRequest } from './request';
import { chunks } from '../chunks';
import { BoundedQueue, Clock, RESERVE_MS } from '../reconciler/bounded-queue';
import { PhotoQueue } from '../reconciler/photo-queue';
import { BATCH_SIZE } from '../reconciler/walk';
import { Archive } from '../restore/restore';

export interface RegenerationDependencies {
  readonly archive: Pick<Archive, 'keys'>;
  readonly queue: Pick<PhotoQueue, 'waiting' | 'send'>;
  /** The dropbox whose originals get thumbnails, unless a request names another. */
  readonly sourceBucket: string;
}

export interface RegenerationReport {
  readonly queued: number;
  /** Keys that somebody has deleted in the archive: they are left alone. */
  readonly deleted: number;
  /** The last key that is done. Absent at the end. */
  readonly continueAfter?: string;
}

/** Goes through the archive as far as the time reaches, and queues each key for its thumbnails. Changes nothing in it. */
export async function queueArchived(request: RegenerationRequest, deps: RegenerationDependencies, clock: Clock): Promise<RegenerationReport> {
  const { prefix, continueAfter, sourceBucket: bucket = deps.sourceBucket } = request;
  const queue = new BoundedQueue(deps.queue, clock);
  let report: RegenerationReport = { queued: 0, deleted: 0 };
  let done = continueAfter ?? '';
  for await (const keys of chunks(deps.archive.keys(prefix, continueAfter), BATCH_SIZE)) {
    if (clock.timeLeftMs() < RESERVE_MS) return { ...report, continueAfter: done };

    const messages = keys.filter(({ isDeleted }) => !isDeleted).map(({ key }) => regenerationMessage({ bucket, key }));
    if (messages.length > 0 && !await queue.send(messages)) return { ...report, continueAfter: done };

    report = { queued: report.queued + messages.length, deleted: report.deleted + keys.length - messages.length };
    done = keys[keys.length - 1].key;
  }
  return report;
}
