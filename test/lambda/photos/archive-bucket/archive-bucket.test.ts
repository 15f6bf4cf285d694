import { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { WasabiBucketStore } from '../../../../lambda/photos/archive-bucket/bucket-store';
import { createHandler } from '../../../../lambda/photos/archive-bucket/handler';
import { wasabiClient } from '../../../../lambda/photos/wasabi/client';
import { WasabiCredentials } from '../../../../lambda/photos/wasabi/secret';
import { WasabiSession } from '../../../../lambda/photos/wasabi/session';
import { failure, S3Server, WireAnswer } from '../../fixtures/s3-server';

const CREDENTIALS = { accessKeyId: 'WASABIKEY', secretAccessKey: 's3cr3t' };
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
  return handle(event as CloudFormationCustomResourceEvent);
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
    await converge();
    expect(wasabi.buckets.get('photoarchive')!.versioning).toBe('Enabled');
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
