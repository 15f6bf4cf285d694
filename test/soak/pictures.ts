import sharp from 'sharp';
import { chance } from './chance';

/** What the middle of a picture looks like. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A photo in one colour, and no two the same bytes: what stands behind the end of a JPEG is not looked at. */
export async function picture(shown: Colour, mark: string, bytes = 0): Promise<Buffer> {
  const [r, g, b] = shown;
  const jpeg = await sharp({ create: { width: 96, height: 64, channels: 3, background: { r, g, b } } }).jpeg().toBuffer();
  return Buffer.concat([jpeg, Buffer.from(mark), Buffer.alloc(Math.max(0, bytes - jpeg.length - mark.length))]);
}

/** Far enough from each other to be told apart in a thumbnail. */
export function colour(seed: number, name: string | number): Colour {
  const part = (channel: string) => 85 * Math.floor(4 * chance(seed, 'colour', name, channel));
  return [part('red'), part('green'), part('blue')];
}

export async function looksLike(image: Uint8Array, expected: Colour): Promise<boolean> {
  const { channels } = await sharp(image).stats();
  return expected.every((value, index) => Math.abs(channels[index].mean - value) < 20);
}
