/** Pixels as a decoder leaves them. */
export interface Pixels {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Red, green and blue, and alpha if there are four. */
  readonly channels: 3 | 4;
  /** As in EXIF. */
  readonly orientation: number;
}

const HEADER = 8;
const ENTRY = 12;
const SHORT = 3, LONG = 4, UNDEFINED = 7; // the types of a value, of TIFF 6.0
const SIZES: Record<number, number> = { [SHORT]: 2, [LONG]: 4, [UNDEFINED]: 1 };

/**
 * What raw pixels cannot tell sharp, a TIFF does: how they are turned, and in which colour space they are. Nothing is compressed.
 * @see https://www.itu.int/itudoc/itu-t/com16/tiff-fx/docs/tiff6.pdf
 */
export function uncompressedTiff({ pixels, width, height, channels, orientation }: Pixels, icc?: Uint8Array): Buffer {
  const tags: [tag: number, type: number, value: number | number[] | Uint8Array][] = [
    [256, LONG, width],
    [257, LONG, height],
    [258, SHORT, new Array(channels).fill(8)],
    [259, SHORT, 1], // no compression
    [262, SHORT, 2], // red, green, blue
    [273, LONG, HEADER],
    [274, SHORT, orientation],
    [277, SHORT, channels],
    [278, LONG, height], // all rows in one strip
    [279, LONG, pixels.length],
    ...(channels === 4 ? [[338, SHORT, 2] as [number, number, number]] : []), // alpha, with which colours are not multiplied
    ...(icc ? [[34675, UNDEFINED, icc] as [number, number, Uint8Array]] : []),
  ];
  // The values that do not fit their entry come between the pixels and the directory.
  const header = Buffer.alloc(HEADER);
  const directory = Buffer.alloc(2 + tags.length * ENTRY + 4);
  const parts: Uint8Array[] = [header, pixels];
  let end = HEADER + pixels.length;
  directory.writeUInt16LE(tags.length);
  tags.forEach(([tag, type, value], index) => {
    const at = 2 + index * ENTRY;
    const values = typeof value === 'number' ? [value] : value;
    directory.writeUInt16LE(tag, at);
    directory.writeUInt16LE(type, at + 2);
    directory.writeUInt32LE(values.length, at + 4);
    const size = values.length * SIZES[type];
    const encoded = Buffer.alloc(size);
    values.forEach((one, position) => encoded.writeUIntLE(one, position * SIZES[type], SIZES[type]));
    if (size <= 4) {
      encoded.copy(directory, at + 8);
    } else {
      directory.writeUInt32LE(end, at + 8);
      parts.push(encoded);
      end += size;
    }
  });
  header.write('II*\0', 'latin1');
  header.writeUInt32LE(end, 4);
  return Buffer.concat([...parts, directory]);
}
