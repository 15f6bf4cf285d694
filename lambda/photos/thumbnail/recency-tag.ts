import type { Tag } from '@aws-sdk/client-s3';
import { Recency } from './recency';

/** On a thumbnail: when the photo was uploaded that it was made from. S3 and CloudFront send metadata to viewers, and never tags. */
const UPLOADED_TAG = 'cdk-mainstay:uploaded';

/**
 * A tag as the header of a request has it. One tag, since S3 bills each; the name of a bucket, the time and the sequencer have no letters that tags have not, and no
 * more than 256: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
export function recencyTag({ bucket, lastModified, sequencer }: Recency): string {
  const value = [lastModified.toISOString(), bucket, ...(sequencer ? [sequencer] : [])].join('/');
  return `${encodeURIComponent(UPLOADED_TAG)}=${encodeURIComponent(value)}`;
}

/** `undefined` for an object that this function did not write. */
export function recencyIn(tags: Tag[] = []): Recency | undefined {
  const [time, bucket, sequencer] = tags.find(({ Key }) => Key === UPLOADED_TAG)?.Value?.split('/') ?? [];
  const lastModified = new Date(time);
  return bucket && !Number.isNaN(lastModified.getTime()) ? { bucket, lastModified, sequencer } : undefined;
}
