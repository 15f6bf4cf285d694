import { Comparison, NotDecoded, Reading, ReferenceDecoder } from '../lambda/fixtures/reference-decoder';

/** A mutated picture, and the one of the corpus that it was made of. */
export interface Picture {
  readonly mutant: Uint8Array;
  readonly sound: Uint8Array;
}

/** By which rule the thumbnails show what the picture shows; or how they do not. */
export type Verdict = { readonly rule: string; readonly finding?: undefined } | { readonly rule?: undefined; readonly finding: string };

/**
 * How far a thumbnail may be from what Pillow sees: of 255, the mean difference of the channel that differs most. Thumbnails of undamaged files come to 7 (small ones,
 * in lossy formats), those of noise to 9, and those by a damaged colour profile to 12; a black quarter to 20 and more.
 */
const TOLERANCE = 12;

/** A colour profile that changes colours by more is damaged: Display P3 comes to 10. */
const NONSENSE = 50;
const MAX_BLANK = 0.25;
/** The correlation of light and dark: a black quarter of a sound thumbnail leaves 0.36 at most. */
const LIKE = 0.7;

interface Rule {
  readonly name: string;
  /** What Pillow looks at, and how. */
  readonly of: keyof Picture;
  readonly reading: Reading;
  /** Whether thumbnails may be judged by that, after what Pillow said of the picture as it is. */
  readonly fits: (asItIs: Comparison | NotDecoded) => boolean;
  readonly holds: (comparison: Comparison) => boolean;
}

const isNear = ({ differences }: Comparison) => Math.max(...differences) < TOLERANCE;

/** In this order. Each compares pictures: none accepts a thumbnail because Pillow fails. docs/fuzzing.md says why there is each. */
export const RULES: Rule[] = [
  { name: 'as it is', of: 'mutant', reading: 'as it is', fits: () => true, holds: isNear },
  { name: 'without oddities', of: 'mutant', reading: 'without oddities', fits: () => true, holds: isNear },
  { name: 'all pixels before Pillow fails', of: 'mutant', reading: 'leniently', fits: (asItIs) => 'error' in asItIs, holds: isNear },
  { name: 'not decoded by Pillow, and like the undamaged file', of: 'sound', reading: 'as it is', fits: (asItIs) => 'error' in asItIs, holds: isNear },
  {
    name: 'not decoded by Pillow, and like the undamaged file without its transparency',
    of: 'sound',
    reading: 'without transparency',
    fits: (asItIs) => 'error' in asItIs,
    holds: isNear,
  },
  {
    name: 'not decoded by Pillow, and like the undamaged file in light and dark',
    of: 'sound',
    reading: 'as it is',
    fits: (asItIs) => 'error' in asItIs,
    holds: ({ likenesses }) => Math.min(...likenesses) > LIKE,
  },
  {
    name: 'colours of a damaged profile',
    of: 'mutant',
    reading: 'without its colour profile',
    fits: (asItIs) => 'differences' in asItIs,
    holds: ({ effectOfProfile, blank }) => effectOfProfile > NONSENSE && Math.max(...blank) < MAX_BLANK,
  },
];

/** Whether thumbnails show what another decoder sees in the same bytes. */
export class Oracle {
  constructor(private readonly reference: ReferenceDecoder) {}

  public async judge(picture: Picture, thumbnails: Uint8Array[]): Promise<Verdict> {
    const asItIs = await this.reference.compare(picture.mutant, thumbnails);
    for (const { name, of, reading, fits, holds } of RULES) {
      if (!fits(asItIs)) continue;
      const comparison = await this.reference.compare(picture[of], thumbnails, reading);
      if ('differences' in comparison && holds(comparison)) return { rule: name };
    }
    return { finding: `a thumbnail shows another picture: ${'error' in asItIs ? `Pillow says ${asItIs.error}` : `${Math.max(...asItIs.differences)} from what Pillow sees, at most ${TOLERANCE}`}` };
  }
}
