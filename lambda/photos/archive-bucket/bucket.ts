import type { Logger } from '@aws-lambda-powertools/logger';
import { ArchiveBucket, ObjectLock, Origin } from './properties';
import { redactedError } from '../../shared/redacted-error';

/** What a store said when it was asked for a bucket; `elsewhere` is in another region. */
export type Finding =
  | { readonly state: 'there' | 'absent' | 'forbidden' }
  | { readonly state: 'elsewhere'; readonly region?: string };

/** One bucket of an S3-compatible store: asked and told, without decisions. */
export interface BucketStore {
  find(): Promise<Finding>;
  /** `taken`: by another account. `ours`: it is there since a moment ago. */
  create(withObjectLock: boolean): Promise<'created' | 'ours' | 'taken'>;
  /** In place of all tags that the bucket has. */
  setTags(tags: Record<string, string>): Promise<void>;
  tags(): Promise<Record<string, string>>;
  region(): Promise<string>;
  keepsVersions(): Promise<boolean>;
  enableVersions(): Promise<void>;
  /** The default retention; `undefined` when the bucket has object lock without one, `impossible` when it was created without. */
  objectLock(): Promise<ObjectLock | 'impossible' | undefined>;
  setObjectLock(lock: ObjectLock): Promise<void>;
  remove(): Promise<'removed' | 'absent' | 'not-empty'>;
}

export interface EnsureBucketProps {
  readonly wanted: ArchiveBucket;
  /** The tags of a bucket that this resource of this stack creates, and of no other. */
  readonly mark: Record<string, string>;
  readonly store: BucketStore;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Makes the bucket what was asked for, from whatever it is now, and checks that it became so. Answers where it came from. */
export async function ensureBucket(props: EnsureBucketProps): Promise<Origin> {
  const { wanted, store } = props;
  const description = `archive bucket ${wanted.bucket} at ${wanted.endpoint}`;
  const origin = await claim(description, props);

  const region = await store.region();
  if (region !== wanted.region) throw wrongRegion(wanted, description, region);

  if (!await store.keepsVersions()) {
    await store.enableVersions();
    if (!await store.keepsVersions()) throw new Error(`${description} took the request to enable versioning, but has it not enabled`);
  }
  if (wanted.objectLock) await ensureObjectLock(wanted.objectLock, description, store);
  return origin;
}

async function claim(description: string, props: EnsureBucketProps): Promise<Origin> {
  const { wanted, store } = props;
  const finding = await store.find();
  switch (finding.state) {
    case 'there': return originByMark(description, props);
    case 'forbidden': throw notOurs(wanted, description);
    case 'elsewhere': throw wrongRegion(wanted, description, finding.region ?? 'another region');
    case 'absent':
      switch (await store.create(wanted.objectLock !== undefined)) {
        case 'taken': throw notOurs(wanted, description);
        case 'ours': return originByMark(description, props);
        case 'created':
          await setMark(description, props);
          return 'created';
      }
  }
}

/** The physical id forgets where the bucket of before came from, once an update names another bucket; a rollback needs to know. */
async function setMark(description: string, { mark, store, logger }: EnsureBucketProps): Promise<void> {
  try {
    await store.setTags(mark);
  } catch (error) {
    logger.warn(`${description} took no tags: if an update to another bucket is rolled back, this one will be kept when it leaves the stack`, { error: redactedError(error) });
  }
}

/** In doubt, the bucket was there before, and is never removed. */
async function originByMark(description: string, { mark, store, logger }: EnsureBucketProps): Promise<Origin> {
  try {
    const tags = await store.tags();
    return Object.entries(mark).every(([name, value]) => tags[name] === value) ? 'created' : 'adopted';
  } catch (error) {
    logger.warn(`${description} does not show its tags, and counts as one that was there before the stack`, { error: redactedError(error) });
    return 'adopted';
  }
}

async function ensureObjectLock(wanted: ObjectLock, description: string, store: BucketStore): Promise<void> {
  const existing = await store.objectLock();
  if (existing === 'impossible') {
    throw new Error(`${description} was created without object lock, which must be enabled at creation: choose another bucket name, or drop the object lock`);
  }
  if (isSame(existing, wanted)) return;
  await store.setObjectLock(wanted);
  if (!isSame(await store.objectLock(), wanted)) {
    throw new Error(`${description} took an object lock of ${wanted.mode} for ${wanted.days} days, but has it not set`);
  }
}

function isSame(lock: ObjectLock | 'impossible' | undefined, wanted: ObjectLock): boolean {
  return typeof lock === 'object' && lock.mode === wanted.mode && lock.days === wanted.days;
}

function notOurs(wanted: ArchiveBucket, description: string): Error {
  return new Error(
    `${description} (region ${wanted.region}) is owned by another account, or the key in ${wanted.secretId} may not see it: ` +
    'choose another bucket name, or allow the key to use this one',
  );
}

function wrongRegion(wanted: ArchiveBucket, description: string, region: string): Error {
  return new Error(`${description} is in ${region}, but the construct says ${wanted.region}: set its region and endpoint, or choose another bucket name`);
}
