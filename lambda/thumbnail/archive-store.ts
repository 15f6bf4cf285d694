import { createHash } from 'crypto';
import { Readable } from 'stream';
import {
  CopyObjectCommand, GetBucketVersioningCommand, GetObjectCommand, HeadObjectCommand, ListObjectVersionsCommand,
  ListObjectVersionsCommandOutput, ObjectVersion,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { ArchiveCopy, ArchiveStore, Digest } from './archive';
import { type Photo } from './photo';
import { provenanceIn, withProvenance } from './provenance';
import { WasabiSession } from '../wasabi/session';

/** The archive bucket on Wasabi, or on another S3-compatible store. */
export class WasabiArchive implements ArchiveStore {
  constructor(private readonly session: WasabiSession, private readonly bucket: string) {}

  async keepsVersions(): Promise<boolean> {
    const { Status } = await this.session.run((client) => client.send(new GetBucketVersioningCommand({ Bucket: this.bucket })));
    return Status === 'Enabled';
  }

  async copies(key: string, storedSince: Date): Promise<ArchiveCopy[]> {
    const copies: ArchiveCopy[] = [];
    for (const { VersionId } of await this.versions(key, storedSince)) {
      const { Metadata } = await this.session.run(
        (client) => client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key, VersionId })),
      );
      const provenance = provenanceIn(Metadata);
      if (VersionId && provenance) copies.push({ versionId: VersionId, provenance });
    }
    return copies;
  }

  async upload(key: string, { object, bytes, provenance }: Photo): Promise<string> {
    const { VersionId } = await this.session.run((client) => new Upload({
      client,
      params: {
        Bucket: this.bucket,
        Key: key,
        Body: bytes,
        ContentType: object.headers.contentType,
        CacheControl: object.headers.cacheControl,
        ContentDisposition: object.headers.contentDisposition,
        ContentEncoding: object.headers.contentEncoding,
        ContentLanguage: object.headers.contentLanguage,
        Metadata: withProvenance(object.metadata, provenance),
      },
    }).done());
    return this.newVersion(key, VersionId);
  }

  async digest(key: string, versionId: string): Promise<Digest> {
    return this.session.run(async (client) => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key, VersionId: versionId }));
      const hash = createHash('sha256');
      let size = 0;
      for await (const chunk of Body as Readable) {
        hash.update(chunk);
        size += chunk.length;
      }
      return { size, sha256: hash.digest('hex') };
    });
  }

  async putOnTop(key: string, versionId: string): Promise<string> {
    const source = [this.bucket, ...key.split('/')].map(encodeURIComponent).join('/');
    const { VersionId } = await this.session.run((client) => client.send(new CopyObjectCommand({
      Bucket: this.bucket,
      Key: key,
      CopySource: `${source}?versionId=${encodeURIComponent(versionId)}`,
    })));
    return this.newVersion(key, VersionId);
  }

  /** Newest first, as S3 lists them, without delete markers. */
  private async versions(key: string, storedSince: Date): Promise<ObjectVersion[]> {
    const found: ObjectVersion[] = [];
    let page: ListObjectVersionsCommandOutput | undefined;
    do {
      page = await this.versionsPage(key, page);
      const ofKey = page.Versions?.filter((version) => isKey(key, version.Key)) ?? [];
      found.push(...ofKey.filter((version) => version.LastModified! >= storedSince));
      // The key itself sorts before every longer one that it is a prefix of: behind it nothing is ours.
    } while (page.IsTruncated && isKey(key, page.NextKeyMarker));
    return found;
  }

  private versionsPage(key: string, previous?: ListObjectVersionsCommandOutput): Promise<ListObjectVersionsCommandOutput> {
    return this.session.run((client) => client.send(new ListObjectVersionsCommand({
      Bucket: this.bucket,
      Prefix: key,
      EncodingType: 'url', // XML cannot hold every character of a key
      ...(previous && { KeyMarker: key, VersionIdMarker: previous.NextVersionIdMarker }),
    })));
  }

  private newVersion(key: string, versionId?: string): string {
    if (!versionId || versionId === 'null') {
      throw new Error(`archive bucket ${this.bucket} did not keep ${key} as a version: its versioning must be enabled`);
    }
    return versionId;
  }
}

/** As it is, too: some S3-compatible stores ignore the encoding that was asked for. */
function isKey(key: string, listed = ''): boolean {
  try {
    return listed === key || decodeURIComponent(listed.replaceAll('+', ' ')) === key;
  } catch {
    return false;
  }
}
