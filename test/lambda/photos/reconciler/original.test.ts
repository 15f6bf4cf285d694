import { ListedOriginal, originalsToQueue, uploadMessage } from '../../../../lambda/photos/reconciler/original';
import { uploadsIn } from '../../../../lambda/photos/thumbnail/upload-event';

test('the photo function reads what is written for it, and no sequencer', () => {
  const original = { key: 'photos/Grüße 1+1 %41\n.jpg', versionId: 'v1', etag: 'abc', size: 3 };
  expect(uploadsIn(uploadMessage('dropbox', original))).toEqual([{ bucket: 'dropbox', ...original, sequencer: undefined }]);
});

test('an original without a version is told by its ETag', () => {
  expect(uploadsIn(uploadMessage('dropbox', { key: 'a', etag: 'abc' }))).toEqual([
    { bucket: 'dropbox', key: 'a', etag: 'abc', versionId: undefined, size: undefined, sequencer: undefined },
  ]);
});

const uploadedAt = (...times: string[]) => times.map((time, index) => ({ key: 'a', versionId: `v${times.length - index}`, lastModified: new Date(time) }) as ListedOriginal);
const versionsOf = (originals: ListedOriginal[]) => originals.map(({ versionId }) => versionId);

test('versions of different seconds are all queued', () => {
  expect(versionsOf(originalsToQueue(uploadedAt('2026-01-01T00:00:02Z', '2026-01-01T00:00:01Z', '2026-01-01T00:00:00Z')))).toEqual(['v3', 'v2', 'v1']);
});

test('of one second, the oldest is queued, and the next when that one is gone', () => {
  const [newest, ...older] = uploadedAt('2026-01-01T00:00:01.900Z', '2026-01-01T00:00:01.500Z', '2026-01-01T00:00:01.000Z', '2026-01-01T00:00:00.999Z');
  expect(versionsOf(originalsToQueue([newest, ...older]))).toEqual(['v2', 'v1']);
  expect(versionsOf(originalsToQueue([newest, older[0]]))).toEqual(['v3']);
  expect(versionsOf(originalsToQueue([newest]))).toEqual(['v4']);
});

test('what is of one second and of two keys is all queued', () => {
  const [one, other] = uploadedAt('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z');
  expect(originalsToQueue([one, { ...other, key: 'b' }])).toHaveLength(2);
});
