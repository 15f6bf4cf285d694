import { createHash } from 'crypto';

/** What is compared before an original is removed. */
export interface Digest {
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Of content that comes piece by piece, however much it is. */
export async function digestOf(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Digest> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest('hex') };
}

export function isEqual(one: Digest, other: Digest): boolean {
  return one.size === other.size && one.sha256 === other.sha256;
}
