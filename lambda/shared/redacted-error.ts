/** What may be logged of an error: other fields of an SDK error hold headers of the request, with its credentials. */
export function redactedError(error: unknown): { readonly name: string; readonly message: string } {
  const { name, message } = error as Error;
  return { name, message };
}
