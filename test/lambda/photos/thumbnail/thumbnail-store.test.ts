import { createHash } from 'crypto';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { recencyTag } from '../../../../lambda/photos/thumbnail/recency-tag';
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

test('a first thumbnail is written in one request; its viewers get its type and nothing of its original', async () => {
  expect(await store.put(KEY, thumbnail('a'), older)).toBe('written');
  const { body, headers, tags } = server.current('thumbnails', KEY)!;
  expect(body.toString()).toBe('a');
  expect(headers).toEqual({ 'content-type': 'image/webp' });
  expect(tags).toEqual({ 'cdk-mainstay:uploaded': '2026-01-01T00:00:00.000Z/dropbox/01' });
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

/** The requests of a write over what is there, as the server sees them. */
const STEPS = ['the first attempt', 'the look at the ETag', 'the look at the tags', 'the write'];

/** Does something once, before the server answers a step. */
function before(step: string, act: () => unknown): void {
  let requests = 0;
  server.before = async () => {
    if (requests++ === STEPS.indexOf(step)) await act();
  };
}

test.each(STEPS)('a newer thumbnail that comes in before %s is kept', async (step) => {
  await store.put(KEY, thumbnail('oldest'), photo('', { versionId: 'v0', sequencer: '00' }).provenance);
  before(step, () => store.put(KEY, thumbnail('newer'), newer));
  expect(await store.put(KEY, thumbnail('older'), older)).toBe('superseded');
  expect(content()).toBe('newer');
});

test.each(STEPS)('a thumbnail is written though that of before is deleted before %s', async (step) => {
  await store.put(KEY, thumbnail('older'), older);
  before(step, () => server.client().send(new DeleteObjectCommand({ Bucket: 'thumbnails', Key: KEY })));
  expect(await store.put(KEY, thumbnail('newer'), newer)).toBe('written');
  expect(content()).toBe('newer');
});

test.each(STEPS)('a run that ends before %s leaves a thumbnail of before, or its own, and can be repeated', async (step) => {
  await store.put(KEY, thumbnail('older'), older);
  before(step, () => Promise.reject(new Error('the connection breaks off')));
  await expect(store.put(KEY, thumbnail('newer'), newer)).rejects.toThrow();
  expect(content()).toBe('older');
  server.before = () => undefined;
  expect(await store.put(KEY, thumbnail('newer'), newer)).toBe('written');
  expect(content()).toBe('newer');
});

test('a write whose answer is lost has its tag, too, and is repeated', async () => {
  server.before = (request) => {
    if (request.method !== 'PUT') return undefined;
    server.before = () => undefined;
    server.put('thumbnails', KEY, request.body, request.headers);
    return failure(503, 'SlowDown');
  };
  await expect(store.put(KEY, thumbnail('newer'), newer)).rejects.toThrow();
  expect(await store.put(KEY, thumbnail('older'), older)).toBe('superseded');
  expect(await store.put(KEY, thumbnail('newer'), newer)).toBe('written');
});

test('whatever the order of four that come at the same time, and of their repeats, the newest ends on top', async () => {
  const uploads = ['01', '02', '03', '04'].map((sequencer) => ({ sequencer, uploaded: photo('', { sequencer }).provenance }));
  const put = ({ sequencer, uploaded }: typeof uploads[number]) => store.put(KEY, thumbnail(sequencer), uploaded);
  for (let round = 0; round < 15; round++) {
    const chance = (step: number) => createHash('md5').update(`${round} ${step}`).digest()[0];
    let step = 0;
    server.buckets.get('thumbnails')!.versions.length = 0;
    server.before = () => new Promise((resolve) => setTimeout(resolve, chance(step++) % 5));
    const shuffled = [...uploads].sort((one, other) => chance(Number(one.sequencer)) - chance(Number(other.sequencer)));
    await Promise.all(shuffled.map(put));
    expect(content()).toBe('04');
    for (const repeated of shuffled) await put(repeated);
    expect(content()).toBe('04');
  }
}, 20_000);

test('what is being written by another (409) is looked at again', async () => {
  server.put('thumbnails', KEY, 'by hand');
  let isFirst = true;
  server.before = ({ headers }) => {
    if (!headers['if-match'] || !isFirst) return undefined;
    isFirst = false;
    return failure(409, 'ConditionalRequestConflict');
  };
  expect(await store.put(KEY, thumbnail('a'), older)).toBe('written');
  expect(content()).toBe('a');
});

test('what is there is looked at by its ETag and its tags, and read no further', async () => {
  server.put('thumbnails', KEY, 'older', { 'x-amz-tagging': recencyTag(older) });
  await store.put(KEY, thumbnail('newer'), newer);
  expect(server.lines).toEqual([`PUT thumbnails/${KEY}`, `HEAD thumbnails/${KEY}`, `GET thumbnails/${KEY}?tagging`, `PUT thumbnails/${KEY}`]);
});

test('gives up, to be tried again, when it loses every race', async () => {
  server.before = ({ method }) => method === 'PUT' ? failure(412, 'PreconditionFailed') : undefined;
  await expect(store.put(KEY, thumbnail('a'), older)).rejects.toThrow('changed by others all the time');
});

test.each([
  ['PUT', 503, 'SlowDown'], ['HEAD', 503, 'SlowDown'], ['GET', 503, 'SlowDown'], ['GET', 403, 'AccessDenied'], ['GET', 404, 'NoSuchBucket'],
])('fails when S3 answers to %s with %i %s', async (failing, status, code) => {
  server.put('thumbnails', KEY, 'by hand');
  server.before = ({ method }) => method === failing ? failure(status, code) : undefined;
  await expect(store.put(KEY, thumbnail('a'), older)).rejects.toThrow();
  expect(content()).toBe('by hand');
});
