import { createHash } from 'crypto';
import { ArchiveStore, archiveCopy } from './archive';
import { inspect, Inspected } from './inspect';
import { Provenance, withProvenance } from './provenance';
import { Rejection, RejectionReason } from './rejection';
import { renderThumbnails, Thumbnail, ThumbnailSpec } from './thumbnail';
import { isFolderMarker, Upload } from './upload-event';

/** The headers that describe a photo, and that its archive copy keeps. */
export interface ContentHeaders {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
}

/** One version of an object in the dropbox: what S3 answered, more exact than what the event said. */
export interface DropboxObject {
  readonly bucket: string;
  readonly key: string;
  /** Absent in a bucket without versioning. */
  readonly versionId?: string;
  readonly etag: string;
  readonly sequencer?: string;
  readonly lastModified: Date;
  readonly size: number;
  readonly headers: ContentHeaders;
  readonly metadata: Record<string, string>;
}

/** An object whose content waits to be either read, once, or discarded. */
export interface OpenedObject {
  readonly object: DropboxObject;
  readonly read: () => Promise<Uint8Array>;
  /** Frees the connection of an object that was not read; harmless after reading. */
  readonly discard: () => void;
}

/** An object with the bytes that were read, and their SHA-256 by our own reckoning. */
export interface Photo {
  readonly object: DropboxObject;
  readonly bytes: Uint8Array;
  readonly provenance: Provenance;
}

export type TagResult = 'tagged' | 'no-room' | 'gone';

export interface Dropbox {
  /** `undefined` when that version is not there any more. */
  open(upload: Upload): Promise<OpenedObject | undefined>;
  remove(object: DropboxObject): Promise<'removed' | 'replaced'>;
  tag(object: DropboxObject, reason: RejectionReason): Promise<TagResult>;
}

export interface ThumbnailStore {
  put(key: string, thumbnail: Thumbnail, provenance: Provenance): Promise<'written' | 'superseded'>;
}

export interface PhotoDependencies {
  readonly dropbox: Dropbox;
  readonly archive: ArchiveStore;
  readonly thumbnailStore: ThumbnailStore;
  readonly thumbnails: ThumbnailSpec[];
  readonly archiveKeyPrefix: string;
  readonly maxInputBytes: number;
  readonly maxInputPixels: number;
}

export interface ThumbnailReport {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly result: 'written' | 'superseded';
}

export type Outcome =
  | { readonly outcome: 'ignored' | 'gone' }
  | { readonly outcome: 'rejected'; readonly rejection: Rejection; readonly tag: TagResult }
  | {
    readonly outcome: 'archived';
    readonly bytes: number;
    readonly sha256: string;
    readonly archiveKey: string;
    readonly archiveVersionId: string;
    readonly thumbnails: ThumbnailReport[];
    readonly original: 'removed' | 'replaced';
  };

/** S3 and what is compatible with it: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;
/** Names and values together: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_METADATA_BYTES = 2048;

/**
 * Brings one photo all the way: thumbnails, archive copy, removal from the dropbox.
 *
 * May stop, or be started again, anywhere: nothing is removed before the copy is verified, and every step that a
 * former run has taken already is found done. An error means that trying again can help.
 */
export async function processUpload(upload: Upload, deps: PhotoDependencies): Promise<Outcome> {
  if (isFolderMarker(upload)) return { outcome: 'ignored' };

  const opened = await deps.dropbox.open(upload);
  if (!opened) return { outcome: 'gone' };

  try {
    return await processObject(opened, deps);
  } catch (error) {
    opened.discard();
    if (!(error instanceof Rejection)) throw error;
    return { outcome: 'rejected', rejection: error, tag: await deps.dropbox.tag(opened.object, error.reason) };
  }
}

async function processObject(opened: OpenedObject, deps: PhotoDependencies): Promise<Outcome> {
  const { object } = opened;
  const archiveKey = deps.archiveKeyPrefix + object.key;

  // Whatever can refuse the photo comes before the first byte is written anywhere.
  requireKeysThatFit([archiveKey, ...deps.thumbnails.map((spec) => thumbnailKey(spec, object.key))]);
  const photo = await readPhoto(opened, deps.maxInputBytes);
  requireMetadataThatFits(photo);
  const inspected = await inspect(photo.bytes, deps.maxInputPixels);

  // Both come to their end before either's failure counts: an upload must not go on behind the back of a retry.
  const [rendered, archived] = await Promise.allSettled([
    renderAll(photo, inspected, deps),
    archiveCopy(archiveKey, photo, deps.archive),
  ]);
  if (archived.status === 'rejected') throw archived.reason; // first, being transient: a rejection would end the retries
  if (rendered.status === 'rejected') throw rendered.reason;

  const thumbnails: ThumbnailReport[] = [];
  for (const { key, thumbnail } of rendered.value) {
    const result = await deps.thumbnailStore.put(key, thumbnail, photo.provenance);
    thumbnails.push({ key, width: thumbnail.width, height: thumbnail.height, bytes: thumbnail.bytes.length, result });
  }

  return {
    outcome: 'archived',
    bytes: photo.bytes.length,
    sha256: photo.provenance.sha256,
    archiveKey,
    archiveVersionId: archived.value,
    thumbnails,
    original: await deps.dropbox.remove(object), // last, and only now
  };
}

function requireKeysThatFit(keys: string[]): void {
  const tooLong = keys.find((key) => Buffer.byteLength(key) > MAX_KEY_BYTES);
  if (tooLong) throw new Rejection('key-too-long', `${JSON.stringify(tooLong)} would be longer than ${MAX_KEY_BYTES} bytes`);
}

async function readPhoto({ object, read }: OpenedObject, maxBytes: number): Promise<Photo> {
  if (object.size === 0) throw new Rejection('empty', 'the object has no content');
  if (object.size > maxBytes) throw new Rejection('too-large', `${object.size} bytes are more than ${maxBytes}`);
  const bytes = await read();
  const { versionId, etag, sequencer, lastModified } = object;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { object, bytes, provenance: { versionId, etag, sequencer, lastModified, sha256 } };
}

function requireMetadataThatFits({ object, provenance }: Photo): void {
  const size = Buffer.byteLength(Object.entries(withProvenance(object.metadata, provenance)).flat().join(''));
  if (size > MAX_METADATA_BYTES) {
    throw new Rejection('metadata-too-large', `${size} bytes of user metadata, with the archive's, are more than ${MAX_METADATA_BYTES}`);
  }
}

async function renderAll(photo: Photo, inspected: Inspected, deps: PhotoDependencies): Promise<{ key: string; thumbnail: Thumbnail }[]> {
  const thumbnails = await renderThumbnails(photo.bytes, inspected, deps.thumbnails, deps.maxInputPixels);
  return thumbnails.map((thumbnail, index) => ({ key: thumbnailKey(deps.thumbnails[index], photo.object.key), thumbnail }));
}

function thumbnailKey(spec: ThumbnailSpec, key: string): string {
  return spec.name ? `${spec.name}/${key}` : key;
}
