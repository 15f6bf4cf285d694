import { join } from 'path';
import { Worker } from 'worker_threads';
import sharp from 'sharp';
import { NamedColours, profileOf, widePrimaries } from './colour';
import { readMetadata } from './decoders';
import { Rejection, RejectionReason } from './rejection';
import { type Pixels, uncompressedTiff } from './uncompressed-tiff';

export interface HeicBounds {
  /** How many pixels become one in each direction, 1 to 16. */
  readonly shrink: number;
  readonly maxPixels: number;
  readonly maxSeconds: number;
}

/** What the worker answers: docs/decisions/heic-decoder.md */
type Answer = Pixels & { readonly colours?: NamedColours } | { readonly reason: RejectionReason; readonly detail: string };

interface Task extends Omit<HeicBounds, 'maxSeconds'> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly maxMemoryBytes: number;
}

/** As for the other formats at their worst; and what the decoder takes for itself. */
const BYTES_PER_PIXEL = 8;
const DECODER_BYTES = 64 * 2 ** 20;

/**
 * The primary picture of a HEIC, as a file that sharp can read. Its pixels are decoded in a thread that is started for it alone: what a
 * hostile file does to the decoder ends with it.
 */
export async function decodeHeic(bytes: Uint8Array, bounds: HeicBounds): Promise<Buffer> {
  const { icc } = await readMetadata(sharp(bytes, { limitInputPixels: false }));
  const answer = await inWorker({
    bytes: Uint8Array.from(bytes), // the thread's own: it is handed over, and not copied again
    shrink: bounds.shrink,
    maxPixels: bounds.maxPixels,
    maxMemoryBytes: DECODER_BYTES + bytes.length + bounds.maxPixels * BYTES_PER_PIXEL,
  }, bounds.maxSeconds);
  if ('reason' in answer) throw new Rejection(answer.reason, `the photo cannot be decoded: ${answer.detail}`);
  const primaries = answer.colours && widePrimaries(answer.colours);
  return uncompressedTiff(answer, icc ?? (primaries === undefined ? undefined : profileOf(primaries)));
}

async function inWorker(task: Task, maxSeconds: number): Promise<Answer> {
  const worker = new Worker(join(__dirname, 'heic-worker.mjs'), {
    workerData: task,
    transferList: [task.bytes.buffer],
    env: {}, // the function's holds its credentials
    execArgv: [], // nothing that the function was told to load needs to be loaded again
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      timer = setTimeout(() => reject(new Rejection('too-much-time', `not decoded after ${maxSeconds} s`)), maxSeconds * 1000);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the HEIC decoder ended without an answer, with code ${code}`)));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
