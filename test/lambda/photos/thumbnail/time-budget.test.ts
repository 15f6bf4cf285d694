import { Readable } from 'stream';
import { text } from 'stream/consumers';
import { setTimeout } from 'timers/promises';
import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';
import { BudgetedRequests } from '../../../../lambda/photos/thumbnail/budgeted-requests';
import { OutOfTime, TimeBudget } from '../../../../lambda/photos/thumbnail/time-budget';
import { S3Server } from '../../fixtures/s3-server';

let server: S3Server;
let client: S3Client;
const budget = new TimeBudget();

beforeEach(async () => {
  server = await S3Server.start();
  server.addBucket('dropbox');
  server.put('dropbox', 'a', Buffer.alloc(3_000_000));
  client = new S3Client({
    endpoint: server.url, region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, requestHandler: new BudgetedRequests(budget),
  });
});

afterEach(async () => {
  jest.useRealTimers();
  await server.stop();
});

const get = async () => (await client.send(new GetObjectCommand({ Bucket: 'dropbox', Key: 'a' }))).Body as Readable;
const milliseconds = async (work: Promise<unknown>) => {
  const started = performance.now();
  await work;
  return performance.now() - started;
};

test('in time, requests are as they always are', async () => {
  const inTime = budget.begin(60_000); // the first request loads what clients load later, which takes seconds on a busy machine
  expect((await text(await get())).length).toBe(3_000_000);
  inTime();
});

test('a run that ended leaves nothing that would end requests of later ones, and one that did not end them', () => {
  jest.useFakeTimers();
  budget.begin(2_000)();
  jest.advanceTimersByTime(2_000);
  expect(budget.signal.aborted).toBe(false);

  budget.begin(2_000);
  jest.advanceTimersByTime(2_000);
  expect(budget.signal.aborted).toBe(true);
});

test('a request without an answer ends when the time is up, and is not tried again', async () => {
  server.before = () => setTimeout(5_000);
  budget.begin(500);
  expect(await milliseconds(expect(get()).rejects.toThrow('abort'))).toBeLessThan(1_000);
  expect(server.requests).toHaveLength(1);
  expect(budget.signal.reason).toBeInstanceOf(OutOfTime);
});

test('an answer that stalls on its way ends when the time is up', async () => {
  server.before = () => ({ status: 200, headers: { 'content-length': '5000000' }, body: Buffer.alloc(3_000_000), isHeldOpen: true });
  budget.begin(150);
  const body = await get();
  expect(await milliseconds(expect(text(body)).rejects.toThrow('abort'))).toBeLessThan(1_000);
});

test('a run that begins after its time is up asks for nothing', async () => {
  budget.begin(-1);
  await setTimeout(5);
  await expect(get()).rejects.toThrow('abort');
  expect(server.requests).toEqual([]);
});

test('the end of a run does not end the next', async () => {
  budget.begin(-1);
  await setTimeout(5);
  budget.begin(10_000)();
  expect((await text(await get())).length).toBe(3_000_000);
});
