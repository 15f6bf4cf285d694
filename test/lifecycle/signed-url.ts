import { createVerify } from 'crypto';

/** What a signature of CloudFront's canned policy is for. */
export interface Signed {
  /** The URL without what was signed. */
  readonly resource: string;
  /** In seconds. */
  readonly expires: number;
}

/** What a URL says that it was signed for, in the canned form. */
export function signedIn(url: string): Signed {
  const { origin, pathname, searchParams } = new URL(url);
  return { resource: `${origin}${pathname}`, expires: Number(searchParams.get('Expires')) };
}

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html */
export function isSignature(url: string, publicKey: string, { resource, expires } = signedIn(url)): boolean {
  const policy = `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
  const text = new URL(url).searchParams.get('Signature')!;
  const signature = Buffer.from(text.replace(/-/g, '+').replace(/_/g, '=').replace(/~/g, '/'), 'base64');
  return createVerify('RSA-SHA1').update(policy).verify(publicKey, signature);
}
