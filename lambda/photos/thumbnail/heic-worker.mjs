// Decodes one HEIC: in a thread of its own, which can be ended, and in a memory of its own, which cannot grow into the function's.
// Plain JavaScript, as tests and function start it from this file.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

/** @see https://github.com/strukturag/libheif/tree/v1.23.2/libheif/api/libheif */
const RGB = 1, INTERLEAVED_RGB = 10, INTERLEAVED_RGBA = 11, INTERLEAVED = 10;
const AS_STORED = 99, LUMA_AND_CHROMA = [0, 1, 2];
const REASONS = { 4: 'unsupported-format', 6: 'too-much-memory' }; // every other error: corrupt
const TILING = { columns: 4, rows: 8, tileWidth: 12, tileHeight: 16, width: 20, height: 24 };
const OPTIONS = { ignoreTransformations: 1, convertHdrTo8Bit: 20, strictDecoding: 21 };
const NCLX = { primaries: 4, transfer: 8 };
const [ROTATION, MIRROR] = ['irot', 'imir'].map((code) => Buffer.from(code).readUInt32BE());
const LEFT_TO_RIGHT = 1;
/** By quarter turns against the clock, and whether left and right change places after them. */
const EXIF_ORIENTATION = [[1, 2], [8, 7], [3, 4], [6, 5]];

const WASM_PAGE = 65_536, WASM_HEADER = 8, WASM_MEMORY_SECTION = 5, WASM_HAS_MAXIMUM = 1;

class DecodingError extends Error {
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

/** libheif, with what its C interface needs of a caller. Nothing is freed that lives as long as the thread. */
class Libheif {
  constructor(maxMemoryBytes) {
    const require = createRequire(import.meta.url);
    const file = require.resolve('libheif-js/libheif-wasm/libheif.wasm');
    const wasmBinary = withMaximumMemory(readFileSync(file), maxMemoryBytes);
    this.c = require('libheif-js/libheif-wasm/libheif.js')({ wasmBinary, print: () => {}, printErr: () => {} });
    this.error = this.allocate(12);
  }

  allocate(size) {
    const address = this.c._malloc(size);
    if (address === 0) throw new DecodingError('too-much-memory', `${size} bytes more do not fit the memory of the decoder`);
    this.c.HEAPU8.fill(0, address, address + size);
    return address;
  }

  /** So that what the decoder leaves as it is shows no picture of before. */
  clearFreeMemory(size) {
    const address = size === 0 ? 0 : this.c._malloc(size);
    if (address === 0) return;
    this.c.HEAPU8.fill(0, address, address + size);
    this.c._free(address);
  }

  copy(bytes) {
    const address = this.allocate(bytes.length);
    this.c.HEAPU8.set(bytes, address);
    return address;
  }

  uint32(address) {
    return new DataView(this.c.HEAPU8.buffer).getUint32(address, true);
  }

  /** For functions that answer with an error. */
  call(name, ...parameters) {
    this.c[name](this.error, ...parameters);
    const code = this.uint32(this.error);
    if (code !== 0) throw new DecodingError(REASONS[code], this.text(this.uint32(this.error + 8)));
  }

  text(address) {
    const { HEAPU8 } = this.c;
    return Buffer.from(HEAPU8.subarray(address, HEAPU8.indexOf(0, address))).toString();
  }
}

/** The means of squares of pixels, while these come in pieces. */
class Shrinking {
  constructor(width, height, { channels, shrink, maxPixels }) {
    // A grid has a size of its own, which need not be that of the header.
    if (width * height > maxPixels) throw new DecodingError('too-many-pixels', `it has ${width} × ${height} pixels`);
    Object.assign(this, { fullWidth: width, fullHeight: height, channels, shrink, width: Math.ceil(width / shrink), height: Math.ceil(height / shrink) });
    const Sums = shrink === 1 ? Uint8Array : Uint16Array; // of 256 bytes at most, as shrink is not above 16
    this.sums = new Sums(this.width * this.height * channels);
  }

  add(pixels, stride, left, top, width, height) {
    const { sums, channels, shrink } = this;
    const right = Math.min(left + width, this.fullWidth);
    const bottom = Math.min(top + height, this.fullHeight);
    for (let y = top; y < bottom; y++) {
      const row = Math.floor(y / shrink) * this.width;
      let from = (y - top) * stride;
      for (let x = left, inSquare = left % shrink, to = (row + Math.floor(left / shrink)) * channels; x < right; x++) {
        for (let channel = 0; channel < channels; channel++) sums[to + channel] += pixels[from++];
        if (++inSquare === shrink) {
          inSquare = 0;
          to += channels;
        }
      }
    }
  }

  /** Squares at the right and the lower edge may be cut. */
  means() {
    const { sums, channels, shrink, width, height, fullWidth, fullHeight } = this;
    if (shrink === 1) return { pixels: sums, width, height, channels };
    const pixels = new Uint8Array(sums.length);
    for (let y = 0, index = 0; y < height; y++) {
      const rows = Math.min(shrink, fullHeight - y * shrink);
      for (let x = 0; x < width; x++) {
        const count = rows * Math.min(shrink, fullWidth - x * shrink);
        for (let channel = 0; channel < channels; channel++, index++) pixels[index] = Math.round(sums[index] / count);
      }
    }
    return { pixels, width, height, channels };
  }
}

/** @param {{ bytes: Uint8Array, shrink: number, maxPixels: number, maxMemoryBytes: number }} task */
function decode({ bytes, shrink, maxPixels, maxMemoryBytes }) {
  const heif = new Libheif(maxMemoryBytes);
  const context = heif.c._heif_context_alloc();
  heif.call('_heif_context_read_from_memory_without_copy', context, heif.copy(bytes), bytes.length, 0);
  const out = heif.allocate(4);
  heif.call('_heif_context_get_primary_image_handle', context, out);
  const handle = heif.uint32(out);
  const picture = { heif, context, handle, channels: heif.c._heif_image_handle_has_alpha_channel(handle) ? 4 : 3, shrink, maxPixels };
  return { ...(decodeTiles(picture) ?? decodeWhole(picture)), colours: namedColours(picture) };
}

/** As phones store pictures: never more than one tile at a time in memory. */
function decodeTiles(picture) {
  const { heif, handle } = picture;
  const address = heif.allocate(80);
  heif.call('_heif_image_handle_get_image_tiling', handle, 0, address);
  const tiling = Object.fromEntries(Object.entries(TILING).map(([name, offset]) => [name, heif.uint32(address + offset)]));
  const orientation = exifOrientation(picture);
  if (tiling.columns * tiling.rows === 1 || orientation === undefined) return undefined;

  const shrinking = new Shrinking(tiling.width, tiling.height, picture);
  for (let row = 0; row < tiling.rows; row++) {
    for (let column = 0; column < tiling.columns; column++) {
      const tile = decoded(picture, '_heif_image_handle_decode_image_tile', { ignoreTransformations: 1 }, tiling.tileWidth * tiling.tileHeight, column, row);
      shrinking.add(tile.pixels, tile.stride, column * tiling.tileWidth, row * tiling.tileHeight, tile.width, tile.height);
      tile.release();
    }
  }
  return { ...shrinking.means(), orientation };
}

function decodeWhole(picture) {
  const whole = decoded(picture, '_heif_decode_image', {}, 0);
  const shrinking = new Shrinking(whole.width, whole.height, picture);
  shrinking.add(whole.pixels, whole.stride, 0, 0, whole.width, whole.height);
  return { ...shrinking.means(), orientation: 1 };
}

/** The planes of a picture, what is made of them, and what the decoder keeps besides: so much of its memory may be where the planes come to lie. */
const BYTES_TO_CLEAR = 16, MAX_BYTES_TO_CLEAR = 64 * 2 ** 20;

function decoded({ heif, handle, channels }, decoder, changes, pixels, ...tile) {
  const options = heif.c._heif_decoding_options_alloc();
  for (const [name, value] of Object.entries({ convertHdrTo8Bit: 1, strictDecoding: 1, ...changes })) heif.c.HEAPU8[options + OPTIONS[name]] = value;
  const out = heif.allocate(8);
  const decode = (colourSpace, chroma, expectedPixels) => {
    heif.clearFreeMemory(Math.min(expectedPixels * BYTES_TO_CLEAR, MAX_BYTES_TO_CLEAR));
    heif.call(decoder, handle, out, colourSpace, chroma, options, ...tile);
    return heif.uint32(out);
  };
  const image = decode(RGB, channels === 4 ? INTERLEAVED_RGBA : INTERLEAVED_RGB, pixels);
  const plane = planeOf(heif, image, INTERLEAVED);
  const suspects = greenSquares(plane, channels);
  if (suspects.length > 0) requireDecoded(heif, decode(AS_STORED, AS_STORED, plane.width * plane.height), suspects);
  return { ...plane, pixels: heif.c.HEAPU8.subarray(plane.address), release: () => heif.c._heif_image_release(image) };
}

function planeOf(heif, image, channel) {
  const out = heif.allocate(4);
  const address = heif.c._heif_image_get_plane_readonly(image, channel, out);
  const [width, height] = [heif.c._heif_image_get_width(image, channel), heif.c._heif_image_get_height(image, channel)];
  const { buffer } = heif.c.HEAPU8;
  const stride = heif.uint32(out);
  const bytesPerSample = Math.ceil(heif.c._heif_image_get_bits_per_pixel(image, channel) / 8);
  return { address, stride, width, height, bytesPerSample, bytes: new Uint8Array(buffer, address, address === 0 ? 0 : stride * height) };
}

/**
 * libde265 stops where it cannot decode, and says so in a warning for which libheif does not ask. What it leaves is zero: a luminance and a chroma that no
 * colour has together, and that conversion makes a green of. Its blocks have at least 16 × 16 pixels.
 */
const SQUARE = 8;

function greenSquares({ bytes, stride, width, height }, channels) {
  const squares = [];
  for (let y = 0; y + SQUARE <= height; y += SQUARE) {
    for (let x = 0; x + SQUARE <= width; x += SQUARE) {
      const at = y * stride + x * channels;
      const green = bytes[at + 1];
      // By the matrix and the range that the picture names: 77 to 136.
      const isSuspect = bytes[at] === 0 && bytes[at + 2] === 0 && green > 70 && green < 140;
      const last = at + (SQUARE - 1) * (stride + channels);
      if (isSuspect && bytes[last] === 0 && bytes[last + 1] === green && bytes[last + 2] === 0) squares.push([x, y]);
    }
  }
  return squares;
}

function requireDecoded(heif, image, squares) {
  const planes = LUMA_AND_CHROMA.map((channel) => planeOf(heif, image, channel));
  if (planes.some(({ address }) => address === 0)) return; // a picture of other channels
  const [{ width, height }] = planes;
  const isZero = ({ bytes, stride, bytesPerSample, width: across, height: down }, x, y) => {
    const at = Math.floor(y * down / height) * stride + Math.floor(x * across / width) * bytesPerSample;
    return bytes[at] === 0 && bytes[at + bytesPerSample - 1] === 0;
  };
  const isUndecoded = ([x, y]) => planes.every((plane) => isZero(plane, x, y) && isZero(plane, x + SQUARE - 1, y + SQUARE - 1));
  if (squares.some(isUndecoded)) throw new DecodingError('corrupt', 'it is not decoded as a whole');
  heif.c._heif_image_release(image);
}

/** What the picture's rotations and mirrors amount to; `undefined` if it is cropped, too. */
function exifOrientation({ heif, context, handle }) {
  const item = heif.c._heif_image_handle_get_item_id(handle);
  const ids = heif.allocate(4 * 16);
  const count = heif.c._heif_item_get_transformation_properties(context, item, ids, 16);
  let turns = 0, mirrored = 0;
  for (let index = 0; index < count; index++) {
    const id = heif.uint32(ids + 4 * index);
    switch (heif.c._heif_item_get_property_type(context, item, id) >>> 0) {
      case ROTATION: {
        const further = heif.c._heif_item_get_property_transform_rotation_ccw(context, item, id) / 90;
        turns += mirrored ? -further : further;
        break;
      }
      case MIRROR:
        mirrored ^= 1;
        if (heif.c._heif_item_get_property_transform_mirror(context, item, id) !== LEFT_TO_RIGHT) turns += 2;
        break;
      default:
        return undefined;
    }
  }
  return EXIF_ORIENTATION[turns & 3][mirrored];
}

/** By their numbers in ISO/IEC 23091-2, of which 12 is Display P3. */
function namedColours({ heif, handle }) {
  const out = heif.allocate(4);
  try {
    heif.call('_heif_image_handle_get_nclx_color_profile', handle, out);
    const profile = heif.uint32(out);
    return { primaries: heif.uint32(profile + NCLX.primaries), transfer: heif.uint32(profile + NCLX.transfer) };
  } catch {
    return undefined; // the file does not say
  }
}

/** The binary says how large its memory may become (it came with 2 GiB), and the engine keeps to that. */
function withMaximumMemory(wasm, bytes) {
  const { at, length, value } = maximumMemory(wasm);
  let pages = Math.min(value, Math.floor(bytes / WASM_PAGE));
  for (let index = 0; index < length; index++, pages >>>= 7) {
    wasm[at + index] = (pages & 127) | (index < length - 1 ? 128 : 0); // in as many bytes as before, so that nothing moves
  }
  return wasm;
}

/** @see https://webassembly.github.io/spec/core/binary/modules.html#memory-section */
function maximumMemory(wasm) {
  let at = WASM_HEADER;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  for (;;) {
    const section = wasm[at++];
    const length = number();
    if (section === WASM_MEMORY_SECTION) break;
    at += length;
  }
  number(); // of memories, which is one
  if (number() !== WASM_HAS_MAXIMUM) throw new Error('the decoder must have a maximum of memory');
  number(); // the minimum
  const start = at;
  const value = number();
  return { at: start, length: at - start, value };
}

try {
  const answer = decode(workerData);
  parentPort.postMessage(answer, [answer.pixels.buffer]);
} catch (error) {
  parentPort.postMessage({ reason: error?.reason ?? 'corrupt', detail: String(error?.message ?? error) });
}
