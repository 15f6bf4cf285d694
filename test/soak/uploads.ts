import { createHash } from 'crypto';
import { chance, pick } from './chance';
import { PhotoSystem } from './photo-system';
import { Colour, colour, picture } from './pictures';

/** `damaged` ones lack their second half, `large` ones are archived without thumbnails, `huge` ones go up in parts. */
export type Kind = 'photo' | 'no photo' | 'damaged' | 'large' | 'huge';

/** One version of an object that a user has put into the dropbox. */
export interface Upload {
  /** Under one key, the higher is the newer. */
  readonly number: number;
  readonly key: string;
  readonly kind: Kind;
  readonly colour: Colour;
  readonly sha256: string;
  readonly versionId: string;
  /** The user has removed this very version, for good. */
  isRemovedByUser?: boolean;
}

const KINDS: Record<Kind, number> = { 'photo': 89, 'no photo': 4, 'damaged': 4, 'large': 2, 'huge': 1 };

/** What must be rejected. */
export const isRejectable = (kind: Kind): boolean => kind === 'no photo' || kind === 'damaged';

const NAMES = ['%.jpg', 'Grüße %.jpg', '1+1=% & more.jpg', '100%25 %.jpg', '😀 %.jpg'];

/** @returns what was uploaded, in the order in which it was */
export async function upload(system: PhotoSystem, seed: number, number: number, kind: Kind, key: string): Promise<Upload> {
  const shown = colour(seed, number);
  const bytes = await content(kind, seed, number);
  const versionId = await system.upload(key, bytes);
  return { number, key, kind, colour: shown, versionId, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function content(kind: Kind, seed: number, number: number): Promise<Buffer> {
  if (kind === 'no photo') return Buffer.from(`no photo ${seed} ${number}`);
  const size = { photo: 0, damaged: 0, large: 1_200_000, huge: 17_000_000 }[kind];
  const whole = await picture(colour(seed, number), `${seed} ${number}`, size);
  return kind === 'damaged' ? withoutSecondHalfOfPixels(whole) : whole;
}

/** The header promises a picture, and the data ends too soon. */
function withoutSecondHalfOfPixels(jpeg: Buffer): Buffer {
  const scan = jpeg.indexOf(Buffer.from([0xff, 0xda]));
  return jpeg.subarray(0, scan + Math.floor((jpeg.length - scan) / 2));
}

/** Users at work: new photos, others under the key of an earlier one, some of them removed again while they are under way. */
export async function uploadAll(system: PhotoSystem, seed: number, count: number, show: (done: number) => Promise<void>): Promise<Upload[]> {
  const uploads: Upload[] = [];
  for (let number = 0; number < count; number++) {
    const kind = pick(KINDS, chance(seed, 'kind', number));
    const isLarge = kind === 'large' || kind === 'huge'; // an older photo's thumbnail would stay: docs/soak.md
    const overwritten = !isLarge && chance(seed, 'overwrite', number) < 0.2
      ? uploads.filter((other) => other.kind === 'photo' || isRejectable(other.kind)).at(-1 - Math.floor(8 * chance(seed, 'which', number)))
      : undefined;
    const name = NAMES[Math.floor(chance(seed, 'name', number) * NAMES.length)].replace('%', `${number}`);
    const added = await upload(system, seed, number, kind, overwritten?.key ?? `photos/${name}`);
    uploads.push(added);

    const fate = chance(seed, 'fate', number);
    // The emulated S3 does not tag what is below a delete marker: docs/decisions/emulated-account.md.
    if (fate < 0.04 && !uploads.some((other) => other.key === added.key && isRejectable(other.kind))) await system.delete(added.key);
    if (fate > 0.98) {
      added.isRemovedByUser = true;
      await system.delete(added.key, added.versionId);
    }
    await show(number + 1);
  }
  return uploads;
}
