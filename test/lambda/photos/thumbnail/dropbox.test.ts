import { text } from 'stream/consumers';
import { S3Dropbox } from '../../../../lambda/photos/thumbnail/dropbox';
import { DropboxObject } from '../../../../lambda/photos/thumbnail/photo';
import { failure, S3Server, StoredVersion } from '../../fixtures/s3-server';

const KEY = 'photos/Grüße 1+1.jpg';

let server: S3Server;
let dropbox: S3Dropbox;

beforeEach(async () => {
  server = await S3Server.start();
  dropbox = new S3Dropbox(server.client());
});

afterEach(() => server.stop());

async function open({ versionId }: StoredVersion, etag?: string) {
  return dropbox.open({ bucket: 'dropbox', key: KEY, versionId: versionId === 'null' ? undefined : versionId, etag, sequencer: '01' });
}

async function objectOf(version: StoredVersion): Promise<DropboxObject> {
  const opened = (await open(version, version.etag))!;
  opened.discard();
  return opened.object;
}

describe('in a bucket with versions', () => {
  beforeEach(() => server.addBucket('dropbox'));

  test('opens that version, with its headers and metadata, and reads it', async () => {
    const stored = server.put('dropbox', KEY, 'older', {
      'content-type': 'image/jpeg',
      'cache-control': 'max-age=60',
      'content-disposition': 'attachment',
      'content-encoding': 'identity',
      'content-language': 'de',
      'x-amz-meta-camera': 'Leica',
    }, new Date('2026-01-01T00:00:00Z'));
    server.put('dropbox', KEY, 'newer');

    const { object, content } = (await open(stored))!;
    expect(object).toEqual({
      bucket: 'dropbox',
      key: KEY,
      versionId: stored.versionId,
      etag: stored.etag.replaceAll('"', ''),
      sequencer: '01',
      lastModified: new Date('2026-01-01T00:00:00Z'),
      size: 5,
      headers: {
        contentType: 'image/jpeg', cacheControl: 'max-age=60', contentDisposition: 'attachment', contentEncoding: 'identity', contentLanguage: 'de',
      },
      metadata: { camera: 'Leica' },
    });
    expect(await text(await content())).toBe('older');
    expect(await text(await content())).toBe('older'); // once more
    expect(server.requests.map(({ query }) => query.get('versionId'))).toEqual([stored.versionId, stored.versionId]);
  });

  test('takes the version from S3 where the event names none', async () => {
    const stored = server.put('dropbox', KEY, 'a');
    expect((await dropbox.open({ bucket: 'dropbox', key: KEY }))!.object.versionId).toBe(stored.versionId);
  });

  test('a content that is not read frees its connection', async () => {
    for (let index = 0; index < 60; index++) { // more than the connections that the SDK keeps
      (await open(server.put('dropbox', KEY, Buffer.alloc(300_000))))!.discard();
    }
  });

  test('a content that ends before it should is an error', async () => {
    const stored = server.put('dropbox', KEY, 'abc');
    server.before = () => ({ status: 200, headers: { 'content-length': '5' }, body: 'abc', isCutOff: true });
    await expect(open(stored).then((opened) => opened!.content()).then(text)).rejects.toThrow();
  });

  test('a version that is gone when its content is asked for again is an error', async () => {
    const stored = server.put('dropbox', KEY, 'abc');
    const { object, content } = (await open(stored))!;
    await text(await content());
    await dropbox.remove(object);
    await expect(content()).rejects.toThrow('NoSuchVersion');
  });

  test('a version that was removed, or is a delete marker, is gone', async () => {
    const stored = server.put('dropbox', KEY, 'a');
    const marker = { ...stored, versionId: 'marker', isMarker: true };
    server.buckets.get('dropbox')!.versions.unshift(marker);
    expect(await open(marker)).toBeUndefined();
    expect(await open({ ...stored, versionId: 'unknown' })).toBeUndefined();
    expect(await dropbox.open({ bucket: 'dropbox', key: KEY })).toBeUndefined();
  });

  test('a bucket that does not exist, or may not be read, is an error', async () => {
    await expect(dropbox.open({ bucket: 'missing', key: KEY })).rejects.toThrow('NoSuchBucket');
    server.before = () => failure(403, 'AccessDenied');
    await expect(dropbox.open({ bucket: 'dropbox', key: KEY })).rejects.toThrow('AccessDenied');
  });

  test('removes that version for good, and no newer one', async () => {
    const older = server.put('dropbox', KEY, 'older');
    const newer = server.put('dropbox', KEY, 'newer');
    expect(await dropbox.remove(await objectOf(older))).toBe('removed');
    expect(server.buckets.get('dropbox')!.versions).toEqual([newer]);
  });

  test('removes a version that is gone already', async () => {
    const object = await objectOf(server.put('dropbox', KEY, 'a'));
    await dropbox.remove(object);
    expect(await dropbox.remove(object)).toBe('removed');
  });

  test('fails to remove what it may not', async () => {
    const object = await objectOf(server.put('dropbox', KEY, 'a'));
    server.before = () => failure(403, 'AccessDenied');
    await expect(dropbox.remove(object)).rejects.toThrow('AccessDenied');
  });

  test('tags that version, and keeps the tags of the uploader', async () => {
    const older = server.put('dropbox', KEY, 'older');
    const newer = server.put('dropbox', KEY, 'newer');
    older.tags = { album: 'summer' };
    expect(await dropbox.tag(await objectOf(older), 'corrupt')).toBe('tagged');
    expect(older.tags).toEqual({ 'album': 'summer', 'cdk-mainstay:rejected': 'corrupt' });
    expect(newer.tags).toEqual({});
  });

  test('replaces the tag of a former rejection, even as the tenth', async () => {
    const stored = server.put('dropbox', KEY, 'a');
    stored.tags = { ...Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`tag${index}`, 'x'])), 'cdk-mainstay:rejected': 'corrupt' };
    expect(await dropbox.tag(await objectOf(stored), 'too-many-pixels')).toBe('tagged');
    expect(Object.keys(stored.tags)).toHaveLength(10);
    expect(stored.tags['cdk-mainstay:rejected']).toBe('too-many-pixels');
  });

  test('leaves an object with ten tags as it is', async () => {
    const stored = server.put('dropbox', KEY, 'a');
    const tags = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`tag${index}`, 'x']));
    stored.tags = tags;
    expect(await dropbox.tag(await objectOf(stored), 'corrupt')).toBe('no-room');
    expect(stored.tags).toEqual(tags);
  });

  test('needs not tag what is gone', async () => {
    const object = await objectOf(server.put('dropbox', KEY, 'a'));
    await dropbox.remove(object);
    expect(await dropbox.tag(object, 'corrupt')).toBe('gone');
  });

  test('fails to tag what it may not', async () => {
    const object = await objectOf(server.put('dropbox', KEY, 'a'));
    server.before = () => failure(403, 'AccessDenied');
    await expect(dropbox.tag(object, 'corrupt')).rejects.toThrow('AccessDenied');
  });
});

describe.each([['without', undefined], ['with suspended', 'Suspended' as const]])('in a bucket %s versions', (_, versioning) => {
  beforeEach(() => server.addBucket('dropbox', { versioning }));

  test('opens the object of the event', async () => {
    const stored = server.put('dropbox', KEY, 'a');
    const { object, content } = (await open(stored, stored.etag))!;
    expect(object.versionId).toBeUndefined();
    expect(await text(await content())).toBe('a');
    expect(await text(await content())).toBe('a');
  });

  test('an object that was replaced since its event is gone', async () => {
    const older = server.put('dropbox', KEY, 'older');
    server.put('dropbox', KEY, 'newer');
    expect(await open(older, older.etag)).toBeUndefined();
  });

  test('removes the object that was read', async () => {
    const object = await objectOf(server.put('dropbox', KEY, 'a'));
    expect(await dropbox.remove(object)).toBe('removed');
    expect(server.buckets.get('dropbox')!.versions.filter(({ isMarker }) => !isMarker)).toEqual([]);
  });

  test('an object that somebody else has removed counts as removed', async () => {
    const object = await objectOf(server.put('dropbox', KEY, 'a'));
    server.before = () => failure(404, 'NoSuchKey'); // what S3 answers to a conditional delete of nothing
    expect(await dropbox.remove(object)).toBe('removed');
  });

  test('does not remove a newer upload that replaced it', async () => {
    const object = await objectOf(server.put('dropbox', KEY, 'older'));
    const newer = server.put('dropbox', KEY, 'newer');
    expect(await dropbox.remove(object)).toBe('replaced');
    expect(server.current('dropbox', KEY)).toBe(newer);
  });
});

describe('what S3 does not give out', () => {
  const upload = { bucket: 'dropbox', key: KEY, versionId: 'v1' };

  beforeEach(() => server.addBucket('dropbox'));

  test.each([[403, 'InvalidObjectState'], [400, 'InvalidRequest']])('by %d %s, is rejected, and can be tagged', async (status, code) => {
    const stored = server.put('dropbox', KEY, 'in an archive tier, or with a key of the uploader');
    server.before = ({ method, query }) => (method === 'GET' && !query.has('tagging') ? failure(status, code) : undefined);
    await expect(dropbox.open({ ...upload, versionId: stored.versionId })).rejects.toThrow(expect.objectContaining({ name: 'Rejection', reason: 'unreadable', message: expect.stringContaining(code) }));
    await dropbox.tag({ ...upload, versionId: stored.versionId }, 'unreadable');
    expect(stored.tags).toEqual({ 'cdk-mainstay:rejected': 'unreadable' });
  });

  test.each([[403, 'AccessDenied'], [400, 'KMS.DisabledException'], [503, 'SlowDown']])('by %d %s, is tried again: somebody can mend it', async (status, code) => {
    server.before = () => failure(status, code);
    await expect(dropbox.open(upload)).rejects.toThrow(expect.objectContaining({ name: code }));
  });

  test('has no size that S3 tells without a body', async () => {
    expect(await dropbox.sizeOf({ ...upload, versionId: server.put('dropbox', KEY, '12345').versionId })).toBe(5);
    expect(await dropbox.sizeOf({ ...upload, versionId: 'v404' })).toBeUndefined();
    server.before = () => ({ status: 400 });
    expect(await dropbox.sizeOf(upload)).toBeUndefined();
    for (const status of [403, 503]) {
      server.before = () => ({ status });
      await expect(dropbox.sizeOf(upload)).rejects.toThrow();
    }
  });
});
