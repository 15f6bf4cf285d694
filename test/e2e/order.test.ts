import { deployed, meanDifference, pixels, plain } from './deployed';
import { PhotoLog } from './photo-log';
import { PhotoQueue } from './photo-queue';
import { eventually } from '../emulator/eventually';
import { PhotoArchive } from '../emulator/photo-archive';

const [RED, BLUE] = ['#c00000', '#0000c0'];
let archive: PhotoArchive;
let queue: PhotoQueue;
let log: PhotoLog;

beforeAll(async () => {
  ({ archive, queue, log } = await deployed());
});

/** Uploads two photos under one key, and keeps back their events. */
async function uploadTwice(key: string): Promise<{ older: HeldBack; newer: HeldBack }> {
  const [red, blue] = await Promise.all([plain(RED), plain(BLUE)]);
  return queue.whileNothingConsumes(async () => {
    const older = { photo: red, versionId: await archive.upload(key, red) };
    const newer = { photo: blue, versionId: await archive.upload(key, blue) };
    const events = await queue.take(2);
    const eventOf = ({ versionId }: { versionId: string }) => events.find((event) => event.includes(versionId))!;
    return { older: { ...older, event: eventOf(older) }, newer: { ...newer, event: eventOf(newer) } };
  });
}

interface HeldBack {
  readonly photo: Buffer;
  readonly versionId: string;
  readonly event: string;
}

async function untilVersionGone(key: string, versionId: string): Promise<void> {
  await eventually(`version ${versionId} of ${key} is still in the dropbox`, async () =>
    (await archive.versionsInDropbox(key)).includes(versionId) ? undefined : true);
}

async function expectThumbnailOf(key: string, photo: Buffer): Promise<void> {
  expect(meanDifference(await pixels((await archive.thumbnail(key))!), await pixels(photo))).toBeLessThan(4);
}

test('the run of the older upload archives and removes its own version, and never the newer one under the same key', async () => {
  const key = 'photos/order/older-first.jpg';
  const { older, newer } = await uploadTwice(key);

  await queue.send(older.event);
  await untilVersionGone(key, older.versionId);
  expect(await archive.versionsInDropbox(key)).toEqual([newer.versionId]);
  expect(await archive.archived(key)).toEqual(older.photo);

  await queue.send(newer.event);
  await archive.untilGone(key);
  expect(await archive.archived(key)).toEqual(newer.photo);
  await expectThumbnailOf(key, newer.photo);
});

test('when the events come in reverse, the newest upload is on top all the same, and both are kept', async () => {
  const key = 'photos/order/newer-first.jpg';
  const { older, newer } = await uploadTwice(key);

  await queue.send(newer.event);
  await untilVersionGone(key, newer.versionId);
  await queue.send(older.event);
  await archive.untilGone(key);

  expect(await archive.archived(key)).toEqual(newer.photo);
  await expectThumbnailOf(key, newer.photo);
  const kept = await Promise.all((await archive.versionsInArchive(key)).map((versionId) => archive.archived(key, versionId)));
  expect(kept).toContainEqual(older.photo);
});

test('an event that comes again does no harm', async () => {
  const key = 'photos/order/repeated.jpg';
  const { older, newer } = await uploadTwice(key);
  await queue.send(older.event);
  await queue.send(newer.event);
  await archive.untilGone(key);
  const before = await archive.versionsInArchive(key);

  await queue.send(newer.event);
  const line = await log.untilTold(key, /gone already/);
  expect(line.versionId).toBe(newer.versionId);
  expect(await archive.versionsInArchive(key)).toEqual(before);
});
