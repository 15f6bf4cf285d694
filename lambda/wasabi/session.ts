import { S3Client } from '@aws-sdk/client-s3';
import { serviceAnswer } from '../service-answer';
import { WasabiCredentials } from './secret';

interface Connection {
  readonly credentials: WasabiCredentials;
  readonly client: S3Client;
}

const AUTHENTICATION_FAILURES = [
  'AccessDenied', 'ExpiredToken', 'InvalidAccessKeyId', 'InvalidToken', 'SignatureDoesNotMatch', 'TokenRefreshRequired',
];

/**
 * Access to the store with a secret that is read at first use, kept, and read again when the store no longer takes it:
 * a rotation heals by itself, without a restart of the function.
 */
export class WasabiSession {
  private current?: Promise<Connection>;

  constructor(
    private readonly readSecret: () => Promise<WasabiCredentials>,
    private readonly connect: (credentials: WasabiCredentials) => S3Client,
  ) {}

  async run<T>(operation: (client: S3Client) => Promise<T>): Promise<T> {
    const opened = this.current ?? this.open();
    const { client, credentials } = await opened;
    try {
      return await operation(client);
    } catch (error) {
      if (!isAuthenticationFailure(error)) throw error;
      // Another operation may have been refused and have renewed the connection while this one was under way.
      const renewed = await (this.current && this.current !== opened ? this.current : this.open());
      if (isSame(renewed.credentials, credentials)) throw error;
      return operation(renewed.client);
    }
  }

  private open(): Promise<Connection> {
    const opening = this.readSecret().then((credentials) => ({ credentials, client: this.connect(credentials) }));
    this.current = opening;
    // A failed reading is not kept: the next operation tries again.
    opening.catch(() => {
      if (this.current === opening) this.current = undefined;
    });
    return opening;
  }
}

function isAuthenticationFailure(error: unknown): boolean {
  const { code, status } = serviceAnswer(error);
  return status === 401 || status === 403 || AUTHENTICATION_FAILURES.includes(code);
}

function isSame(one: WasabiCredentials, other: WasabiCredentials): boolean {
  return one.accessKeyId === other.accessKeyId && one.secretAccessKey === other.secretAccessKey;
}
