import sharp from 'sharp';
import { inspect } from '../../../../lambda/photos/thumbnail/inspect';
import { renderThumbnails, Thumbnail, ThumbnailSpec } from '../../../../lambda/photos/thumbnail/thumbnail';
import { scene } from '../../fixtures/odd-files';
import { FORMATS, Looks, ODD_INPUTS } from '../../fixtures/odd-inputs';

jest.setTimeout(60_000);

const MAX_PIXELS = 100_000_000;
const INSIDE_256: ThumbnailSpec = { fit: 'inside', width: 256, height: 256, format: 'source' };
const COLOURS: Partial<Record<Looks, number[]>> = { 'red': [200, 30, 30, 255], 'half red': [200, 30, 30, 128], 'black': [0, 0, 0, 255], 'grey': [128, 128, 128, 255] };

async function render(bytes: Buffer, spec: Partial<ThumbnailSpec> = {}): Promise<Thumbnail> {
  const photo = await inspect(bytes);
  return (await renderThumbnails(bytes, photo, [{ ...INSIDE_256, ...spec }], MAX_PIXELS))[0];
}

/** Of 255, by pixel. */
async function differenceFromScene(bytes: Buffer): Promise<number> {
  const pixels = (image: sharp.Sharp) => image.resize(60, 40, { fit: 'fill' }).removeAlpha().raw().toBuffer();
  const [a, b] = await Promise.all([pixels(sharp(bytes)), pixels(scene())]);
  return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]), 0) / a.length;
}

async function expectToShow(looks: Looks, bytes: Buffer): Promise<void> {
  if (looks === 'anything') return;
  if (looks === 'scene') {
    expect(await differenceFromScene(bytes)).toBeLessThan(10);
    return;
  }
  const means = (await sharp(bytes).ensureAlpha().stats()).channels.map(({ mean }) => mean);
  means.forEach((mean, channel) => expect(Math.abs(mean - COLOURS[looks]![channel])).toBeLessThan(3));
}

describe.each(Object.entries(ODD_INPUTS))('%s', (_, inputs) => {
  test.each(inputs.map((input) => [input.name, input] as const))('%s', async (__, { bytes, spec, outcome }) => {
    const rendered = render(await bytes(), spec);
    if (typeof outcome === 'string') {
      await expect(rendered).rejects.toMatchObject({ name: 'Rejection', reason: outcome });
      return;
    }
    const thumbnail = await rendered;
    const { width, height, format } = await sharp(thumbnail.bytes).metadata();
    expect(thumbnail).toMatchObject({ contentType: `image/${outcome.thumbnail}`, width, height });
    expect(format).toBe(outcome.thumbnail === 'avif' ? 'heif' : outcome.thumbnail);
    expect(thumbnail.width).toBeLessThanOrEqual(256);
    expect(thumbnail.height).toBeLessThanOrEqual(spec?.format || spec?.width ? 16_383 : 256);
    await expectToShow(outcome.shows, thumbnail.bytes);
  });
});

test('another picture than the scene would be told apart', async () => {
  const thumbnail = await render(await FORMATS.JPEG());
  expect(await differenceFromScene(await sharp(thumbnail.bytes).flop().toBuffer())).toBeGreaterThan(20);
  expect(await differenceFromScene(await sharp(thumbnail.bytes).negate().toBuffer())).toBeGreaterThan(20);
});

test('nothing of what is hidden in a photo is in its thumbnail', async () => {
  const [script, archive] = ['JPEG with a script in its comment', 'JPEG with a ZIP behind it']
    .map((name) => ODD_INPUTS['Two files in one'].find((input) => input.name === name)!);
  expect((await render(await script.bytes())).bytes.includes('<script>')).toBe(false);
  expect((await render(await archive.bytes())).bytes.includes('PK\x03\x04')).toBe(false);
});

test('a thumbnail that is higher than its format can be is made to fit', async () => {
  const tall = ODD_INPUTS.Sizes.find(({ name }) => name === '100 × 60 000, higher than a WebP can be')!;
  expect(await render(await tall.bytes(), tall.spec)).toMatchObject({ width: 27, height: 16_383 });
});
