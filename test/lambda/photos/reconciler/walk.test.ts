import { BoundedQueue, Clock } from '../../../../lambda/photos/reconciler/bounded-queue';
import { ListedOriginal } from '../../../../lambda/photos/reconciler/original';
import { listRejected, RejectedRequest } from '../../../../lambda/photos/reconciler/rejected';
import { Dropbox, Uploads, Walk, walk } from '../../../../lambda/photos/reconciler/walk';
import { uploadsIn } from '../../../../lambda/photos/thumbnail/upload-event';

const UPLOADS = { bucket: 'dropbox', prefix: 'photos/', suffixes: [] };
const NOON = new Date('2026-01-01T12:00:00Z');

interface Held {
  readonly key: string;
  readonly versionId?: string;
  readonly at?: string;
  readonly size?: number;
  readonly state?: 'rejected' | 'gone';
  readonly reason?: string;
  readonly isDeleted?: boolean;
}

/** A dropbox in memory: each key's versions newest first. */
class FakeDropbox implements Dropbox {
  public readonly asked: string[] = [];

  constructor(private readonly held: Held[]) {}

  async* keys(prefix: string, after = '') {
    for (const key of [...new Set(this.held.map((one) => one.key))].sort()) {
      if (!key.startsWith(prefix) || key <= after) continue;
      const ofKey = this.held.filter((one) => one.key === key);
      yield {
        key,
        isDeleted: ofKey.some(({ isDeleted }) => isDeleted),
        originals: ofKey.map(({ versionId, at = '2026-01-01T00:00:00Z', size = 1 }) => ({ key, versionId, size, lastModified: new Date(at) })),
      };
    }
  }

  async stateOf({ key, versionId }: ListedOriginal) {
    this.asked.push(key);
    return this.held.find((one) => one.key === key && one.versionId === versionId)!.state ?? 'unarchived';
  }

  async reasonOf({ key, versionId }: ListedOriginal) {
    return this.held.find((one) => one.key === key && one.versionId === versionId)!.reason;
  }
}

interface Plan extends Partial<Walk> {
  readonly timeLeftMs?: () => number;
  readonly waiting?: number;
  readonly looksOnly?: boolean;
  readonly suffixes?: string[];
}

async function walked(held: Held[], plan: Plan = {}) {
  const sent: string[] = [];
  const clock: Clock = { now: () => NOON, timeLeftMs: plan.timeLeftMs ?? (() => 300_000), pause: async () => { throw new Error('not in this test'); } };
  const queue = new BoundedQueue({ waiting: async () => plan.waiting ?? 0, send: async (bodies) => void sent.push(...bodies) }, clock);
  const dropbox = new FakeDropbox(held);
  const report = await walk(
    { prefix: 'photos/', until: NOON, queue: plan.looksOnly ? undefined : queue, ...plan }, { ...UPLOADS, suffixes: plan.suffixes ?? [] }, dropbox, clock);
  const uploads = sent.flatMap((body) => uploadsIn(body));
  return { report, queued: uploads.map(({ key, versionId }) => (versionId ? `${key} ${versionId}` : key)), dropbox };
}

test('an empty dropbox has nothing to tell', async () => {
  expect((await walked([])).report).toEqual({ queued: 0, rejected: 0, deleted: 0 });
});

test('what stayed is queued, also under what was uploaded over it', async () => {
  const { report, queued } = await walked([
    { key: 'photos/a.jpg', versionId: 'v2', at: '2026-01-01T02:00:00Z' },
    { key: 'photos/a.jpg', versionId: 'v1', at: '2026-01-01T01:00:00Z' },
    { key: 'photos/b.jpg' },
  ]);
  expect(queued).toEqual(['photos/a.jpg v2', 'photos/a.jpg v1', 'photos/b.jpg']);
  expect(report).toEqual({ queued: 3, rejected: 0, deleted: 0, oldest: new Date('2026-01-01T00:00:00Z') });
});

test('what is younger than the deadline is left alone, and not even asked about', async () => {
  const { queued, dropbox } = await walked([{ key: 'photos/a.jpg', at: '2026-01-01T12:00:00Z' }, { key: 'photos/b.jpg', at: '2026-01-01T12:00:01Z' }]);
  expect(queued).toEqual(['photos/a.jpg']);
  expect(dropbox.asked).toEqual(['photos/a.jpg']);
});

test('what was there before its uploads were reported is left alone', async () => {
  const { report, queued } = await walked(
    [{ key: 'photos/a.jpg', at: '2025-12-31T00:00:00Z' }, { key: 'photos/b.jpg', at: '2026-01-01T00:00:00Z' }], { since: new Date('2026-01-01T00:00:00Z') });
  expect(queued).toEqual(['photos/b.jpg']);
  expect(report.oldest).toEqual(new Date('2026-01-01T00:00:00Z'));
});

test('what is rejected, or archived by now, is neither queued nor counts for the age', async () => {
  const { report, queued } = await walked([
    { key: 'photos/a.jpg', state: 'rejected', at: '2025-01-01T00:00:00Z' }, { key: 'photos/b.jpg', state: 'gone', at: '2025-01-01T00:00:00Z' }, { key: 'photos/c.jpg' },
  ]);
  expect(queued).toEqual(['photos/c.jpg']);
  expect(report).toEqual({ queued: 1, rejected: 1, deleted: 0, oldest: new Date('2026-01-01T00:00:00Z') });
});

test('what somebody has deleted stays deleted', async () => {
  const { report, queued, dropbox } = await walked([{ key: 'photos/a.jpg', isDeleted: true, at: '2025-01-01T00:00:00Z' }, { key: 'photos/b.jpg' }]);
  expect(queued).toEqual(['photos/b.jpg']);
  expect(dropbox.asked).toEqual(['photos/b.jpg']);
  expect(report).toEqual({ queued: 1, rejected: 0, deleted: 1, oldest: new Date('2026-01-01T00:00:00Z') });
});

test('folder markers and other suffixes are no uploads', async () => {
  const held = [{ key: 'photos/', size: 0 }, { key: 'photos/a.jpg' }, { key: 'photos/b.txt' }, { key: 'photos/c/', size: 5 }];
  expect((await walked(held)).queued).toEqual(['photos/a.jpg', 'photos/b.txt', 'photos/c/']);
  expect((await walked(held, { suffixes: ['.jpg', '.png'] })).queued).toEqual(['photos/a.jpg']);
});

test('of one key and second, the oldest that is not rejected goes first', async () => {
  const at = '2026-01-01T00:00:00Z';
  const { report, queued } = await walked([
    { key: 'photos/a.jpg', versionId: 'v3', at }, { key: 'photos/a.jpg', versionId: 'v2', at }, { key: 'photos/a.jpg', versionId: 'v1', at, state: 'rejected' },
  ]);
  expect(queued).toEqual(['photos/a.jpg v2']);
  expect(report).toMatchObject({ queued: 1, rejected: 1 });
});

test('a walk without a queue only looks', async () => {
  const { report, queued } = await walked([{ key: 'photos/a.jpg' }], { looksOnly: true });
  expect(queued).toEqual([]);
  expect(report).toEqual({ queued: 0, rejected: 0, deleted: 0, oldest: new Date('2026-01-01T00:00:00Z') });
});

const many = (count: number): Held[] => Array.from({ length: count }, (_, index) => ({ key: `photos/${String(index).padStart(4, '0')}.jpg` }));

test('of a key with many versions, no more than fifty tags are asked for at a time', async () => {
  let [asking, most] = [0, 0];
  const versions = Array.from({ length: 120 }, (_, index) => ({ key: 'photos/a.jpg', versionId: `v${index}`, at: new Date(NOON.getTime() - (index + 1) * 1000).toISOString() }));
  const dropbox = new FakeDropbox(versions);
  const stateOf = dropbox.stateOf.bind(dropbox);
  dropbox.stateOf = async (original) => {
    most = Math.max(most, ++asking);
    await new Promise(setImmediate);
    asking--;
    return stateOf(original);
  };
  const clock: Clock = { now: () => NOON, timeLeftMs: () => 300_000, pause: async () => undefined };
  await walk({ prefix: 'photos/', until: NOON }, UPLOADS, dropbox, clock);
  expect([most, dropbox.asked.length]).toEqual([50, 120]);
});

test('a run that is short of time tells where to go on, and the next one goes on there', async () => {
  let looks = 0;
  const first = await walked(many(120), { timeLeftMs: () => (++looks > 2 ? 59_999 : 60_000) });
  expect(first.report).toMatchObject({ queued: 100, continueAfter: 'photos/0099.jpg', oldest: new Date('2026-01-01T00:00:00Z') });

  const second = await walked(many(120), { after: first.report.continueAfter });
  expect([second.report.queued, second.report.continueAfter]).toEqual([20, undefined]);
  expect([...first.queued, ...second.queued]).toEqual(many(120).map(({ key }) => key));
});

test('a run without time for anything goes on where it was to begin', async () => {
  expect((await walked(many(1), { timeLeftMs: () => 0 })).report.continueAfter).toBe('');
  expect((await walked(many(10), { timeLeftMs: () => 0, after: 'photos/0005.jpg' })).report.continueAfter).toBe('photos/0005.jpg');
});

test('a queue that stays full ends the run before the first that it has no room for', async () => {
  const { report, queued } = await walked(many(120), { waiting: 1000, timeLeftMs: () => 70_000 });
  expect(queued).toEqual([]);
  expect(report).toEqual({ queued: 0, rejected: 0, deleted: 0, continueAfter: '' });
});

test('what was rejected is queued again for one reason, if that is asked for', async () => {
  const held: Held[] = [
    { key: 'photos/a.jpg', state: 'rejected', reason: 'too-many-pixels' },
    { key: 'photos/b.jpg', state: 'rejected', reason: 'corrupt' },
    { key: 'photos/c.jpg' },
  ];
  expect(await walked(held)).toMatchObject({ queued: ['photos/c.jpg'], report: { queued: 1, rejected: 2 } });
  expect(await walked(held, { retry: 'too-many-pixels' })).toMatchObject({ queued: ['photos/a.jpg', 'photos/c.jpg'], report: { queued: 2, rejected: 1 } });
});

describe('the list of what was rejected', () => {
  const clock = (timeLeftMs = 300_000): Clock => ({ now: () => NOON, timeLeftMs: () => timeLeftMs, pause: async () => undefined });
  const listed = (held: Held[], request: Partial<RejectedRequest> = {}, uploads = UPLOADS as Uploads) => listRejected({ list: 'rejected', ...request }, uploads, new FakeDropbox(held), clock());
  const rejected = (key: string, reason = 'corrupt', changes: Partial<Held> = {}): Held => ({ key, versionId: 'v1', state: 'rejected', reason, ...changes });

  test('has each version with its reason, whenever it was uploaded, and nothing else', async () => {
    const held = [
      rejected('photos/a.jpg', 'empty', { size: 0, at: '2026-01-01T11:59:59Z' }),
      { key: 'photos/b.jpg' },
      rejected('photos/deleted.jpg', 'corrupt', { isDeleted: true }),
      rejected('photos/x.jpg'), rejected('photos/x.jpg', 'too-large', { versionId: 'v2' }),
      rejected('photos/y.txt'),
    ];
    const uploaded = new Date('2026-01-01T00:00:00Z');
    expect(await listed(held, {}, { ...UPLOADS, suffixes: ['.jpg'] })).toEqual({
      rejected: [
        { key: 'photos/a.jpg', versionId: 'v1', size: 0, uploaded: new Date('2026-01-01T11:59:59Z'), reason: 'empty' },
        { key: 'photos/x.jpg', versionId: 'v1', size: 1, uploaded, reason: 'corrupt' },
        { key: 'photos/x.jpg', versionId: 'v2', size: 1, uploaded, reason: 'too-large' },
      ],
    });
    expect((await listed(held, { prefix: 'photos/x' })).rejected).toHaveLength(2);
  });

  test('comes in parts that one answer has room for, none twice and none missing', async () => {
    const held = Array.from({ length: 1120 }, (_, index) => rejected(`photos/${String(index).padStart(4, '0')}.jpg`));
    const first = await listed(held);
    expect(first).toMatchObject({ continueAfter: 'photos/0999.jpg' });
    const second = await listed(held, { continueAfter: first.continueAfter });
    expect(second.continueAfter).toBeUndefined();
    expect([...first.rejected, ...second.rejected].map(({ key }) => key)).toEqual(held.map(({ key }) => key));
  });

  test('ends in time', async () => {
    expect(await listRejected({ list: 'rejected', continueAfter: 'photos/0' }, UPLOADS, new FakeDropbox([rejected('photos/a.jpg')]), clock(59_999)))
      .toEqual({ rejected: [], continueAfter: 'photos/0' });
  });
});
