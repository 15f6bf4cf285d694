import { DeleteObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { deployed, photoNamed } from './deployed';
import { PhotoFunction } from './photo-function';
import { PhotoLog } from './photo-log';
import { PhotoQueue } from './photo-queue';
import { eventually } from '../emulator/eventually';
import { PhotoArchive } from '../emulator/photo-archive';
import { ARCHIVE_BUCKET } from '../emulator/photo-archive-app';

const photo = photoNamed('Landscape_5.jpg');
let archive: PhotoArchive;
let photoFunction: PhotoFunction;
let queue: PhotoQueue;
let log: PhotoLog;

beforeAll(async () => {
  ({ archive, photoFunction, queue, log } = await deployed());
});

/** Uploads photos whose events never reach the photo function. */
function uploadUnseen(...keys: string[]): Promise<string[]> {
  return queue.whileNothingConsumes(async () => {
    const versionIds = [];
    for (const key of keys) versionIds.push(await archive.upload(key, photo, { Metadata: { album: 'back' } }));
    await queue.take(keys.length);
    return versionIds;
  });
}

/** What is in the archive, but with another content. */
async function tamperedCopy(key: string, asKey: string): Promise<string> {
  const { Metadata } = await archive.storeS3.send(new HeadObjectCommand({ Bucket: ARCHIVE_BUCKET, Key: key }));
  const { VersionId } = await archive.storeS3.send(new PutObjectCommand({ Bucket: ARCHIVE_BUCKET, Key: asKey, Body: 'something else', Metadata }));
  return VersionId!;
}

test('a photo whose event was lost stays, until the reconciler finds it; then it is archived as any other', async () => {
  const keys = ['photos/lost/a b+c.jpg', 'photos/lost/ä.jpg'];
  await uploadUnseen(...keys);
  expect(await queue.size()).toBe(0);
  expect(await Promise.all(keys.map((key) => archive.versionsInDropbox(key)))).toEqual([[expect.any(String)], [expect.any(String)]]);

  expect(await archive.reconcile({ prefix: 'photos/lost/', olderThanSeconds: 0 })).toMatchObject({ queued: 2, rejected: 0, deleted: 0 });
  await archive.untilGone(...keys);
  for (const key of keys) expect((await archive.archived(key))?.equals(photo)).toBe(true);
  expect(await archive.reconcile({ prefix: 'photos/lost/', olderThanSeconds: 0 })).toEqual({ queued: 0, rejected: 0, deleted: 0 });
});

test('what is in the dead-letter queue goes back by the command of the alarm, and what is no event of S3 stays there', async () => {
  const key = 'photos/parked/one.jpg';
  const [event] = await queue.whileNothingConsumes(async () => {
    await archive.upload(key, photo);
    return queue.take(1);
  });
  await queue.park(event);
  await queue.send('hello');
  const noEvent = { body: 'hello', reason: 'malformed-event' };
  await queue.redriveAsTheAlarmSays();
  await archive.untilGone(key);
  expect((await archive.archived(key))?.equals(photo)).toBe(true);
  expect(await eventually('the message that is none is parked', async () => {
    const letters = await queue.takeDeadLetters();
    return letters.length > 0 ? letters : undefined;
  })).toEqual([noEvent]);
});

test('both versions under one key come into the archive, the newer on top', async () => {
  const key = 'photos/lost/twice.jpg';
  const newer = photoNamed('Landscape_6.jpg');
  await queue.whileNothingConsumes(async () => {
    await archive.upload(key, photo);
    await new Promise((resolve) => setTimeout(resolve, 1100)); // of one second, one would have to wait for the next walk
    await archive.upload(key, newer);
    await queue.take(2);
  });

  expect(await archive.reconcile({ prefix: key, olderThanSeconds: 0 })).toMatchObject({ queued: 2 });
  await archive.untilGone(key);
  expect((await archive.archived(key))?.equals(newer)).toBe(true);
  const kept = await Promise.all((await archive.versionsInArchive(key)).map((versionId) => archive.archived(key, versionId)));
  expect(kept).toContainEqual(photo);
});

test('its schedule leaves young photos and rejected ones alone', async () => {
  const [young] = await uploadUnseen('photos/lost/young.jpg');
  await archive.upload('photos/lost/rejected.jpg', 'no photo');
  await log.untilTold('photos/lost/rejected.jpg', /rejected/);

  const scheduled = { 'source': 'aws.events', 'detail-type': 'Scheduled Event', 'time': '2026-01-01T00:30:00Z' };
  expect(await archive.reconcile(scheduled)).toMatchObject({ queued: 0 });
  expect(await archive.reconcile({ prefix: 'photos/lost/', olderThanSeconds: 0 })).toMatchObject({ queued: 1, rejected: 1 });
  await archive.untilGone('photos/lost/young.jpg');
  expect((await log.untilTold('photos/lost/young.jpg', /archived/)).versionId).toBe(young);
});

test('a job of S3 Batch Operations queues what its manifest names', async () => {
  const [versionId] = await uploadUnseen('photos/batch/a b.jpg');
  const task = { taskId: 'task', s3Key: 'photos/batch/a+b.jpg', s3VersionId: versionId, s3Bucket: archive.dropbox };
  expect(await archive.reconcile({ invocationSchemaVersion: '2.0', invocationId: 'invocation', job: { id: 'job' }, tasks: [task] })).toEqual({
    invocationSchemaVersion: '2.0',
    invocationId: 'invocation',
    treatMissingKeysAs: 'TemporaryFailure',
    results: [{ taskId: 'task', resultCode: 'Succeeded', resultString: 'queued' }],
  });
  await archive.untilGone('photos/batch/a b.jpg');
});

describe('what is archived', () => {
  const EXPIRES = new Date('2030-01-01T00:00:00Z');
  const keys = ['photos/back/one.jpg', 'photos/back/two ü+1 😀.jpg'];

  beforeAll(async () => {
    for (const key of keys) await archive.upload(key, photo, { Metadata: { album: 'back' }, CacheControl: 'max-age=60', Expires: EXPIRES, Tagging: 'album=lost' });
    await archive.untilGone(...keys);
  });

  test('comes back byte for byte, with its headers and metadata and without ours and its tags, once', async () => {
    expect(await archive.restore({ prefix: 'photos/back/' })).toEqual({ restored: 2, skipped: 0, failed: 0, ofOtherDropboxes: 0, problems: [] });

    for (const key of keys) {
      expect((await archive.restoredOriginal(key))?.equals(photo)).toBe(true);
      const restored = { Bucket: archive.restored, Key: key };
      const { Metadata, CacheControl, ContentType, Expires } = await archive.s3.send(new HeadObjectCommand(restored));
      expect({ Metadata, CacheControl, ContentType, Expires }).toEqual({
        Metadata: { album: 'back' }, CacheControl: 'max-age=60', ContentType: 'image/jpeg', Expires: EXPIRES,
      });
      const { TagSet } = await archive.s3.send(new GetObjectTaggingCommand(restored));
      expect(TagSet!.map(({ Key }) => Key)).toEqual(['cdk-mainstay:restored']);
    }
    expect(await archive.restore({ prefix: 'photos/back/' })).toMatchObject({ restored: 0, skipped: 2, failed: 0 });
    expect(await archive.restore({ key: keys[0] })).toMatchObject({ skipped: 1 });
  });

  test('does not come back where its copy was tampered with', async () => {
    await tamperedCopy(keys[0], 'photos/tampered/only.jpg');
    expect(await archive.restore({ key: 'photos/tampered/only.jpg' })).toMatchObject({ restored: 0, failed: 1 });
    expect(await archive.restoredOriginal('photos/tampered/only.jpg')).toBeUndefined();
  });

  test('comes back from under a copy that was tampered with', async () => {
    const key = 'photos/tampered/covered.jpg';
    await archive.upload(key, photo);
    await archive.untilGone(key);
    const tampered = await tamperedCopy(key, key);

    expect(await archive.restore({ key, versionId: tampered })).toMatchObject({ restored: 0, failed: 1 });
    expect(await archive.restoredOriginal(key)).toBeUndefined();
    expect(await archive.restore({ key })).toMatchObject({ restored: 1, failed: 0, problems: [{ key, versionId: tampered }] });
    expect((await archive.restoredOriginal(key))?.equals(photo)).toBe(true);
    const { TagSet } = await archive.s3.send(new GetObjectTaggingCommand({ Bucket: archive.restored, Key: key }));
    expect(TagSet).toEqual([{ Key: 'cdk-mainstay:restored', Value: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });

  test('is not asked for by mistake', async () => {
    await expect(archive.restore({})).rejects.toThrow('a restore takes { key }');
  });
});

describe('thumbnails of what is archived', () => {
  const keys = ['photos/again/one.jpg', 'photos/again/two ü+1 😀.jpg'];
  const archivedKey = (key: string) => key.replace('😀', '\uE5CA1F600;');
  const sizeOf = async (key: string) => {
    const thumbnail = await archive.thumbnail(key);
    return thumbnail && (({ width, height, format }) => ({ width, height, format }))(await sharp(thumbnail).metadata());
  };
  const untilThere = (key: string, width: number) => eventually(`${key} is not ${width} pixels wide`, async () => ((await sizeOf(key))?.width === width ? true : undefined));

  beforeAll(async () => {
    for (const key of keys) await archive.upload(key, photo);
    await archive.untilGone(...keys);
  });

  test('are made again after the specs changed; the archive has no second version, and the dropbox nothing', async () => {
    const before = await Promise.all(keys.map((key) => archive.versionsInArchive(archivedKey(key))));
    expect(await sizeOf(keys[0])).toMatchObject({ width: 256, format: 'jpeg' });

    await photoFunction.withThumbnails([{ fit: 'cover', width: 96, height: 72, format: 'webp' }], async () => {
      expect(await archive.regenerate({ prefix: 'photos/again/' })).toEqual({ queued: 2, deleted: 0 });
      for (const key of keys) await untilThere(key, 96);
    });

    for (const key of keys) {
      expect(await sizeOf(key)).toEqual({ width: 96, height: 72, format: 'webp' });
      expect(await archive.versionsInDropbox(key)).toEqual([]);
    }
    expect(await Promise.all(keys.map((key) => archive.versionsInArchive(archivedKey(key))))).toEqual(before);
    expect(before.map(({ length }) => length)).toEqual([1, 1]);
  });

  test('are made again where one was lost, however often it is asked for', async () => {
    const key = keys[0];
    await archive.s3.send(new DeleteObjectCommand({ Bucket: archive.thumbnails, Key: key }));
    await archive.regenerate({ prefix: key });
    await archive.regenerate({ prefix: key });
    await untilThere(key, 256);
    expect(await archive.versionsInArchive(key)).toHaveLength(1);
  });

  test('are those of a sound copy, where the one on top was tampered with', async () => {
    const key = 'photos/again/covered.jpg';
    await archive.upload(key, photo);
    await archive.untilGone(key);
    const tampered = await tamperedCopy(key, key);
    await archive.s3.send(new DeleteObjectCommand({ Bucket: archive.thumbnails, Key: key }));

    await archive.regenerate({ prefix: key });
    await untilThere(key, 256);
    expect(await log.untilTold(key, /archived copies are damaged/)).toMatchObject({ versionIds: [tampered] });
  });

  test('are left alone where the original was deleted from the archive', async () => {
    const key = 'photos/again/deleted.jpg';
    await archive.upload(key, photo);
    await archive.untilGone(key);
    await archive.storeS3.send(new DeleteObjectCommand({ Bucket: ARCHIVE_BUCKET, Key: key }));
    expect(await archive.regenerate({ prefix: key })).toEqual({ queued: 0, deleted: 1 });
  });

  test('are not asked for by mistake', async () => {
    await expect(archive.regenerate({})).rejects.toThrow('a regeneration takes { prefix }');
    await expect(archive.regenerate({ prefix: 'invoices/' })).rejects.toThrow("'prefix' must begin with 'photos/', as uploads do, got 'invoices/'");
  });
});
