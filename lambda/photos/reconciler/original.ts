/** One version of an object in the dropbox, which is there because it is not archived. */
export interface Original {
  readonly key: string;
  /** Absent in a bucket without versioning. */
  readonly versionId?: string;
  readonly etag?: string;
  readonly size?: number;
}

export interface ListedOriginal extends Original {
  readonly lastModified: Date;
}

/**
 * The message that reports an upload to the photo function, as EventBridge would write it:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 *
 * It has no sequencer, which only S3 can give: the time of the upload then says which of two under a key is newer.
 */
export function uploadMessage(bucket: string, { key, versionId, etag, size }: Original): string {
  return JSON.stringify({
    'source': 'aws.s3',
    'detail-type': 'Object Created',
    'detail': { bucket: { name: bucket }, object: { key, 'version-id': versionId, etag, size }, reason: 'cdk-mainstay:reconciled' },
  });
}

/**
 * Which of the originals, those under one key newest first, go to the queue now. Of several of one key and second, of which nobody could say
 * later which is newer, only the oldest: the next follows when that one is archived, and then comes to lie on top of it.
 */
export function originalsToQueue(originals: ListedOriginal[]): ListedOriginal[] {
  return originals.filter((original, index) => !isOfSameSecond(original, originals[index + 1]));
}

function isOfSameSecond(one: ListedOriginal, other: ListedOriginal | undefined): boolean {
  const second = ({ lastModified }: ListedOriginal) => Math.floor(lastModified.getTime() / 1000);
  return one.key === other?.key && second(one) === second(other);
}
