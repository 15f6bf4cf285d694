import { type Photo } from './photo';
import { Provenance } from './provenance';
import { isNewer } from './recency';

/** One version under an archive key. */
export interface ArchiveCopy {
  readonly versionId: string;
  readonly provenance: Provenance;
}

export interface Digest {
  readonly size: number;
  readonly sha256: string;
}

/** What the archive is asked to do; it decides nothing. */
export interface ArchiveStore {
  keepsVersions(): Promise<boolean>;
  /** The versions of exactly this key that this function stored at or after a time, the current one first. */
  copies(key: string, storedSince: Date): Promise<ArchiveCopy[]>;
  /** Answers the id of the new version. */
  upload(key: string, photo: Photo): Promise<string>;
  /** Of the content as it is read back. */
  digest(key: string, versionId: string): Promise<Digest>;
  /** Copies a version over the current one, and answers the id of the copy. */
  putOnTop(key: string, versionId: string): Promise<string>;
}

/**
 * A copy was stored after its source was uploaded. So one that was stored before ours was uploaded cannot be of a newer
 * source, and need not be looked at. The clocks may differ by as much as a signed request may be off:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, "RequestTimeTooSkewed"
 */
const CLOCK_SKEW_MS = 15 * 60_000;

/** Each round but the last has lost a race against another photo under the same key. */
const MAX_ROUNDS = 5;

/**
 * Stores a verified copy of a photo and answers its version id. The store's own word (a status, an ETag) is never enough:
 * a copy counts once its content was read back and equals the bytes that came out of the dropbox.
 */
export async function archiveCopy(key: string, photo: Photo, store: ArchiveStore): Promise<string> {
  const since = new Date(photo.provenance.lastModified.getTime() - CLOCK_SKEW_MS);
  const [keepsVersions, copies] = await Promise.all([store.keepsVersions(), store.copies(key, since)]);
  // Without versions, an upload would destroy an archived photo of the same name.
  if (!keepsVersions) throw new Error('the archive bucket must have versioning enabled before a photo is archived');

  const versionId = await verifiedCopyAmong(copies, key, photo, store) ?? await uploadVerified(key, photo, store);
  await keepNewestOnTop(key, versionId, since, store);
  return versionId;
}

/** The copy that a former run has left, if it is sound; a damaged one stays where it is, and a new one is uploaded. */
async function verifiedCopyAmong(copies: ArchiveCopy[], key: string, photo: Photo, store: ArchiveStore): Promise<string | undefined> {
  for (const { versionId, provenance } of copies) {
    if (isSameUpload(provenance, photo.provenance) && isEqual(await store.digest(key, versionId), digestOf(photo))) return versionId;
  }
  return undefined;
}

async function uploadVerified(key: string, photo: Photo, store: ArchiveStore): Promise<string> {
  const versionId = await store.upload(key, photo);
  const stored = await store.digest(key, versionId);
  if (!isEqual(stored, digestOf(photo))) {
    throw new Error(`archive copy ${key} version ${versionId} has ${describe(stored)}, but the original ${describe(digestOf(photo))}`);
  }
  return versionId;
}

/**
 * Two uploads under one key may be archived in the wrong order, or at the same time. Whoever writes last sees what all
 * others have written, and puts the newest on top; it looks again after that, since its copy may have covered one that
 * came in between.
 */
async function keepNewestOnTop(key: string, ownVersionId: string, since: Date, store: ArchiveStore): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const copies = await store.copies(key, since);
    if (!copies.some((copy) => copy.versionId === ownVersionId)) {
      throw new Error(`the archive does not list version ${ownVersionId} of ${key}, which it has just accepted`);
    }
    const [top] = copies;
    const newest = copies.reduce((best, copy) => isNewer(copy.provenance, best.provenance) ? copy : best);
    if (newest === top) return;

    const copyId = await store.putOnTop(key, newest.versionId);
    const { sha256 } = await store.digest(key, copyId);
    if (sha256 !== newest.provenance.sha256) throw new Error(`archive copy ${key} version ${copyId} differs from version ${newest.versionId}`);
  }
  throw new Error(`other photos under ${key} were archived all the time: its newest could not be made the current one`);
}

/** In a bucket without versioning, the time tells apart two uploads of the same bytes. */
function isSameUpload(one: Provenance, other: Provenance): boolean {
  return one.versionId === other.versionId && one.sha256 === other.sha256 && one.lastModified.getTime() === other.lastModified.getTime();
}

function digestOf(photo: Photo): Digest {
  return { size: photo.bytes.length, sha256: photo.provenance.sha256 };
}

function isEqual(one: Digest, other: Digest): boolean {
  return one.size === other.size && one.sha256 === other.sha256;
}

function describe({ size, sha256 }: Digest): string {
  return `${size} bytes with SHA-256 ${sha256}`;
}
