import { setImmediate } from 'timers/promises';
import { Semaphore } from 'async-mutex';

/** What is shared out is counted in thousandths: a semaphore of async-mutex takes time at each release for each one that it has free. */
const SHARES = 1000;

/**
 * The memory of the function, shared by the photos of a batch: together they hold no more bytes, and decode no more pixels, than one
 * photo of the largest size may. So they can wait for the network side by side, and a batch needs no more memory than a photo.
 */
export class MemoryBudget {
  private readonly bytes = new Semaphore(SHARES);
  private readonly pixels = new Semaphore(SHARES);

  constructor(private readonly maxBytes: number, private readonly maxPixels: number) {}

  /**
   * Runs with room for so many bytes, or for as many as there are at all; of unknown size counts as that. The small go before the large: one
   * that takes longer than a run may last would otherwise keep the same photos waiting in each run, until all are dead letters.
   */
  public async withBytes<T>(bytes: number = this.maxBytes, work: (room: number) => Promise<T>): Promise<T> {
    const room = Math.min(Math.max(1, bytes), this.maxBytes);
    if (room === this.maxBytes) await setImmediate(); // the others of its batch may not have come yet
    const weight = shares(room, this.maxBytes);
    return this.bytes.runExclusive(() => work(room), weight, -weight);
  }

  public withPixels<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    return this.pixels.runExclusive(work, shares(pixels, this.maxPixels));
  }
}

/** Rounded up: together they are never more than all. */
function shares(wanted: number, all: number): number {
  return Math.min(Math.max(1, Math.ceil(wanted / all * SHARES)), SHARES);
}
