import { Digest, isEqual } from './digest';
import { Photo } from './photo';
import { Provenance } from './provenance';
import { isNewer } from './recency';
import { UnknownOutcome } from '../wasabi/unknown-outcome';

/** One version under an archive key. */
export interface ArchiveCopy {
  readonly versionId: string;
  readonly provenance: Provenance;
}

/** Of the content of a version, and the provenance that was stored with it. */
export interface StoredDigest extends Digest {
  readonly provenance?: Provenance;
}

/** What the archive is asked to do; it decides nothing. */
export interface ArchiveStore {
  keepsVersions(): Promise<boolean>;
  /**
   * The versions of exactly this key that this function stored at or after a time, the current one first.
   *
   * @param known copies that need not be asked about again: a version never changes
   */
  copies(key: string, storedSince: Date, known?: ArchiveCopy[]): Promise<ArchiveCopy[]>;
  /** Answers the id of the new version. */
  upload(key: string, photo: Photo): Promise<string>;
  /** As it is read back. */
  digest(key: string, versionId: string): Promise<StoredDigest>;
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

/** What the archive has of a key: asked while the photo is still on its way from the dropbox. */
export async function copiesSince(key: string, uploaded: Date, store: ArchiveStore): Promise<ArchiveCopy[]> {
  const [keepsVersions, copies] = await Promise.all([store.keepsVersions(), store.copies(key, mayBeNewerFrom(uploaded))]);
  // Without versions, an upload would destroy an archived photo of the same name.
  if (!keepsVersions) throw new Error('the archive bucket must have versioning enabled before a photo is archived');
  return copies;
}

interface Archiving {
  readonly key: string;
  readonly photo: Photo;
  /** What `copiesSince` found. */
  readonly present: ArchiveCopy[];
  readonly store: ArchiveStore;
}

/**
 * Stores a verified copy of a photo and answers its version id. The store's own word (a status, an ETag) is never enough:
 * a copy counts once its content was read back and equals the bytes that came out of the dropbox.
 */
export async function archiveCopy(archiving: Archiving): Promise<string> {
  const formerVersionId = await verifiedCopy(archiving);
  const versionId = formerVersionId ?? await upload(archiving);
  const [, copies] = await Promise.all([
    formerVersionId ?? verify(versionId, archiving),
    copiesWith({ versionId, provenance: archiving.photo.provenance }, archiving), // only a look: what follows from it waits for the verification
  ]);
  await keepNewestOnTop(versionId, copies, archiving);
  return versionId;
}

/** The copy that a former run has left, if it is sound; a damaged one stays where it is, and a new one is uploaded. */
async function verifiedCopy({ key, photo, present, store }: Archiving): Promise<string | undefined> {
  for (const { versionId, provenance } of present) {
    if (isSameUpload(provenance, photo.provenance) && isEqual(await store.digest(key, versionId), original(photo))) return versionId;
  }
  return undefined;
}

async function upload(archiving: Archiving): Promise<string> {
  const { key, photo, store } = archiving;
  return store.upload(key, photo).catch((error) => storedNevertheless(error, archiving));
}

async function verify(versionId: string, { key, photo, store }: Archiving): Promise<void> {
  const stored = await store.digest(key, versionId);
  if (!isEqual(stored, original(photo))) {
    throw new Error(`archive copy ${key} version ${versionId} has ${describe(stored)}, but the original ${describe(original(photo))}`);
  }
  if (!stored.provenance || !isSameUpload(stored.provenance, photo.provenance)) {
    throw new Error(`archive copy ${key} version ${versionId} has lost the metadata that tells which upload it is of`);
  }
}

/** Perhaps only the answer was lost: a second upload would be kept, and paid for, as well. */
async function storedNevertheless(error: unknown, { key, photo, present, store }: Archiving): Promise<string> {
  if (!(error instanceof UnknownOutcome)) throw error;
  const copies = await store.copies(key, mayBeNewerFrom(photo.object.lastModified), present);
  const added = copies.filter(({ versionId }) => !present.some((copy) => copy.versionId === versionId));
  const ours = added.find(({ provenance }) => isSameUpload(provenance, photo.provenance));
  if (!ours) throw error;
  return ours.versionId;
}

/** The copies of the key, with ours, whose provenance need not be asked for. */
async function copiesWith(own: ArchiveCopy, { key, photo, present, store }: Archiving): Promise<ArchiveCopy[]> {
  return store.copies(key, mayBeNewerFrom(photo.object.lastModified), [...present, own]);
}

/**
 * Two uploads under one key may be archived in the wrong order, or at the same time. Whoever writes last sees what all
 * others have written, and puts the newest on top; it looks again after that, since its copy may have covered one that
 * came in between.
 */
async function keepNewestOnTop(ownVersionId: string, listed: ArchiveCopy[], archiving: Archiving): Promise<void> {
  const { key, photo, store } = archiving;
  let copies = listed;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if (!copies.some((copy) => copy.versionId === ownVersionId)) {
      throw new Error(`the archive does not list version ${ownVersionId} of ${key}, which it has just accepted`);
    }
    const sound = await soundCopyOfNewest(copies, ownVersionId, archiving);
    // Where none is sound, the run of the newest has yet to store one, and to put it on top.
    if (!sound || sound === copies[0]) return;

    const copyId = await store.putOnTop(key, sound.versionId);
    const { sha256 } = await store.digest(key, copyId);
    if (sha256 !== sound.provenance.sha256) throw new Error(`archive copy ${key} version ${copyId} differs from version ${sound.versionId}`);
    copies = await store.copies(key, mayBeNewerFrom(photo.object.lastModified), copies);
  }
  throw new Error(`other photos under ${key} were archived all the time: its newest could not be made the current one`);
}

/** Of another photo's copies, or of more than one, not every one needs to be what it says it is: a store may have damaged it. */
async function soundCopyOfNewest(copies: ArchiveCopy[], ownVersionId: string, { key, store }: Archiving): Promise<ArchiveCopy | undefined> {
  const { provenance } = copies.reduce((best, copy) => isNewer(copy.provenance, best.provenance) ? copy : best);
  for (const copy of copies.filter((other) => isSameUpload(other.provenance, provenance))) {
    if (copy.versionId === ownVersionId || (await store.digest(key, copy.versionId)).sha256 === provenance.sha256) return copy;
  }
  return undefined;
}

function mayBeNewerFrom(uploaded: Date): Date {
  return new Date(uploaded.getTime() - CLOCK_SKEW_MS);
}

/** In a bucket without versioning, the time tells apart two uploads of the same bytes. */
function isSameUpload(one: Provenance, other: Provenance): boolean {
  return one.bucket === other.bucket && one.versionId === other.versionId && one.sha256 === other.sha256
    && one.lastModified.getTime() === other.lastModified.getTime();
}

function original({ object, provenance }: Photo): Digest {
  return { size: object.size, sha256: provenance.sha256 };
}

function describe({ size, sha256 }: Digest): string {
  return `${size} bytes with SHA-256 ${sha256}`;
}
