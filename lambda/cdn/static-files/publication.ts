/** A file of a folder that is published. */
export interface ReleasedFile {
  /** From the folder on, with slashes. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Of the content, in hexadecimal digits. */
  readonly sha256: string;
  readonly contentType: string;
  readonly cacheControl: string;
  /** Its name says what is in it, so another content has another name. */
  readonly isHashed: boolean;
}

/** What the bucket has under the path of a file. */
export type PresentFile = Partial<Pick<ReleasedFile, 'sha256' | 'contentType' | 'cacheControl'>>;

export interface PublishedFiles {
  find(path: string): Promise<PresentFile | undefined>;
  put(file: ReleasedFile): Promise<void>;
  /** The paths that an earlier run has changed, and maybe did not live to invalidate. */
  pendingInvalidations(): Promise<string[]>;
  /** None: there is nothing left to invalidate. */
  setPendingInvalidations(paths: string[]): Promise<void>;
}

export interface Cdn {
  /** Makes caches drop what they have under these paths. */
  invalidate(paths: string[]): Promise<void>;
}

export interface Outcome {
  readonly uploaded: string[];
  readonly invalidated: string[];
  /** Hashed files whose contents changed all the same: browsers that have them do not ask again. */
  readonly overwritten: string[];
}

const BATCH_SIZE = 16;

/**
 * Puts what changed into the bucket, and then has the CDN forget what it may have of it. It deletes no file: pages that browsers still have open refer to old ones.
 *
 * What is to be invalidated is written down before the first file changes, so that a run after one that broke off knows of it, though it finds the files as they
 * should be.
 */
export async function publish(files: ReleasedFile[], published: PublishedFiles, cdn: Cdn): Promise<Outcome> {
  const compared = await mapInBatches(files, async (file) => ({ file, present: await published.find(file.path) }));
  const changed = compared.filter(({ file, present }) => !present || !isSame(file, present));
  const [hashed, others] = [changed.filter(({ file }) => file.isHashed), changed.filter(({ file }) => !file.isHashed)];
  // Nobody asks for a hashed file before it is there; of another that is new, a cache may keep that it was not.
  const overwritten = hashed.filter(({ present }) => present);
  const stale = [...others, ...overwritten].map(({ file }) => file.path);
  const invalidated = [...new Set([...await published.pendingInvalidations(), ...stale])].sort();

  if (invalidated.length > 0) await published.setPendingInvalidations(invalidated);
  for (const group of [hashed, others]) await mapInBatches(group, ({ file }) => published.put(file)); // what pages refer to is there before them
  if (invalidated.length > 0) {
    await cdn.invalidate(invalidated);
    await published.setPendingInvalidations([]);
  }
  return { uploaded: changed.map(({ file }) => file.path), invalidated, overwritten: overwritten.map(({ file }) => file.path) };
}

function isSame({ sha256, contentType, cacheControl }: ReleasedFile, present: PresentFile): boolean {
  return present.sha256 === sha256 && present.contentType === contentType && present.cacheControl === cacheControl;
}

async function mapInBatches<T, U>(items: T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (let first = 0; first < items.length; first += BATCH_SIZE) {
    results.push(...await Promise.all(items.slice(first, first + BATCH_SIZE).map(work)));
  }
  return results;
}
