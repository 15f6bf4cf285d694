import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ThumbnailStore } from './process-upload';
import { Provenance, provenanceIn, withProvenance } from './provenance';
import { isNewer } from './recency';
import { Thumbnail } from './thumbnail';
import { serviceAnswer } from '../../shared/service-answer';

/** Each attempt but the last has lost a race against another photo under the same key. */
const MAX_ATTEMPTS = 5;

interface Existing {
  readonly etag?: string;
  readonly provenance?: Provenance;
}

/**
 * The bucket for thumbnails. Every write is conditional on what was seen there, so that an older photo's thumbnail never
 * covers a newer one's, in whichever order they come:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export class S3ThumbnailStore implements ThumbnailStore {
  constructor(private readonly client: S3Client, private readonly bucket: string) {}

  async put(key: string, thumbnail: Thumbnail, provenance: Provenance): Promise<'written' | 'superseded'> {
    let existing: Existing | undefined; // most often there is none, so the first attempt does not look
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      if (existing?.provenance && isNewer(existing.provenance, provenance)) return 'superseded';
      if (await this.putOver(existing, key, thumbnail, provenance)) return 'written';
      existing = await this.find(key);
    }
    throw new Error(`thumbnail ${key} was changed by others all the time: it could not be written`);
  }

  /** Whether what is there was still what we know of. */
  private async putOver(existing: Existing | undefined, key: string, thumbnail: Thumbnail, provenance: Provenance): Promise<boolean> {
    try {
      await this.client.send(new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: thumbnail.bytes,
        ContentType: thumbnail.contentType,
        Metadata: withProvenance({}, provenance),
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

  private async find(key: string): Promise<Existing | undefined> {
    try {
      const { ETag, Metadata } = await this.client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key }));
      return { etag: ETag, provenance: provenanceIn(Metadata) };
    } catch (error) {
      if (serviceAnswer(error).status === 404) return undefined;
      throw error;
    }
  }
}
