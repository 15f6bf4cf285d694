import { ENCRYPTED_CACHE } from './variants/encrypted-cache';
import { ENCRYPTED_DATABASE } from './variants/encrypted-database';
import { GITHUB_OIDC_ROLE } from './variants/github-oidc-role';
import { HA_VPC } from './variants/ha-vpc';
import { PHOTO_RESTORE } from './variants/photo-restore';
import { SECURE_QUEUE } from './variants/secure-queue';
import { STATIC_MEDIA_CDN } from './variants/static-media-cdn';
import { TERRAFORM_STATE_BACKEND } from './variants/terraform-state-backend';
import { THUMBNAIL_TO_WASABI } from './variants/thumbnail-to-wasabi';
import { Variant } from './variants/variant';

export type { Variant };

/** Every construct in all ways that change its resources: a file each. */
export const REGISTER: Variant[] = [
  ...SECURE_QUEUE,
  ...THUMBNAIL_TO_WASABI,
  ...PHOTO_RESTORE,
  ...ENCRYPTED_CACHE,
  ...GITHUB_OIDC_ROLE,
  ...TERRAFORM_STATE_BACKEND,
  ...HA_VPC,
  ...STATIC_MEDIA_CDN,
  ...ENCRYPTED_DATABASE,
];
