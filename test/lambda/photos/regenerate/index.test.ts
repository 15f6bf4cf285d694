import { createHash } from 'crypto';
import { JsonServer } from '../../fixtures/json-server';
import { PhotoServices } from '../../fixtures/photo-services';
import { S3Server } from '../../fixtures/s3-server';

const context = { getRemainingTimeInMillis: () => 300_000 };

let photoServices: PhotoServices;
let wasabi: S3Server;
let services: JsonServer;
let output: string[];
let handler: (event: object, context: object) => Promise<object>;

beforeEach(async () => {
  photoServices = await PhotoServices.start({ WASABI_ACCESS: 'WASABIKEY', WASABI_SECRET: 's3cr3t' });
  ({ wasabi, services, output } = photoServices);
  services.answers['AmazonSQS.GetQueueAttributes'] = () => ({ Attributes: { ApproximateNumberOfMessages: '0' } });
  services.answers['AmazonSQS.SendMessageBatch'] = ({ Entries }) => ({
    Successful: Entries.map(({ Id, MessageBody }: any) => ({ Id, MessageId: Id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') })),
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SQS: services.url,
    ARCHIVE_SECRET_ID: 'demo/wasabi/access',
    SOURCE_BUCKET: 'dropbox',
    UPLOAD_PREFIX: 'photos/',
    PHOTO_QUEUE_URL: `${services.url}/123456789012/photos`,
  });
  jest.resetModules();
  ({ handler } = jest.requireActual('../../../../lambda/photos/regenerate'));
});

afterEach(() => photoServices.stop());

const sent = () => services.requests.filter(({ target }) => target === 'AmazonSQS.SendMessageBatch')
  .flatMap(({ input }) => input.Entries.map(({ MessageBody }: any) => JSON.parse(MessageBody)));

test('the deployed function queues what is in the archive under the prefix, and only lists there', async () => {
  for (const key of ['photos/a.jpg', 'photos/\uE5CA1F600;.jpg', 'photos/a.jpg', 'invoices/b.pdf']) wasabi.put('photoarchive', `from-aws/${key}`, 'x');

  expect(await handler({ prefix: 'photos/' }, context)).toEqual({ queued: 2, deleted: 0 });
  expect(sent()).toEqual(['photos/a.jpg', 'photos/😀.jpg'].map((key) => ({ regenerateThumbnails: { bucket: 'dropbox', key } })));
  expect([...new Set(wasabi.requests.map(({ method, key }) => `${method} ${key}`))]).toEqual(['GET ']); // of the bucket, and of nothing in it
  expect(output.join()).toContain('archived photos queued for their thumbnails');
  expect(output.join()).not.toMatch(/WASABIKEY|s3cr3t/);
});

test('what is not asked for rightly is refused before anything is asked of the archive', async () => {
  await expect(handler({}, context)).rejects.toThrow('a regeneration takes { prefix }');
  await expect(handler({ prefix: 'invoices/' }, context)).rejects.toThrow("'prefix' must begin with 'photos/'");
  expect([wasabi.requests, sent()]).toEqual([[], []]);
});
