import { Readable } from 'stream';
import sharp from 'sharp';
import { MemoryBudget } from '../../../../lambda/photos/thumbnail/memory-budget';
import { regenerateThumbnails, RegenerationDependencies } from '../../../../lambda/photos/thumbnail/regenerate-thumbnails';
import { ProbableRejection } from '../../../../lambda/photos/thumbnail/rejection';
import { sha256 } from '../../fixtures/photos';

const PHOTO = { bucket: 'dropbox', key: 'photos/a.jpg', isArchived: true } as const;

interface Stored {
  readonly versionId: string;
  readonly content: Buffer;
  /** What was archived, where the content was changed since. */
  readonly archived?: Buffer;
  readonly at?: string;
  readonly bucket?: string;
  readonly size?: number;
}

let red: Buffer;
let blue: Buffer;

beforeAll(async () => {
  const plain = (background: string) => sharp({ create: { width: 40, height: 30, channels: 3, background } }).jpeg().toBuffer();
  [red, blue] = await Promise.all([plain('red'), plain('blue')]);
});

/** An archive in memory, with the copies of photos/a.jpg as they lie on top of each other. */
function setUp(stored: Stored[], changes: Partial<RegenerationDependencies> = {}) {
  const reads: string[] = [];
  const written: { key: string; size: string; of: string }[] = [];
  const deps: RegenerationDependencies = {
    archive: {
      async* keys(prefix) {
        if (stored.length === 0) return;
        for (const key of ['photos/a.jpg', 'photos/a.jpg.jpg']) {
          if (!key.startsWith(prefix)) continue;
          yield {
            key,
            isDeleted: false,
            copies: async () => stored.map(({ versionId, content, archived = content, at = '2026-01-01T00:00:00Z', bucket = 'dropbox', size = content.length }) => ({
              versionId,
              provenance: { bucket, versionId: `source-of-${versionId}`, etag: 'etag', sha256: sha256(archived), lastModified: new Date(at) },
              size,
              headers: {},
              metadata: {},
            })),
          };
        }
      },
      async read(_, versionId) {
        reads.push(versionId);
        return Readable.from([stored.find((copy) => copy.versionId === versionId)!.content]);
      },
    },
    thumbnailStore: {
      put: async (key, { width, height }, { lastModified }) => {
        written.push({ key, size: `${width}x${height}`, of: lastModified.toISOString() });
        return 'written';
      },
    },
    thumbnails: [{ name: 'small', fit: 'inside', width: 20, height: 20, format: 'jpeg', quality: 80 }, { name: 'card', fit: 'cover', width: 10, height: 10, format: 'webp', quality: 80 }],
    memory: new MemoryBudget(changes.maxInputBytes ?? 10_000, changes.maxInputPixels ?? 10_000),
    maxInputBytes: 10_000,
    maxInputPixels: 10_000,
    ...changes,
  };
  return { deps, reads, written };
}

const sizes = (written: { key: string; size: string }[]) => Object.fromEntries(written.map(({ key, size }) => [key, size]));

test('all thumbnails are made of the archived original, and say which upload they are of', async () => {
  const { deps, written } = setUp([{ versionId: 'v1', content: red }]);
  expect(await regenerateThumbnails(PHOTO, deps)).toEqual({
    outcome: 'regenerated',
    archiveVersionId: 'v1',
    damagedVersionIds: [],
    thumbnails: [
      { key: 'small/photos/a.jpg', width: 20, height: 15, bytes: expect.any(Number), result: 'written' },
      { key: 'card/photos/a.jpg', width: 10, height: 10, bytes: expect.any(Number), result: 'written' },
    ],
  });
  expect(sizes(written)).toEqual({ 'small/photos/a.jpg': '20x15', 'card/photos/a.jpg': '10x10' });
  expect(written.map(({ of }) => of)).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z']);
});

test('of several uploads the newest is taken, whichever lies on top, and no other is read', async () => {
  const { deps, reads } = setUp([{ versionId: 'older', content: red }, { versionId: 'newer', content: blue, at: '2026-01-02T00:00:00Z' }]);
  expect(await regenerateThumbnails(PHOTO, deps)).toMatchObject({ archiveVersionId: 'newer' });
  expect(reads).toEqual(['newer']);
});

test('a damaged copy gets no thumbnails: the newest sound one does, and the damage is told', async () => {
  const { deps, written } = setUp([{ versionId: 'damaged', content: blue, archived: red, at: '2026-01-02T00:00:00Z' }, { versionId: 'sound', content: red }]);
  expect(await regenerateThumbnails(PHOTO, deps)).toMatchObject({ outcome: 'regenerated', archiveVersionId: 'sound', damagedVersionIds: ['damaged'] });
  expect(written.map(({ of }) => of)).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z']);
});

test('where no copy is sound, it is tried again, and nothing is written', async () => {
  const { deps, written } = setUp([{ versionId: 'v2', content: blue, archived: red }, { versionId: 'v1', content: blue, archived: red }]);
  await expect(regenerateThumbnails(PHOTO, deps, true)).rejects.toThrow('the archive has no sound copy: the content of version v2, v1 is not what was archived');
  expect(written).toEqual([]);
});

test('an original of another dropbox is left alone', async () => {
  const { deps, reads } = setUp([{ versionId: 'v1', content: red, bucket: 'staging' }]);
  expect(await regenerateThumbnails(PHOTO, deps)).toEqual({ outcome: 'not-archived' });
  expect(await regenerateThumbnails({ ...PHOTO, bucket: 'staging' }, deps)).toMatchObject({ outcome: 'regenerated' });
  expect(reads).toEqual(['v1']);
});

test.each(['photos/a', 'photos/b.jpg'])('%s, which the archive has not, is not mistaken for a key that begins so', async (key) => {
  const { deps, reads } = setUp([{ versionId: 'v1', content: red }]);
  expect(await regenerateThumbnails({ ...PHOTO, key }, deps)).toEqual({ outcome: 'not-archived' });
  expect(reads).toEqual([]);
});

test('a key with no versions left is not archived', async () => {
  expect(await regenerateThumbnails(PHOTO, setUp([]).deps)).toEqual({ outcome: 'not-archived' });
});

test('what is larger than the function takes is not read', async () => {
  const { deps, reads } = setUp([{ versionId: 'v1', content: red, size: 10_001 }]);
  expect(await regenerateThumbnails(PHOTO, deps)).toMatchObject({ outcome: 'regenerated', thumbnails: [], thumbnailsSkipped: 'larger-than-max-input-size' });
  expect(reads).toEqual([]);
});

test('what has more pixels than the function takes gets no thumbnails', async () => {
  const { deps, written } = setUp([{ versionId: 'v1', content: red }], { maxInputPixels: 100 });
  expect(await regenerateThumbnails(PHOTO, deps)).toMatchObject({ outcome: 'regenerated', thumbnails: [], thumbnailsSkipped: 'more-than-max-input-pixels' });
  expect(written).toEqual([]);
});

describe('what is wrong with the photo itself is not tried again', () => {
  test('because it is no photo', async () => {
    const { deps, written } = setUp([{ versionId: 'v1', content: Buffer.from('%PDF-1.7') }]);
    expect(await regenerateThumbnails(PHOTO, deps)).toMatchObject({ outcome: 'not-regenerated', rejection: { reason: 'unsupported-format' } });
    expect(written).toEqual([]);
  });

  test('because the key of a new thumbnail is too long', async () => {
    const { deps, reads } = setUp([{ versionId: 'v1', content: red }], { thumbnails: [{ name: 'n'.repeat(1020), fit: 'inside', width: 20, format: 'jpeg', quality: 80 }] });
    expect(await regenerateThumbnails(PHOTO, deps)).toMatchObject({ outcome: 'not-regenerated', rejection: { reason: 'key-too-long' } });
    expect(reads).toEqual([]);
  });

  test('but at its last try, where a decoder gives no reason', async () => {
    const failing = () => {
      const { deps } = setUp([{ versionId: 'v1', content: red }]);
      deps.memory.withPixels = () => Promise.reject(new Error('no memory for its thread'));
      return deps;
    };
    await expect(regenerateThumbnails(PHOTO, failing())).rejects.toThrow(ProbableRejection);
    expect(await regenerateThumbnails(PHOTO, failing(), true)).toMatchObject({ outcome: 'not-regenerated', rejection: { reason: 'decoder-failed' } });
  });
});

test.each<[string, (deps: RegenerationDependencies) => void]>([
  ['the archive', ({ archive }) => { archive.read = () => Promise.reject(new Error('slow down')); }],
  ['the bucket for thumbnails', ({ thumbnailStore }) => { thumbnailStore.put = () => Promise.reject(new Error('slow down')); }],
])('where %s is away, it is tried again', async (_, fail) => {
  const { deps } = setUp([{ versionId: 'v1', content: red }]);
  fail(deps);
  await expect(regenerateThumbnails(PHOTO, deps, true)).rejects.toThrow('slow down');
});

test('a run that was cut short is repeated from its beginning', async () => {
  const { deps, written } = setUp([{ versionId: 'v1', content: red }]);
  const { put } = deps.thumbnailStore;
  deps.thumbnailStore.put = async (key, ...rest) => {
    if (key.startsWith('card')) throw new Error('out of time');
    return put(key, ...rest);
  };
  await expect(regenerateThumbnails(PHOTO, deps)).rejects.toThrow('out of time');
  deps.thumbnailStore.put = put;
  expect(await regenerateThumbnails(PHOTO, deps)).toMatchObject({ thumbnails: [{ result: 'written' }, { result: 'written' }] });
  expect(sizes(written)).toEqual({ 'small/photos/a.jpg': '20x15', 'card/photos/a.jpg': '10x10' });
});

test('photos of a batch share the memory', async () => {
  const { deps } = setUp([{ versionId: 'v1', content: red, size: 6000 }]);
  let reading = 0;
  let most = 0;
  const { read } = deps.archive;
  deps.archive.read = async (...parameters) => {
    most = Math.max(most, ++reading);
    await new Promise((resolve) => setTimeout(resolve, 20));
    reading--;
    return read(...parameters);
  };
  await Promise.all([regenerateThumbnails(PHOTO, deps), regenerateThumbnails(PHOTO, deps)]);
  expect(most).toBe(1);
});
