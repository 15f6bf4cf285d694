import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PresentFile, PublishedFiles, ReleasedFile } from './publication';
import { serviceAnswer } from '../../shared/service-answer';

export interface PublishedFolder {
  readonly bucket: string;
  /** The folder that the files are in. */
  readonly location: string;
  /** The key of the list of what is to be invalidated. */
  readonly journal: string;
}

/** Files in a bucket, which know the hash of their contents: the ETag of an encrypted object is none. */
export class BucketFiles implements PublishedFiles {
  constructor(private readonly s3: S3Client, private readonly folder: PublishedFolder) {}

  async find(path: string): Promise<PresentFile | undefined> {
    try {
      const object = { Bucket: this.folder.bucket, Key: this.keyOf(path) };
      const { Metadata, ContentType, CacheControl } = await this.s3.send(new HeadObjectCommand(object));
      return { sha256: Metadata?.sha256, contentType: ContentType, cacheControl: CacheControl };
    } catch (error) {
      if (serviceAnswer(error).status === 404) return undefined;
      throw error;
    }
  }

  async put({ path, content, sha256, contentType, cacheControl }: ReleasedFile): Promise<void> {
    await this.s3.send(new PutObjectCommand({
      Bucket: this.folder.bucket,
      Key: this.keyOf(path),
      Body: content,
      ContentType: contentType,
      CacheControl: cacheControl,
      Metadata: { sha256 },
    }));
  }

  async pendingInvalidations(): Promise<string[]> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand(this.journal));
      return JSON.parse(await Body!.transformToString());
    } catch (error) {
      if (serviceAnswer(error).status === 404) return [];
      throw error;
    }
  }

  async setPendingInvalidations(paths: string[]): Promise<void> {
    await (paths.length > 0
      ? this.s3.send(new PutObjectCommand({ ...this.journal, Body: JSON.stringify(paths), ContentType: 'application/json' }))
      : this.s3.send(new DeleteObjectCommand(this.journal)));
  }

  private get journal() {
    return { Bucket: this.folder.bucket, Key: this.folder.journal };
  }

  private keyOf(path: string): string {
    return `${this.folder.location}/${path}`;
  }
}
