import { chunks } from '../chunks';
import { Clock, RESERVE_MS } from './bounded-queue';
import { BATCH_SIZE, Dropbox, isUpload, ofEach, Uploads } from './walk';

/** What may be asked for; see docs/constructs/thumbnail-to-wasabi.md. */
export interface RejectedRequest {
  readonly list: 'rejected';
  readonly prefix?: string;
  readonly continueAfter?: string;
}

export interface RejectedUpload {
  readonly key: string;
  readonly versionId?: string;
  readonly size?: number;
  readonly uploaded: Date;
  readonly reason: string;
}

export interface RejectedReport {
  readonly rejected: RejectedUpload[];
  /** The last key that is done. Absent at the end. */
  readonly continueAfter?: string;
}

/** An answer of Lambda has room for 6 MB, and a key has up to 1024 bytes. */
const MAX_LISTED = 1000;

/** The uploads that were rejected, by their tags: what is in the dropbox is the truth, however long ago. Changes nothing. */
export async function listRejected(
  { prefix, continueAfter }: RejectedRequest, uploads: Uploads, dropbox: Dropbox, clock: Clock,
): Promise<RejectedReport> {
  const rejected: RejectedUpload[] = [];
  let done = continueAfter ?? '';
  for await (const keys of chunks(dropbox.keys(prefix ?? uploads.prefix, continueAfter), BATCH_SIZE)) {
    if (clock.timeLeftMs() < RESERVE_MS || rejected.length >= MAX_LISTED) return { rejected, continueAfter: done };
    const originals = keys.filter(({ key, isDeleted }) => isUpload(key, uploads) && !isDeleted).flatMap((key) => key.originals);
    const reasons = await ofEach(originals, (original) => dropbox.reasonOf(original));
    originals.forEach(({ key, versionId, size, lastModified }, index) => {
      const reason = reasons[index];
      if (reason !== undefined) rejected.push({ key, versionId, size, uploaded: lastModified, reason });
    });
    done = keys[keys.length - 1].key;
  }
  return { rejected };
}
