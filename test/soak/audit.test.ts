import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Violations } from './audit';
import { NO_VIOLATIONS, OnePhoto } from './one-photo';

let photo: OnePhoto;

beforeAll(async () => {
  photo = await OnePhoto.start('audit');
});

afterAll(() => photo?.stop());

/** The kinds of violations that an audit finds. */
async function found(): Promise<string[]> {
  const { violations } = await photo.audit([]);
  return Object.keys(violations).filter((kind) => violations[kind as keyof Violations].length > 0);
}

async function archived(): Promise<{ Bucket: string; Key: string; VersionId: string }> {
  expect(await photo.run(await photo.dropped())).toEqual({ batchItemFailures: [] });
  expect((await photo.audit([])).violations).toEqual(NO_VIOLATIONS);
  const [{ key, versionId }] = await photo.system.versions(photo.system.archive);
  return { Bucket: photo.system.archive, Key: key, VersionId: versionId };
}

test('an audit finds an original that is nowhere', async () => {
  await photo.system.storeS3.send(new DeleteObjectCommand(await archived()));
  expect(await found()).toEqual(['lostOriginals', 'unverifiedRemovals']);
});

test('an audit finds a removal whose copy was not read back before', async () => {
  await archived();
  const { exchanges } = photo.system.journal;
  exchanges.splice(exchanges.findIndex(({ place, operation }) => place === 'store' && operation === 'GetObject'), 1);
  expect(await found()).toEqual(['unverifiedRemovals']);
});

test('an audit finds a copy of other bytes that nobody told the store to keep, on top of the sound one', async () => {
  const { Bucket, Key, VersionId } = await archived();
  const { bytes, metadata } = await photo.system.read(Bucket, Key, VersionId);
  await photo.system.storeS3.send(new PutObjectCommand({ Bucket, Key, Body: bytes.subarray(1), Metadata: metadata }));
  expect(await found()).toEqual(['wrongArchives']);
});

test('an audit finds a second copy that nothing explains', async () => {
  await archived();
  const again = photo.system.journal.exchanges.filter(({ place, operation }) => place === 'store' && operation === 'PutObject');
  const [{ key, versionId }] = await photo.system.versions(photo.system.archive);
  const { bytes, metadata } = await photo.system.read(photo.system.archive, key, versionId);
  const copy = { Bucket: photo.system.archive, Key: key, Body: bytes, Metadata: metadata };
  const { VersionId } = await photo.system.storeS3.send(new PutObjectCommand(copy));
  const at = photo.system.journal.now();
  photo.system.journal.exchanges.push({ ...again[0], began: at, carriedOut: { at, status: 200, newVersionId: VersionId } });
  expect(await found()).toEqual(['unexplainedDuplicates']);
});

test('an audit finds the thumbnail of another photo', async () => {
  const { Key } = await archived();
  const { bytes } = await photo.system.read(photo.system.thumbnails, Key);
  await photo.system.s3.send(new PutObjectCommand({ Bucket: photo.system.thumbnails, Key, Body: bytes }));
  expect(await found()).toEqual(['wrongThumbnails']);
});

test('an audit finds a copy of what is no photo', async () => {
  const [message] = await photo.dropped('damaged');
  expect(await photo.run([message])).toEqual({ batchItemFailures: [] });
  expect((await photo.audit([])).violations).toEqual(NO_VIOLATIONS);
  const [{ key, versionId }] = photo.uploads;
  const { bytes } = await photo.system.read(photo.system.dropbox, key, versionId);
  const Metadata = { 'source-version-id': versionId };
  await photo.system.storeS3.send(new PutObjectCommand({ Bucket: photo.system.archive, Key: key, Body: bytes, Metadata }));
  expect(await found()).toEqual(['archivedRejections']);
});

test('an audit finds an original that waits for nothing', async () => {
  await photo.dropped();
  expect(await found()).toEqual(['unreportedOriginals']);
});
