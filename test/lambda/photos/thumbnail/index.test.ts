import { createHash } from 'crypto';
import { SQSBatchResponse } from 'aws-lambda';
import sharp from 'sharp';
import { JsonServer } from '../../fixtures/json-server';
import { PhotoServices } from '../../fixtures/photo-services';
import { landscape } from '../../fixtures/photos';
import { S3Server } from '../../fixtures/s3-server';

const KEY = 'photos/Grüße 1+1.jpg';
const SECRET = { WASABI_ACCESS: 'WASABIKEY1', WASABI_SECRET: 'wasabi-s3cr3t' };

let photoServices: PhotoServices;
let aws: S3Server;
let wasabi: S3Server;
let services: JsonServer;
let output: string[];

beforeEach(async () => {
  photoServices = await PhotoServices.start(SECRET);
  ({ aws, wasabi, services, output } = photoServices);
  aws.addBucket('dropbox');
  aws.addBucket('thumbnails');
  services.answers['AmazonSQS.SendMessage'] = ({ MessageBody }) => ({
    MessageId: 'dead', MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SQS: services.url,
    POWERTOOLS_METRICS_DISABLED: 'false', // which POWERTOOLS_DEV would do
    POWERTOOLS_SERVICE_NAME: 'thumbnail',
    POWERTOOLS_METRICS_NAMESPACE: 'cdk-mainstay',
    THUMBNAIL_BUCKET: 'thumbnails',
    THUMBNAILS: JSON.stringify([{ fit: 'inside', width: 256, height: 256, format: 'webp', quality: 80 }]),
    ARCHIVE_SECRET_ID: 'demo/wasabi/access',
    DEAD_LETTER_QUEUE_URL: `${services.url}/123456789012/dead`,
    MAX_RUN_SECONDS: '120',
    MAX_RECEIVE_COUNT: '10',
    MAX_INPUT_BYTES: '1000000',
    MAX_INPUT_PIXELS: '10000000',
  });
});

afterEach(() => photoServices.stop());

/** The handler of a fresh container. */
function start(): (event: object) => Promise<SQSBatchResponse> {
  jest.resetModules();
  const { handler } = jest.requireActual('../../../../lambda/photos/thumbnail');
  return (event) => handler(event, { getRemainingTimeInMillis: () => 60_000 });
}

const eventOf = (versionId: string, sequencer = '01', size?: number) => ({
  Records: [{
    messageId: 'message-1',
    body: JSON.stringify({
      'source': 'aws.s3',
      'detail-type': 'Object Created',
      'detail': { bucket: { name: 'dropbox' }, object: { 'key': KEY, 'version-id': versionId, sequencer, size } },
    }),
  }],
});

test('a photo makes its whole way: thumbnail, archive copy, gone from the dropbox', async () => {
  const handle = start();
  expect(services.requests).toEqual([]); // the secret is not read before it is needed
  const dropped = aws.put('dropbox', KEY, landscape(6), { 'content-type': 'image/jpeg', 'x-amz-meta-camera': 'Leica' });

  expect(await handle(eventOf(dropped.versionId))).toEqual({ batchItemFailures: [] });

  const thumbnail = aws.current('thumbnails', KEY)!;
  expect(thumbnail.headers['content-type']).toBe('image/webp');
  expect(await sharp(thumbnail.body).metadata()).toMatchObject({ format: 'webp', width: 256, height: 171 });
  const archived = wasabi.current('photoarchive', `from-aws/${KEY}`)!;
  expect(archived.body.equals(landscape(6))).toBe(true);
  expect(archived.headers).toMatchObject({ 'content-type': 'image/jpeg', 'x-amz-meta-camera': 'Leica', 'x-amz-meta-source-version-id': dropped.versionId });
  expect(aws.buckets.get('dropbox')!.versions).toEqual([]);
});

test('a newer upload under the same key is never removed, nor covered, by the older one\'s run', async () => {
  const handle = start();
  const older = aws.put('dropbox', KEY, landscape(1));
  const newer = aws.put('dropbox', KEY, landscape(3));

  await handle(eventOf(newer.versionId, '02'));
  const thumbnail = aws.current('thumbnails', KEY)!;
  await handle(eventOf(older.versionId, '01'));

  expect(aws.current('thumbnails', KEY)).toBe(thumbnail);
  expect(wasabi.current('photoarchive', `from-aws/${KEY}`)!.body.equals(landscape(3))).toBe(true);
  expect(wasabi.buckets.get('photoarchive')!.versions.some(({ body }) => body.equals(landscape(1)))).toBe(true);
  expect(aws.buckets.get('dropbox')!.versions).toEqual([]);
});

test('a thumbnail waits for nothing but its photo: S3 has it after one GET, before the archive has answered anything', async () => {
  const { versionId, body } = aws.put('dropbox', KEY, landscape(1));
  const written = new Promise<void>((resolve) => {
    aws.before = ({ line }) => { if (line === `PUT thumbnails/${KEY}`) resolve(); };
  });
  wasabi.before = () => written;
  expect(await start()(eventOf(versionId, '01', body.length))).toEqual({ batchItemFailures: [] });
  expect(aws.lines.slice(0, 2)).toEqual([`GET dropbox/${KEY}?versionId`, `PUT thumbnails/${KEY}`]);
});

test('10 000 old versions of a key cost an upload no more than one request, in pages as S3 lists them', async () => {
  const upload = async (oldVersions: number) => {
    for (const store of [aws, wasabi]) store.requests.length = 0;
    for (const bucket of ['dropbox', 'thumbnails']) aws.addBucket(bucket);
    wasabi.addBucket('photoarchive');
    wasabi.versionsPerPage = 1000;
    for (let count = 0; count < oldVersions; count++) wasabi.put('photoarchive', `from-aws/${KEY}`, 'old', {}, new Date('2025-01-01T00:00:00Z'));
    const { versionId } = aws.put('dropbox', KEY, landscape(1));
    expect(await start()(eventOf(versionId))).toEqual({ batchItemFailures: [] });
    expect(wasabi.current('photoarchive', `from-aws/${KEY}`)!.body.equals(landscape(1))).toBe(true);
    return [...aws.lines, ...wasabi.lines];
  };
  const [none, many] = [await upload(0), await upload(10_000)];
  expect(none.filter((line) => line.includes('versions'))).toHaveLength(2); // before and after the copy is stored
  expect(many.length).toBeLessThanOrEqual(none.length + 1);
});

test('an older run leaves a newer upload that waits in the dropbox', async () => {
  const handle = start();
  const older = aws.put('dropbox', KEY, landscape(1));
  const newer = aws.put('dropbox', KEY, landscape(3));
  await handle(eventOf(older.versionId, '01'));
  expect(aws.buckets.get('dropbox')!.versions).toEqual([newer]);
});

test('a repeated event changes nothing', async () => {
  const handle = start();
  const { versionId } = aws.put('dropbox', KEY, landscape(1));
  await handle(eventOf(versionId));
  expect(await handle(eventOf(versionId))).toEqual({ batchItemFailures: [] });
  expect(wasabi.buckets.get('photoarchive')!.versions).toHaveLength(1);
});

describe('thumbnails are made again of the archived original', () => {
  const again = { Records: [{ messageId: 'message-1', body: JSON.stringify({ regenerateThumbnails: { bucket: 'dropbox', key: KEY } }) }] };
  const withThumbnails = (...specs: object[]) => { process.env.THUMBNAILS = JSON.stringify(specs.map((spec) => ({ fit: 'inside', format: 'webp', quality: 80, ...spec }))); };
  const changesOfTheArchive = () => wasabi.requests.filter(({ method }) => !['GET', 'HEAD'].includes(method)).map(({ line }) => line);

  test('after the specs changed, without archiving it again, and without touching the dropbox', async () => {
    await start()(eventOf(aws.put('dropbox', KEY, landscape(6)).versionId));
    const waiting = aws.put('dropbox', KEY, landscape(1)); // a newer upload, whose event has not come yet
    [aws, wasabi].forEach(({ requests }) => requests.splice(0));

    withThumbnails({ width: 128, height: 128 }, { name: 'card', width: 64, height: 64 });
    expect(await start()(again)).toEqual({ batchItemFailures: [] });

    expect(await sharp(aws.current('thumbnails', KEY)!.body).metadata()).toMatchObject({ format: 'webp', width: 128, height: 86 });
    expect(await sharp(aws.current('thumbnails', `card/${KEY}`)!.body).metadata()).toMatchObject({ width: 64, height: 43 });
    expect(wasabi.buckets.get('photoarchive')!.versions).toHaveLength(1);
    expect(changesOfTheArchive()).toEqual([]);
    expect(aws.requests.filter(({ bucket }) => bucket === 'dropbox')).toEqual([]);
    expect(aws.buckets.get('dropbox')!.versions).toEqual([waiting]);
  });

  test('twice, with the same result', async () => {
    const handle = start();
    await handle(eventOf(aws.put('dropbox', KEY, landscape(6)).versionId));
    await handle(again);
    const first = aws.current('thumbnails', KEY)!;
    expect(await handle(again)).toEqual({ batchItemFailures: [] });
    expect(aws.current('thumbnails', KEY)!.body.equals(first.body)).toBe(true);
    expect(wasabi.buckets.get('photoarchive')!.versions).toHaveLength(1);
  });

  test('and never over those of a newer upload', async () => {
    const handle = start();
    await handle(eventOf(aws.put('dropbox', KEY, landscape(6)).versionId, '01'));
    const older = [...wasabi.buckets.get('photoarchive')!.versions];
    await handle(eventOf(aws.put('dropbox', KEY, landscape(3)).versionId, '02'));
    const newest = aws.current('thumbnails', KEY)!;
    wasabi.buckets.get('photoarchive')!.versions = older; // as if the archive had been listed before

    expect(await handle(again)).toEqual({ batchItemFailures: [] });
    expect(aws.current('thumbnails', KEY)).toBe(newest);
  });

  test('but not of a copy that was tampered with', async () => {
    const handle = start();
    await handle(eventOf(aws.put('dropbox', KEY, landscape(6)).versionId));
    aws.buckets.get('thumbnails')!.versions = [];
    wasabi.current('photoarchive', `from-aws/${KEY}`)!.body = landscape(3);
    expect(await handle(again)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(aws.buckets.get('thumbnails')!.versions).toEqual([]);
    expect(output.join()).toContain('the archive has no sound copy');
  });
});

test('what is no photo stays in the dropbox, tagged, and pages nobody', async () => {
  const handle = start();
  const dropped = aws.put('dropbox', KEY, 'not a photo');

  expect(await handle(eventOf(dropped.versionId))).toEqual({ batchItemFailures: [] });

  expect(dropped.tags).toEqual({ 'cdk-mainstay:rejected': 'unsupported-format' });
  expect(aws.buckets.get('dropbox')!.versions).toEqual([dropped]);
  expect(wasabi.buckets.get('photoarchive')!.versions).toEqual([]);
  expect(services.requests.filter(({ target }) => target.startsWith('AmazonSQS'))).toEqual([]);
  expect(output.join()).toContain('PhotosRejected');
});

test('a message that is no event of S3 goes to the dead letters: whoever sends it must be found', async () => {
  expect(await start()({ Records: [{ messageId: 'message-1', body: 'hello' }] })).toEqual({ batchItemFailures: [] });
  expect(services.requests.filter(({ target }) => target.startsWith('AmazonSQS'))).toEqual([{
    target: 'AmazonSQS.SendMessage',
    input: {
      QueueUrl: process.env.DEAD_LETTER_QUEUE_URL,
      MessageBody: 'hello',
      MessageAttributes: { reason: { DataType: 'String', StringValue: 'malformed-event' } },
    },
  }]);
});

test('a photo of which the end is missing is rejected, and the archive has the sound one of its key on top', async () => {
  const handle = start();
  await handle(eventOf(aws.put('dropbox', KEY, landscape(1)).versionId, '01'));
  const damaged = aws.put('dropbox', KEY, landscape(1).subarray(0, 100_000));
  expect(await handle(eventOf(damaged.versionId, '02'))).toEqual({ batchItemFailures: [] });
  expect(damaged.tags).toEqual({ 'cdk-mainstay:rejected': 'corrupt' });
  expect(wasabi.buckets.get('photoarchive')!.versions.map(({ body }) => body.equals(landscape(1)))).toEqual([true]);
});

test('what the archive refuses each time is rejected at the last try, which the receive count tells', async () => {
  const handle = start();
  wasabi.before = ({ method }) => (method === 'PUT' ? { status: 400, body: '<Error><Code>InvalidArgument</Code><Message>not this name</Message></Error>' } : undefined);
  const dropped = aws.put('dropbox', KEY, landscape(1));
  const received = (count: number) => handle({ Records: [{ ...eventOf(dropped.versionId).Records[0], attributes: { ApproximateReceiveCount: `${count}` } }] });
  expect((await received(9)).batchItemFailures).toHaveLength(1);
  expect(dropped.tags).toEqual({});
  expect((await received(10)).batchItemFailures).toEqual([]);
  expect(dropped.tags).toEqual({ 'cdk-mainstay:rejected': 'refused-by-archive' });
  expect(aws.buckets.get('dropbox')!.versions).toEqual([dropped]);
});

test('a rotated secret is read again; neither the old nor the new one is ever logged', async () => {
  const handle = start();
  wasabi.before = ({ headers }) => headers.authorization.includes('WASABIKEY2')
    ? undefined
    : { status: 403, body: '<Error><Code>InvalidAccessKeyId</Code><Message>unknown key</Message></Error>' };

  const first = aws.put('dropbox', KEY, landscape(1));
  expect((await handle(eventOf(first.versionId))).batchItemFailures).toHaveLength(1);
  expect(aws.buckets.get('dropbox')!.versions).toEqual([first]);

  services.answers['secretsmanager.GetSecretValue'] = () => ({ SecretString: JSON.stringify({ ...SECRET, WASABI_ACCESS: 'WASABIKEY2' }) });
  expect((await handle(eventOf(first.versionId))).batchItemFailures).toEqual([]);
  expect(aws.buckets.get('dropbox')!.versions).toEqual([]);

  expect(output.join()).toContain('InvalidAccessKeyId');
  expect(output.join()).toContain('PhotosArchived');
  expect(output.join()).not.toMatch(/WASABIKEY|s3cr3t/);
});

test('who listens is told of outcomes', async () => {
  Object.assign(process.env, { EVENT_BUS: 'photos', AWS_ENDPOINT_URL_EVENTBRIDGE: services.url });
  services.answers['AWSEvents.PutEvents'] = () => ({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
  await start()(eventOf(aws.put('dropbox', KEY, landscape(1)).versionId));
  const [{ input }] = services.requests.filter(({ target }) => target === 'AWSEvents.PutEvents');
  expect(input.Entries[0]).toMatchObject({ EventBusName: 'photos', DetailType: 'Photo Archived' });
});

describe('a service that never answers costs a photo, and not the whole run', () => {
  const never = () => new Promise<never>(() => undefined);

  beforeEach(() => jest.doMock('../../../../lambda/shared/request-timeouts', () => ({
    REQUEST_TIMEOUTS: { requestTimeout: 50, throwOnRequestTimeout: true }, // as long as nobody wants to wait for a test
  })));

  afterEach(() => jest.dontMock('../../../../lambda/shared/request-timeouts'));

  test.each([
    ['the dropbox', 'AWS_ENDPOINT_URL_S3', landscape(1)],
    ['the secret', 'AWS_ENDPOINT_URL_SECRETS_MANAGER', landscape(1)],
  ])('%s', async (_, address, content) => {
    const silent = await S3Server.start();
    silent.before = never;
    process.env[address] = silent.url;
    const { versionId } = aws.put('dropbox', KEY, content);
    try {
      expect(await start()(eventOf(versionId))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    } finally {
      await silent.stop();
    }
  });

  test('the dead-letter queue', async () => {
    const silent = await S3Server.start();
    silent.before = never;
    process.env.DEAD_LETTER_QUEUE_URL = silent.url;
    try {
      expect(await start()({ Records: [{ messageId: 'message-1', body: 'hello' }] })).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    } finally {
      await silent.stop();
    }
  });

  test('the archive', async () => {
    wasabi.before = never;
    const { versionId } = aws.put('dropbox', KEY, landscape(1));
    expect(await start()(eventOf(versionId))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
  });
});

test('a wrong setting fails the cold start and names itself', () => {
  process.env.MAX_INPUT_PIXELS = 'many';
  expect(start).toThrow('environment variable MAX_INPUT_PIXELS must be');
});
