import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { GoRedis, hasGo, hasJava, Java, python } from './clients';
import { selfSigned, Server, startRedis } from './servers';
import { accessOfUsers, cachePassword, cacheSecret } from '../cache/cache-secret';

const PASSWORD = cachePassword(1);

interface Answer {
  readonly answers?: unknown[];
  readonly error?: string;
}

interface Asking {
  readonly commands?: string[][];
  readonly authorities?: string;
}

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'caches-'));
  const users = Object.entries(accessOfUsers()).map(([name, access]) => [name, { access, password: PASSWORD }]);
  server = await startRedis(folder, Object.fromEntries(users));
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What a binding gives to an application, of a cache that is here. */
const ofServer = (field: 'url' | 'celeryUrl', password: string) => cacheSecret(password, 'localhost')[field].replace(':6379', `:${server.port}`);
const urlWith = (password: string) => ofServer('url', password);

function byRedisPy(url: string, { commands = [['PING']], authorities = server.certificate }: Asking = {}): Answer {
  return python({ do: 'cache', url, authorities, commands });
}

async function byIoredis(url: string, { commands = [['PING']], authorities = server.certificate }: Asking = {}): Promise<Answer> {
  const tls = url.startsWith('rediss:') ? { tls: { ca: readFileSync(authorities) } } : {};
  const client = new Redis(url, { ...tls, lazyConnect: true, retryStrategy: () => null, enableReadyCheck: false });
  const errors: Error[] = [];
  client.on('error', (error) => errors.push(error));
  try {
    await client.connect();
    const answers = [];
    for (const [command, ...parameters] of commands) answers.push(await client.call(command, ...parameters));
    return { answers };
  } catch (error) {
    return { error: [...errors, error].map(String).join('; ') };
  } finally {
    client.disconnect();
  }
}

describe.each<[string, (url: string, asking?: Asking) => Answer | Promise<Answer>]>([['redis-py', byRedisPy], ['ioredis', byIoredis]])('by %s, the URL of a cache', (_, ask) => {
  test('logs in as the user, over TLS, and reads and writes', async () => {
    const commands = [['ACL', 'WHOAMI'], ['GET', 'greeting'], ['LPUSH', 'celery', 'a task'], ['BRPOP', 'celery', '1'], ['DEL', 'greeting']];
    expect(await ask(urlWith(PASSWORD), { commands })).toEqual({ answers: ['app', null, 1, ['celery', 'a task'], 0] });
  });

  test('cannot administer the cache', async () => {
    expect((await ask(urlWith(PASSWORD), { commands: [['CONFIG', 'GET', 'maxmemory']] })).error).toMatch(/no permissions to run the 'config/i);
  });

  test('lets nobody in with another password', async () => {
    expect((await ask(urlWith(cachePassword(2)))).error).toMatch(/WRONGPASS|invalid username-password/);
  });

  test('lets nobody in as the default user, though it has the same password', async () => {
    expect((await ask(urlWith(PASSWORD).replace('//app:', '//default:'))).error).toMatch(/WRONGPASS|invalid username-password/);
    expect((await ask(urlWith(PASSWORD).replace(/\/\/.*@/, '//'))).error).toMatch(/NOAUTH|Authentication required|client already authenticated/);
  });

  test('lets nobody in without TLS', async () => {
    expect((await ask(urlWith(PASSWORD).replace('rediss:', 'redis:'))).error).toMatch(/closed|reset|ECONNRESET/i);
  });

  test('is refused by the client where the certificate is not of an authority that it knows', async () => {
    expect((await ask(urlWith(PASSWORD), { authorities: selfSigned(folder) })).error).toMatch(/self.signed certificate|certificate verify failed/i);
  });
});

describe('a binding works as it is, where the certificate is of an authority that the machine trusts, with', () => {
  test('Celery, as broker and as backend of results, by `celeryUrl`', () => {
    expect(python<Answer>({ do: 'celery', url: ofServer('celeryUrl', PASSWORD) }, server.certificate)).toEqual({ answers: [5] });
  }, 60_000);

  test('Celery, which refuses `url`', () => {
    expect(python<Answer>({ do: 'celery', url: urlWith(PASSWORD) }, server.certificate).error).toMatch(/ssl_cert_reqs/);
  }, 60_000);

  test('Celery, which refuses another certificate', () => {
    expect(python<Answer>({ do: 'celery', url: ofServer('celeryUrl', PASSWORD) }, selfSigned(folder)).error).toMatch(/certificate verify failed/i);
  }, 60_000);

  test('the cache of Django, by `url`', () => {
    expect(python<Answer>({ do: 'django', url: urlWith(PASSWORD) }, server.certificate)).toEqual({ answers: ['hello'] });
    expect(python<Answer>({ do: 'django', url: urlWith(PASSWORD) }, selfSigned(folder)).error).toMatch(/certificate verify failed/i);
  });

  test('node-redis, by `url`', async () => {
    const client = createClient({ url: urlWith(PASSWORD), socket: { tls: true, ca: readFileSync(server.certificate), reconnectStrategy: false } });
    await client.connect();
    await client.set('greeting', 'hello');
    expect(await client.get('greeting')).toBe('hello');
    client.destroy();
  });

  (hasJava ? test : test.skip)('Lettuce, by `url`', () => {
    const lettuce = new Java(mkdtempSync(join(folder, 'java-')));
    expect(lettuce.ask<Answer>('cache', urlWith(PASSWORD), server.certificate)).toEqual({ answers: ['hello'] });
    expect(lettuce.ask<Answer>('cache', urlWith(cachePassword(2)), server.certificate).error).toMatch(/WRONGPASS/);
  }, 240_000);

  (hasGo ? test : test.skip)('go-redis, by `url`, which refuses the parameter of `celeryUrl`', () => {
    const goRedis = new GoRedis(folder);
    expect(goRedis.ask<Answer>(urlWith(PASSWORD), server.certificate)).toEqual({ answers: ['hello'] });
    expect(goRedis.ask<Answer>(ofServer('celeryUrl', PASSWORD), server.certificate).error).toMatch(/ssl_cert_reqs/);
  }, 240_000);
});
