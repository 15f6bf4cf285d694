import { ListObjectVersionsCommandInput, ListObjectVersionsCommandOutput, ObjectVersion } from '@aws-sdk/client-s3';

/** All that a bucket holds under one key. */
export interface ListedKey {
  readonly key: string;
  /** Newest first, as S3 lists them. */
  readonly versions: ObjectVersion[];
  /** Whether a delete marker is on top of them. */
  readonly isDeleted: boolean;
}

export interface Listing {
  readonly bucket: string;
  readonly prefix: string;
  /** The key behind which the listing begins. */
  readonly after?: string;
}

type ListPage = (input: ListObjectVersionsCommandInput) => Promise<ListObjectVersionsCommandOutput>;

/** The keys of a bucket in S3's order, each once and whole, wherever the pages end. */
export async function* versionsByKey({ bucket, prefix, after }: Listing, list: ListPage): AsyncGenerator<ListedKey> {
  let pending: ListedKey | undefined;
  let position: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> | undefined = { KeyMarker: after };
  while (position) {
    // XML cannot hold every character of a key.
    const page: ListObjectVersionsCommandOutput = await list({ Bucket: bucket, Prefix: prefix, EncodingType: 'url', ...position });
    for (const listed of keysIn(page)) {
      if (pending?.key === listed.key) {
        pending = { ...pending, versions: [...pending.versions, ...listed.versions], isDeleted: pending.isDeleted || listed.isDeleted };
      } else {
        if (pending) yield pending;
        pending = listed;
      }
    }
    position = page.IsTruncated ? { KeyMarker: decoded(page, page.NextKeyMarker!), VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
  if (pending) yield pending;
}

function keysIn(page: ListObjectVersionsCommandOutput): ListedKey[] {
  const byKey = new Map<string, { versions: ObjectVersion[]; isDeleted: boolean }>();
  const of = (listed: { Key?: string }) => {
    const key = decoded(page, listed.Key!);
    const found = byKey.get(key) ?? { versions: [], isDeleted: false };
    byKey.set(key, found);
    return found;
  };
  for (const version of page.Versions ?? []) of(version).versions.push(version);
  for (const marker of page.DeleteMarkers ?? []) of(marker).isDeleted ||= marker.IsLatest === true;
  // The markers come apart from the versions; S3's order is that of the bytes.
  return [...byKey].sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other))).map(([key, rest]) => ({ key, ...rest }));
}

/** Some S3-compatible stores ignore the encoding that was asked for, and then do not confirm it. */
function decoded({ EncodingType }: ListObjectVersionsCommandOutput, key: string): string {
  return EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}
