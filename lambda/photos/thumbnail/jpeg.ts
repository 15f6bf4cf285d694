import { Rejection } from './rejection';

/** What the markers of a JPEG say, before anything is decoded. */
export interface JpegStructure {
  /** The decoder keeps the whole picture in memory: it comes in several scans, or may. */
  readonly inScans: boolean;
  readonly components: number;
  readonly endsWithMarker: boolean;
}

/**
 * Each scan of a progressive JPEG is a pass over the whole picture, which nothing can interrupt, and may be a few bytes: a small file could
 * take hours. Cameras and encoders write about ten. libtiff has the same limit for the JPEGs in a TIFF (tif_jpeg.c,
 * LIBTIFF_JPEG_MAX_ALLOWED_SCAN_NUMBER).
 */
const MAX_SCANS = 100;

const END_OF_IMAGE = 0xd9, START_OF_SCAN = 0xda;
/** Of ITU-T T.81, table B.1: the frames that libjpeg-turbo decodes, by Huffman and by arithmetic coding; and of these the progressive ones. */
const DECODED_FRAMES = [0xc0, 0xc1, 0xc2, 0xc9, 0xca];
const PROGRESSIVE_FRAMES = [0xc2, 0xca];
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xcb, 0xcd, 0xce, 0xcf];

/**
 * Up to the end of the first picture: phones put videos and further pictures behind.
 *
 * @throws Rejection for what the decoder does not know, and for more scans than a sound picture has
 */
export function jpegStructure(jpeg: Uint8Array): JpegStructure {
  let [scans, components, isProgressive] = [0, 0, false];
  const structure = (endsWithMarker: boolean) => ({ inScans: isProgressive || scans > 1, components, endsWithMarker });
  for (let at = jpeg.indexOf(0xff, 2); at !== -1 && at + 3 < jpeg.length; at = jpeg.indexOf(0xff, at)) {
    const marker = jpeg[at + 1];
    if (marker === END_OF_IMAGE) return structure(true);
    if (marker === START_OF_SCAN && ++scans > MAX_SCANS) throw new Rejection('too-much-time', `the JPEG has more than ${MAX_SCANS} scans`);
    if (scans === 0 && [...DECODED_FRAMES, ...OTHER_FRAMES].includes(marker)) {
      requireDecodedFrame(marker, jpeg[at + 4], jpeg[at + 5] * 256 + jpeg[at + 6]);
      isProgressive = PROGRESSIVE_FRAMES.includes(marker);
      components = jpeg[at + 9];
    }
    const isSegment = marker >= 0xc0 && marker !== 0xff && !(marker >= 0xd0 && marker <= 0xd8);
    at += isSegment ? 2 + jpeg[at + 2] * 256 + jpeg[at + 3] : 1;
  }
  return structure(jpeg.length > 4 && jpeg[jpeg.length - 2] === 0xff && jpeg[jpeg.length - 1] === END_OF_IMAGE);
}

function requireDecodedFrame(marker: number, bits: number, height: number): void {
  if (OTHER_FRAMES.includes(marker)) {
    throw new Rejection('unsupported-format', `the JPEG is lossless or hierarchical: its frame has the marker 0x${marker.toString(16)}`);
  }
  if (bits !== 8) throw new Rejection('unsupported-format', `the JPEG has ${bits} bits a sample, and can be decoded with 8 only`);
  if (height === 0) throw new Rejection('unsupported-format', 'the JPEG says its height at the end of its first scan');
}

/**
 * With its end, where the file lacks it alone: older phones wrote such. If pixels lack, too, the decoder reports it. Of a progressive JPEG,
 * nobody can tell whether scans are missing.
 */
export function withEndOfImage(jpeg: Uint8Array, { inScans, endsWithMarker }: JpegStructure): Uint8Array {
  return endsWithMarker || inScans ? jpeg : Buffer.concat([jpeg, Buffer.from([0xff, END_OF_IMAGE])]);
}

/**
 * Whether libjpeg says by a warning that it has invented pixels (jerror.h: JWRN_HIT_MARKER, JWRN_HUFF_BAD_CODE, JWRN_ARITH_BAD_CODE, and
 * JWRN_EXTRANEOUS_DATA in front of a restart). It has no codes for sharp. Its other warnings are of oddities that all viewers overlook.
 */
export function saysJpegDamage(warning: string): boolean {
  return /premature end of data segment|bad huffman code|bad arithmetic code|extraneous bytes before marker 0xd[0-7]/i.test(warning);
}
