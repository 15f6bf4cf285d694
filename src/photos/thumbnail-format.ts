import { requireWholeNumber } from '../shared/require-whole-number';

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

  /** @internal */
  public readonly _name: string;
  /** @internal */
  public readonly _quality?: number;

  private constructor(name: string, quality?: number) {
    if (quality !== undefined) requireWholeNumber({ where: 'ThumbnailFormat', prop: 'quality', value: quality, least: 1, most: 100 });
    this._name = name;
    this._quality = quality;
  }
}
