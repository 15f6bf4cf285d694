import { Readable } from 'stream';
import { Archive, ArchivedCopy, Destination, Problem, restore, Time } from '../../../../lambda/photos/restore/restore';
import { sha256 } from '../../fixtures/photos';

interface Stored {
  readonly versionId: string;
  readonly content: string;
  /** What was archived, where the content was changed since. */
  readonly archived?: string;
  readonly at?: string;
  readonly sequencer?: string;
  readonly bucket?: string;
}

/** Archive and destination in memory; an archive lists the copies of a key as they lie on top of each other. */
function setUp(stored: Record<string, Stored[]>, present: Record<string, { content: string; sha256?: string }> = {}) {
  const restored: Record<string, { content: string; copy: ArchivedCopy }> = {};
  const problems: Problem[] = [];
  const reads: string[] = [];
  const archive: Archive = {
    async* keys(prefix, after = '') {
      for (const key of Object.keys(stored).sort()) {
        if (!key.startsWith(prefix) || key <= after) continue;
        yield {
          key,
          isDeleted: false,
          copies: async () => stored[key].map(({ versionId, content, archived = content, at = '2026-01-01T00:00:00Z', sequencer, bucket = 'dropbox' }) => ({
            versionId,
            provenance: { bucket, versionId: `source-of-${versionId}`, etag: 'etag', sha256: sha256(archived), lastModified: new Date(at), sequencer },
            size: content.length,
            headers: { ContentType: 'image/jpeg' },
            metadata: { camera: 'Leica' },
          })),
        };
      }
    },
    async read(key, versionId) {
      reads.push(versionId);
      return Readable.from([Buffer.from(stored[key].find((one) => one.versionId === versionId)!.content)]);
    },
  };
  const destination: Destination = {
    find: async (key) => (key in present || key in restored
      ? { isThere: true, sha256: key in restored ? restored[key].copy.provenance.sha256 : present[key].sha256 } : { isThere: false }),
    async put(key, content, copy) {
      const chunks: Buffer[] = [];
      for await (const chunk of content) chunks.push(chunk);
      restored[key] = { content: Buffer.concat(chunks).toString(), copy };
    },
  };
  const deps = { archive, sourceBucket: 'dropbox', destination, report: (problem: Problem) => void problems.push(problem) };
  const contents = () => Object.fromEntries(Object.entries(restored).map(([key, { content }]) => [key, content]));
  return { deps, restored, contents, problems, reads };
}

const time = (leftMs = 900_000): Time => ({ leftMs: () => leftMs, signal: new AbortController().signal });

test('an original comes back by its key, with its headers and metadata, and no other does', async () => {
  const { deps, restored, contents } = setUp({ 'photos/a.jpg': [{ versionId: 'v1', content: 'A' }], 'photos/a.jpg.jpg': [{ versionId: 'v2', content: 'B' }] });
  expect(await restore({ key: 'photos/a.jpg' }, deps, time())).toEqual({ restored: 1, skipped: 0, failed: 0, ofOtherDropboxes: 0, problems: [] });
  expect(contents()).toEqual({ 'photos/a.jpg': 'A' });
  expect(restored['photos/a.jpg'].copy).toMatchObject({ headers: { ContentType: 'image/jpeg' }, metadata: { camera: 'Leica' } });
});

test('originals come back by prefix', async () => {
  const { deps, contents } = setUp({
    'photos/1/a.jpg': [{ versionId: 'v1', content: 'A' }], 'photos/1/b.jpg': [{ versionId: 'v2', content: 'B' }], 'photos/2/c.jpg': [{ versionId: 'v3', content: 'C' }],
  });
  expect(await restore({ prefix: 'photos/1/' }, deps, time())).toMatchObject({ restored: 2, failed: 0 });
  expect(contents()).toEqual({ 'photos/1/a.jpg': 'A', 'photos/1/b.jpg': 'B' });
});

test('of several uploads, the newest comes back, whichever lies on top', async () => {
  const { deps, contents } = setUp({
    'by-time': [{ versionId: 'v1', content: 'older', at: '2026-01-01T00:00:00Z' }, { versionId: 'v2', content: 'newer', at: '2026-01-02T00:00:00Z' }],
    'by-sequencer': [{ versionId: 'v3', content: 'older', sequencer: '01' }, { versionId: 'v4', content: 'newer', sequencer: '02' }],
  });
  await restore({ prefix: '' }, deps, time());
  expect(contents()).toEqual({ 'by-time': 'newer', 'by-sequencer': 'newer' });
});

test('of several copies of one upload, the one on top', async () => {
  const { deps, reads } = setUp({ a: [{ versionId: 'v2', content: 'A' }, { versionId: 'v1', content: 'A' }] });
  await restore({ key: 'a' }, deps, time());
  expect(reads).toEqual(['v2']);
});

test('a certain version comes back when it is asked for', async () => {
  const { deps, contents } = setUp({
    a: [{ versionId: 'v2', content: 'newer', at: '2026-01-02T00:00:00Z' }, { versionId: 'v1', content: 'older', at: '2026-01-01T00:00:00Z' }],
  });
  expect(await restore({ key: 'a', versionId: 'v1' }, deps, time())).toMatchObject({ restored: 1 });
  expect(contents()).toEqual({ a: 'older' });
});

test('a damaged copy does not come back, and is told', async () => {
  const { deps, contents, problems } = setUp({ a: [{ versionId: 'v1', content: 'changed', archived: 'A' }] });
  const report = await restore({ key: 'a' }, deps, time());
  expect(contents()).toEqual({});
  expect(report).toEqual({
    restored: 0,
    skipped: 0,
    failed: 1,
    ofOtherDropboxes: 0,
    problems: [
      { key: 'a', versionId: 'v1', problem: 'the archived copy is damaged: its content is not what was archived' },
      { key: 'a', problem: 'the archive has no sound copy' },
    ],
  });
  expect(problems).toEqual(report.problems);
});

test('instead of a damaged copy comes another of the same upload, or else the newest sound one, and the damage is told', async () => {
  const damaged = { content: 'changed', archived: 'newest', at: '2026-01-03T00:00:00Z' };
  const { deps, contents } = setUp({
    a: [{ versionId: 'v3', ...damaged }, { versionId: 'v2', ...damaged, content: 'newest' }, { versionId: 'v1', content: 'older' }],
    b: [{ versionId: 'v6', ...damaged }, { versionId: 'v4', content: 'oldest', at: '2025-01-01T00:00:00Z' }, { versionId: 'v5', content: 'older' }],
  });
  const report = await restore({ prefix: '' }, deps, time());
  expect(contents()).toEqual({ a: 'newest', b: 'older' });
  expect(report).toMatchObject({ restored: 2, failed: 0 });
  expect(report.problems.map(({ versionId }) => versionId).sort()).toEqual(['v3', 'v6']);
});

test('a certain version that is damaged is not replaced by another', async () => {
  const { deps, contents } = setUp({ a: [{ versionId: 'v2', content: 'A' }, { versionId: 'v1', content: 'changed', archived: 'B' }] });
  expect(await restore({ key: 'a', versionId: 'v1' }, deps, time())).toMatchObject({ failed: 1 });
  expect(contents()).toEqual({});
});

test('what was restored before is skipped, without reading it again', async () => {
  const { deps, reads } = setUp({ a: [{ versionId: 'v1', content: 'A' }] });
  await restore({ key: 'a' }, deps, time());
  expect(await restore({ prefix: '' }, deps, time())).toEqual({ restored: 0, skipped: 1, failed: 0, ofOtherDropboxes: 0, problems: [] });
  expect(reads).toEqual(['v1']);
});

test.each([undefined, sha256('B')])('what is at the destination already, and is another object (%p), is not touched', async (sha) => {
  const { deps, contents, reads } = setUp({ a: [{ versionId: 'v1', content: 'A' }] }, { a: { content: 'B', sha256: sha } });
  expect(await restore({ key: 'a' }, deps, time())).toMatchObject({
    failed: 1, problems: [{ key: 'a', problem: 'the destination has another object under this key, which is never overwritten' }],
  });
  expect([contents(), reads]).toEqual([{}, []]);
});

test.each([
  [{ key: 'b' }, 'the archive has nothing under this key'],
  [{ key: '' }, 'the archive has nothing under this key'],
  [{ key: 'a', versionId: 'v2' }, 'the archive has no sound copy of version v2'],
  [{ key: 'foreign' }, 'the archive has no sound copy'],
])('%j fails: %s', async (request, problem) => {
  const { deps } = setUp({ a: [{ versionId: 'v1', content: 'A' }], foreign: [] });
  expect(await restore(request, deps, time())).toEqual({
    restored: 0, skipped: 0, failed: 1, ofOtherDropboxes: 0, problems: [{ key: request.key, problem }],
  });
});

test('a store that fails costs one original, and the others come back', async () => {
  const { deps, contents } = setUp({ a: [{ versionId: 'v1', content: 'A' }], b: [{ versionId: 'v2', content: 'B' }] });
  const { read } = deps.archive;
  deps.archive.read = async (key, versionId) => {
    if (key === 'a') throw Object.assign(new Error('slow down'), { name: 'SlowDown' });
    return read(key, versionId);
  };
  expect(await restore({ prefix: '' }, deps, time())).toMatchObject({ restored: 1, failed: 1, problems: [{ key: 'a', problem: 'SlowDown: slow down' }] });
  expect(contents()).toEqual({ b: 'B' });
});

test('a listing that fails ends the run', async () => {
  const { deps } = setUp({});
  deps.archive.keys = async function* () { throw new Error('AccessDenied'); };
  await expect(restore({ prefix: '' }, deps, time())).rejects.toThrow('AccessDenied');
});

const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`photos/${index}.jpg`, [{ versionId: `v${index}`, content: `${index}` }]]));

test('a run that is short of time tells where to go on, and the next one goes on there', async () => {
  const { deps, contents } = setUp(nine);
  let looks = 0;
  const first = await restore({ prefix: 'photos/' }, deps, { ...time(), leftMs: () => (++looks > 2 ? 599_999 : 600_000) });
  expect(first).toMatchObject({ restored: 8, continueAfter: 'photos/7.jpg' });
  const second = await restore({ prefix: 'photos/', continueAfter: first.continueAfter }, deps, time());
  expect([second.restored, second.skipped, second.continueAfter]).toEqual([1, 0, undefined]);
  expect(Object.keys(contents())).toHaveLength(9);
});

test('an original that takes longer than a run fails by itself', async () => {
  const { deps, contents } = setUp({ a: [{ versionId: 'v1', content: 'A' }] });
  const running = new AbortController();
  deps.archive.read = async () => {
    setTimeout(() => running.abort(), 10);
    return new Readable({ read: () => undefined }); // which never ends
  };
  expect(await restore({ key: 'a' }, deps, { leftMs: () => 900_000, signal: running.signal })).toMatchObject({
    failed: 1, problems: [{ key: 'a', problem: expect.stringMatching(/^AbortError/) }],
  });
  expect(contents()).toEqual({});
});

test('the answer names the first hundred problems, the log all', async () => {
  const { deps, problems } = setUp(Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`a${index}`, []])));
  const report = await restore({ prefix: '' }, deps, time());
  expect([report.failed, report.problems.length, problems.length]).toEqual([120, 100, 120]);
});

describe('of an archive with originals of several dropboxes', () => {
  const shared = {
    'photos/both.jpg': [
      { versionId: 'v2', content: 'of staging, newer', at: '2026-02-01T00:00:00Z', bucket: 'staging' },
      { versionId: 'v1', content: 'of production', at: '2026-01-01T00:00:00Z', bucket: 'dropbox' },
    ],
    'photos/staging.jpg': [{ versionId: 'v3', content: 'of staging', bucket: 'staging' }],
  };

  test('only those of the own one come back, and the others are counted', async () => {
    const { deps, contents, reads } = setUp(shared);
    expect(await restore({ prefix: 'photos/' }, deps, time())).toEqual({ restored: 1, skipped: 0, failed: 0, ofOtherDropboxes: 1, problems: [] });
    expect(contents()).toEqual({ 'photos/both.jpg': 'of production' });
    expect(reads).toEqual(['v1']);
  });

  test('a request by key, or for a version, says whose the original is', async () => {
    const { deps, contents } = setUp(shared);
    const problem = (key: string) => ({
      key, problem: "the archive has no original of the dropbox dropbox under this key, only of staging: name that as 'sourceBucket' to restore it",
    });
    expect(await restore({ key: 'photos/staging.jpg' }, deps, time())).toMatchObject({ failed: 1, problems: [problem('photos/staging.jpg')] });
    expect(await restore({ key: 'photos/both.jpg', versionId: 'v2' }, deps, time())).toMatchObject({ failed: 1, problems: [problem('photos/both.jpg')] });
    expect(contents()).toEqual({});
  });

  test('those of a dropbox that the request names come back in place of the own ones', async () => {
    const { deps, contents } = setUp(shared);
    expect(await restore({ prefix: 'photos/', sourceBucket: 'staging' }, deps, time())).toMatchObject({ restored: 2, ofOtherDropboxes: 0 });
    expect(contents()).toEqual({ 'photos/both.jpg': 'of staging, newer', 'photos/staging.jpg': 'of staging' });
  });
});
