import { Readable } from 'stream';
import { GetObjectCommand, HeadObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { Semaphore } from 'async-mutex';
import { archivedName, originalName } from '../archive-key';
import { provenanceIn, withoutProvenance } from '../thumbnail/provenance';
import { ListedKey, versionsByKey } from '../versions-by-key';
import { Archive, ArchivedCopy, ArchivedKey } from './restore';
import { WasabiSession } from '../wasabi/session';

/** The archive bucket on Wasabi, or on another S3-compatible store: read only. */
export class WasabiArchive implements Archive {
  private readonly heads = new Semaphore(10);

  constructor(private readonly session: WasabiSession, private readonly bucket: string, private readonly keyPrefix: string) {}

  async* keys(prefix: string, after?: string): AsyncGenerator<ArchivedKey> {
    const archived = (key: string) => this.keyPrefix + archivedName(key);
    const listing = versionsByKey(
      { bucket: this.bucket, prefix: archived(prefix), after: after === undefined ? undefined : archived(after) },
      (input) => this.session.run((client) => client.send(new ListObjectVersionsCommand(input))),
    );
    for await (const listed of listing) {
      yield { key: originalName(listed.key.slice(this.keyPrefix.length)), isDeleted: listed.isDeleted, copies: () => this.copies(listed) };
    }
  }

  async read(key: string, versionId: string): Promise<Readable> {
    const copy = { Bucket: this.bucket, Key: this.keyPrefix + archivedName(key), VersionId: versionId };
    const { Body } = await this.session.run((client) => client.send(new GetObjectCommand(copy)));
    return Body as Readable;
  }

  private async copies({ key, versions }: ListedKey): Promise<ArchivedCopy[]> {
    const copies = await Promise.all(versions.map(({ VersionId = '' }) => this.heads.runExclusive(() => this.copy(key, VersionId))));
    return copies.filter((copy) => copy !== undefined);
  }

  /** `undefined` for a version of somebody else. */
  private async copy(key: string, versionId: string): Promise<ArchivedCopy | undefined> {
    const head = await this.session.run((client) => client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key, VersionId: versionId })));
    const provenance = provenanceIn(head.Metadata);
    return provenance && {
      versionId,
      provenance,
      size: head.ContentLength!,
      headers: {
        ContentType: head.ContentType,
        CacheControl: head.CacheControl,
        ContentDisposition: head.ContentDisposition,
        ContentEncoding: head.ContentEncoding,
        ContentLanguage: head.ContentLanguage,
        Expires: head.Expires,
      },
      metadata: withoutProvenance(head.Metadata!),
    };
  }
}
