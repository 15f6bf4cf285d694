import { createHash } from 'crypto';
import { unzipSync } from 'fflate';
import { contentType } from 'mime-types';
import { ReleasedFile } from './publication';

/** What browsers and caches may keep, and for how long. */
export interface CacheControls {
  /** A regular expression of the paths of hashed files. */
  readonly hashedFiles: string;
  readonly ofHashedFiles: string;
  readonly ofOtherFiles: string;
}

/** The files in a zip, by their paths. */
export function filesInZip(zip: Uint8Array, { hashedFiles, ofHashedFiles, ofOtherFiles }: CacheControls): ReleasedFile[] {
  const hashed = new RegExp(hashedFiles);
  return Object.entries(unzipSync(zip)).filter(([path]) => !path.endsWith('/')).map(([path, content]) => {
    const isHashed = hashed.test(path);
    return {
      path,
      content,
      sha256: createHash('sha256').update(content).digest('hex'),
      contentType: contentType(/[^/]*$/.exec(path)![0]) || 'application/octet-stream',
      cacheControl: isHashed ? ofHashedFiles : ofOtherFiles,
      isHashed,
    };
  });
}
