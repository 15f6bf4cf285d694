import { S3Dropbox } from '../../../../lambda/photos/reconciler/dropbox';
import { S3Dropbox as PhotoDropbox } from '../../../../lambda/photos/thumbnail/dropbox';
import { collect } from '../../fixtures/collect';
import { failure, S3Server } from '../../fixtures/s3-server';

const KEY = 'photos/Grüße 1+1.jpg';

let server: S3Server;
let dropbox: S3Dropbox;

beforeEach(async () => {
  server = await S3Server.start();
  dropbox = new S3Dropbox(server.client(), 'dropbox');
});

afterEach(() => server.stop());

async function onlyOriginal() {
  const [{ originals: [original] }] = await collect(dropbox.keys(''));
  return original;
}

test('lists originals with what the photo function must know', async () => {
  server.addBucket('dropbox');
  const { versionId, etag } = server.put('dropbox', KEY, 'abc', {}, new Date('2026-01-01T00:00:00Z'));
  expect(await collect(dropbox.keys('photos/'))).toEqual([{
    key: KEY,
    isDeleted: false,
    originals: [{ key: KEY, versionId, etag: etag.replaceAll('"', ''), size: 3, lastModified: new Date('2026-01-01T00:00:00Z') }],
  }]);
});

test('an object without versions has none', async () => {
  server.addBucket('dropbox', { versioning: undefined });
  server.put('dropbox', KEY, 'abc');
  expect((await onlyOriginal()).versionId).toBeUndefined();
});

test('what the photo function rejects is rejected, and what it did not is not archived', async () => {
  server.addBucket('dropbox');
  const { versionId } = server.put('dropbox', KEY, 'abc');
  const original = await onlyOriginal();
  expect(await dropbox.stateOf(original)).toBe('unarchived');
  expect(await dropbox.reasonOf(original)).toBeUndefined();
  await new PhotoDropbox(server.client()).tag({ bucket: 'dropbox', key: KEY, versionId, etag: '', lastModified: new Date(), size: 3, headers: {}, metadata: {} }, 'corrupt');
  expect(await dropbox.stateOf(original)).toBe('rejected');
  expect(await dropbox.reasonOf(original)).toBe('corrupt');
});

test('the tags of that version count, not those of another under its key', async () => {
  server.addBucket('dropbox');
  const older = server.put('dropbox', KEY, 'older');
  server.put('dropbox', KEY, 'newer').tags = { 'cdk-mainstay:rejected': 'corrupt' };
  const [{ originals }] = await collect(dropbox.keys(''));
  expect(await Promise.all(originals.map((original) => dropbox.stateOf(original)))).toEqual(['rejected', 'unarchived']);
  expect(originals[1].versionId).toBe(older.versionId);
});

test('what was archived since it was listed is gone', async () => {
  server.addBucket('dropbox');
  server.put('dropbox', KEY, 'abc');
  const original = await onlyOriginal();
  server.buckets.get('dropbox')!.versions = [];
  expect(await dropbox.stateOf(original)).toBe('gone');
  expect(await dropbox.reasonOf(original)).toBeUndefined();
});

test.each([[403, 'AccessDenied'], [404, 'NoSuchBucket'], [503, 'SlowDown']])('%d %s is an error', async (status, code) => {
  server.addBucket('dropbox');
  server.put('dropbox', KEY, 'abc');
  const original = await onlyOriginal();
  server.before = () => failure(status, code);
  await expect(dropbox.stateOf(original)).rejects.toThrow(code);
});
