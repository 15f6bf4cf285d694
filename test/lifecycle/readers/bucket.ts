import {
  GetBucketAclCommand, GetBucketCorsCommand, GetBucketEncryptionCommand, GetBucketLifecycleConfigurationCommand, GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand, GetBucketOwnershipControlsCommand, GetBucketPolicyCommand, GetBucketTaggingCommand,
  GetBucketVersioningCommand, GetPublicAccessBlockCommand, Grant, LifecycleRule, S3ServiceException, ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { parsed, Reader } from './reader';

export const readBucket: Reader = async ({ physicalId }, { s3 }) => {
  const bucket = { Bucket: physicalId };
  const [acl, cors, encryption, lifecycle, logging, notifications, ownership, publicAccess, tags, versioning] = await Promise.all([
    s3.send(new GetBucketAclCommand(bucket)),
    unlessAbsent(s3.send(new GetBucketCorsCommand(bucket))),
    unlessAbsent(s3.send(new GetBucketEncryptionCommand(bucket))),
    unlessAbsent(s3.send(new GetBucketLifecycleConfigurationCommand(bucket))),
    s3.send(new GetBucketLoggingCommand(bucket)),
    s3.send(new GetBucketNotificationConfigurationCommand(bucket)),
    unlessAbsent(s3.send(new GetBucketOwnershipControlsCommand(bucket))),
    unlessAbsent(s3.send(new GetPublicAccessBlockCommand(bucket))),
    unlessAbsent(s3.send(new GetBucketTaggingCommand(bucket))),
    s3.send(new GetBucketVersioningCommand(bucket)),
  ]);
  return {
    AccessControl: cannedAcl(acl.Grants!),
    BucketEncryption: encryption && { ServerSideEncryptionConfiguration: encryption.ServerSideEncryptionConfiguration!.Rules!.map(encryptionRule) },
    BucketName: physicalId, // which has answered
    CorsConfiguration: cors && { CorsRules: cors.CORSRules!.map(({ MaxAgeSeconds, ...rule }) => ({ ...rule, MaxAge: MaxAgeSeconds })) },
    LifecycleConfiguration: lifecycle && { Rules: lifecycle.Rules!.map(lifecycleRule) },
    LoggingConfiguration: logging.LoggingEnabled && {
      DestinationBucketName: logging.LoggingEnabled.TargetBucket, LogFilePrefix: logging.LoggingEnabled.TargetPrefix,
    },
    NotificationConfiguration: { EventBridgeConfiguration: notifications.EventBridgeConfiguration && { EventBridgeEnabled: true } },
    OwnershipControls: ownership?.OwnershipControls,
    PublicAccessBlockConfiguration: publicAccess?.PublicAccessBlockConfiguration,
    Tags: tags?.TagSet,
    VersioningConfiguration: versioning.Status && { Status: versioning.Status },
  };
};

export const readBucketPolicy: Reader = async ({ properties: { Bucket } }, { s3 }) => {
  const answer = await unlessAbsent(s3.send(new GetBucketPolicyCommand({ Bucket })));
  return { Bucket: answer && Bucket, PolicyDocument: parsed(answer?.Policy) };
};

function encryptionRule({ ApplyServerSideEncryptionByDefault, BucketKeyEnabled }: ServerSideEncryptionRule): object {
  return { ServerSideEncryptionByDefault: ApplyServerSideEncryptionByDefault, BucketKeyEnabled };
}

function lifecycleRule({ ID, Expiration, ...rule }: LifecycleRule): object {
  return { ...rule, Id: ID, ExpirationInDays: Expiration?.Days, ExpiredObjectDeleteMarker: Expiration?.ExpiredObjectDeleteMarker };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */
function cannedAcl(grants: Grant[]): string | undefined {
  const toGroups = grants.flatMap(({ Grantee, Permission }) => (Grantee?.URI ? [`${Grantee.URI.split('/').at(-1)} ${Permission}`] : [])).sort();
  if (toGroups.length === 0) return 'Private';
  return toGroups.join() === 'LogDelivery READ_ACP,LogDelivery WRITE' ? 'LogDeliveryWrite' : undefined;
}

/** S3 says "not found" of what was never configured. */
async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== 'NoSuchBucket') return undefined;
    throw error;
  }
}
