import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/** What `TerraformStateBackend` creates, written with L2s by somebody who knows how. */
export function terraformStateBackendByHand(scope: Construct, id: string): void {
  const part = new Construct(scope, id);
  const encryptionKey = new kms.Key(part, 'Key', { description: `Terraform state of ${id}`, enableKeyRotation: true, removalPolicy });
  const closed: s3.BucketProps = {
    versioned: true,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    removalPolicy,
  };
  const oldVersions = { abortIncompleteMultipartUploadAfter: Duration.days(7), noncurrentVersionExpiration: Duration.days(7) };
  const accessLogs = new s3.Bucket(part, 'AccessLogs', {
    ...closed,
    encryption: s3.BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ ...oldVersions, expiration: Duration.days(365) }],
  });
  accessLogs.policy!.applyRemovalPolicy(removalPolicy);
  const bucket = new s3.Bucket(part, 'Bucket', {
    ...closed,
    encryption: s3.BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    lifecycleRules: [{ ...oldVersions, expiredObjectDeleteMarker: true, noncurrentVersionsToRetain: 10 }],
  });
  bucket.policy!.applyRemovalPolicy(removalPolicy);
  logAccess(bucket, accessLogs);

  const deny = (actions: string[], resource: string, conditions?: iam.Conditions) => bucket.addToResourcePolicy(new iam.PolicyStatement({
    effect: iam.Effect.DENY, principals: [new iam.AnyPrincipal()], actions, resources: [resource], conditions,
  }));
  const other = (header: string, value: string) => ({ StringNotEquals: { [header]: value }, Null: { [header]: 'false' } });
  deny(['s3:DeleteBucket'], bucket.bucketArn);
  deny(['s3:DeleteObjectVersion'], bucket.arnForObjects('*'));
  deny(['s3:PutObject'], bucket.arnForObjects('*'), other('s3:x-amz-server-side-encryption', 'aws:kms'));
  deny(['s3:PutObject'], bucket.arnForObjects('*'), other('s3:x-amz-server-side-encryption-aws-kms-key-id', encryptionKey.keyArn));
}

/** The props of the L2 would need a feature flag for this, or an access control list. */
function logAccess(bucket: s3.Bucket, destination: s3.Bucket): void {
  (bucket.node.defaultChild as s3.CfnBucket).loggingConfiguration = { destinationBucketName: destination.bucketName, logFilePrefix: 'Bucket/' };
  destination.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [destination.arnForObjects('Bucket/*')],
    conditions: { ArnLike: { 'aws:SourceArn': bucket.bucketArn }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  }));
}
