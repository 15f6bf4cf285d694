import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'fs';
import { tmpdir } from 'os';
import { delimiter, dirname, join } from 'path';
import { ROOT } from './repository';
import { ServerProcess } from './server-process';

export const REGION = 'eu-central-1';

/** An account, as the SDK's clients take it: `new S3Client(account)`. Plain data, so that it can cross a process boundary. */
export interface EmulatedAccount {
  readonly accountId: string;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Bucket names are no host names here. Other clients ignore it. */
  readonly forcePathStyle: true;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The two servers, and what belongs to them. */
export interface Emulators {
  /** The AWS account that the stack is deployed to. */
  readonly account: EmulatedAccount;
  /** The S3-compatible store that plays Wasabi: another server, another account, and nothing shared. */
  readonly store: EmulatedAccount;
  /** For what belongs to this run only; gone after `stop`. */
  readonly folder: string;
  /** Aborted as soon as `stop` is called: whoever waits for the emulators waits in vain from then on. */
  readonly stopping: AbortSignal;
  /** The last errors in the servers' logs. */
  errors(): string[];
  /** @param keepFolder leave the folder, for the servers' logs in it */
  stop(keepFolder?: boolean): Promise<void>;
}

export async function startEmulators(): Promise<Emulators> {
  const folder = mkdtempSync(join(tmpdir(), 'photo-archive-'));
  const servers = await Promise.allSettled([
    ServerProcess.start({ role: 'account', folder, environment: accountEnvironment(folder) }),
    ServerProcess.start({ role: 'store', folder, environment: storeEnvironment(folder) }),
  ]);
  const started = servers.flatMap((result) => result.status === 'fulfilled' ? [result.value] : []);
  const stopping = new AbortController();
  const stop = async (keepFolder = false) => {
    stopping.abort();
    await Promise.all(started.map((server) => server.stop()));
    if (!keepFolder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 }); // a child that is ending may still write
  };

  const failure = servers.find((result) => result.status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  const [account, store] = started;
  return {
    // Root, whose signature MiniStack does not check; refusals are tested with roles and users.
    account: describeAccount(account),
    store: describe(STORE_ACCOUNT_ID, store, STORE_ACCOUNT_ID),
    folder,
    errors: () => started.flatMap((server) => server.errors),
    stopping: stopping.signal,
    stop,
  };
}

/** Root of an account of the store: an access key of twelve digits names the account. */
export function rootOf(store: EmulatedAccount, accountId: string): EmulatedAccount {
  return { ...store, accountId, credentials: { accessKeyId: accountId, secretAccessKey: 'test' } };
}

const ACCOUNT_ID = '123456789012';
const STORE_ACCOUNT_ID = '210987654321';

/** Root, by whose access key no policy is asked. */
export function describeAccount(server: ServerProcess): EmulatedAccount {
  return describe(ACCOUNT_ID, server, 'test');
}

function describe(accountId: string, { endpoint }: ServerProcess, accessKeyId: string): EmulatedAccount {
  return { accountId, endpoint, region: REGION, credentials: { accessKeyId, secretAccessKey: 'test' }, forcePathStyle: true };
}

export function accountEnvironment(folder: string): Record<string, string> {
  return {
    ...commonEnvironment(join(folder, 'account'), ACCOUNT_ID),
    LAMBDA_EXECUTOR: 'local', // functions are processes of this machine's Node.js
    LAMBDA_WARM_TTL_SECONDS: '300',
    NODE_PATH: runtimeModules(folder),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', // the machine's Node.js may be older than Lambda's
  };
}

function storeEnvironment(folder: string): Record<string, string> {
  return { ...commonEnvironment(join(folder, 'store'), STORE_ACCOUNT_ID), SERVICES: 's3,iam,sts' };
}

/** Nothing is inherited but PATH: a function's process sees all that its server sees, and none of it may be the developer's. */
function commonEnvironment(folder: string, accountId: string): Record<string, string> {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: folder,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    MINISTACK_HOST: '127.0.0.1',
    MINISTACK_ACCOUNT_ID: accountId,
    MINISTACK_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    IOT_MTLS_ENABLED: '0', // with `cryptography` installed, it would listen on a port of its own, on all interfaces
    AUTH: 'true', // policies of roles, users and buckets are enforced
    PERSIST_STATE: '0',
    S3_PERSIST: '0',
    STATE_DIR: join(folder, 'state'),
    S3_DATA_DIR: join(folder, 's3'),
  };
}

/**
 * Lambda's runtime brings the AWS SDK, which CDK's own handlers rely on (client-s3, client-lambda and client-sfn), and nothing else: what our
 * bundles lack must fail here, too.
 */
function runtimeModules(folder: string): string {
  const modules = join(folder, 'runtime');
  mkdirSync(modules);
  symlinkSync(join(ROOT, 'node_modules', '@aws-sdk'), join(modules, '@aws-sdk'));
  return modules;
}
