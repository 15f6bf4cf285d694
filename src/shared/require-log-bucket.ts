import { IBucket } from 'aws-cdk-lib/aws-s3';

/**
 * Refuses a bucket that S3 would deliver no access logs to, and tell nobody.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
 */
export function requireLogBucket(where: string, bucket: IBucket | undefined): void {
  if (bucket?.encryptionKey === undefined) return;
  throw new Error(
    `${where}: 'accessLogsBucket' must be encrypted by keys that S3 manages (SSE-S3), got ${bucket.node.path}, which has the key ${bucket.encryptionKey.node.path}: ` +
    'S3 delivers no access logs into a bucket with a key of KMS',
  );
}
