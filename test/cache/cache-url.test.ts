import { RedisClient } from '@redis/client';
import { Redis } from 'ioredis';
import { ALPHABET, cachePassword, cacheSecret } from './cache-secret';

const HOST = 'master.cache.abc123.euw3.cache.amazonaws.com';
const secretWith = (password: string) => cacheSecret(password, HOST);

const CASES = Array.from({ length: 10_000 }, (_, seed) => cachePassword(seed));

test('the passwords are those that the template asks for', () => {
  expect(new Set(CASES).size).toBe(10_000);
  expect(CASES.filter((generated) => !/^[A-Za-z0-9]{64}$/.test(generated))).toEqual([]);
  expect(new Set(CASES.join('')).size).toBe(ALPHABET.length);
});

test('the fields of the secret say the same as its URL', () => {
  const { url, celeryUrl, ...fields } = secretWith(CASES[0]);
  expect(fields).toEqual({ username: 'app', password: CASES[0], host: HOST, port: '6379' });
  expect(url).toBe(`rediss://app:${CASES[0]}@${HOST}:6379`);
  expect(celeryUrl).toBe(`${url}/0?ssl_cert_reqs=required`);
});

describe('10 000 passwords come out of the URL as they went in, with', () => {
  /** What a client makes of a URL: user, password, host, port and whether it takes TLS. */
  const CLIENTS: Record<string, (url: string) => unknown[]> = {
    'ioredis': (url) => {
      const { options } = new Redis(url, { lazyConnect: true });
      return [options.username, options.password, options.host, options.port, options.tls !== undefined];
    },
    'node-redis': (url) => {
      const { username, password: parsed, socket } = RedisClient.parseURL(url) as any;
      return [username, parsed, socket.host, socket.port, socket.tls];
    },
    'the URL of Node.js and browsers': (url) => {
      const { username, password: parsed, hostname, port, protocol } = new URL(url);
      return [username, parsed, hostname, Number(port), protocol === 'rediss:'];
    },
  };

  test.each(Object.entries(CLIENTS))('%s', (_, parse) => {
    const wrong = CASES.filter((generated) => JSON.stringify(parse(secretWith(generated).url)) !== JSON.stringify(['app', generated, HOST, 6379, true]));
    expect(wrong).toEqual([]);
  });

  test.each(Object.entries(CLIENTS))('%s, which would notice a password that has to be encoded', (_, parse) => {
    const parsed = (() => {
      try {
        return parse(secretWith('a/b@c#d%3F').url);
      } catch (error) {
        return error; // it is no URL at all
      }
    })();
    expect(parsed).not.toEqual(['app', 'a/b@c#d%3F', HOST, 6379, true]);
  });
});
