import { Message } from '@aws-sdk/client-sqs';
import { Fault, FaultPlan } from './faults';
import { NO_VIOLATIONS, OnePhoto } from './one-photo';
import { Place } from './wire';

let photo: OnePhoto;

beforeAll(async () => {
  photo = await OnePhoto.start('faults');
});

afterAll(() => photo?.stop());

/** Of the requests for one operation, the first so many. */
function first(place: Place, operation: string, fault: Fault, times = 1): FaultPlan {
  let count = 0;
  return (request) => request.place === place && request.operation === operation && ++count <= times ? fault : undefined;
}

function allAt(place: Place, fault: Fault): FaultPlan {
  return (request) => request.place === place ? fault : undefined;
}

const failed = (messages: Message[]) => ({ batchItemFailures: messages.map(({ MessageId }) => ({ itemIdentifier: MessageId })) });
const allOperations = () => photo.system.journal.exchanges.map(({ operation }) => operation);

/** The photo is tried again while nothing goes wrong, and ends with one sound copy, found by its audit. */
async function expectArchivedOnce(messages: Message[]): Promise<void> {
  expect(await photo.run(messages)).toEqual({ batchItemFailures: [] });
  const { violations, counts } = await photo.audit([]);
  expect(violations).toEqual(NO_VIOLATIONS);
  expect(counts).toMatchObject({ archived: photo.uploads.length, waiting: 0, storedAtTheSameTime: 0 });
}

async function expectKept(messages: Message[]): Promise<void> {
  const { violations, counts } = await photo.audit(messages);
  expect(violations).toEqual(NO_VIOLATIONS);
  expect(counts.waiting).toBe(photo.uploads.length);
}

describe('a run gets over', () => {
  test.each<[string, Place, string, Fault]>([
    ['a reset at the dropbox', 'account', 'GetObject', 'reset'],
    ['a 500 of the dropbox', 'account', 'GetObject', 'failed'],
    ['a 503 for a thumbnail', 'account', 'PutObject', 'slow down'],
    ['the lost answer to a thumbnail', 'account', 'PutObject', 'answer lost'],
    ['SlowDown for the copy', 'store', 'PutObject', 'slow down'],
    ['the lost answer to the copy', 'store', 'PutObject', 'answer lost'],
    ['a 500 for a copy that was stored all the same', 'store', 'PutObject', 'answer failed'],
    ['a wrong ETag of the copy', 'store', 'PutObject', 'wrong ETag'],
    ['a listing that ends early', 'store', 'ListObjectVersions', 'answer truncated'],
    ['the lost answer to the removal', 'account', 'DeleteObject', 'answer lost'],
  ])('%s', async (_, place, operation, fault) => {
    const messages = await photo.dropped();
    expect(await photo.run(messages, first(place, operation, fault))).toEqual({ batchItemFailures: [] });
    expect(photo.system.journal.exchanges.map((exchange) => exchange.fault)).toContain(fault);
    const { violations, counts } = await photo.audit([]);
    expect(violations).toEqual(NO_VIOLATIONS);
    expect(counts.archived).toBe(1);
  });
});

describe('the original stays, and the next run archives it, when', () => {
  test.each<[string, FaultPlan]>([
    ['the store keeps other bytes than it was sent', first('store', 'PutObject', 'other bytes kept')],
    ['the original ends before its end', first('account', 'GetObject', 'answer truncated')],
    ['the copy ends before its end as it is read back', first('store', 'GetObject', 'answer truncated')],
    ['nothing tells whether the copy was stored', (request) =>
      request.place === 'store' && request.operation === 'PutObject' ? 'answer lost' : first('store', 'ListObjectVersions', 'failed', 99)(request)],
    ['the store refuses the key', allAt('store', 'key refused')],
    ['the store is away', allAt('store', 'reset')],
    ['the dropbox refuses for expired credentials', allAt('account', 'key refused')],
  ])('%s', async (_, plan) => {
    const messages = await photo.dropped();
    expect(await photo.run(messages, plan)).toEqual(failed(messages));
    expect(allOperations()).not.toContain('DeleteObject');
    await expectKept(messages);
    await expectArchivedOnce(messages);
  });

  test.each<[string, FaultPlan]>([
    ['does not answer', first('store', 'GetObject', 'stalled')],
    ['stores the copy and does not say so', first('store', 'PutObject', 'answer stalled')],
  ])('the store %s for longer than the run may last', async (_, plan) => {
    const messages = await photo.dropped();
    expect(await photo.run(messages, plan, { seconds: 6 })).toEqual(failed(messages));
    await expectKept(messages);
    await expectArchivedOnce(messages);
  });

  test('the store keeps other bytes of a large photo than it was sent in parts', async () => {
    const messages = await photo.dropped('huge');
    expect(await photo.run(messages, first('store', 'CompleteMultipartUpload', 'other bytes kept'))).toEqual(failed(messages));
    await expectKept(messages);
    await expectArchivedOnce(messages);
  });

});

test('a large photo is not sent again when the answer to its completion is lost', async () => {
  const messages = await photo.dropped('huge');
  expect(await photo.run(messages, first('store', 'CompleteMultipartUpload', 'answer lost'))).toEqual({ batchItemFailures: [] });
  expect(allOperations().filter((operation) => operation === 'CreateMultipartUpload')).toHaveLength(1);
  expect((await photo.audit([])).violations).toEqual(NO_VIOLATIONS);
});

test('keys that are replaced while the function holds the old ones are read anew, within the run', async () => {
  await photo.run(await photo.dropped());
  await photo.system.rotateKeys(0);
  await expectArchivedOnce(await photo.dropped());
  expect(allOperations()).toContain('GetSecretValue');
});

test('while the secret store is away, and the keys have been replaced, photos wait; after that, they are archived', async () => {
  const messages = await photo.dropped();
  await photo.system.rotateKeys(0);
  expect(await photo.run(messages, first('account', 'GetSecretValue', 'failed', 99))).toEqual(failed(messages));
  await expectKept(messages);
  await expectArchivedOnce(messages);
});

test('a photo that is overwritten while it is under way is archived, and so is the newer, which ends on top', async () => {
  const older = await photo.dropped();
  let newer: Promise<Message[]> | undefined;
  const overwriting: FaultPlan = ({ operation, place }) => {
    if (place === 'store' && operation === 'PutObject') newer ??= photo.overwritten();
    return undefined;
  };
  expect(await photo.run(older, overwriting)).toEqual({ batchItemFailures: [] });
  await expectArchivedOnce((await newer)!);
});

test('a photo that its user removes while it is under way is archived, and not brought back', async () => {
  const messages = await photo.dropped();
  const [{ key, versionId }] = photo.uploads;
  let removed: Promise<void> | undefined;
  await photo.run(messages, ({ operation, place }) => {
    if (place === 'store' && operation === 'PutObject') removed ??= photo.system.delete(key, versionId);
    return undefined;
  });
  await removed;
  expect((await photo.system.versions(photo.system.dropbox)).filter((version) => version.key === key)).toEqual([]);
  expect((await photo.audit([])).violations).toEqual(NO_VIOLATIONS);
});

test('a newer photo\'s event that comes first, and an older one\'s copy that the store damages as it puts the order right, end well', async () => {
  const older = await photo.dropped();
  const newer = await photo.overwritten();
  expect(await photo.run(newer)).toEqual({ batchItemFailures: [] });
  expect(await photo.run(older, first('store', 'CopyObject', 'other bytes kept'))).toEqual(failed(older));
  await expectArchivedOnce(older);
});

test('two functions at the same photo at once archive it, and remove it once it is verified', async () => {
  const messages = await photo.dropped();
  const answers = await Promise.all([photo.run(messages, undefined, { function: 0 }), photo.run(messages, undefined, { function: 1 })]);
  expect(answers).toContainEqual({ batchItemFailures: [] });
  expect((await photo.audit([])).violations).toEqual(NO_VIOLATIONS);
});
