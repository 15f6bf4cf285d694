import sharp from 'sharp';
import { Rejection } from './rejection';

// Every photo is a new one: nothing in the cache would be asked for again.
sharp.cache(false);

// Uploads are untrusted: only the decoders named here ever see them. No SVG, above all, which may refer to other files.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((loader) => `VipsForeignLoad${loader}Buffer`),
});

/** Several times what the slowest photo took on a whole processor: docs/decisions/which-pictures.md */
export const MAX_SECONDS = 30;

/** What the decoders tell in words only. */
export function rejection({ message }: Error, bytes?: Uint8Array): Rejection {
  if (message.startsWith('timeout')) return new Rejection('too-much-time', `not decoded after ${MAX_SECONDS} s: ${message}`);
  const isUnsupported = /unsupported|not (supported|configured)|no known route/i.test(message) && !(bytes && isTiff(bytes));
  return new Rejection(isUnsupported ? 'unsupported-format' : 'corrupt', `the photo cannot be decoded: ${message}`);
}

/** To libvips, a TIFF that lacks its end, which is where its directory often is, is no TIFF. */
function isTiff(bytes: Uint8Array): boolean {
  return /^(II[*+]\0|MM\0[*+])/.test(Buffer.from(bytes.subarray(0, 4)).toString('latin1'));
}
