import { Clock } from '../../../../lambda/photos/reconciler/bounded-queue';
import { backfill, reconcile, ReconcilerDependencies } from '../../../../lambda/photos/reconciler/reconcile';
import { UnfinishedWalk } from '../../../../lambda/photos/reconciler/walk-memory';
import { uploadsIn } from '../../../../lambda/photos/thumbnail/upload-event';

const NOON = new Date('2026-01-01T12:30:00Z'); // an hour that six divides
const ONE = new Date('2026-01-01T13:30:00Z');

function setUp({ originals = {}, unfinished, now = NOON, timeLeft = [300_000], createdAt }: {
  originals?: Record<string, string>; unfinished?: UnfinishedWalk; now?: Date; timeLeft?: number[]; createdAt?: string;
} = {}) {
  const state = { sent: [] as string[], memory: unfinished, writes: 0, listed: [] as unknown[] };
  const deps: ReconcilerDependencies = {
    uploads: { bucket: 'dropbox', prefix: 'photos/', suffixes: [] },
    dropbox: {
      async* keys(prefix, after) {
        state.listed.push({ prefix, after });
        for (const [key, time] of Object.entries(originals)) {
          if (key > (after ?? '')) yield { key, isDeleted: false, originals: [{ key, lastModified: new Date(time) }] };
        }
      },
      stateOf: async () => 'unarchived',
      reasonOf: async () => undefined,
    },
    queue: {
      waiting: async () => 0,
      createdAt: async () => new Date(createdAt!),
      send: async (bodies) => void state.sent.push(...bodies.flatMap((body) => uploadsIn(body).map(({ key }) => key))),
    },
    memory: {
      read: async () => state.memory,
      write: async (walk) => {
        state.memory = walk;
        state.writes++;
      },
    },
    deadlineHours: 6,
    dropboxIsOlderThanQueue: createdAt !== undefined,
  };
  const clock: Clock = { now: () => now, timeLeftMs: () => (timeLeft.length > 1 ? timeLeft.shift()! : timeLeft[0]), pause: async () => undefined };
  return { state, deps, clock };
}

const THREE = { 'photos/a.jpg': '2026-01-01T06:30:00Z', 'photos/b.jpg': '2026-01-01T06:30:01Z', 'photos/c.jpg': '2025-12-31T00:00:00Z' };

test('in an hour that the deadline divides, what is past the deadline is queued', async () => {
  const { state, deps, clock } = setUp({ originals: THREE });
  expect(await reconcile(NOON, deps, clock)).toMatchObject({ queued: 2, oldest: new Date('2025-12-31T00:00:00Z') });
  expect(state).toMatchObject({ sent: ['photos/a.jpg', 'photos/c.jpg'], listed: [{ prefix: 'photos/', after: undefined }] });
});

test('in any other hour it only looks, so nothing is queued twice within a deadline', async () => {
  const { state, deps, clock } = setUp({ originals: THREE, now: ONE });
  expect(await reconcile(ONE, deps, clock)).toMatchObject({ queued: 0, oldest: new Date('2025-12-31T00:00:00Z') });
  expect(state.sent).toEqual([]);
});

test.each([0, 1, 2, 3, 4, 5])('of six hours from hour %d on, in one', async (first) => {
  const { state, deps, clock } = setUp({ originals: { 'photos/a.jpg': '2025-12-01T00:00:00Z' } });
  for (let hour = first; hour < first + 6; hour++) await reconcile(new Date(Date.UTC(2026, 0, 1, hour, 30)), deps, clock);
  expect(state.sent).toHaveLength(1);
});

test('the time that the run was scheduled for counts, however late it comes', async () => {
  const { state, deps, clock } = setUp({ originals: THREE, now: new Date('2026-01-01T13:05:00Z') });
  await reconcile(NOON, deps, clock);
  expect(state.sent).toHaveLength(3);
});

test('a walk that was through writes nothing', async () => {
  const { state, deps, clock } = setUp({ originals: THREE });
  await reconcile(NOON, deps, clock);
  expect(state.writes).toBe(0);
});

test('a walk that ran out of time is remembered, and gone on with in whichever hour comes next', async () => {
  const { state, deps, clock } = setUp({ originals: THREE, timeLeft: [0, 300_000] });
  await reconcile(NOON, deps, clock);
  expect(state.memory).toEqual({ continueAfter: '', oldest: undefined });

  await reconcile(ONE, deps, clock);
  expect(state.sent).toEqual(['photos/a.jpg', 'photos/c.jpg']);
  expect([state.memory, state.writes]).toEqual([undefined, 2]);
});

test('a walk goes on behind what is done, and the oldest of the whole walk counts', async () => {
  const { state, deps, clock } = setUp({ originals: THREE, unfinished: { continueAfter: 'photos/a.jpg', oldest: new Date('2025-06-01T00:00:00Z') } });
  expect((await reconcile(ONE, deps, clock)).oldest).toEqual(new Date('2025-06-01T00:00:00Z'));
  expect(state).toMatchObject({ sent: ['photos/c.jpg'], listed: [{ prefix: 'photos/', after: 'photos/a.jpg' }] });
});

test('a look that runs out of time is not gone on with: a walk is a promise to queue, a look is not', async () => {
  const { state, deps, clock } = setUp({ originals: THREE, timeLeft: [0] });
  await reconcile(ONE, deps, clock);
  expect(state.writes).toBe(0);
});

test('what an older dropbox held before its uploads were reported is left to a backfill', async () => {
  const { state, deps, clock } = setUp({ originals: THREE, createdAt: '2026-01-01T00:00:00Z' });
  expect((await reconcile(NOON, deps, clock)).oldest).toEqual(new Date('2026-01-01T06:30:00Z'));
  expect(state.sent).toEqual(['photos/a.jpg']);

  expect(await backfill({}, deps, clock)).toMatchObject({ queued: 2 });
  expect(state.sent).toEqual(['photos/a.jpg', 'photos/a.jpg', 'photos/c.jpg']);
});

test('a backfill takes what it is told: prefix, age and where to go on; and leaves the memory alone', async () => {
  const { state, deps, clock } = setUp({ originals: THREE, unfinished: { continueAfter: 'photos/x' } });
  await backfill({ prefix: 'photos/2026/', olderThanSeconds: 0, continueAfter: 'photos/a.jpg' }, deps, clock);
  expect(state).toMatchObject({ sent: ['photos/b.jpg', 'photos/c.jpg'], listed: [{ prefix: 'photos/2026/', after: 'photos/a.jpg' }], writes: 0 });
});

test('a backfill of what is no upload is an error', () => {
  const { deps, clock } = setUp();
  expect(() => backfill({ prefix: 'invoices/' }, deps, clock)).toThrow("'prefix' must begin with 'photos/', as uploads do, got 'invoices/'");
});

test('a backfill retries only what was rejected for a reason that there is', () => {
  const { deps, clock } = setUp();
  expect(() => backfill({ retryRejected: 'corupt' as 'corrupt' }, deps, clock)).toThrow(/^'retryRejected' must be one of malformed-event, .*corrupt.*, got 'corupt'$/);
});
