import { mkdirSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ACMClient, DescribeCertificateCommand, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { CloudFrontClient, GetInvalidationCommand, ListInvalidationsCommand } from '@aws-sdk/client-cloudfront';
import { CloudWatchLogsClient, DescribeDeliveriesCommand, DescribeDeliverySourcesCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { CreateHostedZoneCommand, ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { GetBucketVersioningCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ANSWER, answerOf } from './python';
import { Cdk } from '../emulator/cdk';
import { describeStack } from '../emulator/deployed-stack';
import { Credentials, Emulators, startEmulators } from '../emulator/emulators';
import { ROOT } from '../emulator/repository';

const ENVIRONMENTS = ['Staging', 'Preprod', 'Production'];
const EDGE = 'us-east-1';

// The lifecycle of the example: each test starts from what the test before it left.
let emulators: Emulators;
let cdk: Cdk;
let zoneId: string;
let assembly: string;

beforeAll(async () => {
  emulators = await startEmulators();
  const { HostedZone } = await new Route53Client(emulators.account).send(new CreateHostedZoneCommand({ Name: 'example.education', CallerReference: 'test' }));
  zoneId = HostedZone!.Id!.split('/').at(-1)!;
  cdk = new Cdk(emulators, join(ROOT, 'examples', 'site-media-cdn'));
  await cdk.bootstrap();
  assembly = await cdk.synth({ hostedZoneId: zoneId });
  await cdk.deploy(assembly);
});

afterAll(() => emulators?.stop());

const inEdgeRegion = () => ({ ...emulators.account, region: EDGE });

async function records(): Promise<Map<string, string>> {
  const { ResourceRecordSets = [] } = await new Route53Client(emulators.account).send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }));
  return new Map(ResourceRecordSets.map(({ Name, Type, ResourceRecords, AliasTarget }) => [
    `${Type} ${Name}`, ResourceRecords?.[0].Value ?? AliasTarget?.DNSName ?? '',
  ]));
}

test('each environment has a certificate of its own, in us-east-1 and nowhere else', async () => {
  const acm = new ACMClient(inEdgeRegion());
  const { CertificateSummaryList = [] } = await acm.send(new ListCertificatesCommand({}));
  const described = CertificateSummaryList.map(({ CertificateArn }) => acm.send(new DescribeCertificateCommand({ CertificateArn })));
  const certificates = await Promise.all(described);
  expect(certificates.map(({ Certificate }) => [Certificate!.DomainName, Certificate!.Status]).sort()).toEqual([
    ['cdn-preprod.example.education', 'ISSUED'], ['cdn-staging.example.education', 'ISSUED'], ['cdn.example.education', 'ISSUED'],
  ]);
  const known = await records();
  for (const { Certificate } of certificates) {
    const { Name, Value } = Certificate!.DomainValidationOptions![0].ResourceRecord!;
    expect(known.get(`CNAME ${Name}`)).toBe(Value);
  }
});

test('each domain leads to a distribution, by IPv4 and IPv6', async () => {
  const known = await records();
  for (const name of ['cdn', 'cdn-staging', 'cdn-preprod']) {
    expect(known.get(`A ${name}.example.education.`)).toMatch(/\.cloudfront\.net\.?$/);
    expect(known.get(`AAAA ${name}.example.education.`)).toBe(known.get(`A ${name}.example.education.`));
  }
});

test('Terraform has a place for the state of each environment, which is locked by a table', async () => {
  const { outputs } = await describeStack(emulators.account, 'Shared');
  for (const environment of ENVIRONMENTS) {
    expect(outputs[`TerraformBackendOf${environment}`]).toMatch(new RegExp(`key += "${environment.toLowerCase()}/terraform.tfstate"`));
  }
  const [, bucket] = /bucket += "([^"]+)"/.exec(outputs.TerraformBackendOfStaging)!;
  const [, table] = /dynamodb_table += "([^"]+)"/.exec(outputs.TerraformBackendOfStaging)!;
  const { Status } = await new S3Client(emulators.account).send(new GetBucketVersioningCommand({ Bucket: bucket }));
  expect(Status).toBe('Enabled');
  const { Table } = await new DynamoDBClient(emulators.account).send(new DescribeTableCommand({ TableName: table }));
  expect(Table!.KeySchema).toEqual([{ AttributeName: 'LockID', KeyType: 'HASH' }]);
});

test('each CDN delivers its logs from us-east-1', async () => {
  const logs = new CloudWatchLogsClient(inEdgeRegion());
  const { deliverySources = [] } = await logs.send(new DescribeDeliverySourcesCommand({}));
  const { deliveries = [] } = await logs.send(new DescribeDeliveriesCommand({}));
  expect(deliverySources).toHaveLength(3);
  expect(deliveries.map(({ deliverySourceName }) => deliverySourceName).sort()).toEqual(deliverySources.map(({ name }) => name).sort());
});

describe.each(ENVIRONMENTS)('in %s, the site', (environment) => {
  let outputs: Record<string, string>;
  let credentials: Credentials;

  beforeAll(async () => {
    ({ outputs } = await describeStack(emulators.account, environment));
    const { Credentials: taken } = await new STSClient(emulators.account).send(new AssumeRoleCommand({ RoleArn: outputs.SiteRoleArn, RoleSessionName: 'site' }));
    credentials = { accessKeyId: taken!.AccessKeyId!, secretAccessKey: taken!.SecretAccessKey!, sessionToken: taken!.SessionToken };
  });

  /** Python under the role of the site: prints what it found as JSON. */
  function asSite(script: string): any {
    const { MediaBucket: MEDIA_BUCKET, DjangoSettings: SETTINGS } = outputs;
    return answerOf(script, { account: emulators.account, credentials, environment: { MEDIA_BUCKET, SETTINGS } });
  }

  test('stores files by django-storages with the settings that the CDN prints', () => {
    expect(asSite(`
import json, os
from django.conf import settings
made = {}
exec(os.environ["SETTINGS"], made)
settings.configure(STORAGES=made["STORAGES"], MEDIA_URL=made["MEDIA_URL"], STATIC_URL=made["STATIC_URL"])
import django; django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage as storage
first = storage.save("photos/a.jpg", ContentFile(b"one"))
second = storage.save("photos/a.jpg", ContentFile(b"two"))
read = storage.open(first).read().decode()
listed = storage.listdir("photos")
url = storage.url(first)
there = storage.exists(first)
storage.delete(first)
print(json.dumps({"first": first, "isAnother": second != first, "read": read, "listed": sorted(listed[1]) == sorted([first[7:], second[7:]]),
                  "url": url, "there": there, "gone": not storage.exists(first)}))
`)).toEqual({
      first: 'photos/a.jpg', isAnother: true, read: 'one', listed: true, url: `https://${outputs.CloudFrontDomain}/media/photos/a.jpg`, there: true, gone: true,
    });
  });

  test('reads, writes, lists and deletes media by boto3, in parts, too, and nothing else', () => {
    expect(asSite(`
import json, os, boto3
from boto3.s3.transfer import TransferConfig
from io import BytesIO
${ANSWER}
s3, bucket = boto3.client("s3"), os.environ["MEDIA_BUCKET"]
large = BytesIO(b"x" * 6 * 1024 * 1024)
print(json.dumps({
  "put": answer(lambda: s3.put_object(Bucket=bucket, Key="media/b.txt", Body=b"b")),
  "putLarge": answer(lambda: s3.upload_fileobj(large, bucket, "media/c.bin", Config=TransferConfig(multipart_threshold=5 * 1024 * 1024))),
  "get": answer(lambda: s3.get_object(Bucket=bucket, Key="media/b.txt")),
  "list": answer(lambda: s3.list_objects_v2(Bucket=bucket, Prefix="media/")),
  "missing": answer(lambda: s3.head_object(Bucket=bucket, Key="media/none.txt")),
  "delete": answer(lambda: s3.delete_object(Bucket=bucket, Key="media/c.bin")),
  "putOutside": answer(lambda: s3.put_object(Bucket=bucket, Key="b.txt", Body=b"b")),
  "putBeside": answer(lambda: s3.put_object(Bucket=bucket, Key="media2/b.txt", Body=b"b")),
  "publish": answer(lambda: s3.put_object_acl(Bucket=bucket, Key="media/b.txt", ACL="public-read")),
  "versions": answer(lambda: s3.list_object_versions(Bucket=bucket)),
  "policy": answer(lambda: s3.put_bucket_policy(Bucket=bucket, Policy="{}")),
  "buckets": answer(lambda: s3.list_buckets()),
}))
`)).toEqual({
      put: 'done',
      putLarge: 'done',
      get: 'done',
      list: 'done',
      missing: '404',
      delete: 'done',
      putOutside: 'AccessDenied',
      putBeside: 'AccessDenied',
      publish: 'AccessDenied',
      versions: 'AccessDenied',
      policy: 'AccessDenied',
      buckets: 'AccessDenied',
    });
  });
});

describe('in production, static files', () => {
  const only = async (prefix: string) => {
    const { resources } = await describeStack(emulators.account, 'Production');
    return Object.entries(resources).find(([id]) => new RegExp(`^${prefix}[0-9A-F]{8}$`).test(id))![1];
  };
  const s3 = () => new S3Client(emulators.account);
  const keys = async () => {
    const { Contents = [] } = await s3().send(new ListObjectsV2Command({ Bucket: await only('CdnStatic') }));
    return Contents.map(({ Key }) => Key).sort();
  };
  const heads = async (Key: string) => {
    const { ContentType, CacheControl } = await s3().send(new HeadObjectCommand({ Bucket: await only('CdnStatic'), Key }));
    return [ContentType, CacheControl];
  };

  /** The paths that the CDN was told to forget, of each time. */
  async function forgotten(): Promise<string[][]> {
    const cloudFront = new CloudFrontClient(emulators.account);
    const DistributionId = await only('CdnDistribution');
    const { InvalidationList } = await cloudFront.send(new ListInvalidationsCommand({ DistributionId }));
    const answers = (InvalidationList?.Items ?? []).map(({ Id }) => cloudFront.send(new GetInvalidationCommand({ DistributionId, Id })));
    return (await Promise.all(answers)).map(({ Invalidation }) => Invalidation!.InvalidationBatch!.Paths!.Items!);
  }

  async function release(name: string, files: Record<string, string>): Promise<void> {
    const folder = join(emulators.folder, name);
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    assembly = await cdk.synth({ hostedZoneId: zoneId, staticFolder: folder });
    await cdk.deploy(assembly);
  }

  test('are in the bucket, with how long they are kept', async () => {
    expect(await keys()).toEqual(['static/maintenance.html', 'static/site.3f2a9c1b.css']);
    expect(await heads('static/maintenance.html')).toEqual(['text/html; charset=utf-8', 'public, max-age=60, s-maxage=3600']);
    expect(await heads('static/site.3f2a9c1b.css')).toEqual(['text/css; charset=utf-8', 'public, max-age=31536000, immutable']);
    expect(await forgotten()).toEqual([['/static/maintenance.html*']]);
  });

  test('of another release come beside those that browsers still want, and the CDN forgets what changed', async () => {
    await release('next', { 'maintenance.html': 'sooner', 'site.77777aaa.css': 'body {}' });
    expect(await keys()).toEqual(['static/maintenance.html', 'static/site.3f2a9c1b.css', 'static/site.77777aaa.css']);
    const { Body } = await s3().send(new GetObjectCommand({ Bucket: await only('CdnStatic'), Key: 'static/maintenance.html' }));
    expect(await Body!.transformToString()).toBe('sooner');
    expect(await forgotten()).toEqual([['/static/maintenance.html*'], ['/static/maintenance.html*']]);
  });

  test('that did not change are left alone', async () => {
    await release('again', { 'maintenance.html': 'sooner', 'site.77777aaa.css': 'body {}', 'site.88888bbb.css': 'body { color: red }' });
    expect(await keys()).toContain('static/site.88888bbb.css');
    expect(await forgotten()).toHaveLength(2);
  });
});

describe('an access key', () => {
  const usersAndSecrets = async () => {
    const { Users = [] } = await new IAMClient(emulators.account).send(new ListUsersCommand({}));
    const { SecretList = [] } = await new SecretsManagerClient(emulators.account).send(new ListSecretsCommand({}));
    return [Users.length, SecretList.length];
  };

  /** As the site's own settings would read it. */
  async function keyOf(environment: string): Promise<Credentials> {
    const { outputs } = await describeStack(emulators.account, environment);
    const secrets = new SecretsManagerClient(emulators.account);
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: outputs.AccessKeySecretArn }));
    const { DJANGO_AWS_ACCESS_KEY_ID: accessKeyId, DJANGO_AWS_SECRET_ACCESS_KEY: secretAccessKey } = JSON.parse(SecretString!);
    return { accessKeyId, secretAccessKey };
  }

  /** What boto3 may do by a key. */
  const tried = (credentials: Credentials, bucket: string, another: string) => answerOf(`
import json, os, boto3
${ANSWER}
s3, bucket, another = boto3.client("s3"), os.environ["MEDIA_BUCKET"], os.environ["ANOTHER_BUCKET"]
print(json.dumps({
  "put": answer(lambda: s3.put_object(Bucket=bucket, Key="media/key.txt", Body=b"k")),
  "get": answer(lambda: s3.get_object(Bucket=bucket, Key="media/key.txt")),
  "list": answer(lambda: s3.list_objects_v2(Bucket=bucket, Prefix="media/")),
  "delete": answer(lambda: s3.delete_object(Bucket=bucket, Key="media/key.txt")),
  "putOutside": answer(lambda: s3.put_object(Bucket=bucket, Key="key.txt", Body=b"k")),
  "putBeside": answer(lambda: s3.put_object(Bucket=bucket, Key="media2/key.txt", Body=b"k")),
  "putElsewhere": answer(lambda: s3.put_object(Bucket=another, Key="media/key.txt", Body=b"k")),
  "getElsewhere": answer(lambda: s3.get_object(Bucket=another, Key="media/b.txt")),
  "publish": answer(lambda: s3.put_object_acl(Bucket=bucket, Key="media/b.txt", ACL="public-read")),
  "buckets": answer(lambda: s3.list_buckets()),
  "secrets": answer(lambda: boto3.client("secretsmanager").list_secrets()),
  "anotherKey": answer(lambda: boto3.client("iam").create_access_key()),
}))
`, { account: emulators.account, credentials, environment: { MEDIA_BUCKET: bucket, ANOTHER_BUCKET: another } });

  test('is there for nobody who does not ask for it', async () => {
    expect(await usersAndSecrets()).toEqual([0, 0]);
  });

  test('comes with \'accessKey\', one for each environment, and no template and no output shows it', async () => {
    assembly = await cdk.synth({ hostedZoneId: zoneId, staticFolder: join(emulators.folder, 'again'), accessKey: 'true' });
    await cdk.deploy(assembly);
    expect(await usersAndSecrets()).toEqual([3, 3]);
    for (const environment of ENVIRONMENTS) {
      const { outputs } = await describeStack(emulators.account, environment);
      const { accessKeyId, secretAccessKey } = await keyOf(environment);
      expect(secretAccessKey).toMatch(/^\S{40}$/);
      expect(JSON.stringify(outputs)).not.toContain(secretAccessKey);
      expect(JSON.stringify(outputs)).not.toContain(accessKeyId);
      expect(readFileSync(join(assembly, `${environment}.template.json`), 'utf8')).not.toContain(secretAccessKey);
    }
  });

  test('reads, writes, lists and deletes media by boto3, and nothing else, not even media of another environment', async () => {
    const { outputs: { MediaBucket } } = await describeStack(emulators.account, 'Staging');
    const { outputs: { MediaBucket: another } } = await describeStack(emulators.account, 'Production');
    expect(tried(await keyOf('Staging'), MediaBucket, another)).toEqual({
      put: 'done',
      get: 'done',
      list: 'done',
      delete: 'done',
      putOutside: 'AccessDenied',
      putBeside: 'AccessDenied',
      putElsewhere: 'AccessDenied',
      getElsewhere: 'AccessDenied',
      publish: 'AccessDenied',
      buckets: 'AccessDenied',
      secrets: 'AccessDeniedException',
      anotherKey: 'AccessDenied',
    });
  });

  test('of which the secret half is wrong lets nobody in', async () => {
    const { outputs: { MediaBucket } } = await describeStack(emulators.account, 'Staging');
    const key = await keyOf('Staging');
    const last = key.secretAccessKey.at(-1) === 'a' ? 'b' : 'a';
    const answers = tried({ ...key, secretAccessKey: key.secretAccessKey.slice(0, -1) + last }, MediaBucket, MediaBucket);
    expect([answers.put, answers.get, answers.list]).toEqual(['SignatureDoesNotMatch', 'SignatureDoesNotMatch', 'SignatureDoesNotMatch']);
  });
});

test('destroyed, it leaves what holds data, and no certificate, access key, record of the domain or log delivery', async () => {
  await cdk.destroy(assembly);
  const { CertificateSummaryList } = await new ACMClient(inEdgeRegion()).send(new ListCertificatesCommand({}));
  expect(CertificateSummaryList).toEqual([]);
  expect((await new IAMClient(emulators.account).send(new ListUsersCommand({}))).Users).toEqual([]);
  expect((await new SecretsManagerClient(emulators.account).send(new ListSecretsCommand({ IncludePlannedDeletion: true }))).SecretList).toEqual([]);
  expect((await new CloudWatchLogsClient(inEdgeRegion()).send(new DescribeDeliverySourcesCommand({}))).deliverySources ?? []).toEqual([]);
  expect([...(await records()).keys()].filter((key) => /^(A|AAAA) /.test(key))).toEqual([]);
});
