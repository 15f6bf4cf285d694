import { corpus } from './corpus';
import { mutant } from './mutate';
import { inspect, isTooLargeToDecode } from '../../lambda/photos/thumbnail/inspect';
import { Rejection } from '../../lambda/photos/thumbnail/rejection';
import { renderThumbnails, ThumbnailSpec } from '../../lambda/photos/thumbnail/thumbnail';
import { peakMegabytes } from '../lambda/fixtures/peak-memory';

/** What the parent is told: which one is under way, and what became of it. */
export type Told =
  | { readonly started: number }
  | { readonly ended: number; readonly outcome: string; readonly error?: string; readonly milliseconds: number; readonly megabytes: number };

const MAX_PIXELS = 100_000_000;
const SPECS: ThumbnailSpec[] = [
  { fit: 'inside', width: 32, height: 32, format: 'source' },
  { fit: 'cover', width: 8, height: 8, format: 'webp' },
];

async function run([seed, from, step, to]: number[]): Promise<void> {
  const files = await corpus();
  for (let index = from; index < to; index += step) {
    const bytes = mutant(files, seed, index);
    await tell({ started: index });
    const started = performance.now();
    const result = await render(bytes).catch((error) =>
      error instanceof Rejection ? { outcome: error.reason } : { outcome: 'error', error: String(error?.stack ?? error) });
    await tell({ ended: index, ...result, milliseconds: Math.round(performance.now() - started), megabytes: peakMegabytes() });
  }
}

/** By turns one thumbnail and two, which take different ways. */
async function render(bytes: Buffer): Promise<{ outcome: string }> {
  const photo = await inspect(bytes);
  if (isTooLargeToDecode(photo, MAX_PIXELS)) return { outcome: 'no thumbnail' };
  const specs = SPECS.slice(0, 1 + bytes.length % 2);
  const thumbnails = await renderThumbnails(bytes, photo, specs, MAX_PIXELS);
  thumbnails.forEach(({ width, height, bytes: { length } }, index) => {
    if (width > specs[index].width! || height > specs[index].height! || length === 0) throw new Error(`a thumbnail of ${width} × ${height} with ${length} bytes`);
  });
  return { outcome: 'thumbnail' };
}

function tell(message: Told): Promise<void> {
  return new Promise((resolve) => process.send!(message, () => resolve()));
}

void run(process.argv.slice(2).map(Number)).then(() => process.disconnect());
