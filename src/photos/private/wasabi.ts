import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * Where Wasabi stores, as of 2026-03-06.
 * @see https://docs.wasabi.com/docs/service-urls-for-wasabis-storage-regions
 */
export const WASABI_REGIONS: readonly string[] = [
  'us-east-1', 'us-east-2', 'us-central-1', 'us-west-1', 'us-west-2', 'ca-central-1',
  'eu-central-1', 'eu-central-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-south-1',
  'ap-northeast-1', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-2',
];

export function wasabiEndpoint(region: string): string {
  return `https://s3.${region}.wasabisys.com`;
}

/**
 * @see https://docs.wasabi.com/docs/bucket-naming-conventions
 */
export function requireWasabiBucketName(where: string, prop: string, name: string): void {
  if (Token.isUnresolved(name)) return;
  const shape = /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]$/;
  if (!shape.test(name) || /(-s3alias|--ol-s3|\.mrap|--x-s3)$/.test(name)) {
    throw new Error(
      `${where}: '${prop}' must be 3 to 63 lower-case letters, digits, dots and hyphens, begin and end with a letter or digit, ` +
      `and be neither an address nor of a reserved prefix or suffix, got '${name}'`,
    );
  }
}

/**
 * Plain HTTP is for a store on this machine only.
 */
export function requireTls(where: string, prop: string, endpoint: string): void {
  if (Token.isUnresolved(endpoint)) return;
  if (!/^https:\/\/[^/]+\/?$/.test(endpoint) && !/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\/?$/.test(endpoint)) {
    throw new Error(`${where}: '${prop}' must be an https address without a path, got '${endpoint}': originals and credentials travel to it`);
  }
}

interface ArchiveUse {
  readonly keyPrefix: string;
  readonly locks: boolean;
  readonly removes: boolean;
}

/**
 * The least that a user of Wasabi needs for an archive. Wasabi's ARNs are `arn:aws` whatever partition the stack is in.
 */
export function wasabiPolicy(bucketName: string, { keyPrefix, locks, removes }: ArchiveUse): iam.PolicyDocument {
  return new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({
        actions: [
          's3:CreateBucket', 's3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads', 's3:GetBucketLocation', 's3:GetBucketVersioning', 's3:PutBucketVersioning',
          ...(locks ? ['s3:GetBucketObjectLockConfiguration', 's3:PutBucketObjectLockConfiguration'] : []),
          ...(removes ? ['s3:DeleteBucket'] : []),
        ],
        resources: [`arn:aws:s3:::${bucketName}`],
      }),
      new iam.PolicyStatement({
        actions: ['s3:PutObject', 's3:GetObject', 's3:GetObjectVersion', 's3:AbortMultipartUpload'],
        resources: [`arn:aws:s3:::${bucketName}/${keyPrefix}*`],
      }),
    ],
  });
}

/**
 * The least that a user of Wasabi needs for a restore.
 */
export function wasabiReadPolicy(bucketName: string, keyPrefix: string): iam.PolicyDocument {
  return new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({ actions: ['s3:ListBucketVersions'], resources: [`arn:aws:s3:::${bucketName}`] }),
      new iam.PolicyStatement({ actions: ['s3:GetObjectVersion'], resources: [`arn:aws:s3:::${bucketName}/${keyPrefix}*`] }),
    ],
  });
}
