import { readFileSync } from 'fs';
import { join } from 'path';
import { GetObjectTaggingCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { deployed, meanDifference, NINE_PHOTOS, photoNamed, pixels } from './deployed';
import { PhotoLog } from './photo-log';
import { eventually } from '../emulator/eventually';
import { PhotoArchive } from '../emulator/photo-archive';
import { ARCHIVE_BUCKET } from '../emulator/photo-archive-app';

let archive: PhotoArchive;
let log: PhotoLog;
const keyOf = (name: string) => `photos/nine/${name}`;

beforeAll(async () => {
  ({ archive, log } = await deployed());
  const uploader = await archive.uploaderS3();
  await Promise.all(NINE_PHOTOS.map((name) => archive.upload(keyOf(name), photoNamed(name), { Metadata: { album: 'nine' } }, uploader)));
  await archive.untilGone(...NINE_PHOTOS.map(keyOf));
});

test('there are nine photos, and none is left in the dropbox', async () => {
  expect(NINE_PHOTOS).toHaveLength(9);
  expect((await Promise.all(NINE_PHOTOS.map((name) => archive.versionsInDropbox(keyOf(name))))).flat()).toEqual([]);
});

test.each(NINE_PHOTOS)('the archived copy of %s is the original, byte for byte', async (name) => {
  const copy = await archive.archived(keyOf(name));
  expect(copy?.equals(photoNamed(name))).toBe(true);
});

test.each(NINE_PHOTOS)('the thumbnail of %s is upright, 256 pixels wide and without metadata', async (name) => {
  const { width, height, orientation, exif } = await sharp(await archive.thumbnail(keyOf(name))).metadata();
  expect({ width, height, orientation, exif }).toEqual({ width: 256, height: 171, orientation: undefined, exif: undefined });
});

describe('of 255 levels that a pixel can differ by, where a wrong turn makes 70 on average,', () => {
  let thumbnails: Buffer[];

  beforeAll(async () => {
    thumbnails = await Promise.all(NINE_PHOTOS.map(async (name) => pixels((await archive.thumbnail(keyOf(name)))!)));
  });

  test('all nine thumbnails differ from each other by less than 3', () => {
    const differences = thumbnails.flatMap((one) => thumbnails.map((other) => meanDifference(one, other)));
    expect(differences).toHaveLength(81);
    expect(Math.max(...differences)).toBeLessThan(3);
  });

  test('each of them differs by less than 10 from the photo that is stored as it is seen', async () => {
    const upright = await sharp(photoNamed('Landscape_1.jpg')).resize(256, 171).raw().toBuffer();
    expect(Math.max(...thumbnails.map((thumbnail) => meanDifference(upright, thumbnail)))).toBeLessThan(10);
  });
});

test('a phone\'s HEIC becomes an upright JPEG', async () => {
  const photo = readFileSync(join(__dirname, '../lambda/fixtures/heic/phone-tiles.heic'));
  await archive.upload('photos/phone.heic', photo);
  await archive.untilGone('photos/phone.heic');
  const thumbnail = (await archive.thumbnail('photos/phone.heic'))!;
  expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 256, height: 171 });
  const upright = await sharp(photoNamed('Landscape_1.jpg')).resize(256, 171).raw().toBuffer();
  expect(meanDifference(upright, await pixels(thumbnail))).toBeLessThan(15);
  expect((await archive.archived('photos/phone.heic'))?.equals(photo)).toBe(true);
});

test('the headers of a thumbnail say nothing of its original, and its tag says when that was uploaded', async () => {
  const thumbnail = { Bucket: archive.thumbnails, Key: keyOf('Landscape_5.jpg') };
  const { ContentType, Metadata } = await archive.s3.send(new HeadObjectCommand(thumbnail));
  expect({ ContentType, Metadata }).toEqual({ ContentType: 'image/jpeg', Metadata: {} });
  const { TagSet } = await archive.s3.send(new GetObjectTaggingCommand(thumbnail));
  expect(TagSet).toEqual([{ Key: 'cdk-mainstay:uploaded', Value: expect.stringMatching(new RegExp(`^[-0-9T:.]+Z/${archive.dropbox}/[0-9A-F]+$`)) }]);
});

test('the archived copy keeps the type and the metadata of the upload, and names the version that it came from', async () => {
  const original = new HeadObjectCommand({ Bucket: ARCHIVE_BUCKET, Key: keyOf('Landscape_5.jpg') });
  const { ContentType, Metadata } = await archive.storeS3.send(original);
  expect(ContentType).toBe('image/jpeg');
  expect(Metadata).toMatchObject({ 'album': 'nine', 'source-version-id': expect.any(String), 'source-sha256': expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('each archived photo is counted in the metrics and told in the log', async () => {
  let nudges = 0;
  const found = await eventually('nine photos in the log and in the metrics', async () => {
    const lines = await log.lines();
    const told = lines.filter(({ message, key }) => message?.startsWith('photo archived') && key?.startsWith('photos/nine/'));
    const counted = lines.flatMap(({ PhotosArchived }) => PhotosArchived ?? []).reduce((sum, count) => sum + count, 0);
    if (told.length >= 9 && counted >= 9) return { told, counted }; // other tests' photos count, too
    // What a function writes at its very end, the emulator may keep until the function runs again.
    const nudge = `photos/nudges/${nudges++}.jpg`;
    await archive.upload(nudge, photoNamed('Landscape_1.jpg'));
    await archive.untilGone(nudge);
    return undefined;
  });
  expect(found.told.map(({ key }) => key).sort()).toEqual(NINE_PHOTOS.map(keyOf));
  expect(found.counted).toBeGreaterThanOrEqual(9);
});
