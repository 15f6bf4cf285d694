import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, CfnBucket, IBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { FlowLogs, HaVpc, StaticFiles, StaticMediaCdn, TerraformStateBackend, ThumbnailToWasabi } from '../../src';

// What S3 and log delivery refuse of a bucket that a construct is given, mostly without an error: by how the bucket is encrypted, and locked.

type Make = (stack: Stack) => IBucket;

const OF_AWS: [string, Make, string][] = [
  ['the key of AWS', (stack) => new Bucket(stack, 'Given', { encryption: BucketEncryption.KMS_MANAGED }), 'alias/aws/s3'],
  ['the key of AWS, twice', (stack) => new Bucket(stack, 'Given', { encryption: BucketEncryption.DSSE_MANAGED }), 'alias/aws/s3'],
  ['the key of AWS, by its alias', (stack) => new Bucket(stack, 'Given', { encryption: BucketEncryption.KMS, encryptionKey: Alias.fromAliasName(stack, 'Key', 'alias/aws/s3') }), 'alias/aws/s3'],
  ['the key of AWS, in an import', (stack) => Bucket.fromBucketAttributes(stack, 'Given', {
    bucketName: 'given', encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:alias/aws/s3'),
  }), 'alias/aws/s3'],
  ['the key of AWS, of an L1', (stack) => {
    const bucketEncryption = { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: 'arn:aws:kms:eu-west-1:111122223333:alias/aws/s3' } }] };
    return Bucket.fromCfnBucket(new CfnBucket(stack, 'Given', { bucketEncryption }));
  }, 'alias/aws/s3'],
];
const OF_MINE: [string, Make, string][] = [
  ['a key', (stack) => new Bucket(stack, 'Given', { bucketName: 'given', encryptionKey: new Key(stack, 'Key') }), 'Stack/Key'],
  ['a key, twice', (stack) => new Bucket(stack, 'Given', { bucketName: 'given', encryption: BucketEncryption.DSSE, encryptionKey: new Key(stack, 'Key') }), 'Stack/Key'],
];
const LOCKED: [string, Make][] = [
  ['a retention', (stack) => new Bucket(stack, 'Given', { objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(30)) })],
  ['Object Lock alone', (stack) => new Bucket(stack, 'Given', { objectLockEnabled: true })],
];
const FINE: [string, Make][] = [
  ['without a word', (stack) => new Bucket(stack, 'Given')],
  ['with keys of S3', (stack) => new Bucket(stack, 'Given', { encryption: BucketEncryption.S3_MANAGED })],
  ['that is imported', (stack) => Bucket.fromBucketName(stack, 'Given', 'given')],
];

function refusalOf(build: (stack: Stack, bucket: IBucket) => void, make: Make): string | undefined {
  const stack = new Stack(new App(), 'Stack');
  const given = make(stack);
  const before = stack.node.findAll().length;
  try {
    build(stack, given);
    return undefined;
  } catch (error) {
    expect(stack.node.findAll().length - before).toBeLessThanOrEqual(2); // the construct itself, and the credentials of the archive
    return (error as Error).message;
  }
}

describe.each<[string, (stack: Stack, bucket: IBucket) => void]>([
  ['StaticMediaCdn', (stack, accessLogsBucket) => new StaticMediaCdn(stack, 'Subject', { accessLogsBucket })],
  ['TerraformStateBackend', (stack, accessLogsBucket) => new TerraformStateBackend(stack, 'Subject', { accessLogsBucket })],
  ['ThumbnailToWasabi', (stack, accessLogsBucket) => new ThumbnailToWasabi(stack, 'Subject', {
    accessLogsBucket, wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'wasabi'),
  })],
])('the bucket for access logs of %s', (_, build) => {
  test.each([...OF_AWS, ...OF_MINE])('is refused with %s of KMS', (__, make, key) => {
    expect(refusalOf(build, make)).toMatch(/^Stack\/Subject: 'accessLogsBucket' must be encrypted by keys that S3 manages \(SSE-S3\), got Stack\/Given(\/@FromCfnBucket)?, which has the key .*: S3 delivers no access logs/);
    expect(refusalOf(build, make)).toContain(key);
  });

  test.each(LOCKED)('is refused with %s', (__, make) => {
    expect(refusalOf(build, make)).toMatch(/^Stack\/Subject: 'accessLogsBucket' must be a bucket without Object Lock, got Stack\/Given, which has it/);
  });

  test.each(FINE)('is accepted %s', (__, make) => {
    expect(refusalOf(build, make)).toBeUndefined();
  });
});

describe('the bucket for logs of a CDN alone, which CloudWatch Logs delivers', () => {
  const build = (stack: Stack, accessLogsBucket: IBucket) => new StaticMediaCdn(stack, 'Subject', {
    accessLogsBucket, mediaBucket: new Bucket(stack, 'Media'), appDomain: 'app.example.org', staticFiles: StaticFiles.fromApp(),
  });

  test('may be locked, or in another region, as S3 itself delivers nothing there', () => {
    expect(refusalOf(build, LOCKED[0][1])).toBeUndefined();
    expect(refusalOf(build, (stack) => Bucket.fromBucketAttributes(stack, 'Given', { bucketName: 'given', region: 'us-west-2' }))).toBeUndefined();
  });

  test('has no key of KMS, either', () => {
    expect(() => build(...withBucket(OF_AWS[0][1]))).toThrow(/which has the key alias\/aws\/s3/);
  });
});

function withBucket(make: Make): [Stack, IBucket] {
  const stack = new Stack(new App(), 'Stack');
  return [stack, make(stack)];
}

describe.each<[string, string, (stack: Stack, bucket: IBucket) => void]>([
  ['CloudFront', "'mediaBucket'", (stack, mediaBucket) => new StaticMediaCdn(stack, 'Subject', { mediaBucket })],
  ['CloudFront', "'staticBucket'", (stack, staticBucket) => new StaticMediaCdn(stack, 'Subject', { staticBucket })],
  ['the delivery of logs', 'FlowLogs.toS3()', (stack, bucket) => new HaVpc(stack, 'Subject', { flowLogs: FlowLogs.toS3(bucket) })],
])('a bucket that %s uses, as %s', (usedBy, as, build) => {
  test.each(OF_AWS)('is refused with %s, whose policy nobody can change', (_, make, key) => {
    const refusal = refusalOf(build, make)!;
    expect(refusal).toContain(`Stack/Subject: ${as} must be encrypted by keys that S3 manages, or by a key that you manage, got Stack/Given`);
    expect(refusal).toContain(key);
    expect(refusal).toContain(`it does not allow ${usedBy}: `);
  });

  test.each<[string, Make]>([...FINE, ...OF_MINE.map(([what, make]): [string, Make] => [`with ${what} of yours`, make])])('is accepted %s', (_, make) => {
    expect(refusalOf(build, make)).toBeUndefined();
  });
});

test('versions that a bucket had before its files expire go as old versions do', () => {
  const stack = new Stack(new App(), 'Stack');
  new StaticMediaCdn(stack, 'Subject', { mediaExpiration: Duration.days(90), noncurrentVersionExpiration: Duration.days(30), removalPolicy: RemovalPolicy.RETAIN });
  const media = stack.node.findChild('Subject').node.findChild('Media').node.defaultChild as CfnBucket;
  expect(stack.resolve(media.lifecycleConfiguration).rules).toEqual([{
    status: 'Enabled', abortIncompleteMultipartUpload: { daysAfterInitiation: 7 }, expirationInDays: 90, noncurrentVersionExpiration: { noncurrentDays: 30 },
  }]);
});
