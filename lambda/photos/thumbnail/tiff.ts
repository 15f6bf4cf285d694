import { Rejection } from './rejection';

/** What the first directory of a TIFF says, before anything is decoded. */
export interface TiffStructure {
  readonly isTiled: boolean;
  readonly compression: number;
  readonly photometric: number;
  readonly samples: number;
  /** Of the largest sample. */
  readonly bits: number;
  readonly isFloatingPoint: boolean;
  readonly isSigned: boolean;
  readonly hasSeparatePlanes: boolean;
}

const BITS = 258, COMPRESSION = 259, PHOTOMETRIC = 262, SAMPLES = 277, PLANES = 284, TILE_OFFSETS = 324, SAMPLE_FORMAT = 339;
const SIZES: Record<number, number> = { 1: 1, 3: 2, 4: 4, 16: 8 }; // BYTE, SHORT, LONG, LONG8

/** What the libtiff of sharp decodes as other decoders do: none, CCITT, LZW, JPEG, Deflate, PackBits and WebP. It has no Zstandard, LZMA, LERC, JPEG 2000, JPEG XL, old-style JPEG. */
const DECODED_COMPRESSIONS = [1, 2, 3, 4, 5, 7, 8, 32_771, 32_773, 32_946, 50_001];
const SEPARATE = 2;
/** Sample formats. The others are signed and complex numbers. */
const UNSIGNED = 1, FLOATING_POINT = 3, UNDEFINED = 4;
/** Whose two axes of colour are signed. */
const LAB = 8;
/** A camera's colour filter array, and linear raw data: of TIFF/EP and DNG. */
const RAW_PHOTOMETRICS = [32_803, 34_892];
/** sharp's limit. */
const MAX_SAMPLES = 5;

export function isTiff(bytes: Uint8Array): boolean {
  return /^(II[*+]\0|MM\0[*+])/.test(Buffer.from(bytes.subarray(0, 4)).toString('latin1'));
}

/**
 * Of a classic or a BigTIFF; `undefined` if the directory cannot be read.
 *
 * @see https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
 * @see http://bigtiff.org
 */
export function tiffStructure(bytes: Uint8Array): TiffStructure | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const tags = directory(view);
    return {
      isTiled: tags.has(TILE_OFFSETS),
      compression: tags.get(COMPRESSION)?.[0] ?? 1,
      photometric: tags.get(PHOTOMETRIC)?.[0] ?? 0,
      samples: tags.get(SAMPLES)?.[0] ?? 1,
      bits: Math.max(...(tags.get(BITS) ?? [1])),
      isFloatingPoint: tags.get(SAMPLE_FORMAT)?.[0] === FLOATING_POINT,
      isSigned: ![UNSIGNED, FLOATING_POINT, UNDEFINED].includes(tags.get(SAMPLE_FORMAT)?.[0] ?? UNSIGNED),
      hasSeparatePlanes: tags.get(PLANES)?.[0] === SEPARATE,
    };
  } catch (error) {
    if (error instanceof RangeError) return undefined; // it leads behind the end of the file
    throw error;
  }
}

function directory(view: DataView): Map<number, number[]> {
  const little = view.getUint8(0) === 0x49;
  const isBig = view.getUint16(2, little) === 43;
  const word = (at: number) => (isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
  const start = word(isBig ? 8 : 4);
  const count = isBig ? word(start) : view.getUint16(start, little);
  const [first, entrySize, inline] = isBig ? [start + 8, 20, 8] : [start + 2, 12, 4];
  const tags = new Map<number, number[]>();
  for (let index = 0; index < count; index++) {
    const entry = first + index * entrySize;
    const tag = view.getUint16(entry, little);
    const size = SIZES[view.getUint16(entry + 2, little)];
    if (tag === TILE_OFFSETS) tags.set(tag, []);
    if (![BITS, COMPRESSION, PHOTOMETRIC, SAMPLES, PLANES, SAMPLE_FORMAT].includes(tag) || size === undefined) continue;
    const length = Math.min(word(entry + 4), 64); // bits of each sample; all others are single
    const at = entry + (isBig ? 12 : 8);
    const values = length * size <= inline ? at : word(at);
    tags.set(tag, Array.from({ length }, (_, position) => number(view, values + position * size, size, little)));
  }
  return tags;
}

function number(view: DataView, at: number, size: number, little: boolean): number {
  switch (size) {
    case 1: return view.getUint8(at);
    case 2: return view.getUint16(at, little);
    case 4: return view.getUint32(at, little);
    default: return Number(view.getBigUint64(at, little));
  }
}

/** @throws Rejection for what the decoder does not know, or shows wrong */
export function requireDecodedTiff(structure: TiffStructure): void {
  const { compression, photometric, samples, bits, isFloatingPoint, isSigned, isTiled, hasSeparatePlanes } = structure;
  const refuse = (what: string) => { throw new Rejection('unsupported-format', `the TIFF cannot be decoded: ${what}`); };
  if (!DECODED_COMPRESSIONS.includes(compression)) refuse(`compression ${compression}`);
  if (RAW_PHOTOMETRICS.includes(photometric)) refuse(`a camera's raw data, photometric interpretation ${photometric}`);
  if (samples > MAX_SAMPLES) refuse(`${samples} channels, and at most ${MAX_SAMPLES} can be`);
  if (bits > (isFloatingPoint ? 32 : 16)) refuse(`${bits} bits a sample`);
  if (isSigned && photometric !== LAB) refuse('signed numbers');
  if (isTiled && hasSeparatePlanes) refuse('tiles of separate planes');
}
