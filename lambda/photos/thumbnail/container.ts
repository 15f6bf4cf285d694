import { isTiff } from './tiff';

/** Of files that the decoders may read; a HEIF may be an AVIF or a HEIC, or neither. */
export type Container = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'heif';

/** What a photo is, by its container and its codec. */
export type PhotoFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic';

/** The brands by which libheif knows still pictures. Others of the same boxes are videos, and sequences: https://github.com/strukturag/libheif */
const HEIF_BRANDS = ['avif', 'heic', 'heix', 'heim', 'heis', 'mif1', 'mif2'];

/** By its first bytes, whatever else is damaged: by as few as the decoders of JPEG and GIF ask for, lest they read what nothing here has looked at. */
export function containerOf(bytes: Uint8Array): Container | undefined {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\xff\xd8')) return 'jpeg';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (/^RIFF[^]{4}WEBP/.test(start)) return 'webp';
  if (start.startsWith('GIF')) return 'gif';
  if (isTiff(bytes)) return 'tiff';
  if (start.slice(4, 8) === 'ftyp' && HEIF_BRANDS.includes(start.slice(8, 12))) return 'heif';
  return undefined;
}

/** Whether a HEIF lists its pictures, and none of them is an AV1 or HEVC: by the types of its items, ISO/IEC 14496-12, 8.11.6 */
export function hasOtherHeifItemsOnly(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list = file.indexOf('iinf', 0, 'latin1');
  if (list < 4) return false;
  const items = file.subarray(list, list - 4 + file.readUInt32BE(list - 4));
  return !['av01', 'hvc1'].some((type) => items.includes(type, 0, 'latin1'));
}
