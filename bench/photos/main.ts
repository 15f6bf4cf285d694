import { execFileSync } from 'child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { arch, cpus, loadavg, release, tmpdir, totalmem } from 'os';
import { join } from 'path';
import sharp from 'sharp';
import { hasHeicDecoder, unpackedBundle, zipSizes } from './bundle';
import { type Dropped, eventOf, functionEnvironment, StoreUrls } from './environment';
import { interleaved } from './interleaved';
import { largestAllowed, largestAvif, pictures } from './pictures';
import { type ColdStart, type Figures, report } from './report';
import { type PhotoTraffic } from './traffic';
import { Sample, Worker } from './worker';

const FOLDER = join(__dirname, '..');
/** Of the two rounds of measuring on one core: the stores and the asker have the other. */
const CORE = 0;

interface Options {
  readonly step: <T>(name: string, work: (show: (detail: string) => void) => Promise<T>) => Promise<T>;
  readonly rounds: number;
  readonly isDry: boolean;
}

interface Stand {
  readonly files: Record<string, string>;
  readonly bundle: string;
  readonly stores: Worker;
  readonly near: StoreUrls;
  readonly far: StoreUrls;
  readonly rounds: number;
}

export async function bench({ step, rounds, isDry }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-photos-'));
  const stores = Worker.node('stores.ts');
  try {
    const files = await step('making the pictures', () => pictureFiles(folder));
    const bundle = join(folder, 'function');
    await unpackedBundle(bundle);
    const stand: Stand = { files, bundle, stores, ...await stores.ask<Pick<Stand, 'near' | 'far'>>('urls'), rounds };
    const loadBefore = loadavg()[0];
    const figures: Figures = {
      ...await step('rendering', () => rendering(stand)),
      latency: await step('time to thumbnail', () => latency(stand)),
      ...await step('whole photos and batches', () => wholePhotos(stand)),
      share: await step('batches on one core and on two', () => share(stand)),
      coldStart: await step('cold starts', () => coldStarts(stand)),
      memory: await step('memory', () => memory(stand)),
      zips: zipSizes(),
      hasHeicDecoder: hasHeicDecoder(bundle),
      machine: { ...await machine(), loadBefore, loadAfter: loadavg()[0] },
      rounds,
      takenOn: new Date().toISOString().slice(0, 10),
    };
    const text = report(figures);
    console.log(`\n${text}`);
    if (isDry) return;
    writeFileSync(join(FOLDER, 'photos.json'), `${JSON.stringify(figures, rounded, 2)}\n`);
    writeFileSync(join(FOLDER, 'photos.md'), report(JSON.parse(JSON.stringify(figures, rounded))));
  } finally {
    await stores.stop();
    rmSync(folder, { recursive: true });
  }
}

async function pictureFiles(folder: string): Promise<Record<string, string>> {
  const all = [...await pictures(), await largestAllowed(), await largestAvif()];
  for (const { name, bytes } of all) writeFileSync(join(folder, name), bytes);
  const files = Object.fromEntries([...all.map(({ name }) => name), HEIC].map((name) => [name, join(folder, name)]));
  const theirs = Worker.python('baselines.py');
  await theirs.ask('heic_of', { file: files['12-megapixels.jpg'], result: files[HEIC] });
  await theirs.stop();
  return files;
}

const LARGEST = '100-megapixels-progressive.jpg';
const LARGEST_AVIF = '33-megapixels.avif';
const HEIC_IN_ONE_PIECE = join(__dirname, '..', '..', 'test', 'lambda', 'fixtures', 'heic', '48-megapixels.heic');
const HEIC = '12-megapixels.heic'; // as phones make them, which neither libvips here decodes
const measured = (files: Record<string, string>) => Object.entries(files).filter(([picture]) => picture !== LARGEST && picture !== LARGEST_AVIF);

/** On one core, in processes that have decoded the picture before. */
async function rendering({ files, far, rounds }: Stand): Promise<Pick<Figures, 'thumbnails' | 'halves' | 'heic'>> {
  const environment = functionEnvironment(far);
  const [ours, onTwoCores] = [Worker.node('photo-function.ts', { core: CORE, environment }), Worker.node('photo-function.ts', { environment })];
  const theirs = Worker.python('baselines.py', { core: CORE, environment: { VIPS_CONCURRENCY: '1' } });
  const thumbnails = [];
  const halves = [];
  for (const [picture, file] of measured(files).filter(([name]) => name !== HEIC)) {
    const request = { file, repetitions: picture.startsWith('48') ? 1 : 2 };
    thumbnails.push({ picture, ...await interleaved(rounds, { ours: () => ours.ask('thumbnail', request), vips: () => theirs.ask('vips_thumbnail', request) }) });
    const half = await interleaved(rounds, {
      ours: () => ours.ask('half', request),
      twoThreads: () => onTwoCores.ask('half', { ...request, threads: 2 }),
      halvedInDecoder: () => theirs.ask('vips_half', request),
      pillow: () => theirs.ask('pillow_half', request),
    });
    halves.push({ picture, ...half });
  }
  const request = { file: files[HEIC], repetitions: 1 };
  const heic = await interleaved(rounds, { ours: () => ours.ask('thumbnail', request), libheif: () => theirs.ask('libheif_thumbnail', request) });
  await Promise.all([ours.stop(), onTwoCores.stop(), theirs.stop()]);
  return { thumbnails, halves, heic };
}

/** Of what bare sharp decodes. */
async function latency({ files, far, stores, rounds }: Stand): Promise<Figures['latency']> {
  const ours = Worker.node('photo-function.ts', { environment: functionEnvironment(far) });
  const latencies = [];
  for (const [picture, file] of measured(files).filter(([name]) => name !== HEIC)) {
    const drop = async () => (await stores.ask<Dropped[]>('drop', { files: [file] }))[0];
    const taken = await interleaved(rounds * 2, {
      ours: async () => ours.ask('timeToThumbnail', { photo: await drop() }),
      bare: async () => ours.ask('bareThumbnail', await drop()),
    });
    latencies.push({ picture, ...taken });
  }
  await ours.stop();
  return latencies;
}

async function wholePhotos({ files, far, stores, rounds }: Stand): Promise<Pick<Figures, 'photos' | 'batches'>> {
  const environment = functionEnvironment(far);
  const [ours, onOneCore] = [Worker.node('photo-function.ts', { environment }), Worker.node('photo-function.ts', { core: CORE, environment })];
  const theirs = Worker.python('baselines.py');
  const photos = [];
  for (const [picture, file] of measured(files)) {
    const dropped = async (ask: (photo: Dropped) => Promise<Sample>) => {
      const [photo] = await stores.ask<Dropped[]>('drop', { files: [file] });
      return ask(photo);
    };
    const taken = await interleaved(rounds, {
      whole: () => dropped((photo) => ours.ask('handle', { photos: [photo] })),
      unverified: () => dropped((photo) => ours.ask('believing', { photos: [photo] })),
      oneAfterTheOther: () => dropped((photo) => ours.ask('oneAfterTheOther', photo)),
      sourceSystem: () => dropped(({ key, versionId }) => theirs.ask('source_system', { aws: far.aws, wasabi: far.wasabi, key, version: versionId })),
      piped: () => dropped((photo) => ours.ask('piped', photo)),
      get: () => dropped(({ key }) => ours.ask('get', { key })),
      put: () => dropped(() => ours.ask('put', { file })),
      decode: () => ours.ask('thumbnail', { file, repetitions: 1 }),
    });
    await dropped((photo) => ours.ask('handle', { photos: [photo] }));
    const traffic = await stores.ask<PhotoTraffic>('traffic');
    photos.push({ picture, bytes: readFileSync(file).length, ...taken, traffic });
  }
  const batches = [];
  for (const picture of ['landscape-1.jpg', '12-megapixels.jpg']) {
    const ten = async (worker: Worker, operation: string) => worker.ask(operation, { photos: await stores.ask('drop', { files: Array(10).fill(files[picture]) }) });
    const taken = await interleaved(rounds, { atOnce: () => ten(ours, 'handle'), oneByOne: () => ten(ours, 'oneByOne'), onOneCore: () => ten(onOneCore, 'handle') });
    batches.push({ picture, ...taken });
  }
  await Promise.all([ours.stop(), onOneCore.stop(), theirs.stop()]);
  return { photos, batches };
}

/** What a batch of ten camera photos takes of the clock and of the processor: what the price at other sizes is reckoned from. */
async function share({ files, far, stores, rounds }: Stand): Promise<Figures['share']> {
  const environment = functionEnvironment(far);
  const [one, two] = [Worker.node('photo-function.ts', { core: CORE, environment }), Worker.node('photo-function.ts', { environment })];
  const ten = async (worker: Worker) => worker.ask('handle', { photos: await stores.ask('drop', { files: Array(10).fill(files['12-megapixels.jpg']) }) });
  const taken = await interleaved(rounds, { oneCore: () => ten(one), twoCores: () => ten(two) });
  await Promise.all([one.stop(), two.stop()]);
  return taken;
}

async function coldStarts({ files, bundle, near, stores, rounds }: Stand): Promise<ColdStart> {
  const start = async (name: string): Promise<Sample> => {
    const photos = await stores.ask<Dropped[]>('drop', { files: [files['landscape-1.jpg']] });
    const { loadedAt, loadCpuMs } = runBundle(join(bundle, name), near, eventOf(photos));
    return { wallMs: await stores.ask<number>('firstRequestAt') - loadedAt, cpuMs: loadCpuMs };
  };
  return interleaved(rounds * 2, { ours: () => start('index.js'), bare: () => start('bare.js') });
}

async function memory({ files, bundle, near, stores }: Stand): Promise<Figures['memory']> {
  const peak = async (what: string, dropped: string[], goalMiB?: number) => {
    const photos = await stores.ask<Dropped[]>('drop', { files: dropped });
    const { peakMiB, failures } = runBundle(join(bundle, 'index.js'), near, eventOf(photos));
    if (failures > 0) throw new Error(`${failures} of ${what} failed`);
    return { what, peakMiB, goalMiB };
  };
  const { '48-megapixels.jpg': large, [LARGEST]: largest, [LARGEST_AVIF]: avif } = files;
  return [
    await peak('48 megapixels', [large], 256),
    await peak('an object of 500 MB', [String(500e6)], 300),
    await peak('a batch of ten times 48 megapixels', Array(10).fill(large)),
    await peak('100 megapixels, progressive', [largest]),
    await peak('48 megapixels, HEIC in one piece', [HEIC_IN_ONE_PIECE]),
    await peak('33 megapixels, AVIF, the most of it', [avif]),
  ];
}

interface BundleRun {
  readonly loadedAt: number;
  readonly loadCpuMs: number;
  readonly peakMiB: number;
  readonly failures: number;
}

function runBundle(bundle: string, near: StoreUrls, event: object): BundleRun {
  const output = execFileSync(process.execPath, [join(__dirname, 'run-bundle.cjs'), bundle, JSON.stringify(event)], {
    encoding: 'utf8', env: functionEnvironment(near),
  });
  return JSON.parse(/^ran (.*)$/m.exec(output)![1]);
}

async function machine(): Promise<Omit<Figures['machine'], 'loadBefore' | 'loadAfter'>> {
  const theirs = Worker.python('baselines.py');
  const versions = await theirs.ask<Record<string, string>>('versions');
  await theirs.stop();
  return {
    processor: cpus()[0].model,
    cores: cpus().length,
    memoryGiB: totalmem() / 2 ** 30,
    system: `Linux ${release()} ${arch()}`,
    versions: { 'Node.js': process.version.slice(1), 'sharp': sharp.versions.sharp!, 'libvips of sharp': sharp.versions.vips, ...versions },
  };
}

function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(2)) : value;
}
