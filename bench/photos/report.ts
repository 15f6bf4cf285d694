import { LAMBDA_PRICES, prices, recommendedMemory } from './price';
import { Sample } from './worker';

interface OfPicture {
  readonly picture: string;
}

/** On the clock until the first request is at the store; of the processor for the loading. */
export interface ColdStart {
  readonly ours: Sample;
  readonly bare: Sample;
}

/** bench/photos.json */
export interface Figures {
  readonly takenOn: string;
  readonly rounds: number;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly system: string;
    readonly versions: Record<string, string>;
    readonly loadBefore: number;
    readonly loadAfter: number;
  };
  readonly thumbnails: (OfPicture & Record<'ours' | 'vips', Sample>)[];
  readonly halves: (OfPicture & Record<'ours' | 'twoThreads' | 'halvedInDecoder' | 'pillow', Sample>)[];
  readonly heic: Record<'ours' | 'libheif', Sample>;
  readonly photos: (OfPicture & { readonly bytes: number } & Record<PhotoContender, Sample>)[];
  readonly batches: (OfPicture & Record<'atOnce' | 'oneByOne', Sample>)[];
  readonly share: Record<'oneCore' | 'twoCores', Sample>;
  readonly coldStart: ColdStart;
  readonly memory: { readonly what: string; readonly peakMiB: number; readonly goalMiB?: number }[];
  readonly zips: Record<string, number>;
  readonly hasHeicDecoder: boolean;
}

type PhotoContender = 'whole' | 'unverified' | 'oneAfterTheOther' | 'sourceSystem' | 'piped' | 'get' | 'put' | 'decode';

type Row = (string | number)[];

export function report(figures: Figures): string {
  const { machine, rounds, takenOn } = figures;
  const load = `load average ${machine.loadBefore.toFixed(1)} before and ${machine.loadAfter.toFixed(1)} after the run`;
  return [
    '# The photo function, measured',
    'Written by `npm run bench:photos`, with its figures in `photos.json`; it gates no test.',
    `${takenOn}. ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB.toFixed(0)} GiB, ${machine.system}. ` +
    `${Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`).join(', ')}. ` +
    `Medians of ${rounds} rounds, in which the contenders take turns, after one that warms up; ${load}. ` +
    (machine.loadBefore > machine.cores / 2
      ? '**Other work kept the machine busy: where a table has processor time, that is the truer figure; wall times are too long, and their ratios rough.**'
      : 'Nothing else ran.'),
    '## Goals',
    table(['measure', 'against', 'goal', 'measured', ''], goals(figures)),
    ...sections(figures),
  ].join('\n\n') + '\n';
}

/** The worst and the best picture: a goal is met when all meet it. */
function goals({ thumbnails, halves, photos, batches, memory, coldStart, zips, hasHeicDecoder }: Figures): Row[] {
  const atMost = (measure: string, against: string, goal: number, ratios: number[]): Row =>
    [measure, against, `≤ ${goal} ×`, range(ratios), verdict(ratios.map((measured) => measured <= goal))];
  const atLeast = (measure: string, against: string, goal: number, ratios: number[]): Row =>
    [measure, against, `≥ ${goal} × faster`, range(ratios), verdict(ratios.map((measured) => measured >= goal))];
  const zipGoal = hasHeicDecoder ? 12e6 : 9e6;
  return [
    atMost('one thumbnail (256 px), one core', '`vipsthumbnail`, in its process', 1.05, thumbnails.map(({ ours, vips }) => ours.cpuMs / vips.cpuMs)),
    atLeast('half size, one core', 'Pillow', 2.5, halves.map(({ ours, pillow }) => pillow.cpuMs / ours.cpuMs)),
    atMost('whole photo, stores 20 ms away, 40 MB/s', 'the slowest of bare GET, PUT, decode', 1.2, photos.map((photo) => photo.whole.wallMs / slowestStep(photo))),
    atMost('the same, not verified', 'the same', 1.2, photos.map((photo) => photo.unverified.wallMs / slowestStep(photo))),
    atLeast('whole photo', 'its steps one after the other', 1.8, photos.map(({ whole, oneAfterTheOther }) => oneAfterTheOther.wallMs / whole.wallMs)),
    atLeast('the same', 'the source system (Python, Pillow, half size)', 1.8, photos.map(({ whole, sourceSystem }) => sourceSystem.wallMs / whole.wallMs)),
    atLeast('photos per second, ten at once, warm', 'one at a time', 1.5, batches.map(({ atOnce, oneByOne }) => oneByOne.wallMs / atOnce.wallMs)),
    ...memory.filter(({ goalMiB }) => goalMiB !== undefined)
      .map(({ what, peakMiB, goalMiB }): Row => [`peak memory: ${what}`, '', `≤ ${goalMiB} MiB`, `${peakMiB.toFixed(0)} MiB`, verdict([peakMiB <= goalMiB!])]),
    atMost('cold start, load to first request', 'bare sharp and S3 client', 1.25, [coldStart.ours.wallMs / coldStart.bare.wallMs]),
    ...Object.entries(zips).map(([architecture, bytes]): Row =>
      [`zip for ${architecture}, ${hasHeicDecoder ? 'with' : 'without'} HEIC`, '', `≤ ${zipGoal / 1e6} MB`, `${megabytes(bytes)} MB`, verdict([bytes <= zipGoal])]),
  ];
}

function sections({ thumbnails, halves, heic, photos, batches, memory, coldStart, share }: Figures): string[] {
  const all = prices(share);
  const recommended = recommendedMemory(all, memory.map(({ peakMiB }) => peakMiB));
  return [
    '## One thumbnail',
    'Milliseconds of processor time on one core (and on the clock). libvips by pyvips, `thumbnail_buffer` with the same fit, the same encoder settings and metadata dropped.',
    table(['picture', 'photo function', 'libvips', 'ratio'], thumbnails.map(({ picture, ours, vips }) => [picture, both(ours), both(vips), ratio(ours.cpuMs, vips.cpuMs)])),
    `Of a HEIC of 12 megapixels, which libvips decodes neither in sharp nor in pyvips: ${both(heic.ours)} by libheif in WebAssembly, where Pillow with libheif ` +
    `compiled for this processor takes ${both(heic.libheif)}: ${ratio(heic.ours.cpuMs, heic.libheif.cpuMs)} × as long, for a bundle that is the same for all processors.`,
    '## Half size',
    'Milliseconds of processor time on one core (and on the clock); "two threads" has both cores. Where it is missed, the reason is the decoder: sharp halves ' +
    'a JPEG while decoding only from a third of its size down (it avoids rounding errors of libjpeg: `src/pipeline.cc`), so both decode every pixel. Two ways were tried: two threads, ' +
    'on both cores; and "halved in the decoder", libvips by pyvips with `shrink=2`, for which sharp has no option.',
    table(['picture', 'photo function', 'two threads', 'halved in the decoder', 'Pillow', 'Pillow / ours'], halves.map(({ picture, ours, twoThreads, halvedInDecoder, pillow }) =>
      [picture, both(ours), both(twoThreads), both(halvedInDecoder), both(pillow), ratio(pillow.cpuMs, ours.cpuMs)])),
    '## Whole photos',
    'Milliseconds on the clock, warm. Each store is behind a link with a round trip of 20 ms and 40 MB/s in each direction, which its connections share; connections are open, ' +
    'and TLS and TCP\'s slow start are not modelled. The steps depend on each other: the digest that goes with an archive copy needs the whole original, the reading back the ' +
    'whole copy, the removal the verification. Three ways were tried: the archive is listed while the copy is read back, which took two round trips off and is in the function; ' +
    '"not verified" leaves the reading back out, which only this benchmark can; "piped" sends the original on while it comes, without digest, and verifies nothing: the least that streaming could take.',
    table(['picture', 'MB', 'photo function', 'not verified', 'piped', 'one after the other', 'source system', 'bare GET', 'bare PUT', 'decode'], photos.map((photo) =>
      [photo.picture, megabytes(photo.bytes), ...(['whole', 'unverified', 'piped', 'oneAfterTheOther', 'sourceSystem', 'get', 'put', 'decode'] as const)
        .map((contender) => photo[contender].wallMs.toFixed(0))])),
    '## Batches of ten',
    table(['picture', 'at once: photos per second', 'one by one', 'ratio'], batches.map(({ picture, atOnce, oneByOne }) =>
      [picture, perSecond(atOnce), perSecond(oneByOne), ratio(oneByOne.wallMs, atOnce.wallMs)])),
    '## Memory',
    'The largest resident set (`VmHWM`) of a fresh process that runs the shipped bundle once, with Node\'s own limits.',
    table(['what', 'peak MiB'], memory.map(({ what, peakMiB }) => [what, peakMiB.toFixed(0)])),
    '## Cold start',
    `From the first line of the bundle to the first request at the store: ${coldStart.ours.wallMs.toFixed(0)} ms, bare ${coldStart.bare.wallMs.toFixed(0)} ms ` +
    `(${ratio(coldStart.ours.wallMs, coldStart.bare.wallMs)} ×). Processor time of the loading alone: ${coldStart.ours.cpuMs.toFixed(0)} ms, ` +
    `bare ${coldStart.bare.cpuMs.toFixed(0)} ms (${ratio(coldStart.ours.cpuMs, coldStart.bare.cpuMs)} ×).`,
    '## Cost',
    `A million photos of 12 megapixels in batches of ten, on Lambda alone, by the prices of ${LAMBDA_PRICES.readOn} for US East (first tier of https://aws.amazon.com/lambda/pricing/, as https://cloudchipr.com/blog/aws-lambda-pricing quotes it). ` +
    `Measured: ${share.oneCore.wallMs.toFixed(0)} ms a batch on one core, ${share.oneCore.cpuMs.toFixed(0)} ms of them processor time, which is 1769 MiB; ` +
    `${share.twoCores.wallMs.toFixed(0)} ms on two. **Smaller sizes are scaled, not measured:** their share of a core is in proportion ` +
    '(https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html), and the core is this machine\'s, not Lambda\'s.',
    table(['memory', 'ms a photo', 'arm64', 'x86_64'], all.map(({ memoryMiB, msPerPhoto, perMillion }) =>
      [`${memoryMiB} MiB`, msPerPhoto.toFixed(0), `$${perMillion.arm64.toFixed(2)}`, `$${perMillion.x64.toFixed(2)}`])),
    `Recommended: **${recommended.memoryMiB} MiB**, the cheapest of these with twice the memory of the largest peak above.`,
  ];
}

function slowestStep({ get, put, decode }: Record<'get' | 'put' | 'decode', Sample>): number {
  return Math.max(get.wallMs, put.wallMs, decode.wallMs);
}

function both({ cpuMs, wallMs }: Sample): string {
  return `${cpuMs.toFixed(1)} (${wallMs.toFixed(1)})`;
}

function ratio(one: number, other: number): string {
  return (one / other).toFixed(2);
}

function range(ratios: number[]): string {
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((value) => value.toFixed(2));
  return least === most ? `${least} ×` : `${least} – ${most} ×`;
}

function verdict(met: boolean[]): string {
  const count = met.filter(Boolean).length;
  if (count === met.length) return 'met';
  return count === 0 ? '**missed**' : `**missed** by ${met.length - count} of ${met.length} pictures`;
}

function perSecond({ wallMs }: Sample): string {
  return (10 / wallMs * 1000).toFixed(1);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function table(header: string[], rows: Row[]): string {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
