import { randomBytes } from 'crypto';
import { readFileSync } from 'fs';
import { type Dropped } from './environment';
import { ShapedLink } from './shaped-link';
import { type PhotoTraffic, requestsByKind } from './traffic';
import { serve } from './worker';
import { JsonServer } from '../../test/lambda/fixtures/json-server';
import { S3Server } from '../../test/lambda/fixtures/s3-server';

/** How far the stores are, in the report's words "20 ms away and shaped to 40 MB/s". */
const ROUND_TRIP_MS = 20;
const BYTES_PER_SECOND = 40e6;

/** A process of its own, so that the stores take none of the function's time on the core that it has: the two S3s, the secret and the queue. */
async function main(): Promise<void> {
  const [aws, wasabi, services] = await Promise.all([S3Server.start(), S3Server.start(), JsonServer.start()]);
  let firstRequestAt: number | undefined;
  aws.before = () => void (firstRequestAt ??= performance.timeOrigin + performance.now());
  services.answers['secretsmanager.GetSecretValue'] = () => ({ SecretString: JSON.stringify({ WASABI_ACCESS: 'key', WASABI_SECRET: 'secret' }) });
  const [shapedAws, shapedWasabi] = await Promise.all([aws, wasabi].map(({ url }) => ShapedLink.to(url, ROUND_TRIP_MS, BYTES_PER_SECOND)));

  serve({
    urls: () => ({
      near: { aws: aws.url, wasabi: wasabi.url, services: services.url },
      far: { aws: shapedAws.url, wasabi: shapedWasabi.url, services: services.url },
    }),
    /** Empties both stores, and drops the pictures. */
    drop: ({ files }: { files: string[] }) => {
      for (const store of [aws, wasabi]) store.requests.splice(0);
      for (const link of [shapedAws, shapedWasabi]) link.countFromZero();
      for (const bucket of ['dropbox', 'thumbnails', 'bare']) aws.addBucket(bucket);
      for (const bucket of ['photoarchive', 'bare']) wasabi.addBucket(bucket);
      firstRequestAt = undefined;
      return files.map((file, index): Dropped => {
        const { key, versionId, body } = aws.put('dropbox', `photos/${index}.jpg`, contentOf(file), { 'content-type': 'image/jpeg' });
        return { key, versionId, size: body.length };
      });
    },
    firstRequestAt: () => firstRequestAt,
    traffic: (): PhotoTraffic => ({
      aws: { requests: requestsByKind(aws.requests), ...shapedAws.carried },
      wasabi: { requests: requestsByKind(wasabi.requests), ...shapedWasabi.carried },
    }),
  });
}

/** A file's, or as many random bytes as a number says. */
function contentOf(file: string): Buffer {
  return /^\d+$/.test(file) ? randomBytes(Number(file)) : readFileSync(file);
}

void main();
