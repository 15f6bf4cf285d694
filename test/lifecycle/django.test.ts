import { appendFileSync, mkdirSync, writeFileSync } from 'fs';
import { request } from 'http';
import { dirname, join } from 'path';
import {
  CloudFrontClient, GetDistributionConfigCommand, GetKeyGroupCommand, GetPublicKeyCommand, ListKeyGroupsCommand, ListPublicKeysCommand,
} from '@aws-sdk/client-cloudfront';
import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Connections } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { AccountRootPrincipal, CompositePrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ANSWER, answerOf, lastLine, python } from './python';
import { isSignature, Signed, signedIn } from './signed-url';
import { BindingTarget, PrivateMedia, StageProfile, StaticMediaCdn } from '../../src';
import { Cdk } from '../emulator/cdk';
import { describeStack } from '../emulator/deployed-stack';
import { Credentials, Emulators, startEmulators } from '../emulator/emulators';

const FILES = {
  'site.css': 'body { background: url("images/logo.svg") }\n',
  'images/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
};
const URL_OF_PHOTO = 'from django.core.files.storage import default_storage; print(default_storage.url("a.jpg"))';
const HASHED_CSS = /^site\.[0-9a-f]{12}\.css$/;

// The lifecycle of a real Django project: each test starts from what the test before it left.
let emulators: Emulators;
let cdk: Cdk;
let assembly: string;
let outputs: Record<string, string>;
let project: string;

beforeAll(async () => {
  emulators = await startEmulators();
  cdk = new Cdk(emulators, emulators.folder);
  await cdk.bootstrap();
  assembly = synthesize(join(emulators.folder, 'albums'));
  await cdk.deploy(assembly);
  ({ outputs } = await describeStack(emulators.account, 'Albums'));
  project = startProject();
});

afterAll(() => emulators?.stop());

/** A site with private media, a release that publishes static files, and a task that is to sign URLs. */
function synthesize(outdir: string): string {
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Albums');
  StageProfile.ephemeral().applyTo(stack);
  const cdn = new StaticMediaCdn(stack, 'Cdn', { privateMedia: PrivateMedia.rotatedKeys() });
  cdn.node.findChild('SigningKeys').node.tryRemoveChild('Schedule'); // which the emulator lacks: gaps.ts. The keys are made without it

  // Of the account, too, so that the test can take them.
  const assumedBy = new CompositePrincipal(new ServicePrincipal('ecs-tasks.amazonaws.com'), new AccountRootPrincipal());
  const [release, taskRole, executionRole] = ['Release', 'Site', 'Agent'].map((id) => new Role(stack, id, { assumedBy }));
  cdn.grantStaticPublish(release);
  const task = new FargateTaskDefinition(stack, 'Web', { taskRole, executionRole });
  const container = task.addContainer('Django', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
  const names = { bucket: 'MEDIA_BUCKET', signingKeyId: 'AWS_CLOUDFRONT_KEY_ID', signingKey: 'AWS_CLOUDFRONT_KEY' };
  BindingTarget.container(container, { connections: new Connections() }).use(cdn.mediaBinding(names));

  const found = {
    Settings: cdn.djangoSettings(),
    Domain: cdn.domainName,
    Distribution: cdn.distribution.distributionId,
    StaticBucket: cdn.staticBucket!.bucketName,
    MediaBucket: cdn.mediaBucket.bucketName,
    ReleaseRole: release.roleArn,
    SiteRole: taskRole.roleArn,
    Task: task.taskDefinitionArn,
  };
  Object.entries(found).forEach(([id, value]) => new CfnOutput(stack, id, { value }));
  app.synth();
  return outdir;
}

/** As Django makes one, with an app that has static files, and the settings that the CDN prints at the end of its own. */
function startProject(): string {
  const folder = join(emulators.folder, 'project');
  mkdirSync(folder);
  const options = { account: emulators.account, credentials: emulators.account.credentials, folder };
  python(['-m', 'django', 'startproject', 'site_of_albums', '.'], options);
  python(['manage.py', 'startapp', 'albums'], options);
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(folder, 'albums', 'static', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  appendFileSync(join(folder, 'site_of_albums', 'settings.py'), [
    '', 'DEBUG = False', 'INSTALLED_APPS = ["django.contrib.staticfiles", "albums"]', outputs.Settings,
  ].join('\n'));
  return folder;
}

async function credentialsOf(RoleArn: string): Promise<Credentials> {
  const { Credentials: taken } = await new STSClient(emulators.account).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test' }));
  return { accessKeyId: taken!.AccessKeyId!, secretAccessKey: taken!.SecretAccessKey!, sessionToken: taken!.SessionToken };
}

/** What a visitor gets from the emulated CloudFront, which asks the bucket as its policy lets it, but does not look at signatures. */
function visit(url: string): Promise<{ status: number; body: string }> {
  const { host, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    request(`${emulators.account.endpoint}${pathname}${search}`, { headers: { host } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => body += chunk).on('end', () => resolve({ status: response.statusCode!, body })).on('error', reject);
    }).on('error', reject).end();
  });
}

/** `manage.py` of the project, also as if the package were not installed by which django-storages signs. */
function manage(parameters: string[], credentials: Credentials, environment: Record<string, string> = {}, cryptography = true): string {
  const without = 'import runpy, sys; sys.modules["cryptography"] = None; sys.argv = sys.argv[1:]; runpy.run_path("manage.py", run_name="__main__")';
  const command = cryptography ? ['manage.py', ...parameters] : ['-c', without, 'manage.py', ...parameters];
  return python(command, { account: emulators.account, credentials, environment, folder: project });
}

describe('a release that may publish static files, and has neither a key nor what signs by it', () => {
  let credentials: Credentials;

  beforeAll(async () => {
    credentials = await credentialsOf(outputs.ReleaseRole);
  });

  const s3 = () => new S3Client(emulators.account);
  const asRelease = (...parameters: string[]) => manage(parameters, credentials, {}, false);
  const addressOf = (name: string): string => lastLine(asRelease('shell', '-c', `
import json
from django.template import Context, Engine
page = Engine(libraries={"static": "django.templatetags.static"}).from_string("{% load static %}{% static name %}")
print(json.dumps(page.render(Context({"name": "${name}"}))))
`));

  async function keys(): Promise<string[]> {
    const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: outputs.StaticBucket }));
    return Contents.map(({ Key }) => Key!);
  }

  async function manifest(): Promise<Record<string, string>> {
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: outputs.StaticBucket, Key: 'static/staticfiles.json' }));
    return JSON.parse(await Body!.transformToString()).paths;
  }

  test('collects them into the bucket, each under the name of its contents, too, with the list of these', async () => {
    expect(asRelease('collectstatic', '--noinput')).toMatch(/^2 static files copied, 2 post-processed\.$/m);
    const paths = await manifest();
    expect(Object.keys(paths).sort()).toEqual(['images/logo.svg', 'site.css']);
    expect(paths['site.css']).toMatch(HASHED_CSS);
    expect(paths['images/logo.svg']).toMatch(/^images\/logo\.[0-9a-f]{12}\.svg$/);
    expect(await keys()).toEqual([...Object.keys(FILES), ...Object.values(paths), 'staticfiles.json'].map((name) => `static/${name}`).sort());
  });

  test('has pages refer to the CDN, by the name of the contents and without a signature', async () => {
    const address = addressOf('site.css');
    expect(address).toBe(`https://${outputs.Domain}/static/${(await manifest())['site.css']}`);
  });

  test('has the CDN serve what pages refer to, and what that refers to', async () => {
    const { 'images/logo.svg': logo } = await manifest();
    expect(await visit(addressOf('site.css'))).toEqual({ status: 200, body: `body { background: url("${logo}") }\n` });
    expect(await visit(addressOf('images/logo.svg'))).toEqual({ status: 200, body: FILES['images/logo.svg'] });
  });

  test('leaves the files of the release before, for pages that are open', async () => {
    const before = (await manifest())['site.css'];
    writeFileSync(join(project, 'albums', 'static', 'site.css'), 'body { color: red }\n');
    asRelease('collectstatic', '--noinput');
    const after = (await manifest())['site.css'];
    expect(after).toMatch(HASHED_CSS);
    expect(after).not.toBe(before);
    expect(addressOf('site.css')).toBe(`https://${outputs.Domain}/static/${after}`);
    expect(await keys()).toEqual(expect.arrayContaining([`static/${before}`, `static/${after}`]));
  });

  test('writes nothing outside of their folder, reads no media, and has no CDN forget but this one', () => {
    const { Distribution: distribution, StaticBucket: statics, MediaBucket: media } = outputs;
    expect(answerOf(`
import json, os, boto3
${ANSWER}
s3, cloudfront = boto3.client("s3"), boto3.client("cloudfront")
statics, media, distribution = os.environ["STATICS"], os.environ["MEDIA"], os.environ["DISTRIBUTION"]
def put(bucket, key):
    return answer(lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"x"))
def forget(distribution):
    batch = {"Paths": {"Quantity": 1, "Items": ["/static/*"]}, "CallerReference": "release"}
    return answer(lambda: cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch))
print(json.dumps({
  "inside": put(statics, "static/a.txt"), "outside": put(statics, "a.txt"), "beside": put(statics, "static2/a.txt"),
  "media": put(media, "media/a.txt"), "underMedia": put(media, "static/a.txt"),
  "readMedia": answer(lambda: s3.get_object(Bucket=media, Key="media/a.txt")), "listMedia": answer(lambda: s3.list_objects_v2(Bucket=media)),
  "publish": answer(lambda: s3.put_object_acl(Bucket=statics, Key="static/a.txt", ACL="public-read")),
  "delete": answer(lambda: s3.delete_object(Bucket=statics, Key="static/a.txt")),
  "forget": forget(distribution), "forgetAnother": forget("EOTHER"),
  "changeCdn": answer(lambda: cloudfront.delete_distribution(Id=distribution, IfMatch="x")),
}))
`, { account: emulators.account, credentials, environment: { STATICS: statics, MEDIA: media, DISTRIBUTION: distribution } })).toEqual({
      inside: 'done',
      outside: 'AccessDenied',
      beside: 'AccessDenied',
      media: 'AccessDenied',
      underMedia: 'AccessDenied',
      readMedia: 'AccessDenied',
      listMedia: 'AccessDenied',
      publish: 'AccessDenied',
      delete: 'done',
      forget: 'done',
      forgetAnother: 'AccessDenied',
      changeCdn: 'AccessDenied',
    });
  });

  test('is told that it has no key as soon as it wants to know where a photo is', () => {
    expect(() => asRelease('shell', '-c', URL_OF_PHOTO))
      .toThrow(/ImproperlyConfigured: Both AWS_CLOUDFRONT_KEY_ID\/cloudfront_key_id and AWS_CLOUDFRONT_KEY\/cloudfront_key must be provided together/);
  });
});

describe('a task that gets the key', () => {
  let credentials: Credentials;
  let environment: Record<string, string>;
  let urls: { photo: string; oddName: string; soon: string };
  const publicKeys: Record<string, string> = {};

  /** What ECS does before it starts a container: settings as they are, secrets as the execution role may read them. */
  async function environmentOfContainer(): Promise<Record<string, string>> {
    const { taskDefinition } = await new ECSClient(emulators.account).send(new DescribeTaskDefinitionCommand({ taskDefinition: outputs.Task }));
    const { environment: settings = [], secrets = [] } = taskDefinition!.containerDefinitions![0];
    const reader = new SecretsManagerClient({ ...emulators.account, credentials: await credentialsOf(taskDefinition!.executionRoleArn!) });
    const read = await Promise.all(secrets.map(async ({ name, valueFrom }) => {
      const [, SecretId, field] = /^(arn:.+):(\w+)::$/.exec(valueFrom!)!;
      const { SecretString } = await reader.send(new GetSecretValueCommand({ SecretId }));
      return [name, JSON.parse(SecretString!)[field]];
    }));
    return Object.fromEntries([...settings.map(({ name, value }) => [name, value]), ...read]);
  }

  beforeAll(async () => {
    credentials = await credentialsOf(outputs.SiteRole);
    environment = await environmentOfContainer();
    urls = lastLine(manage(['shell', '-c', `
import json
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage as storage
photo = storage.save("photos/a.jpg", ContentFile(b"a photo"))
odd = storage.save("photos/Été & mer.jpg", ContentFile(b"another"))
print(json.dumps({"photo": storage.url(photo), "oddName": storage.url(odd), "soon": storage.url(photo, expire=60)}))
`], credentials, environment));
    const cloudFront = new CloudFrontClient(emulators.account);
    const { PublicKeyList } = await cloudFront.send(new ListPublicKeysCommand({}));
    for (const { Id } of PublicKeyList!.Items!) {
      const { PublicKey } = await cloudFront.send(new GetPublicKeyCommand({ Id }));
      publicKeys[Id!] = PublicKey!.PublicKeyConfig!.EncodedKey!;
    }
  });

  const publicKeyOf = (url: string) => publicKeys[new URL(url).searchParams.get('Key-Pair-Id')!];
  const now = () => Date.now() / 1000;

  test('has it as the settings of the CDN want it, with its id', () => {
    expect(environment.MEDIA_BUCKET).toBe(outputs.MediaBucket);
    expect(Object.keys(publicKeys)).toContain(environment.AWS_CLOUDFRONT_KEY_ID);
    expect(environment.AWS_CLOUDFRONT_KEY).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  });

  test('has it from ECS alone: the role of its own code may not read the secret', async () => {
    const { SecretList } = await new SecretsManagerClient(emulators.account).send(new ListSecretsCommand({}));
    expect(SecretList).toHaveLength(1);
    await expect(new SecretsManagerClient({ ...emulators.account, credentials }).send(new GetSecretValueCommand({ SecretId: SecretList![0].ARN })))
      .rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('signs by a key that the distribution trusts for media, and asks for no signature of static files', async () => {
    const cloudFront = new CloudFrontClient(emulators.account);
    const { DistributionConfig } = await cloudFront.send(new GetDistributionConfigCommand({ Id: outputs.Distribution }));
    const [media] = DistributionConfig!.CacheBehaviors!.Items!;
    expect(media).toMatchObject({ PathPattern: '/media/*', TrustedKeyGroups: { Enabled: true, Quantity: 1 } });
    expect(DistributionConfig!.DefaultCacheBehavior!.TrustedKeyGroups?.Quantity ?? 0).toBe(0); // where AWS says 0, the emulator says nothing
    const { KeyGroup } = await cloudFront.send(new GetKeyGroupCommand({ Id: media.TrustedKeyGroups!.Items![0] }));
    expect(KeyGroup!.KeyGroupConfig!.Items).toContain(new URL(urls.photo).searchParams.get('Key-Pair-Id'));
    expect(new URL(urls.photo).searchParams.get('Key-Pair-Id')).toBe(environment.AWS_CLOUDFRONT_KEY_ID);
  });

  test('signs the address of a photo on the CDN, which CloudFront\'s public key of that id confirms', () => {
    expect(signedIn(urls.photo).resource).toBe(`https://${outputs.Domain}/media/photos/a.jpg`);
    expect([...new URL(urls.photo).searchParams.keys()].sort()).toEqual(['Expires', 'Key-Pair-Id', 'Signature']);
    expect(isSignature(urls.photo, publicKeyOf(urls.photo))).toBe(true);
  });

  test('signs for an hour, or for as long as asked for', () => {
    expect(signedIn(urls.photo).expires).toBeGreaterThan(now() + 3300);
    expect(signedIn(urls.photo).expires).toBeLessThanOrEqual(now() + 3600);
    expect(signedIn(urls.soon).expires).toBeGreaterThan(now());
    expect(signedIn(urls.soon).expires).toBeLessThanOrEqual(now() + 60);
    expect(isSignature(urls.soon, publicKeyOf(urls.soon))).toBe(true);
  });

  test('signs that photo and that end, and nothing else', () => {
    const { resource, expires } = signedIn(urls.photo);
    const confirmed = (other: Partial<Signed>) => isSignature(urls.photo, publicKeyOf(urls.photo), { resource, expires, ...other });
    expect(confirmed({})).toBe(true);
    expect(confirmed({ resource: resource.replace('a.jpg', 'b.jpg') })).toBe(false);
    expect(confirmed({ resource: resource.replace(/[^/]+$/, '*') })).toBe(false);
    expect(confirmed({ expires: expires + 1 })).toBe(false);
  });

  test('signs by the key of today, not by the next one, which is trusted already', () => {
    const others = Object.keys(publicKeys).filter((id) => id !== environment.AWS_CLOUDFRONT_KEY_ID);
    expect(others).toHaveLength(1);
    expect(isSignature(urls.photo, publicKeys[others[0]])).toBe(false);
  });

  test('signs names with spaces, accents and ampersands as browsers ask for them', () => {
    const { resource } = signedIn(urls.oddName);
    expect(resource).toBe(`https://${outputs.Domain}/media/photos/%C3%89t%C3%A9%20%26%20mer.jpg`);
    expect(isSignature(urls.oddName, publicKeyOf(urls.oddName))).toBe(true);
  });

  test('is told if the package is not installed by which it would sign', () => {
    expect(() => manage(['shell', '-c', URL_OF_PHOTO], credentials, environment, false)).toThrow(/An RSA backend is required for signing cloudfront URLs/);
  });

  test('has addresses at which the CDN has the photos', async () => {
    expect(await visit(urls.photo)).toEqual({ status: 200, body: 'a photo' });
    expect(await visit(urls.oddName)).toEqual({ status: 200, body: 'another' });
  });
});

test('destroyed, it leaves neither a key nor its secret', async () => {
  await cdk.destroy(assembly);
  const cloudFront = new CloudFrontClient(emulators.account);
  expect((await cloudFront.send(new ListPublicKeysCommand({}))).PublicKeyList?.Items ?? []).toEqual([]);
  expect((await cloudFront.send(new ListKeyGroupsCommand({}))).KeyGroupList?.Items ?? []).toEqual([]);
  expect((await new SecretsManagerClient(emulators.account).send(new ListSecretsCommand({ IncludePlannedDeletion: true }))).SecretList).toEqual([]);
});
