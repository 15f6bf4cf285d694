import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import sharp from 'sharp';
import { PhotoFunction } from './photo-function';
import { PhotoLog } from './photo-log';
import { PhotoQueue } from './photo-queue';
import { describeStack } from '../emulator/deployed-stack';
import { Emulators } from '../emulator/emulators';
import { PhotoArchive } from '../emulator/photo-archive';
import { PHOTOS } from '../emulator/repository';

export type Accounts = Pick<Emulators, 'account' | 'store'>;

/** The example as it is deployed, from outside and from inside. */
export interface Deployed {
  readonly archive: PhotoArchive;
  readonly photoFunction: PhotoFunction;
  readonly queue: PhotoQueue;
  readonly log: PhotoLog;
}

/** By default what global-setup.ts deployed. */
export async function deployed({ account, store }: Accounts = JSON.parse(process.env.EMULATED_ACCOUNTS!)): Promise<Deployed> {
  const { resources } = await describeStack(account);
  return {
    archive: await PhotoArchive.find(account, store),
    photoFunction: new PhotoFunction(account, resources),
    queue: new PhotoQueue(account, resources),
    log: new PhotoLog(account, resources),
  };
}

export const NINE_PHOTOS = readdirSync(PHOTOS).filter((name) => name.endsWith('.jpg')).sort();
export const photoNamed = (name: string): Buffer => readFileSync(join(PHOTOS, name));

/** A small photo of one colour, to tell uploads apart. */
export function plain(background: string): Promise<Buffer> {
  return sharp({ create: { width: 40, height: 30, channels: 3, background } }).jpeg().toBuffer();
}

/** Raw sRGB pixels, to compare pictures and not their encoding. */
export function pixels(picture: Buffer): Promise<Buffer> {
  return sharp(picture).removeAlpha().raw().toBuffer();
}

export function meanDifference(one: Buffer, other: Buffer): number {
  if (one.length !== other.length) throw new Error(`pictures of different sizes: ${one.length} and ${other.length} bytes`);
  return one.reduce((sum, value, index) => sum + Math.abs(value - other[index]), 0) / one.length;
}
