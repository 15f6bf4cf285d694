/** What of a request an answer to CloudFormation repeats, and where it goes. */
export interface Answerable {
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
}

export type Put = (url: string, body: string) => Promise<void>;

/** Of the body of an answer, in bytes: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html */
const MOST_BYTES = 4096;
/** In milliseconds: between the tries, with which an answer must arrive. Ours. */
const PAUSES = [1_000, 3_000, 9_000];

/** Whether CloudFormation takes an answer with a reason as long as that. */
export function fitsInResponse(request: Answerable, reason: string): boolean {
  return Buffer.byteLength(bodyOf(request, reason)) <= MOST_BYTES;
}

/** @param reason why it failed, if it did */
export async function respond(
  request: Answerable, put: Put, reason: string | undefined, sleep: (milliseconds: number) => Promise<unknown>,
): Promise<void> {
  const body = bodyOf(request, reason);
  for (const pause of PAUSES) {
    try {
      return await put(request.ResponseURL, body);
    } catch {
      await sleep(pause);
    }
  }
  await put(request.ResponseURL, body);
}

function bodyOf({ StackId, RequestId, LogicalResourceId, PhysicalResourceId }: Answerable, reason?: string): string {
  const result = reason === undefined ? { Status: 'SUCCESS' } : { Status: 'FAILED', Reason: reason };
  return JSON.stringify({ ...result, StackId, RequestId, LogicalResourceId, PhysicalResourceId });
}
