import type { Metadata } from 'sharp';
import type { PhotoFormat } from './container';
import type { JpegStructure } from './jpeg';
import type { TiffStructure } from './tiff';

interface Decoding {
  readonly format: PhotoFormat;
  readonly metadata: Metadata;
  readonly bytes: Uint8Array;
  readonly jpeg?: JpegStructure;
  readonly tiff?: TiffStructure;
}

/** Of the formats that are not weighed more exactly: `maxInputPixels` is counted in such pixels. */
export const WORST_BYTES_PER_PIXEL = 8;

/** Of libaom and what libheif makes of it, 12 bits without subsampling. */
const AVIF = 24;
/** What streams through needs a few rows only. This is less a matter of memory than of time: more than 800 and 400 megapixels do not decode in half a minute. */
const STREAMED_JPEG = 1, STREAMED_PNG = 2;
/** Decoded at a smaller size, as thumbnails need it. */
const LOSSY_WEBP = 2;
/** libjpeg keeps the coefficients of all scans, 16 bits each. */
const COEFFICIENT = 2;

/**
 * How much memory a pixel takes while it is decoded, at most: as measured, by how the file has its pixels.
 *
 * docs/decisions/which-pictures.md
 */
export function bytesPerPixel({ format, metadata, bytes, jpeg, tiff }: Decoding): number {
  const { channels = 4, depth = 'uchar', orientation = 1, isProgressive = false } = metadata;
  // Upright it becomes in memory, as a whole.
  const turned = orientation > 1 ? channels * BYTES_OF_SAMPLE[depth] : 0;
  switch (format) {
    case 'jpeg': return (jpeg?.inScans ? COEFFICIENT * jpeg.components : STREAMED_JPEG) + turned;
    case 'png': return (isProgressive ? channels * BYTES_OF_SAMPLE[depth] : STREAMED_PNG) + turned;
    case 'avif': return AVIF;
    case 'tiff': return Math.max(WORST_BYTES_PER_PIXEL, tiff ? 2 * tiff.samples * tiff.bits / 8 : 0) + turned;
    case 'webp': return (isLossyWebp(bytes) ? LOSSY_WEBP : WORST_BYTES_PER_PIXEL) + turned;
    default: return WORST_BYTES_PER_PIXEL;
  }
}

/** Of libvips' formats of a sample. */
const BYTES_OF_SAMPLE: Record<string, number> = {
  uchar: 1, char: 1, ushort: 2, short: 2, uint: 4, int: 4, float: 4, double: 8, complex: 8, dpcomplex: 16,
};

/** One picture without alpha, as the first chunk says. */
function isLossyWebp(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(12, 16)).toString('latin1') === 'VP8 ';
}
