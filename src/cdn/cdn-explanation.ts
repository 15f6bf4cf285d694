/**
 * What a CDN does with a path.
 */
export interface CdnExplanation {
  /** The path that was asked about. */
  readonly path: string;
  /** The path that is fetched: the same, but for `/` that of the default root object, if there is one. */
  readonly objectPath: string;
  /** The path pattern of the behavior that it falls into; `*` is the default one. */
  readonly behavior: string;
  /** Where it is fetched from; after an arrow, where from if that fails. */
  readonly origin: string;
  /** The methods that are let through; others are answered with 403. */
  readonly allowedMethods: string[];
  /** Whether anything of it is cached at all. */
  readonly cached: boolean;
  /** What tells two cached answers apart besides the host and the path: `query: all`, `header: Origin`, `cookie: lang`, … */
  readonly cacheKey: string[];
  /** What the origin gets to see besides the cache key: `query: all`, `header: all`, `cookie: all`, … and what the CDN adds: `added header: X-Origin-Verify`. */
  readonly forwarded: string[];
  /** The least time that an answer is cached, in seconds, whatever its headers say. */
  readonly minTtlSeconds: number;
  /** How long an answer is cached whose headers do not say, in seconds. */
  readonly defaultTtlSeconds: number;
  /** The most that an answer is cached, in seconds, whatever its headers say. */
  readonly maxTtlSeconds: number;
  /** Whether answers are compressed by gzip and Brotli. */
  readonly compressed: boolean;
  /** Whether a signature is needed. */
  readonly signed: boolean;
  /** The headers that the CDN adds, and `without` those that it removes. One in brackets is only added where the origin says nothing of it, or of CORS. */
  readonly responseHeaders: string[];
  /** Functions of yours, which may change all of this: `viewer-request: Stack/Rewrite`, … */
  readonly functions: string[];
}
