export interface GroupState {
  readonly id: string;
  /** The ids of the public keys whose signatures CloudFront trusts. */
  readonly trusted: string[];
  readonly lastModified: Date;
}

/** What a key group is known by. */
export interface GroupIdentity {
  /** Absent before there is a group. */
  readonly id?: string;
  /** What a new group is called. One that is there keeps its name, whatever this is. */
  readonly name?: string;
}

/**
 * Public keys of one CDN, and the group of those that are trusted. The group is known by its id; its keys by their names, which begin with that of the group.
 * Nothing else is touched.
 */
export interface KeyGroup {
  /** Nothing if there is no group of the id; without an id, none of the name. */
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
