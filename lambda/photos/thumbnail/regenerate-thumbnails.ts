import { buffer } from 'stream/consumers';
import { digestOf } from './digest';
import { inspect, isTooLargeToDecode } from './inspect';
import { MadeThumbnails, Outcome } from './outcome';
import { renderAll, requireKeysThatFit, ThumbnailDependencies, thumbnailKey, writeAll } from './process-upload';
import { rejectionIn } from './rejection';
import { ArchivedPhoto } from '../regenerate/archived-photo';
import { Archive, ArchivedCopy, findKey, newestFirst } from '../restore/restore';

export interface RegenerationDependencies extends ThumbnailDependencies {
  readonly archive: Archive;
}

/**
 * Makes the thumbnails of an archived photo again, of the copy that a restore would bring back: the newest sound one.
 *
 * Archives nothing and leaves the dropbox alone. May stop, or be started again, anywhere: a thumbnail of a newer upload is never covered.
 * An error means that trying again can help.
 *
 * @param isLastTry whether the message comes no more if this fails
 */
export async function regenerateThumbnails({ bucket, key }: ArchivedPhoto, deps: RegenerationDependencies, isLastTry = false): Promise<Outcome> {
  const found = await findKey(key, deps.archive);
  const copies = newestFirst(await found?.copies() ?? []).filter(({ provenance }) => provenance.bucket === bucket);
  if (copies.length === 0) return { outcome: 'not-archived' };

  const damagedVersionIds: string[] = [];
  for (const copy of copies) {
    try {
      const made = await thumbnailsOf(key, copy, deps);
      if (made) return { outcome: 'regenerated', archiveVersionId: copy.versionId, damagedVersionIds, ...made };
    } catch (error) {
      const rejection = rejectionIn(error, isLastTry);
      if (!rejection) throw error;
      return { outcome: 'not-regenerated', rejection };
    }
    damagedVersionIds.push(copy.versionId);
  }
  throw new Error(`the archive has no sound copy: the content of version ${damagedVersionIds.join(', ')} is not what was archived`);
}

/** `undefined` if the copy is damaged. */
async function thumbnailsOf(
  key: string, { versionId, provenance, size }: ArchivedCopy, deps: RegenerationDependencies,
): Promise<MadeThumbnails | undefined> {
  requireKeysThatFit(deps.thumbnails.map((spec) => thumbnailKey(spec, key)));
  if (size > deps.maxInputBytes) return { thumbnails: [], thumbnailsSkipped: 'larger-than-max-input-size' };
  return deps.memory.withBytes(size, async () => {
    const bytes = await buffer(await deps.archive.read(key, versionId));
    if ((await digestOf([bytes])).sha256 !== provenance.sha256) return undefined;
    const inspected = await inspect(bytes);
    if (isTooLargeToDecode(inspected, deps.maxInputPixels)) return { thumbnails: [], thumbnailsSkipped: 'more-than-max-input-pixels' };
    return { thumbnails: await writeAll(await renderAll(bytes, inspected, deps), { key, uploaded: provenance }, deps) };
  });
}
