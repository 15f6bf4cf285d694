import { BucketBindingNames } from '../binding/binding';

/**
 * The names of the settings that tell an application of files behind a CDN. Only those given are set.
 */
export interface CdnBindingNames extends BucketBindingNames {
  /**
   * Gets the domain that the files are served under.
   *
   * @default - not set
   */
  readonly domain?: string;

  /**
   * Gets the id of the key that signs URLs and cookies of private media files, which is a part of them. Only for `mediaBinding()` with `privateMedia`.
   *
   * @default - not set
   */
  readonly signingKeyId?: string;

  /**
   * Gets the private key that signs URLs and cookies of private media files, in PEM. Only for `mediaBinding()` with `privateMedia`.
   *
   * @default - not set
   */
  readonly signingKey?: string;
}
