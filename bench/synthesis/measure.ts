import { join } from 'path';
import { setFlagsFromString } from 'v8';
import { runInNewContext } from 'vm';
import { type Contenders, contenders } from './contenders';
import { Cost, profile } from './profile';
import { isMissed, Measurement, SIZES, Way } from './report';
import { resourcesOf, synthesize, Synthesis } from './synthesize';

/** So many apps are a run: a small one by itself takes too little time. */
const APPS: Record<number, number> = { 1: 5, 10: 1, 100: 1 };
const WAYS: Way[] = ['ours', 'byHand'];
const COSTS = 12;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc'); // of one before the other is measured

/** One construct, in a process that measures nothing else. */
export function measure(name: string, rounds: number): Measurement {
  const library = join(__dirname, '..', '..', 'lib');
  const contender = contenders(require(join(library, 'index.js')))[name]; // eslint-disable-line @typescript-eslint/no-require-imports
  const resources = requireSameResources(name, contender);
  const runs = SIZES.map((size) => ({ size, milliseconds: interleaved(contender, size, rounds) }));
  const [one, other] = WAYS.map((way) => synthesize(contender[way], 1));
  const templateBytes = { ours: one.templateBytes, byHand: other.templateBytes, withoutMetadata: bytesWithoutMetadata(one) };
  const measurement = { name, resources, runs, templateBytes };
  return { ...measurement, costs: isMissed(measurement) ? costsOf(contender, library) : [] };
}

/** @returns their number in an app of one */
function requireSameResources(name: string, { ours, byHand }: Contenders): number {
  for (const count of [1, 2]) {
    const [one, other] = [ours, byHand].map((build) => resourcesOf(synthesize(build, count)));
    const differences = [...one.filter((each) => !other.includes(each)), ...other.filter((each) => !one.includes(each))];
    if (one.join('\n') !== other.join('\n')) throw new Error(`${name}: ${one.length} resources are not the ${other.length} by hand: ${differences.join(', ') || 'other numbers'}`);
  }
  return resourcesOf(synthesize(ours, 1)).length;
}

function interleaved(contender: Contenders, size: number, rounds: number): Record<Way, number[]> {
  const milliseconds: Record<Way, number[]> = { ours: [], byHand: [] };
  const warmUp = size > 10 ? 0 : 2;
  for (let round = -warmUp; round < rounds; round++) {
    for (const way of round % 2 === 0 ? WAYS : [...WAYS].reverse()) {
      collectGarbage();
      const apps = Array.from({ length: APPS[size] }, () => synthesize(contender[way], size).milliseconds);
      if (round >= 0) milliseconds[way].push(apps.reduce((sum, each) => sum + each) / apps.length);
    }
  }
  return milliseconds;
}

/** The acknowledgements for rule packs. */
function bytesWithoutMetadata({ template }: Synthesis): number {
  return Buffer.byteLength(JSON.stringify(template, (key, value) => (key === 'Metadata' ? undefined : value), 1));
}

function costsOf({ ours }: Contenders, library: string): Cost[] {
  return profile(library, () => synthesize(ours, 50)).slice(0, COSTS);
}

const [name, rounds] = process.argv.slice(2);
process.stdout.write(JSON.stringify(measure(name, Number(rounds))));
