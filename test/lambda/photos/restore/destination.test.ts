import { randomBytes } from 'crypto';
import { Readable } from 'stream';
import { S3Destination } from '../../../../lambda/photos/restore/destination';
import { ArchivedCopy } from '../../../../lambda/photos/restore/restore';
import { failure, S3Server } from '../../fixtures/s3-server';

const KEY = 'photos/Grüße 1+1.jpg';
const COPY: ArchivedCopy = {
  versionId: 'v1',
  provenance: { bucket: 'dropbox', etag: 'etag', sha256: 'abc', lastModified: new Date() },
  size: 5,
  headers: { ContentType: 'image/jpeg', CacheControl: 'max-age=60', ContentDisposition: 'attachment', ContentEncoding: 'identity', ContentLanguage: 'de' },
  metadata: { camera: 'Leica' },
};
const LARGE = randomBytes(10 * 1024 ** 2); // two parts

let server: S3Server;
let destination: S3Destination;

beforeEach(async () => {
  server = await S3Server.start();
  server.addBucket('restored');
  destination = new S3Destination(server.client(), 'restored');
});

afterEach(() => server.stop());

const written = () => server.lines.filter((line) => !line.startsWith('GET'));

/** In pieces, as a body comes from the network; perhaps with an error behind the last. */
async function* piecesOf(content: Buffer, error?: Error) {
  for (let start = 0; start < content.length; start += 60_000) yield content.subarray(start, start + 60_000);
  if (error) throw error;
}
const streamOf = (content: Buffer, error?: Error) => Readable.from(piecesOf(content, error), { objectMode: false });

test.each([['small', Buffer.from('photo')], ['large', LARGE]])('a %s original appears with its headers, its metadata and nothing else in them', async (_, content) => {
  await destination.put(KEY, streamOf(content), COPY);
  const { body, headers, tags } = server.current('restored', KEY)!;
  expect(body.equals(content)).toBe(true);
  expect(headers).toEqual({
    'content-type': 'image/jpeg',
    'cache-control': 'max-age=60',
    'content-disposition': 'attachment',
    'content-encoding': expect.stringMatching(/identity/),
    'content-language': 'de',
    'x-amz-meta-camera': 'Leica',
  });
  expect(tags).toEqual({ 'cdk-mainstay:restored': 'abc' });
});

test('a small content that ends with an error is not even sent', async () => {
  await expect(destination.put(KEY, streamOf(Buffer.from('photo'), new Error('damaged')), COPY)).rejects.toThrow('damaged');
  expect(written()).toEqual([]);
});

test('a large content that ends with an error never appears, and its parts are cleared away', async () => {
  await expect(destination.put(KEY, streamOf(LARGE, new Error('damaged')), COPY)).rejects.toThrow('damaged');
  expect(written().some((line) => line.includes('partNumber'))).toBe(true);
  expect(written().pop()).toBe(`DELETE restored/${KEY}?uploadId`);
  expect([server.uploads.size, server.buckets.get('restored')!.versions]).toEqual([0, []]);
});

test.each([['small', Buffer.from('photo')], ['large', LARGE]])('a %s original never covers what came there in the meantime', async (_, content) => {
  const other = server.put('restored', KEY, 'other');
  await expect(destination.put(KEY, streamOf(content), COPY)).rejects.toThrow('PreconditionFailed');
  expect(server.buckets.get('restored')!.versions).toEqual([other]);
  expect(server.uploads.size).toBe(0);
});

test('a part that is not taken is an error, and the content is let go', async () => {
  server.before = ({ line }) => (line.includes('partNumber') ? failure(403, 'AccessDenied') : undefined);
  const content = streamOf(LARGE);
  await expect(destination.put(KEY, content, COPY)).rejects.toThrow('AccessDenied');
  expect(content.destroyed).toBe(true);
  expect(server.uploads.size).toBe(0);
});

test('finds what a restore put there, and tells it from what others did', async () => {
  expect(await destination.find(KEY)).toEqual({ isThere: false });
  await destination.put(KEY, streamOf(Buffer.from('photo')), COPY);
  expect(await destination.find(KEY)).toEqual({ isThere: true, sha256: 'abc' });
  server.put('restored', KEY, 'other');
  expect(await destination.find(KEY)).toEqual({ isThere: true, sha256: undefined });
});

test.each([[403, 'AccessDenied'], [404, 'NoSuchBucket'], [503, 'SlowDown']])('%d %s is an error', async (status, code) => {
  server.before = () => failure(status, code);
  await expect(destination.find(KEY)).rejects.toThrow(code);
});
