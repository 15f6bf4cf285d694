/** What may be asked for; see docs/constructs/thumbnail-to-wasabi.md. */
export interface RegenerationRequest {
  readonly prefix: string;
  readonly continueAfter?: string;
  /** Another dropbox than today's, whose originals are in the archive. */
  readonly sourceBucket?: string;
}

const NAMES = ['prefix', 'continueAfter', 'sourceBucket'];

/** What is misspelt, or says nothing, would ask for more than was meant. */
export function requestIn(event: object, uploadPrefix: string): RegenerationRequest {
  const isKnown = Object.entries(event).every(([name, value]) => NAMES.includes(name) && typeof value === 'string');
  if (!isKnown || !('prefix' in event)) {
    throw new Error(`a regeneration takes { prefix } or { prefix, continueAfter }, each with or without { sourceBucket }, all texts, got ${JSON.stringify(event)}`);
  }
  const request = event as RegenerationRequest;
  // The photo function may write thumbnails of these only.
  if (!request.prefix.startsWith(uploadPrefix)) throw new Error(`'prefix' must begin with '${uploadPrefix}', as uploads do, got '${request.prefix}'`);
  return request;
}
