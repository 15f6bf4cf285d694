import { randomUUID } from 'crypto';
import { CloudFrontClient, GetPublicKeyCommand, ListKeyGroupsCommand, ListPublicKeysCommand } from '@aws-sdk/client-cloudfront';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { isSignature } from './signed-url';
import { CloudFrontKeyGroup } from '../../lambda/cdn/signing-keys/cloudfront-key-group';
import { createHandler } from '../../lambda/cdn/signing-keys/handler';
import { newKeyPair } from '../../lambda/cdn/signing-keys/key-pair';
import { StoredSigningSecret } from '../../lambda/cdn/signing-keys/stored-signing-secret';
import { Emulators, startEmulators } from '../emulator/emulators';

// The function's own code against the emulator's keys, groups and secrets. The emulator has no rotation schedule, so the steps are asked for here.
const NAME = 'albums-signing-keys';
const HOUR = 3_600_000;
const context = { getRemainingTimeInMillis: () => 840_000 };

let emulators: Emulators;
let cloudFront: CloudFrontClient;
let secrets: SecretsManagerClient;
let secretArn: string;
let handler: ReturnType<typeof createHandler>;
let now = Date.now();

beforeAll(async () => {
  emulators = await startEmulators();
  cloudFront = new CloudFrontClient(emulators.account);
  secrets = new SecretsManagerClient(emulators.account);
  secretArn = (await secrets.send(new CreateSecretCommand({ Name: 'albums', SecretString: 'what CloudFormation generates' }))).ARN!;
  handler = createHandler({
    groupOf: (identity) => new CloudFrontKeyGroup(cloudFront, identity),
    secret: new StoredSigningSecret(secrets, secretArn),
    newKeyPair,
    trustRetiredFor: 24 * HOUR,
    now: () => new Date(now),
    sleep: async () => {},
    logger: { info: () => {}, warn: () => {} },
  });
});

afterAll(() => emulators?.stop());

async function trusted(): Promise<string[]> {
  const { KeyGroupList } = await cloudFront.send(new ListKeyGroupsCommand({}));
  return (KeyGroupList?.Items ?? []).flatMap(({ KeyGroup }) => KeyGroup!.KeyGroupConfig!.Items!);
}

async function keys(): Promise<string[]> {
  const { PublicKeyList } = await cloudFront.send(new ListPublicKeysCommand({}));
  return (PublicKeyList?.Items ?? []).map(({ Id }) => Id!);
}

async function current(): Promise<{ keyPairId: string; privateKey: string }> {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return JSON.parse(SecretString!);
}

/** Whether what an application signs by the key that it reads is a signature to the public key that CloudFront has under its id. */
async function signs(): Promise<boolean> {
  const key = await current();
  const signed = getSignedUrl({ url: 'https://cdn.example.org/media/a.jpg', ...key, dateLessThan: '2100-01-01' });
  const { PublicKey } = await cloudFront.send(new GetPublicKeyCommand({ Id: key.keyPairId }));
  return isSignature(signed, PublicKey!.PublicKeyConfig!.EncodedKey!);
}

async function rotate(): Promise<void> {
  const ClientRequestToken = randomUUID();
  for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
    await handler({ Step, SecretId: secretArn, ClientRequestToken } as any, context);
  }
}

test('keys are made, rotated and deleted', async () => {
  const answer = await handler({ RequestType: 'Create', ResourceProperties: { SecretArn: secretArn, KeyGroupName: NAME } } as any, context);
  const first = await current();
  expect(await trusted()).toHaveLength(2);
  expect(await trusted()).toContain(first.keyPairId);
  expect(await signs()).toBe(true);

  now += 2 * HOUR;
  await rotate();
  const second = await current();
  expect(second.keyPairId).not.toBe(first.keyPairId);
  expect(await trusted()).toHaveLength(3);
  expect(await trusted()).toEqual(expect.arrayContaining([first.keyPairId, second.keyPairId]));
  expect((await keys()).sort()).toEqual((await trusted()).sort());
  expect(await signs()).toBe(true);

  await handler({ RequestType: 'Delete', PhysicalResourceId: answer!.PhysicalResourceId, ResourceProperties: {} } as any, context);
  expect([await trusted(), await keys()]).toEqual([[], []]);
});
