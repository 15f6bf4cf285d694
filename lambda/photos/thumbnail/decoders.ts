import { Mutex } from 'async-mutex';
import sharp from 'sharp';
import { Rejection } from './rejection';

// Every photo is a new one: nothing in the cache would be asked for again.
sharp.cache(false);

// Uploads are untrusted: only the decoders named here ever see them. No SVG, above all, which may refer to other files.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((loader) => `VipsForeignLoad${loader}Buffer`),
});

/** Several times what the slowest photo took on a whole processor: docs/decisions/which-pictures.md */
export const MAX_SECONDS = 30;

/** sharp has one list of warnings for all pictures, and gives all of it to the picture that is done next. */
const oneAtATime = new Mutex();

/** What was asked for, and what the decoder warned of. */
export type WithWarnings<T> = T & { readonly warnings: string[] };

/** What the header says. */
export function readMetadata(image: sharp.Sharp): Promise<WithWarnings<sharp.Metadata>> {
  return withWarnings(image, () => image.metadata());
}

/**
 * @throws Rejection if the decoder fails: what it is given it can decode by its header, so it is damaged
 */
export async function decode(image: sharp.Sharp): Promise<WithWarnings<{ data: Buffer; info: sharp.OutputInfo }>> {
  try {
    return await withWarnings(image, () => image.toBuffer({ resolveWithObject: true }));
  } catch (error) {
    throw rejection(error as Error);
  }
}

async function withWarnings<T extends object>(image: sharp.Sharp, read: () => Promise<T>): Promise<WithWarnings<T>> {
  const warnings: string[] = [];
  image.on('warning', (warning: string) => warnings.push(warning.trim()));
  return { ...await oneAtATime.runExclusive(read), warnings };
}

function rejection({ message }: Error): Rejection {
  // The only failure that sharp names by its words: https://sharp.pixelplumbing.com/api-output/#timeout
  if (message.startsWith('timeout')) return new Rejection('too-much-time', `not decoded after ${MAX_SECONDS} s: ${message}`);
  return new Rejection('corrupt', `the photo cannot be decoded: ${message}`);
}
