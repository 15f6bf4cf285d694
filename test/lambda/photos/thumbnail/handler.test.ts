import { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createHandler, HandlerDependencies } from '../../../../lambda/photos/thumbnail/handler';
import { Archived, Outcome } from '../../../../lambda/photos/thumbnail/outcome';
import { Rejection } from '../../../../lambda/photos/thumbnail/rejection';
import { TimeBudget } from '../../../../lambda/photos/thumbnail/time-budget';

const ARCHIVED: Archived = {
  outcome: 'archived',
  bytes: 1000,
  sha256: 'abc',
  archiveKey: 'a.jpg',
  archiveVersionId: 'archive-v1',
  thumbnails: [
    { key: 'small/a.jpg', width: 1, height: 1, bytes: 10, result: 'written' },
    { key: 'large/a.jpg', width: 1, height: 1, bytes: 10, result: 'superseded' },
  ],
  original: 'removed',
};

const AMPLE = 60_000;

const body = (key: string) => JSON.stringify({
  'source': 'aws.s3', 'detail-type': 'Object Created', 'detail': { bucket: { name: 'dropbox' }, object: { key, 'version-id': 'v1' } },
});

const event = (...bodies: string[]) => ({
  Records: bodies.map((each, index) => ({ messageId: `message-${index + 1}`, body: each, attributes: { ApproximateReceiveCount: '9' } })),
}) as SQSEvent;

/** For the tenth time, which is the last. */
const lastTry = (...bodies: string[]) => ({
  Records: event(...bodies).Records.map((record) => ({ ...record, attributes: { ApproximateReceiveCount: '10' } })),
}) as SQSEvent;

function setUp(process: HandlerDependencies['process']) {
  const metrics: Record<string, number> = {};
  const published = jest.fn();
  const deps = {
    process,
    maxReceiveCount: 10,
    deadLetters: { send: jest.fn(async () => undefined) },
    budget: new TimeBudget(),
    logger: { info: jest.fn(), warn: jest.fn(), error: jest.fn() },
    metrics: {
      addMetric: (name: string, _: unknown, value: number) => { metrics[name] = (metrics[name] ?? 0) + value; },
      hasStoredMetrics: () => Object.keys(metrics).length > 0,
      publishStoredMetrics: published,
    },
  };
  const handler = createHandler(deps as unknown as HandlerDependencies);
  const handle = (batch: SQSEvent, milliseconds = AMPLE): Promise<SQSBatchResponse> =>
    handler(batch, { getRemainingTimeInMillis: () => milliseconds });
  return { ...deps, counted: metrics, published, handle };
}

test('a photo that made its way is logged once and counted', async () => {
  const { handle, logger, counted, published } = setUp(async () => ARCHIVED);
  expect(await handle(event(body('a.jpg')))).toEqual({ batchItemFailures: [] });
  expect(logger.info.mock.calls).toEqual([
    ['photo archived', { bucket: 'dropbox', key: 'a.jpg', versionId: 'v1', messageId: 'message-1', ...ARCHIVED }],
  ]);
  expect(counted).toEqual({ PhotosArchived: 1, PhotosFailed: 0, OriginalBytesArchived: 1000, ThumbnailsWritten: 1 });
  expect(published).toHaveBeenCalledTimes(1);
});

test('of a batch, only the photos that failed are tried again', async () => {
  const { handle, counted, logger } = setUp(async ({ key }) => {
    if (key === 'b.jpg') throw Object.assign(new Error('slow down'), { name: 'SlowDown', $response: { headers: { authorization: 's3cr3t' } } });
    return ARCHIVED;
  });
  expect(await handle(event(body('a.jpg'), body('b.jpg'), body('c.jpg')))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-2' }] });
  expect(counted).toMatchObject({ PhotosArchived: 2, PhotosFailed: 1 });
  expect(logger.error.mock.calls).toEqual([[
    'photo failed, will be tried again',
    { bucket: 'dropbox', key: 'b.jpg', versionId: 'v1', messageId: 'message-2', error: { name: 'SlowDown', message: 'slow down' } },
  ]]);
});

test('when all fail, each is reported, and metrics are published', async () => {
  const { handle, published } = setUp(() => Promise.reject(new Error('slow down')));
  expect(await handle(event(body('a.jpg'), body('b.jpg')))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-2' }],
  });
  expect(published).toHaveBeenCalledTimes(1);
});

test('the failures of one batch are not reported with the next', async () => {
  const outcomes = [Promise.reject(new Error('slow down')), Promise.resolve(ARCHIVED)];
  const { handle } = setUp(() => outcomes.shift()!);
  expect((await handle(event(body('a.jpg')))).batchItemFailures).toHaveLength(1);
  expect((await handle(event(body('a.jpg')))).batchItemFailures).toEqual([]);
});

test('photos are processed side by side, and those under the same key in their order', async () => {
  const journal: string[] = [];
  const { handle, counted } = setUp(async ({ key }) => {
    journal.push(`${key} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    journal.push(`${key} ends`);
    return ARCHIVED;
  });
  await handle(event(body('a.jpg'), body('b.jpg'), body('a.jpg')));
  expect(journal.slice(0, 2)).toEqual(['a.jpg begins', 'b.jpg begins']);
  expect(journal.filter((entry) => entry.startsWith('a'))).toEqual(['a.jpg begins', 'a.jpg ends', 'a.jpg begins', 'a.jpg ends']);
  expect(counted.PhotosArchived).toBe(3);
});

test('the failure of a photo does not keep the next under the same key from its turn', async () => {
  const outcomes = [Promise.reject(new Error('slow down')), Promise.resolve(ARCHIVED)];
  const { handle } = setUp(() => outcomes.shift()!);
  expect(await handle(event(body('a.jpg'), body('a.jpg')))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
});

test('when the time is nearly up, what is under way fails by name, what waits is not begun, and what is done counts', async () => {
  const { handle, logger, budget, process: processed } = setUp(jest.fn(async ({ key }: { key: string }): Promise<Outcome> => {
    if (key === 'quick.jpg') return ARCHIVED;
    return new Promise((_, reject) => budget.signal.addEventListener('abort', () => reject(new Error('Request aborted'))));
  }));
  const answer = await handle(event(body('quick.jpg'), body('slow.jpg'), body('slow.jpg')), 3_050);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-2' }, { itemIdentifier: 'message-3' }] });
  expect(processed).toHaveBeenCalledTimes(2);
  expect(logger.error.mock.calls.map(([, { error }]) => error)).toEqual(Array(2).fill({ name: 'OutOfTime', message: 'the run had no time left' }));
});

test('a rejected photo is logged and counted, but is no failure: neither tried again nor parked', async () => {
  const rejection = new Rejection('corrupt', 'premature end');
  const { handle, deadLetters, logger, counted } = setUp(async () => ({ outcome: 'rejected', rejection, tag: 'no-room' }));
  expect(await handle(event(body('a.jpg')))).toEqual({ batchItemFailures: [] });
  expect(deadLetters.send).not.toHaveBeenCalled();
  expect(logger.warn.mock.calls).toEqual([[
    'photo rejected',
    { bucket: 'dropbox', key: 'a.jpg', versionId: 'v1', messageId: 'message-1', tag: 'no-room', reason: 'corrupt', detail: 'premature end' },
  ]]);
  expect(counted).toEqual({ PhotosRejected: 1, PhotosFailed: 0 });
});

describe('a message that asks for the thumbnails of an archived photo', () => {
  const asking = JSON.stringify({ regenerateThumbnails: { bucket: 'dropbox', key: 'a.jpg' } });
  const description = { bucket: 'dropbox', key: 'a.jpg', versionId: undefined, messageId: 'message-1' };
  const made: Outcome = { outcome: 'regenerated', archiveVersionId: 'archive-v1', damagedVersionIds: [], thumbnails: ARCHIVED.thumbnails };

  test('is passed on as such, and counted as thumbnails, and as nothing that was archived', async () => {
    const { handle, process: processed, logger, counted } = setUp(jest.fn(async () => made));
    expect(await handle(event(asking))).toEqual({ batchItemFailures: [] });
    expect(processed).toHaveBeenCalledWith({ bucket: 'dropbox', key: 'a.jpg', isArchived: true }, false);
    expect(logger.info.mock.calls).toEqual([['thumbnails made again', { ...description, ...made }]]);
    expect(logger.warn).not.toHaveBeenCalled();
    expect(counted).toEqual({ PhotosFailed: 0, ThumbnailsWritten: 1 });
  });

  test('tells of copies that are damaged', async () => {
    const { handle, logger } = setUp(async () => ({ ...made, damagedVersionIds: ['archive-v2'] }));
    await handle(event(asking));
    expect(logger.warn.mock.calls).toEqual([
      ['archived copies are damaged: their content is not what was archived', { ...description, versionIds: ['archive-v2'] }],
    ]);
  });

  test('counts a photo that is too large for thumbnails', async () => {
    const { handle, counted } = setUp(async () => ({ ...made, thumbnails: [], thumbnailsSkipped: 'larger-than-max-input-size' }));
    await handle(event(asking));
    expect(counted).toEqual({ PhotosFailed: 0, ThumbnailsWritten: 0, PhotosWithoutThumbnails: 1 });
  });

  test('is done where the photo itself is wrong, which is no rejected upload', async () => {
    const { handle, logger, counted, deadLetters } = setUp(async () => ({ outcome: 'not-regenerated', rejection: new Rejection('corrupt', 'premature end') }));
    expect(await handle(event(asking))).toEqual({ batchItemFailures: [] });
    expect(logger.warn.mock.calls).toEqual([['no thumbnails made again', { ...description, reason: 'corrupt', detail: 'premature end' }]]);
    expect(counted).toEqual({ PhotosFailed: 0 });
    expect(deadLetters.send).not.toHaveBeenCalled();
  });

  test('is tried again, and parked in the end, as any other', async () => {
    const { handle, counted } = setUp(() => Promise.reject(new Error('the archive has no sound copy')));
    expect(await handle(lastTry(asking))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(counted).toEqual({ PhotosFailed: 1, PhotosGivenUp: 1 });
  });

  test('waits for an upload under the same key', async () => {
    const journal: string[] = [];
    const { handle } = setUp(async (photo) => {
      const what = 'isArchived' in photo ? 'thumbnails' : 'upload';
      journal.push(`${what} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      journal.push(`${what} ends`);
      return 'isArchived' in photo ? made : ARCHIVED;
    });
    await handle(event(body('a.jpg'), asking));
    expect(journal).toEqual(['upload begins', 'upload ends', 'thumbnails begins', 'thumbnails ends']);
  });
});

describe('the last try', () => {
  test('is known by the receive count of the message', async () => {
    const process = jest.fn(async (): Promise<Outcome> => ARCHIVED);
    const { handle } = setUp(process);
    await handle(event(body('a.jpg')));
    await handle(lastTry(body('b.jpg')));
    await handle({ Records: [{ messageId: 'by-hand', body: body('c.jpg') }] } as SQSEvent);
    expect(process.mock.calls).toEqual([
      [expect.objectContaining({ key: 'a.jpg' }), false], [expect.objectContaining({ key: 'b.jpg' }), true], [expect.objectContaining({ key: 'c.jpg' }), false],
    ]);
  });

  test('that fails is counted each time, for the alarm, and its message goes to the dead-letter queue', async () => {
    const { handle, counted, logger } = setUp(() => Promise.reject(new Error('slow down')));
    expect((await handle(lastTry(body('a.jpg'), body('b.jpg')))).batchItemFailures).toHaveLength(2);
    expect(counted).toEqual({ PhotosFailed: 2, PhotosGivenUp: 2 });
    expect(logger.error.mock.calls.map(([message]) => message)).toEqual(Array(2).fill('photo failed for the last time'));
  });
});

test('a message that is none is dead-lettered and never tried again', async () => {
  const process = jest.fn();
  const { handle, deadLetters, logger, counted } = setUp(process);
  expect(await handle(event('{'))).toEqual({ batchItemFailures: [] });
  expect(deadLetters.send.mock.calls).toEqual([['{', 'malformed-event']]);
  expect(logger.warn).toHaveBeenCalledWith(expect.any(String), { messageId: 'message-1', reason: 'malformed-event', detail: 'the message is not JSON' });
  expect(counted).toEqual({ PhotosRejected: 1, PhotosFailed: 0 });
  expect(process).not.toHaveBeenCalled();
});

test('a message that is none and could not be dead-lettered is tried again', async () => {
  const { handle, deadLetters } = setUp(jest.fn());
  deadLetters.send.mockRejectedValueOnce(new Error('throttled'));
  expect((await handle(event('{'))).batchItemFailures).toHaveLength(1);
});

test.each<[string, Outcome]>([
  ['a folder marker', { outcome: 'ignored' }],
  ['a photo that is gone', { outcome: 'gone' }],
  ['a key of which the archive has no original', { outcome: 'not-archived' }],
])('%s is logged and done', async (_, outcome) => {
  const { handle, logger, deadLetters, published } = setUp(async () => outcome);
  expect(await handle(event(body('a.jpg')))).toEqual({ batchItemFailures: [] });
  expect(logger.info).toHaveBeenCalledTimes(1);
  expect(deadLetters.send).not.toHaveBeenCalled();
  expect(published).not.toHaveBeenCalled();
});

test('of several photos in one message, one failure does not keep the others from being processed', async () => {
  const process = jest.fn(async ({ key }: { key: string }) => {
    if (key === 'a.jpg') throw new Error('slow down');
    return ARCHIVED;
  });
  const { handle } = setUp(process);
  const records = ['a.jpg', 'b.jpg'].map((key) => ({ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'dropbox' }, object: { key } } }));
  expect((await handle(event(JSON.stringify({ Records: records })))).batchItemFailures).toHaveLength(1);
  expect(process).toHaveBeenCalledTimes(2);
});
