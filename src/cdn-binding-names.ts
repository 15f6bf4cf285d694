import { BucketBindingNames } from './binding';

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
}
