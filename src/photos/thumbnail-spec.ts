import { Tokenization } from 'aws-cdk-lib';
import { Checks } from '../shared/checks';
import * as kinds from '../shared/kinds';
import { PropKinds, required, requireArgument, requireKinds } from '../shared/kinds';

/**
 * The file format of a thumbnail. Where no quality is given, the encoder's own default applies: 80 for JPEG and WebP, 50 for AVIF.
 *
 * @see https://sharp.pixelplumbing.com/api-output
 */
export class ThumbnailFormat {
  /**
   * JPEG, on white where the source is transparent.
   *
   * @param quality 1 to 100
   */
  public static jpeg(quality?: number): ThumbnailFormat {
    return new ThumbnailFormat('jpeg', quality);
  }

  /**
   * WebP: smaller than JPEG, and transparent where the source is.
   *
   * @param quality 1 to 100
   */
  public static webp(quality?: number): ThumbnailFormat {
    return new ThumbnailFormat('webp', quality);
  }

  /**
   * AVIF: the smallest, and several times slower to make.
   *
   * @param quality 1 to 100
   */
  public static avif(quality?: number): ThumbnailFormat {
    return new ThumbnailFormat('avif', quality);
  }

  /**
   * As the source where every browser shows that: JPEG, PNG, WebP and AVIF stay what they are. Others become JPEG, or PNG where they are transparent.
   *
   * @param quality 1 to 100
   */
  public static sameAsSource(quality?: number): ThumbnailFormat {
    return new ThumbnailFormat('source', quality);
  }

  private constructor(
    /** @internal */
    public readonly _name: string,
    /** @internal */
    public readonly _quality?: number,
  ) {
    requireArgument('ThumbnailFormat', 'quality', _quality, kinds.number);
    new Checks('ThumbnailFormat').wholeNumber('quality', _quality, { least: 1, most: 100 });
  }
}

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
  public static _renderAll(checks: Checks, specs: ThumbnailSpec[]): RenderedThumbnail[] {
    const names = specs.map(({ options: { name }, nameBySize }) => name ?? (specs.length > 1 ? nameBySize : undefined));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) {
      throw checks.error(`'thumbnails' must have different names, got '${twice}' twice: give one of them another 'name'`);
    }
    return specs.map(({ size, options: { format = ThumbnailFormat.sameAsSource() } }, index) => ({
      name: names[index], ...size, format: format._name, quality: format._quality,
    }));
  }

  private constructor(private readonly size: ThumbnailSize, private readonly nameBySize: string, private readonly options: ThumbnailOptions) {
    requireKinds(CHECKS.where, options, OPTIONS, 'options');
    CHECKS.matches('name', options.name, /^[\w.-]+(\/[\w.-]+)*$/, 'letters, digits, dots, hyphens and underscores, with slashes only between them');
  }
}

const CHECKS = new Checks('ThumbnailSpec');

const OPTIONS: PropKinds<ThumbnailOptions> = { format: kinds.made(ThumbnailFormat, 'ThumbnailFormat'), name: kinds.text };

const text = Tokenization.stringifyNumber;

/** A thumbnail as the photo function reads it from its environment. */
interface RenderedThumbnail {
  /** The folder of its keys, if it has one. */
  readonly name?: string;
  readonly fit: 'inside' | 'cover';
  readonly width: number;
  readonly height?: number;
  readonly format: string;
  /** The encoder's own if absent. */
  readonly quality?: number;
}

type ThumbnailSize = Pick<RenderedThumbnail, 'fit' | 'width' | 'height'>;

/** The largest edge of a WebP: 14 bits. https://developers.google.com/speed/webp/faq */
function requirePixels(prop: string, value: number): void {
  requireArgument(CHECKS.where, prop, value, required(kinds.number));
  CHECKS.wholeNumber(prop, value, { least: 1, most: 16_383, unit: 'pixels' });
}
