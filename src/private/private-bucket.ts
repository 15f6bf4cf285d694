import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

interface PrivateBucketProps {
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy: RemovalPolicy;
  readonly accessLogs: s3.IBucket;
  /** How long overwritten and deleted versions are kept; for ever if absent. */
  readonly oldVersions?: Duration;
}

/**
 * A bucket that nobody but the account can reach, over TLS 1.2 or newer, encrypted, versioned, logged, and without debris.
 */
export function privateBucket(scope: Construct, id: string, props: PrivateBucketProps): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    ...closed(props.removalPolicy),
    encryption: props.encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey: props.encryptionKey,
    bucketKeyEnabled: props.encryptionKey ? true : undefined, // one call to KMS for many objects
    versioned: true,
    lifecycleRules: [{
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      expiredObjectDeleteMarker: true,
      noncurrentVersionExpiration: props.oldVersions,
    }],
  });
  keepPolicyWithBucket(bucket, props.removalPolicy);
  logAccess(bucket, props.accessLogs, `${id}/`);
  return bucket;
}

/**
 * Receives the access logs of other buckets. S3 delivers them with keys that S3 manages only.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function accessLogBucket(scope: Construct, id: string, removalPolicy: RemovalPolicy, retention: RetentionDays): s3.Bucket {
  const bucket = new s3.Bucket(scope, id, {
    ...closed(removalPolicy),
    encryption: s3.BucketEncryption.S3_MANAGED,
    lifecycleRules: [{
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      expiration: retention === RetentionDays.INFINITE ? undefined : Duration.days(retention),
    }],
  });
  keepPolicyWithBucket(bucket, removalPolicy);
  return bucket;
}

function closed(removalPolicy: RemovalPolicy): s3.BucketProps {
  return {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy,
    autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY ? true : undefined, // S3 deletes empty buckets only
  };
}

/** A bucket that survives its stack still refuses plain HTTP. */
function keepPolicyWithBucket(bucket: s3.Bucket, removalPolicy: RemovalPolicy): void {
  bucket.policy?.applyRemovalPolicy(removalPolicy);
}

/** By a bucket policy: what CDK does without its feature flag, an access control list, is impossible where ownership is enforced. */
function logAccess(bucket: s3.Bucket, destination: s3.IBucket, prefix: string): void {
  (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = { destinationBucketName: destination.bucketName, logFilePrefix: prefix };
  destination.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [destination.arnForObjects(`${prefix}*`)],
    conditions: { ArnLike: { 'aws:SourceArn': bucket.bucketArn }, StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account } },
  }));
}
