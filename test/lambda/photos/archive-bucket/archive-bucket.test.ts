import { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { WasabiBucketStore } from '../../../../lambda/photos/archive-bucket/bucket-store';
import { createHandler } from '../../../../lambda/photos/archive-bucket/handler';
import { wasabiClient } from '../../../../lambda/photos/wasabi/client';
import { WasabiCredentials } from '../../../../lambda/photos/wasabi/secret';
import { WasabiSession } from '../../../../lambda/photos/wasabi/session';
import { failure, S3Server, WireAnswer } from '../../fixtures/s3-server';

const CREDENTIALS = { accessKeyId: 'WASABIKEY', secretAccessKey: 's3cr3t' };
/** The resource that the events are about. */
const RESOURCE = { StackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/Photos/51af3dc0', LogicalResourceId: 'PhotosArchive' };
const MARK = { 'cdk-mainstay:stack': RESOURCE.StackId, 'cdk-mainstay:resource': RESOURCE.LogicalResourceId };
const LOCK = { ObjectLockMode: 'GOVERNANCE', ObjectLockDays: '30' };

let wasabi: S3Server;
let readSecret: jest.Mock<Promise<WasabiCredentials>>;
const logger = { info: jest.fn(), warn: jest.fn() };

beforeEach(async () => {
  wasabi = await S3Server.start();
  readSecret = jest.fn(async () => CREDENTIALS);
});

afterEach(() => wasabi.stop());

const properties = (changes: object = {}) => ({
  BucketName: 'photoarchive', Endpoint: wasabi.url, Region: 'eu-central-1', SecretId: 'demo/wasabi/access', OnDelete: 'keep', ...changes,
});

async function send(event: object) {
  const handle = createHandler({
    open: (bucket) => new WasabiBucketStore(new WasabiSession(readSecret, (credentials) => wasabiClient(bucket, credentials)), bucket),
    logger: logger as never,
  });
  return handle({ ...RESOURCE, ...event } as CloudFormationCustomResourceEvent);
}

const create = (changes?: object) => send({ RequestType: 'Create', ResourceProperties: properties(changes) });
const update = (changes?: object, old?: object) => send({
  RequestType: 'Update', PhysicalResourceId: 'id', ResourceProperties: properties(changes), OldResourceProperties: properties(old),
});
const CREATED = 'store.example.org/photoarchive/created';
const remove = (changes?: object, PhysicalResourceId = CREATED) => send({ RequestType: 'Delete', PhysicalResourceId, ResourceProperties: properties(changes) });

test('an update remembers where its bucket came from, and a change of name makes another', async () => {
  wasabi.addBucket('photoarchive');
  const place = new URL(wasabi.url).host;
  const updated = (PhysicalResourceId: string) => send({
    RequestType: 'Update', PhysicalResourceId, ResourceProperties: properties(), OldResourceProperties: properties(),
  });
  expect(await updated(`${place}/photoarchive/created`)).toEqual({ PhysicalResourceId: `${place}/photoarchive/created` });
  expect(await updated(`${place}/photoarchive/adopted`)).toEqual({ PhysicalResourceId: `${place}/photoarchive/adopted` });
  expect(await updated(`${place}/photoarchive2/created`)).toEqual({ PhysicalResourceId: `${place}/photoarchive/adopted` });
});

/** Answers one request in the server's place; the line is as in `PUT photoarchive?versioning`. */
function onRequest(line: string, answer: () => WireAnswer | void): void {
  wasabi.before = (request) => request.line === line ? answer() : undefined;
}

describe.each([['create', create], ['update', update]])('%s', (_, converge) => {
  test('makes the bucket in its region, with versions', async () => {
    expect(await converge()).toEqual({ PhysicalResourceId: `${new URL(wasabi.url).host}/photoarchive/created` });
    expect(wasabi.buckets.get('photoarchive')).toMatchObject({ region: 'eu-central-1', versioning: 'Enabled', lock: undefined });
  });

  test('marks a bucket that it makes, and no other', async () => {
    await converge();
    expect(wasabi.buckets.get('photoarchive')!.tags).toEqual(MARK);
    wasabi.addBucket('photoarchive');
    await converge();
    expect(wasabi.buckets.get('photoarchive')!.tags).toBeUndefined();
  });

  test('takes a bucket for its own that it made and marked, before a crash or an update to another', async () => {
    wasabi.addBucket('photoarchive', { tags: { ...MARK, team: 'photos' } });
    expect(await converge()).toEqual({ PhysicalResourceId: `${new URL(wasabi.url).host}/photoarchive/created` });
    expect(wasabi.buckets.get('photoarchive')!.tags).toEqual({ ...MARK, team: 'photos' });
  });

  test.each([
    ['another stack', { ...MARK, 'cdk-mainstay:stack': RESOURCE.StackId.replace('51af', '52af') }],
    ['another resource of the stack', { ...MARK, 'cdk-mainstay:resource': 'OtherArchive' }],
    ['nobody', { team: 'photos' }],
  ])('adopts a bucket with the mark of %s, and leaves its tags', async (__, tags) => {
    wasabi.addBucket('photoarchive', { tags });
    expect(await converge()).toEqual({ PhysicalResourceId: `${new URL(wasabi.url).host}/photoarchive/adopted` });
    expect(wasabi.buckets.get('photoarchive')!.tags).toEqual(tags);
  });

  test.each([[501, 'NotImplemented'], [403, 'AccessDenied'], [400, 'MalformedXML']])(
    'makes a bucket all the same where the store answers to tags with %i %s, and says what follows', async (status, code) => {
      onRequest('PUT photoarchive?tagging', () => failure(status, code));
      expect(await converge()).toEqual({ PhysicalResourceId: `${new URL(wasabi.url).host}/photoarchive/created` });
      expect(wasabi.buckets.get('photoarchive')).not.toHaveProperty('tags');
      expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('took no tags'), { error: { name: code, message: `${code} for a test` } });
    });

  test.each([[501, 'NotImplemented'], [403, 'AccessDenied']])(
    'adopts a bucket whose tags the store shows with %i %s only, and says so', async (status, code) => {
      wasabi.addBucket('photoarchive', { tags: MARK });
      onRequest('GET photoarchive?tagging', () => failure(status, code));
      expect(await converge()).toEqual({ PhysicalResourceId: `${new URL(wasabi.url).host}/photoarchive/adopted` });
      expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('does not show its tags'), { error: { name: code, message: `${code} for a test` } });
    });

  test('makes a bucket in us-east-1, which S3 leaves unnamed', async () => {
    await converge({ Region: 'us-east-1' });
    expect(wasabi.requests.find(({ line }) => line === 'PUT photoarchive')!.body.toString()).not.toContain('LocationConstraint');
    expect(wasabi.buckets.get('photoarchive')).toMatchObject({ region: 'us-east-1' });
  });

  test('makes a bucket with object lock', async () => {
    await converge(LOCK);
    expect(wasabi.buckets.get('photoarchive')).toMatchObject({ versioning: 'Enabled', lock: { mode: 'GOVERNANCE', days: 30 } });
  });

  test('adopts a bucket of ours, with what it holds, and enables versions', async () => {
    wasabi.addBucket('photoarchive', { versioning: undefined });
    wasabi.put('photoarchive', 'a.jpg', 'photo');
    expect(await converge()).toEqual({ PhysicalResourceId: `${new URL(wasabi.url).host}/photoarchive/adopted` });
    expect(wasabi.buckets.get('photoarchive')).toMatchObject({ versioning: 'Enabled', versions: [{ key: 'a.jpg' }] });
  });

  test('changes nothing about a bucket that is as wanted', async () => {
    wasabi.addBucket('photoarchive', { lock: { mode: 'GOVERNANCE', days: 30 } });
    await converge(LOCK);
    expect(wasabi.lines.filter((line) => !/^(GET|HEAD)/.test(line))).toEqual([]);
  });

  test('changes the object lock of a bucket that has another', async () => {
    wasabi.addBucket('photoarchive', { lock: { mode: 'GOVERNANCE', days: 1 } });
    await converge({ ObjectLockMode: 'COMPLIANCE', ObjectLockDays: '1' });
    expect(wasabi.buckets.get('photoarchive')!.lock).toEqual({ mode: 'COMPLIANCE', days: 1 });
    await converge({ ObjectLockMode: 'COMPLIANCE', ObjectLockDays: '2' });
    expect(wasabi.buckets.get('photoarchive')!.lock).toEqual({ mode: 'COMPLIANCE', days: 2 });
  });

  test('sets the object lock of a bucket that has it enabled without a retention', async () => {
    wasabi.addBucket('photoarchive', { lock: {} });
    await converge(LOCK);
    expect(wasabi.buckets.get('photoarchive')!.lock).toEqual({ mode: 'GOVERNANCE', days: 30 });
  });

  test('fails when object lock is asked of a bucket that was created without', async () => {
    wasabi.addBucket('photoarchive');
    await expect(converge(LOCK)).rejects.toThrow(
      `archive bucket photoarchive at ${wasabi.url} was created without object lock, which must be enabled at creation`,
    );
  });

  test('fails so, too, when the store answers with a lock that is not enabled', async () => {
    wasabi.addBucket('photoarchive');
    onRequest('GET photoarchive?object-lock', () => ({ status: 200, body: '<ObjectLockConfiguration/>' }));
    await expect(converge(LOCK)).rejects.toThrow('was created without object lock');
  });

  test('fails when the bucket is in another region, and names both', async () => {
    wasabi.addBucket('photoarchive', { region: 'us-west-1', versioning: undefined });
    await expect(converge()).rejects.toThrow(`archive bucket photoarchive at ${wasabi.url} is in us-west-1, but the construct says eu-central-1`);
    expect(wasabi.buckets.get('photoarchive')!.versioning).toBeUndefined();
  });

  test.each([
    [301, 'us-west-1', { 'x-amz-bucket-region': 'us-west-1' }],
    [301, 'another region', {}],
    [400, 'us-west-1', { 'x-amz-bucket-region': 'us-west-1' }],
  ])('fails when the endpoint says, with status %i, that it is in %s', async (status, region, headers) => {
    onRequest('HEAD photoarchive', () => ({ status, headers }));
    await expect(converge()).rejects.toThrow(`is in ${region}, but the construct says eu-central-1`);
  });

  test('fails when the bucket is another account\'s', async () => {
    wasabi.addBucket('photoarchive', { isOthers: true });
    await expect(converge()).rejects.toThrow(
      `archive bucket photoarchive at ${wasabi.url} (region eu-central-1) is owned by another account, or the key in demo/wasabi/access may not see it`,
    );
  });

  test('fails when another account was faster', async () => {
    onRequest('HEAD photoarchive', () => {
      wasabi.addBucket('photoarchive', { isOthers: true });
      return failure(404, 'NotFound');
    });
    await expect(converge()).rejects.toThrow('is owned by another account');
  });

  test('adopts the bucket when another deployment of ours was faster', async () => {
    onRequest('HEAD photoarchive', () => {
      wasabi.addBucket('photoarchive', { versioning: undefined });
      return failure(404, 'NotFound');
    });
    expect(await converge()).toEqual({ PhysicalResourceId: `${new URL(wasabi.url).host}/photoarchive/adopted` });
    expect(wasabi.buckets.get('photoarchive')).not.toHaveProperty('tags');
  });

  test('fails when the store takes versioning and does not enable it', async () => {
    onRequest('PUT photoarchive?versioning', () => ({ status: 200 }));
    await expect(converge()).rejects.toThrow('took the request to enable versioning, but has it not enabled');
  });

  test('fails when the store takes an object lock and does not set it', async () => {
    onRequest('PUT photoarchive?object-lock', () => ({ status: 200 }));
    await expect(converge(LOCK)).rejects.toThrow('took an object lock of GOVERNANCE for 30 days, but has it not set');
  });

  test.each(['HEAD photoarchive', 'PUT photoarchive', 'GET photoarchive?location', 'GET photoarchive?versioning', 'GET photoarchive?object-lock'])(
    'fails when the store fails at %s, and says where', async (line) => {
      onRequest(line, () => failure(400, 'BrokenStore'));
      await expect(converge(LOCK)).rejects.toThrow(
        `archive bucket photoarchive at ${wasabi.url} (region eu-central-1) could not be prepared with the key in demo/wasabi/access: `,
      );
    });

  test('fails without a word of the secret when the store refuses the key', async () => {
    onRequest('GET photoarchive?location', () => failure(403, 'SignatureDoesNotMatch'));
    const error: Error = await converge().then(() => new Error(), (thrown) => thrown);
    expect(error.message).toContain('SignatureDoesNotMatch');
    expect(JSON.stringify([error.message, error.stack, logger.info.mock.calls, logger.warn.mock.calls])).not.toMatch(/WASABIKEY|s3cr3t/);
  });

  test.each([
    [{ BucketName: undefined }, "'BucketName' must be given, got undefined"],
    [{ Endpoint: '' }, "'Endpoint' must be given, got \"\""],
    [{ Region: undefined }, "'Region' must be given"],
    [{ SecretId: undefined }, "'SecretId' must be given"],
    [{ ...LOCK, ObjectLockMode: undefined }, "'ObjectLockMode' must be GOVERNANCE or COMPLIANCE, got undefined"],
    [{ ...LOCK, ObjectLockMode: 'LEGAL' }, "'ObjectLockMode' must be GOVERNANCE or COMPLIANCE, got LEGAL"],
    [{ ...LOCK, ObjectLockDays: undefined }, "'ObjectLockDays' must be a positive whole number, got undefined"],
    [{ ...LOCK, ObjectLockDays: '0' }, "'ObjectLockDays' must be a positive whole number, got 0"],
    [{ ...LOCK, ObjectLockDays: '1.5' }, "'ObjectLockDays' must be a positive whole number, got 1.5"],
  ])('fails before any request with %j', async (changes, message) => {
    await expect(converge(changes)).rejects.toThrow(message);
    expect(wasabi.requests).toEqual([]);
  });
});

describe('update', () => {
  test('leaves the object lock when it is dropped from the construct, and says so', async () => {
    wasabi.addBucket('photoarchive', { lock: { mode: 'GOVERNANCE', days: 30 } });
    await update({}, LOCK);
    expect(wasabi.buckets.get('photoarchive')!.lock).toEqual({ mode: 'GOVERNANCE', days: 30 });
    expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('the bucket keeps it'), { bucket: 'photoarchive' });
  });

  test('to another bucket answers another id, so that CloudFormation deletes the old one', async () => {
    const before = await create();
    expect(await update({ BucketName: 'another' })).not.toEqual(before);
  });
});

describe('delete', () => {
  test('asks for nothing, not even the secret, when the bucket is to be kept', async () => {
    wasabi.addBucket('photoarchive');
    expect(await remove()).toEqual({ PhysicalResourceId: CREATED });
    expect(await remove({ SecretId: undefined })).toEqual({ PhysicalResourceId: CREATED });
    expect(await remove({ OnDelete: undefined })).toEqual({ PhysicalResourceId: CREATED });
    expect(readSecret).not.toHaveBeenCalled();
    expect(wasabi.requests).toEqual([]);
  });

  test('keeps an empty bucket that was there before the stack', async () => {
    wasabi.addBucket('photoarchive');
    await remove({ OnDelete: 'destroy' }, 'store.example.org/photoarchive/adopted');
    expect(wasabi.buckets.has('photoarchive')).toBe(true);
    expect(wasabi.requests).toEqual([]);
  });

  test('removes an empty bucket when it is to be destroyed', async () => {
    wasabi.addBucket('photoarchive');
    expect(await remove({ OnDelete: 'destroy' })).toEqual({ PhysicalResourceId: CREATED });
    expect(wasabi.buckets.has('photoarchive')).toBe(false);
  });

  test('keeps a bucket that holds a photo, or only an old version of one', async () => {
    wasabi.addBucket('photoarchive');
    const version = wasabi.put('photoarchive', 'a.jpg', 'photo');
    wasabi.buckets.get('photoarchive')!.versions = [{ ...version, isMarker: true }, version];
    expect(await remove({ OnDelete: 'destroy' })).toEqual({ PhysicalResourceId: CREATED });
    expect(wasabi.buckets.get('photoarchive')!.versions).toHaveLength(2);
    expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('it holds photos'), expect.anything());
    expect(wasabi.lines).toEqual(['DELETE photoarchive']); // nothing was emptied
  });

  test('succeeds when the bucket is gone', async () => {
    expect(await remove({ OnDelete: 'destroy' })).toEqual({ PhysicalResourceId: CREATED });
    expect(logger.info).toHaveBeenCalledWith('archive bucket absent', expect.anything());
  });

  test.each<[string, () => void]>([
    ['the secret is gone', () => readSecret.mockRejectedValue(new Error('ResourceNotFoundException'))],
    ['the store refuses the key', () => onRequest('DELETE photoarchive', () => failure(403, 'InvalidAccessKeyId'))],
  ])('keeps the bucket, with a warning, and lets the teardown go on when %s', async (_, arrange) => {
    wasabi.addBucket('photoarchive');
    arrange();
    expect(await remove({ OnDelete: 'destroy' })).toEqual({ PhysicalResourceId: CREATED });
    expect(wasabi.buckets.has('photoarchive')).toBe(true);
    expect(logger.warn).toHaveBeenCalledWith(expect.stringContaining('it could not be removed'), expect.anything());
  });
});

describe('an update to another bucket that CloudFormation rolls back', () => {
  const before = () => properties({ OnDelete: 'destroy' });
  const after = () => properties({ BucketName: 'another', OnDelete: 'destroy' });
  type Sender = (event: object) => Promise<string>;
  const once: Sender = async (event) => (await send(event)).PhysicalResourceId;

  /** What CloudFormation sends, in its order. Answers the ids of the bucket of before, as it was created and as it was rolled back to. */
  async function rolledBack(sendEvent: Sender): Promise<{ created: string; restored: string }> {
    const created = await sendEvent({ RequestType: 'Create', ResourceProperties: before() });
    const updated = await sendEvent({ RequestType: 'Update', PhysicalResourceId: created, ResourceProperties: after(), OldResourceProperties: before() });
    const restored = await sendEvent({ RequestType: 'Update', PhysicalResourceId: updated, ResourceProperties: before(), OldResourceProperties: after() });
    await sendEvent({ RequestType: 'Delete', PhysicalResourceId: updated, ResourceProperties: after() });
    return { created, restored };
  }

  const destroy = (PhysicalResourceId: string) => send({ RequestType: 'Delete', PhysicalResourceId, ResourceProperties: before() });

  test('answers the id of before, and both buckets go, each when it leaves the stack', async () => {
    const { created, restored } = await rolledBack(once);
    expect(restored).toBe(created);
    expect([...wasabi.buckets.keys()]).toEqual(['photoarchive']);
    await destroy(restored);
    expect([...wasabi.buckets.keys()]).toEqual([]);
  });

  test.each([['photoarchive', ['photoarchive']], ['another', ['another']]])('keeps %s that was there before the stack', async (there, kept) => {
    wasabi.addBucket(there);
    const { created, restored } = await rolledBack(once);
    expect(restored).toBe(created);
    await destroy(restored);
    expect([...wasabi.buckets.keys()]).toEqual(kept);
  });

  test('keeps the bucket of before where the store has no tags', async () => {
    wasabi.before = ({ query }) => query.has('tagging') ? failure(501, 'NotImplemented') : undefined;
    const { restored } = await rolledBack(once);
    await destroy(restored);
    expect([...wasabi.buckets.keys()]).toEqual(['photoarchive']);
  });

  test('a bucket that somebody made under the name of one that the stack had removed is adopted', async () => {
    const created = await once({ RequestType: 'Create', ResourceProperties: before() });
    const updated = await once({ RequestType: 'Update', PhysicalResourceId: created, ResourceProperties: after(), OldResourceProperties: before() });
    await destroy(created);
    wasabi.addBucket('photoarchive');
    const back = await once({ RequestType: 'Update', PhysicalResourceId: updated, ResourceProperties: before(), OldResourceProperties: after() });
    await destroy(back);
    expect(wasabi.buckets.has('photoarchive')).toBe(true);
  });

  describe('and that crashes and is repeated', () => {
    const environment = { ...process.env };

    beforeEach(() => Object.assign(process.env, { AWS_MAX_ATTEMPTS: '1' })); // a crash ends a run at once

    afterEach(() => {
      process.env = { ...environment };
    });

    /** Breaks off at one request of all, before or after the store has carried it out, and repeats the event of that run. */
    function crashing(at: number, isCarriedOut: boolean): Sender {
      let requests = 0;
      let hasCrashed = false;
      wasabi.before = async (request) => {
        if (requests++ < at || hasCrashed) return;
        if (isCarriedOut && requests === at + 1) wasabi.carryOut(request);
        throw new Error('the run is killed');
      };
      return async (event) => {
        const ended = await once(event).catch(() => undefined);
        const isKilled = requests > at && !hasCrashed;
        if (!isKilled) return ended!;
        hasCrashed = true;
        return once(event);
      };
    }

    /** Of a rollback without a crash. */
    async function requestsOf(there: string[]): Promise<string[]> {
      wasabi.buckets.clear();
      for (const name of there) wasabi.addBucket(name);
      wasabi.requests.length = 0;
      await rolledBack(once);
      return [...wasabi.lines];
    }

    test.each([[[]], [['photoarchive']], [['another']], [['photoarchive', 'another']]])('never removes what was there before: %j', async (there) => {
      const lines = await requestsOf(there);
      expect(lines.length).toBeGreaterThan(10);
      for (const isCarriedOut of [false, true]) {
        for (const at of lines.keys()) {
          wasabi.buckets.clear();
          for (const name of there) wasabi.addBucket(name);
          const { created, restored } = await rolledBack(crashing(at, isCarriedOut));
          await destroy(restored);
          const where = `${isCarriedOut ? 'after' : 'before'} ${at}: ${lines[at]}`;
          expect({ where, restored, kept: there.filter((name) => wasabi.buckets.has(name)) }).toEqual({ where, restored: created, kept: there });
          // Unless the crash came between the making of a bucket and its mark, nothing of the stack stays.
          const stays = [...wasabi.buckets.keys()].filter((name) => !there.includes(name));
          expect({ where, stays }).toEqual({ where, stays: isUnmarked(lines, at, isCarriedOut) ? [lines[at].split(/[ ?]/)[1]] : [] });
        }
      }
    }, 30_000);

    /** A bucket was made, and the run ended before its mark arrived. */
    function isUnmarked(lines: string[], at: number, isCarriedOut: boolean): boolean {
      return isCarriedOut ? /^PUT [^?]+$/.test(lines[at]) : /^PUT .*[?]tagging$/.test(lines[at]);
    }
  });
});
