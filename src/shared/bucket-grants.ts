import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledge';
import { grantKey } from './key-grants';
import { viaService } from './service-role';
import { explainCircles } from './stacks';

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
  /**
   * The ARN of a bucket that is named without a reference, where one would close a circle of stacks. Its key is then whichever encrypts its objects.
   *
   * @default - that of the bucket, by a reference
   */
  readonly bucketArn?: string;
}

/**
 * Allows an identity actions on objects of a bucket, and on what is needed with them: the key, and the list of objects.
 */
export function grantObjects(bucket: IBucket, grantee: iam.IGrantable, { keys, actions, keyActions = [], list, bucketArn }: ObjectGrant): iam.Grant {
  explainCircles(bucket);
  const allow = (on: string[], resourceArns: string[], conditions?: Record<string, Record<string, unknown>>) => {
    const grant = iam.Grant.addToPrincipalOrResource({ grantee, actions: on, resourceArns, resource: bucket, conditions });
    // CDK leaves the conditions out where the statement goes into the bucket's policy, for a grantee of another account.
    if (conditions) grant.resourceStatement?.addConditions(conditions);
    return grant;
  };
  const { encryptionKey } = bucket;
  const allowKey = (key: IKey) =>
    (bucketArn === undefined ? grantKey(key, grantee, ...keyActions) : grantKeyOfObjects(key, grantee, bucketArn, keyActions));
  const objects = keys.map((key) => (bucketArn === undefined ? bucket.arnForObjects(key) : `${bucketArn}/${key}`));
  acknowledgeWildcards(grantee, objects.filter((_, index) => keys[index].includes('*')));
  return [
    ...list ? [allow(['s3:ListBucket'], [bucketArn ?? bucket.bucketArn], list === 'matching' ? { StringLike: { 's3:prefix': keys } } : undefined)] : [],
    allow(actions, objects),
    ...encryptionKey && keyActions.length > 0 ? [allowKey(encryptionKey)] : [],
  ].reduce((all, grant) => all.combine(grant));
}

/**
 * Allows an identity actions with the key of a bucket, without a reference to it: with any key, through S3, for what S3 encrypts in this bucket. S3 says so to KMS by
 * the ARN of the object, or of the bucket where that has a bucket key.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
 */
function grantKeyOfObjects(key: IKey, grantee: iam.IGrantable, bucketArn: string, actions: string[]): iam.Grant {
  const { account, region } = key.env;
  const keys = Stack.of(key).formatArn({ service: 'kms', account, region, resource: 'key', resourceName: '*' });
  const via = viaService('s3', region);
  const conditions = { ...via, StringLike: { ...via.StringLike, 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] } };
  acknowledgeWildcards(grantee, [keys], 'the key is that of a bucket in another stack, which a reference would wait for: conditions are for what S3 encrypts in this one bucket');
  const grant = iam.Grant.addToPrincipalOrResource({ grantee, actions, resourceArns: [keys], conditions, resource: key, resourceSelfArns: ['*'] });
  grant.resourceStatement?.addConditions(conditions); // CDK leaves them out there
  return grant;
}

function acknowledgeWildcards({ grantPrincipal }: iam.IGrantable, resources: string[], reason = 'objects come with any name: all keys of one pattern in one bucket'): void {
  if (!Construct.isConstruct(grantPrincipal)) return;
  acknowledgeWildcard(grantPrincipal, resources, reason);
}
