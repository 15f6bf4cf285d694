import { randomBytes } from 'crypto';
import { JsonServer } from '../../fixtures/json-server';
import { PhotoServices } from '../../fixtures/photo-services';
import { sha256 } from '../../fixtures/photos';
import { S3Server } from '../../fixtures/s3-server';

jest.setTimeout(20_000); // ten megabytes, over and over

const context = { getRemainingTimeInMillis: () => 900_000 };
const LARGE = randomBytes(10 * 1024 ** 2); // two parts

let photoServices: PhotoServices;
let aws: S3Server;
let wasabi: S3Server;
let services: JsonServer;
let output: string[];
let handler: (event: object, context: object) => Promise<object>;

beforeEach(async () => {
  photoServices = await PhotoServices.start({ WASABI_ACCESS: 'WASABIKEY', WASABI_SECRET: 's3cr3t' });
  ({ aws, wasabi, services, output } = photoServices);
  aws.addBucket('restored');
  Object.assign(process.env, { ARCHIVE_SECRET_ID: 'demo/wasabi/read-only', SOURCE_BUCKET: 'dropbox', DESTINATION_BUCKET: 'restored' });
  jest.resetModules();
  ({ handler } = jest.requireActual('../../../../lambda/photos/restore'));
});

afterEach(() => photoServices.stop());

function archive(key: string, content: Buffer, archived = content) {
  return wasabi.put('photoarchive', `from-aws/${key}`, content, {
    'content-type': 'image/jpeg',
    'x-amz-meta-camera': 'Leica',
    'x-amz-meta-source-bucket': 'dropbox',
    'x-amz-meta-source-etag': 'etag',
    'x-amz-meta-source-sha256': sha256(archived),
    'x-amz-meta-source-last-modified': '2026-01-01T00:00:00.000Z',
  });
}

test('originals, small and large, come back byte for byte, and a damaged one of either size does not', async () => {
  archive('photos/small.jpg', Buffer.from('small'));
  archive('photos/large.jpg', LARGE);
  archive('photos/damaged.jpg', Buffer.from('damaged'), Buffer.from('small'));
  archive('photos/large-damaged.jpg', Buffer.concat([LARGE, Buffer.from('x')]), LARGE);

  expect(await handler({ prefix: 'photos/' }, context)).toMatchObject({ restored: 2, skipped: 0, failed: 2 });

  expect(aws.current('restored', 'photos/small.jpg')!.body.toString()).toBe('small');
  expect(aws.current('restored', 'photos/large.jpg')!.body.equals(LARGE)).toBe(true);
  expect(aws.current('restored', 'photos/large.jpg')!.headers).toEqual({ 'content-type': 'image/jpeg', 'x-amz-meta-camera': 'Leica' });
  expect(aws.buckets.get('restored')!.versions.map(({ key }) => key).sort()).toEqual(['photos/large.jpg', 'photos/small.jpg']);
  expect(aws.uploads.size).toBe(0);
  expect(await handler({ prefix: 'photos/' }, context)).toMatchObject({ restored: 0, skipped: 2, failed: 2 });
});

test('a copy of which only the beginning arrives does not come back', async () => {
  archive('photos/a.jpg', LARGE);
  wasabi.before = ({ method, key }) => (method === 'GET' && key
    ? { status: 200, headers: { 'content-length': `${LARGE.length}` }, body: LARGE.subarray(0, 9_000_000), isCutOff: true } : undefined);
  expect(await handler({ key: 'photos/a.jpg' }, context)).toMatchObject({ restored: 0, failed: 1 });
  expect([aws.uploads.size, aws.buckets.get('restored')!.versions]).toEqual([0, []]);
});

test('the archive is only read, with the credentials of the secret, which nobody gets to see', async () => {
  archive('photos/a.jpg', Buffer.from('A'), Buffer.from('B'));
  await handler({ key: 'photos/a.jpg' }, context);
  expect(wasabi.requests.every(({ method, headers }) => ['GET', 'HEAD'].includes(method) && headers.authorization.includes('Credential=WASABIKEY/'))).toBe(true);
  expect(services.requests.map(({ input }) => input)).toEqual([{ SecretId: 'demo/wasabi/read-only' }]);
  expect(output.join()).toContain('damaged');
  expect(output.join()).not.toMatch(/WASABIKEY|s3cr3t/);
});
