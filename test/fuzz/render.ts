import { type Inspected, inspect, isTooLargeToDecode } from '../../lambda/photos/thumbnail/inspect';
import { renderThumbnails, ThumbnailSpec } from '../../lambda/photos/thumbnail/thumbnail';

const MAX_PIXELS = 100_000_000;
export const SPECS: ThumbnailSpec[] = [
  { fit: 'inside', width: 32, height: 32, format: 'source', quality: 95 },
  { fit: 'cover', width: 16, height: 16, format: 'webp', quality: 95 },
];

/**
 * The core of the photo function: none if the photo has too many pixels.
 *
 * @throws Rejection
 */
export async function render(bytes: Buffer, specs: ThumbnailSpec[], inspected?: Inspected): Promise<Buffer[]> {
  const photo = inspected ?? await inspect(bytes);
  if (isTooLargeToDecode(photo, MAX_PIXELS)) return [];
  const thumbnails = await renderThumbnails(bytes, photo, specs, MAX_PIXELS);
  thumbnails.forEach(({ width, height, bytes: { length } }, index) => {
    if (width > specs[index].width! || height > specs[index].height! || length === 0) throw new Error(`a thumbnail of ${width} × ${height} with ${length} bytes`);
  });
  return thumbnails.map((thumbnail) => thumbnail.bytes);
}
