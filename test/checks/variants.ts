import { listedBesideTests } from './beside-tests';
import { Variant } from './variant';

export type { Variant };

/** Every construct in all ways that change its resources. */
export const VARIANTS = listedBesideTests<Variant>('variants', 'VARIANTS');
