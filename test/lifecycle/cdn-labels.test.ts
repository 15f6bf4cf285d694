import { randomUUID } from 'crypto';
import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ACMClient, DeleteCertificateCommand, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { CloudFrontClient, ListKeyGroupsCommand, ListPublicKeysCommand } from '@aws-sdk/client-cloudfront';
import { CloudWatchLogsClient, DescribeDeliveriesCommand, DescribeDeliverySourcesCommand, PutDeliverySourceCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { provideHostedZone } from './outside';
import { CloudFrontKeyGroup } from '../../lambda/cdn/signing-keys/cloudfront-key-group';
import { createHandler } from '../../lambda/cdn/signing-keys/handler';
import { newKeyPair } from '../../lambda/cdn/signing-keys/key-pair';
import { StoredSigningSecret } from '../../lambda/cdn/signing-keys/stored-signing-secret';
import { PrivateMedia, StageProfile, StaticMediaCdn } from '../../src';
import { Cdk } from '../emulator/cdk';
import { describeStack } from '../emulator/deployed-stack';
import { Emulators, startEmulators } from '../emulator/emulators';

// The lifecycle of a CDN whose site and environment get other names: each test starts from what the test before it left.
let emulators: Emulators;
let cdk: Cdk;
let zoneId: string;
let assembly: string;
let outputs: Record<string, string>;

beforeAll(async () => {
  emulators = await startEmulators();
  zoneId = await provideHostedZone(emulators.account);
  cdk = new Cdk(emulators, emulators.folder);
  await cdk.bootstrap();
  assembly = synthesize('before', { siteName: 'albums', environmentName: 'staging' });
  nameAfterLabels(assembly);
  await cdk.deploy(assembly);
  ({ outputs } = await describeStack(emulators.account, 'Site'));
});

afterAll(() => emulators?.stop());

function synthesize(folder: string, labels: { readonly siteName: string; readonly environmentName: string }): string {
  const app = new App({ outdir: join(emulators.folder, folder), analyticsReporting: false });
  const stack = new Stack(app, 'Site');
  StageProfile.ephemeral().applyTo(stack);
  const cdn = new StaticMediaCdn(stack, 'Cdn', {
    ...labels,
    domainName: 'cdn.example.education',
    hostedZone: HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: zoneId, zoneName: 'example.education' }),
    privateMedia: PrivateMedia.rotatedKeys(),
  });
  cdn.node.findChild('SigningKeys').node.tryRemoveChild('Schedule'); // which the emulator lacks: gaps.ts. The steps are asked for here
  new CfnOutput(stack, 'Distribution', { value: cdn.distribution.distributionArn });
  new CfnOutput(stack, 'Secret', { value: cdn.mediaSigningKey!.secretArn });
  new CfnOutput(stack, 'Rotation', { value: cdn.rotationFunction!.functionName });
  app.synth();
  return join(emulators.folder, folder);
}

/** As stacks were deployed when labels were still in these names. */
function nameAfterLabels(folder: string): void {
  const file = join(folder, 'Site.template.json');
  const template = readFileSync(file, 'utf8');
  const renamed = template.replace(/"cdn-logs-[0-9a-f]{6}-"/g, '"albums-staging-l-2e99e3-"')
    .replace(/(delivery-(?:source|destination):)cdn-logs-[0-9a-f]{6}-/g, '$1albums-staging-l-2e99e3-')
    .replace(/"cdn-signing-keys-[0-9a-f]{6}-"/g, '"albums-staging-signin-2e99e3-"');
  expect(renamed.match(/albums-staging-(l|signin)-2e99e3-/g)).toHaveLength(6);
  writeFileSync(file, renamed);
}

const logs = () => new CloudWatchLogsClient({ ...emulators.account, region: 'us-east-1' });
const certificates = async () => (await new ACMClient({ ...emulators.account, region: 'us-east-1' }).send(new ListCertificatesCommand({}))).CertificateSummaryList ?? [];

async function sources() {
  const { deliverySources = [] } = await logs().send(new DescribeDeliverySourcesCommand({}));
  return deliverySources.map(({ name, resourceArns }) => ({ name: name!, delivers: resourceArns }));
}

async function delivering(): Promise<(string | undefined)[]> {
  const { deliveries = [] } = await logs().send(new DescribeDeliveriesCommand({}));
  return deliveries.map(({ deliverySourceName }) => deliverySourceName);
}

async function groups() {
  const { KeyGroupList } = await new CloudFrontClient(emulators.account).send(new ListKeyGroupsCommand({}));
  return (KeyGroupList?.Items ?? []).map(({ KeyGroup: group }) => {
    const { Name: name, Items: trusted } = group!.KeyGroupConfig!;
    return { id: group!.Id, name: name!, trusted: trusted! };
  });
}

async function keys(): Promise<string[]> {
  const { PublicKeyList } = await new CloudFrontClient(emulators.account).send(new ListPublicKeysCommand({}));
  return (PublicKeyList?.Items ?? []).map(({ Id }) => Id!);
}

async function signingKey(): Promise<string> {
  const { SecretString } = await new SecretsManagerClient(emulators.account).send(new GetSecretValueCommand({ SecretId: outputs.Secret }));
  return JSON.parse(SecretString!).keyPairId;
}

/** As Secrets Manager has the deployed function do it. */
async function rotationStep(Step: string, ClientRequestToken: string): Promise<string | undefined> {
  const { FunctionError, Payload } = await new LambdaClient(emulators.account).send(new InvokeCommand({
    FunctionName: outputs.Rotation, Payload: JSON.stringify({ Step, SecretId: outputs.Secret, ClientRequestToken }),
  }));
  return FunctionError && JSON.parse(Buffer.from(Payload!).toString()).errorMessage;
}

test('the emulator has the rule of CloudWatch Logs: a distribution has one source', async () => {
  await expect(logs().send(new PutDeliverySourceCommand({ name: 'another', resourceArn: outputs.Distribution, logType: 'ACCESS_LOGS' })))
    .rejects.toMatchObject({ name: 'ConflictException', message: 'This ResourceId has already been used in another Delivery Source in this account.' });
});

test('with other names, the same distribution has one source of its logs, and the same key group', async () => {
  const [before] = await groups();
  expect(before.name).toMatch(/^albums-/);
  expect((await sources()).map(({ name }) => name)).toEqual([expect.stringMatching(/^albums-staging-l-2e99e3-/)]);
  const { Distribution } = outputs;

  assembly = synthesize('after', { siteName: 'photos', environmentName: 'preprod' });
  await cdk.deploy(assembly);
  ({ outputs } = await describeStack(emulators.account, 'Site'));

  expect(outputs.Distribution).toBe(Distribution);
  const present = await sources();
  expect(present).toEqual([{ name: expect.stringMatching(/^cdn-logs-[0-9a-f]{6}-/), delivers: [Distribution] }]);
  expect(await delivering()).toEqual([present[0].name]);
  expect(await groups()).toEqual([before]);
});

test('and others again, nothing of them changes', async () => {
  const before = [await sources(), await groups(), await keys()];
  assembly = synthesize('again', { siteName: 'pictures', environmentName: 'production' });
  await cdk.deploy(assembly);
  expect([await sources(), await groups(), await keys()]).toEqual(before);
});

test('the deployed function finds its group, and its code rotates the keys an hour later', async () => {
  const [first, [{ id, trusted }]] = [await signingKey(), await groups()];
  expect(await rotationStep('createSecret', randomUUID())).toMatch(/^the key group was changed at .*: rotate an hour after it$/);

  const rotate = createHandler({
    groupOf: (identity) => new CloudFrontKeyGroup(new CloudFrontClient(emulators.account), identity),
    secret: new StoredSigningSecret(new SecretsManagerClient(emulators.account), outputs.Secret),
    newKeyPair,
    trustRetiredFor: 89 * 86_400_000,
    now: () => new Date(Date.now() + 2 * 3_600_000),
    sleep: async () => {},
    logger: { info: () => {}, warn: () => {} },
  });
  const ClientRequestToken = randomUUID();
  for (const Step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
    await rotate({ Step, SecretId: outputs.Secret, ClientRequestToken } as any, { getRemainingTimeInMillis: () => 840_000 });
  }
  expect(trusted).toContain(await signingKey());
  expect(await signingKey()).not.toBe(first);
  const [group] = await groups();
  expect([group.id, group.trusted.length]).toEqual([id, 3]);
  expect(group.trusted).toEqual(expect.arrayContaining(trusted));
  expect((await keys()).sort()).toEqual([...group.trusted].sort());
});

test('a certificate that somebody deleted does not hold up the teardown, after which nothing is left', async () => {
  const [{ CertificateArn }] = await certificates();
  await new ACMClient({ ...emulators.account, region: 'us-east-1' }).send(new DeleteCertificateCommand({ CertificateArn }));
  await cdk.destroy(assembly);
  expect([await sources(), await delivering(), await groups(), await keys(), await certificates()]).toEqual([[], [], [], [], []]);
});
