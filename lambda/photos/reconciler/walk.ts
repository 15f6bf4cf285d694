import { chunks } from '../chunks';
import { BoundedQueue, Clock, RESERVE_MS } from './bounded-queue';
import { ListedOriginal, originalsToQueue, uploadMessage } from './original';
import { isFolderMarker } from '../thumbnail/upload-event';

/** Keys, and requests for tags. */
export const BATCH_SIZE = 50;

export interface KeyInDropbox {
  readonly key: string;
  /** Newest first. */
  readonly originals: ListedOriginal[];
  /** Whether somebody has deleted the key, and left its versions behind. */
  readonly isDeleted: boolean;
}

export interface Dropbox {
  keys(prefix: string, after?: string): AsyncIterable<KeyInDropbox>;
  stateOf(original: ListedOriginal): Promise<OriginalState>;
  /** Why it was rejected; `undefined` if it was not, or is gone. */
  reasonOf(original: ListedOriginal): Promise<string | undefined>;
}

/** Gone: archived since it was listed. */
export type OriginalState = 'unarchived' | 'rejected' | 'gone';

/** Which keys of the dropbox are uploads. */
export interface Uploads {
  readonly bucket: string;
  readonly prefix: string;
  readonly suffixes: string[];
}

export interface Walk {
  readonly prefix: string;
  /** The key behind which it begins. */
  readonly after?: string;
  /** Only what was uploaded up to this time is looked at. */
  readonly until: Date;
  /** Only what was uploaded from this time on is looked at. */
  readonly since?: Date;
  /** Absent: what is found is only reported. */
  readonly queue?: BoundedQueue;
  /** What was rejected for this reason is queued, too. */
  readonly retry?: string;
}

export interface WalkReport {
  readonly queued: number;
  readonly rejected: number;
  /** Keys that somebody has deleted: they are left alone. */
  readonly deleted: number;
  /** When the oldest original was uploaded that is neither archived nor rejected. */
  readonly oldest?: Date;
  /** The last key that is done. Absent at the end. */
  readonly continueAfter?: string;
}

/** Goes through the dropbox as far as the time reaches, and queues what stayed there. Changes nothing in it. */
export async function walk(plan: Walk, uploads: Uploads, dropbox: Dropbox, clock: Clock): Promise<WalkReport> {
  let report: WalkReport = { queued: 0, rejected: 0, deleted: 0 };
  let done = plan.after ?? '';
  for await (const keys of chunks(dropbox.keys(plan.prefix, plan.after), BATCH_SIZE)) {
    if (clock.timeLeftMs() < RESERVE_MS) return { ...report, continueAfter: done };

    const overdue = keys.map((key) => ({ ...key, originals: overdueUnder(key, plan, uploads) })).filter(({ originals }) => originals.length > 0);
    const originals = overdue.filter(({ isDeleted }) => !isDeleted).flatMap((key) => key.originals);
    const states = await statesOf(originals, plan, dropbox);
    const unarchived = originals.filter((_, index) => states[index] === 'unarchived');
    const queued = plan.queue ? originalsToQueue(unarchived) : [];
    if (queued.length > 0 && !await plan.queue!.send(queued.map((original) => uploadMessage(uploads.bucket, original)))) {
      return { ...report, continueAfter: done };
    }

    report = {
      queued: report.queued + queued.length,
      rejected: report.rejected + states.filter((state) => state === 'rejected').length,
      deleted: report.deleted + overdue.filter(({ isDeleted }) => isDeleted).length,
      oldest: earliest(report.oldest, ...unarchived.map(({ lastModified }) => lastModified)),
    };
    done = keys[keys.length - 1].key;
  }
  return report;
}

export function isUpload(key: string, { prefix, suffixes }: Uploads): boolean {
  return key.startsWith(prefix) && (suffixes.length === 0 || suffixes.some((suffix) => key.endsWith(suffix)));
}

export function earliest(...times: (Date | undefined)[]): Date | undefined {
  return times.reduce((first, time) => (time && (!first || time < first) ? time : first), undefined);
}

function overdueUnder({ key, originals }: KeyInDropbox, { since, until }: Walk, uploads: Uploads): ListedOriginal[] {
  if (!isUpload(key, uploads)) return [];
  const isInTimeRange = ({ lastModified }: ListedOriginal) => lastModified <= until && (!since || lastModified >= since);
  return originals.filter((original) => isInTimeRange(original) && !isFolderMarker({ bucket: uploads.bucket, ...original }));
}

/** More requests at a time would wait for a connection, and that longer than they may. */
export async function ofEach<T>(originals: ListedOriginal[], ask: (original: ListedOriginal) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let start = 0; start < originals.length; start += BATCH_SIZE) {
    answers.push(...await Promise.all(originals.slice(start, start + BATCH_SIZE).map(ask)));
  }
  return answers;
}

function statesOf(originals: ListedOriginal[], { retry }: Walk, dropbox: Dropbox): Promise<OriginalState[]> {
  return ofEach(originals, async (original) => {
    const state = await dropbox.stateOf(original);
    return state === 'rejected' && retry !== undefined && retry === await dropbox.reasonOf(original) ? 'unarchived' : state;
  });
}
