export interface GroupState {
  readonly id: string;
  /** The ids of the public keys whose signatures CloudFront trusts. */
  readonly trusted: string[];
  readonly lastModified: Date;
}

/** Public keys of one CDN, and the group of those that are trusted. They are known by names that begin alike, and nothing else is touched. */
export interface KeyGroup {
  /** Nothing if there is no group of the name. */
  find(): Promise<GroupState | undefined>;
  create(trusted: string[]): Promise<GroupState>;
  /** Exactly these, from now on. */
  trust(trusted: string[]): Promise<void>;
  /** Nothing is wrong if it is gone. `in-use`: a distribution refers to it. */
  remove(): Promise<'removed' | 'in-use'>;
  /** @returns its id */
  addKey(publicKey: string): Promise<string>;
  publicKey(id: string): Promise<string>;
  /** All of this CDN. */
  keys(): Promise<string[]>;
  /** Nothing is wrong if it is gone. CloudFront does not remove a key that is in a group: that is `in-use`. */
  removeKey(id: string): Promise<'removed' | 'in-use'>;
}
