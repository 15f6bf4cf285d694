import { DeleteObjectCommand, ListObjectVersionsCommand, ListObjectVersionsCommandOutput } from '@aws-sdk/client-s3';
import { versionsByKey } from '../../../lambda/photos/versions-by-key';
import { collect } from '../fixtures/collect';
import { failure, S3Server } from '../fixtures/s3-server';

let server: S3Server;

beforeEach(async () => {
  server = await S3Server.start(); // which lists two a page
  server.addBucket('bucket');
});

afterEach(() => server.stop());

async function listed(prefix = '', after?: string) {
  const client = server.client();
  const keys = await collect(versionsByKey({ bucket: 'bucket', prefix, after }, (input) => client.send(new ListObjectVersionsCommand(input))));
  return keys.map(({ key, versions, isDeleted }) => ({ key, versions: versions.map(({ VersionId }) => VersionId), isDeleted }));
}

test('each key comes once, with all its versions, newest first, wherever the pages end', async () => {
  const put = (key: string) => server.put('bucket', key, key).versionId;
  const a = put('a');
  const b = [put('b'), put('b'), put('b'), put('b')].reverse();
  const c = put('c');
  expect(await listed()).toEqual([
    { key: 'a', versions: [a], isDeleted: false }, { key: 'b', versions: b, isDeleted: false }, { key: 'c', versions: [c], isDeleted: false },
  ]);
});

test('an empty bucket costs one request', async () => {
  expect(await listed()).toEqual([]);
  expect(server.lines).toHaveLength(1);
});

test('begins behind a key, with no version of it', async () => {
  ['a', 'b', 'b', 'b', 'c'].forEach((key) => server.put('bucket', key, key));
  expect((await listed('', 'a')).map(({ key }) => key)).toEqual(['b', 'c']);
  expect((await listed('', 'b')).map(({ key }) => key)).toEqual(['c']);
  expect((await listed('', 'c'))).toEqual([]);
});

test('leaves other prefixes out', async () => {
  ['a/1', 'b/1', 'c/1'].forEach((key) => server.put('bucket', key, key));
  expect((await listed('b/')).map(({ key }) => key)).toEqual(['b/1']);
});

test('a key with a delete marker on top is deleted, one with a marker below is not', async () => {
  const client = server.client();
  const gone = server.put('bucket', 'gone', 'x').versionId;
  await client.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'gone' }));
  const first = server.put('bucket', 'back', 'x').versionId;
  await client.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: 'back' }));
  const second = server.put('bucket', 'back', 'x').versionId;
  expect(await listed()).toEqual([{ key: 'back', versions: [second, first], isDeleted: false }, { key: 'gone', versions: [gone], isDeleted: true }]);
});

test('keys of any characters come back as they are, in the order of their bytes', async () => {
  const keys = ['a b', 'a%2Bb', 'a+b', 'a\nb', 'ä', '\uffee', '😀'];
  keys.forEach((key) => server.put('bucket', key, 'x'));
  expect((await listed()).map(({ key }) => key).sort()).toEqual([...keys].sort());
});

test('keys are not decoded for a store that does not encode them', async () => {
  const page = { Versions: [{ Key: 'a%20b+c', VersionId: 'v1' }], IsTruncated: false } as ListObjectVersionsCommandOutput;
  expect(await collect(versionsByKey({ bucket: 'bucket', prefix: '' }, async () => page))).toEqual([
    { key: 'a%20b+c', versions: [{ Key: 'a%20b+c', VersionId: 'v1' }], isDeleted: false },
  ]);
});

test('markers and versions of one page are put into one order', async () => {
  const page = {
    Versions: [{ Key: 'b', VersionId: 'v1' }, { Key: '😀', VersionId: 'v2' }], DeleteMarkers: [{ Key: 'a', IsLatest: true }, { Key: '\uffee', IsLatest: true }],
  } as ListObjectVersionsCommandOutput;
  const keys = await collect(versionsByKey({ bucket: 'bucket', prefix: '' }, async () => page));
  expect(keys.map(({ key }) => key)).toEqual(['a', 'b', '\uffee', '😀']);
});

test('a listing that fails is an error', async () => {
  server.before = () => failure(403, 'AccessDenied');
  await expect(listed()).rejects.toThrow('AccessDenied');
});
