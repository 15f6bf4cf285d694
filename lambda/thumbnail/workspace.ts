import { setImmediate } from 'timers/promises';
import { Semaphore } from 'async-mutex';

/**
 * The memory of the function, shared by the photos of a batch: together they hold no more bytes, and decode no more pixels, than one
 * photo of the largest size may. So they can wait for the network side by side, and a batch needs no more memory than a photo.
 */
export class Workspace {
  private readonly bytes: Semaphore;
  private readonly pixels: Semaphore;

  constructor(private readonly maxBytes: number, private readonly maxPixels: number) {
    this.bytes = new Semaphore(maxBytes);
    this.pixels = new Semaphore(maxPixels);
  }

  /**
   * Runs with room for so many bytes, or for as many as there are at all; of unknown size counts as that. The small go before the large: one
   * that takes longer than a run may last would otherwise keep the same photos waiting in each run, until all are dead letters.
   */
  public async holding<T>(bytes: number = this.maxBytes, work: (room: number) => Promise<T>): Promise<T> {
    const room = share(bytes, this.maxBytes);
    if (room === this.maxBytes) await setImmediate(); // the others of its batch may not have come yet
    return this.bytes.runExclusive(() => work(room), room, -room);
  }

  public decoding<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    return this.pixels.runExclusive(work, share(pixels, this.maxPixels));
  }
}

function share(wanted: number, all: number): number {
  return Math.min(Math.max(1, wanted), all);
}
