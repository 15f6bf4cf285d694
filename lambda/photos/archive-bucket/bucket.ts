import { ArchiveBucket, ObjectLock, Origin } from './properties';

/** What a store said when it was asked for a bucket; `elsewhere` is in another region. */
export type Finding =
  | { readonly state: 'there' | 'absent' | 'forbidden' }
  | { readonly state: 'elsewhere'; readonly region?: string };

/** One bucket of an S3-compatible store: asked and told, without decisions. */
export interface BucketStore {
  find(): Promise<Finding>;
  /** `taken`: by another account. Ours already, since a moment ago, counts as created. */
  create(withObjectLock: boolean): Promise<'created' | 'taken'>;
  region(): Promise<string>;
  keepsVersions(): Promise<boolean>;
  enableVersions(): Promise<void>;
  /** The default retention; `undefined` when the bucket has object lock without one, `impossible` when it was created without. */
  objectLock(): Promise<ObjectLock | 'impossible' | undefined>;
  setObjectLock(lock: ObjectLock): Promise<void>;
  remove(): Promise<'removed' | 'absent' | 'not-empty'>;
}

/** Makes the bucket what was asked for, from whatever it is now, and checks that it became so. Answers where it came from. */
export async function ensureBucket(wanted: ArchiveBucket, store: BucketStore): Promise<Origin> {
  const description = `archive bucket ${wanted.bucket} at ${wanted.endpoint}`;
  const origin = await claim(wanted, description, store);

  const region = await store.region();
  if (region !== wanted.region) throw wrongRegion(wanted, description, region);

  if (!await store.keepsVersions()) {
    await store.enableVersions();
    if (!await store.keepsVersions()) throw new Error(`${description} took the request to enable versioning, but has it not enabled`);
  }
  if (wanted.objectLock) await ensureObjectLock(wanted.objectLock, description, store);
  return origin;
}

async function claim(wanted: ArchiveBucket, description: string, store: BucketStore): Promise<Origin> {
  const finding = await store.find();
  switch (finding.state) {
    case 'there': return 'adopted';
    case 'forbidden': throw notOurs(wanted, description);
    case 'elsewhere': throw wrongRegion(wanted, description, finding.region ?? 'another region');
    case 'absent':
      if (await store.create(wanted.objectLock !== undefined) === 'taken') throw notOurs(wanted, description);
      return 'created';
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
