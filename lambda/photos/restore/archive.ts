import { Readable } from 'stream';
import { GetObjectCommand, HeadObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { archivedName, originalName } from '../archive-key';
import { provenanceIn, withoutProvenance } from '../thumbnail/provenance';
import { ListedKey, versionsByKey } from '../versions-by-key';
import { Archive, ArchivedCopy, ArchivedKey } from './restore';
import { WasabiSession } from '../wasabi/session';

/** The archive bucket on Wasabi, or on another S3-compatible store: read only. */
export class WasabiArchive implements Archive {
  constructor(private readonly session: WasabiSession, private readonly bucket: string, private readonly keyPrefix: string) {}

  async* keys(prefix: string, after?: string): AsyncGenerator<ArchivedKey> {
    const archived = (key: string) => this.keyPrefix + archivedName(key);
    const listing = versionsByKey(
      { bucket: this.bucket, prefix: archived(prefix), after: after === undefined ? undefined : archived(after) },
      (input) => this.session.run((client) => client.send(new ListObjectVersionsCommand(input))),
    );
    for await (const listed of listing) yield { key: originalName(listed.key.slice(this.keyPrefix.length)), copies: () => this.copies(listed) };
  }

  async read(key: string, versionId: string): Promise<Readable> {
    const copy = { Bucket: this.bucket, Key: this.keyPrefix + archivedName(key), VersionId: versionId };
    const { Body } = await this.session.run((client) => client.send(new GetObjectCommand(copy)));
    return Body as Readable;
  }

  private async copies({ key, versions }: ListedKey): Promise<ArchivedCopy[]> {
    const copies: ArchivedCopy[] = [];
    for (const { VersionId } of versions) {
      const head = await this.session.run((client) => client.send(new HeadObjectCommand({ Bucket: this.bucket, Key: key, VersionId })));
      const provenance = provenanceIn(head.Metadata);
      if (!provenance) continue; // of somebody else
      copies.push({
        versionId: VersionId!,
        provenance,
        headers: {
          ContentType: head.ContentType,
          CacheControl: head.CacheControl,
          ContentDisposition: head.ContentDisposition,
          ContentEncoding: head.ContentEncoding,
          ContentLanguage: head.ContentLanguage,
          Expires: head.Expires,
        },
        metadata: withoutProvenance(head.Metadata!),
      });
    }
    return copies;
  }
}
