import { readFileSync } from 'fs';
import { Agent, request } from 'http';
import { buffer } from 'stream/consumers';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { type Dropped, eventOf } from './environment';
import { type Sample, serve, timed } from './worker';
import { handler } from '../../lambda/photos/thumbnail';
import { StoredDigest } from '../../lambda/photos/thumbnail/archive';
import { WasabiArchive } from '../../lambda/photos/thumbnail/archive-store';
import { inspect } from '../../lambda/photos/thumbnail/inspect';
import { Photo } from '../../lambda/photos/thumbnail/photo';
import { renderThumbnails, ThumbnailSpec } from '../../lambda/photos/thumbnail/thumbnail';
import { S3ThumbnailStore } from '../../lambda/photos/thumbnail/thumbnail-store';
import { wasabiClient } from '../../lambda/photos/wasabi/client';

const MAX_PIXELS = Number(process.env.MAX_INPUT_PIXELS);
const [DEFAULT_SPEC]: ThumbnailSpec[] = JSON.parse(process.env.THUMBNAILS!);

async function render(bytes: Uint8Array, spec = DEFAULT_SPEC) {
  const [thumbnail] = await renderThumbnails(bytes, await inspect(bytes), [spec], MAX_PIXELS);
  return thumbnail;
}

async function repeated(repetitions: number, work: () => Promise<unknown>) {
  const { wallMs, cpuMs } = await timed(async () => {
    for (let count = 0; count < repetitions; count++) await work();
  });
  return { wallMs: wallMs / repetitions, cpuMs: cpuMs / repetitions };
}

async function half(file: string, repetitions: number, threads: number) {
  sharp.concurrency(threads);
  const bytes = readFileSync(file);
  const { width, height } = (await sharp(bytes).metadata()).autoOrient;
  const spec = { ...DEFAULT_SPEC, width: Math.floor(width / 2), height: Math.floor(height / 2) };
  return repeated(repetitions, () => render(bytes, spec));
}

/** One run of the function. */
async function handle(photos: Dropped[]): Promise<void> {
  const { batchItemFailures } = await handler(eventOf(photos) as never, { getRemainingTimeInMillis: () => 100_000 });
  if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} of ${photos.length} photos failed`);
}

/** From the start of a run to the answer of the store that has the thumbnail. The run goes on to its end, which is not timed. */
async function timeToThumbnail(photo: Dropped): Promise<Sample> {
  const { put } = S3ThumbnailStore.prototype;
  let answered: (sample: Sample) => void;
  const sample = new Promise<Sample>((resolve) => { answered = resolve; });
  const [started, before] = [performance.now(), process.cpuUsage()];
  S3ThumbnailStore.prototype.put = async function (...parameters) {
    const result = await put.apply(this, parameters);
    const { user, system } = process.cpuUsage(before);
    answered({ wallMs: performance.now() - started, cpuMs: (user + system) / 1000 });
    return result;
  };
  try {
    await handle([photo]);
    return await sample;
  } finally {
    S3ThumbnailStore.prototype.put = put;
  }
}

const s3 = new S3Client({});

/** The least that a thumbnail takes with the same decoder and the same SDK: GET, decode, encode, PUT. */
async function bareThumbnail(key: string, versionId: string): Promise<void> {
  const bytes = await buffer((await s3.send(new GetObjectCommand({ Bucket: 'dropbox', Key: key, VersionId: versionId }))).Body as never);
  const { width, height } = DEFAULT_SPEC;
  const thumbnail = await sharp(bytes).autoOrient().resize({ width, height, fit: 'inside', withoutEnlargement: true }).toBuffer();
  await s3.send(new PutObjectCommand({ Bucket: 'thumbnails', Key: key, Body: thumbnail, ContentType: 'image/jpeg' }));
}
const wasabi = wasabiClient({ endpoint: process.env.ARCHIVE_ENDPOINT!, region: 'eu-central-1' }, { accessKeyId: 'key', secretAccessKey: 'secret' });

/** The steps of the function one after the other, and nothing verified. */
async function oneAfterTheOther(key: string, versionId: string): Promise<void> {
  const place = { Bucket: 'dropbox', Key: key, VersionId: versionId };
  const bytes = await buffer((await s3.send(new GetObjectCommand(place))).Body as never);
  await s3.send(new PutObjectCommand({ Bucket: 'thumbnails', Key: key, Body: (await render(bytes)).bytes }));
  await wasabi.send(new PutObjectCommand({ Bucket: 'photoarchive', Key: key, Body: bytes }));
  await s3.send(new DeleteObjectCommand(place));
}

const agent = new Agent({ keepAlive: true });

/** Without the SDK, without a signature. */
async function bare(method: string, url: string, body?: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    request(url, { method, agent, headers: body && { 'content-length': body.length } }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${method} ${url}: ${answer.statusCode}`));
      answer.resume().on('end', resolve).on('error', reject);
    }).on('error', reject).end(body);
  });
}

/** What streaming would bring at best: the original goes up while it comes down, so without the digest that goes with it, and is not verified. */
async function piped(key: string, versionId: string): Promise<void> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    request(`${process.env.AWS_ENDPOINT_URL_S3}/dropbox/${key}`, { agent }, (photo) => {
      const put = request(`${process.env.ARCHIVE_ENDPOINT}/photoarchive/${key}`, {
        method: 'PUT', agent, headers: { 'content-length': photo.headers['content-length'] },
      });
      const stored = new Promise((done, failed) => put.on('response', (answer) => answer.resume().on('end', done)).on('error', failed));
      Promise.all([buffer(photo.on('data', (chunk) => put.write(chunk)).on('end', () => put.end())), stored]).then(([all]) => resolve(all), reject);
    }).on('error', reject).end();
  });
  await s3.send(new PutObjectCommand({ Bucket: 'thumbnails', Key: key, Body: (await render(bytes)).bytes }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'dropbox', Key: key, VersionId: versionId }));
}

/** A store that is believed: what the verification costs is seen by leaving it out, here only. */
function believing(): () => void {
  const { upload, digest } = WasabiArchive.prototype;
  const uploaded = new Map<string, StoredDigest>();
  WasabiArchive.prototype.upload = async function (key: string, photo: Photo) {
    const versionId = await upload.call(this, key, photo);
    uploaded.set(versionId, { size: photo.object.size, sha256: photo.provenance.sha256, provenance: photo.provenance });
    return versionId;
  };
  WasabiArchive.prototype.digest = async (_key, versionId) => uploaded.get(versionId)!;
  return () => Object.assign(WasabiArchive.prototype, { upload, digest });
}

serve({
  thumbnail: ({ file, repetitions }) => {
    const bytes = readFileSync(file);
    return repeated(repetitions, () => render(bytes));
  },
  half: ({ file, repetitions, threads = 1 }) => half(file, repetitions, threads),
  handle: ({ photos }) => timed(() => handle(photos)),
  oneByOne: ({ photos }) => timed(async () => {
    for (const photo of photos) await handle([photo]);
  }),
  believing: async ({ photos }) => {
    const restore = believing();
    try {
      return await timed(() => handle(photos));
    } finally {
      restore();
    }
  },
  timeToThumbnail: ({ photo }) => timeToThumbnail(photo),
  bareThumbnail: ({ key, versionId }) => timed(() => bareThumbnail(key, versionId)),
  oneAfterTheOther: ({ key, versionId }) => timed(() => oneAfterTheOther(key, versionId)),
  piped: ({ key, versionId }) => timed(() => piped(key, versionId)),
  get: ({ key }) => timed(() => bare('GET', `${process.env.AWS_ENDPOINT_URL_S3}/dropbox/${key}`)),
  put: ({ file }) => {
    const bytes = readFileSync(file);
    return timed(() => bare('PUT', `${process.env.ARCHIVE_ENDPOINT}/bare/photo`, bytes));
  },
});
