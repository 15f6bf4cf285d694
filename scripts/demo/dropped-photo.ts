import { createHash } from 'crypto';
import { readFileSync } from 'fs';
import { join } from 'path';
import sharp from 'sharp';
import { PhotoArchive } from '../../test/emulator/photo-archive';
import { PHOTOS } from '../../test/emulator/repository';

/** How far a photo is on its way. */
export interface DroppedPhoto {
  readonly name: string;
  readonly sha256: string;
  readonly thumbnail?: { readonly jpeg: Buffer; readonly width: number; readonly height: number };
  readonly archivedSame: boolean;
  readonly gone: boolean;
}

export async function inspect(archive: PhotoArchive, name: string): Promise<DroppedPhoto> {
  const key = `photos/${name}`;
  const [jpeg, copy, versions] = await Promise.all([archive.thumbnail(key), archive.archived(key), archive.versionsInDropbox(key)]);
  const sha256 = digest(readFileSync(join(PHOTOS, name)));
  return {
    name,
    sha256,
    thumbnail: jpeg && { jpeg, ...await sizeOf(jpeg) },
    archivedSame: copy !== undefined && digest(copy) === sha256,
    gone: versions.length === 0,
  };
}

async function sizeOf(jpeg: Buffer): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(jpeg).metadata();
  return { width, height };
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
