import { Readable } from 'stream';
import {
  AbortMultipartUploadCommand, CopyObjectCommand, GetBucketVersioningCommand, GetObjectCommand, HeadObjectCommand, ListMultipartUploadsCommand,
  ListObjectVersionsCommand, ListObjectVersionsCommandOutput, ObjectVersion, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Semaphore } from 'async-mutex';
import { ArchiveCopy, ArchiveStore, StoredDigest } from './archive';
import { sendable } from './content-headers';
import { digestOf } from './digest';
import { Photo } from './photo';
import { provenanceIn, withProvenance } from './provenance';
import { ProbableRejection, Rejection } from './rejection';
import { serviceAnswer } from '../../shared/service-answer';
import { WasabiSession } from '../wasabi/session';

/** Up to here an original goes up in one request; above it in parts of this size, so one of any size takes the memory of a few parts. */
const PART_BYTES = 16 * 2 ** 20;
const PARTS_AT_A_TIME = 3;

/** A key rarely has more versions that are young enough to count, and a page that is larger takes longer to read. */
const VERSIONS_PER_PAGE = 100;

/** The archive bucket on Wasabi, or on another S3-compatible store. */
export class WasabiArchive implements ArchiveStore {
  private readonly heads = new Semaphore(10);
  private hasKeptVersions = false;

  /** @param maxRunMs how long a run may take: an upload that began before that has nobody who would end it */
  constructor(private readonly session: WasabiSession, private readonly bucket: string, private readonly maxRunMs: number) {}

  /**
   * Asked until the answer is yes: versioning that is enabled can be suspended, but not undone, and what is stored while it is suspended
   * covers none of the versions that are there.
   */
  async keepsVersions(): Promise<boolean> {
    if (!this.hasKeptVersions) {
      const { Status } = await this.session.run((client) => client.send(new GetBucketVersioningCommand({ Bucket: this.bucket })));
      this.hasKeptVersions = Status === 'Enabled';
    }
    return this.hasKeptVersions;
  }

  async copies(key: string, storedSince: Date, known: ArchiveCopy[] = []): Promise<ArchiveCopy[]> {
    const versions = await this.versions(key, storedSince);
    const copies = await Promise.all(versions.map(async ({ VersionId = '' }) =>
      known.find(({ versionId }) => versionId === VersionId) ?? this.heads.runExclusive(() => this.copy(key, VersionId))));
    return copies.filter((copy) => copy !== undefined);
  }

  async upload(key: string, photo: Photo): Promise<string> {
    const { headers, metadata } = sendable(photo.object.headers);
    const target = {
      Bucket: this.bucket,
      Key: key,
      ContentType: headers.contentType,
      CacheControl: headers.cacheControl,
      ContentDisposition: headers.contentDisposition,
      ContentEncoding: headers.contentEncoding,
      ContentLanguage: headers.contentLanguage,
      Expires: headers.expires ? new Date(headers.expires) : undefined,
      Metadata: withProvenance({ ...photo.object.metadata, ...metadata }, photo.provenance),
    };
    const { VersionId } = await this.session.run(async (client) => {
      const params = { ...target, Body: await photo.content() };
      if (params.Body instanceof Uint8Array && params.Body.length <= PART_BYTES) return rejecting(client.send(new PutObjectCommand(params)));
      await this.abortAbandonedUploads(client, key);
      return rejecting(new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_A_TIME }).done());
    });
    return this.newVersion(key, VersionId);
  }

  async digest(key: string, versionId: string): Promise<StoredDigest> {
    return this.session.run(async (client) => {
      const { Body, Metadata } = await client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key, VersionId: versionId }));
      return { ...await digestOf(Body as Readable), provenance: provenanceIn(Metadata) };
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

  /** A run that was killed leaves the parts that it had uploaded, which nobody sees and everybody pays for. */
  private async abortAbandonedUploads(client: S3Client, key: string): Promise<void> {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: this.bucket, Prefix: key, EncodingType: 'url' }));
    const abandoned = Uploads.filter(({ Key, Initiated }) => isKey(key, Key) && Initiated!.getTime() < Date.now() - this.maxRunMs);
    for (const { UploadId } of abandoned) await client.send(new AbortMultipartUploadCommand({ Bucket: this.bucket, Key: key, UploadId }));
  }

  /** `undefined` for a version that this function did not store. */
  private async copy(key: string, versionId: string): Promise<ArchiveCopy | undefined> {
    const { Metadata } = await this.session.run(
      (client) => client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key, VersionId: versionId })),
    );
    const provenance = provenanceIn(Metadata);
    return provenance && { versionId, provenance };
  }

  /** Newest first, as S3 lists them, without delete markers. Ends at the first that is too old: a key may have any number of those. */
  private async versions(key: string, storedSince: Date): Promise<ObjectVersion[]> {
    const found: ObjectVersion[] = [];
    let page: ListObjectVersionsCommandOutput | undefined;
    let isPastAll: boolean;
    do {
      page = await this.versionsPage(key, page);
      const ofKey = page.Versions?.filter((version) => isKey(key, version.Key)) ?? [];
      const young = ofKey.filter((version) => version.LastModified! >= storedSince);
      found.push(...young);
      isPastAll = young.length < ofKey.length;
      // The key itself sorts before every longer one that it is a prefix of: behind it nothing is ours.
    } while (!isPastAll && page.IsTruncated && isKey(key, page.NextKeyMarker));
    return found;
  }

  private versionsPage(key: string, previous?: ListObjectVersionsCommandOutput): Promise<ListObjectVersionsCommandOutput> {
    return this.session.run((client) => client.send(new ListObjectVersionsCommand({
      Bucket: this.bucket,
      Prefix: key,
      EncodingType: 'url', // XML cannot hold every character of a key
      MaxKeys: VERSIONS_PER_PAGE,
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

/** Codes of status 400 by which stores say that a request was spoilt on its way, came late, or was signed with the wrong key. */
const MENDABLE = [
  'AuthorizationHeaderMalformed', 'BadDigest', 'ExpiredToken', 'IncompleteBody', 'InvalidBucketState', 'InvalidDigest', 'InvalidToken', 'RequestTimeout',
  'TokenRefreshRequired', 'XAmzContentSHA256Mismatch',
];

/**
 * What a store has against the photo itself (its name, its size, its headers) is probably a rejection.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
async function rejecting<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    const { code, status = 500 } = serviceAnswer(error);
    if (![400, 413, 414].includes(status) || MENDABLE.includes(code)) throw error;
    throw new ProbableRejection(new Rejection('refused-by-archive', `${code}: ${(error as Error).message}`));
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
