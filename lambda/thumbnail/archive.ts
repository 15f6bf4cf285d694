import { Digest, isEqual } from './digest';
import { type Photo } from './photo';
import { Provenance } from './provenance';
import { isNewer } from './recency';
import { UnknownOutcome } from '../wasabi/unknown-outcome';

/** One version under an archive key. */
export interface ArchiveCopy {
  readonly versionId: string;
  readonly provenance: Provenance;
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
  const versionId = await verifiedCopy(archiving) ?? await uploadVerified(archiving);
  await keepNewestOnTop(versionId, archiving);
  return versionId;
}

/** The copy that a former run has left, if it is sound; a damaged one stays where it is, and a new one is uploaded. */
async function verifiedCopy({ key, photo, present, store }: Archiving): Promise<string | undefined> {
  for (const { versionId, provenance } of present) {
    if (isSameUpload(provenance, photo.provenance) && isEqual(await store.digest(key, versionId), original(photo))) return versionId;
  }
  return undefined;
}

async function uploadVerified(archiving: Archiving): Promise<string> {
  const { key, photo, store } = archiving;
  const versionId = await store.upload(key, photo).catch((error) => storedNevertheless(error, archiving));
  const stored = await store.digest(key, versionId);
  if (!isEqual(stored, original(photo))) {
    throw new Error(`archive copy ${key} version ${versionId} has ${describe(stored)}, but the original ${describe(original(photo))}`);
  }
  return versionId;
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

/**
 * Two uploads under one key may be archived in the wrong order, or at the same time. Whoever writes last sees what all
 * others have written, and puts the newest on top; it looks again after that, since its copy may have covered one that
 * came in between.
 */
async function keepNewestOnTop(ownVersionId: string, archiving: Archiving): Promise<void> {
  const { key, photo, present, store } = archiving;
  let copies = present;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    copies = await store.copies(key, mayBeNewerFrom(photo.object.lastModified), copies);
    if (!copies.some((copy) => copy.versionId === ownVersionId)) {
      throw new Error(`the archive does not list version ${ownVersionId} of ${key}, which it has just accepted`);
    }
    const sound = await soundCopyOfNewest(copies, ownVersionId, archiving);
    // Where none is sound, the run of the newest has yet to store one, and to put it on top.
    if (!sound || sound === copies[0]) return;

    const copyId = await store.putOnTop(key, sound.versionId);
    const { sha256 } = await store.digest(key, copyId);
    if (sha256 !== sound.provenance.sha256) throw new Error(`archive copy ${key} version ${copyId} differs from version ${sound.versionId}`);
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
