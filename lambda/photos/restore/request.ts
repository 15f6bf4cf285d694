/** What may be asked for; see docs/constructs/photo-restore.md. */
export type RestoreRequest =
  | { readonly key: string; readonly versionId?: string; readonly sourceBucket?: string }
  | { readonly prefix: string; readonly continueAfter?: string; readonly sourceBucket?: string };

const FORMS = [['key', 'versionId', 'sourceBucket'], ['prefix', 'continueAfter', 'sourceBucket']];

/** What is misspelt, or says nothing, would restore more than was meant. */
export function requestIn(event: object): RestoreRequest {
  const names = Object.keys(event);
  const isForm = FORMS.some((form) => names.includes(form[0]) && names.every((name) => form.includes(name)));
  if (!isForm || !Object.values(event).every((value) => typeof value === 'string')) {
    throw new Error(`a restore takes { key } or { key, versionId } or { prefix } or { prefix, continueAfter }, each with or without { sourceBucket }, all texts, got ${JSON.stringify(event)}`);
  }
  return event as RestoreRequest;
}
