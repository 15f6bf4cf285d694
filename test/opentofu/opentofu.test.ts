import { join } from 'path';
import { DeleteBucketCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Answer, Tofu } from './tofu';
import { TerraformStateBackend, TerraformStateLock } from '../../src';
import { Cdk } from '../emulator/cdk';
import { describeStack } from '../emulator/deployed-stack';
import { Credentials, Emulators, startEmulators } from '../emulator/emulators';
import { eventually } from '../emulator/eventually';

const KEY = 'network/terraform.tfstate';
const OTHER_KEY = 'database/terraform.tfstate';
const LOCKS: Record<string, TerraformStateLock> = { LockFile: TerraformStateLock.lockFile(), LockTable: TerraformStateLock.table() };

let emulators: Emulators;

/** A backend, and roles that may work with one of its states. */
function backendStack(app: App, id: string, lock: TerraformStateLock): void {
  const stack = new Stack(app, id);
  const state = new TerraformStateBackend(stack, 'State', { lock });
  const role = (name: string) => {
    const made = new Role(stack, name, { assumedBy: new AccountRootPrincipal() });
    new CfnOutput(stack, `${name}Arn`, { value: made.roleArn });
    return made;
  };
  state.grantState(role('Operator'), { key: KEY, workspaces: ['staging'] });
  state.grantReadState(role('Reader'), { key: KEY });
  role('Bystander');
  role('Owner').addToPolicy(new PolicyStatement({ actions: ['s3:*', 'kms:*'], resources: ['*'] })); // whom only the policy of the bucket holds back
  new CfnOutput(stack, 'Bucket', { value: state.bucket.bucketName });
  new CfnOutput(stack, 'KeyArn', { value: state.encryptionKey.keyArn });
  new CfnOutput(stack, 'Config', { value: state.backendConfig({ key: KEY }) });
  new CfnOutput(stack, 'OtherConfig', { value: state.backendConfig({ key: OTHER_KEY }) });
}

beforeAll(async () => {
  emulators = await startEmulators();
  const app = new App({ outdir: join(emulators.folder, 'cdk.out'), analyticsReporting: false });
  Object.entries(LOCKS).forEach(([id, lock]) => backendStack(app, id, lock));
  app.synth();
  const cdk = new Cdk(emulators, emulators.folder);
  await cdk.bootstrap();
  await cdk.deploy(join(emulators.folder, 'cdk.out'), 2);
});

afterAll(() => emulators?.stop());

/** Shows what OpenTofu says where it fails. */
function succeeded({ code, output }: Answer): void {
  expect({ code, said: code === 0 ? '' : output }).toEqual({ code: 0, said: '' });
}

describe.each(Object.keys(LOCKS))('with a %s', (id) => {
  let outputs: Record<string, string>;
  let root: S3Client;

  beforeAll(async () => {
    ({ outputs } = await describeStack(emulators.account, id));
    root = new S3Client(emulators.account);
  });

  const as = async (role: string): Promise<Credentials> => {
    const request = new AssumeRoleCommand({ RoleArn: outputs[`${role}Arn`], RoleSessionName: 'terraform' });
    const { Credentials: key } = await new STSClient(emulators.account).send(request);
    return { accessKeyId: key!.AccessKeyId!, secretAccessKey: key!.SecretAccessKey!, sessionToken: key!.SessionToken };
  };
  const tofu = async (role: string, config = 'Config') => new Tofu(emulators.folder, outputs[config], emulators.account, await as(role));
  const initialized = async (role: string) => {
    const client = await tofu(role);
    succeeded(await client.init());
    return client;
  };
  const versions = async () => {
    const { Versions } = await root.send(new ListObjectVersionsCommand({ Bucket: outputs.Bucket, Prefix: KEY }));
    return Versions!.filter(({ Key }) => Key === KEY);
  };

  test('an operator inits and applies, and the state is encrypted with the key', async () => {
    const client = await initialized('Operator');
    succeeded(await client.apply('first'));
    expect(await client.output()).toEqual({ code: 0, output: 'first' });

    const state = await root.send(new HeadObjectCommand({ Bucket: outputs.Bucket, Key: KEY }));
    expect(state).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: outputs.KeyArn });
  });

  test('a second client sees the state of the first, and adds a version to it', async () => {
    const [before, client] = [await versions(), await initialized('Operator')];
    expect(await client.output()).toEqual({ code: 0, output: 'first' });
    succeeded(await client.apply('second'));
    expect((await versions()).length).toBeGreaterThan(before.length);
    const old = await root.send(new GetObjectCommand({ Bucket: outputs.Bucket, Key: KEY, VersionId: before[0].VersionId }));
    expect(await old.Body!.transformToString()).toContain('"first"');
  });

  test('who comes while another applies is refused, and tries again after it', async () => {
    const [first, second] = [await initialized('Operator'), await initialized('Operator')];
    const applying = first.apply('slowly', 6);
    await eventually('an apply under way', async () => first.isApplying || undefined);
    const refused = await second.apply('meanwhile');
    expect(refused.output).toContain('Error acquiring the state lock');
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/Operation: *OperationTypeApply/); // whose lock it is

    succeeded(await applying);
    expect(await second.output()).toEqual({ code: 0, output: 'slowly' });
    succeeded(await second.apply('afterwards'));
  });

  test('a workspace has a state of its own, which can be deleted', async () => {
    const client = await initialized('Operator');
    succeeded(await client.workspace('new', 'staging'));
    succeeded(await client.workspace('select', 'default'));
    expect(await client.output()).toEqual({ code: 0, output: 'afterwards' });
    succeeded(await client.workspace('delete', 'staging'));
  });

  test('a reader reads the state, and cannot lock it', async () => {
    const client = await initialized('Reader');
    expect(await client.output()).toEqual({ code: 0, output: 'afterwards' });
    const answer = await client.apply('mine');
    expect(answer).toMatchObject({ code: 1, output: expect.stringContaining('Error acquiring the state lock') });
    expect(answer.output).toMatch(/AccessDenied/);
  });

  test('an operator of one state cannot have another, nor a bystander any', async () => {
    const other = await tofu('Operator', 'OtherConfig');
    await other.init();
    expect(await other.apply('mine')).toMatchObject({ code: 1, output: expect.stringMatching(/AccessDenied|Forbidden/) });
    const bystander = await tofu('Bystander');
    await bystander.init();
    expect(await bystander.apply('mine')).toMatchObject({ code: 1, output: expect.stringMatching(/AccessDenied|Forbidden/) });
  });

  test('not even who may do anything deletes the bucket or an old state, or writes one with another encryption', async () => {
    const owner = new S3Client({ ...emulators.account, credentials: await as('Owner') });
    const [{ VersionId }] = await versions();
    const denied = expect.objectContaining({ name: 'AccessDenied' });
    const state = { Bucket: outputs.Bucket, Key: KEY };
    await expect(owner.send(new DeleteBucketCommand({ Bucket: outputs.Bucket }))).rejects.toEqual(denied);
    await expect(owner.send(new DeleteObjectCommand({ ...state, VersionId }))).rejects.toEqual(denied);
    await expect(owner.send(new PutObjectCommand({ ...state, Body: '{}', ServerSideEncryption: 'AES256' }))).rejects.toEqual(denied);
    await expect(owner.send(new GetObjectCommand({ ...state, VersionId }))).resolves.toBeDefined();
  });
});
