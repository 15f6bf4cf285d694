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

/** What pages are: browsers have to ask for them again, whatever their names are. */
const PAGE = /\.html?$/i;

/** The files in a zip, by their paths. */
export function filesInZip(zip: Uint8Array, { hashedFiles, ofHashedFiles, ofOtherFiles }: CacheControls): ReleasedFile[] {
  const hashed = new RegExp(hashedFiles);
  return entriesOf(zip).filter(([path]) => !path.endsWith('/')).map(([path, content]) => {
    const isHashed = hashed.test(path) && !PAGE.test(path);
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

/** fflate puts files into a plain object, of which a file called __proto__ becomes the prototype. */
function entriesOf(zip: Uint8Array): [string, Uint8Array][] {
  const files = unzipSync(zip);
  const prototype: unknown = Object.getPrototypeOf(files);
  return [...Object.entries(files), ...prototype instanceof Uint8Array ? [['__proto__', prototype] as [string, Uint8Array]] : []];
}
