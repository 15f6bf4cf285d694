import { setImmediate } from 'timers/promises';
import { ArchiveCopy, ArchiveStore, archiveCopy, copiesSince } from './archive';
import { sendable } from './content-headers';
import { inspect, Inspected, isTooLargeToDecode } from './inspect';
import { MemoryBudget } from './memory-budget';
import { Archived, MadeThumbnails, Outcome, TagResult, ThumbnailReport } from './outcome';
import { OutcomeEvents } from './outcome-events';
import { DropboxObject, OpenedObject, Photo, PhotoInMemory, readIntoMemory, readForDigest } from './photo';
import { withProvenance } from './provenance';
import { Recency } from './recency';
import { ProbableRejection, Rejection, rejectionIn, RejectionReason } from './rejection';
import { renderThumbnails, Thumbnail, ThumbnailSpec } from './thumbnail';
import { isFolderMarker, Upload } from './upload-event';
import { archivedName } from '../archive-key';

export interface Dropbox {
  /**
   * `undefined` when that version is not there any more.
   *
   * @throws a Rejection for what S3 does not give out
   */
  open(upload: Upload): Promise<OpenedObject | undefined>;
  /** `undefined` when S3 does not tell: it is gone, or cannot be read. */
  sizeOf(upload: Upload): Promise<number | undefined>;
  remove(object: DropboxObject): Promise<'removed' | 'replaced'>;
  tag(object: Upload | DropboxObject, reason: RejectionReason): Promise<TagResult>;
}

export interface ThumbnailStore {
  put(key: string, thumbnail: Thumbnail, uploaded: Recency): Promise<'written' | 'superseded'>;
}

/** What making thumbnails takes. */
export interface ThumbnailDependencies {
  readonly thumbnailStore: ThumbnailStore;
  readonly thumbnails: ThumbnailSpec[];
  readonly memory: MemoryBudget;
  /** Larger ones get no thumbnails. */
  readonly maxInputBytes: number;
  readonly maxInputPixels: number;
}

export interface PhotoDependencies extends ThumbnailDependencies {
  readonly dropbox: Dropbox;
  readonly archive: ArchiveStore;
  readonly archiveKeyPrefix: string;
  readonly events?: OutcomeEvents;
}

/** S3 and what is compatible with it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;
/** Names and values together: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_METADATA_BYTES = 2048;
/** What one request copies within a store, which restoring the order of two uploads needs: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MAX_ARCHIVED_BYTES = 5 * 2 ** 30;

/**
 * Brings one photo all the way: thumbnails, archive copy, removal from the dropbox.
 *
 * May stop, or be started again, anywhere: nothing is removed before the copy is verified, and every step that a
 * former run has taken already is found done. An error means that trying again can help.
 *
 * @param isLastTry whether the message comes no more if this fails: then what was refused at each try is rejected (docs/decisions/failed-photos.md)
 */
export async function processUpload(upload: Upload, deps: PhotoDependencies, isLastTry = false): Promise<Outcome> {
  if (isFolderMarker(upload)) return { outcome: 'ignored' };

  // Of unknown size, it would wait for all the room, and a batch of such would go one after the other.
  const size = upload.size ?? await deps.dropbox.sizeOf(upload);
  return deps.memory.withBytes(size, async (room) => {
    let opened: OpenedObject | undefined;
    try {
      opened = await deps.dropbox.open(upload);
      return opened ? await processObject(opened, room, deps) : { outcome: 'gone' };
    } catch (error) {
      const rejection = rejectionIn(error, isLastTry);
      if (!rejection) throw error;
      const refused = opened?.object ?? upload;
      const tag = await deps.dropbox.tag(refused, rejection.reason);
      await deps.events?.rejected(refused, rejection);
      return { outcome: 'rejected', rejection, tag };
    } finally {
      opened?.discard();
    }
  });
}

async function processObject({ object, content }: OpenedObject, room: number, deps: PhotoDependencies): Promise<Outcome> {
  const archiveKey = deps.archiveKeyPrefix + archivedName(object.key);

  // Whatever can refuse the photo comes before the first byte is written anywhere.
  requireKeysThatFit([archiveKey, ...deps.thumbnails.map((spec) => thumbnailKey(spec, object.key))]);
  requireSizeThatFits(object);
  // The archive is asked meanwhile: on a fresh container, that takes longer than the reading.
  const present = copiesSince(archiveKey, object.lastModified, deps.archive);
  present.catch(() => undefined); // which is for whoever awaits it, if anybody still does

  if (object.size > deps.maxInputBytes) return archiveOnly(await readForDigest(object, content), archiveKey, present, 'larger-than-max-input-size', deps);
  if (object.size > room) throw new Error(`the object has ${object.size} bytes, and its event said that it has fewer`);
  return archiveWithThumbnails(await readIntoMemory(object, content), archiveKey, present, deps);
}

async function archiveWithThumbnails(
  photo: PhotoInMemory, archiveKey: string, present: Promise<ArchiveCopy[]>, deps: PhotoDependencies,
): Promise<Outcome> {
  requireMetadataThatFits(photo);
  const inspected = await inspect(photo.bytes);
  if (isTooLargeToDecode(inspected, deps.maxInputPixels)) return archiveOnly(photo, archiveKey, present, 'more-than-max-input-pixels', deps);
  // A damaged photo must not cover a sound one of its key in the archive: docs/decisions/decoded-before-archived.md
  const thumbnails = await renderAll(photo.bytes, inspected, deps);

  // Both come to their end before either's failure counts: an upload must not go on behind the back of a retry.
  const [written, archived] = await Promise.allSettled([
    writeAll(thumbnails, { key: photo.object.key, uploaded: photo.provenance }, deps),
    // The thumbnail is on its way before the digest of the copy takes the processor: somebody waits for it.
    Promise.all([present, setImmediate()]).then(([copies]) => archiveCopy({ key: archiveKey, photo, present: copies, store: deps.archive })),
  ]);
  if (archived.status === 'rejected') throw archived.reason;
  if (written.status === 'rejected') throw written.reason;
  return conclude(photo, archiveKey, archived.value, { thumbnails: written.value }, deps);
}

async function archiveOnly(
  photo: Photo, archiveKey: string, present: Promise<ArchiveCopy[]>, thumbnailsSkipped: Archived['thumbnailsSkipped'], deps: PhotoDependencies,
): Promise<Outcome> {
  requireMetadataThatFits(photo);
  const versionId = await archiveCopy({ key: archiveKey, photo, present: await present, store: deps.archive });
  return conclude(photo, archiveKey, versionId, { thumbnails: [], thumbnailsSkipped }, deps);
}

async function conclude(
  { object, provenance }: Photo, archiveKey: string, archiveVersionId: string,
  made: MadeThumbnails, deps: PhotoDependencies,
): Promise<Outcome> {
  const archived = { outcome: 'archived', bytes: object.size, sha256: provenance.sha256, archiveKey, archiveVersionId, ...made } as const;
  await deps.events?.archived(object, archived); // before the removal, after which no retry would tell
  return { ...archived, original: await deps.dropbox.remove(object) }; // last, and only now
}

export function requireKeysThatFit(keys: string[]): void {
  const tooLong = keys.find((key) => Buffer.byteLength(key) > MAX_KEY_BYTES);
  if (tooLong) throw new Rejection('key-too-long', `${JSON.stringify(tooLong)} would be longer than ${MAX_KEY_BYTES} bytes`);
}

function requireSizeThatFits({ size }: DropboxObject): void {
  if (size === 0) throw new Rejection('empty', 'the object has no content');
  if (size > MAX_ARCHIVED_BYTES) throw new Rejection('too-large', `${size} bytes are more than ${MAX_ARCHIVED_BYTES}`);
}

function requireMetadataThatFits({ object, provenance }: Photo): void {
  const kept = withProvenance({ ...object.metadata, ...sendable(object.headers).metadata }, provenance);
  const size = Buffer.byteLength(Object.entries(kept).flat().join(''));
  if (size > MAX_METADATA_BYTES) {
    throw new Rejection('metadata-too-large', `${size} bytes of user metadata, with the archive's, are more than ${MAX_METADATA_BYTES}`);
  }
}

/** A decoder gets the same bytes at each try: what is wrong with them at all tries is wrong with the photo. */
export async function renderAll(bytes: Uint8Array, inspected: Inspected, deps: ThumbnailDependencies): Promise<Thumbnail[]> {
  const render = () => renderThumbnails(bytes, inspected, deps.thumbnails, deps.maxInputPixels);
  try {
    return await deps.memory.withPixels(inspected.load, render);
  } catch (error) {
    throw error instanceof Rejection ? error : new ProbableRejection(new Rejection('decoder-failed', (error as Error).message));
  }
}

export function writeAll(
  thumbnails: Thumbnail[], original: { readonly key: string; readonly uploaded: Recency }, deps: ThumbnailDependencies,
): Promise<ThumbnailReport[]> {
  return Promise.all(thumbnails.map(async (thumbnail, index) => {
    const key = thumbnailKey(deps.thumbnails[index], original.key);
    const result = await deps.thumbnailStore.put(key, thumbnail, original.uploaded);
    return { key, width: thumbnail.width, height: thumbnail.height, bytes: thumbnail.bytes.length, result };
  }));
}

export function thumbnailKey(spec: ThumbnailSpec, key: string): string {
  return spec.name ? `${spec.name}/${key}` : key;
}
