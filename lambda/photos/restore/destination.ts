import { Readable } from 'stream';
import { GetObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { ArchivedCopy, Destination, Presence } from './restore';
import { serviceAnswer } from '../../shared/service-answer';

/** On a restored original, the SHA-256 that it was verified by: its metadata stays the uploader's. */
const RESTORED_TAG = 'cdk-mainstay:restored';

const PART_SIZE = 8 * 1024 ** 2;

export class S3Destination implements Destination {
  constructor(private readonly client: S3Client, private readonly bucket: string) {}

  async find(key: string): Promise<Presence> {
    try {
      const { TagSet = [] } = await this.client.send(new GetObjectTaggingCommand({ Bucket: this.bucket, Key: key }));
      return { isThere: true, sha256: TagSet.find((tag) => tag.Key === RESTORED_TAG)?.Value };
    } catch (error) {
      const { code, status } = serviceAnswer(error);
      if (code !== 'NoSuchBucket' && (status === 404 || status === 405)) return { isThere: false };
      throw error;
    }
  }

  /** In parts, which S3 shows to nobody before the last step: what fails on the way, or is not what it should be, never appears. */
  async put(key: string, content: Readable, { headers, metadata, provenance }: ArchivedCopy): Promise<void> {
    await new Upload({
      client: this.client,
      partSize: PART_SIZE,
      queueSize: 2,
      params: {
        ...headers,
        Bucket: this.bucket,
        Key: key,
        Body: content,
        Metadata: metadata,
        Tagging: `${encodeURIComponent(RESTORED_TAG)}=${provenance.sha256}`,
        IfNoneMatch: '*', // never over anything
      },
    }).done();
  }
}
