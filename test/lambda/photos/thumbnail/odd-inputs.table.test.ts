import sharp from 'sharp';
import { inspect, isTooLargeToDecode } from '../../../../lambda/photos/thumbnail/inspect';
import { renderThumbnails, Thumbnail, ThumbnailSpec } from '../../../../lambda/photos/thumbnail/thumbnail';
import { plain, scene } from '../../fixtures/odd-files';
import { FORMATS, lacksReference, Looks, ODD_INPUTS, OddInput } from '../../fixtures/odd-inputs';
import { Comparison, ReferenceDecoder } from '../../fixtures/reference-decoder';

jest.setTimeout(60_000);

const MAX_PIXELS = 100_000_000;
const INSIDE_256: ThumbnailSpec = { fit: 'inside', width: 256, height: 256, format: 'source' };
/** Several thumbnails are made of one decoding, in another way than one is. */
const OTHERS: ThumbnailSpec[] = [{ fit: 'cover', width: 96, height: 96, format: 'webp', quality: 90 }, { fit: 'inside', width: 120, height: 120, format: 'jpeg', quality: 90 }];
/**
 * How far a thumbnail may be from the reference: of 255, the mean difference of the channel that differs most. Different ways to make a picture smaller, and
 * lossy encoders, come to 2.2 at most; a black tile of twenty to 6, and a picture in other colours to 15.
 */
const TOLERANCE = 4;
const COLOURS: Partial<Record<Looks, number[]>> = { 'red': [200, 30, 30, 255], 'half red': [200, 30, 30, 128], 'black': [0, 0, 0, 255], 'grey': [128, 128, 128, 255] };

let reference: ReferenceDecoder;
beforeAll(() => { reference = new ReferenceDecoder(); });
afterAll(() => { reference.end(); });

async function render(bytes: Buffer, spec: Partial<ThumbnailSpec> = {}, others: ThumbnailSpec[] = []): Promise<Thumbnail[]> {
  return renderThumbnails(bytes, await inspect(bytes), [{ ...INSIDE_256, ...spec }, ...others], MAX_PIXELS);
}

/** Of 255, by pixel. */
async function differenceFromScene(bytes: Buffer): Promise<number> {
  const pixels = (image: sharp.Sharp) => image.resize(60, 40, { fit: 'fill' }).removeAlpha().raw().toBuffer();
  const [a, b] = await Promise.all([pixels(sharp(bytes)), pixels(scene())]);
  return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]), 0) / a.length;
}

async function expectToShow(looks: Looks, bytes: Buffer): Promise<void> {
  if (looks === 'anything' || looks === 'grey scene') return; // only the reference knows
  if (looks === 'scene') {
    expect(await differenceFromScene(bytes)).toBeLessThan(10);
    return;
  }
  const means = (await sharp(bytes).ensureAlpha().stats()).channels.map(({ mean }) => mean);
  means.forEach((mean, channel) => expect(Math.abs(mean - COLOURS[looks]![channel])).toBeLessThan(3));
}

describe.each(Object.entries(ODD_INPUTS))('%s', (_, inputs) => {
  test.each(inputs.flatMap((input) => [[input.name, 'one thumbnail', [], input], [input.name, 'three', OTHERS, input]] as [string, string, ThumbnailSpec[], OddInput][]))(
    '%s: %s', async (__, ___, others, input) => {
      const { spec, outcome } = input;
      const bytes = await input.bytes();
      if (outcome === 'no thumbnail') {
        expect(isTooLargeToDecode(await inspect(bytes), MAX_PIXELS)).toBe(true);
        return;
      }
      const rendered = render(bytes, spec, others);
      if (typeof outcome === 'string') {
        await expect(rendered).rejects.toMatchObject({ name: 'Rejection', reason: outcome });
        return;
      }
      expect(isTooLargeToDecode(await inspect(bytes), MAX_PIXELS)).toBe(false);
      const thumbnails = await rendered;
      const { width, height, format } = await sharp(thumbnails[0].bytes).metadata();
      expect(thumbnails[0]).toMatchObject({ contentType: `image/${outcome.thumbnail}`, width, height });
      expect(format).toBe(outcome.thumbnail === 'avif' ? 'heif' : outcome.thumbnail);
      expect(thumbnails[0].width).toBeLessThanOrEqual(256);
      expect(thumbnails[0].height).toBeLessThanOrEqual(spec?.format || spec?.width ? 16_383 : 256);
      await expectToShow(outcome.shows, thumbnails[0].bytes);
      if (lacksReference(input)) return;
      const comparison = await reference.compare(await (input.reference?.() ?? bytes), thumbnails.map((thumbnail) => thumbnail.bytes));
      expect(comparison).toMatchObject({ differences: expect.any(Array) });
      expect(Math.max(...(comparison as Comparison).differences)).toBeLessThan(TOLERANCE);
    });
});

test('another picture than the scene would be told apart', async () => {
  const [thumbnail] = await render(await FORMATS.JPEG());
  expect(await differenceFromScene(await sharp(thumbnail.bytes).flop().toBuffer())).toBeGreaterThan(20);
  expect(await differenceFromScene(await sharp(thumbnail.bytes).negate().toBuffer())).toBeGreaterThan(20);
});

test('a thumbnail with one black tile, or in other colours, would be told apart by the reference', async () => {
  const photo = await FORMATS.PNG();
  const tile = await plain(51, 51, 'black').png().toBuffer();
  const [{ bytes }] = await render(photo);
  const wrong = await Promise.all([
    sharp(bytes).composite([{ input: tile, left: 102, top: 51 }]), sharp(bytes).flop(), sharp(bytes).modulate({ hue: 90 }),
  ].map((image) => image.png().toBuffer()));
  const { differences } = await reference.compare(photo, wrong) as Comparison;
  expect(Math.min(...differences)).toBeGreaterThan(TOLERANCE);
});

test('nothing of what is hidden in a photo is in its thumbnail', async () => {
  const [script, archive] = ['JPEG with a script in its comment', 'JPEG with a ZIP behind it']
    .map((name) => ODD_INPUTS['Two files in one'].find((input) => input.name === name)!);
  expect((await render(await script.bytes()))[0].bytes.includes('<script>')).toBe(false);
  expect((await render(await archive.bytes()))[0].bytes.includes('PK\x03\x04')).toBe(false);
});

test('a thumbnail that is higher than its format can be is made to fit', async () => {
  const tall = ODD_INPUTS.Sizes.find(({ name }) => name === '100 × 60 000, higher than a WebP can be')!;
  expect((await render(await tall.bytes(), tall.spec))[0]).toMatchObject({ width: 27, height: 16_383 });
});
