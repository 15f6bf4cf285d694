/**
 * A thumbnail as the photo function reads it from its environment.
 */
export interface RenderedThumbnail {
  /** The folder of its keys, if it has one. */
  readonly name?: string;
  readonly fit: 'inside' | 'cover';
  readonly width: number;
  readonly height?: number;
  readonly format: string;
  /** The encoder's own if absent. */
  readonly quality?: number;
}

/**
 * What the keys of a thumbnail begin with: the key of its original, in its folder if it has one.
 */
export function thumbnailPrefix({ name }: RenderedThumbnail, uploadPrefix: string): string {
  return name === undefined ? uploadPrefix : `${name}/${uploadPrefix}`;
}
