import sharp from 'sharp';
import { Rejection } from './rejection';

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

/** What the header of a photo says. */
export interface Inspected {
  readonly format: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif';
  readonly hasAlpha: boolean;
  readonly pixels: number;
}

type OutputFormat = 'jpeg' | 'png' | 'webp' | 'avif';

// Every photo is a new one: nothing in the cache would be asked for again.
sharp.cache(false);

// Uploads are untrusted: only the decoders named here ever see them. No SVG, above all, which may refer to other files.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((loader) => `VipsForeignLoad${loader}Buffer`),
});

/** Reads the header only: what the photo is by its content, whatever its name and content type say. */
export async function inspect(bytes: Uint8Array, maxPixels: number): Promise<Inspected> {
  // No limit for the header: ours is checked below, and names itself.
  const { format, compression, width, height, hasAlpha } = await sharp(bytes, { limitInputPixels: false, failOn: 'error' })
    .metadata()
    .catch((error: Error) => {
      throw new Rejection(/unsupported image format/.test(error.message) ? 'unsupported-format' : 'corrupt', error.message);
    });
  if (format === 'heif' && compression !== 'av1') {
    // The header of an iPhone's HEIC is readable, but the shipped sharp has no decoder for its patented codec.
    throw new Rejection('unsupported-format', `HEIF compressed with ${compression} cannot be decoded`);
  }
  if (width * height > maxPixels) {
    throw new Rejection('too-many-pixels', `${width} × ${height} pixels are more than ${maxPixels}`);
  }
  return { format: (format === 'heif' ? 'avif' : format) as Inspected['format'], hasAlpha, pixels: width * height };
}

/**
 * Upright, in sRGB, without any metadata (sharp's default: neither EXIF with its GPS position, nor ICC, nor XMP), and never
 * larger than the photo: a `cover` of a smaller photo is cut to the box where the photo exceeds it, and not scaled.
 * Of an animation, the first frame.
 */
export async function renderThumbnail(bytes: Uint8Array, photo: Inspected, spec: ThumbnailSpec, maxPixels: number): Promise<Thumbnail> {
  const format = outputFormat(photo, spec);
  const image = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
    .autoOrient() // before the tag that tells the orientation is dropped
    .resize({ width: spec.width, height: spec.height, fit: spec.fit, withoutEnlargement: true })
    .toColourspace('srgb');
  if (format === 'jpeg') image.flatten({ background: 'white' }); // JPEG has no transparency, and would show it black
  // To sharp, a quality for PNG means fewer colours.
  image.toFormat(format, format === 'png' ? {} : { quality: spec.quality });
  try {
    const { data, info } = await image.toBuffer({ resolveWithObject: true });
    return { bytes: data, contentType: `image/${format}`, width: info.width, height: info.height };
  } catch (error) {
    throw new Rejection('corrupt', `the photo cannot be decoded: ${(error as Error).message}`);
  }
}

/** As the source where every browser shows that; a GIF's one frame and a TIFF become PNG or JPEG. */
function outputFormat({ format, hasAlpha }: Inspected, spec: ThumbnailSpec): OutputFormat {
  if (spec.format !== 'source') return spec.format;
  switch (format) {
    case 'gif': return 'png'; // a palette image: JPEG would blur it
    case 'tiff': return hasAlpha ? 'png' : 'jpeg';
    default: return format;
  }
}
