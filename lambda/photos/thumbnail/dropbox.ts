import { Readable } from 'stream';
import {
  DeleteObjectCommand, GetObjectCommand, GetObjectCommandOutput, GetObjectTaggingCommand, HeadObjectCommand, PutObjectTaggingCommand, S3Client,
} from '@aws-sdk/client-s3';
import { TagResult } from './outcome';
import { DropboxObject, OpenedObject } from './photo';
import { Dropbox } from './process-upload';
import { Rejection, RejectionReason } from './rejection';
import { permanentVersionId, Upload } from './upload-event';
import { serviceAnswer } from '../../shared/service-answer';

export const REJECTED_TAG = 'cdk-mainstay:rejected';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
const MAX_TAGS = 10;

/** The bucket that photos are dropped into. Every request names the one version, so a newer upload is never touched. */
export class S3Dropbox implements Dropbox {
  constructor(private readonly client: S3Client) {}

  async open(upload: Upload): Promise<OpenedObject | undefined> {
    try {
      const answer = await this.get(upload);
      const object = described(upload, answer);
      let unread: Readable | undefined = answer.Body as Readable;
      return {
        object,
        content: async () => {
          const body = unread ?? (await this.get(object)).Body as Readable;
          unread = undefined;
          return body;
        },
        discard: () => unread?.destroy(),
      };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw unreadable(error) ?? error;
    }
  }

  async sizeOf({ bucket, key, versionId, etag }: Upload): Promise<number | undefined> {
    try {
      const { ContentLength } = await this.client.send(new HeadObjectCommand({
        Bucket: bucket, Key: key, ...(versionId ? { VersionId: versionId } : { IfMatch: etag }),
      }));
      return ContentLength;
    } catch (error) {
      const { status = 500 } = serviceAnswer(error);
      if (status < 500 && status !== 403) return undefined; // gone, or not readable: opening it tells which
      throw error;
    }
  }

  async remove({ bucket, key, versionId, etag }: DropboxObject): Promise<'removed' | 'replaced'> {
    try {
      await this.client.send(new DeleteObjectCommand({
        Bucket: bucket,
        Key: key,
        ...(versionId ? { VersionId: versionId } : { IfMatch: etag }),
      }));
      return 'removed';
    } catch (error) {
      const { status } = serviceAnswer(error);
      if (status === 412) return 'replaced'; // by a newer upload, which has its own event
      if (isGone(error)) return 'removed';
      throw error;
    }
  }

  /**
   * Adds the reason to the tags that the uploader may have set. In a bucket without versioning, a photo that replaced
   * this one a moment ago may get the tag: S3 knows no condition here. A tag is all that it gets.
   */
  async tag({ bucket, key, versionId }: Upload | DropboxObject, reason: RejectionReason): Promise<TagResult> {
    const object = { Bucket: bucket, Key: key, VersionId: versionId };
    try {
      const { TagSet = [] } = await this.client.send(new GetObjectTaggingCommand(object));
      const others = TagSet.filter((tag) => tag.Key !== REJECTED_TAG);
      if (others.length >= MAX_TAGS) return 'no-room';
      await this.client.send(new PutObjectTaggingCommand({
        ...object,
        Tagging: { TagSet: [...others, { Key: REJECTED_TAG, Value: reason }] },
      }));
      return 'tagged';
    } catch (error) {
      if (isGone(error)) return 'gone';
      throw error;
    }
  }

  private get({ bucket, key, versionId, etag }: Upload | DropboxObject): Promise<GetObjectCommandOutput> {
    return this.client.send(new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(versionId ? { VersionId: versionId } : { IfMatch: etag }),
    }));
  }
}

function described({ bucket, key, versionId, etag, sequencer }: Upload, answer: GetObjectCommandOutput): DropboxObject {
  return {
    bucket,
    key,
    versionId: versionId ?? permanentVersionId(answer.VersionId),
    etag: unquoted(answer.ETag ?? etag ?? ''),
    sequencer,
    lastModified: answer.LastModified!,
    size: answer.ContentLength!,
    headers: {
      contentType: answer.ContentType,
      cacheControl: answer.CacheControl,
      contentDisposition: answer.ContentDisposition,
      contentEncoding: answer.ContentEncoding,
      contentLanguage: answer.ContentLanguage,
      expires: answer.ExpiresString,
    },
    metadata: answer.Metadata ?? {},
  };
}

/** No such key or version (404), a delete marker (405), or another object than the event's (412): a repeat of old news. */
function isGone(error: unknown): boolean {
  const { code, status } = serviceAnswer(error);
  return code !== 'NoSuchBucket' && (status === 404 || status === 405 || status === 412);
}

/**
 * S3 does not give out what is in an archive tier before somebody restores it, nor what was encrypted with a key that only the uploader has (SSE-C).
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html "InvalidObjectState"
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
function unreadable(error: unknown): Rejection | undefined {
  const { code, status } = serviceAnswer(error);
  if (code === 'InvalidObjectState') return new Rejection('unreadable', 'InvalidObjectState: the object is in an archive tier of S3, and has to be restored first');
  if (code === 'InvalidRequest' && status === 400) return new Rejection('unreadable', `InvalidRequest: ${(error as Error).message}`);
  return undefined;
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}
