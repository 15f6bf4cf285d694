import sharp from 'sharp';
import { MAX_SECONDS, rejection } from './decoders';
import { decodeHeic } from './heic';
import { type Inspected } from './inspect';

export interface ThumbnailSpec {
  readonly name?: string;
  readonly fit: 'inside' | 'cover';
  readonly width?: number;
  readonly height?: number;
  readonly format: 'source' | 'jpeg' | 'webp' | 'avif';
  /** The encoder's own if absent. */
  readonly quality?: number;
}

export interface Thumbnail {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
}

type OutputFormat = 'jpeg' | 'png' | 'webp' | 'avif';

/** What sharp reads a picture from. */
interface Source {
  readonly input: Uint8Array;
  readonly options: sharp.SharpOptions;
}

/** The largest edge of a WebP: 14 bits. A thumbnail with no height of its own can come out higher. https://developers.google.com/speed/webp/faq */
const MAX_EDGE = 16_383;

/** What is made smaller before has so many times the pixels of the thumbnail still, in each direction: the better method has the last word. */
const MARGIN = 2;

/**
 * Upright, in sRGB, without any metadata (sharp's default: neither EXIF with its GPS position, nor ICC, nor XMP), and never
 * larger than the photo: a `cover` of a smaller photo is cut to the box where the photo exceeds it, and not scaled.
 * Of an animation, the first frame; of several pages or pictures, the first or the primary one.
 */
export async function renderThumbnails(bytes: Uint8Array, photo: Inspected, specs: ThumbnailSpec[], maxPixels: number): Promise<Thumbnail[]> {
  const thumbnails: Thumbnail[] = [];
  const source = await sourceOf(bytes, photo, specs, maxPixels);
  // One after the other: memory is what a function has least of.
  for (const spec of specs) thumbnails.push(await renderThumbnail(source, photo, spec));
  return thumbnails;
}

async function sourceOf(bytes: Uint8Array, photo: Inspected, specs: ThumbnailSpec[], maxPixels: number): Promise<Source> {
  const shrink = Math.min(...specs.map((spec) => reduction(photo, spec))) / MARGIN;
  if (photo.format === 'heic') {
    const bounds = { shrink: Math.min(Math.max(1, Math.floor(shrink)), 16), maxPixels, maxSeconds: MAX_SECONDS };
    return { input: await decodeHeic(bytes, bounds), options: {} };
  }
  const file = { input: bytes, options: { limitInputPixels: maxPixels, failOn: 'error' as const } };
  // A second decoding costs more than the detour, unless the detour is nearly as large as the photo.
  return specs.length > 1 && shrink >= 2 ? smaller(file, photo, shrink) : file;
}

/** How many pixels of the photo come to one of the thumbnail, in each direction. */
function reduction({ width, height }: Inspected, spec: ThumbnailSpec): number {
  const [byWidth, byHeight] = [width / (spec.width ?? width), height / (spec.height ?? height)];
  return spec.fit === 'cover' ? Math.min(byWidth, byHeight) : Math.max(byWidth, byHeight);
}

async function smaller(source: Source, photo: Inspected, shrink: number): Promise<Source> {
  const { data, info } = await decoded(open(source)
    .resize({ width: Math.ceil(photo.width / shrink), height: Math.ceil(photo.height / shrink), fit: 'fill' })
    .raw());
  return { input: data, options: { raw: { width: info.width, height: info.height, channels: info.channels } } };
}

async function renderThumbnail(source: Source, photo: Inspected, spec: ThumbnailSpec): Promise<Thumbnail> {
  const format = outputFormat(photo, spec);
  const image = open(source)
    .resize({ width: spec.width ?? MAX_EDGE, height: spec.height ?? MAX_EDGE, fit: spec.fit, withoutEnlargement: true });
  if (format === 'jpeg') image.flatten({ background: 'white' }); // JPEG has no transparency, and would show it black
  // To sharp, a quality for PNG means fewer colours.
  image.toFormat(format, format === 'png' ? {} : { quality: spec.quality });
  const { data, info } = await decoded(image);
  return { bytes: data, contentType: `image/${format}`, width: info.width, height: info.height };
}

function open({ input, options }: Source): sharp.Sharp {
  return sharp(input, options)
    .timeout({ seconds: MAX_SECONDS })
    .autoOrient() // before the tag that tells the orientation is dropped
    .toColourspace('srgb');
}

async function decoded(image: sharp.Sharp): Promise<{ data: Buffer; info: sharp.OutputInfo }> {
  try {
    return await image.toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw rejection(error as Error);
  }
}

/** As the source where every browser shows that; a GIF's one frame, a TIFF and a HEIC become PNG or JPEG. */
function outputFormat({ format, hasAlpha }: Inspected, spec: ThumbnailSpec): OutputFormat {
  if (spec.format !== 'source') return spec.format;
  switch (format) {
    case 'gif': return 'png'; // a palette image: JPEG would blur it
    case 'tiff':
    case 'heic': return hasAlpha ? 'png' : 'jpeg';
    default: return format;
  }
}
