import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { deployed, photoNamed } from './deployed';
import { PhotoLog } from './photo-log';
import { PhotoQueue } from './photo-queue';
import { PhotoArchive } from '../emulator/photo-archive';

let archive: PhotoArchive;
let queue: PhotoQueue;
let log: PhotoLog;

beforeAll(async () => {
  ({ archive, queue, log } = await deployed());
});

test.each([
  ['text that calls itself a photo', 'photos/rejected/notes.jpg', Buffer.from('not a photo'), 'unsupported-format'],
  ['a photo of which half is missing', 'photos/rejected/half.jpg', halfAPhoto(), 'corrupt'],
  ['nothing', 'photos/rejected/empty.jpg', Buffer.alloc(0), 'empty'],
])('%s stays, tagged with the reason and on the list, pages nobody, and nothing of it is archived', async (_, key, body, reason) => {
  const versionId = await archive.upload(key, body, { Tagging: 'album=holiday' });
  const line = await log.untilTold(key, /rejected/);

  expect(line).toMatchObject({ reason, versionId });
  expect(await archive.versionsInDropbox(key)).toEqual([versionId]);
  const { TagSet } = await archive.s3.send(new GetObjectTaggingCommand({ Bucket: archive.dropbox, Key: key }));
  expect(TagSet).toEqual(expect.arrayContaining([{ Key: 'album', Value: 'holiday' }, { Key: 'cdk-mainstay:rejected', Value: reason }]));
  expect(await queue.takeDeadLetters()).toEqual([]);
  expect(await queue.size()).toBe(0);
  expect(await archive.reconcile({ list: 'rejected', prefix: key })).toEqual({ rejected: [{ key, versionId, size: body.length, uploaded: expect.any(String), reason }] });
  expect(await archive.versionsInArchive(key)).toEqual([]);
  expect(await archive.thumbnail(key)).toBeUndefined();
});

test('a damaged upload leaves the sound one of its key on top in the archive', async () => {
  const key = 'photos/rejected/again.jpg';
  await archive.upload(key, photoNamed('Landscape_1.jpg'));
  await archive.untilGone(key);
  await archive.upload(key, halfAPhoto());
  await log.untilTold(key, /rejected/);
  expect((await archive.archived(key))?.equals(photoNamed('Landscape_1.jpg'))).toBe(true);
  expect(await archive.versionsInArchive(key)).toHaveLength(1);
});

/** A header that promises a picture, and an end that comes too soon. */
function halfAPhoto(): Buffer {
  const photo = photoNamed('Landscape_1.jpg');
  return photo.subarray(0, photo.length / 2);
}
