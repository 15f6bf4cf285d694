import type { PhotoFormat } from './container';

/** The wide gamuts that cameras and encoders name, by their numbers in ISO/IEC 23091-2. */
const BT2020 = 9, DISPLAY_P3 = 12;
/** Perceptual quantization and hybrid log-gamma: brightness above white, which a thumbnail cannot show. */
const HDR_TRANSFERS = [16, 18];

/** Red, green and blue in CIE XYZ, adapted to the white of a profile (D50) by Bradford's method. */
const COLOURS: Record<number, readonly [number, number, number][]> = {
  [DISPLAY_P3]: [[0.51512, 0.2412, -0.00105], [0.29198, 0.69225, 0.04189], [0.1571, 0.06657, 0.78407]],
  [BT2020]: [[0.67348, 0.27904, -0.00194], [0.16567, 0.67534, 0.02998], [0.12505, 0.04561, 0.79686]],
};

/** Of an AVIF and a PNG that has no profile; `undefined` for sRGB, and where nothing is said. */
export function primariesByNumber(format: PhotoFormat, bytes: Uint8Array): number | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const named = format === 'avif' ? nclx(file) : format === 'png' ? cicp(file) : undefined;
  return named && widePrimaries(named);
}

export interface NamedColours {
  readonly primaries: number;
  readonly transfer: number;
}

/** The primaries, if they differ from those of sRGB, and a profile can be made of them. */
export function widePrimaries({ primaries, transfer }: NamedColours): number | undefined {
  return primaries in COLOURS && !HDR_TRANSFERS.includes(transfer) ? primaries : undefined;
}

/** The first colour property, which encoders write for the primary picture: ISO/IEC 14496-12, 12.1.5 */
function nclx(avif: Buffer): NamedColours | undefined {
  const at = avif.indexOf('colrnclx', 0, 'latin1');
  const end = avif.indexOf('mdat', 0, 'latin1');
  if (at === -1 || at + 12 > avif.length || (end !== -1 && at > end)) return undefined;
  return { primaries: avif.readUInt16BE(at + 8), transfer: avif.readUInt16BE(at + 10) };
}

/** Before the first pixels: https://www.w3.org/TR/png-3/#cICP-chunk */
function cicp(png: Buffer): NamedColours | undefined {
  for (let at = 8; at + 12 <= png.length; at += 12 + png.readUInt32BE(at)) {
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'cICP') return { primaries: png[at + 8], transfer: png[at + 9] };
    if (type === 'IDAT') return undefined;
  }
  return undefined;
}

/**
 * A profile of these colours with the curve of sRGB, which is the one of Display P3 and what decoders take that of BT.709 for.
 *
 * @see https://www.color.org/specification/ICC.1-2022-05.pdf
 */
export function profileOf(primaries: number): Buffer {
  const [red, green, blue] = COLOURS[primaries].map((xyz) => data('XYZ ', ...xyz.map(fixed)));
  const curve = data('para', Buffer.from([0, 3, 0, 0]), ...[2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].map(fixed));
  const text = data('mluc', uint32(1), uint32(12), Buffer.from('enUS'), uint32(6), uint32(28), Buffer.from('\0R\0G\0B\0\0', 'latin1')); // one language, of six bytes
  const tags: [name: string, content: Buffer][] = [
    ['desc', text], ['cprt', text], ['wtpt', data('XYZ ', ...D50.map(fixed))],
    ['rXYZ', red], ['gXYZ', green], ['bXYZ', blue], ['rTRC', curve], ['gTRC', curve], ['bTRC', curve],
  ];
  let end = HEADER + 4 + tags.length * 12;
  const table = tags.map(([name, content]) => {
    const entry = Buffer.concat([Buffer.from(name), uint32(end), uint32(content.length)]);
    end += content.length;
    return entry;
  });
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(end, 0);
  header.writeUInt32BE(0x04300000, 8); // version 4.3
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  Buffer.concat(D50.map(fixed)).copy(header, 68);
  return Buffer.concat([header, uint32(tags.length), ...table, ...tags.map(([, content]) => content)]);
}

const HEADER = 128;
const D50 = [0.9642, 1, 0.82491];

function data(type: string, ...content: Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(type), uint32(0), ...content]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** s15Fixed16Number */
function fixed(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65_536));
  return bytes;
}
