import { createPublicKey, createSign, createVerify, generateKeyPair } from 'crypto';
import { promisify } from 'util';

export interface KeyPair {
  /** In PEM, as PKCS #1, which all libraries that sign can read. */
  readonly privateKey: string;
  /** In PEM. */
  readonly publicKey: string;
}

/** CloudFront takes RSA of 2048 bits, and ECDSA, which django-storages and other libraries cannot sign by. */
export async function newKeyPair(): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** Whether a signature by the one is one to the other. */
export function isKeyPair(privateKey: string, publicKey: string): boolean {
  const text = 'a policy of CloudFront';
  const signature = createSign('RSA-SHA256').update(text).sign(privateKey);
  return createVerify('RSA-SHA256').update(text).verify(createPublicKey(publicKey), signature);
}
