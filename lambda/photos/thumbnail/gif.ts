import { Rejection } from './rejection';

const EXTENSION = 0x21, IMAGE = 0x2c;
const MAX_CODES = 4096;

/** Where a picture is on its canvas. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The first picture of a GIF. */
interface Frame extends Area {
  readonly codeSize: number;
  /** Of the first block of codes. */
  readonly start: number;
}

/** Of the first picture, if it may leave a part of the canvas empty: browsers show that transparent, and libnsgif black. */
export function areaOfGif(gif: Uint8Array, canvas: { readonly width: number; readonly height: number }): Area | undefined {
  const frame = firstFrame(gif);
  if (!frame) return undefined;
  const { left, top, width, height } = frame;
  return left === 0 && top === 0 && width >= canvas.width && height >= canvas.height ? undefined : { left, top, width, height };
}

/**
 * libnsgif says nothing if the codes of a picture end before its pixels do: what is missing, it leaves black.
 *
 * @throws Rejection if pixels of the first picture are missing
 * @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function requireWholeGif(gif: Uint8Array): void {
  const frame = firstFrame(gif);
  if (!frame) return; // the decoder says why
  const [found, pixels] = [pixelsIn(gif, frame), frame.width * frame.height];
  if (found < pixels) throw new Rejection('corrupt', `the GIF has ${found} of ${pixels} pixels`);
}

function firstFrame(gif: Uint8Array): Frame | undefined {
  const uint16 = (at: number) => gif[at] + gif[at + 1] * 256;
  const colourTable = (flags: number) => (flags >= 0x80 ? 3 * 2 ** (flags % 8 + 1) : 0);
  let at = 13 + colourTable(gif[10]);
  while (gif[at] === EXTENSION) {
    at += 2;
    while (gif[at] > 0) at += 1 + gif[at];
    at++;
  }
  if (gif[at] !== IMAGE) return undefined;
  const start = at + 10 + colourTable(gif[at + 9]);
  const codeSize = gif[start];
  const [left, top, width, height] = [1, 3, 5, 7].map((offset) => uint16(at + offset));
  return codeSize >= 1 && codeSize < 12 ? { left, top, width, height, codeSize, start: start + 1 } : undefined;
}

/** How many pixels the codes are for: each stands for as many as the one before it and one more, or for as many as when it was new. */
function pixelsIn(gif: Uint8Array, { width, height, codeSize, start }: Frame): number {
  const clear = 2 ** codeSize;
  const lengths = new Uint16Array(MAX_CODES).fill(1, 0, clear);
  let [found, next, bits, last] = [0, clear + 2, codeSize + 1, -1];
  for (const code of codesIn(gif, start, () => bits)) {
    if (code === clear) {
      [next, bits, last] = [clear + 2, codeSize + 1, -1];
      continue;
    }
    if (code === clear + 1 || code > next || found >= width * height) break;
    if (last >= 0 && next < MAX_CODES) {
      lengths[next++] = lengths[last] + 1;
      if (next === 2 ** bits && bits < 12) bits++;
    }
    found += lengths[code];
    last = code;
  }
  return found;
}

function* codesIn(gif: Uint8Array, start: number, bits: () => number): Generator<number> {
  let [value, available] = [0, 0];
  for (let at = start; gif[at] > 0; at += 1 + gif[at]) {
    for (let index = at + 1; index <= at + gif[at] && index < gif.length; index++) {
      value += gif[index] * 2 ** available;
      available += 8;
      while (available >= bits()) {
        const scale = 2 ** bits();
        available -= bits();
        yield value % scale;
        value = Math.floor(value / scale);
      }
    }
  }
}
