import * as iam from 'aws-cdk-lib/aws-iam';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge';
import { grantKey } from './key-grants';

/** What reads objects. */
export const READ = { actions: ['s3:GetObject'], keyActions: ['kms:Decrypt'] };

/** What reads, writes and deletes objects. In a bucket with versions, a deleted object is retained as an old version, which these cannot delete. */
export const READ_WRITE = {
  actions: ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'],
  keyActions: ['kms:Decrypt', 'kms:GenerateDataKey'],
};

interface ObjectGrant {
  /** The keys of the objects, as patterns, such as `media/*`. */
  readonly keys: string[];
  /** On the objects. */
  readonly actions: string[];
  /**
   * With the key of the bucket, if it has one.
   *
   * @default - none
   */
  readonly keyActions?: string[];
  /**
   * Which keys may be listed. Without the permission to list, S3 answers 403 instead of 404 for an object that does not exist.
   *
   * `matching` lists with a prefix that is in `keys` only, as listings of a folder do; HeadObject and GetObject have no prefix, so that they
   * are still answered with 403.
   *
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
   * @default - none
   */
  readonly list?: 'all' | 'matching';
}

/**
 * Allows an identity actions on objects of a bucket, and on what is needed with them: the key, and the list of objects.
 */
export function grantObjects(bucket: IBucket, grantee: iam.IGrantable, { keys, actions, keyActions = [], list }: ObjectGrant): iam.Grant {
  const allow = (on: string[], resourceArns: string[], conditions?: Record<string, Record<string, unknown>>) => {
    const grant = iam.Grant.addToPrincipalOrResource({ grantee, actions: on, resourceArns, resource: bucket, conditions });
    // CDK leaves the conditions out where the statement goes into the bucket's policy, for a grantee of another account.
    if (conditions) grant.resourceStatement?.addConditions(conditions);
    return grant;
  };
  const objects = keys.map((key) => bucket.arnForObjects(key));
  acknowledgeWildcards(grantee, objects.filter((_, index) => keys[index].includes('*')));
  return [
    ...list ? [allow(['s3:ListBucket'], [bucket.bucketArn], list === 'matching' ? { StringLike: { 's3:prefix': keys } } : undefined)] : [],
    allow(actions, objects),
    ...bucket.encryptionKey && keyActions.length > 0 ? [grantKey(bucket.encryptionKey, grantee, ...keyActions)] : [],
  ].reduce((all, grant) => all.combine(grant));
}

function acknowledgeWildcards({ grantPrincipal }: iam.IGrantable, objects: string[]): void {
  if (!Construct.isConstruct(grantPrincipal)) return;
  acknowledgeWildcard(grantPrincipal, objects, 'objects come with any name: all keys of one pattern in one bucket');
}
