import { CreateBucketCommand, DeleteBucketCommand, GetBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { deployed, photoNamed } from './deployed';
import { Emulators, rootOf, startEmulators } from '../emulator/emulators';
import { eventually } from '../emulator/eventually';
import { leftovers } from '../emulator/leftovers';
import { PhotoArchive } from '../emulator/photo-archive';
import { ARCHIVE_BUCKET, PhotoArchiveApp, SECRET_NAME, WASABI_USER } from '../emulator/photo-archive-app';
import { StoreUser } from '../emulator/store-user';

// The lifecycle of a stack: each test starts from what the test before it left.
let emulators: Emulators;
let app: PhotoArchiveApp;
let somebodyElse: S3Client;
let owner: S3Client;

const photo = photoNamed('Landscape_6.jpg');
const newBucket = () => new CreateBucketCommand({ Bucket: ARCHIVE_BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } });

beforeAll(async () => {
  emulators = await startEmulators();
  somebodyElse = new S3Client(rootOf(emulators.store, '310987654321'));
  owner = new S3Client(emulators.store);
  app = new PhotoArchiveApp(emulators);
  await app.synth();
  await app.openWasabiAccount();
  await app.bootstrap();
});

afterAll(() => emulators?.stop());

test('the deployment fails, and says why, when the archive bucket belongs to somebody else', async () => {
  await somebodyElse.send(newBucket());
  await expect(app.deploy()).rejects.toThrow(new RegExp(`archive bucket ${ARCHIVE_BUCKET} at http://[0-9.:]+ .*is owned by another account`));
});

test('after the name is free, a deployment adopts the bucket that its own account made, and what is in it', async () => {
  await somebodyElse.send(new DeleteBucketCommand({ Bucket: ARCHIVE_BUCKET }));
  await owner.send(newBucket());
  await owner.send(new PutObjectCommand({ Bucket: ARCHIVE_BUCKET, Key: 'was/here.txt', Body: 'before' }));

  await app.deploy();
  expect((await owner.send(new GetBucketVersioningCommand({ Bucket: ARCHIVE_BUCKET }))).Status).toBe('Enabled');
  const archive = await PhotoArchive.find(emulators.account, emulators.store);
  expect((await archive.archived('was/here.txt'))?.toString()).toBe('before');
});

test('an update takes effect on the next photo, and keeps the buckets', async () => {
  const before = await PhotoArchive.find(emulators.account, emulators.store);
  await app.synth({ thumbnailPixels: '64' });
  await app.deploy();
  const after = await PhotoArchive.find(emulators.account, emulators.store);
  expect([after.dropbox, after.thumbnails]).toEqual([before.dropbox, before.thumbnails]);

  await after.upload('photos/updated.jpg', photo);
  await after.untilGone('photos/updated.jpg');
  expect(await sharp(await after.thumbnail('photos/updated.jpg')).metadata()).toMatchObject({ width: 64, height: 43 });
});

test('after an update, the thumbnails of photos that were archived before it are made again', async () => {
  const archive = await PhotoArchive.find(emulators.account, emulators.store);
  await app.synth({ thumbnailPixels: '48' });
  await app.deploy();
  expect(await archive.regenerate({ prefix: 'photos/' })).toEqual({ queued: 1, deleted: 0 });
  await eventually('the thumbnail is as before', async () =>
    ((await sharp(await archive.thumbnail('photos/updated.jpg')).metadata()).width === 48 ? true : undefined));
  expect(await archive.versionsInArchive('photos/updated.jpg')).toHaveLength(1);
});

test('with a key that the store refuses, a photo stays in the dropbox; after the secret is rotated, the retry archives it', async () => {
  const { archive, queue, log } = await deployed(emulators);
  await queue.setVisibilityTimeout(3); // the retry comes in seconds instead of minutes
  const key = 'photos/rotated.jpg';
  const user = StoreUser.of(emulators.store, WASABI_USER);
  await user.deleteKeys(); // the function holds one of them, from the photo before

  await archive.upload(key, photo);
  await log.untilTold(key, /failed/);
  expect(await archive.versionsInDropbox(key)).toHaveLength(1);
  expect(await archive.archived(key)).toBeUndefined();

  const fresh = await user.createKey();
  await app.rotateSecret(fresh);
  await archive.untilGone(key);
  expect(await archive.archived(key)).toEqual(photo);
  expect(JSON.stringify(await log.lines())).not.toContain(fresh.secretAccessKey);
});

test('one destroy leaves nothing of the stack, and the archive as it was', async () => {
  const archive = await PhotoArchive.find(emulators.account, emulators.store);
  await archive.upload('photos/still-waiting.txt', 'in the dropbox, so that it must be emptied');
  const kinds = async () => [...new Set((await leftovers(emulators.account)).map(({ kind }) => kind))].sort();
  // So that nothing is found because it is gone, and not because nobody sees it.
  expect(await kinds()).toEqual([
    'alarm', 'bucket', 'event source mapping', 'function', 'log group', 'parameter', 'queue', 'role', 'rule', 'secret', 'stack', 'topic',
  ]);
  await app.destroy();

  expect(await leftovers(emulators.account)).toEqual([{ kind: 'secret', name: SECRET_NAME }]); // made by hand before the deployment
  expect(await archive.archived('photos/updated.jpg')).toEqual(photo);
  expect((await archive.archived('was/here.txt'))?.toString()).toBe('before');
}, 120_000);
