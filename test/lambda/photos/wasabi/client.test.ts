import { GetBucketVersioningCommand, GetObjectCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { wasabiClient } from '../../../../lambda/photos/wasabi/client';
import { UnknownOutcome } from '../../../../lambda/photos/wasabi/unknown-outcome';
import { failure, S3Server } from '../../fixtures/s3-server';

let server: S3Server;
let client: S3Client;

beforeEach(async () => {
  server = await S3Server.start();
  server.addBucket('archive');
  client = wasabiClient({ endpoint: server.url, region: 'eu-central-1' }, { accessKeyId: 'key', secretAccessKey: 'secret' });
});

afterEach(() => server.stop());

/** What the SDK adds of its own, and S3-compatible stores refuse or keep as content. */
const foreignHeaders = () => server.requests.flatMap(({ headers }) => Object.keys(headers).filter((name) => /checksum|trailer|decoded/.test(name)));

test.each([['in one piece', 1000], ['in parts', 6_000_000]])('what is uploaded %s carries an MD5 digest and no checksum of the SDK\'s', async (_, size) => {
  await new Upload({ client, params: { Bucket: 'archive', Key: 'a', Body: Buffer.alloc(size) } }).done();
  expect(server.current('archive', 'a')!.body).toHaveLength(size);
  expect(server.requests.filter(({ method }) => method === 'PUT').every(({ headers }) => headers['content-md5'])).toBe(true);
  expect(foreignHeaders()).toEqual([]);
});

test('where S3 demands a checksum, it is an MD5 digest', async () => {
  await client.send(new PutBucketVersioningCommand({ Bucket: 'archive', VersioningConfiguration: { Status: 'Enabled' } }));
  expect(server.requests[0].headers).toHaveProperty('content-md5');
  expect(foreignHeaders()).toEqual([]);
});

test('a download asks for no checksum of the SDK\'s', async () => {
  server.put('archive', 'a', 'photo');
  await client.send(new GetObjectCommand({ Bucket: 'archive', Key: 'a' }));
  expect(foreignHeaders()).toEqual([]);
});

test('a digest that does not fit is refused by the store: it is of what was sent', async () => {
  server.before = ({ body }) => { body[0] = 1; };
  const damaged = new Upload({ client, params: { Bucket: 'archive', Key: 'a', Body: Buffer.alloc(10) } });
  await expect(damaged.done()).rejects.toThrow('BadDigest');
});

test('buckets are named in the path, and no request waits for ever', async () => {
  await client.send(new GetBucketVersioningCommand({ Bucket: 'archive' })); // the SDK settles its settings with the first request
  expect(client.config.forcePathStyle).toBe(true);
  const settled = client.config.requestHandler as unknown as { httpHandlerConfigs(): object };
  expect(settled.httpHandlerConfigs()).toMatchObject({
    connectionTimeout: 3_000, requestTimeout: 20_000, throwOnRequestTimeout: true, socketTimeout: 20_000,
  });
});

describe('a request that stores something', () => {
  const put = () => client.send(new PutObjectCommand({ Bucket: 'archive', Key: 'a', Body: 'photo' }));

  test.each([
    ['no answer comes', () => ({ status: 200, headers: { 'content-length': '5' }, body: 'x', isCutOff: true })],
    ['the store fails', () => failure(500, 'InternalError')],
  ])('is not repeated when %s: it may have been stored', async (_, answer) => {
    server.before = answer;
    await expect(put()).rejects.toThrow(UnknownOutcome);
    expect(server.requests).toHaveLength(1);
  });

  test('is repeated when it was refused', async () => {
    server.before = () => (server.requests.length === 1 ? failure(503, 'SlowDown') : undefined);
    await put();
    expect(server.requests).toHaveLength(2);
    expect(server.buckets.get('archive')!.versions).toHaveLength(1);
  });

  test('says why when it was refused for good', async () => {
    server.before = () => failure(403, 'AccessDenied');
    await expect(put()).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });
});

test('a request that only reads is repeated', async () => {
  server.before = () => (server.requests.length === 1 ? failure(500, 'InternalError') : undefined);
  await client.send(new GetBucketVersioningCommand({ Bucket: 'archive' }));
  expect(server.requests).toHaveLength(2);
});
