import { createHandler, HandlerDependencies } from '../../../../lambda/photos/reconciler/handler';

const NOW = new Date('2026-01-01T12:30:30Z');
const SCHEDULED = { 'source': 'aws.events', 'detail-type': 'Scheduled Event', 'time': '2026-01-01T12:30:00Z' };
const context = { getRemainingTimeInMillis: () => 300_000 };

function setUp(originals: Record<string, string> = {}) {
  const metrics: Record<string, number> = {};
  const sent: string[] = [];
  const deps = {
    uploads: { bucket: 'dropbox', prefix: 'photos/', suffixes: [] },
    dropbox: {
      async* keys() {
        for (const [key, time] of Object.entries(originals)) yield { key, isDeleted: false, originals: [{ key, lastModified: new Date(time) }] };
      },
      stateOf: async () => 'unarchived' as const,
      reasonOf: async () => 'corrupt',
    },
    queue: { waiting: async () => 0, createdAt: async () => NOW, send: async (bodies: string[]) => void sent.push(...bodies) },
    memory: { read: async () => undefined, write: async () => undefined },
    deadlineHours: 6,
    dropboxIsOlderThanQueue: false,
    now: () => NOW,
    pause: async () => undefined,
    logger: { info: jest.fn() },
    metrics: {
      addMetric: (name: string, _: unknown, value: number) => { metrics[name] = value; },
      hasStoredMetrics: () => Object.keys(metrics).length > 0,
      publishStoredMetrics: jest.fn(),
    },
  };
  return { ...deps, counted: metrics, sent, handle: createHandler(deps as unknown as HandlerDependencies) };
}

test('its schedule makes it reconcile, log and count', async () => {
  const { handle, counted, logger, metrics } = setUp({ 'photos/a.jpg': '2026-01-01T00:30:30Z', 'photos/b.jpg': '2026-01-01T01:00:00Z' });
  await handle(SCHEDULED, context);
  expect(counted).toEqual({ OriginalsRequeued: 2, OldestOriginalAge: 12 * 3600 });
  expect(metrics.publishStoredMetrics).toHaveBeenCalledTimes(1);
  expect(logger.info).toHaveBeenCalledWith('dropbox walked', { queued: 2, rejected: 0, deleted: 0, oldest: new Date('2026-01-01T00:30:30Z') });
});

test('where nothing stayed, the age is zero', async () => {
  const { handle, counted } = setUp();
  await handle(SCHEDULED, context);
  expect(counted).toEqual({ OldestOriginalAge: 0 });
});

test('a backfill answers what it did, and says nothing of the age, which it may not have seen', async () => {
  const { handle, counted } = setUp({ 'photos/a.jpg': '2026-01-01T12:00:00Z' });
  expect(await handle({ prefix: 'photos/', olderThanSeconds: 60 }, context)).toMatchObject({ queued: 1 });
  expect(counted).toEqual({ OriginalsRequeued: 1 });
});

test('a list of what was rejected is answered, and queues nothing', async () => {
  const { handle, counted, sent } = setUp({ 'photos/a.jpg': '2026-01-01T12:00:00Z' });
  expect(await handle({ list: 'rejected', prefix: 'photos/' }, context)).toEqual({ rejected: [{ key: 'photos/a.jpg', uploaded: new Date('2026-01-01T12:00:00Z'), reason: 'corrupt' }] });
  expect([counted, sent]).toEqual([{}, []]);
});

test('a job of S3 Batch Operations gets its answer', async () => {
  const { handle, sent } = setUp();
  const task = { taskId: 'task', s3Key: 'photos/a.jpg', s3VersionId: null, s3Bucket: 'dropbox' };
  expect(await handle({ invocationSchemaVersion: '2.0', invocationId: 'invocation', tasks: [task] }, context)).toMatchObject({
    results: [{ taskId: 'task', resultCode: 'Succeeded' }],
  });
  expect(sent).toHaveLength(1);
});

test.each([
  [{ prefx: 'photos/2026/' }, "a backfill takes 'prefix', 'olderThanSeconds', 'continueAfter', 'retryRejected', got 'prefx'"],
  [{ list: 'rejects' }, "'list' must be 'rejected', got 'rejects'"],
  [{ list: 'rejected', olderThanSeconds: 0 }, "a list takes 'list', 'prefix', 'continueAfter', got 'olderThanSeconds'"],
  [{ olderThanSeconds: '0' }, "'olderThanSeconds' must be a number, got \"0\""],
  [{ prefix: 2026 }, "'prefix' must be a string, got 2026"],
])('%j is refused', async (event, message) => {
  const { handle, sent } = setUp({ 'photos/a.jpg': '2026-01-01T00:00:00Z' });
  await expect(handle(event, context)).rejects.toThrow(message);
  expect(sent).toEqual([]);
});
