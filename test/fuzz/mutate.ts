/* eslint-disable no-bitwise -- bits are what this is about */
import { crc32 } from 'zlib';

/** The same numbers for the same seed, on every machine: mulberry32, of the public domain. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = (below: number) => number;
type Mutation = (bytes: Buffer, random: Random, corpus: Buffer[]) => Buffer;

const EDGES = [0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0xffffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

const MUTATIONS: Mutation[] = [
  function flipBits(bytes, random) {
    for (let count = 1 + random(16); count > 0; count--) bytes[random(bytes.length)] ^= 1 << random(8);
    return bytes;
  },
  function overwriteBytes(bytes, random) {
    const at = random(bytes.length);
    return bytes.fill(random(256), at, Math.min(bytes.length, at + 1 + random(64)));
  },
  function editHeader(bytes, random) {
    for (let count = 1 + random(4); count > 0; count--) bytes[random(Math.min(64, bytes.length))] = random(256);
    return bytes;
  },
  function editNumber(bytes, random) {
    return writeNumber(bytes, random(bytes.length), random);
  },
  function editLength(bytes, random) {
    const at = pick(nameOffsets(bytes), random);
    return at === undefined ? bytes : writeNumber(bytes, at + pick([-4, 4, 8, 12], random)!, random); // before a name in PNG and HEIF, behind it in WebP
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random(bytes.length + 1));
  },
  function splice(bytes, random, corpus) {
    const other = pick(corpus, random)!;
    return Buffer.concat([bytes.subarray(0, random(bytes.length + 1)), other.subarray(random(other.length))]);
  },
  function duplicateRange(bytes, random) {
    const from = random(bytes.length);
    const range = bytes.subarray(from, from + random(1024));
    return Buffer.concat([bytes.subarray(0, from), ...new Array<Buffer>(1 + random(8)).fill(range), bytes.subarray(from)]);
  },
  function duplicateChunk(bytes, random) {
    const names = nameOffsets(bytes);
    const index = random(names.length + 1);
    const chunk = bytes.subarray(Math.max(0, (names[index] ?? 0) - 4), names[index + 1]);
    const at = Math.max(0, (pick(names, random) ?? 0) - 4);
    return Buffer.concat([bytes.subarray(0, at), chunk, bytes.subarray(at)]);
  },
  function deleteRange(bytes, random) {
    const from = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random(256))]);
  },
];

/** One to four changes to one of the corpus. */
export function mutant(corpus: Buffer[], seed: number, index: number): Buffer {
  const next = numbers(Math.imul(seed, 0x9e3779b1) ^ index);
  const random: Random = (below) => Math.floor(next() * below);
  let bytes: Buffer = Buffer.from(corpus[index % corpus.length]);
  for (let count = 1 + random(1 + random(4)); count > 0 && bytes.length > 0; count--) bytes = pick(MUTATIONS, random)!(bytes, random, corpus);
  return random(2) === 0 ? withRightChecksums(bytes) : bytes;
}

function pick<T>(values: T[], random: Random): T | undefined {
  return values[random(values.length)];
}

function writeNumber(bytes: Buffer, at: number, random: Random): Buffer {
  const value = random(2) === 0 ? pick(EDGES, random)! : random(2 ** 32);
  const size = pick([1, 2, 4], random)!;
  if (at < 0 || at + size > bytes.length) return bytes;
  if (random(2) === 0) bytes.writeUIntBE(value % 2 ** (8 * size), at, size);
  else bytes.writeUIntLE(value % 2 ** (8 * size), at, size);
  return bytes;
}

/** Of what may be the name of a chunk or a box: four letters or digits. */
function nameOffsets(bytes: Buffer): number[] {
  return [...bytes.toString('latin1').matchAll(/[A-Za-z][A-Za-z0-9]{2}[A-Za-z0-9 ]/g)].map(({ index }) => index);
}

/** Else nothing behind the first damaged chunk of a PNG would ever be read. */
function withRightChecksums(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))) return bytes;
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return bytes;
}
