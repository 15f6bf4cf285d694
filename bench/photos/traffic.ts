/** What went to a store and came from it. */
export interface StoreTraffic {
  /** By method; a listing is a LIST. */
  readonly requests: Record<string, number>;
  /** Bytes, with the headers. */
  readonly up: number;
  readonly down: number;
}

export type PhotoTraffic = Record<'aws' | 'wasabi', StoreTraffic>;

export function requestsByKind(requests: { readonly method: string; readonly query: URLSearchParams }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { method, query } of requests) {
    const kind = query.has('versions') ? 'LIST' : method;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}
