import { readFileSync } from 'fs';
import { join } from 'path';
import { HeadObjectCommand, PutObjectCommand, PutObjectCommandInput } from '@aws-sdk/client-s3';
import { WasabiArchive } from '../../../lambda/photos/restore/archive';
import { S3Destination } from '../../../lambda/photos/restore/destination';
import { WasabiArchive as WritingArchive } from '../../../lambda/photos/thumbnail/archive-store';
import { S3Dropbox } from '../../../lambda/photos/thumbnail/dropbox';
import { readIntoMemory } from '../../../lambda/photos/thumbnail/photo';
import { wasabiClient } from '../../../lambda/photos/wasabi/client';
import { WasabiSession } from '../../../lambda/photos/wasabi/session';
import { collect } from '../fixtures/collect';
import { sha256 } from '../fixtures/photos';
import { S3Server } from '../fixtures/s3-server';

const KEY = 'photos/a.jpg';
const PHOTO = 'photo';

type Upload = Partial<PutObjectCommandInput>;

/** By their names in docs/constructs/thumbnail-to-wasabi.md. */
const KEPT: Record<string, Upload> = {
  'Cache-Control': { CacheControl: 'max-age=60' },
  'Content-Disposition': { ContentDisposition: 'attachment; filename="a.jpg"' },
  'Content-Encoding': { ContentEncoding: 'identity' },
  'Content-Language': { ContentLanguage: 'de' },
  'Content-Type': { ContentType: 'image/jpeg' },
  'Expires': { Expires: new Date('2030-01-01T00:00:00Z') },
  'x-amz-meta-*': { Metadata: { 'camera': 'Leica', 'file-name': '=?UTF-8?B?R3LDvMOfZQ==?=' } },
};

/** With a text by which each would be found. */
const LOST: Record<string, [Upload, string]> = {
  'x-amz-tagging': [{ Tagging: 'album=holiday' }, 'holiday'],
  'x-amz-website-redirect-location': [{ WebsiteRedirectLocation: '/elsewhere' }, '/elsewhere'],
  'x-amz-storage-class': [{ StorageClass: 'STANDARD_IA' }, 'STANDARD_IA'],
  'x-amz-checksum-*': [{ ChecksumSHA256: Buffer.from(sha256(PHOTO), 'hex').toString('base64') }, Buffer.from(sha256(PHOTO), 'hex').toString('base64')],
  'x-amz-server-side-encryption*': [{ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'key-of-the-uploader' }, 'key-of-the-uploader'],
  'x-amz-acl': [{ ACL: 'bucket-owner-full-control' }, 'bucket-owner-full-control'],
  'x-amz-grant-*': [{ GrantRead: 'id="reader"' }, 'reader'],
  'x-amz-object-lock-*': [{ ObjectLockLegalHoldStatus: 'ON', ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date('2030-01-01T00:00:00Z') }, 'GOVERNANCE'],
};

let server: S3Server;

beforeEach(async () => {
  server = await S3Server.start();
  for (const bucket of ['dropbox', 'photoarchive', 'restored']) server.addBucket(bucket);
});

afterEach(() => server.stop());

/** Uploads a photo, archives it and restores it. */
async function thereAndBack(upload: Upload): Promise<void> {
  const s3 = server.client();
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: 'dropbox', Key: KEY, Body: PHOTO, ...upload }));
  const { object, content } = (await new S3Dropbox(s3).open({ bucket: 'dropbox', key: KEY, versionId: VersionId }))!;
  const place = { endpoint: server.url, region: 'eu-central-1' };
  const session = new WasabiSession(async () => ({ accessKeyId: 'key', secretAccessKey: 'secret' }), (credentials) => wasabiClient(place, credentials));
  await new WritingArchive(session, 'photoarchive', 120_000).upload(KEY, await readIntoMemory(object, content));

  const archive = new WasabiArchive(session, 'photoarchive', '');
  const [{ copies }] = await collect(archive.keys(KEY));
  const [copy] = await copies();
  await new S3Destination(s3, 'restored').put(KEY, await archive.read(KEY, copy.versionId), copy);
}

const headOf = (Bucket: string) => server.client().send(new HeadObjectCommand({ Bucket, Key: KEY }));

test.each(Object.entries(KEPT))('%s is kept in the archive, and comes back', async (_, upload) => {
  await thereAndBack(upload);
  expect(await headOf('photoarchive')).toMatchObject(upload);
  expect(await headOf('restored')).toMatchObject(upload);
});

test('an Expires that is no date is kept as user metadata, and comes back so', async () => {
  server.before = ({ bucket, method, headers }) => {
    if (bucket === 'dropbox' && method === 'PUT') headers.expires = '0'; // which the SDK does not send
  };
  await thereAndBack({});
  expect(server.current('dropbox', KEY)!.headers.expires).toBe('0');
  expect((await headOf('photoarchive')).Metadata).toMatchObject({ 'source-expires': '0' });
  expect((await headOf('restored')).Metadata).toMatchObject({ 'source-expires': '0' });
});

test.each(Object.entries(LOST))('%s is neither sent to the archive nor to the destination of a restore', async (_, [upload, text]) => {
  await thereAndBack(upload);
  const sentTo = (bucket: string) => JSON.stringify(server.requests
    .filter((request) => request.bucket === bucket && request.method !== 'GET')
    .map(({ headers, body }) => [headers, body.toString()]));
  expect(sentTo('dropbox')).toContain(text);
  expect(sentTo('photoarchive')).not.toContain(text);
  expect(sentTo('restored')).not.toContain(text);
  expect(server.current('restored', KEY)!.tags).toEqual({ 'cdk-mainstay:restored': sha256(PHOTO) });
});

test('the documentation names all of these, as what they are', () => {
  const page = readFileSync(join(__dirname, '../../../docs/constructs/thumbnail-to-wasabi.md'), 'utf8');
  const namesIn = (outcome: string) => page.split('\n').filter((line) => line.startsWith('|') && line.split('|')[2].startsWith(` ${outcome}`))
    .flatMap((line) => [...line.split('|')[1].matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  expect(namesIn('kept')).toEqual(Object.keys(KEPT));
  expect(namesIn('lost')).toEqual(Object.keys(LOST));
});
