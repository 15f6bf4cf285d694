import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { dirname, join } from 'path';
import { Worker } from 'worker_threads';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { decodeHeic, HeicBounds } from '../../../../lambda/photos/thumbnail/heic';
import { after, heic, patched } from '../../fixtures/odd-files';
import { landscape } from '../../fixtures/photos';
import { Comparison, ReferenceDecoder } from '../../fixtures/reference-decoder';

jest.setTimeout(60_000);

const BOUNDS: HeicBounds = { shrink: 1, maxPixels: 100_000_000, maxSeconds: 60 };

async function difference(one: Buffer, other: Buffer): Promise<number> {
  const [a, b] = await Promise.all([one, other].map((bytes) => sharp(bytes).autoOrient().toColourspace('srgb').resize(60, 40, { fit: 'fill' }).raw().toBuffer()));
  return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]), 0) / a.length;
}

test.each([[1, 600, 400], [2, 300, 200], [7, 86, 58], [16, 38, 25]])('%i × %i pixels become one, the last ones of fewer', async (shrink, width, height) => {
  const [whole, shrunk] = await Promise.all([1, shrink].map((by) => decodeHeic(heic('phone-tiles'), { ...BOUNDS, shrink: by })));
  const { autoOrient } = await sharp(shrunk).metadata();
  expect(autoOrient).toEqual({ width, height });
  expect(await difference(whole, shrunk)).toBeLessThan(12);
});

test('each tile is in its place', async () => {
  const small = (picture: sharp.Sharp) => picture.resize(32, 24, { fit: 'fill' }).toColourspace('srgb').raw().toBuffer();
  const decoded = await small(sharp(await decodeHeic(heic('48-megapixels'), { ...BOUNDS, shrink: 16 })));
  const original = await small(sharp(landscape(1)).resize(60, 40));
  expect(Math.max(...decoded.map((value, index) => Math.abs(value - original[index])))).toBeLessThan(40); // of 255, at the worst of 768 places
});

test.each(['orientation-1', 'phone-tiles', 'ten-bits'])('%s with damage anywhere is corrupt, or shows what another decoder sees: nothing is left green that was not decoded', async (name) => {
  const reference = new ReferenceDecoder();
  const sound = heic(name);
  const data = after(sound, 'mdat');
  let corrupt = 0;
  try {
    for (let part = 0; part < 16; part++) {
      const at = data + Math.floor((sound.length - data) * (part + 0.5) / 16);
      const damaged = patched(sound, at, Buffer.from(Array.from({ length: Math.min(20, sound.length - at) }, (_, index) => (index * 89 + 41) % 251)));
      const decoded = await decodeHeic(damaged, BOUNDS).catch(({ reason }) => reason);
      if (decoded === 'corrupt') {
        corrupt++;
      } else {
        const comparison = await reference.compare(damaged, [await sharp(decoded).autoOrient().toColourspace('srgb').resize(64, 64, { fit: 'inside' }).png().toBuffer()]);
        expect(comparison).toMatchObject({ differences: [expect.any(Number)] });
        expect((comparison as Comparison).differences[0]).toBeLessThan(8);
      }
    }
  } finally {
    reference.end();
  }
  expect(corrupt).toBeGreaterThan(0);
});

test('a picture in the green that undecoded blocks have is no damage', async () => {
  const { width, height } = await sharp(await decodeHeic(heic('plain-green'), BOUNDS)).metadata();
  expect({ width, height }).toEqual({ width: 64, height: 64 });
});

test('a picture that needs more memory than the function has is refused, and not tried', async () => {
  await expect(decodeHeic(heic('4096-squared'), { ...BOUNDS, maxPixels: 1_000_000 })).rejects.toMatchObject({ name: 'Rejection', reason: 'too-much-memory' });
  await expect(decodeHeic(heic('4096-squared'), { ...BOUNDS, maxPixels: 16_777_216 })).resolves.toBeInstanceOf(Buffer);
});

test('a grid is refused that is larger than the picture it is said to be', async () => {
  await expect(decodeHeic(heic('phone-tiles'), { ...BOUNDS, maxPixels: 239_999 })).rejects.toMatchObject({ name: 'Rejection', reason: 'too-many-pixels' });
  await expect(decodeHeic(heic('phone-tiles'), { ...BOUNDS, maxPixels: 240_000 })).resolves.toBeInstanceOf(Buffer);
});

test('a decoding that takes too long is ended', async () => {
  const started = performance.now();
  await expect(decodeHeic(heic('48-megapixels'), { ...BOUNDS, maxSeconds: 0.5 })).rejects.toMatchObject({
    name: 'Rejection', reason: 'too-much-time', message: 'not decoded after 0.5 s',
  });
  expect(performance.now() - started).toBeLessThan(5000);
});

test.each(['arm64', 'x64'])('the zip for %s has all that the decoder needs', async (cpu) => {
  const zip = readFileSync(join(__dirname, `../../../../assets/photos-thumbnail-${cpu}.zip`));
  const files = unzipSync(zip, { filter: ({ name }) => /^heic-worker|^node_modules\/libheif-js\//.test(name) });
  const folder = mkdtempSync(join(tmpdir(), 'heic-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const task = { bytes: new Uint8Array(heic('orientation-6')), shrink: 2, maxPixels: 40_000, maxMemoryBytes: 2 ** 28 };
    const worker = new Worker(join(folder, 'heic-worker.mjs'), { workerData: task });
    const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await worker.terminate();
    expect(answer).toMatchObject({ width: 120, height: 80, channels: 3, orientation: 1, pixels: expect.any(Uint8Array) });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
