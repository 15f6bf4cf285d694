import { Readable } from 'stream';
import { ContentHeaders } from './content-headers';
import { digestOf } from './digest';
import { Provenance } from './provenance';

/** One version of an object in the dropbox: what S3 answered, more exact than what the event said. */
export interface DropboxObject {
  readonly bucket: string;
  readonly key: string;
  /** Absent in a bucket without versioning. */
  readonly versionId?: string;
  readonly etag: string;
  readonly sequencer?: string;
  readonly lastModified: Date;
  readonly size: number;
  readonly headers: ContentHeaders;
  readonly metadata: Record<string, string>;
}

/** An object whose content waits to be read or discarded. */
export interface OpenedObject {
  readonly object: DropboxObject;
  /** The content from its beginning; each call but the first asks the dropbox again. */
  readonly content: () => Promise<Readable>;
  /** Frees the connection of an object that was not read; harmless after reading. */
  readonly discard: () => void;
}

/** An object whose content was read, with its SHA-256 by our own reckoning. */
export interface Photo {
  readonly object: DropboxObject;
  readonly provenance: Provenance;
  /** In memory; or, of what is too large for that, from its beginning at each call. */
  readonly content: () => Promise<Uint8Array | Readable>;
}

/** A photo that is held in memory. */
export interface PhotoInMemory extends Photo {
  readonly bytes: Uint8Array;
}

/** The digest is made while the content comes: it takes no time of whoever waits for the thumbnail. */
export async function readIntoMemory(object: DropboxObject, content: () => Promise<Readable>): Promise<PhotoInMemory> {
  const chunks: Uint8Array[] = [];
  const photo = await photoOf(object, kept(await content(), chunks));
  const bytes = Buffer.concat(chunks);
  return { ...photo, bytes, content: async () => bytes };
}

async function* kept(content: AsyncIterable<Uint8Array>, chunks: Uint8Array[]): AsyncIterable<Uint8Array> {
  for await (const chunk of content) {
    chunks.push(chunk);
    yield chunk;
  }
}

/** For what is too large for the memory: it is read here for its digest, which goes with the copy, and again for the copy. */
export async function readForDigest(object: DropboxObject, content: () => Promise<Readable>): Promise<Photo> {
  return { ...await photoOf(object, await content()), content };
}

async function photoOf(object: DropboxObject, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Omit<Photo, 'content'>> {
  const { size, sha256 } = await digestOf(chunks);
  if (size !== object.size) throw new Error(`read ${size} bytes of an object of ${object.size}`);
  const { bucket, versionId, etag, sequencer, lastModified } = object;
  return { object, provenance: { bucket, versionId, etag, sequencer, lastModified, sha256 } };
}
