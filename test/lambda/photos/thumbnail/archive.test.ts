import * as archiving from '../../../../lambda/photos/thumbnail/archive';
import { Photo } from '../../../../lambda/photos/thumbnail/photo';
import { UnknownOutcome } from '../../../../lambda/photos/wasabi/unknown-outcome';
import { FakeArchive } from '../../fixtures/fake-archive';
import { photo } from '../../fixtures/photos';

const KEY = 'photos/a.jpg';
const older = photo('older', { versionId: 'v1', sequencer: '01', lastModified: new Date('2026-01-01T00:00:00Z') });
const newer = photo('newer', { versionId: 'v2', sequencer: '02', lastModified: new Date('2026-01-01T00:00:01Z') });

let archive: FakeArchive;

beforeEach(() => {
  archive = new FakeArchive();
});

/** As the function does it: asked what is there, then archived. */
async function archiveCopy(key: string, photo_: Photo, store: archiving.ArchiveStore): Promise<string> {
  const present = await archiving.copiesSince(key, photo_.object.lastModified, store);
  return archiving.archiveCopy({ key, photo: photo_, present, store });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

const damage = (bytes: Uint8Array) => Buffer.from(bytes).fill(0, 0, 1);
const truncate = (bytes: Uint8Array) => bytes.subarray(1);
const sources = () => archive.versions.map(({ provenance }) => provenance.versionId);

test('a photo is uploaded and read back', async () => {
  const versionId = await archiveCopy(KEY, older, archive);
  expect(versionId).toBe(archive.current.versionId);
  expect(Buffer.from(archive.current.bytes).toString()).toBe('older');
  expect(archive.journal).toEqual(['keepsVersions', 'copies', 'upload', 'digest', 'copies']);
});

test.each([['one byte of the copy is another', damage], ['the copy is cut off', truncate]])('fails when %s', async (_, store) => {
  archive.store = store;
  await expect(archiveCopy(KEY, older, archive)).rejects.toThrow(/archive copy photos\/a.jpg version archive-v1 has . bytes with SHA-256 .*, but the original 5 bytes/);
});

test('a copy of the same size and another content fails', async () => {
  archive.store = () => Buffer.from('other');
  await expect(archiveCopy(KEY, older, archive)).rejects.toThrow('but the original');
});

test('a copy that lost what tells its upload fails: no later run would know it', async () => {
  jest.spyOn(archive, 'digest').mockResolvedValue({ size: 5, sha256: older.provenance.sha256 });
  await expect(archiveCopy(KEY, older, archive)).rejects.toThrow('archive copy photos/a.jpg version archive-v1 has lost the metadata');
});

test('the archive is asked for newer copies while ours is read back', async () => {
  const copies = jest.spyOn(archive, 'copies');
  archive.before = (operation) => operation === 'digest' ? until(() => copies.mock.calls.length === 2) : undefined;
  await archiveCopy(KEY, older, archive);
});

test('a newer copy is not put on top before ours was verified', async () => {
  archive.before = (operation) => {
    if (operation === 'upload') archive.add(KEY, newer.provenance, newer.bytes);
  };
  archive.store = damage;
  await expect(archiveCopy(KEY, older, archive)).rejects.toThrow('but the original');
  expect(archive.journal).not.toContain('putOnTop');
});

test('fails before uploading when the bucket does not keep versions: an archived photo would be destroyed', async () => {
  archive.isVersioned = false;
  await expect(archiveCopy(KEY, older, archive)).rejects.toThrow('must have versioning enabled');
  expect(archive.versions).toEqual([]);
});

test('fails when the archive does not list what it accepted', async () => {
  archive.copies = () => Promise.resolve([]);
  await expect(archiveCopy(KEY, older, archive)).rejects.toThrow('does not list version archive-v1');
});

describe('an upload whose answer is lost', () => {
  const loseAnswer = (operation: string) => {
    if (operation === 'answer to upload') throw new UnknownOutcome(new Error('socket hang up'));
  };

  test('is found, verified, and not repeated', async () => {
    archive.before = loseAnswer;
    expect(await archiveCopy(KEY, older, archive)).toBe('archive-v1');
    expect(archive.versions).toHaveLength(1);
    expect(archive.journal).toEqual(['keepsVersions', 'copies', 'upload', 'copies', 'digest', 'copies']);
  });

  test('is not mistaken for a damaged copy that was there before', async () => {
    archive.add(KEY, older.provenance, damage(older.bytes));
    archive.before = loseAnswer;
    expect(await archiveCopy(KEY, older, archive)).toBe('archive-v2');
  });

  test('fails, to be tried again, when nothing of it is there', async () => {
    archive.before = (operation) => {
      if (operation === 'upload') throw new UnknownOutcome(new Error('socket hang up'));
    };
    await expect(archiveCopy(KEY, older, archive)).rejects.toThrow('not known whether this was stored: socket hang up');
    expect(archive.versions).toEqual([]);
  });

  test('is damaged all the same if it is', async () => {
    archive.store = damage;
    archive.before = loseAnswer;
    await expect(archiveCopy(KEY, older, archive)).rejects.toThrow('but the original');
  });
});

describe('a repeated event', () => {
  test('verifies the copy that is there instead of uploading another', async () => {
    const first = await archiveCopy(KEY, older, archive);
    archive.journal.length = 0;
    expect(await archiveCopy(KEY, older, archive)).toBe(first);
    expect(archive.journal).toEqual(['keepsVersions', 'copies', 'digest', 'copies']);
  });

  test('uploads anew when the copy that is there is damaged', async () => {
    archive.add(KEY, older.provenance, damage(older.bytes));
    const versionId = await archiveCopy(KEY, older, archive);
    expect(versionId).toBe('archive-v2');
    expect(archive.current.versionId).toBe(versionId);
  });

  test('finds the sound copy below a damaged one', async () => {
    const sound = archive.add(KEY, older.provenance, older.bytes);
    archive.add(KEY, older.provenance, damage(older.bytes));
    expect(await archiveCopy(KEY, older, archive)).toBe(sound);
  });

  test('uploads anew when the same bytes came from another version of the dropbox, or from another dropbox, at the same time', async () => {
    const once = photo('same', { versionId: 'v1' });
    const ids = [once, photo('same', { versionId: 'v2' }), photo('same', { bucket: 'other' })].map((each) => archiveCopy(KEY, each, archive));
    expect(new Set(await Promise.all(ids)).size).toBe(3);
  });

  test('uploads anew when the same bytes were dropped again later, without versions in the dropbox', async () => {
    const once = photo('same', { versionId: undefined, sequencer: undefined, lastModified: new Date('2026-01-01T00:00:00Z') });
    const again = photo('same', { versionId: undefined, sequencer: undefined, lastModified: new Date('2026-01-01T00:00:05Z') });
    expect(await archiveCopy(KEY, again, archive)).not.toBe(await archiveCopy(KEY, once, archive));
  });

  test('uploads anew when the same bytes were dropped again within the second, as another version', async () => {
    const [once, again] = ['v1', 'v2'].map((versionId) => photo('same', { versionId, sequencer: undefined }));
    expect(await archiveCopy(KEY, again, archive)).not.toBe(await archiveCopy(KEY, once, archive));
  });
});

describe('events in the wrong order', () => {
  test('an older photo that comes late is kept below the newer', async () => {
    await archiveCopy(KEY, newer, archive);
    const versionId = await archiveCopy(KEY, older, archive);
    expect(Buffer.from(archive.current.bytes).toString()).toBe('newer');
    expect(sources()).toEqual(['v2', 'v1', 'v2']);
    expect(archive.versions[1].versionId).toBe(versionId);
  });

  test('a newer photo that comes in order is left on top without a copy', async () => {
    await archiveCopy(KEY, older, archive);
    await archiveCopy(KEY, newer, archive);
    expect(sources()).toEqual(['v2', 'v1']);
  });

  test('the repeated event of an older one changes nothing', async () => {
    await archiveCopy(KEY, older, archive);
    await archiveCopy(KEY, newer, archive);
    await archiveCopy(KEY, older, archive);
    expect(sources()).toEqual(['v2', 'v1']);
  });

  test('a repair whose copy is damaged fails', async () => {
    await archiveCopy(KEY, newer, archive);
    archive.before = (operation) => {
      if (operation === 'putOnTop') archive.store = damage;
    };
    await expect(archiveCopy(KEY, older, archive)).rejects.toThrow('version archive-v3 differs from version archive-v1');
  });

  test.each([['above', [1, 0]], ['below', [0, 1]]])('a sound copy of the newest that lies %s a damaged one is put on top', async (_, order) => {
    const stored = [newer.bytes, damage(newer.bytes)];
    order.forEach((which) => archive.add(KEY, newer.provenance, stored[which]));
    await archiveCopy(KEY, older, archive);
    expect(Buffer.from(archive.current.bytes).toString()).toBe('newer');
  });

  test('after a repair whose copy was damaged, the next run repairs it', async () => {
    await archiveCopy(KEY, newer, archive);
    const versionId = await archiveCopy(KEY, older, archive);
    archive.add(KEY, newer.provenance, damage(newer.bytes));
    expect(await archiveCopy(KEY, older, archive)).toBe(versionId);
    expect(Buffer.from(archive.current.bytes).toString()).toBe('newer');
  });

  test('a damaged copy of the newest is left where there is no sound one: its own run stores that', async () => {
    archive.add(KEY, newer.provenance, damage(newer.bytes));
    await archiveCopy(KEY, older, archive);
    expect(archive.journal).not.toContain('putOnTop');
    await archiveCopy(KEY, newer, archive);
    expect(Buffer.from(archive.current.bytes).toString()).toBe('newer');
  });

  test('copies of other keys are not looked at', async () => {
    archive.add(`${KEY}2`, newer.provenance, newer.bytes);
    await archiveCopy(KEY, older, archive);
    expect(sources()).toEqual(['v1', 'v2']);
  });

  test('copies from before the upload, by more than clocks may differ, are not looked at', async () => {
    const asked = jest.spyOn(archive, 'copies');
    await archiveCopy(KEY, newer, archive);
    expect(asked).toHaveBeenCalledTimes(2);
    asked.mock.calls.forEach(([key, since]) => expect([key, since]).toEqual([KEY, new Date('2025-12-31T23:45:01Z')]));
  });

  test('a photo that arrives while the repair is under way is put on top again', async () => {
    const newest = photo('newest', { versionId: 'v3', sequencer: '03', lastModified: new Date('2026-01-01T00:00:02Z') });
    await archiveCopy(KEY, newer, archive);
    let isFirst = true;
    archive.before = async (operation) => {
      if (operation !== 'putOnTop' || !isFirst) return;
      isFirst = false;
      await archiveCopy(KEY, newest, archive); // all of it, between the look and the copy
    };
    await archiveCopy(KEY, older, archive);
    expect(Buffer.from(archive.current.bytes).toString()).toBe('newest');
  });

  test('gives up, to be tried again, when it loses every race', async () => {
    let sequence = 100;
    archive.before = (operation) => {
      if (operation !== 'putOnTop') return;
      const other = photo('other', { versionId: `v${++sequence}`, sequencer: `${sequence}` });
      archive.add(KEY, other.provenance, other.bytes);
    };
    archive.add(KEY, newer.provenance, newer.bytes);
    await expect(archiveCopy(KEY, older, archive)).rejects.toThrow('its newest could not be made the current one');
  });
});

/** The same interleavings for the same seed: a failure can be run again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

describe('photos under one key archived at the same time', () => {
  test.each(Array.from({ length: 200 }, (_, index) => index + 1))('end with the newest on top and all of them kept, in interleaving %i', async (seed) => {
    const random = randomOf(seed * 7919);
    const waiting: (() => void)[] = [];
    archive.before = () => new Promise((resolve) => waiting.push(resolve));

    const photos = ['01', '02', '03', '04'].map((sequencer) => photo(`photo ${sequencer}`, { versionId: sequencer, sequencer }));
    const repeated = [...photos, photos[Math.floor(random() * photos.length)]];
    let unfinished = repeated.length;
    const runs = repeated.map(async (each) => {
      // As the queue does: tried again after a failure, which is a lost race here.
      for (let attempt = 0; attempt < 20; attempt++) {
        if (await archiveCopy(KEY, each, archive).catch(() => undefined)) break;
      }
      unfinished--;
    });
    while (unfinished > 0) {
      await new Promise((resolve) => setImmediate(resolve));
      waiting.splice(Math.floor(random() * waiting.length), 1)[0]?.();
    }
    await Promise.all(runs);

    expect(archive.current.provenance.sequencer).toBe('04');
    expect(new Set(sources())).toEqual(new Set(['01', '02', '03', '04']));
  });
});
