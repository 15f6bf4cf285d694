import sharp from 'sharp';
import { primariesByNumber } from './colour';
import { Container, containerOf, hasOtherHeifItemsOnly, PhotoFormat } from './container';
import { readMetadata } from './decoders';
import { bytesPerPixel, WORST_BYTES_PER_PIXEL } from './decoding-memory';
import { Area, areaOfGif, requireWholeGif } from './gif';
import { jpegStructure, withEndOfImage } from './jpeg';
import { Rejection } from './rejection';
import { requireDecodedTiff, TiffStructure, tiffStructure } from './tiff';

/** What the header of a photo says. */
export interface Inspected {
  readonly format: PhotoFormat;
  /** Upright. */
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  /** Of a TIFF: more than red, green, blue and alpha, of which libvips makes no other format. */
  readonly hasExtraChannels: boolean;
  /** How much memory the decoding takes, in pixels of the worst kind. */
  readonly load: number;
  /** As sharp is to read it. */
  readonly options: sharp.SharpOptions;
  /** Without the oddities that its decoder stumbles over. */
  readonly readable: () => Uint8Array;
  /** Of its colours, where it names them by number and not by a profile. */
  readonly primaries?: number;
  /** Of an opaque GIF whose picture does not cover its canvas. */
  readonly area?: Area;
  /** What the decoder warned of before it came to pixels. */
  readonly warnings: string[];
}

/** Reads the header only: what the photo is by its content, whatever its name and content type say. */
export async function inspect(bytes: Uint8Array): Promise<Inspected> {
  if (bytes.length === 0) throw new Rejection('empty', 'the object has no content');
  const container = containerOf(bytes);
  const jpeg = container === 'jpeg' ? jpegStructure(bytes) : undefined;
  const tiff = container === 'tiff' ? tiffStructure(bytes) : undefined;
  if (tiff) requireDecodedTiff(tiff);
  if (container === 'gif') requireWholeGif(bytes);
  if (container === 'heif' && hasOtherHeifItemsOnly(bytes)) throw new Rejection('unsupported-format', 'the HEIF has neither an AV1 nor an HEVC picture');

  const failOn = failOnOf(container, tiff);
  // No limit for the header: ours is checked by whoever asks, and names itself.
  const metadata = await readMetadata(sharp(bytes, { limitInputPixels: false, failOn })).catch(({ message }: Error) => {
    // Nothing that we read begins so; or it does, and does not go on so.
    throw new Rejection(container ? 'corrupt' : 'unsupported-format', `the header of the photo cannot be read: ${message}`);
  });
  const { autoOrient: { width, height }, hasAlpha, warnings } = metadata;
  const format = metadata.format === 'heif' ? heifFormat(metadata.compression) : metadata.format as PhotoFormat;
  const pixels = width * height;
  return {
    format,
    width,
    height,
    hasAlpha,
    warnings,
    hasExtraChannels: metadata.channels - Number(hasAlpha) > (metadata.space === 'b-w' ? 1 : metadata.space === 'cmyk' ? 4 : 3),
    load: Math.ceil(pixels * bytesPerPixel({ format, metadata, bytes, jpeg, tiff }) / WORST_BYTES_PER_PIXEL),
    options: { limitInputPixels: pixels, failOn },
    readable: () => (jpeg ? withEndOfImage(bytes, jpeg) : bytes),
    area: container === 'gif' && !hasAlpha ? areaOfGif(bytes, metadata) : undefined,
    primaries: metadata.icc ? undefined : primariesByNumber(format, bytes),
  };
}

/** As in a JPEG and a GIF. libvips works on many whole rows at a time: a PNG of two million pixels in each of 32 rows takes gigabytes. */
const MAX_EDGE = 65_535;

export function isTooLargeToDecode({ width, height, load }: Inspected, maxPixels: number): boolean {
  return Math.max(width, height) > MAX_EDGE || load > maxPixels;
}

/**
 * By trying (test/lambda/photos/thumbnail/odd-inputs.table.test.ts): at `error`, libvips leaves tiles black that it cannot decode, and GIFs as they are; at `warning`, it
 * refuses JPEGs, PNGs and TIFFs of strips for oddities that do not touch the pixels.
 */
function failOnOf(container: Container | undefined, tiff: TiffStructure | undefined): sharp.FailOnOptions {
  return container === 'gif' || tiff?.isTiled ? 'warning' : 'error';
}

function heifFormat(compression: string | undefined): 'avif' | 'heic' {
  switch (compression) {
    case 'av1': return 'avif';
    case 'hevc': return 'heic';
    default: throw new Rejection('unsupported-format', `HEIF compressed with ${compression} cannot be decoded`);
  }
}

