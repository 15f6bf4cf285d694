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
  /** The paths that a run meant to have forgotten, and maybe did not live to. */
  unforgotten(): Promise<string[]>;
  /** None: there is nothing left to forget. */
  setUnforgotten(paths: string[]): Promise<void>;
}

export interface Cdn {
  /** Has caches forget what they have under these paths. */
  forget(paths: string[]): Promise<void>;
}

export interface Outcome {
  readonly uploaded: string[];
  readonly forgotten: string[];
  /** Hashed files whose contents changed all the same: browsers that have them do not ask again. */
  readonly overwritten: string[];
}

const AT_ONCE = 16;

/**
 * Puts what changed into the bucket, and then has the CDN forget what it may have of it. It deletes no file: pages that browsers still have open refer to old ones.
 *
 * What is to be forgotten is written down before the first file changes, so that a run after one that broke off knows of it, though it finds the files as they
 * should be.
 */
export async function publish(files: ReleasedFile[], published: PublishedFiles, cdn: Cdn): Promise<Outcome> {
  const compared = await mapInTurns(files, async (file) => ({ file, present: await published.find(file.path) }));
  const changed = compared.filter(({ file, present }) => !present || !isSame(file, present));
  const [hashed, others] = [changed.filter(({ file }) => file.isHashed), changed.filter(({ file }) => !file.isHashed)];
  // Nobody asks for a hashed file before it is there; of another that is new, a cache may keep that it was not.
  const overwritten = hashed.filter(({ present }) => present);
  const stale = [...others, ...overwritten].map(({ file }) => file.path);
  const forgotten = [...new Set([...await published.unforgotten(), ...stale])].sort();

  if (forgotten.length > 0) await published.setUnforgotten(forgotten);
  for (const group of [hashed, others]) await mapInTurns(group, ({ file }) => published.put(file)); // what pages refer to is there before them
  if (forgotten.length > 0) {
    await cdn.forget(forgotten);
    await published.setUnforgotten([]);
  }
  return { uploaded: changed.map(({ file }) => file.path), forgotten, overwritten: overwritten.map(({ file }) => file.path) };
}

function isSame({ sha256, contentType, cacheControl }: ReleasedFile, present: PresentFile): boolean {
  return present.sha256 === sha256 && present.contentType === contentType && present.cacheControl === cacheControl;
}

async function mapInTurns<T, U>(items: T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (let first = 0; first < items.length; first += AT_ONCE) {
    results.push(...await Promise.all(items.slice(first, first + AT_ONCE).map(work)));
  }
  return results;
}
