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
])('%s stays, tagged with the reason, with one dead letter, and is not tried again', async (_, key, body, reason) => {
  const versionId = await archive.upload(key, body, { Tagging: 'album=holiday' });
  const line = await log.untilTold(key, /rejected/);

  expect(line).toMatchObject({ reason, versionId });
  expect(await archive.versionsInDropbox(key)).toEqual([versionId]);
  const { TagSet } = await archive.s3.send(new GetObjectTaggingCommand({ Bucket: archive.dropbox, Key: key }));
  expect(TagSet).toEqual(expect.arrayContaining([{ Key: 'album', Value: 'holiday' }, { Key: 'cdk-mainstay:rejected', Value: reason }]));
  expect((await queue.deadLetters()).filter((letter) => letter.key === key)).toEqual([{ key, reason }]);
  expect(await queue.size()).toBe(0);
  expect(await archive.thumbnail(key)).toBeUndefined();
});

/** A header that promises a picture, and an end that comes too soon. */
function halfAPhoto(): Buffer {
  const photo = photoNamed('Landscape_1.jpg');
  return photo.subarray(0, photo.length / 2);
}
