import { createHash } from 'crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SqsPhotoQueue } from '../../../../lambda/photos/reconciler/photo-queue';
import { JsonServer } from '../../fixtures/json-server';

let server: JsonServer;
let queue: SqsPhotoQueue;

beforeEach(async () => {
  server = await JsonServer.start();
  const client = new SQSClient({ endpoint: server.url, region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  queue = new SqsPhotoQueue(client, `${server.url}/123456789012/photos`);
});

afterEach(() => server.stop());

test('tells how many messages wait, and since when the queue exists', async () => {
  server.answers['AmazonSQS.GetQueueAttributes'] = ({ AttributeNames: [name] }) => ({ Attributes: { [name]: name === 'CreatedTimestamp' ? '1767225600' : '42' } });
  expect(await queue.waiting()).toBe(42);
  expect(await queue.createdAt()).toEqual(new Date('2026-01-01T00:00:00Z'));
  expect(server.requests.map(({ input }) => input.AttributeNames)).toEqual([['ApproximateNumberOfMessages'], ['CreatedTimestamp']]);
});

test('sends in batches of ten', async () => {
  server.answers['AmazonSQS.SendMessageBatch'] = ({ Entries }) => ({
    Successful: Entries.map(({ Id, MessageBody }: any) => ({ Id, MessageId: Id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') })),
  });
  await queue.send(Array.from({ length: 21 }, (_, index) => `message ${index}`));
  expect(server.requests.map(({ input }) => input.Entries.length)).toEqual([10, 10, 1]);
  expect(server.requests.flatMap(({ input }) => input.Entries.map(({ MessageBody }: any) => MessageBody))).toEqual(Array.from({ length: 21 }, (_, index) => `message ${index}`));
});

test('a message that is not taken is an error', async () => {
  server.answers['AmazonSQS.SendMessageBatch'] = () => ({ Failed: [{ Id: '1', Code: 'InternalError', Message: 'try again', SenderFault: false }] });
  await expect(queue.send(['a', 'b'])).rejects.toThrow('the queue did not take 1 of 2 messages: InternalError: try again');
});
