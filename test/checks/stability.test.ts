import { readFileSync } from 'fs';
import { RECORD, StatefulResources, statefulResources } from './stability';

const COMMAND = 'npx ts-node --project test/tsconfig.json test/checks/stability.ts';
const recorded: StatefulResources = JSON.parse(readFileSync(RECORD, 'utf8'));

/** What would be lost in the accounts of users, in words. */
function losses(before: StatefulResources, now: StatefulResources): string[] {
  return Object.entries(before).flatMap(([variant, resources]) => Object.entries(resources).flatMap(([id, { type, replacedBy }]) => {
    const present = now[variant]?.[id];
    if (!present || present.type !== type) {
      return [`${variant}: ${type} ${id} is gone. CloudFormation would drop it and what it holds from every user's stack. Keep the ids of the constructs above ` +
        'it, or make it a breaking change with a migration note: how to import the old one, or to keep its id by overrideLogicalId().'];
    }
    if (JSON.stringify(present.replacedBy) !== JSON.stringify(replacedBy)) {
      return [`${variant}: ${type} ${id} would be replaced by an empty one: ${JSON.stringify(replacedBy)} became ${JSON.stringify(present.replacedBy)}. ` +
        'Keep the value, or make it a breaking change with a migration note.'];
    }
    return [];
  }));
}

test('no user loses a bucket, queue, key or log by an upgrade', () => {
  expect(losses(recorded, statefulResources())).toEqual([]);
});

test(`everything that holds data is on record (else: ${COMMAND})`, () => {
  const ids = (resources: StatefulResources) => Object.entries(resources).flatMap(([variant, byId]) => Object.keys(byId).map((id) => `${variant}: ${id}`)).sort();
  expect(ids(statefulResources())).toEqual(ids(recorded));
});

test('a moved id and a property that replaces are noticed', () => {
  const now = statefulResources();
  const [[id, queue]] = Object.entries(now.SecureQueue);
  const without = { ...now, SecureQueue: Object.fromEntries(Object.entries(now.SecureQueue).filter(([other]) => other !== id)) };
  const renamed = { ...now, SecureQueue: { ...now.SecureQueue, [id]: { ...queue, replacedBy: { QueueName: 'other' } } } };

  expect(losses(recorded, without)).toEqual([expect.stringContaining(`SecureQueue: AWS::SQS::Queue ${id} is gone`)]);
  expect(losses(recorded, renamed)).toEqual([expect.stringContaining('would be replaced by an empty one')]);
});
