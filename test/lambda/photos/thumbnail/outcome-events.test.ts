import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { Archived } from '../../../../lambda/photos/thumbnail/outcome';
import { EventBridgeEvents } from '../../../../lambda/photos/thumbnail/outcome-events';
import { Rejection } from '../../../../lambda/photos/thumbnail/rejection';
import { JsonServer } from '../../fixtures/json-server';
import { photo } from '../../fixtures/photos';

const { object } = photo('photo');
const ARCHIVED: Omit<Archived, 'original'> = {
  outcome: 'archived',
  bytes: 5,
  sha256: 'abc',
  archiveKey: 'from/photos/a.jpg',
  archiveVersionId: 'archive-v1',
  thumbnails: [{ key: 'small/photos/a.jpg', width: 20, height: 15, bytes: 10, result: 'written' }],
};

let server: JsonServer;
let events: EventBridgeEvents;

beforeEach(async () => {
  server = await JsonServer.start();
  server.answers['AWSEvents.PutEvents'] = () => ({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
  const client = new EventBridgeClient({ endpoint: server.url, region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  events = new EventBridgeEvents(client, { eventBus: 'photos', archiveBucket: 'photoarchive', thumbnailBucket: 'thumbnails' });
});

afterEach(() => server.stop());

const sent = () => server.requests.flatMap(({ input }) => input.Entries).map((entry) => ({ ...entry, Detail: JSON.parse(entry.Detail) }));

test('an archived photo is told with its source, its copy and its thumbnails', async () => {
  await events.archived(object, ARCHIVED);
  expect(sent()).toEqual([{
    EventBusName: 'photos',
    Source: 'cdk-mainstay.ThumbnailToWasabi',
    DetailType: 'Photo Archived',
    Detail: {
      version: '1',
      bucket: { name: 'dropbox' },
      object: { key: 'photos/a.jpg', versionId: 'v1', etag: 'etag1', size: 5 },
      archive: { bucket: 'photoarchive', key: 'from/photos/a.jpg', versionId: 'archive-v1', sha256: 'abc' },
      thumbnails: [{ bucket: 'thumbnails', key: 'small/photos/a.jpg', width: 20, height: 15, size: 10 }],
    },
  }]);
});

test('one without thumbnails is told with the reason', async () => {
  await events.archived(object, { ...ARCHIVED, thumbnails: [], thumbnailsSkipped: 'larger-than-max-input-size' });
  expect(sent()[0].Detail).toMatchObject({ thumbnails: [], thumbnailsSkipped: 'larger-than-max-input-size' });
});

test('a rejected photo is told with the reason', async () => {
  await events.rejected(object, new Rejection('corrupt', 'premature end'));
  expect(sent()).toMatchObject([{
    DetailType: 'Photo Rejected', Detail: { version: '1', bucket: { name: 'dropbox' }, object: { key: 'photos/a.jpg' }, reason: 'corrupt', detail: 'premature end' },
  }]);
});

test('an entry that EventBridge refuses within an answer of 200 is an error', async () => {
  server.answers['AWSEvents.PutEvents'] = () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }] });
  await expect(events.archived(object, ARCHIVED)).rejects.toThrow("EventBridge did not take 'Photo Archived': ThrottlingException slow down");
});
