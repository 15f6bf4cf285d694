/** What applications sign by. */
export interface SigningKey {
  /** The id of the public key, which is a part of signed URLs and cookies. */
  readonly keyPairId: string;
  readonly privateKey: string;
}

/** The key that comes after the current one, with what is to be known of those before. */
export interface NextKey extends SigningKey {
  readonly retired: RetiredKey[];
  /** The id of the key group. It is kept here, as Secrets Manager tells a rotation of nothing but the secret. */
  readonly keyGroupId?: string;
}

export interface RetiredKey {
  readonly keyPairId: string;
  /** Since when nothing new is signed by it, as an ISO date. */
  readonly at: string;
}

/** A secret with a key that is current, one before it, one that may become current, and the next. */
export interface SigningSecret {
  /** The id of the version that applications read. */
  currentVersion(): Promise<string | undefined>;
  current(): Promise<SigningKey>;
  previous(): Promise<SigningKey>;
  /** Nothing if there is no such version, or it is not pending. */
  pending(version: string): Promise<SigningKey | undefined>;
  next(): Promise<NextKey>;
  /** The first keys of all. */
  begin(current: SigningKey, next: NextKey): Promise<void>;
  putPending(version: string, key: SigningKey): Promise<void>;
  putNext(key: NextKey): Promise<void>;
  makeCurrent(version: string, before: string | undefined): Promise<void>;
}
