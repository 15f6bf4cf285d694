import sharp from 'sharp';
import { rejection } from './decoders';
import { Rejection } from './rejection';

/** What the header of a photo says. */
export interface Inspected {
  readonly format: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic';
  /** Upright. */
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  /** How many pixels the memory must have room for. */
  readonly load: number;
}

/** Decoding an AVIF takes three times as much memory a pixel as any other format does at its worst: docs/decisions/which-pictures.md */
const AVIF_PIXEL = 3;

/** As in a JPEG and a GIF. libvips works on many whole rows at a time: a PNG of two million pixels in each of 32 rows takes gigabytes. */
const MAX_EDGE = 65_535;

/**
 * Each scan of a progressive JPEG is a pass over the whole picture, which nothing can interrupt, and may be a few bytes: a small file could
 * take hours. Cameras and encoders write about ten. libtiff has the same limit for the JPEGs in a TIFF (tif_jpeg.c,
 * LIBTIFF_JPEG_MAX_ALLOWED_SCAN_NUMBER).
 */
const MAX_SCANS = 100;

/** Reads the header only: what the photo is by its content, whatever its name and content type say. */
export async function inspect(bytes: Uint8Array, maxPixels: number): Promise<Inspected> {
  if (bytes.length === 0) throw new Rejection('empty', 'the object has no content');
  // No limit for the header: ours is checked below, and names itself.
  const { format: container, compression, autoOrient: { width, height }, hasAlpha } = await sharp(bytes, { limitInputPixels: false, failOn: 'error' })
    .metadata()
    .catch((error: Error) => { throw rejection(error, bytes); });
  const format = container === 'heif' ? heifFormat(compression) : container as Inspected['format'];
  const weight = format === 'avif' ? AVIF_PIXEL : 1;
  const most = Math.floor(maxPixels / weight);
  if (Math.max(width, height) > MAX_EDGE) throw new Rejection('too-many-pixels', `${width} × ${height} pixels: no edge may have more than ${MAX_EDGE}`);
  if (width * height > most) throw new Rejection('too-many-pixels', `${width} × ${height} pixels are more than ${most}`);
  if (format === 'jpeg') requireFewScans(bytes);
  return { format, width, height, hasAlpha, load: width * height * weight };
}

/** Up to its end: phones put videos and further pictures behind. */
function requireFewScans(jpeg: Uint8Array): void {
  const [END_OF_IMAGE, START_OF_SCAN] = [0xd9, 0xda];
  let scans = 0;
  for (let at = jpeg.indexOf(0xff, 2); at !== -1 && at + 3 < jpeg.length; at = jpeg.indexOf(0xff, at)) {
    const marker = jpeg[at + 1];
    if (marker === END_OF_IMAGE) return;
    if (marker === START_OF_SCAN && ++scans > MAX_SCANS) throw new Rejection('too-much-time', `the JPEG has more than ${MAX_SCANS} scans`);
    const isSegment = marker >= 0xc0 && marker !== 0xff && !(marker >= 0xd0 && marker <= 0xd8);
    at += isSegment ? 2 + jpeg[at + 2] * 256 + jpeg[at + 3] : 1;
  }
}

function heifFormat(compression: string | undefined): 'avif' | 'heic' {
  switch (compression) {
    case 'av1': return 'avif';
    case 'hevc': return 'heic';
    default: throw new Rejection('unsupported-format', `HEIF compressed with ${compression} cannot be decoded`);
  }
}
