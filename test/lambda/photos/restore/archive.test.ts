import { archivedName } from '../../../../lambda/photos/archive-key';
import { WasabiArchive } from '../../../../lambda/photos/restore/archive';
import { WasabiArchive as WritingArchive } from '../../../../lambda/photos/thumbnail/archive-store';
import { wasabiClient } from '../../../../lambda/photos/wasabi/client';
import { WasabiSession } from '../../../../lambda/photos/wasabi/session';
import { collect } from '../../fixtures/collect';
import { photo } from '../../fixtures/photos';
import { failure, S3Server } from '../../fixtures/s3-server';

const KEY = 'photos/Grüße 1+1 %41.jpg';

let server: S3Server;
let session: WasabiSession;
let archive: WasabiArchive;

beforeEach(async () => {
  server = await S3Server.start();
  server.addBucket('photoarchive');
  const place = { endpoint: server.url, region: 'eu-central-1' };
  session = new WasabiSession(async () => ({ accessKeyId: 'key', secretAccessKey: 'secret' }), (credentials) => wasabiClient(place, credentials));
  archive = new WasabiArchive(session, 'photoarchive', 'originals/');
});

afterEach(() => server.stop());

test('finds what the photo function stored, under the key that it was uploaded with', async () => {
  const original = photo('photo', { headers: { contentType: 'image/jpeg', contentLanguage: 'de' }, metadata: { camera: 'Leica' } });
  const versionId = await new WritingArchive(session, 'photoarchive', 120_000).upload(`originals/${KEY}`, original);

  const [found, ...rest] = await collect(archive.keys('photos/'));
  expect([found.key, rest]).toEqual([KEY, []]);
  expect(await found.copies()).toEqual([{
    versionId,
    provenance: original.provenance,
    size: 5,
    headers: { ContentType: 'image/jpeg', ContentLanguage: 'de' },
    metadata: { camera: 'Leica' },
  }]);
  expect((await collect(await archive.read(KEY, versionId))).join('')).toBe('photo');
});

test('takes nothing for an original that the photo function did not store', async () => {
  server.put('photoarchive', `originals/${KEY}`, 'x', { 'x-amz-meta-source-sha256': 'abc' });
  const [{ copies }] = await collect(archive.keys(''));
  expect(await copies()).toEqual([]);
});

test('lists what is deleted, too, and what lies behind a key', async () => {
  ['a', 'b', 'c'].forEach((key) => server.put('photoarchive', `originals/${key}`, 'x'));
  server.put('photoarchive', 'others/d', 'x');
  server.buckets.get('photoarchive')!.versions.unshift({ ...server.put('photoarchive', 'originals/c', ''), isMarker: true });
  expect((await collect(archive.keys('', 'a'))).map(({ key, isDeleted }) => [key, isDeleted])).toEqual([['b', false], ['c', true]]);
});

test('a copy that cannot be looked at is an error', async () => {
  server.put('photoarchive', `originals/${KEY}`, 'x');
  const [{ copies }] = await collect(archive.keys(''));
  server.before = () => failure(403, 'AccessDenied');
  await expect(copies()).rejects.toThrow();
});

test('a name that Wasabi does not take comes back as it was, by its key, by a prefix and behind another', async () => {
  const keys = ['photos/😀/a.jpg', 'photos/😀/b.jpg', 'photos/😁.jpg'];
  for (const key of keys) await new WritingArchive(session, 'photoarchive', 120_000).upload(`originals/${archivedName(key)}`, photo(key));
  expect((await collect(archive.keys('photos/'))).map(({ key }) => key)).toEqual(keys);
  expect((await collect(archive.keys('photos/😀/'))).map(({ key }) => key)).toEqual(keys.slice(0, 2));
  expect((await collect(archive.keys('photos/', keys[0]))).map(({ key }) => key)).toEqual(keys.slice(1));
  const [{ copies }] = await collect(archive.keys(keys[2]));
  expect((await collect(await archive.read(keys[2], (await copies())[0].versionId))).join('')).toBe(keys[2]);
});
