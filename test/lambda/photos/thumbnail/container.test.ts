import { inspect } from '../../../../lambda/photos/thumbnail/inspect';
import { renderThumbnails } from '../../../../lambda/photos/thumbnail/thumbnail';
import { manyScans, patched, scene } from '../../fixtures/odd-files';

const render = async (bytes: Buffer) => renderThumbnails(bytes, await inspect(bytes), [{ fit: 'inside', width: 256, height: 256, format: 'source' }], 1e8);

/** The decoder skips what stands between the start of a JPEG and its first marker. */
const withBytesBeforeFirstMarker = (jpeg: Buffer) => Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(3), jpeg.subarray(2)]);

test('bytes before the first marker of a JPEG hide no bomb from us', async () => {
  await expect(inspect(withBytesBeforeFirstMarker(manyScans(100, 800)))).rejects.toMatchObject({ name: 'Rejection', reason: 'too-much-time' });
  expect((await render(withBytesBeforeFirstMarker(await scene().jpeg().toBuffer())))[0]).toMatchObject({ width: 256, height: 171 });
});

test('a version that there is not hides no damage of a GIF from us', async () => {
  const gif = patched(await scene().gif().toBuffer(), 4, '8');
  expect((await render(gif))[0]).toMatchObject({ width: 256, height: 171 });
  await expect(render(gif.subarray(0, gif.length / 2))).rejects.toMatchObject({ name: 'Rejection', reason: 'corrupt' });
});
