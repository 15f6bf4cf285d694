import { createHash } from 'crypto';
import { RedisClient } from '@redis/client';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Redis } from 'ioredis';
import { EncryptedCache } from '../src';

const HOST = 'master.cache.abc123.euw3.cache.amazonaws.com';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** What Secrets Manager generates where punctuation is excluded, the same in each run. */
function password(seed: number): string {
  const bytes = createHash('sha512').update(`${seed}`).digest();
  return Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** The secret of a cache in the words of its template, as CloudFormation would resolve it. */
const secretWith = (() => {
  const stack = new Stack(new App(), 'Stack');
  const vpc = Vpc.fromVpcAttributes(stack, 'Network', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], isolatedSubnetIds: ['subnet-1', 'subnet-2'] });
  new EncryptedCache(stack, 'Cache', { vpc });
  const secrets = Template.fromStack(stack).findResources('AWS::SecretsManager::Secret', { Properties: { SecretString: Match.anyValue() } });
  const parts: any[] = Object.values(secrets)[0].Properties.SecretString['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : part.Ref ?? HOST)).join('');
  return (generated: string): Record<string, string> => JSON.parse(text.replace(/\{\{resolve:secretsmanager:\w+:SecretString:password::\}\}/g, generated));
})();

const CASES = Array.from({ length: 10_000 }, (_, seed) => password(seed));

test('the passwords are those that the template asks for', () => {
  expect(new Set(CASES).size).toBe(10_000);
  expect(CASES.filter((generated) => !/^[A-Za-z0-9]{64}$/.test(generated))).toEqual([]);
  expect(new Set(CASES.join('')).size).toBe(ALPHABET.length);
});

test('the fields of the secret say the same as its URL', () => {
  const { url, ...fields } = secretWith(CASES[0]);
  expect(fields).toEqual({ username: 'app', password: CASES[0], host: HOST, port: '6379' });
  expect(url).toBe(`rediss://app:${CASES[0]}@${HOST}:6379`);
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
