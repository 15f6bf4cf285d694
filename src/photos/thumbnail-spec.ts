import { Token, Tokenization } from 'aws-cdk-lib';
import { RenderedThumbnail } from './private/rendered-thumbnail';
import { ThumbnailFormat } from './thumbnail-format';
import { requireWholeNumber } from '../shared/require-whole-number';

/**
 * What a thumbnail is besides its size.
 */
export interface ThumbnailOptions {
  /**
   * The file format.
   *
   * @default ThumbnailFormat.sameAsSource()
   */
  readonly format?: ThumbnailFormat;

  /**
   * The folder of these thumbnails: their key is `NAME/KEY`. Letters, digits, dots, hyphens, underscores and slashes.
   *
   * @default - none for a single spec, whose thumbnails have the key of their original; made of the size for several
   */
  readonly name?: string;
}

/**
 * One thumbnail of each photo: upright, in sRGB, without metadata (no GPS position), and never larger than the photo.
 */
export class ThumbnailSpec {
  /**
   * The whole picture, fitted into a square.
   *
   * @param pixels the longer edge, 1 to 16383
   */
  public static inside(pixels: number, options: ThumbnailOptions = {}): ThumbnailSpec {
    requirePixels('pixels', pixels);
    return new ThumbnailSpec({ fit: 'inside', width: pixels, height: pixels }, `inside-${text(pixels)}`, options);
  }

  /**
   * Cut to fill a rectangle, from the middle.
   *
   * @param width in pixels, 1 to 16383
   * @param height in pixels, 1 to 16383
   */
  public static cover(width: number, height: number, options: ThumbnailOptions = {}): ThumbnailSpec {
    requirePixels('width', width);
    requirePixels('height', height);
    return new ThumbnailSpec({ fit: 'cover', width, height }, `cover-${text(width)}x${text(height)}`, options);
  }

  /**
   * The whole picture at a width, as high as it comes.
   *
   * @param pixels the width, 1 to 16383
   */
  public static width(pixels: number, options: ThumbnailOptions = {}): ThumbnailSpec {
    requirePixels('pixels', pixels);
    return new ThumbnailSpec({ fit: 'inside', width: pixels }, `width-${text(pixels)}`, options);
  }

  /**
   * As the function reads them from its environment. A single spec without a name keeps the keys of its originals; several need
   * folders of their own.
   *
   * @internal
   */
  public static _renderAll(where: string, specs: ThumbnailSpec[]): RenderedThumbnail[] {
    const names = specs.map(({ name, nameBySize }) => name ?? (specs.length > 1 ? nameBySize : undefined));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new Error(`${where}: 'thumbnails' must have different names, got '${twice}' twice: give one of them another 'name'`);
    }
    return specs.map(({ size, format }, index) => ({ name: names[index], ...size, format: format._name, quality: format._quality }));
  }

  private readonly name?: string;
  private readonly nameBySize: string;
  private readonly size: ThumbnailSize;
  private readonly format: ThumbnailFormat;

  private constructor(size: ThumbnailSize, nameBySize: string, options: ThumbnailOptions) {
    if (options.name !== undefined) requireName(options.name);
    this.size = size;
    this.format = options.format ?? ThumbnailFormat.sameAsSource();
    this.name = options.name;
    this.nameBySize = nameBySize;
  }
}

const text = Tokenization.stringifyNumber;

type ThumbnailSize = Pick<RenderedThumbnail, 'fit' | 'width' | 'height'>;

/** The largest edge of a WebP: 14 bits. https://developers.google.com/speed/webp/faq */
function requirePixels(prop: string, value: number): void {
  requireWholeNumber({ where: 'ThumbnailSpec', prop, value, least: 1, most: 16_383, unit: 'pixels' });
}

function requireName(name: string): void {
  if (Token.isUnresolved(name)) return;
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(name)) {
    throw new Error(`ThumbnailSpec: 'name' must be letters, digits, dots, hyphens and underscores, with slashes only between them, got '${name}'`);
  }
}
