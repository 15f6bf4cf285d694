/** When an upload happened, as far as its event and its object tell. */
export interface Recency {
  /** The dropbox that it happened in. */
  readonly bucket: string;
  readonly sequencer?: string;
  readonly lastModified: Date;
}

/**
 * Whether one upload under a key is strictly newer than another under the same key.
 *
 * The sequencer decides where both have one from the same bucket; its strings differ in length and compare after padding the shorter on the
 * right: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function isNewer(one: Recency, other: Recency): boolean {
  if (one.sequencer && other.sequencer && one.bucket === other.bucket) {
    const length = Math.max(one.sequencer.length, other.sequencer.length);
    return comparable(one.sequencer, length) > comparable(other.sequencer, length);
  }
  return one.lastModified > other.lastModified;
}

function comparable(sequencer: string, length: number): string {
  return sequencer.toUpperCase().padEnd(length, '0');
}
