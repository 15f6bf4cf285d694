import { Readable } from 'stream';
import sharp from 'sharp';
import { MemoryBudget } from '../../../../lambda/photos/thumbnail/memory-budget';
import { Outcome } from '../../../../lambda/photos/thumbnail/outcome';
import { OutcomeEvents } from '../../../../lambda/photos/thumbnail/outcome-events';
import { PhotoDependencies, processUpload } from '../../../../lambda/photos/thumbnail/process-upload';
import { withProvenance } from '../../../../lambda/photos/thumbnail/provenance';
import { ProbableRejection, Rejection } from '../../../../lambda/photos/thumbnail/rejection';
import { FakeArchive } from '../../fixtures/fake-archive';
import { landscape, photo as photoOf, sha256 } from '../../fixtures/photos';

const UPLOAD = { bucket: 'dropbox', key: 'photos/a.jpg', versionId: 'v1' };

let photo: Buffer;
let journal: string[];
let archive: FakeArchive;

beforeAll(async () => {
  photo = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } }).jpeg().toBuffer();
});

beforeEach(() => {
  archive = new FakeArchive();
  journal = archive.journal; // of all three, in the order of what happened
});

const object = (changes: object = {}) => photoOf(photo, changes).object;

function dependencies(changes: Partial<PhotoDependencies> = {}, dropped = object(), bytes: Buffer = photo): PhotoDependencies {
  return {
    dropbox: {
      open: async () => ({
        object: dropped,
        content: async () => {
          journal.push('read');
          return Readable.from([bytes]);
        },
        discard: () => { journal.push('discard'); },
      }),
      sizeOf: async () => dropped.size,
      remove: async ({ versionId }) => {
        journal.push(`remove ${versionId}`);
        return 'removed';
      },
      tag: async (_, reason) => {
        journal.push(`tag ${reason}`);
        return 'tagged';
      },
    },
    thumbnailStore: {
      put: async (key, { contentType, width, height }) => {
        journal.push(`thumbnail ${key} ${contentType} ${width}x${height}`);
        return 'written';
      },
    },
    archive,
    thumbnails: [{ fit: 'inside', width: 20, height: 20, format: 'jpeg', quality: 80 }],
    archiveKeyPrefix: '',
    memory: new MemoryBudget(changes.maxInputBytes ?? 10_000, changes.maxInputPixels ?? 10_000),
    maxInputBytes: 10_000,
    maxInputPixels: 10_000,
    ...changes,
  };
}

/** Its head is sound, its end is missing. */
const withUndecodable = () => dependencies(
  { maxInputBytes: 1e6, maxInputPixels: 1e7 }, object({ size: 200_000 }), landscape(1).subarray(0, 200_000),
);

const isKept = () => !journal.some((entry) => entry.startsWith('remove'));
const reasonOf = (outcome: Outcome) => outcome.outcome === 'rejected' ? outcome.rejection.reason : outcome.outcome;

test('the original is removed last: after its archive copy was read back and its thumbnail was written', async () => {
  const outcome = await processUpload(UPLOAD, dependencies());
  expect(journal).toEqual([
    'keepsVersions', 'copies', 'read', 'thumbnail photos/a.jpg image/jpeg 20x15', 'upload', 'digest', 'copies', 'remove v1', 'discard',
  ]);
  expect(outcome).toEqual({
    outcome: 'archived',
    bytes: photo.length,
    sha256: sha256(photo),
    archiveKey: 'photos/a.jpg',
    archiveVersionId: 'archive-v1',
    thumbnails: [{ key: 'photos/a.jpg', width: 20, height: 15, bytes: expect.any(Number), result: 'written' }],
    original: 'removed',
  });
});

test('the archive copy is the original, byte by byte, under the prefix of the archive', async () => {
  await processUpload(UPLOAD, dependencies({ archiveKeyPrefix: 'from/dropbox/' }));
  expect(archive.current.key).toBe('from/dropbox/photos/a.jpg');
  expect(Buffer.from(archive.current.bytes).equals(photo)).toBe(true);
});

test('a thumbnail with a name goes under its name', async () => {
  const spec = { fit: 'inside', width: 20, format: 'webp', quality: 80 } as const;
  await processUpload(UPLOAD, dependencies({ thumbnails: [{ ...spec, name: 'small' }, { ...spec, name: 'large', width: 30 }] }));
  expect(journal.filter((entry) => entry.startsWith('thumbnail'))).toEqual([
    'thumbnail small/photos/a.jpg image/webp 20x15', 'thumbnail large/photos/a.jpg image/webp 30x23',
  ]);
});

describe('the original is kept, for another try,', () => {
  test('when the archive refuses the copy', async () => {
    archive.before = (operation) => {
      if (operation === 'upload') throw new Error('out of order');
    };
    await expect(processUpload(UPLOAD, dependencies())).rejects.toThrow('out of order');
    expect(isKept()).toBe(true);
  });

  test('when the copy differs', async () => {
    archive.store = (bytes) => Buffer.from(bytes).fill(0, 10, 20);
    await expect(processUpload(UPLOAD, dependencies())).rejects.toThrow('but the original');
    expect(isKept()).toBe(true);
  });

  test('when a thumbnail cannot be written', async () => {
    const thumbnailStore = { put: () => Promise.reject(new Error('slow down')) };
    await expect(processUpload(UPLOAD, dependencies({ thumbnailStore }))).rejects.toThrow('slow down');
    expect(isKept()).toBe(true);
  });

  test('when it cannot be read to its end', async () => {
    const deps = dependencies();
    const cutOff = async () => Readable.from((function* () {
      yield photo.subarray(0, 10);
      throw new Error('cut off');
    })());
    const open = async () => ({ object: object(), content: cutOff, discard: () => undefined });
    await expect(processUpload(UPLOAD, { ...deps, dropbox: { ...deps.dropbox, open } })).rejects.toThrow('cut off');
    expect(isKept()).toBe(true);
    expect(archive.versions).toEqual([]);
  });
});

test('a photo that cannot be decoded does not cover the sound one of its key in the archive', async () => {
  await processUpload(UPLOAD, dependencies());
  journal.length = 0;
  const outcome = await processUpload({ ...UPLOAD, versionId: 'v2' }, withUndecodable());
  expect(reasonOf(outcome)).toBe('corrupt');
  expect(journal).toEqual(['keepsVersions', 'copies', 'read', 'tag corrupt', 'discard']);
  expect(archive.versions).toHaveLength(1);
  expect(Buffer.from(archive.current.bytes).equals(photo)).toBe(true);
});

describe('what fails for the same reason at each try', () => {
  const refused = () => new ProbableRejection(new Rejection('refused-by-archive', 'InvalidArgument: not this name'));
  const failing = () => {
    archive.before = (operation) => {
      if (operation === 'upload') throw refused();
    };
    return dependencies();
  };

  test('is tried again, as long as there is another try', async () => {
    await expect(processUpload(UPLOAD, failing())).rejects.toThrow('not this name');
    expect(isKept()).toBe(true);
    expect(journal.filter((entry) => entry.startsWith('tag'))).toEqual([]);
  });

  test('is rejected at the last one', async () => {
    expect(await processUpload(UPLOAD, failing(), true)).toMatchObject({ outcome: 'rejected', rejection: { reason: 'refused-by-archive' }, tag: 'tagged' });
    expect(isKept()).toBe(true);
  });

  test('is no rejection where the failure is that of a service', async () => {
    archive.before = () => { throw new Error('out of order'); };
    await expect(processUpload(UPLOAD, dependencies(), true)).rejects.toThrow('out of order');
  });

  test('may be a decoder that no reason is known for', async () => {
    const withoutMemory = () => {
      const given = dependencies();
      given.memory.withPixels = () => Promise.reject(Object.assign(new Error('no memory for its thread'), { errno: -12 }));
      return given;
    };
    await expect(processUpload(UPLOAD, withoutMemory())).rejects.toThrow(ProbableRejection);
    expect(await processUpload(UPLOAD, withoutMemory(), true)).toMatchObject({ outcome: 'rejected', rejection: { reason: 'decoder-failed' } });
    expect(archive.versions).toEqual([]);
  });

  test('is a rejection at once where nothing but the photo can be the cause', async () => {
    const thumbnails = [{ fit: 'inside', width: 20, height: 20, format: 'no format' }] as unknown as PhotoDependencies['thumbnails'];
    expect(await processUpload(UPLOAD, dependencies({ thumbnails }))).toMatchObject({ outcome: 'rejected', rejection: { reason: 'unsupported-format' } });
    expect(archive.versions).toEqual([]);
  });
});

describe('what S3 does not give out', () => {
  const unreadable = (events?: OutcomeEvents) => {
    const deps = dependencies({ events });
    return { ...deps, dropbox: { ...deps.dropbox, open: () => Promise.reject(new Rejection('unreadable', 'InvalidObjectState')) } };
  };

  test('is rejected at once, by what its event says of it', async () => {
    const rejected = jest.fn(async () => undefined);
    expect(await processUpload({ ...UPLOAD, etag: 'etag', size: 5 }, unreadable({ archived: jest.fn(), rejected }))).toMatchObject({ outcome: 'rejected', rejection: { reason: 'unreadable' } });
    expect(journal).toEqual(['tag unreadable']);
    expect(rejected).toHaveBeenCalledWith({ ...UPLOAD, etag: 'etag', size: 5 }, expect.objectContaining({ reason: 'unreadable' }));
  });
});

describe('an event without a size', () => {
  test('has S3 asked for it, so that others of the batch need not wait', async () => {
    const deps = dependencies({ maxInputBytes: 2 * photo.length + 2 });
    let waiting = 0;
    let most = 0;
    const open = async () => {
      waiting += 1;
      most = Math.max(most, waiting);
      await new Promise((resolve) => setTimeout(resolve, 20));
      waiting -= 1;
      return undefined;
    };
    await Promise.all(['a', 'b'].map((key) => processUpload({ ...UPLOAD, key }, { ...deps, dropbox: { ...deps.dropbox, open } })));
    expect(most).toBe(2);
  });

  test('waits for all the room where S3 does not tell', async () => {
    const deps = dependencies();
    await processUpload(UPLOAD, { ...deps, dropbox: { ...deps.dropbox, sizeOf: async () => undefined } });
    expect(isKept()).toBe(false);
  });
});

test('a name that Wasabi does not take is archived under one that it takes', async () => {
  const outcome = await processUpload(UPLOAD, dependencies({ archiveKeyPrefix: 'p/' }, object({ key: 'photos/😀.jpg' })));
  expect(outcome).toMatchObject({ outcome: 'archived', archiveKey: 'p/photos/\uE5CA1F600;.jpg' });
  expect(archive.current.key).toBe('p/photos/\uE5CA1F600;.jpg');
  expect(journal).toContain('thumbnail photos/😀.jpg image/jpeg 20x15');
});

describe('a repeated event is harmless', () => {
  test('when the photo is gone', async () => {
    const deps = dependencies();
    expect(await processUpload(UPLOAD, { ...deps, dropbox: { ...deps.dropbox, open: async () => undefined } })).toEqual({ outcome: 'gone' });
    expect(journal).toEqual([]);
  });

  test('when a former run stopped before the removal', async () => {
    const remove = () => Promise.reject(new Error('out of time'));
    const deps = dependencies();
    await expect(processUpload(UPLOAD, { ...deps, dropbox: { ...deps.dropbox, remove } })).rejects.toThrow('out of time');
    await processUpload(UPLOAD, dependencies());
    expect(archive.versions).toHaveLength(1);
    expect(isKept()).toBe(false);
  });
});

test('a folder marker is not looked at', async () => {
  const open = jest.fn();
  const deps = dependencies();
  const outcome = await processUpload({ bucket: 'dropbox', key: 'photos/', size: 0 }, { ...deps, dropbox: { ...deps.dropbox, open } });
  expect(outcome).toEqual({ outcome: 'ignored' });
  expect(open).not.toHaveBeenCalled();
});

describe('a photo that can never be processed stays in the dropbox, tagged, and nothing is stored of it', () => {
  const metadataOf = (size: number) => {
    const ours = photoOf(photo);
    const known = Buffer.byteLength(Object.entries(withProvenance({}, ours.provenance)).flat().join(''));
    return { metadata: { é: 'x'.repeat(size - known - 2) } }; // é has two bytes
  };

  test.each<[string, string, () => PhotoDependencies]>([
    ['empty', 'empty', () => dependencies({}, object({ size: 0 }))],
    ['of too many bytes', 'too-large', () => dependencies({}, object({ size: 5 * 2 ** 30 + 1 }))],
    ['no photo', 'unsupported-format', () => dependencies({}, object({ size: 8 }), Buffer.from('%PDF-1.7'))],
    ['without an end to its head', 'corrupt', () => dependencies({}, object({ size: 20 }), photo.subarray(0, 20))],
    ['with too long an archive key', 'key-too-long', () => dependencies({ archiveKeyPrefix: 'p' }, object({ key: 'ü'.repeat(512) }))],
    ['with too long a thumbnail key', 'key-too-long', () => dependencies(
      { thumbnails: [{ name: 'n', fit: 'inside', width: 20, format: 'jpeg', quality: 80 }] }, object({ key: 'k'.repeat(1023) }),
    )],
    ['with too much metadata', 'metadata-too-large', () => dependencies({}, object(metadataOf(2049)))],
  ])('%s: %s', async (_, reason, deps) => {
    const outcome = await processUpload(UPLOAD, deps());
    expect(outcome).toMatchObject({ outcome: 'rejected', rejection: { reason }, tag: 'tagged' });
    expect(journal.filter((entry) => !['read', 'keepsVersions', 'copies'].includes(entry))).toEqual([`tag ${reason}`, 'discard']);
  });

  test.each<[string, () => PhotoDependencies]>([
    ['the most bytes', () => dependencies({ maxInputBytes: photo.length })],
    ['the most pixels', () => dependencies({ maxInputPixels: 1200 })],
    ['the longest key', () => dependencies({}, object({ key: 'ü'.repeat(512) }))],
    ['the most metadata', () => dependencies({}, object(metadataOf(2048)))],
  ])('but not one with %s that are allowed', async (_, deps) => {
    expect(reasonOf(await processUpload(UPLOAD, deps()))).toBe('archived');
  });

  test('one that is too large is not even read', async () => {
    await processUpload(UPLOAD, dependencies({}, object({ size: 5 * 2 ** 30 + 1 })));
    expect(journal).toEqual(['tag too-large', 'discard']);
  });

  test('and is tried again when it cannot be tagged', async () => {
    const deps = dependencies({}, object({ size: 0 }));
    const tag = () => Promise.reject(new Error('slow down'));
    await expect(processUpload(UPLOAD, { ...deps, dropbox: { ...deps.dropbox, tag } })).rejects.toThrow('slow down');
  });
});

describe('a photo that is too large for the memory', () => {
  const large = () => dependencies({ maxInputBytes: photo.length - 1 });

  test('is archived without thumbnails, read once for its digest and once for its copy', async () => {
    const outcome = await processUpload(UPLOAD, large());
    expect(journal).toEqual(['keepsVersions', 'copies', 'read', 'upload', 'read', 'digest', 'copies', 'remove v1', 'discard']);
    expect(outcome).toMatchObject({ outcome: 'archived', bytes: photo.length, thumbnails: [], thumbnailsSkipped: 'larger-than-max-input-size' });
    expect(archive.current.provenance.sha256).toBe(sha256(photo));
  });

  test('of too many pixels for its way of having them is archived without thumbnails, too', async () => {
    const outcome = await processUpload(UPLOAD, dependencies({ maxInputPixels: 149 })); // it has 1200, and streams through: one byte each, of the eight of the worst
    expect(outcome).toMatchObject({ outcome: 'archived', bytes: photo.length, thumbnails: [], thumbnailsSkipped: 'more-than-max-input-pixels' });
    expect(journal).not.toContain('put');
    expect(archive.current.provenance.sha256).toBe(sha256(photo));
    expect(await processUpload(UPLOAD, dependencies({ maxInputPixels: 150 }))).not.toHaveProperty('thumbnailsSkipped');
  });

  test('is kept when what was copied is not what the digest was made of', async () => {
    const deps = large();
    const contents = [photo, Buffer.alloc(photo.length)];
    const open = async () => ({ object: object(), content: async () => Readable.from([contents.shift()!]), discard: () => undefined });
    await expect(processUpload(UPLOAD, { ...deps, dropbox: { ...deps.dropbox, open } })).rejects.toThrow('but the original');
    expect(isKept()).toBe(true);
  });
});

test.each([['longer', -1], ['shorter', 1]])('a content that is %s than announced is kept, for another try', async (_, more) => {
  const announced = photo.length + more;
  await expect(processUpload(UPLOAD, dependencies({}, object({ size: announced })))).rejects.toThrow(`read ${photo.length} bytes of an object of ${announced}`);
  expect(isKept()).toBe(true);
  expect(archive.versions).toEqual([]);
});

test('an object that is larger than its event says is not read: there may be no room for it', async () => {
  await expect(processUpload({ ...UPLOAD, size: 1 }, dependencies())).rejects.toThrow(`the object has ${photo.length} bytes, and its event said that it has fewer`);
  expect(journal).not.toContain('read');
  expect(isKept()).toBe(true);
});

describe('who listens is told', () => {
  const events: OutcomeEvents = {
    archived: async (_, { archiveVersionId }) => { journal.push(`tell archived ${archiveVersionId}`); },
    rejected: async (_, { reason }) => { journal.push(`tell rejected ${reason}`); },
  };

  test('of an archived photo before the original is removed', async () => {
    await processUpload(UPLOAD, dependencies({ events }));
    expect(journal.slice(-3)).toEqual(['tell archived archive-v1', 'remove v1', 'discard']);
  });

  test('of a rejected photo', async () => {
    await processUpload(UPLOAD, dependencies({ events }, object({ size: 0 })));
    expect(journal).toEqual(['tag empty', 'tell rejected empty', 'discard']);
  });

  test('or the photo is tried again', async () => {
    const deaf = { ...events, archived: () => Promise.reject(new Error('throttled')) };
    await expect(processUpload(UPLOAD, dependencies({ events: deaf }))).rejects.toThrow('throttled');
    expect(isKept()).toBe(true);
  });
});
