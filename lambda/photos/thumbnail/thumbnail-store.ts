import { GetObjectTaggingCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ThumbnailStore } from './process-upload';
import { isNewer, Recency } from './recency';
import { recencyIn, recencyTag } from './recency-tag';
import { Thumbnail } from './thumbnail';
import { serviceAnswer } from '../../shared/service-answer';

/** Each attempt but the last has lost a race against another photo under the same key. */
const MAX_ATTEMPTS = 5;

interface Existing {
  readonly etag?: string;
  readonly uploaded?: Recency;
}

/**
 * The bucket for thumbnails. Every write is conditional on what was seen there, so that an older photo's thumbnail never
 * covers a newer one's, in whichever order they come:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 *
 * When the photo was uploaded is in a tag, which viewers do not get: docs/decisions/thumbnails-name-no-original.md
 */
export class S3ThumbnailStore implements ThumbnailStore {
  constructor(private readonly client: S3Client, private readonly bucket: string) {}

  async put(key: string, thumbnail: Thumbnail, uploaded: Recency): Promise<'written' | 'superseded'> {
    let existing: Existing | undefined; // most often there is none, so the first attempt does not look
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (existing?.uploaded && isNewer(existing.uploaded, uploaded)) return 'superseded';
      if (await this.putOver(existing, key, thumbnail, uploaded)) return 'written';
      existing = await this.find(key);
    }
    throw new Error(`thumbnail ${key} was changed by others all the time: it could not be written`);
  }

  /** Whether what is there was still what we know of. */
  private async putOver(existing: Existing | undefined, key: string, thumbnail: Thumbnail, uploaded: Recency): Promise<boolean> {
    try {
      await this.client.send(new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: thumbnail.bytes,
        ContentType: thumbnail.contentType,
        Tagging: recencyTag(uploaded),
        ...(existing ? { IfMatch: existing.etag } : { IfNoneMatch: '*' }),
      }));
      return true;
    } catch (error) {
      // Something else is there (412), is being written just now (409), or is gone (404).
      const { code, status } = serviceAnswer(error);
      if (status === 412 || status === 409 || code === 'NoSuchKey') return false;
      throw error;
    }
  }

  /** The ETag before the tags: what came in between has another ETag, so that nothing is written on the strength of tags that are older than it. */
  private async find(key: string): Promise<Existing | undefined> {
    const object = { Bucket: this.bucket, Key: key };
    try {
      const { ETag } = await this.client.send(new HeadObjectCommand(object));
      const { TagSet } = await this.client.send(new GetObjectTaggingCommand(object));
      return { etag: ETag, uploaded: recencyIn(TagSet) };
    } catch (error) {
      const { code, status } = serviceAnswer(error);
      if (code !== 'NoSuchBucket' && (status === 404 || status === 405)) return undefined; // there is none, or a delete marker
      throw error;
    }
  }
}
