import { SSMClient } from '@aws-sdk/client-ssm';
import { NO_WALK, SsmWalkMemory } from '../../../../lambda/photos/reconciler/walk-memory';
import { JsonServer } from '../../fixtures/json-server';

let server: JsonServer;
let memory: SsmWalkMemory;
let value: string;

beforeEach(async () => {
  server = await JsonServer.start();
  value = NO_WALK;
  server.answers['AmazonSSM.GetParameter'] = ({ Name }) => ({ Parameter: { Name, Value: value } });
  server.answers['AmazonSSM.PutParameter'] = ({ Value }) => {
    value = Value;
    return { Version: 2 };
  };
  const client = new SSMClient({ endpoint: server.url, region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
  memory = new SsmWalkMemory(client, 'walk');
});

afterEach(() => server.stop());

test('knows of no walk as it is deployed', async () => {
  expect(await memory.read()).toBeUndefined();
});

test.each([
  [{ continueAfter: 'photos/a.jpg', oldest: new Date('2026-01-01T00:00:00Z') }],
  [{ continueAfter: '' }],
  [{ continueAfter: 'photos/{{ssm:x}} "Grüße"\n.jpg' }],
])('reads what was written: %j', async (walk) => {
  await memory.write(walk);
  expect(await memory.read()).toEqual(walk);
});

test('forgets a walk, and then is again as it was deployed', async () => {
  await memory.write({ continueAfter: 'a' });
  await memory.write(undefined);
  expect(value).toBe('{}');
  expect(await memory.read()).toBeUndefined();
  expect(server.requests[0]).toMatchObject({ target: 'AmazonSSM.PutParameter', input: { Name: 'walk', Overwrite: true } });
});

test('the longest key fits, and nothing is written that a parameter does not take', async () => {
  await memory.write({ continueAfter: '{'.repeat(1024), oldest: new Date() });
  expect(value.length).toBeLessThan(4096);
  expect(value).not.toContain('{{');
});
