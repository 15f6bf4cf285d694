import sharp from 'sharp';
import { inspect } from '../../../../lambda/photos/thumbnail/inspect';
import { renderThumbnails, ThumbnailSpec } from '../../../../lambda/photos/thumbnail/thumbnail';
import { landscape, ORIENTATIONS } from '../../fixtures/photos';

const MAX_PIXELS = 10_000_000;
const INSIDE_256: ThumbnailSpec = { fit: 'inside', width: 256, height: 256, format: 'jpeg', quality: 90 };
const RED = { r: 200, g: 30, b: 30 };

const plain = (width: number, height: number, background: string | typeof RED = RED) =>
  sharp({ create: { width, height, channels: 3, background } });
const translucent = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 4, background: { r: 0, g: 0, b: 255, alpha: 0 } } });

async function render(bytes: Uint8Array, spec: Partial<ThumbnailSpec> = {}) {
  const inspected = await inspect(bytes);
  const [thumbnail] = await renderThumbnails(bytes, inspected, [{ ...INSIDE_256, ...spec }], MAX_PIXELS);
  return { thumbnail, metadata: await sharp(thumbnail.bytes).metadata() };
}

async function colours(bytes: Uint8Array): Promise<number[]> {
  return (await sharp(bytes).stats()).channels.map(({ mean }) => Math.round(mean));
}

async function meanDifference(one: Buffer, other: Buffer): Promise<number> {
  const [a, b] = await Promise.all([one, other].map((bytes) => sharp(bytes).raw().toBuffer()));
  return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]), 0) / a.length;
}

describe('a photo taken in any orientation', () => {
  test.each(ORIENTATIONS)('%i gives the same upright thumbnail of 256 pixels', async (orientation) => {
    const upright = (await render(landscape(0))).thumbnail;
    const { thumbnail, metadata } = await render(landscape(orientation));

    expect(metadata).toMatchObject({ format: 'jpeg', width: 256, height: 171 });
    expect(thumbnail).toMatchObject({ contentType: 'image/jpeg', width: 256, height: 171 });
    expect(await meanDifference(thumbnail.bytes, upright.bytes)).toBeLessThan(4); // of 255; a mirrored one differs by some 40
  });

  test('a thumbnail turned the wrong way would be told apart', async () => {
    const { thumbnail } = await render(landscape(0));
    const mirrored = await sharp(thumbnail.bytes).flop().jpeg().toBuffer();
    expect(await meanDifference(thumbnail.bytes, mirrored)).toBeGreaterThan(20);
  });
});

describe('what a thumbnail keeps of a photo', () => {
  test('no metadata: neither the place and camera of EXIF nor XMP nor a colour profile', async () => {
    const telling = await plain(400, 300)
      .withExif({ IFD0: { Make: 'Leica', Orientation: '6' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' } })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>')
      .withIccProfile('p3')
      .jpeg().toBuffer();
    expect(await sharp(telling).metadata()).toMatchObject({ exif: expect.anything(), icc: expect.anything(), xmp: expect.anything() });

    for (const format of ['jpeg', 'webp', 'avif'] as const) {
      const { metadata, thumbnail } = await render(telling, { format });
      expect(metadata).not.toHaveProperty('exif');
      expect(metadata).not.toHaveProperty('xmp');
      expect(metadata).not.toHaveProperty('icc');
      expect(metadata.orientation).toBeUndefined();
      expect(thumbnail.bytes.includes('Leica')).toBe(false);
    }
  });

  test('its colours, from a wide gamut', async () => {
    const photo = await plain(400, 300).withIccProfile('p3').jpeg({ quality: 100 }).toBuffer();
    const { thumbnail, metadata } = await render(photo);
    const [red, green, blue] = await colours(thumbnail.bytes);
    expect(metadata).toMatchObject({ space: 'srgb', channels: 3 });
    expect([Math.abs(red - 200), Math.abs(green - 30), Math.abs(blue - 30)].every((difference) => difference < 6)).toBe(true);
  });

  test('its colours, from the CMYK of a print shop', async () => {
    const { thumbnail, metadata } = await render(await plain(400, 300).toColourspace('cmyk').jpeg().toBuffer());
    const [red, green, blue] = await colours(thumbnail.bytes);
    expect(metadata).toMatchObject({ space: 'srgb', channels: 3 });
    expect(red - Math.max(green, blue)).toBeGreaterThan(100);
  });

  test('its transparency, except as JPEG, which shows it white', async () => {
    const photo = await translucent(400, 300).png().toBuffer();
    expect((await render(photo, { format: 'source' })).metadata).toMatchObject({ format: 'png', hasAlpha: true });
    expect((await render(photo, { format: 'webp' })).metadata).toMatchObject({ format: 'webp', hasAlpha: true });
    expect(await colours((await render(photo)).thumbnail.bytes)).toEqual([255, 255, 255]);
  });
});

describe('the size of a thumbnail', () => {
  test.each<[string, Partial<ThumbnailSpec>, number, number]>([
    ['inside a box', { width: 100, height: 100 }, 100, 75],
    ['inside a width', { width: 100, height: undefined }, 100, 75],
    ['covering a box', { fit: 'cover', width: 100, height: 100 }, 100, 100],
    ['inside a box larger than the photo', { width: 800, height: 800 }, 400, 300],
    ['inside a width larger than the photo', { width: 800, height: undefined }, 400, 300],
    ['covering a box larger than the photo', { fit: 'cover', width: 800, height: 800 }, 400, 300],
    ['covering a box wider than the photo', { fit: 'cover', width: 800, height: 100 }, 400, 100],
  ])('%s: it is never larger than the photo', async (_, spec, width, height) => {
    const { metadata, thumbnail } = await render(await plain(400, 300).png().toBuffer(), spec);
    expect(metadata).toMatchObject({ width, height });
    expect(thumbnail).toMatchObject({ width, height });
  });
});

describe('the format of a thumbnail', () => {
  test.each([
    ['jpeg', plain(40, 30).jpeg(), 'jpeg'],
    ['png', plain(40, 30).png(), 'png'],
    ['webp', plain(40, 30).webp(), 'webp'],
    ['avif', plain(40, 30).avif(), 'avif'],
    ['gif', plain(40, 30).gif(), 'png'],
    ['tiff', plain(40, 30).tiff(), 'jpeg'],
    ['tiff with transparency', translucent(40, 30).tiff({ compression: 'deflate' }), 'png'],
  ])('of a %s as the source shows in every browser', async (_, photo, format) => {
    const { thumbnail, metadata } = await render(await photo.toBuffer(), { format: 'source' });
    expect(thumbnail.contentType).toBe(`image/${format}`);
    expect(metadata.format).toBe(format === 'avif' ? 'heif' : format);
  });

  test.each(['jpeg', 'webp', 'avif'] as const)('%s costs fewer bytes at a lower quality', async (format) => {
    const sizes = await Promise.all([20, 90].map(async (quality) => (await render(landscape(1), { format, quality })).thumbnail.bytes.length));
    expect(sizes[0]).toBeLessThan(sizes[1] / 2);
  });

  test('PNG keeps all colours at every quality', async () => {
    const photo = await sharp(landscape(1)).resize(100).png().toBuffer();
    const { thumbnail } = await render(photo, { format: 'source', quality: 1 });
    expect(await meanDifference(thumbnail.bytes, photo)).toBe(0);
  });

  test('an animation gives its first frame', async () => {
    const frames = await Promise.all([plain(40, 30), plain(40, 30, 'blue')].map((frame) => frame.png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } }).gif().toBuffer();
    expect((await sharp(animation, { animated: true }).metadata()).pages).toBe(2);
    const { metadata, thumbnail } = await render(animation, { format: 'source' });
    expect(metadata).toMatchObject({ format: 'png', width: 40, height: 30 });
    expect((await colours(thumbnail.bytes))[0]).toBe(200);
  });
});

describe('several thumbnails of one photo', () => {
  const SPECS: ThumbnailSpec[] = [
    { ...INSIDE_256, width: 64, height: 64 }, { ...INSIDE_256, fit: 'cover', width: 100, height: 100 }, { ...INSIDE_256, format: 'webp' },
  ];
  const all = async (bytes: Uint8Array) => renderThumbnails(bytes, await inspect(bytes), SPECS, MAX_PIXELS);

  test.each([1, 6])('are what each of them alone is (orientation %i)', async (orientation) => {
    const photo = landscape(orientation);
    for (const [index, thumbnail] of (await all(photo)).entries()) {
      const alone = (await render(photo, SPECS[index])).thumbnail;
      expect(thumbnail).toMatchObject({ contentType: alone.contentType, width: alone.width, height: alone.height });
      expect(await meanDifference(thumbnail.bytes, alone.bytes)).toBeLessThan(4); // of 255; a mirrored one differs by some 40
    }
  });

  test('keep transparency and colours', async () => {
    const photo = await sharp({ create: { width: 1000, height: 800, channels: 4, background: { ...RED, alpha: 0.5 } } }).withIccProfile('p3').png().toBuffer();
    const [, , webp] = await all(photo);
    const [red, green, blue, alpha] = await colours(webp.bytes);
    expect([red - 200, green - 30, blue - 30, alpha - 128].every((difference) => Math.abs(difference) < 6)).toBe(true);
  });
});

describe('what is refused', () => {
  test('more pixels than the header says: the decoder has the limit, too', async () => {
    const photo = await plain(100, 101).png().toBuffer();
    const inspected = { ...await inspect(photo), options: { limitInputPixels: 10_099 } };
    await expect(renderThumbnails(photo, inspected, [INSIDE_256], MAX_PIXELS)).rejects.toMatchObject({ name: 'Rejection', reason: 'corrupt' });
  });

  test('what no renderer can do, at once and not after ten tries', async () => {
    const photo = await plain(100, 101).png().toBuffer();
    const impossible = { ...INSIDE_256, width: -1 };
    await expect(renderThumbnails(photo, await inspect(photo), [impossible], MAX_PIXELS)).rejects.toMatchObject({ name: 'Rejection', reason: 'unsupported-format' });
  });

  test('nothing for a shortage of the machine, which passes', async () => {
    const photo = await plain(100, 101).png().toBuffer();
    const shortage = Object.assign(new Error('spawn EAGAIN'), { errno: -11, code: 'EAGAIN' });
    const inspected = { ...await inspect(photo), readable: () => { throw shortage; } };
    await expect(renderThumbnails(photo, inspected, [INSIDE_256], MAX_PIXELS)).rejects.toBe(shortage);
  });
});

test('no picture stays in memory for a next one', () => {
  expect(sharp.cache()).toMatchObject({ memory: { max: 0 }, items: { max: 0 }, files: { max: 0 } });
});
