import { provenanceIn } from '../../../../lambda/photos/thumbnail/provenance';
import { S3ThumbnailStore } from '../../../../lambda/photos/thumbnail/thumbnail-store';
import { photo } from '../../fixtures/photos';
import { failure, S3Server } from '../../fixtures/s3-server';

const KEY = 'small/photos/Grüße.jpg';
const older = photo('', { versionId: 'v1', sequencer: '01' }).provenance;
const newer = photo('', { versionId: 'v2', sequencer: '02' }).provenance;
const thumbnail = (text: string) => ({ bytes: Buffer.from(text), contentType: 'image/webp', width: 1, height: 1 });

let server: S3Server;
let store: S3ThumbnailStore;

beforeEach(async () => {
  server = await S3Server.start();
  server.addBucket('thumbnails');
  store = new S3ThumbnailStore(server.client(), 'thumbnails');
});

afterEach(() => server.stop());

const content = () => server.current('thumbnails', KEY)?.body.toString();

test('a first thumbnail is written, in one request, and tells its type and its source', async () => {
  expect(await store.put(KEY, thumbnail('a'), older)).toBe('written');
  const { body, headers } = server.current('thumbnails', KEY)!;
  expect(body.toString()).toBe('a');
  expect(headers['content-type']).toBe('image/webp');
  expect(headers).not.toHaveProperty('cache-control');
  const metadata = Object.entries(headers).map(([name, value]) => [name.replace('x-amz-meta-', ''), value]);
  expect(provenanceIn(Object.fromEntries(metadata))).toEqual(older);
  expect(server.lines).toEqual([`PUT thumbnails/${KEY}`]);
});

test('a newer photo\'s thumbnail replaces an older one\'s', async () => {
  await store.put(KEY, thumbnail('older'), older);
  expect(await store.put(KEY, thumbnail('newer'), newer)).toBe('written');
  expect(content()).toBe('newer');
});

test('an older photo\'s thumbnail never replaces a newer one\'s', async () => {
  await store.put(KEY, thumbnail('newer'), newer);
  expect(await store.put(KEY, thumbnail('older'), older)).toBe('superseded');
  expect(content()).toBe('newer');
});

test('a repeat writes its thumbnail again', async () => {
  await store.put(KEY, thumbnail('once'), older);
  expect(await store.put(KEY, thumbnail('again'), older)).toBe('written');
  expect(content()).toBe('again');
});

test('an object that somebody else put there is replaced', async () => {
  server.put('thumbnails', KEY, 'by hand');
  expect(await store.put(KEY, thumbnail('a'), older)).toBe('written');
  expect(content()).toBe('a');
});

test('a newer thumbnail that comes in between the look and the write is kept', async () => {
  server.put('thumbnails', KEY, 'by hand');
  let isFirst = true;
  server.before = async ({ headers }) => {
    if (!headers['if-match'] || !isFirst) return;
    isFirst = false;
    await store.put(KEY, thumbnail('newer'), newer);
  };
  expect(await store.put(KEY, thumbnail('older'), older)).toBe('superseded');
  expect(content()).toBe('newer');
});

test.each([
  ['is being written by another (409)', failure(409, 'ConditionalRequestConflict')],
  ['was removed since (404)', failure(404, 'NoSuchKey')],
])('what %s is looked at again', async (_, answer) => {
  server.put('thumbnails', KEY, 'by hand');
  let isFirst = true;
  server.before = ({ headers }) => {
    if (!headers['if-match'] || !isFirst) return undefined;
    isFirst = false;
    if (answer.status === 404) server.buckets.get('thumbnails')!.versions.length = 0;
    return answer;
  };
  expect(await store.put(KEY, thumbnail('a'), older)).toBe('written');
  expect(content()).toBe('a');
});

test('gives up, to be tried again, when it loses every race', async () => {
  server.before = ({ method }) => method === 'PUT' ? failure(412, 'PreconditionFailed') : undefined;
  await expect(store.put(KEY, thumbnail('a'), older)).rejects.toThrow('changed by others all the time');
});

test.each(['PUT', 'HEAD'])('fails when S3 fails at %s', async (failing) => {
  server.put('thumbnails', KEY, 'by hand');
  server.before = ({ method }) => method === failing ? failure(503, 'SlowDown') : undefined;
  await expect(store.put(KEY, thumbnail('a'), older)).rejects.toThrow();
  expect(content()).toBe('by hand');
});
