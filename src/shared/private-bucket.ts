import { CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { collectProviderLogs } from './deployment-function';
import { OwnProps, seal, SealedProperties } from './guards';
import { unresolvedAlias } from './key-grants';
import { addOrWarn } from './resource-policies';
import { requireSameAccount, requireSameRegion } from './stacks';

export const PRIVATE_BUCKET_SEALED: SealedProperties = {
  'AWS::S3::Bucket': {
    refuse: ['bucketEncryption', 'ownershipControls', 'publicAccessBlockConfiguration'],
    warn: ['lifecycleConfiguration', 'loggingConfiguration', 'versioningConfiguration'],
  },
  'AWS::S3::BucketPolicy': { refuse: ['policyDocument'] },
};

export const PRIVATE_BUCKET_OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-s3.Bucket': [
    'accessControl', 'autoDeleteObjects', 'bucketKeyEnabled', 'encryptionKey', 'intelligentTieringConfigurations', 'objectLockDefaultRetention',
    'objectLockEnabled', 'publicReadAccess', 'serverAccessLogsBucket', 'serverAccessLogsPrefix', 'targetObjectKeyFormat',
  ],
  'aws-cdk-lib.aws-s3.BucketPolicy': ['document'],
  'aws-cdk-lib.core.CustomResource': [],
};

interface PrivateBucketProps extends Pick<s3.BucketProps, 'bucketName' | 'cors' | 'encryptionKey'> {
  readonly removalPolicy: RemovalPolicy;
  readonly accessLogs: s3.IBucket;
  /** After which objects are deleted for good: they have no versions then. */
  readonly expiration?: Duration;
  /** How long overwritten and deleted versions are kept; for ever if absent. */
  readonly oldVersions?: Duration;
  /** The number of them that are kept however old they are. */
  readonly oldVersionsKept?: number;
  /** Why there is no copy in another region. */
  readonly unreplicated: string;
}

/**
 * A bucket that nobody but the account can reach, over TLS 1.2 or newer, encrypted, versioned or expiring, logged, and without debris.
 */
export function privateBucket(scope: Construct, id: string, props: PrivateBucketProps): s3.Bucket {
  const bucket = closedBucket(scope, id, props.removalPolicy, {
    bucketName: props.bucketName,
    cors: props.cors,
    encryption: props.encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey: props.encryptionKey,
    bucketKeyEnabled: props.encryptionKey ? true : undefined, // one call to KMS for many objects
    versioned: props.expiration === undefined,
    lifecycleRules: [{
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      // A bucket that had versions keeps those from before when it has none any more: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VersioningWorkflows.html
      noncurrentVersionExpiration: props.oldVersions,
      noncurrentVersionsToRetain: props.oldVersionsKept,
      // With an age, S3 removes delete markers by themselves, and takes no word about them.
      ...(props.expiration ? { expiration: props.expiration } : { expiredObjectDeleteMarker: true }),
    }],
  });
  logAccess(scope, bucket, props.accessLogs, `${id}/`);
  acknowledge(bucket, {
    customerKeyOfBucket: props.encryptionKey ? undefined : 'S3 encrypts all objects with keys that it manages (SSE-S3): \'encryptionKey\' makes the key yours',
    replication: props.unreplicated,
    versioning: props.expiration && 'its objects are there for a time only, and are to be gone then: versions of them would stay',
  });
  seal(bucket, PRIVATE_BUCKET_SEALED);
  return bucket;
}

/**
 * Refuses a bucket for the access logs of buckets here that S3 delivers none to, mostly without an error.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function requireAccessLogsBucket(owner: Construct, bucket: s3.IBucket | undefined): void {
  if (!bucket) return;
  requireKeysOfS3(owner, bucket);
  const resource = bucket.node.defaultChild;
  if (s3.CfnBucket.isCfnBucket(resource) && (resource.objectLockEnabled ?? resource.objectLockConfiguration)) {
    throw new Error(`${owner.node.path}: 'accessLogsBucket' must be a bucket without Object Lock, got ${bucket.node.path}, which has it: S3 delivers no access logs into such a bucket`);
  }
  const because = 'S3 delivers access logs into buckets of the same region and account only';
  requireSameRegion({ owner, as: '\'accessLogsBucket\'', resource: bucket, because });
  requireSameAccount({ owner, as: '\'accessLogsBucket\'', resource: bucket, because });
}

/**
 * Refuses a bucket for logs that is encrypted by a key of KMS: S3 delivers no access logs there, and of the keys that AWS manages none to CloudWatch Logs, either.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
 */
export function requireKeysOfS3(owner: Construct, bucket: s3.IBucket): void {
  const key = kmsKeyOf(bucket);
  if (!key) return;
  throw new Error(
    `${owner.node.path}: 'accessLogsBucket' must be encrypted by keys that S3 manages (SSE-S3), got ${bucket.node.path}, which has the key ${key.name}: ` +
    'S3 delivers no access logs into a bucket with a key of KMS',
  );
}

interface BucketUse {
  /** The construct that the bucket was given to. */
  readonly owner: Construct;
  /** The property, or the call, in quotes or with brackets. */
  readonly as: string;
  /** The service that reads or writes objects. */
  readonly usedBy: string;
  /** What happens with a key that does not allow it. */
  readonly otherwise: string;
}

/**
 * Refuses a bucket whose objects a service cannot encrypt or decrypt, as AWS manages the key, such as aws/s3. That of an imported bucket is seen only where its
 * import names it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
 */
export function requireUsableBucketKey(bucket: s3.IBucket | undefined, { owner, as, usedBy, otherwise }: BucketUse): void {
  const key = bucket && kmsKeyOf(bucket);
  if (!key?.isOfAws) return;
  throw new Error(
    `${owner.node.path}: ${as} must be encrypted by keys that S3 manages, or by a key that you manage, got ${bucket!.node.path}, which has the key ${key.name}, which AWS manages: ` +
    `nobody can change its policy, and it does not allow ${usedBy}: ${otherwise}. Encrypt the bucket with BucketEncryption.S3_MANAGED or a kms.Key; objects that it has already keep their key until they are copied`,
  );
}

interface BucketKey {
  readonly name: string;
  /** Whether AWS manages it: nobody can change its policy, which is for identities of the account that use S3, and for no service. */
  readonly isOfAws: boolean;
}

/**
 * The key of KMS that a bucket encrypts by default, if any. Of an imported bucket, nobody knows it here unless it was said.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-serversideencryptionbydefault.html
 */
function kmsKeyOf(bucket: s3.IBucket): BucketKey | undefined {
  const { encryptionKey } = bucket;
  if (encryptionKey) {
    const alias = unresolvedAlias(encryptionKey);
    return isOfAws(alias) ? { name: alias!, isOfAws: true } : { name: encryptionKey.node.path, isOfAws: false };
  }
  const resource = bucket.node.defaultChild;
  const encryption = s3.CfnBucket.isCfnBucket(resource) ? Stack.of(bucket).resolve(resource.bucketEncryption) : undefined;
  const rules = encryption?.serverSideEncryptionConfiguration ?? [];
  const byDefault = rules.map((rule: s3.CfnBucket.ServerSideEncryptionRuleProperty) => rule.serverSideEncryptionByDefault)
    .find((each: s3.CfnBucket.ServerSideEncryptionByDefaultProperty | undefined) => each?.sseAlgorithm?.startsWith('aws:kms')); // aws:kms:dsse, too
  if (!byDefault) return undefined;
  const key = byDefault.kmsMasterKeyId ?? 'alias/aws/s3';
  return { name: typeof key === 'string' ? key : JSON.stringify(key), isOfAws: isOfAws(key) };
}

function isOfAws(key: unknown): boolean {
  return typeof key === 'string' && /(^|:)alias\/aws\//.test(key);
}

interface AccessLogBucketProps extends Required<Pick<PrivateBucketProps, 'removalPolicy' | 'oldVersions'>> {
  readonly retention: RetentionDays;
}

/**
 * Receives the access logs of other buckets, and keeps deleted ones for a while. S3 delivers them with keys that S3 manages only.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function accessLogBucket(scope: Construct, id: string, { removalPolicy, retention, oldVersions }: AccessLogBucketProps): s3.Bucket {
  const bucket = closedBucket(scope, id, removalPolicy, {
    encryption: s3.BucketEncryption.S3_MANAGED,
    versioned: true,
    lifecycleRules: [{
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      // With an age, S3 removes delete markers by themselves, and takes no word about them.
      ...(retention === RetentionDays.INFINITE ? { expiredObjectDeleteMarker: true } : { expiration: Duration.days(retention) }),
      noncurrentVersionExpiration: oldVersions,
    }],
  });
  acknowledge(bucket, {
    accessLog: 'it is the bucket for access logs: to log the delivery of logs would never end',
    customerKeyOfBucket: 'S3 delivers access logs only to buckets that it encrypts with keys that it manages (SSE-S3)',
    replication: 'no data is lost with access logs, and deleted ones are kept for a while: \'accessLogsBucket\' may be a bucket of yours that is replicated',
  });
  seal(bucket, PRIVATE_BUCKET_SEALED);
  return bucket;
}

/** A bucket that survives its stack still refuses plain HTTP; one that goes leaves no logs of its emptying behind. */
function closedBucket(scope: Construct, id: string, removalPolicy: RemovalPolicy, props: s3.BucketProps): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    ...props,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY ? true : undefined, // S3 deletes empty buckets only
  });
  bucket.policy?.applyRemovalPolicy(removalPolicy);
  if (removalPolicy === RemovalPolicy.DESTROY) collectProviderLogs(Stack.of(bucket), 'Custom::S3AutoDeleteObjects', 'empty a bucket', 'S3');
  return bucket;
}

/**
 * Sends what happens in a bucket to EventBridge by a property of the bucket. CDK's `eventBridgeEnabled` deploys a function only to flip
 * this switch; where that function is there already, for other notifications of the bucket, it is told instead.
 */
export function sendEventsToEventBridge(bucket: s3.Bucket): void {
  if (notificationsOf(bucket)) {
    bucket.enableEventBridgeNotification();
    return;
  }
  (bucket.node.defaultChild as s3.CfnBucket).addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', true);
  bucket.node.addValidation({
    validate: () => {
      const later = notificationsOf(bucket);
      return !later || JSON.stringify(Stack.of(bucket).resolve(later._toCloudFormation())).includes('EventBridgeConfiguration') ? [] : [
        'a notification was added to this bucket, for which CDK deploys a function that switches the events for EventBridge off: ' +
        'call enableEventBridgeNotification() on the bucket, too',
      ];
    },
  });
}

/** The custom resource by which CDK sets a bucket's notifications, if it has any. */
function notificationsOf(bucket: s3.Bucket): CfnResource | undefined {
  return bucket.node.tryFindChild('Notifications')?.node.tryFindChild('Resource') as CfnResource | undefined;
}

/** By a bucket policy: what CDK does without its feature flag, an access control list, is impossible where ownership is enforced. */
function logAccess(owner: Construct, bucket: s3.Bucket, destination: s3.IBucket, prefix: string): void {
  (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = { destinationBucketName: destination.bucketName, logFilePrefix: prefix };
  addOrWarn(destination, new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [destination.arnForObjects(`${prefix}*`)],
    conditions: {
      // A destination in another stack cannot name a bucket that names it.
      ...(Stack.of(destination) === Stack.of(bucket) ? { ArnLike: { 'aws:SourceArn': bucket.bucketArn } } : {}),
      StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account },
    },
  }), { owner, id: 'AccessLogsBucketPolicyUnchanged', otherwise: `no access log of ${bucket.node.path} arrives` });
}
