/**
 * The fields of a secret whose text must be a JSON object.
 *
 * @param expectation the error if it is none, as in "secret X must be a JSON object with the key Y"
 */
export function parseSecret(text: string | undefined, expectation: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text ?? ''));
  } catch {
    // Not chained as a cause: the parser's own message quotes what it read, and that is the secret.
    throw new Error(`${expectation}, got something else`);
  }
}
