import { corpus } from './corpus';
import { mutant } from './mutate';
import { render, SPECS } from './render';
import { Rejection } from '../../lambda/photos/thumbnail/rejection';
import { peakMegabytes } from '../lambda/fixtures/peak-memory';

/** What the parent is told: which one is under way, and what became of it. */
export type Told =
  | { readonly started: number }
  | ({ readonly ended: number; readonly milliseconds: number; readonly megabytes: number } & Outcome);

interface Outcome {
  readonly outcome: string;
  readonly error?: string;
  /** For the parent to look at. */
  readonly thumbnails?: Uint8Array[];
}

async function run([seed, from, step, to]: number[]): Promise<void> {
  const files = await corpus();
  for (let index = from; index < to; index += step) {
    const bytes = mutant(files, seed, index);
    await tell({ started: index });
    const started = performance.now();
    const outcome = await outcomeOf(bytes);
    await tell({ ended: index, ...outcome, milliseconds: Math.round(performance.now() - started), megabytes: peakMegabytes() });
  }
}

async function outcomeOf(bytes: Buffer): Promise<Outcome> {
  try {
    const thumbnails = await render(bytes, SPECS.slice(0, 1 + bytes.length % 2)); // by turns one and two, which take different ways
    return thumbnails.length > 0 ? { outcome: 'thumbnail', thumbnails } : { outcome: 'no thumbnail' };
  } catch (error) {
    return error instanceof Rejection ? { outcome: error.reason } : { outcome: 'error', error: String((error as Error)?.stack ?? error) };
  }
}

function tell(message: Told): Promise<void> {
  return new Promise((resolve) => process.send!(message, () => resolve()));
}

void run(process.argv.slice(2).map(Number)).then(() => process.disconnect());
