import { S3Client } from '@aws-sdk/client-s3';
import { WasabiCredentials } from './secret';
import { serviceAnswer } from '../../shared/service-answer';

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
    const opened = this.current ?? this.keep(this.open());
    try {
      return await operation((await opened).client);
    } catch (error) {
      if (!isAuthenticationFailure(error)) throw error;
      // Another operation may have been refused and have renewed the connection while this one was under way.
      const renewed = this.current && this.current !== opened ? this.current : this.renew(opened);
      const { client } = await renewed;
      if (client === (await opened).client) throw error;
      return operation(client);
    }
  }

  /** Answers the former connection where the secret is still the same. */
  private renew(opened: Promise<Connection>): Promise<Connection> {
    return this.keep((async () => {
      const [credentials, former] = await Promise.all([this.readSecret(), opened]);
      return isSame(credentials, former.credentials) ? former : this.connected(credentials);
    })());
  }

  private async open(): Promise<Connection> {
    return this.connected(await this.readSecret());
  }

  private connected(credentials: WasabiCredentials): Connection {
    return { credentials, client: this.connect(credentials) };
  }

  /** A failed reading is not kept: the next operation tries again. */
  private keep(opening: Promise<Connection>): Promise<Connection> {
    this.current = opening;
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
