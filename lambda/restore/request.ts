/** What may be asked for; see the README. */
export type RestoreRequest =
  | { readonly key: string; readonly versionId?: string }
  | { readonly prefix: string; readonly continueAfter?: string };

const FORMS = [['key', 'versionId'], ['prefix', 'continueAfter']];

/** What is misspelt, or says nothing, would restore more than was meant. */
export function requestIn(event: object): RestoreRequest {
  const names = Object.keys(event);
  const isKnown = FORMS.some(([required, ...optional]) => names.includes(required) && names.every((name) => name === required || optional.includes(name)));
  if (!isKnown || !Object.values(event).every((value) => typeof value === 'string')) {
    throw new Error(`a restore takes { key } or { key, versionId } or { prefix } or { prefix, continueAfter }, all texts, got ${JSON.stringify(event)}`);
  }
  return event as RestoreRequest;
}
