import sharp from 'sharp';
import { profileOf } from './colour';
import { decode, MAX_SECONDS } from './decoders';
import { type Area } from './gif';
import { decodeHeic } from './heic';
import { type Inspected } from './inspect';
import { saysJpegDamage } from './jpeg';
import { Rejection } from './rejection';
import { uncompressedTiff } from './uncompressed-tiff';

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
  /** Whether the warnings of the decoder say that it has made up pixels. */
  readonly isDamaged?: (warnings: string[]) => boolean;
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
  try {
    const thumbnails: Thumbnail[] = [];
    const source = await sourceOf(bytes, photo, specs, maxPixels);
    // One after the other: memory is what a function has least of.
    for (const spec of specs) thumbnails.push(await renderThumbnail(source, photo, spec));
    return thumbnails;
  } catch (error) {
    if (error instanceof Rejection || isShortage(error as NodeJS.ErrnoException)) throw error;
    // Nothing else is here than the photo and what is made of it: it would fail again.
    throw new Rejection('unsupported-format', `no thumbnail can be made of the photo: ${(error as Error).message}`);
  }
}

/** Of what the machine has for all: the decoder's thread could not be started, or there was no memory. */
function isShortage({ errno, code }: NodeJS.ErrnoException): boolean {
  return errno !== undefined || code === 'ERR_WORKER_INIT_FAILED';
}

async function sourceOf(bytes: Uint8Array, photo: Inspected, specs: ThumbnailSpec[], maxPixels: number): Promise<Source> {
  const shrink = Math.min(...specs.map((spec) => reduction(photo, spec))) / MARGIN;
  if (photo.format === 'heic') {
    const bounds = { shrink: Math.min(Math.max(1, Math.floor(shrink)), 16), maxPixels, maxSeconds: MAX_SECONDS };
    return { input: await decodeHeic(bytes, bounds), options: {} };
  }
  const file = { input: photo.readable(), options: photo.options, isDamaged: damageIn(photo) };
  if (photo.area) return transparentOutside(photo.area, await decoded(file, open(file).ensureAlpha().raw()));
  // What is cut off, libvips does not decode: nobody would know that it is damaged.
  const leavesRowsOut = specs.every(({ fit }) => fit === 'cover');
  // A second decoding costs more than the detour, unless the detour is nearly as large as the photo.
  const isWorthIt = specs.length > 1 && shrink >= 2;
  const isNeeded = photo.primaries !== undefined || photo.hasExtraChannels || leavesRowsOut;
  return isNeeded || isWorthIt ? smaller(file, photo, Math.max(1, shrink)) : file;
}

/** libjpeg's warnings tell damage from oddities. libtiff warns of oddities in the header, before it comes to the pixels, and of what it cannot decode when it does. */
function damageIn({ format, warnings: known }: Inspected): (warnings: string[]) => boolean {
  switch (format) {
    case 'jpeg': return (warnings) => warnings.some(saysJpegDamage);
    case 'tiff': return (warnings) => warnings.some((warning) => !known.includes(warning) && !/profile/i.test(warning));
    default: return () => false; // the others fail
  }
}

/** How many pixels of the photo come to one of the thumbnail, in each direction. */
function reduction({ width, height }: Inspected, spec: ThumbnailSpec): number {
  const [byWidth, byHeight] = [width / (spec.width ?? width), height / (spec.height ?? height)];
  return spec.fit === 'cover' ? Math.min(byWidth, byHeight) : Math.max(byWidth, byHeight);
}

/** The whole photo, decoded once. Where its colours are named by number, the numbers become a profile, which sharp can read. */
async function smaller(source: Source, photo: Inspected, shrink: number): Promise<Source> {
  const { data, info } = await decoded(source, open(source)
    .resize({ width: Math.ceil(photo.width / shrink), height: Math.ceil(photo.height / shrink), fit: 'fill' })
    .raw());
  const { width, height } = info;
  const channels = Math.min(info.channels, 4) as 3 | 4;
  const pixels = channels < info.channels ? firstChannels(data, info.channels, channels) : data;
  if (photo.primaries === undefined) return { input: pixels, options: { raw: { width, height, channels } } };
  return { input: uncompressedTiff({ pixels, width, height, channels, orientation: 1 }, profileOf(photo.primaries)), options: {} };
}

function transparentOutside({ left, top, width, height }: Area, { data, info }: { data: Buffer; info: sharp.OutputInfo }): Source {
  for (let y = 0, at = 3; y < info.height; y++) {
    for (let x = 0; x < info.width; x++, at += 4) {
      if (x < left || x >= left + width || y < top || y >= top + height) data[at] = 0;
    }
  }
  return { input: data, options: { raw: { width: info.width, height: info.height, channels: 4 } } };
}

/** Red, green, blue and alpha come first; what else a TIFF has is for printers. */
function firstChannels(data: Buffer, from: number, to: number): Buffer {
  const kept = Buffer.alloc(data.length / from * to);
  for (let read = 0, write = 0; read < data.length; read += from, write += to) data.copy(kept, write, read, read + to);
  return kept;
}

async function renderThumbnail(source: Source, photo: Inspected, spec: ThumbnailSpec): Promise<Thumbnail> {
  const format = outputFormat(photo, spec);
  const image = open(source)
    .resize({ width: spec.width ?? MAX_EDGE, height: spec.height ?? MAX_EDGE, fit: spec.fit, withoutEnlargement: true });
  if (format === 'jpeg') image.flatten({ background: 'white' }); // JPEG has no transparency, and would show it black
  // To sharp, a quality for PNG means fewer colours.
  image.toFormat(format, format === 'png' ? {} : { quality: spec.quality });
  const { data, info } = await decoded(source, image);
  return { bytes: data, contentType: `image/${format}`, width: info.width, height: info.height };
}

function open({ input, options }: Source): sharp.Sharp {
  return sharp(input, options)
    .timeout({ seconds: MAX_SECONDS })
    .autoOrient() // before the tag that tells the orientation is dropped
    .toColourspace('srgb');
}

async function decoded({ isDamaged = () => false }: Source, image: sharp.Sharp): Promise<{ data: Buffer; info: sharp.OutputInfo }> {
  const { data, info, warnings } = await decode(image);
  if (isDamaged(warnings)) throw new Rejection('corrupt', `the photo is not decoded as a whole: ${warnings.join('; ')}`);
  return { data, info };
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
