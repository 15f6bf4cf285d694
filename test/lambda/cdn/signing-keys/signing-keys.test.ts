import { randomUUID } from 'crypto';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { emptyState, FakeServices, State } from './fake-services';
import { CloudFrontKeyGroup } from '../../../../lambda/cdn/signing-keys/cloudfront-key-group';
import { createHandler } from '../../../../lambda/cdn/signing-keys/handler';
import { KeyPair, newKeyPair } from '../../../../lambda/cdn/signing-keys/key-pair';
import { StoredSigningSecret } from '../../../../lambda/cdn/signing-keys/stored-signing-secret';

const NAME = 'site-signing-keys-1d88d2';
const SECRET = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:keys-AbCdEf';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STEPS = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const URL_OF_MEDIA = 'https://cdn.example.org/media/a.jpg';

/** Making a pair takes long, so those of these tests come round again; a group never has so many. */
const PAIRS = 8;

let services: FakeServices;
let pairs: KeyPair[];
let used = 0;
let handler: ReturnType<typeof createHandler>;
let warnings: string[];
let slept: number;

beforeAll(async () => {
  services = await FakeServices.start();
  pairs = await Promise.all(Array.from({ length: PAIRS }, newKeyPair));
}, 60_000);

afterAll(() => services.stop());

beforeEach(() => {
  const client = { endpoint: services.url, region: 'eu-west-3', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 };
  Object.assign(services, { state: emptyState(), now: new Date('2026-01-01T12:00:00Z'), isGroupInUse: false, failure: undefined, onWrite: undefined });
  services.writes.length = 0;
  warnings = [];
  slept = 0;
  handler = createHandler({
    groupOf: (identity) => new CloudFrontKeyGroup(new CloudFrontClient(client), identity),
    secret: new StoredSigningSecret(new SecretsManagerClient(client), SECRET),
    newKeyPair: async () => pairs[used++ % PAIRS],
    trustRetiredFor: 89 * DAY,
    now: () => services.now,
    sleep: async (milliseconds) => {
      slept += milliseconds;
      if (slept > 60_000) services.isGroupInUse = false;
    },
    logger: { info: jest.fn(), warn: (message: any) => void warnings.push(message) },
  });
});

const context = { getRemainingTimeInMillis: () => 840_000 - slept };
const deployment = (RequestType: string, more: object = {}) =>
  handler({ RequestType, ResourceProperties: { SecretArn: SECRET, KeyGroupName: NAME }, ...more } as any, context);
const create = () => deployment('Create');
const step = (Step: string, ClientRequestToken: string) => handler({ Step, SecretId: SECRET, ClientRequestToken } as any, context);

/** As Secrets Manager does it: all steps, for a version that has no text yet. */
async function rotate(version: string = randomUUID()): Promise<void> {
  services.state.labels.set('AWSPENDING', version);
  for (const each of STEPS) await step(each, version);
}

const pass = (milliseconds: number) => void (services.now = new Date(services.now.getTime() + milliseconds));
const current = () => services.labelled('AWSCURRENT');
const trusted = () => services.group!.trusted;

/** As an application does, with the key that it read. */
function sign({ keyPairId, privateKey }: { keyPairId: string; privateKey: string }, validFor = DAY): string {
  return getSignedUrl({ url: URL_OF_MEDIA, keyPairId, privateKey, dateLessThan: new Date(services.now.getTime() + validFor).toISOString() });
}

describe('the deployment', () => {
  test('makes a key that signs cookies, too', async () => {
    await create();
    const { keyPairId, privateKey } = current();
    const dateLessThan = new Date(services.now.getTime() + DAY).toISOString();
    const cookies = getSignedCookies({ url: URL_OF_MEDIA, keyPairId, privateKey, dateLessThan });
    const parts = Object.entries(cookies).map(([name, value]): [string, string] => [name.replace(/^CloudFront-/, ''), String(value)]);
    expect(services.serves(`${URL_OF_MEDIA}?${new URLSearchParams(parts)}`)).toBe(true);
    expect(services.serves(`${URL_OF_MEDIA.replace('a.jpg', 'b.jpg')}?${new URLSearchParams(parts)}`)).toBe(false);
  });

  test('makes a key to sign by, and the next, and has both trusted', async () => {
    const { PhysicalResourceId, Data } = (await create())!;

    expect(PhysicalResourceId).toBe(services.group!.id);
    expect(Data).toEqual({ KeyGroupId: services.group!.id, SecretArn: SECRET });
    expect(trusted()).toEqual([current().keyPairId, services.labelled('NEXT').keyPairId]);
    expect(services.serves(sign(current()))).toBe(true);
    expect([...services.state.keys.values()].map(({ name }) => name.replace(/\w{8}$/, '…'))).toEqual([`${NAME}-…`, `${NAME}-…`]);
  });

  test('gives applications a key that all libraries can sign by, and nothing else', async () => {
    await create();
    expect(Object.keys(current())).toEqual(['keyPairId', 'privateKey']);
    expect(current().privateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  });

  test('hands no private key to CloudFormation', async () => {
    const answer = JSON.stringify(await create());
    expect(answer).not.toContain('PRIVATE');
  });

  test('leaves keys as they are when it is repeated or updated', async () => {
    const first = await create();
    const { groups, labels } = structuredClone(services.state);
    expect(await deployment('Update', { PhysicalResourceId: first!.PhysicalResourceId })).toEqual(first);
    expect(services.state).toMatchObject({ groups, labels });
  });

  test('does not take over a group whose keys the secret does not have', async () => {
    await create();
    services.state.versions.set(services.state.labels.get('AWSCURRENT')!, JSON.stringify({ keyPairId: 'K99', privateKey: '' }));
    await expect(create()).rejects.toThrow(/^the key group G\d is there, but the secret has none of its keys/);
  });

  test.each(['SecretArn', 'KeyGroupName'])('needs %s', async (name) => {
    await expect(deployment('Create', { ResourceProperties: { SecretArn: SECRET, KeyGroupName: NAME, [name]: '' } })).rejects.toThrow(`'${name}' must be given, got ""`);
    expect(services.writes).toEqual([]);
  });

  const writes = ['the first key', 'the second key', 'the next version of the secret', 'the current version of the secret', 'the group'];

  test.each(writes.map((what, index) => [what, index + 1]))('that is refused %s leaves nothing, and succeeds the next time', async (_, at) => {
    services.failure = { at: Number(at), how: 'refused' };
    await expect(create()).rejects.toThrow('ServiceUnavailable');
    expect(services.state.keys.size).toBe(0);
    expect(services.state.groups).toEqual([]);

    services.failure = undefined;
    await create();
    expect(services.state.keys.size).toBe(2);
    expect(services.serves(sign(current()))).toBe(true);
  });

  test.each(writes.slice(0, 4).map((what, index) => [what, index + 1]))('that does not get the answer for %s leaves nothing', async (_, at) => {
    services.failure = { at: Number(at), how: 'answer lost' };
    await expect(create()).rejects.toThrow('ServiceUnavailable');
    expect(services.state.keys.size).toBe(0);
  });

  test('that does not get the answer for the group finds it', async () => {
    services.failure = { at: 5, how: 'answer lost' };
    expect((await create())!.PhysicalResourceId).toBe(services.group!.id);
    expect(services.serves(sign(current()))).toBe(true);
  });

  test.each(['refused', 'answer lost'] as const)('says in the secret which group it is, also where that is %s at first', async (how) => {
    services.failure = { at: 6, how };
    const { PhysicalResourceId } = (await create())!;
    expect(services.labelled('NEXT').keyGroupId).toBe(PhysicalResourceId);
  });

  test('makes a group and keys anew where the group is gone', async () => {
    const { PhysicalResourceId } = (await create())!;
    services.state.groups = [];
    const again = (await deployment('Update', { PhysicalResourceId }))!;
    expect(again.PhysicalResourceId).not.toBe(PhysicalResourceId);
    expect(services.labelled('NEXT').keyGroupId).toBe(again.PhysicalResourceId);
    expect([...services.state.keys.keys()].sort()).toEqual([...trusted()].sort());
    expect(services.serves(sign(current()))).toBe(true);
  });

  test('touches no key and no group of others', async () => {
    services.state.keys.set('K0', { name: 'site-signing-keys-1d88d3-00000000', pem: '' });
    services.state.keys.set('K00', { name: 'theirs', pem: '' });
    services.state.groups = [{ id: 'G0', name: 'theirs', trusted: ['K00'], etag: '"0"', lastModified: services.now }];
    const others = structuredClone(services.state);
    const { PhysicalResourceId } = (await create())!;
    await deployment('Delete', { PhysicalResourceId });
    expect(services.state).toMatchObject({ keys: others.keys, groups: others.groups });
  });
});

describe('the teardown', () => {
  test('leaves no key and no group', async () => {
    const { PhysicalResourceId } = (await create())!;
    await deployment('Delete', { PhysicalResourceId });
    expect(services.state).toMatchObject({ keys: new Map(), groups: [] });
  });

  test('is no matter where there is nothing any more', async () => {
    expect(await deployment('Delete', { PhysicalResourceId: 'G1' })).toEqual({ PhysicalResourceId: 'G1' });
  });

  test('waits until CloudFront lets go of the group', async () => {
    const { PhysicalResourceId } = (await create())!;
    services.isGroupInUse = true;
    await deployment('Delete', { PhysicalResourceId });
    expect(slept).toBeGreaterThan(60_000);
    expect(services.state).toMatchObject({ keys: new Map(), groups: [] });
  });

  test('does not fail where CloudFront does not let go in time, and says so', async () => {
    const { PhysicalResourceId } = (await create())!;
    services.isGroupInUse = true;
    slept = -1e9; // so that sleeping does not free it
    const short = { getRemainingTimeInMillis: () => 65_000 };
    expect(await handler({ RequestType: 'Delete', PhysicalResourceId, ResourceProperties: {} } as any, short)).toEqual({ PhysicalResourceId });
    expect(warnings).toEqual(['keys kept: CloudFront still has them in use']);
    expect(services.serves(sign(current()))).toBe(true);
  });
});

describe('a group is known by its id: under another name than it has,', () => {
  const RENAMED = { SecretArn: SECRET, KeyGroupName: 'another-signing-keys-2e99e3' };
  let id: string;

  beforeEach(async () => {
    id = (await create())!.PhysicalResourceId;
    // Of another CDN, by the name that this one is given.
    services.state.keys.set('K0', { name: `${RENAMED.KeyGroupName}-00000000`, pem: '' });
    services.state.groups.push({ id: 'G0', name: RENAMED.KeyGroupName, trusted: ['K0'], etag: '"0"', lastModified: services.now });
    pass(90 * DAY);
  });

  const group = () => services.state.groups.find((each) => each.id === id)!;
  const update = () => deployment('Update', { PhysicalResourceId: id, ResourceProperties: RENAMED });
  const expectOtherUntouched = () => {
    expect(services.state.groups.find((each) => each.id === 'G0')!.trusted).toEqual(['K0']);
    expect(services.state.keys.has('K0')).toBe(true);
  };

  test('an update leaves it as it is', async () => {
    expect((await update())!.PhysicalResourceId).toBe(id);
    expect(services.writes.filter((what) => !what.endsWith('Value'))).toEqual(['CreatePublicKey', 'CreatePublicKey', 'CreateKeyGroup']);
    expectOtherUntouched();
  });

  test('keys are rotated, and those that are done with are removed', async () => {
    await update();
    const first = current();
    await rotate();
    pass(90 * DAY);
    await rotate();
    expect(group().name).toBe(NAME);
    expect(group().trusted).toHaveLength(3);
    expect(services.state.keys.has(first.keyPairId)).toBe(false);
    expect([...services.state.keys.keys()].sort()).toEqual(['K0', ...group().trusted].sort());
    expectOtherUntouched();
  });

  test('a teardown leaves no key and no group', async () => {
    await update();
    await rotate();
    await deployment('Delete', { PhysicalResourceId: id, ResourceProperties: RENAMED });
    expect([...services.state.keys.keys()]).toEqual(['K0']);
    expect(services.state.groups.map((each) => each.id)).toEqual(['G0']);
  });

  test('a secret of before, which does not say the id, is told it by an update, and rotated then', async () => {
    const { keyGroupId, ...before } = services.labelled('NEXT');
    expect(keyGroupId).toBe(id);
    services.state.versions.set(services.state.labels.get('NEXT')!, JSON.stringify(before));
    await expect(rotate()).rejects.toThrow('the secret must say which key group it is of, and does not: deploy the stack, which writes it there');
    await update();
    await rotate();
    expect(current().keyPairId).toBe(before.keyPairId);
    expect(services.labelled('NEXT').keyGroupId).toBe(id);
  });
});

describe('a rotation', () => {
  beforeEach(async () => {
    await create();
    pass(90 * DAY);
  });

  test('makes the key current that was trusted all along, and has the one after it trusted', async () => {
    const [first, second] = [current(), services.labelled('NEXT')];
    await rotate();

    expect(current()).toEqual({ keyPairId: second.keyPairId, privateKey: second.privateKey });
    const third = services.labelled('NEXT');
    expect(third.keyPairId).not.toBe(second.keyPairId);
    expect(trusted()).toEqual([second.keyPairId, first.keyPairId, third.keyPairId]);
  });

  test('invalidates nothing that was signed before', async () => {
    const signed = sign(current(), 80 * DAY);
    await rotate();
    expect(services.serves(signed)).toBe(true);
    expect(services.serves(sign(current()))).toBe(true);
  });

  test('takes a key away that is no longer current since a rotation, in the group and as a key', async () => {
    const first = current();
    await rotate();
    pass(90 * DAY - HOUR); // Secrets Manager picks the hour
    await rotate();
    expect(trusted()).toHaveLength(3);
    expect(services.state.keys.size).toBe(3);
    expect(services.serves(sign(first))).toBe(false);
  });

  test('keeps all promises for years: what is signed is served for as long as the next rotation is away, less a day', async () => {
    let key = current();
    for (let each = 0; each < 6; each++) {
      const signed = sign(key, 89 * DAY); // by an application that has not read the new key yet
      await rotate();
      expect(services.serves(signed)).toBe(true);
      pass(89 * DAY - 1000);
      expect(services.serves(signed)).toBe(true);
      key = current();
      pass(DAY);
      expect(trusted().length).toBeLessThanOrEqual(3);
    }
  });

  test('by hand leaves what was signed in between valid, until the group is full', async () => {
    const signed = [sign(current())];
    for (let each = 0; each < 3; each++) {
      await rotate();
      signed.push(sign(current()));
      pass(HOUR);
    }
    expect(trusted()).toHaveLength(5);
    await expect(rotate()).rejects.toThrow('the key group would have 6 keys, of 5 at the most: older ones may have signed what is still valid, so rotate later');
    expect(signed.map((url) => services.serves(url))).toEqual([true, true, true, true]);

    pass(90 * DAY);
    await rotate();
    expect(trusted()).toHaveLength(3);
  });

  test('so soon after another that edge locations may not know the next key is refused', async () => {
    await rotate();
    pass(HOUR - 1);
    const before = current();
    await expect(rotate()).rejects.toThrow(/^the key group was changed at 2026-04-01T12:00:00.000Z, of which not all edge locations may know yet: rotate an hour after it$/);
    expect(current()).toEqual(before);
  });

  test('leaves out what somebody removed from the group, as it leaked', async () => {
    const leaked = current();
    await rotate();
    services.state.groups = [{ ...services.group!, trusted: trusted().filter((id) => id !== leaked.keyPairId) }];
    pass(HOUR);
    await rotate();
    expect(trusted()).not.toContain(leaked.keyPairId);
    expect(services.state.keys.has(leaked.keyPairId)).toBe(false);
  });

  test('makes a next key where somebody deleted it, and is refused until that is known everywhere', async () => {
    const { keyPairId } = services.labelled('NEXT');
    services.state.groups = [{ ...services.group!, trusted: [current().keyPairId] }];
    services.state.keys.delete(keyPairId);
    await expect(rotate()).rejects.toThrow('the next key was not trusted yet: it is now, so rotate again in an hour');
    expect(trusted()).toEqual([current().keyPairId, services.labelled('NEXT').keyPairId]);
    pass(HOUR);
    await rotate();
    expect(services.serves(sign(current()))).toBe(true);
  });

  test('may repeat each of its steps', async () => {
    const version = randomUUID();
    services.state.labels.set('AWSPENDING', version);
    for (const each of STEPS) {
      await step(each, version);
      await step(each, version);
    }
    expect(trusted()).toHaveLength(3);
    expect(services.state.keys.size).toBe(3);
  });

  test('is tried with the key that is current, as Secrets Manager does when rotation is set up', async () => {
    services.state.versions.set('trial', JSON.stringify(current()));
    services.state.labels.set('AWSPENDING', 'trial');
    await step('testSecret', 'trial');
    expect(services.writes).not.toContain('UpdateSecretVersionStage');
  });

  test('refuses a private key that is not of the public one', async () => {
    services.state.versions.set('trial', JSON.stringify({ ...services.labelled('NEXT'), keyPairId: current().keyPairId }));
    services.state.labels.set('AWSPENDING', 'trial');
    await expect(step('testSecret', 'trial')).rejects.toThrow(`the private key of ${current().keyPairId} must be that of CloudFront's public key of this id, and is another`);
  });

  test('refuses a key that is not trusted', async () => {
    services.state.versions.set('trial', JSON.stringify({ ...current(), keyPairId: 'K99' }));
    services.state.labels.set('AWSPENDING', 'trial');
    await expect(step('setSecret', 'trial')).rejects.toThrow('the key K99 must be trusted before something is signed by it');
  });

  test('refuses a version that is not pending, another step, and a group that is gone', async () => {
    await expect(step('setSecret', 'unknown')).rejects.toThrow('version unknown of the secret must be pending');
    await expect(step('deleteSecret', 'unknown')).rejects.toThrow('step must be one of a rotation, got "deleteSecret"');
    services.state.groups = [];
    await expect(rotate()).rejects.toThrow('the key group is not there');
  });

  test('does not quote a secret that it cannot read', async () => {
    services.state.versions.set(services.state.labels.get('NEXT')!, '-----BEGIN RSA');
    await expect(rotate()).rejects.toThrow(/^NEXT of secret \S+ must be a JSON object with a key, got something else$/);
  });
});

describe('a rotation that breaks off', () => {
  const WRITES = ['PutSecretValue', 'UpdateSecretVersionStage', 'CreatePublicKey', 'PutSecretValue', 'UpdateKeyGroup', 'DeletePublicKey'];
  let before: State;
  let old: any;

  beforeEach(async () => {
    if (!before) { // where a rotation has all there can be to do
      await create();
      pass(90 * DAY);
      await rotate();
      old = current();
      before = structuredClone(services.state);
    }
    services.state = structuredClone(before);
    services.now = new Date('2026-07-01T12:00:00Z');
    services.writes.length = 0;
  });

  /** What has to be so at every moment: whoever signs by the key that is current, or was until a moment ago, is understood. */
  function watch(): string[] {
    const wrong: string[] = [];
    services.onWrite = () => {
      for (const key of [old, current()]) if (!services.serves(sign(key))) wrong.push(`after ${services.writes.join()}: ${key.keyPairId}`);
      const known = ['AWSCURRENT', 'AWSPREVIOUS', 'NEXT'].map((label) => services.labelled(label).keyPairId);
      const orphans = trusted().filter((id) => !known.includes(id) && !before.groups[0].trusted.includes(id));
      if (orphans.length > 0) wrong.push(`after ${services.writes.join()}: nobody has the private key of ${orphans}`);
    };
    return wrong;
  }

  test('would have done this', async () => {
    const wrong = watch();
    await rotate();
    expect(services.writes).toEqual(WRITES);
    expect(wrong).toEqual([]);
  });

  const crashes = WRITES.flatMap((what, index) => (['refused', 'answer lost'] as const).map((how) => ({ what, at: index + 1, how })));

  test.each(crashes)('at $what (write $at, $how) is finished when Secrets Manager tries again', async ({ at, how }) => {
    const wrong = watch();
    services.failure = { at, how };
    const version = randomUUID();
    await expect(rotate(version)).rejects.toThrow('ServiceUnavailable');
    for (const each of STEPS) await step(each, version);

    expect(wrong).toEqual([]);
    expect(services.state.labels.get('AWSCURRENT')).toBe(version);
    expectWhole();
  });

  test.each(crashes)('at $what (write $at, $how) is mended by the next rotation', async ({ at, how }) => {
    const wrong = watch();
    services.failure = { at, how };
    await expect(rotate()).rejects.toThrow('ServiceUnavailable');
    await rotate().catch((error) => expect(String(error)).toMatch(/rotate (again in an hour|an hour after it)/));
    expect(wrong).toEqual([]);
    services.onWrite = undefined; // the key of before is done with
    pass(90 * DAY);
    await rotate();
    expectWhole();
  });

  function expectWhole() {
    const [now, next] = [current(), services.labelled('NEXT')];
    expect(next.keyPairId).not.toBe(now.keyPairId);
    expect(trusted()).toEqual(expect.arrayContaining([now.keyPairId, next.keyPairId]));
    expect([...services.state.keys.keys()].sort()).toEqual([...trusted()].sort()); // and none is left that nobody trusts
    expect(services.serves(sign(now))).toBe(true);
    expect(services.serves(sign(next))).toBe(true);
  }
});

describe('the deployed function', () => {
  const environment = { ...process.env };

  beforeEach(() => {
    Object.assign(process.env, {
      AWS_REGION: 'eu-west-3',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: services.url,
      POWERTOOLS_DEV: 'true',
      SIGNING_SECRET: SECRET,
      ROTATE_AFTER_DAYS: '90',
    });
    jest.resetModules();
  });

  afterEach(() => {
    process.env = { ...environment };
    jest.restoreAllMocks();
  });

  test('makes keys and rotates them, and logs no key', async () => {
    const logged = jest.spyOn(console, 'info').mockImplementation();
    const { handler: deployed } = jest.requireActual('../../../../lambda/cdn/signing-keys');
    services.now = new Date(Date.now() - 2 * HOUR);
    await deployed({ RequestType: 'Create', ResourceProperties: { SecretArn: SECRET, KeyGroupName: NAME } }, context);
    const [first, version] = [current(), randomUUID()];
    services.state.labels.set('AWSPENDING', version);
    for (const Step of STEPS) await deployed({ Step, SecretId: SECRET, ClientRequestToken: version }, context);

    expect(current().keyPairId).not.toBe(first.keyPairId);
    expect(trusted()).toContain(first.keyPairId);
    expect(logged).toHaveBeenCalledTimes(4);
    expect(JSON.stringify(logged.mock.calls)).not.toMatch(/PRIVATE|privateKey/);
  }, 60_000);

  test.each([
    ['SIGNING_SECRET', '', 'environment variable SIGNING_SECRET must be the ARN of the secret that applications sign by, got ""'],
    ['ROTATE_AFTER_DAYS', 'often', 'environment variable ROTATE_AFTER_DAYS must be a positive whole number, got "often"'],
  ])('does not start with a wrong %s', (name, value, error) => {
    process.env[name] = value;
    expect(() => jest.requireActual('../../../../lambda/cdn/signing-keys')).toThrow(error);
  });
});
