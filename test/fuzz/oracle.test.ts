import sharp from 'sharp';
import { corpus } from './corpus';
import { mutant } from './mutate';
import { Oracle, Verdict } from './oracle';
import { render, SPECS } from './render';
import { type Inspected, inspect } from '../../lambda/photos/thumbnail/inspect';
import { isTiff, tiffStructure } from '../../lambda/photos/thumbnail/tiff';
import { ReferenceDecoder } from '../lambda/fixtures/reference-decoder';

jest.setTimeout(60_000);

let reference: ReferenceDecoder;
let oracle: Oracle;
let files: Buffer[];
let sound: [file: Buffer, thumbnails: Buffer[]][];

beforeAll(async () => {
  reference = new ReferenceDecoder();
  oracle = new Oracle(reference);
  files = await corpus();
  sound = [];
  for (const file of files.slice(0, -1)) sound.push([file, await render(file, SPECS)]); // the last one is an SVG, which is rejected
});

afterAll(() => reference.end());

async function verdictsOf(thumbnailOf: (thumbnail: sharp.Sharp, size: { width: number; height: number }) => sharp.Sharp): Promise<Verdict[]> {
  const verdicts = [];
  for (const [file, thumbnails] of sound) {
    const { width, height } = await sharp(thumbnails[0]).metadata();
    const altered = await thumbnailOf(sharp(thumbnails[0]), { width, height }).png().toBuffer();
    verdicts.push(await oracle.judge({ mutant: file, sound: file }, [altered]));
  }
  return verdicts;
}

test('thumbnails of the undamaged files show what Pillow sees', async () => {
  for (const [file, thumbnails] of sound) expect(await oracle.judge({ mutant: file, sound: file }, thumbnails)).toEqual({ rule: 'as it is' });
});

test.each(['black', '#808080', 'white'])('a thumbnail that is all %s is found, of whichever format', async (background) => {
  const verdicts = await verdictsOf((_, { width, height }) => sharp({ create: { width, height, channels: 3, background } }));
  expect(verdicts.filter(({ finding }) => finding === undefined)).toEqual([]);
});

test('a black quarter is found, of whichever format', async () => {
  const verdicts = await verdictsOf((thumbnail, { width, height }) => thumbnail.composite([{
    input: { create: { width: Math.ceil(width / 2), height: Math.ceil(height / 2), channels: 3, background: 'black' } }, left: 0, top: 0,
  }]));
  expect(verdicts.filter(({ finding }) => finding === undefined)).toEqual([]);
});

test('tiles that are left black are found within the files of `npm test`: a defect that the photo function had', async () => {
  const asItWas = (photo: Inspected): Inspected => ({
    ...photo, options: { ...photo.options, failOn: 'error' }, warnings: Object.assign([], { includes: () => true }), // no warning counted
  });
  const findings = [];
  for (let index = 0; index < 1200; index++) {
    if (!isTiff(files[index % files.length]) || !tiffStructure(files[index % files.length])!.isTiled) continue;
    const bytes = mutant(files, 1, index);
    const thumbnails = await inspect(bytes).then((photo) => render(bytes, SPECS, asItWas(photo))).catch(() => []);
    if (thumbnails.length === 0) continue;
    const { finding } = await oracle.judge({ mutant: bytes, sound: files[index % files.length] }, thumbnails);
    if (finding !== undefined) findings.push(index);
  }
  expect(findings.length).toBeGreaterThan(2);
});
