import { execFileSync } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import sharp from 'sharp';
import { type Measured } from '../../fixtures/measured-render';
import { heic, manyScans, plain, png, withFrame } from '../../fixtures/odd-files';
import { landscape } from '../../fixtures/photos';

const ROOT = join(__dirname, '../../../..');
const TS_NODE = ['node_modules/.bin/ts-node', '--transpile-only', '--project', 'tsconfig.dev.json'];

let folder: string;

beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'large-pictures-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

/** In a process of its own, which has some 90 MB before it reads the picture. */
function measured(bytes: Buffer): Measured {
  const file = join(folder, 'picture');
  writeFileSync(file, bytes);
  return JSON.parse(execFileSync(process.execPath, [...TS_NODE, 'test/lambda/fixtures/measured-render.ts', file], { cwd: ROOT, encoding: 'utf8' }));
}

test.each<[string, () => Buffer | Promise<Buffer>, string, number]>([
  ['a JPEG of 48 megapixels', () => sharp(landscape(0)).resize(8064, 6048).jpeg({ quality: 85 }).toBuffer(), 'image/jpeg 256x192', 256],
  ['a JPEG of 108 megapixels, as phones write', () => plain(12_000, 9000).jpeg().toBuffer(), 'image/jpeg 256x192', 256],
  ['a JPEG of 200 megapixels, turned, as phones write', () => plain(16_320, 12_240).withMetadata({ orientation: 6 }).jpeg().toBuffer(), 'image/jpeg 192x256', 300],
  ['a progressive JPEG of 108 megapixels', () => plain(12_000, 9000).jpeg({ progressive: true }).toBuffer(), 'image/jpeg 256x192', 600],
  ['a JPEG of 1000 megapixels', async () => withFrame(await plain(100, 100).jpeg().toBuffer(), { width: 40_000, height: 25_000 }), 'no thumbnail', 256],
  ['a PNG of 324 megapixels, interlaced', () => png(18_000, 18_000, { colour: 2, interlaced: true, rows: 1 }), 'no thumbnail', 256],
  ['a HEIC of 48 megapixels', () => heic('48-megapixels'), 'image/jpeg 256x192', 256],
  ['a PNG of 100 megapixels', () => png(10_000, 10_000, { colour: 2 }), 'image/png 256x256', 256],
  ['a PNG of 100 megapixels at its worst: interlaced, 16 bits, with alpha', () => png(10_000, 10_000, { colour: 6, bits: 16, interlaced: true }), 'image/png 256x256', 1100],
  ['the same, as wide as it may be', () => png(65_535, 1525, { colour: 6, bits: 16, interlaced: true }), 'image/png 256x6', 1300],
  ['an AVIF of 33 megapixels at its worst: 12 bits, no subsampling', () => plain(5773, 5773).avif({ effort: 0, bitdepth: 12, chromaSubsampling: '4:4:4' }).toBuffer(), 'image/avif 256x256', 1100],
  ['a bomb: progressive JPEG of 800 scans', () => manyScans(10_000, 800), 'too-much-time', 256],
])('%s needs no more than the megabytes that the function has for it', async (_, bytes, outcome, megabytes) => {
  const result = measured(await bytes());
  expect(result.outcome).toBe(outcome);
  expect(result.megabytes).toBeLessThan(megabytes);
  expect(result.processorSeconds).toBeLessThan(20); // of the 30 after which it would be rejected
}, 120_000);
