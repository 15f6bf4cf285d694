import { LAMBDA_PRICES, OTHER_PRICES, otherCosts, prices, recommendedMemory } from './price';
import { type PhotoTraffic, StoreTraffic } from './traffic';
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
  readonly latency: (OfPicture & Record<'ours' | 'bare', Sample>)[];
  readonly photos: (OfPicture & { readonly bytes: number; readonly traffic: PhotoTraffic } & Record<PhotoContender, Sample>)[];
  readonly batches: (OfPicture & Record<'atOnce' | 'oneByOne' | 'onOneCore', Sample>)[];
  readonly share: Record<'oneCore' | 'twoCores', Sample>;
  readonly coldStart: ColdStart;
  readonly memory: { readonly what: string; readonly peakMiB: number; readonly goalMiB?: number }[];
  readonly zips: Record<string, number>;
  readonly hasHeicDecoder: boolean;
}

type PhotoContender = 'whole' | 'unverified' | 'oneAfterTheOther' | 'sourceSystem' | 'piped' | 'get' | 'put' | 'decode';

type Row = (string | number)[];

/** What the costs of a million photos are reckoned with. */
const CAMERA_PHOTO = '12-megapixels.jpg';

export function report(figures: Figures): string {
  const { machine, rounds, takenOn } = figures;
  const load = `load average ${machine.loadBefore.toFixed(1)} before and ${machine.loadAfter.toFixed(1)} after the run`;
  return [
    '# The photo function, measured',
    '`npm run bench:photos` writes this page, and its figures into `photos.json`. No test depends on the figures.',
    `${takenOn}. ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB.toFixed(0)} GiB, ${machine.system}. ` +
    `${Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`).join(', ')}. ` +
    `Medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, after one round to warm up; the contenders take turns in each round. ${load[0].toUpperCase()}${load.slice(1)}. ` +
    (machine.loadBefore > machine.cores / 2
      ? '**Other processes used the machine: trust processor times more than wall-clock times, whose ratios are rough.**'
      : 'No other process used the machine.'),
    '## Goals',
    table(['measure', 'compared with', 'goal', 'measured', ''], goals(figures)),
    '## Without a goal',
    table(['measure', 'compared with', 'measured', 'why it has no goal'], withoutGoal(figures)),
    ...sections(figures),
  ].join('\n\n') + '\n';
}

/** The worst and the best picture: a goal is met when all meet it. */
function goals({ thumbnails, latency, batches, memory, coldStart, zips, hasHeicDecoder }: Figures): Row[] {
  const atMost = (measure: string, against: string, goal: number, ratios: number[]): Row =>
    [measure, against, `≤ ${goal} ×`, range(ratios), verdict(ratios.map((measured) => measured <= goal))];
  const atLeast = (measure: string, against: string, goal: number, ratios: number[]): Row =>
    [measure, against, `≥ ${goal} × faster`, range(ratios), verdict(ratios.map((measured) => measured >= goal))];
  const zipGoal = hasHeicDecoder ? 12e6 : 9e6;
  return [
    atMost('time to thumbnail: from the start of a run until S3 has the thumbnail', 'GET, decode, encode and PUT by bare sharp and SDK', 1.1,
      latency.map(({ ours, bare }) => ours.wallMs / bare.wallMs)),
    atMost('one thumbnail (256 px), one core', '`vipsthumbnail`, in its process', 1.05, thumbnails.map(({ ours, vips }) => ours.cpuMs / vips.cpuMs)),
    atLeast('photos per second, ten at once, warm', 'one at a time', 1.5, batches.map(({ atOnce, oneByOne }) => oneByOne.wallMs / atOnce.wallMs)),
    ...memory.filter(({ goalMiB }) => goalMiB !== undefined)
      .map(({ what, peakMiB, goalMiB }): Row => [`peak memory: ${what}`, '', `≤ ${goalMiB} MiB`, `${peakMiB.toFixed(0)} MiB`, verdict([peakMiB <= goalMiB!])]),
    atMost('cold start, load to first request', 'bare sharp and S3 client', 1.25, [coldStart.ours.wallMs / coldStart.bare.wallMs]),
    ...Object.entries(zips).map(([architecture, bytes]): Row =>
      [`zip for ${architecture}, ${hasHeicDecoder ? 'with' : 'without'} HEIC`, '', `≤ ${zipGoal / 1e6} MB`, `${megabytes(bytes)} MB`, verdict([bytes <= zipGoal])]),
  ];
}

function withoutGoal(figures: Figures): Row[] {
  const { halves, photos, batches } = figures;
  const { traffic, bytes } = cameraPhoto(figures);
  return [
    ['half size, one core', 'Pillow, its time divided by ours', range(halves.map(({ ours, pillow }) => pillow.cpuMs / ours.cpuMs)),
      'Pillow halves a JPEG in the decoder ("draft mode"). sharp has no option for that: it decodes every pixel. A thumbnail of 256 px does not need it.'],
    ['whole photo', 'the slowest of bare GET, PUT and decode', range(photos.map((photo) => photo.whole.wallMs / slowestStep(photo))),
      'The steps depend on each other. The function reads the copy back before it removes the original: one PUT and one GET, one after the other.'],
    ['the same, not verified', 'the same', range(photos.map((photo) => photo.unverified.wallMs / slowestStep(photo))),
      'The PUT to the archive follows the GET and the decoding, because a photo that cannot be decoded must not be archived.'],
    ['whole photo', 'GET, PUT, PUT and DELETE one after the other, their time divided by ours', range(photos.map(({ whole, oneAfterTheOther }) => oneAfterTheOther.wallMs / whole.wallMs)),
      'Those steps verify nothing. The function has as many steps that wait for each other, and one of them reads the copy back.'],
    ['the same', 'the source system (Python, Pillow, half size), its time divided by ours', range(photos.map(({ whole, sourceSystem }) => sourceSystem.wallMs / whole.wallMs)),
      'That system verifies nothing either.'],
    ['photos a second per core, ten at once', '', batches.map(({ picture, onOneCore }) => `${perSecond(onOneCore)} (${picture})`).join(', '),
      'It depends on the processor and on the stores.'],
    [`requests per photo (${CAMERA_PHOTO})`, '', `S3: ${requests(traffic.aws)}; archive: ${requests(traffic.wasabi)}`,
      'Each has its purpose: [what the archive is asked](../docs/decisions/archive-is-read-back.md). Old versions of a key add at most one, which a test asserts.'],
    [`bytes per photo (${CAMERA_PHOTO}, ${megabytes(bytes)} MB)`, '', `S3: ${moved(traffic.aws)}; archive: ${moved(traffic.wasabi)}`,
      'The photo crosses the network three times: from S3, to the archive, and back for the verification.'],
    ['cost per million photos', '', `$${total(figures).toFixed(0)}`, 'Data transfer to the archive is nearly all of it, and depends on the size of the photos. [Below](#cost) is what it consists of.'],
  ];
}

function sections(figures: Figures): string[] {
  const { thumbnails, halves, heic, latency, photos, batches, memory, coldStart, share } = figures;
  const all = prices(share);
  const recommended = recommendedMemory(all, memory.map(({ peakMiB }) => peakMiB));
  const others = otherCosts(cameraPhoto(figures).traffic);
  return [
    '## Time to thumbnail',
    'Milliseconds on the clock, warm: how long a user waits for the thumbnail after the function starts. The time ends when S3 answers the PUT of the thumbnail; the function then still ' +
    'archives the photo. "Bare" is the least code that does the same with the same decoder and SDK: GET, decode, encode, PUT. The function also asks the archive for copies of the photo, ' +
    'calculates a SHA-256, and begins to archive the photo while the thumbnail is on its way. HEIC is missing because sharp alone does not decode it. The stores are as far away as for ' +
    `whole photos, below. Medians of ${figures.rounds * 2} rounds.`,
    table(['picture', 'photo function', 'bare', 'ratio'], latency.map(({ picture, ours, bare }) => [picture, ours.wallMs.toFixed(1), bare.wallMs.toFixed(1), ratio(ours.wallMs, bare.wallMs)])),
    '## One thumbnail',
    'Milliseconds of processor time on one core (and on the clock). libvips runs through pyvips: `thumbnail_buffer` with the same fit and the same encoder settings, without metadata.',
    table(['picture', 'photo function', 'libvips', 'ratio'], thumbnails.map(({ picture, ours, vips }) => [picture, both(ours), both(vips), ratio(ours.cpuMs, vips.cpuMs)])),
    `libvips decodes HEIC neither in sharp nor in pyvips. A HEIC of 12 megapixels takes ${both(heic.ours)} with libheif in WebAssembly, and ${both(heic.libheif)} with Pillow and libheif ` +
    `compiled for this processor: ${ratio(heic.ours.cpuMs, heic.libheif.cpuMs)} × as long. In return, one bundle serves all processors.`,
    '## Half size',
    'Milliseconds of processor time on one core (and on the clock); "two threads" has both cores. sharp halves a JPEG in the decoder only if the result has at most a third of its size, ' +
    'because libjpeg rounds (`src/pipeline.cc` of sharp). At half the size, it decodes every pixel. Two other ways were measured: two threads on both cores; and "halved in the decoder", ' +
    'libvips through pyvips with `shrink=2`, for which sharp has no option.',
    table(['picture', 'photo function', 'two threads', 'halved in the decoder', 'Pillow', 'Pillow / ours'], halves.map(({ picture, ours, twoThreads, halvedInDecoder, pillow }) =>
      [picture, both(ours), both(twoThreads), both(halvedInDecoder), both(pillow), ratio(pillow.cpuMs, ours.cpuMs)])),
    '## Whole photos',
    'Milliseconds on the clock, warm. A link to each store has a round trip of 20 ms and 40 MB/s in each direction, which its connections share. Connections are open; TLS and the slow start ' +
    'of TCP are not modelled. "Not verified" does not read the copy back, which only this benchmark can do. "Piped" sends the photo to the archive while it arrives, without a digest and ' +
    'without verification: the shortest time that streaming could reach.',
    table(['picture', 'MB', 'photo function', 'not verified', 'piped', 'one after the other', 'source system', 'bare GET', 'bare PUT', 'decode'], photos.map((photo) =>
      [photo.picture, megabytes(photo.bytes), ...(['whole', 'unverified', 'piped', 'oneAfterTheOther', 'sourceSystem', 'get', 'put', 'decode'] as const)
        .map((contender) => photo[contender].wallMs.toFixed(0))])),
    '## Requests and bytes',
    'Of one photo, in a warm function. Bytes include the headers, and not TLS.',
    table(['picture', 'MB', 'requests to S3', 'requests to the archive', 'MB to S3', 'MB from S3', 'MB to the archive', 'MB from the archive'], photos.map(({ picture, bytes, traffic: { aws, wasabi } }) =>
      [picture, megabytes(bytes), requests(aws), requests(wasabi), ...[aws.up, aws.down, wasabi.up, wasabi.down].map(exactMegabytes)])),
    '## Batches of ten',
    'Photos a second. "At once" and "one by one" have both cores.',
    table(['picture', 'at once', 'one by one', 'ratio', 'at once, on one core'], batches.map(({ picture, atOnce, oneByOne, onOneCore }) =>
      [picture, perSecond(atOnce), perSecond(oneByOne), ratio(oneByOne.wallMs, atOnce.wallMs), perSecond(onOneCore)])),
    '## Memory',
    'The largest resident set (`VmHWM`) of a fresh process that runs the shipped bundle once, with Node\'s own limits.',
    table(['what', 'peak MiB'], memory.map(({ what, peakMiB }) => [what, peakMiB.toFixed(0)])),
    '## Cold start',
    `From the first line of the bundle to the first request at the store: ${coldStart.ours.wallMs.toFixed(0)} ms, bare ${coldStart.bare.wallMs.toFixed(0)} ms ` +
    `(${ratio(coldStart.ours.wallMs, coldStart.bare.wallMs)} ×). Processor time to load it: ${coldStart.ours.cpuMs.toFixed(0)} ms, ` +
    `bare ${coldStart.bare.cpuMs.toFixed(0)} ms (${ratio(coldStart.ours.cpuMs, coldStart.bare.cpuMs)} ×).`,
    '## Cost',
    `A million photos of ${megabytes(cameraPhoto(figures).bytes)} MB (${CAMERA_PHOTO}) in full batches of ten cost $${total(figures).toFixed(0)}, by list prices of US East without free tiers:`,
    table(['', 'dollars', 'prices'], [
      [`Lambda, ${recommended.memoryMiB} MiB, arm64`, recommended.perMillion.arm64.toFixed(2), `${LAMBDA_PRICES.readOn}, below`],
      [`S3 requests: ${requests(cameraPhoto(figures).traffic.aws)}`, others.s3Requests.toFixed(2), `${OTHER_PRICES.readOn}, ${OTHER_PRICES.s3.source}`],
      ['SQS requests: one send for each photo, one receive and one delete for each batch', others.sqsRequests.toFixed(2), `${OTHER_PRICES.readOn}, ${OTHER_PRICES.sqs.source}`],
      [`data transfer to the archive: ${(cameraPhoto(figures).traffic.wasabi.up / 1e6).toFixed(1)} MB for each photo, first 10 TB of a month`, others.dataOut.toFixed(2), `${OTHER_PRICES.readOn}, ${OTHER_PRICES.dataOut.source}`],
    ]),
    'Not included: storage, logs, metrics and events. Wasabi bills neither requests nor, up to the amount stored, downloads.',
    `Lambda by memory, by the prices of ${LAMBDA_PRICES.readOn} (first tier of https://aws.amazon.com/lambda/pricing/, as https://cloudchipr.com/blog/aws-lambda-pricing quotes it). ` +
    `Measured: ${share.oneCore.wallMs.toFixed(0)} ms a batch on one core, which is 1769 MiB, with ${share.oneCore.cpuMs.toFixed(0)} ms of processor time; ` +
    `${share.twoCores.wallMs.toFixed(0)} ms on two. **Smaller sizes are calculated, not measured:** their share of a core is in proportion ` +
    '(https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html), and the core is this machine\'s, not Lambda\'s.',
    table(['memory', 'ms a photo', 'arm64', 'x86_64'], all.map(({ memoryMiB, msPerPhoto, perMillion }) =>
      [`${memoryMiB} MiB`, msPerPhoto.toFixed(0), `$${perMillion.arm64.toFixed(2)}`, `$${perMillion.x64.toFixed(2)}`])),
    `Recommended: **${recommended.memoryMiB} MiB**, the cheapest size with at least twice the largest peak above.`,
  ];
}

function cameraPhoto({ photos }: Figures): Figures['photos'][number] {
  return photos.find(({ picture }) => picture === CAMERA_PHOTO)!;
}

function total(figures: Figures): number {
  const { s3Requests, sqsRequests, dataOut } = otherCosts(cameraPhoto(figures).traffic);
  return recommendedMemory(prices(figures.share), figures.memory.map(({ peakMiB }) => peakMiB)).perMillion.arm64 + s3Requests + sqsRequests + dataOut;
}

function requests({ requests: counts }: StoreTraffic): string {
  return Object.entries(counts).map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(', ');
}

function moved({ up, down }: StoreTraffic): string {
  return `${exactMegabytes(up)} MB to it, ${exactMegabytes(down)} MB from it`;
}

function exactMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
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
