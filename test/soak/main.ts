import { parseArgs } from 'util';
import { unpackBundle } from './function-process';
import { table, violationsOf } from './report';
import { soak } from './soak';
import { startEmulators } from '../emulator/emulators';

type Step = <T>(name: string, work: (show: (detail: string) => void) => Promise<T>) => Promise<T>;

/** @returns whether nothing was found that must not be */
export async function run(step: Step, parameters: string[]): Promise<boolean> {
  const { values } = parseArgs({
    args: parameters,
    options: {
      photos: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      faults: { type: 'string', default: '0.2' },
      functions: { type: 'string', default: '3' },
    },
  });
  const [photos, seed, faults] = [numberIn(values, 'photos', 1, 100_000), numberIn(values, 'seed', 0, 2 ** 31), numberIn(values, 'faults', 0, 0.5)];
  const functions = numberIn(values, 'functions', 1, 20);
  const emulators = await step('starting the emulated account and the store', startEmulators);
  const stop = () => void emulators.stop().finally(() => process.exit(1));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let isClean = false;
  try {
    const report = await step(`${photos} photos, seed ${seed}, faults ${faults}`, (show) =>
      soak({ emulators, bundle: unpackBundle(emulators.folder), photos, seed, faults, functions, show }));
    console.log(`\n${table([{ seed, photos, report }])}\n`);
    const violations = violationsOf(report);
    violations.forEach((violation) => console.log(`VIOLATION: ${violation}`));
    isClean = violations.length === 0;
    if (!isClean) {
      console.log(`\nagain: npm run soak -- --photos ${photos} --seed ${seed} --faults ${faults} --functions ${functions}`);
      console.log(`the functions' logs: ${emulators.folder}/functions`);
    }
  } finally {
    await emulators.stop(!isClean);
  }
  return isClean;
}

function numberIn(values: Record<string, string>, name: string, least: number, most: number): number {
  const value = Number(values[name]);
  if (!(value >= least && value <= most)) throw new Error(`--${name} must be a number from ${least} to ${most}, got ${values[name]}`);
  return value;
}
