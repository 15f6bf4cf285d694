import { Clock, MAX_WAITING } from '../../../../lambda/photos/reconciler/bounded-queue';
import { queueArchived } from '../../../../lambda/photos/regenerate/queue-archived';
import { photosIn } from '../../../../lambda/photos/thumbnail/upload-event';

/** An archive of so many photos, and a queue that nobody takes anything out of. */
function setUp({ count = 2, deleted = [] as string[], waiting = 0, timeLeftMs = 300_000 } = {}) {
  const keys = Array.from({ length: count }, (_, index) => `photos/${String(index).padStart(4, '0')}.jpg`);
  const state = { timeLeftMs, sent: [] as string[] };
  const deps = {
    archive: {
      async* keys(prefix: string, after = '') {
        for (const key of keys) if (key.startsWith(prefix) && key > after) yield { key, isDeleted: deleted.includes(key), copies: async () => [] };
      },
    },
    queue: { waiting: async () => waiting + state.sent.length, send: async (bodies: string[]) => void state.sent.push(...bodies) },
    sourceBucket: 'dropbox',
  };
  const clock: Clock = { now: () => new Date(), timeLeftMs: () => state.timeLeftMs, pause: async (ms) => { state.timeLeftMs -= ms; } };
  const queued = () => state.sent.flatMap(photosIn);
  return { deps, clock, state, keys, queued };
}

test('each key under the prefix is queued once, as the photo function reads it', async () => {
  const { deps, clock, queued, keys } = setUp();
  expect(await queueArchived({ prefix: 'photos/' }, deps, clock)).toEqual({ queued: 2, deleted: 0 });
  expect(queued()).toEqual(keys.map((key) => ({ bucket: 'dropbox', key, isArchived: true })));
});

test('a key that somebody deleted in the archive is left alone', async () => {
  const { deps, clock, queued } = setUp({ count: 3, deleted: ['photos/0001.jpg'] });
  expect(await queueArchived({ prefix: 'photos/' }, deps, clock)).toEqual({ queued: 2, deleted: 1 });
  expect(queued().map(({ key }) => key)).toEqual(['photos/0000.jpg', 'photos/0002.jpg']);
});

test('originals of a former dropbox are queued where the request names it', async () => {
  const { deps, clock, queued } = setUp({ count: 1 });
  await queueArchived({ prefix: 'photos/', sourceBucket: 'before' }, deps, clock);
  expect(queued()).toEqual([{ bucket: 'before', key: 'photos/0000.jpg', isArchived: true }]);
});

test('where nothing is under the prefix, nothing is queued', async () => {
  const { deps, clock, state } = setUp();
  expect(await queueArchived({ prefix: 'photos/2026/' }, deps, clock)).toEqual({ queued: 0, deleted: 0 });
  expect(state.sent).toEqual([]);
});

test('a run ends before its time does, and the next goes on where it stopped, until each key was queued once', async () => {
  const { deps, clock, state, queued, keys } = setUp({ count: 120 });
  const { send } = deps.queue;
  deps.queue.send = async (bodies) => {
    state.timeLeftMs = 59_999; // each takes long
    await send(bodies);
  };
  const first = await queueArchived({ prefix: 'photos/' }, deps, clock);
  expect(first).toEqual({ queued: 50, deleted: 0, continueAfter: 'photos/0049.jpg' });

  deps.queue.send = send;
  state.timeLeftMs = 300_000;
  expect(await queueArchived({ prefix: 'photos/', continueAfter: first.continueAfter }, deps, clock)).toEqual({ queued: 70, deleted: 0 });
  expect(queued().map(({ key }) => key)).toEqual(keys);
});

test('a run without any time says that all is left', async () => {
  const { deps, clock } = setUp({ timeLeftMs: 1 });
  expect(await queueArchived({ prefix: 'photos/' }, deps, clock)).toEqual({ queued: 0, deleted: 0, continueAfter: '' });
});

test('no more photos wait than the reconciler lets wait, so that uploads are not held up', async () => {
  const { deps, clock, state, keys } = setUp({ count: 1200 });
  const report = await queueArchived({ prefix: 'photos/' }, deps, clock);
  expect(report).toEqual({ queued: MAX_WAITING, deleted: 0, continueAfter: keys[MAX_WAITING - 1] });
  expect(state.sent).toHaveLength(MAX_WAITING);
});

test('what the queue does not take ends the run with its error', async () => {
  const { deps, clock } = setUp();
  deps.queue.send = () => Promise.reject(new Error('the queue did not take 1 of 2 messages'));
  await expect(queueArchived({ prefix: 'photos/' }, deps, clock)).rejects.toThrow('the queue did not take 1 of 2 messages');
});
