import { unpackBundle } from './function-process';
import { table, violationsOf } from './report';
import { soak } from './soak';
import { Emulators, startEmulators } from '../emulator/emulators';

let emulators: Emulators;

beforeAll(async () => {
  emulators = await startEmulators();
});

afterAll(() => emulators?.stop());

test('users upload, overwrite and delete while whatever can go wrong does: with none of three seeds anything that must not be', async () => {
  const bundle = unpackBundle(emulators.folder);
  // Side by side: most of the time is waiting for what is tried again.
  const soaks = await Promise.all([1, 2, 3].map(async (seed) => {
    const photos = 15;
    return { seed, photos, report: await soak({ emulators, bundle, photos, seed, faults: 0.2, functions: 2 }) };
  }));
  console.log(table(soaks));
  expect(soaks.flatMap(({ seed, report }) => violationsOf(report).map((violation) => `seed ${seed}: ${violation}`))).toEqual([]);
  for (const { report: { underFaults, afterRedrive, faults } } of soaks) {
    expect(Object.keys(faults).length).toBeGreaterThan(4);
    expect(underFaults.counts.archived).toBeGreaterThan(0);
    expect(afterRedrive.counts.archived + afterRedrive.counts.rejected + afterRedrive.counts.removedByUser).toBe(15);
  }
});
