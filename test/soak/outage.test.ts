import { audit } from './audit';
import { EventSourceMapping } from './event-source-mapping';
import { unpackBundle } from './function-process';
import { NO_VIOLATIONS } from './one-photo';
import { PhotoSystem } from './photo-system';
import { upload } from './uploads';
import { Emulators, startEmulators } from '../emulator/emulators';
import { eventually } from '../emulator/eventually';

let emulators: Emulators;

beforeAll(async () => {
  emulators = await startEmulators();
});

afterAll(() => emulators?.stop());

// By default, a message is hidden for twelve minutes and received ten times: an hour is five times that. Here it is hidden for two seconds.
test('Wasabi away for an hour: nothing is lost, nothing becomes a dead letter, and all is archived after', async () => {
  const system = await PhotoSystem.create({ name: 'outage', emulators, bundle: unpackBundle(emulators.folder), visibilitySeconds: 2 });
  system.plan = ({ place }) => place === 'store' ? 'reset' : undefined;
  const mapping = EventSourceMapping.start(system, { concurrency: 1 });
  const uploads = await Promise.all([1, 2, 3].map((number) => upload(system, 1, number, 'photo', `photos/${number}.jpg`)));
  await eventually('the first run', async () => mapping.runs.length > 0 || undefined);
  await new Promise((resolve) => setTimeout(resolve, 5 * 2000));

  expect(system.journal.successes('account', 'DeleteObject')).toEqual([]);
  expect(await system.queueSize(system.deadLetterQueueUrl)).toBe(0);
  system.plan = () => undefined;
  await eventually('the queue becomes empty', async () => await system.queueSize() === 0 || undefined, 60);
  await mapping.stop();

  expect(mapping.runs.length).toBeGreaterThan(3);
  expect(await system.drain(system.deadLetterQueueUrl)).toEqual([]);
  const { violations, counts } = await audit(system, uploads, []);
  expect(violations).toEqual(NO_VIOLATIONS);
  expect(counts.archived).toBe(3);
});
