import {
  DeleteObjectCommand, GetObjectCommand, GetObjectTaggingCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { deployed, plain } from './deployed';
import { PhotoArchive } from '../emulator/photo-archive';

const KEY = 'photos/permissions/photo.jpg';
let archive: PhotoArchive;
let uploader: S3Client;
let viewer: S3Client;

beforeAll(async () => {
  ({ archive } = await deployed());
  [uploader, viewer] = await Promise.all([archive.uploaderS3(), archive.viewerS3()]);
  await archive.upload(KEY, await plain('gold'));
  await archive.untilGone(KEY);
});

const refused = expect.objectContaining({ name: 'AccessDenied' });

test('an uploader cannot read, list or delete what it uploaded, nor upload outside of the prefix, nor see thumbnails', async () => {
  const uploaded = { Bucket: archive.dropbox, Key: 'photos/permissions/stays-as-it-is-no-photo.txt' };
  const VersionId = await archive.upload(uploaded.Key, 'x', {}, uploader);
  await expect(uploader.send(new GetObjectCommand(uploaded))).rejects.toEqual(refused);
  await expect(uploader.send(new GetObjectCommand({ ...uploaded, VersionId }))).rejects.toEqual(refused);
  await expect(uploader.send(new ListObjectsV2Command({ Bucket: archive.dropbox, Prefix: 'photos/' }))).rejects.toEqual(refused);
  await expect(uploader.send(new DeleteObjectCommand(uploaded))).rejects.toEqual(refused);
  await expect(uploader.send(new DeleteObjectCommand({ ...uploaded, VersionId }))).rejects.toEqual(refused);
  await expect(uploader.send(new PutObjectCommand({ ...uploaded, Key: 'elsewhere.jpg', Body: 'x' }))).rejects.toEqual(refused);
  await expect(uploader.send(new GetObjectCommand({ Bucket: archive.thumbnails, Key: KEY }))).rejects.toEqual(refused);
});

test('a viewer lists and reads thumbnails', async () => {
  const { Contents } = await viewer.send(new ListObjectsV2Command({ Bucket: archive.thumbnails, Prefix: KEY }));
  expect(Contents?.map(({ Key }) => Key)).toEqual([KEY]);
  const { ContentType } = await viewer.send(new GetObjectCommand({ Bucket: archive.thumbnails, Key: KEY }));
  expect(ContentType).toBe('image/jpeg');
});

test('a viewer cannot write or delete thumbnails, nor read their tags, nor upload or read photos', async () => {
  const thumbnail = { Bucket: archive.thumbnails, Key: KEY };
  await expect(viewer.send(new GetObjectTaggingCommand(thumbnail))).rejects.toEqual(refused);
  await expect(viewer.send(new PutObjectCommand({ ...thumbnail, Body: 'x' }))).rejects.toEqual(refused);
  await expect(viewer.send(new DeleteObjectCommand(thumbnail))).rejects.toEqual(refused);
  await expect(viewer.send(new PutObjectCommand({ Bucket: archive.dropbox, Key: KEY, Body: 'x' }))).rejects.toEqual(refused);
  await expect(viewer.send(new ListObjectsV2Command({ Bucket: archive.dropbox }))).rejects.toEqual(refused);
});

test('over plain HTTP, the buckets refuse even what a role may do', async () => {
  const plainUploader = overPlainHttp(await archive.uploaderS3());
  await expect(plainUploader.send(new PutObjectCommand({ Bucket: archive.dropbox, Key: KEY, Body: 'x' }))).rejects.toEqual(refused);
  const plainViewer = overPlainHttp(await archive.viewerS3());
  await expect(plainViewer.send(new GetObjectCommand({ Bucket: archive.thumbnails, Key: KEY }))).rejects.toEqual(refused);
});

/** The account takes loopback for TLS, unless it is told that it is not: see account.py. */
function overPlainHttp(client: S3Client): S3Client {
  client.middlewareStack.add((next) => (args) => {
    (args.request as { headers: Record<string, string> }).headers['x-forwarded-proto'] = 'http';
    return next(args);
  }, { step: 'build' });
  return client;
}
