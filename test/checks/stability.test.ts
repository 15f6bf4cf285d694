import { readFileSync } from 'fs';
import { losses, RECORD, StatefulResources, statefulResources } from './stability';

const COMMAND = 'npx ts-node --project tsconfig.dev.json test/checks/stability.ts';
const recorded: StatefulResources = JSON.parse(readFileSync(RECORD, 'utf8'));
const now = statefulResources();

test('no user loses a bucket, queue, key or log by an upgrade', () => {
  expect(losses(recorded, now)).toEqual([]);
});

test(`everything that holds data is on record (else: ${COMMAND})`, () => {
  const ids = (resources: StatefulResources) => Object.entries(resources).flatMap(([variant, byId]) => Object.keys(byId).map((id) => `${variant}: ${id}`)).sort();
  expect(ids(now)).toEqual(ids(recorded));
});

test('a moved id and a property that replaces are noticed', () => {
  const [id] = Object.keys(now.SecureQueue);
  const without = { ...now, SecureQueue: Object.fromEntries(Object.entries(now.SecureQueue).filter(([other]) => other !== id)) };
  const renamed = { ...now, SecureQueue: { ...now.SecureQueue, [id]: 'AWS::SQS::Queue QueueName=other' } };

  expect(losses(recorded, without)).toEqual([expect.stringContaining(`SecureQueue: AWS::SQS::Queue ${id} is gone`)]);
  expect(losses(recorded, renamed)).toEqual([expect.stringContaining('would be replaced by an empty one')]);
});
