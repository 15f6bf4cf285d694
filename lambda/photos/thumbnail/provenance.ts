import { Recency } from './recency';

/** Which upload an archive copy was made from: kept in its user metadata, so no database is needed. */
export interface Provenance extends Recency {
  readonly versionId?: string;
  readonly etag: string;
  /** Hexadecimal SHA-256 of the bytes that were read from the dropbox. */
  readonly sha256: string;
}

const NAMES = {
  bucket: 'source-bucket',
  versionId: 'source-version-id',
  etag: 'source-etag',
  sha256: 'source-sha256',
  sequencer: 'source-sequencer',
  lastModified: 'source-last-modified',
} as const;

/** The uploader's metadata and ours; a name that we use is ours, even where we have nothing to say. */
export function withProvenance(metadata: Record<string, string>, provenance: Provenance): Record<string, string> {
  return {
    ...withoutProvenance(metadata),
    [NAMES.bucket]: provenance.bucket,
    [NAMES.etag]: provenance.etag,
    [NAMES.sha256]: provenance.sha256,
    [NAMES.lastModified]: provenance.lastModified.toISOString(),
    ...(provenance.versionId && { [NAMES.versionId]: provenance.versionId }),
    ...(provenance.sequencer && { [NAMES.sequencer]: provenance.sequencer }),
  };
}

/** The uploader's metadata, as it was. */
export function withoutProvenance(metadata: Record<string, string>): Record<string, string> {
  const ours: string[] = Object.values(NAMES);
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !ours.includes(name)));
}

/** `undefined` for an object that this function did not write. */
export function provenanceIn(metadata: Record<string, string> = {}): Provenance | undefined {
  const lastModified = new Date(metadata[NAMES.lastModified]);
  if (!metadata[NAMES.bucket] || !metadata[NAMES.sha256] || Number.isNaN(lastModified.getTime())) return undefined;
  return {
    bucket: metadata[NAMES.bucket],
    versionId: metadata[NAMES.versionId],
    etag: metadata[NAMES.etag],
    sha256: metadata[NAMES.sha256],
    sequencer: metadata[NAMES.sequencer],
    lastModified,
  };
}
