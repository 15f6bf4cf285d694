/** In milliseconds. */
const TIMEOUT = 20_000;

/**
 * Puts an answer where CloudFormation waits for it: a presigned URL of S3, whose signature allows for no content type. Bytes have none, as a text would.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export async function putResponse(url: string, body: string): Promise<void> {
  const { ok, status } = await fetch(url, { method: 'PUT', body: new TextEncoder().encode(body), signal: AbortSignal.timeout(TIMEOUT) });
  if (!ok) throw new Error(`CloudFormation's bucket answered ${status}`);
}
