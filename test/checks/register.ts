import { ENCRYPTED_DATABASE } from './variants/encrypted-database';
import { PHOTO_RESTORE } from './variants/photo-restore';
import { SECURE_QUEUE } from './variants/secure-queue';
import { THUMBNAIL_TO_WASABI } from './variants/thumbnail-to-wasabi';
import { Variant } from './variants/variant';

export type { Variant };

/** Every construct in all ways that change its resources: a file each. */
export const REGISTER: Variant[] = [
  ...SECURE_QUEUE,
  ...THUMBNAIL_TO_WASABI,
  ...PHOTO_RESTORE,
  ...ENCRYPTED_DATABASE,
];
