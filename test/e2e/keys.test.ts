import { deployed, plain } from './deployed';
import { PhotoLog } from './photo-log';
import { PhotoArchive } from '../emulator/photo-archive';

let archive: PhotoArchive;
let log: PhotoLog;
let photo: Buffer;

beforeAll(async () => {
  ({ archive, log } = await deployed());
  photo = await plain('teal');
});

test.each([
  'a space.jpg',
  'a+plus.jpg',
  'a%20percent.jpg',
  '100%.jpg',
  'ümläut/日本.jpg',
  'quotes\'"&<>?#=:@!$,;~*().jpg',
])('a photo named %p makes its whole way under this very name', async (name) => {
  const key = `photos/keys/${name}`;
  await archive.upload(key, photo);
  await archive.untilGone(key);
  expect(await archive.archived(key)).toEqual(photo);
  expect(await archive.thumbnail(key)).toBeDefined();
});

test('a photo with an emoji in its name, which Wasabi does not take, is archived under another and comes back under its own', async () => {
  const key = 'photos/keys/ümläut/日本/😀.jpg';
  await archive.upload(key, photo);
  await archive.untilGone(key);
  expect(await archive.archived('photos/keys/ümläut/日本/\uE5CA1F600;.jpg')).toEqual(photo);
  expect(await archive.archived(key)).toBeUndefined();
  expect(await archive.thumbnail(key)).toBeDefined();
  expect(await archive.restore({ key })).toMatchObject({ restored: 1, failed: 0 });
  expect(await archive.restoredOriginal(key)).toEqual(photo);
});

test('an upload outside of the prefix is left alone', async () => {
  await archive.upload('elsewhere/left-alone.jpg', photo);
  await archive.upload('photos/keys/after-it.jpg', photo);
  await archive.untilGone('photos/keys/after-it.jpg');
  expect(await archive.versionsInDropbox('elsewhere/left-alone.jpg')).toHaveLength(1);
  expect(await archive.archived('elsewhere/left-alone.jpg')).toBeUndefined();
});

test('a folder marker stays, and is no failure', async () => {
  await archive.upload('photos/keys/folder/', Buffer.alloc(0));
  await log.untilTold('photos/keys/folder/', /ignored/);
  expect(await archive.versionsInDropbox('photos/keys/folder/')).toHaveLength(1);
});
