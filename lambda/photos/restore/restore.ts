import { createHash } from 'crypto';
import { addAbortSignal, Readable } from 'stream';
import { RestoreRequest } from './request';
import { redactedError } from '../../shared/redacted-error';
import { chunks } from '../chunks';
import { Provenance } from '../thumbnail/provenance';
import { isNewer } from '../thumbnail/recency';

/** Bounds the memory: each takes a few parts of what it copies. */
const KEYS_AT_A_TIME = 4;

/** A run begins nothing new when less is left, so that a large original has at least this long. */
const RESERVE_MS = 10 * 60_000;

/** An answer of Lambda has room for 6 MB; the log has all of them. */
const MAX_PROBLEMS = 100;

export interface Headers {
  readonly ContentType?: string;
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly Expires?: Date;
}

/** One version in the archive that the photo function stored. */
export interface ArchivedCopy {
  readonly versionId: string;
  readonly provenance: Provenance;
  readonly size: number;
  readonly headers: Headers;
  /** The uploader's. */
  readonly metadata: Record<string, string>;
}

export interface ArchivedKey {
  /** As it was in the dropbox. */
  readonly key: string;
  /** Whether a delete marker is on top of the copies. */
  readonly isDeleted: boolean;
  /** As they lie on top of each other, the current one first. */
  readonly copies: () => Promise<ArchivedCopy[]>;
}

export interface Archive {
  keys(prefix: string, after?: string): AsyncIterable<ArchivedKey>;
  read(key: string, versionId: string): Promise<Readable>;
}

/** Whether a key is taken, and by which original if a restore put it there. */
export interface Presence {
  readonly isThere: boolean;
  readonly sha256?: string;
}

export interface Destination {
  find(key: string): Promise<Presence>;
  /** Shows nothing of a content that ends with an error. */
  put(key: string, content: Readable, copy: ArchivedCopy): Promise<void>;
}

export interface Problem {
  readonly key: string;
  readonly versionId?: string;
  readonly problem: string;
}

export interface RestoreReport {
  readonly restored: number;
  /** Were restored before. */
  readonly skipped: number;
  readonly failed: number;
  /** Keys under which the archive has originals of other dropboxes only. */
  readonly ofOtherDropboxes: number;
  /** The first hundred. A damaged copy is one even where an older, sound one was restored. */
  readonly problems: Problem[];
  /** Where to go on. Absent at the end. */
  readonly continueAfter?: string;
}

export interface RestoreDependencies {
  readonly archive: Archive;
  /** The dropbox whose originals are restored, unless a request names another: an archive may hold those of several. */
  readonly sourceBucket: string;
  readonly destination: Destination;
  readonly report: (problem: Problem) => void;
}

export interface Time {
  /** Ends what is under way before the run is ended by force. */
  readonly signal: AbortSignal;
  leftMs(): number;
}

type Outcome = 'restored' | 'skipped' | 'failed' | 'ofOtherDropboxes';

export async function restore(request: RestoreRequest, deps: RestoreDependencies, time: Time): Promise<RestoreReport> {
  const counts: Record<Outcome, number> = { restored: 0, skipped: 0, failed: 0, ofOtherDropboxes: 0 };
  const problems: Problem[] = [];
  const report = (problem: Problem) => {
    deps.report(problem);
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };

  let done = 'prefix' in request ? request.continueAfter : undefined;
  for await (const keys of chunks(keysOf(request, deps.archive), KEYS_AT_A_TIME)) {
    if (time.leftMs() < RESERVE_MS) return { ...counts, problems, continueAfter: done ?? '' };
    const outcomes = await Promise.all(keys.map((archived) => restoreKey(archived, request, { ...deps, report }, time.signal)));
    for (const outcome of outcomes) counts[outcome]++;
    done = keys[keys.length - 1].key;
  }
  if ('key' in request && done === undefined) {
    report({ key: request.key, problem: 'the archive has nothing under this key' });
    counts.failed++;
  }
  return { ...counts, problems };
}

async function* keysOf(request: RestoreRequest, archive: Archive): AsyncGenerator<ArchivedKey> {
  if ('prefix' in request) return yield* archive.keys(request.prefix, request.continueAfter);
  const found = await findKey(request.key, archive);
  if (found) yield found;
}

/** What the archive has under exactly this key. */
export async function findKey(key: string, archive: Archive): Promise<ArchivedKey | undefined> {
  for await (const archived of archive.keys(key)) return archived.key === key ? archived : undefined; // it sorts before every longer key that begins with it
  return undefined;
}

function versionIn(request: RestoreRequest): string | undefined {
  return 'key' in request ? request.versionId : undefined;
}

async function restoreKey(
  { key, copies }: ArchivedKey, request: RestoreRequest, deps: RestoreDependencies, signal: AbortSignal,
): Promise<Outcome> {
  try {
    const versionId = versionIn(request);
    const { sourceBucket = deps.sourceBucket } = request;
    const wanted = (await copies()).filter((copy) => versionId === undefined || copy.versionId === versionId);
    const candidates = newestFirst(wanted.filter(({ provenance }) => provenance.bucket === sourceBucket));
    if (wanted.length > 0 && candidates.length === 0) {
      if ('prefix' in request) return 'ofOtherDropboxes';
      const others = [...new Set(wanted.map(({ provenance }) => provenance.bucket))].join(', ');
      throw new Error(`the archive has no original of the dropbox ${sourceBucket} under this key, only of ${others}: name that as 'sourceBucket' to restore it`);
    }
    const present = await deps.destination.find(key);
    if (present.isThere) {
      if (candidates.some(({ provenance }) => provenance.sha256 === present.sha256)) return 'skipped';
      throw new Error('the destination has another object under this key, which is never overwritten');
    }
    for (const copy of candidates) {
      if (await restoreCopy(key, copy, deps, signal)) return 'restored';
      deps.report({ key, versionId: copy.versionId, problem: 'the archived copy is damaged: its content is not what was archived' });
    }
    throw new Error(versionId === undefined ? 'the archive has no sound copy' : `the archive has no sound copy of version ${versionId}`);
  } catch (error) {
    const { name, message } = redactedError(error);
    deps.report({ key, problem: name === 'Error' ? message : `${name}: ${message}` });
    return 'failed';
  }
}

/** By when they were uploaded; of one upload, the current copy first. */
export function newestFirst(copies: ArchivedCopy[]): ArchivedCopy[] {
  return [...copies].sort(({ provenance: one }, { provenance: other }) => Number(isNewer(other, one)) - Number(isNewer(one, other)));
}

class Damaged extends Error {}

/** Whether the copy is sound. */
async function restoreCopy(key: string, copy: ArchivedCopy, { archive, destination }: RestoreDependencies, signal: AbortSignal): Promise<boolean> {
  const content = addAbortSignal(signal, await archive.read(key, copy.versionId));
  try {
    await destination.put(key, Readable.from(verified(content, copy.provenance.sha256), { objectMode: false }), copy);
    return true;
  } catch (error) {
    if (error instanceof Damaged) return false;
    throw error;
  } finally {
    content.destroy();
  }
}

/** The content, and an error behind its last byte unless it is what was archived. */
async function* verified(content: Readable, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw new Damaged();
}
