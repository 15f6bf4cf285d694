import { CustomResource, Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Checks } from '../../shared/checks';
import { DeploymentFunction } from '../../shared/deployment-function';
import { grantSecretRead, secretId } from '../../shared/secrets';
import type { ArchiveObjectLock } from '../thumbnail-to-wasabi-props';

/** Where originals are archived, and what reaches them. */
export interface ArchivePlace {
  readonly bucketName: string;
  readonly endpoint: string;
  readonly region: string;
  readonly keyPrefix: string;
  readonly credentials: ISecret;
  /** The processor of the functions that do. */
  readonly architecture: lambda.Architecture;
}

/** Read by lambda/photos/archive-config.ts. */
export function archiveEnvironment({ bucketName, endpoint, region, keyPrefix, credentials }: ArchivePlace): Record<string, string> {
  return {
    ARCHIVE_BUCKET: bucketName,
    ARCHIVE_ENDPOINT: endpoint,
    ARCHIVE_REGION: region,
    ARCHIVE_KEY_PREFIX: keyPrefix,
    ARCHIVE_SECRET_ID: secretId(credentials),
  };
}

interface ArchiveBucketProps {
  readonly archive: ArchivePlace;
  readonly objectLock?: ArchiveObjectLock;
  /** Of the bucket. */
  readonly archiveRemovalPolicy: RemovalPolicy;
  readonly logRetention: logs.RetentionDays;
  /** Of the logs. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The archive bucket in another S3-compatible store, which a function creates when the stack is deployed.
 */
export function archiveBucket(scope: Construct, id: string, props: ArchiveBucketProps): DeploymentFunction {
  const { archive, objectLock, archiveRemovalPolicy, logRetention, removalPolicy } = props;
  const deployment = new DeploymentFunction(scope, id, {
    description: 'Creates the archive bucket when the stack is deployed',
    bundle: 'photos-archive-bucket',
    architecture: archive.architecture,
    memorySize: Size.mebibytes(256),
    timeout: Duration.minutes(2), // longer than the three tries of a request that a silent store never answers
    connectsTo: 'Secrets Manager and the archive',
    logRetention,
    removalPolicy,
  });
  grantSecretRead(archive.credentials, deployment, deployment);
  new CustomResource(deployment, 'Resource', {
    resourceType: 'Custom::WasabiBucket',
    serviceToken: deployment.serviceToken,
    serviceTimeout: Duration.minutes(5), // an hour is CloudFormation's own, and too long to wait for a function that died
    removalPolicy: archiveRemovalPolicy,
    properties: {
      BucketName: archive.bucketName,
      Endpoint: archive.endpoint,
      Region: archive.region,
      SecretId: secretId(archive.credentials),
      ObjectLockMode: objectLock?._mode,
      ObjectLockDays: objectLock?._days,
      OnDelete: archiveRemovalPolicy === RemovalPolicy.DESTROY ? 'destroy' : 'keep',
    },
  });
  return deployment;
}

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
export function requireWasabiBucketName(checks: Checks, prop: string, name: string): void {
  const allowed =
    /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3)$)[a-z0-9](?!.*\.\.)[a-z0-9.-]{1,61}[a-z0-9]$/;
  checks.matches(
    prop, name, allowed,
    '3 to 63 lower-case letters, digits, dots and hyphens, begin and end with a letter or digit, and be neither an address nor of a reserved prefix or suffix',
  );
}

/**
 * Plain HTTP is for a store on this machine only.
 */
export function requireTls(checks: Checks, prop: string, endpoint: string | undefined): void {
  const allowed = /^(https:\/\/[^/]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)\/?$/;
  checks.matches(prop, endpoint, allowed, 'an https address without a path', { hint: 'originals and credentials travel to it' });
}

interface ArchiveUse {
  readonly locks: boolean;
  readonly removes: boolean;
}

/**
 * The least that a user of Wasabi needs for an archive. Wasabi's ARNs are `arn:aws` whatever partition the stack is in.
 */
export function wasabiPolicy({ bucketName, keyPrefix }: ArchivePlace, { locks, removes }: ArchiveUse): iam.PolicyDocument {
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
export function wasabiReadPolicy({ bucketName, keyPrefix }: ArchivePlace): iam.PolicyDocument {
  return new iam.PolicyDocument({
    statements: [
      new iam.PolicyStatement({ actions: ['s3:ListBucketVersions'], resources: [`arn:aws:s3:::${bucketName}`] }),
      new iam.PolicyStatement({ actions: ['s3:GetObjectVersion'], resources: [`arn:aws:s3:::${bucketName}/${keyPrefix}*`] }),
    ],
  });
}
