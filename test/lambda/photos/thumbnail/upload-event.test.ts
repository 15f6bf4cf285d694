import { Rejection } from '../../../../lambda/photos/thumbnail/rejection';
import { isFolderMarker, photosIn, uploadsIn } from '../../../../lambda/photos/thumbnail/upload-event';

const eventBridge = (object: object, detailType = 'Object Created') => JSON.stringify({
  'source': 'aws.s3', 'detail-type': detailType, 'detail': { bucket: { name: 'dropbox' }, object },
});

const notification = (object: object, eventName = 'ObjectCreated:Put') => JSON.stringify({
  Records: [{ eventName, s3: { bucket: { name: 'dropbox' }, object } }],
});

test('an event of EventBridge names bucket, key, version, etag, sequencer and size', () => {
  const object = { 'key': 'photos/a.jpg', 'version-id': 'v1', 'etag': 'e', 'sequencer': '01', 'size': 3 };
  expect(uploadsIn(eventBridge(object))).toEqual([
    { bucket: 'dropbox', key: 'photos/a.jpg', versionId: 'v1', etag: 'e', sequencer: '01', size: 3 },
  ]);
});

test('the version `null`, which the next upload writes over, is no version', () => {
  expect(uploadsIn(eventBridge({ 'key': 'photos/a.jpg', 'version-id': 'null' }))[0].versionId).toBeUndefined();
  expect(uploadsIn(notification({ key: 'photos/a.jpg', versionId: 'null' }))[0].versionId).toBeUndefined();
});

test('an S3 notification names them, too', () => {
  const object = { key: 'photos/a.jpg', versionId: 'v1', eTag: 'e', sequencer: '01', size: 3 };
  expect(uploadsIn(notification(object))).toEqual([
    { bucket: 'dropbox', key: 'photos/a.jpg', versionId: 'v1', etag: 'e', sequencer: '01', size: 3 },
  ]);
});

test.each([
  ['photos/red flower.jpg', 'photos/red+flower.jpg'],
  ['photos/a+b.jpg', 'photos/a%2Bb.jpg'],
  ['photos/100%.jpg', 'photos/100%25.jpg'],
  ['photos/%20.jpg', 'photos/%2520.jpg'],
  ['photos/Grüße 你好 🌄.jpg', 'photos/Gr%C3%BC%C3%9Fe+%E4%BD%A0%E5%A5%BD+%F0%9F%8C%84.jpg'],
  ['photos/line\nbreak\u0001.jpg', 'photos/line%0Abreak%01.jpg'],
  ['photos//./../a.jpg', 'photos//./../a.jpg'],
])('the key %j is the same from EventBridge, where it is plain, and from S3, where it is encoded', (key, encoded) => {
  expect(uploadsIn(eventBridge({ key }))[0].key).toBe(key);
  expect(uploadsIn(notification({ key: encoded }))[0].key).toBe(key);
});

test('a key of EventBridge that looks encoded is not decoded', () => {
  expect(uploadsIn(eventBridge({ key: 'photos/a+b%20c.jpg' }))[0].key).toBe('photos/a+b%20c.jpg');
});

test('every record of a notification is an upload', () => {
  const one = JSON.parse(notification({ key: 'a' })).Records[0];
  const other = JSON.parse(notification({ key: 'b' }, 's3:ObjectCreated:CompleteMultipartUpload')).Records[0];
  expect(uploadsIn(JSON.stringify({ Records: [one, other] })).map(({ key }) => key)).toEqual(['a', 'b']);
});

test.each([
  ['the test event that S3 sends when it is set up', JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'dropbox' })],
  ['a removal told by EventBridge', eventBridge({ key: 'a' }, 'Object Deleted')],
  ['the tag that a rejection sets', eventBridge({ key: 'a' }, 'Object Tags Added')],
  ['a removal told by S3', notification({ key: 'a' }, 'ObjectRemoved:Delete')],
])('%s is no upload', (_, body) => {
  expect(uploadsIn(body)).toEqual([]);
});

test.each([
  ['no JSON', '{'],
  ['null', 'null'],
  ['something else', '{"hello":"world"}'],
  ['an event without a key', eventBridge({})],
  ['an event without an object', JSON.stringify({ 'source': 'aws.s3', 'detail-type': 'Object Created' })],
  ['a notification without an object', JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put' }] })],
  ['a notification whose key has a percent sign that encodes nothing', notification({ key: '100%.jpg' })],
  ['a notification whose key encodes no UTF-8', notification({ key: '%E9t%E9.jpg' })],
])('%s is a malformed event', (_, body) => {
  const reject = () => uploadsIn(body);
  expect(reject).toThrow(Rejection);
  expect(reject).toThrow(expect.objectContaining({ reason: 'malformed-event' }));
});

describe('a message', () => {
  const asking = (request: unknown) => JSON.stringify({ regenerateThumbnails: request });

  test('may ask for the thumbnails of an archived photo', () => {
    expect(photosIn(asking({ bucket: 'dropbox', key: 'photos/a+b%20c.jpg' }))).toEqual([{ bucket: 'dropbox', key: 'photos/a+b%20c.jpg', isArchived: true }]);
  });

  test('is else about uploads', () => {
    const body = eventBridge({ 'key': 'photos/a.jpg', 'version-id': 'v1' });
    expect(photosIn(body)).toEqual(uploadsIn(body));
    expect(() => photosIn('{')).toThrow(expect.objectContaining({ reason: 'malformed-event' }));
  });

  test.each([[null], ['photos/a.jpg'], [{}], [{ bucket: 'dropbox' }], [{ key: 'photos/a.jpg' }], [{ bucket: '', key: 'photos/a.jpg' }], [{ bucket: 'dropbox', key: 1 }]])(
    'that asks for thumbnails of %j is malformed', (request) => {
      expect(() => photosIn(asking(request))).toThrow(expect.objectContaining({
        reason: 'malformed-event', message: 'the request for thumbnails does not name a bucket and a key',
      }));
    });
});

test.each([
  ['photos/', 0, true],
  ['photos/', 10, false],
  ['photos/', undefined, false],
  ['photos/a.jpg', 0, false],
])('%s with %p bytes: a folder marker is %p', (key, size, expected) => {
  expect(isFolderMarker({ bucket: 'dropbox', key, size })).toBe(expected);
});
