import { readFileSync } from 'fs';
import { join } from 'path';
import sharp from 'sharp';

const FOLDER = join(__dirname, '..', '..', 'examples', 'photo-archive', 'photos');

export interface Picture {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The same bytes on every run: what is random about them has a fixed seed. */
export async function pictures(): Promise<Picture[]> {
  const [upright] = NINE;
  return [
    ...NINE.map((orientation) => ({ name: `landscape-${orientation}.jpg`, bytes: landscape(orientation) })),
    { name: '12-megapixels.jpg', bytes: await cameraLike(4000, 3000) },
    { name: '48-megapixels.jpg', bytes: await cameraLike(8000, 6000) },
    { name: 'landscape.png', bytes: await sharp(landscape(upright)).png().toBuffer() },
    { name: 'landscape.webp', bytes: await sharp(landscape(upright)).webp({ quality: 90 }).toBuffer() },
  ];
}

/** As many pixels as the function takes by default, in the kind of JPEG that cannot be decoded line by line. */
export async function largestAllowed(): Promise<Picture> {
  return { name: '100-megapixels-progressive.jpg', bytes: await cameraLike(12_500, 8_000, { progressive: true }) };
}

/** As many as it takes of AVIF, whose decoder needs three times the memory. */
export async function largestAvif(): Promise<Picture> {
  const { data, info } = await sharp({ create: { width: 6600, height: 5050, channels: 3, background: 'black' } })
    .composite([{ input: landscape(1), tile: true }]).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { name: '33-megapixels.avif', bytes: await sharp(data, { raw: info }).avif({ quality: 50, effort: 0 }).toBuffer() };
}

const NINE = [0, 1, 2, 3, 4, 5, 6, 7, 8];

function landscape(orientation: number): Buffer {
  return readFileSync(join(FOLDER, `Landscape_${orientation}.jpg`));
}

/** Details at the scale of pixels, the noise of a sensor, EXIF, and a camera held on its side: the landscape, tiled. */
async function cameraLike(width: number, height: number, options: sharp.JpegOptions = {}): Promise<Buffer> {
  const { data } = await sharp({ create: { width, height, channels: 3, background: 'black' }, limitInputPixels: false })
    .composite([{ input: landscape(1), tile: true }])
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  addNoise(data);
  return sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .withExif({ IFD0: { Make: 'Bench', Model: `${width} × ${height}` } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 92, ...options })
    .toBuffer();
}

/** ± 4 by the generator of Numerical Recipes; a prime number of them, so that they do not repeat in rows. */
function addNoise(pixels: Buffer): void {
  const noise = new Int8Array(999_983);
  for (let index = 0, state = 1; index < noise.length; index++) {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    noise[index] = Math.floor(state / 2 ** 29) - 4;
  }
  for (let index = 0; index < pixels.length; index++) pixels[index] = Math.min(255, Math.max(0, pixels[index] + noise[index % noise.length]));
}
