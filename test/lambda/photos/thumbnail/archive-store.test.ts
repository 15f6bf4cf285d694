import { randomBytes } from 'crypto';
import { Readable } from 'stream';
import { archiveCopy, copiesSince } from '../../../../lambda/photos/thumbnail/archive';
import { WasabiArchive } from '../../../../lambda/photos/thumbnail/archive-store';
import { Photo } from '../../../../lambda/photos/thumbnail/photo';
import { wasabiClient } from '../../../../lambda/photos/wasabi/client';
import { WasabiSession } from '../../../../lambda/photos/wasabi/session';
import { photo, sha256 } from '../../fixtures/photos';
import { failure, S3Server } from '../../fixtures/s3-server';

const KEY = 'photos/Grüße 1+1 %41.jpg';
const LONG_AGO = new Date(0);

async function store(stored: Photo): Promise<string> {
  const present = await copiesSince(KEY, stored.object.lastModified, archive);
  return archiveCopy({ key: KEY, photo: stored, present, store: archive });
}

let server: S3Server;
let archive: WasabiArchive;

beforeEach(async () => {
  server = await S3Server.start();
  server.addBucket('archive');
  const place = { endpoint: server.url, region: 'eu-central-1' };
  const session = new WasabiSession(async () => ({ accessKeyId: 'key', secretAccessKey: 'secret' }), (credentials) => wasabiClient(place, credentials));
  archive = new WasabiArchive(session, 'archive', 120_000);
});

afterEach(() => server.stop());

test.each([['Enabled', true], ['Suspended', false], [undefined, false]] as const)('versioning %s keeps versions: %p', async (versioning, expected) => {
  server.buckets.get('archive')!.versioning = versioning;
  expect(await archive.keepsVersions()).toBe(expected);
});

test('an upload carries content type, headers and metadata of the photo, and its source', async () => {
  const uploaded = photo('photo', {
    headers: { contentType: 'image/jpeg', cacheControl: 'max-age=60', contentDisposition: 'attachment', contentEncoding: 'identity', contentLanguage: 'de' },
    metadata: { camera: 'Leica' },
  });
  const versionId = await archive.upload(KEY, uploaded);
  expect(server.current('archive', KEY)).toMatchObject({
    versionId,
    body: Buffer.from('photo'),
    headers: {
      'content-type': 'image/jpeg',
      'cache-control': 'max-age=60',
      'content-disposition': 'attachment',
      'content-encoding': 'identity',
      'content-language': 'de',
      'x-amz-meta-camera': 'Leica',
      'x-amz-meta-source-version-id': 'v1',
      'x-amz-meta-source-sha256': sha256('photo'),
      'x-amz-meta-source-etag': 'etag1',
      'x-amz-meta-source-sequencer': '01',
      'x-amz-meta-source-last-modified': '2026-01-01T00:00:00.000Z',
    },
  });
});

test('an upload sends the digest that every store knows, and none of the SDK\'s own', async () => {
  await archive.upload(KEY, photo('photo'));
  const { headers } = server.requests[0];
  expect(headers['content-md5']).toBe('WuDByKUmC8e2ZI9vvRFcNQ==');
  expect(Object.keys(headers).filter((name) => /checksum|trailer|decoded/.test(name))).toEqual([]);
});

test('a large photo goes up in parts and comes back whole', async () => {
  const bytes = randomBytes(35_000_000);
  const versionId = await archive.upload(KEY, photo(bytes, { headers: { contentType: 'image/tiff' } }));
  const parts = server.requests.filter(({ query }) => query.has('partNumber'));
  expect(parts).toHaveLength(3);
  expect(parts.every(({ headers }) => headers['content-md5'])).toBe(true);
  expect(server.current('archive', KEY)!.headers).toMatchObject({ 'content-type': 'image/tiff', 'x-amz-meta-source-version-id': 'v1' });
  expect(await archive.digest(KEY, versionId)).toMatchObject({ size: 35_000_000, sha256: sha256(bytes) });
}, 20_000);

test('a photo that is streamed goes up in parts and comes back whole', async () => {
  const bytes = randomBytes(20_000_000);
  const content = async () => Readable.from([bytes.subarray(0, 7_000_000), bytes.subarray(7_000_000)]);
  const versionId = await archive.upload(KEY, { ...photo(bytes), content });
  expect(server.requests.filter(({ query }) => query.has('partNumber'))).toHaveLength(2);
  expect(await archive.digest(KEY, versionId)).toMatchObject({ size: 20_000_000, sha256: sha256(bytes) });
});

describe('parts that a killed run has left', () => {
  const begin = (key: string, minutesAgo: number) => server.beginUpload('archive', key, new Date(Date.now() - minutesAgo * 60_000));
  const upload = () => archive.upload(KEY, photo(Buffer.alloc(17 * 2 ** 20)));

  test('are given up when the photo is uploaded again', async () => {
    begin(KEY, 3);
    await upload();
    expect(server.unfinishedUploads('archive')).toEqual([]);
  });

  test('are left where a run may still be at it, or under another key', async () => {
    const others = [begin(KEY, 1), begin(`${KEY}2`, 60)];
    await upload();
    expect(server.unfinishedUploads('archive')).toEqual(others);
  });
});

test('a photo of up to 16 MiB goes up in one request', async () => {
  await archive.upload(KEY, photo(Buffer.alloc(16 * 2 ** 20)));
  expect(server.lines).toEqual([`PUT archive/${KEY}`]);
});

test('a header that HTTP has no letters for is kept in the metadata: it would break the signature', async () => {
  await archive.upload(KEY, photo('photo', { headers: { contentType: 'image/jpeg', contentDisposition: 'attachment; filename="Grüße.jpg"' } }));
  const { headers } = server.current('archive', KEY)!;
  expect(headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-amz-meta-source-content-disposition': 'attachment%3B%20filename%3D%22Gr%C3%BC%C3%9Fe.jpg%22' });
  expect(headers).not.toHaveProperty('content-disposition');
});

test('versioning that was seen enabled is not asked about again: it cannot be undone', async () => {
  await archive.keepsVersions();
  expect(await archive.keepsVersions()).toBe(true);
  expect(server.lines).toEqual(['GET archive?versioning']);
});

test.each([undefined, 'Suspended'] as const)('an upload that was not kept as a version (versioning %s) fails', async (versioning) => {
  server.buckets.get('archive')!.versioning = versioning;
  await expect(archive.upload(KEY, photo('photo'))).rejects.toThrow('its versioning must be enabled');
});

test('a digest is that of the very version', async () => {
  const first = await archive.upload(KEY, photo('first'));
  await archive.upload(KEY, photo('second'));
  expect(await archive.digest(KEY, first)).toEqual({ size: 5, sha256: sha256('first'), provenance: photo('first').provenance });
});

describe('the copies of a key', () => {
  test('are all that this function stored, the current one first, through all pages', async () => {
    const ids = [];
    for (const content of ['a', 'b', 'c', 'd', 'e']) ids.unshift(await archive.upload(KEY, photo(content)));
    const copies = await archive.copies(KEY, LONG_AGO);
    expect(copies.map(({ versionId }) => versionId)).toEqual(ids);
    expect(copies[0].provenance).toEqual(photo('e').provenance);
  });

  test('are none of a longer key, of another\'s hand, or of a delete marker', async () => {
    server.put('archive', KEY, 'by hand');
    await archive.upload(`${KEY}2`, photo('longer'));
    server.buckets.get('archive')!.versions.unshift({ ...server.put('archive', KEY, ''), isMarker: true });
    server.buckets.get('archive')!.versions.splice(1, 1);
    expect(await archive.copies(KEY, LONG_AGO)).toEqual([]);
  });

  test('are none from before the time asked for', async () => {
    await archive.upload(KEY, photo('older'));
    const asked = new Date('2026-01-01T00:00:00Z');
    server.current('archive', KEY)!.lastModified = new Date(asked.getTime() - 1000);
    expect(await archive.copies(KEY, asked)).toEqual([]);
    server.current('archive', KEY)!.lastModified = asked;
    expect(await archive.copies(KEY, asked)).toHaveLength(1);
  });

  test('are found in a store that does not encode the keys that it lists', async () => {
    await archive.upload('100%', photo('a'));
    await archive.upload('100%.jpg', photo('longer'));
    server.before = ({ query }) => { query.delete('encoding-type'); };
    expect(await archive.copies('100%', LONG_AGO)).toHaveLength(1);
  });

  test('ask about each version once', async () => {
    const first = await archive.upload(KEY, photo('a'));
    const known = await archive.copies(KEY, LONG_AGO);
    const second = await archive.upload(KEY, photo('b'));
    server.requests.length = 0;
    expect((await archive.copies(KEY, LONG_AGO, known)).map(({ versionId }) => versionId)).toEqual([second, first]);
    expect(server.requests.filter(({ method }) => method === 'HEAD').map(({ query }) => query.get('versionId'))).toEqual([second]);
  });

  test('are found under a key that XML would change', async () => {
    await archive.upload('photos/carriage\rreturn.jpg', photo('a'));
    expect(await archive.copies('photos/carriage\rreturn.jpg', LONG_AGO)).toHaveLength(1);
  });

  test('ask no more pages than the key has', async () => {
    for (const suffix of ['', '1', '2', '3', '4', '5']) await archive.upload(`k${suffix}`, photo(suffix));
    server.requests.length = 0;
    await archive.copies('k', LONG_AGO);
    expect(server.lines.filter((line) => line.includes('versions'))).toHaveLength(1);
  });
});

test('a version is put on top with its headers and metadata', async () => {
  const first = await archive.upload(KEY, photo('first', { headers: { contentType: 'image/jpeg' }, metadata: { camera: 'Leica' } }));
  await archive.upload(KEY, photo('second'));
  const copy = await archive.putOnTop(KEY, first);
  expect(server.current('archive', KEY)).toMatchObject({
    versionId: copy, body: Buffer.from('first'), headers: { 'content-type': 'image/jpeg', 'x-amz-meta-camera': 'Leica' },
  });
  expect(server.buckets.get('archive')!.versions).toHaveLength(3);
});

test('through the wire, an older photo that comes late ends below the newer', async () => {
  const upload = (content: string, sequencer: string) =>
    store(photo(content, { versionId: sequencer, sequencer, lastModified: new Date() }));
  await upload('newer', '02');
  await upload('older', '01');
  expect(server.current('archive', KEY)!.body.toString()).toBe('newer');
});

test('a store that says 200 and keeps something else is found out', async () => {
  server.before = ({ method }) => {
    const stored = server.current('archive', KEY);
    if (method === 'GET' && stored) stored.body = Buffer.from('phot0');
  };
  await expect(store(photo('photo', { lastModified: new Date() }))).rejects.toThrow('but the original');
});

test('a failing store fails the operation', async () => {
  server.before = () => failure(500, 'InternalError');
  await expect(archive.digest(KEY, 'v1')).rejects.toThrow('InternalError');
});

describe('a key with old versions', () => {
  test.each([0, 3, 40])('is listed with one request more at the most: %d of them', async (count) => {
    for (let index = 0; index < count; index++) server.put('archive', KEY, 'old', {}, new Date('2025-01-01T00:00:00Z'));
    await store(photo('photo'));
    // The server of these tests gives out two versions a page.
    expect(server.lines.filter((line) => /^GET archive\?.*versions/.test(line)).length).toBeLessThanOrEqual(2 + (count > 0 ? 1 : 0));
  });

  test('has all young ones looked at, on however many pages', async () => {
    for (let index = 0; index < 5; index++) server.put('archive', KEY, 'old', {}, new Date('2025-01-01T00:00:00Z'));
    const ids: string[] = [];
    for (const etag of ['1', '2', '3', '4', '5']) ids.push(await archive.upload(KEY, photo('photo', { etag })));
    expect((await archive.copies(KEY, new Date(Date.now() - 60_000))).map(({ versionId }) => versionId)).toEqual(ids.reverse());
  });
});

describe('a store that refuses a photo', () => {
  const uploaded = (status: number, code: string, size = 5) => {
    server.before = ({ method, query }) => (method !== 'GET' && !query.has('uploads') ? failure(status, code) : undefined);
    return archive.upload(KEY, photo(Buffer.alloc(size)));
  };

  test.each([[400, 'InvalidArgument'], [400, 'KeyTooLongError'], [400, 'XMinioInvalidObjectName'], [400, 'EntityTooLarge'], [413, 'RequestEntityTooLarge'], [414, 'RequestURITooLong']])(
    'by %d %s has probably something against it, in one request and in parts', async (status, code) => {
      for (const size of [5, 17 * 2 ** 20]) {
        await expect(uploaded(status, code, size)).rejects.toThrow(expect.objectContaining({
          name: 'ProbableRejection', rejection: expect.objectContaining({ reason: 'refused-by-archive', message: expect.stringMatching(code) }),
        }));
      }
    });

  test.each([
    [400, 'BadDigest'], [400, 'RequestTimeout'], [400, 'IncompleteBody'], [400, 'ExpiredToken'], [403, 'AccessDenied'], [403, 'InvalidAccessKeyId'], [404, 'NoSuchBucket'],
    [409, 'OperationAborted'], [429, 'TooManyRequests'], [500, 'InternalError'], [503, 'SlowDown'],
  ])('by %d %s has nothing against it', async (status, code) => {
    const error = await uploaded(status, code).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).name).not.toBe('ProbableRejection');
  });

  test('is told from a secret store that refuses', async () => {
    const secretIsGone = Object.assign(new Error('no such secret'), { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } });
    const session = new WasabiSession(() => Promise.reject(secretIsGone), () => { throw new Error('not reached'); });
    await expect(new WasabiArchive(session, 'archive', 120_000).upload(KEY, photo('photo'))).rejects.toBe(secretIsGone);
  });
});
