import { Annotations, Resource, Stack, Token } from 'aws-cdk-lib';
import { IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/**
 * The address of a bucket for CloudFront. Where the bucket, or its key, has to know the distribution first, the distribution must know the
 * bucket by its name alone: docs/decisions/exact-distribution.md.
 *
 * @throws if the bucket would have to have a name of its own, and has none
 */
export function addressOf(owner: Construct, prop: string, bucket: s3.IBucket): string {
  if (!Resource.isOwnedResource(bucket)) return bucket.bucketRegionalDomainName;
  const isElsewhere = Stack.of(bucket) !== Stack.of(owner);
  const key = bucket.encryptionKey;
  if (!isElsewhere && !(key && Resource.isOwnedResource(key))) return bucket.bucketRegionalDomainName;

  const bucketName: unknown = Stack.of(bucket).resolve((bucket.node.defaultChild as s3.CfnBucket).bucketName);
  if (bucketName === undefined || (isElsewhere && typeof bucketName !== 'string')) {
    throw new Error(
      `${owner.node.path}: '${prop}' must have a name of its own, got ${bucket.node.path}, ${isElsewhere ? 'which is in another stack' : `whose key is ${key!.node.path}`}: ` +
      `the policies there name this distribution, which is made first and can only know the bucket by name; give it a 'bucketName', or leave '${prop}' out`,
    );
  }
  return regionalAddress(Token.asString(bucketName), bucket);
}

export function regionalAddress(bucketName: string, place: Construct | s3.IBucket): string {
  return `${bucketName}.s3.${Stack.of(place).region}.${Stack.of(place).urlSuffix}`;
}

interface CdnAccess {
  readonly distribution: IDistribution;
  readonly bucket: s3.IBucket;
  readonly keys: string;
}

/**
 * Lets exactly one distribution read from a bucket, and tell what is not there from what is forbidden.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
export function letDistributionRead(owner: Construct, { distribution, bucket, keys }: CdnAccess): void {
  const conditions = { StringEquals: { 'aws:SourceArn': distribution.distributionArn } };
  const principals = [new iam.ServicePrincipal('cloudfront.amazonaws.com')];
  const [read, list] = [
    new iam.PolicyStatement({ principals, actions: ['s3:GetObject'], resources: [bucket.arnForObjects(keys)], conditions }),
    new iam.PolicyStatement({ principals, actions: ['s3:ListBucket'], resources: [bucket.bucketArn], conditions }), // or S3 answers 403 in place of 404
  ];
  const written = [read, list].map((statement) => bucket.addToResourcePolicy(statement).statementAdded);
  if (!written.every(Boolean)) {
    warnOfUnchanged(owner, 'BucketPolicyUnchanged', `the policy of the imported bucket ${bucket.node.path}`, [read, list]);
  }
  if (bucket.encryptionKey) letDistributionDecrypt(owner, bucket.encryptionKey, principals, conditions);
}

function letDistributionDecrypt(owner: Construct, key: kms.IKey, principals: iam.IPrincipal[], conditions: iam.Conditions): void {
  const decrypt = new iam.PolicyStatement({ principals: [...principals], actions: ['kms:Decrypt'], resources: ['*'], conditions });
  if (!key.addToResourcePolicy(decrypt).statementAdded) {
    warnOfUnchanged(owner, 'KeyPolicyUnchanged', `the policy of the imported key ${key.node.path}`, [decrypt]);
  }
}

/** CloudFormation cannot look into other policies, so a person has to write it. */
function warnOfUnchanged(owner: Construct, id: string, what: string, statements: iam.PolicyStatement[]): void {
  const missing = statements.map((statement) => JSON.stringify(Stack.of(owner).resolve(statement.toStatementJson()))).join(' and ');
  Annotations.of(owner).addWarningV2(
    `cdk-mainstay:StaticMediaCdn.${id}`,
    `${what} is not changed here: add ${missing}, or the CDN serves nothing of it`,
  );
}
