import { createHash } from 'crypto';
import { Message } from '@aws-sdk/client-sqs';
import { Semaphore } from 'async-mutex';
import { CarriedOut, Exchange } from './journal';
import { PhotoSystem, RUN_SECONDS } from './photo-system';
import { looksLike } from './pictures';
import { isRejectable, Upload } from './uploads';
import { archivedName } from '../../lambda/photos/archive-key';

/** What must not be. Each says what it was found at. */
export interface Violations {
  readonly lostOriginals: string[];
  readonly unreportedOriginals: string[];
  readonly wrongRejections: string[];
  readonly archivedRejections: string[];
  readonly unverifiedRemovals: string[];
  readonly wrongArchives: string[];
  readonly wrongThumbnails: string[];
  readonly unexplainedDuplicates: string[];
  readonly abandonedUploads: string[];
}

export interface Audit {
  readonly violations: Violations;
  readonly counts: {
    readonly archived: number;
    readonly rejected: number;
    readonly removedByUser: number;
    /** In the dropbox, with a message that waits. */
    readonly waiting: number;
    /** Multipart uploads that no later run could have ended. */
    readonly multipartUploads: number;
    /** Copies beyond the one that each upload needs. */
    readonly orderRepaired: number;
    readonly damagedByStore: number;
    readonly storedAtTheSameTime: number;
  };
}

interface Copy {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  /** The version in the dropbox that it says it was made from. */
  readonly source: string;
  /** When that was uploaded, as the tag of its thumbnail has it. */
  readonly uploaded: string;
  readonly sha256: string;
}

/**
 * Looks into both stores, past the proxies, while nothing is under way.
 *
 * @param messages all that wait in the queue or among the dead letters
 */
export async function audit(system: PhotoSystem, uploads: Upload[], messages: Message[]): Promise<Audit> {
  const [inDropbox, copies] = await Promise.all([system.versions(system.dropbox), archiveCopies(system)]);
  const remaining = uploads.filter(({ versionId }) => inDropbox.some((version) => version.versionId === versionId));
  const archived = uploads.filter((upload) => copies.some((copy) => isSound(copy, upload)));

  /** Whose run has to be repeated, or was the last, as the user has removed the original meanwhile. */
  const unfinished = uploads.filter((upload) => remaining.includes(upload) || upload.isRemovedByUser);
  const finished = archived.filter((upload) => !unfinished.includes(upload));
  const tags = new Map(await Promise.all(remaining.map(async ({ key, versionId }) =>
    [versionId, await system.tags(system.dropbox, key, versionId)] as const)));
  const isTagged = ({ versionId }: Upload) => tags.get(versionId)?.['cdk-mainstay:rejected'] !== undefined;
  const waiting = new Set(messages.map(versionIn));

  const duplicates = duplicatesAmong(copies, uploads, system);
  const multipart = await multipartUploads(system);
  return {
    violations: {
      lostOriginals: uploads.filter((upload) => !upload.isRemovedByUser && !archived.includes(upload) && !remaining.includes(upload)).map(named),
      unreportedOriginals: remaining.filter((upload) => !isTagged(upload) && !waiting.has(upload.versionId)).map(named),
      wrongRejections: remaining.filter((upload) => isTagged(upload) && !isRejectable(upload.kind)).map(named),
      archivedRejections: uploads.filter(({ kind, versionId }) => isRejectable(kind) && copies.some(({ source }) => source === versionId)).map(named),
      unverifiedRemovals: unverifiedRemovals(copies, uploads, system),
      wrongArchives: [...wrongCopies(copies, uploads, system), ...wrongOnTop(copies, finished, unfinished)],
      wrongThumbnails: await wrongThumbnails(copies, finished, uploads, system),
      unexplainedDuplicates: duplicates.unexplained,
      abandonedUploads: multipart.abandoned,
    },
    counts: {
      archived: archived.length,
      rejected: remaining.filter(isTagged).length,
      removedByUser: uploads.filter((upload) => upload.isRemovedByUser && !archived.includes(upload)).length,
      waiting: remaining.filter((upload) => !isTagged(upload) && waiting.has(upload.versionId)).length,
      multipartUploads: multipart.others,
      ...duplicates.counts,
    },
  };
}

async function archiveCopies(system: PhotoSystem): Promise<Copy[]> {
  const readers = new Semaphore(8);
  const versions = await system.versions(system.archive);
  return Promise.all(versions.map(({ key, versionId, isLatest }) => readers.runExclusive(async () => {
    const { bytes, metadata } = await system.read(system.archive, key, versionId);
    const uploaded = ['source-last-modified', 'source-bucket', 'source-sequencer'].map((name) => metadata[name]).join('/');
    return { key, versionId, isLatest, source: metadata['source-version-id'], uploaded, sha256: createHash('sha256').update(bytes).digest('hex') };
  })));
}

/** A removal counts as verified if all of a sound copy had been read back before it was asked for. */
function unverifiedRemovals(copies: Copy[], uploads: Upload[], { journal }: PhotoSystem): string[] {
  const readings = journal.successes('store', 'GetObject');
  return journal.successes('account', 'DeleteObject').filter(({ versionId, began }) => {
    const upload = uploads.find((other) => other.versionId === versionId);
    const sound = copies.filter((copy) => upload && isSound(copy, upload)).map((copy) => copy.versionId);
    return !readings.some((reading) =>
      sound.includes(reading.versionId!) && reading.answered?.sha256 === upload!.sha256 && reading.answered.at < began);
  }).map(({ key, versionId }) => `${key} version ${versionId}`);
}

/** Copies of what nobody uploaded, and those whose bytes are others without the store's doing. */
function wrongCopies(copies: Copy[], uploads: Upload[], { journal }: PhotoSystem): string[] {
  const damaged = new Set(journal.exchanges.filter(({ fault }) => fault === 'other bytes kept').map(({ carriedOut }) => carriedOut?.newVersionId));
  return copies.filter((copy) => !damaged.has(copy.versionId) && !uploads.some((upload) => isSound(copy, upload)))
    .map(({ key, versionId }) => `${key} copy ${versionId} is of other bytes`);
}

/** One that is not finished may have come on top of a newer. */
function wrongOnTop(copies: Copy[], finished: Upload[], unfinished: Upload[]): string[] {
  const tops = copies.filter(({ isLatest }) => isLatest);
  const isUnfinished = ({ source }: Copy) => unfinished.some(({ versionId }) => versionId === source);
  const isRight = (top: Copy, newest: Upload) => isSound(top, newest) || (top.key === archivedName(newest.key) && isUnfinished(top));
  return newestByKey(finished).filter((newest) => !tops.some((top) => isRight(top, newest)))
    .map((newest) => `${named(newest)} is not the current version in the archive`);
}

/** One that is not finished, and perhaps not archived, may have its thumbnail already. */
async function wrongThumbnails(copies: Copy[], finished: Upload[], uploads: Upload[], system: PhotoSystem): Promise<string[]> {
  const present = new Set((await system.versions(system.thumbnails)).map(({ key }) => key));
  const wrong = await Promise.all(newestByKey(finished.filter(({ kind }) => kind === 'photo')).map(async (newest) => {
    if (!present.has(newest.key)) return `${named(newest)} has no thumbnail`;
    const [{ bytes }, { 'cdk-mainstay:uploaded': uploaded }] = await Promise.all([
      system.read(system.thumbnails, newest.key), system.tags(system.thumbnails, newest.key),
    ]);
    const source = copies.find((copy) => copy.uploaded === uploaded)?.source;
    const mayBeShown = (upload: Upload) => upload === newest || (upload.number > newest.number && !finished.includes(upload));
    const isShown = ({ key, versionId }: Upload) => uploaded !== undefined && key === newest.key
      && (source ? versionId === source : !copies.some((copy) => copy.source === versionId));
    const looks = await Promise.all(uploads.filter((upload) => isShown(upload) && mayBeShown(upload)).map(({ colour }) => looksLike(bytes, colour)));
    return looks.includes(true) ? undefined : `the thumbnail of ${named(newest)} is another's`;
  }));
  return wrong.filter((text) => text !== undefined);
}

/**
 * One upload, one copy. More are explained only
 * - by a store that kept other bytes than it was sent: such a copy stays where it is;
 * - by the repair of the order: an older photo, or damage, had come on top of a newer;
 * - by two runs that were at the same upload at the same time: when the later one looked, the copy of the earlier was not there yet.
 */
function duplicatesAmong(copies: Copy[], uploads: Upload[], { journal }: PhotoSystem) {
  const counts = { orderRepaired: 0, damagedByStore: 0, storedAtTheSameTime: 0 };
  const unexplained: string[] = [];
  const stored = journal.successes('store', 'PutObject', 'CompleteMultipartUpload', 'CopyObject').map((exchange) => ({
    exchange, copy: copies.find(({ versionId }) => versionId === exchange.carriedOut.newVersionId), isDamaged: exchange.fault === 'other bytes kept',
  }));
  const numbers = new Map(uploads.map(({ versionId, number }) => [versionId, number]));
  for (const { versionId: source, number, key } of uploads) {
    const sound: CarriedOut[] = [];
    for (const { exchange, copy, isDamaged } of stored.filter((other) => other.copy?.source === source)) {
      if (isDamaged) {
        counts.damagedByStore += 1;
      } else if (exchange.operation === 'CopyObject') {
        const isNeeded = stored.some((other) => other.exchange.key === archivedName(key) && other.exchange.carriedOut.at < exchange.carriedOut.at
          && (other.isDamaged || numbers.get(other.copy!.source)! < number) && other.exchange.carriedOut.at > (sound[0]?.carriedOut.at ?? 0));
        if (isNeeded) counts.orderRepaired += 1;
        else unexplained.push(`${key} copy ${copy!.versionId} repairs no order`);
      } else {
        if (sound.length > 0) {
          if (couldNotSee(exchange, sound, journal.successes('store', 'ListObjectVersions'))) counts.storedAtTheSameTime += 1;
          else unexplained.push(`${key} copy ${copy!.versionId} is one too many of version ${source}`);
        }
        sound.push(exchange);
      }
    }
  }
  return { counts, unexplained };
}

/** Whether the last look into the archive, before it stored, was before any of the others were stored, by other runs. */
function couldNotSee(own: CarriedOut, others: CarriedOut[], looks: Exchange[]): boolean {
  const look = looks.filter(({ run, key, answered }) => run === own.run && key === own.key && answered && answered.at < own.began).at(-1);
  return look !== undefined && others.every(({ run, carriedOut }) => run !== own.run && carriedOut.at > look.began);
}

/** A multipart upload must be gone once a later run, that looked when the upload was older than a run can last, has begun another. */
async function multipartUploads(system: PhotoSystem): Promise<{ abandoned: string[]; others: number }> {
  const { journal } = system;
  const unfinished = await system.unfinishedUploads();
  const looks = journal.successes('store', 'ListMultipartUploads');
  const lookBefore = ({ run, key, began }: CarriedOut) =>
    looks.filter((look) => look.run === run && look.key === key && look.carriedOut.at < began).at(-1);
  const begun = journal.successes('store', 'CreateMultipartUpload');
  const abandoned = unfinished.filter(({ key, initiated }) => {
    const old = initiated.getTime() + 1000 * (RUN_SECONDS + 1); // stores tell whole seconds
    return begun.some((exchange) => exchange.key === key && lookBefore(exchange)!.began > old);
  });
  return { abandoned: abandoned.map(({ key }) => key), others: unfinished.length - abandoned.length };
}

function newestByKey(uploads: Upload[]): Upload[] {
  return [...new Map(uploads.map((upload) => [upload.key, upload])).values()]; // in the order of their upload
}

function isSound(copy: Copy, upload: Upload): boolean {
  return copy.source === upload.versionId && copy.key === archivedName(upload.key) && copy.sha256 === upload.sha256;
}

function versionIn({ Body }: Message): string {
  return JSON.parse(Body!).detail.object['version-id'];
}

function named({ number, key, versionId }: Upload): string {
  return `upload ${number} of ${key} (version ${versionId})`;
}
