import { CustomResource, Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Checks } from '../../shared/checks';
import { DeploymentFunction } from '../../shared/deployment-function';
import { grantSecretRead, secretId } from '../../shared/secrets';
import type { ThumbnailToWasabiProps } from '../thumbnail-to-wasabi-props';

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

/** Its `removalPolicy` is that of the logs. */
interface ArchiveBucketProps extends
  Required<Pick<ThumbnailToWasabiProps, 'archiveRemovalPolicy' | 'logRetention' | 'removalPolicy'>>, Pick<ThumbnailToWasabiProps, 'archiveObjectLock'> {
  readonly archive: ArchivePlace;
}

/**
 * The archive bucket in another S3-compatible store, which a function creates when the stack is deployed.
 */
export function archiveBucket(scope: Construct, id: string, props: ArchiveBucketProps): DeploymentFunction {
  const { archive, archiveObjectLock, archiveRemovalPolicy, logRetention, removalPolicy } = props;
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
      ObjectLockMode: archiveObjectLock?._mode,
      ObjectLockDays: archiveObjectLock?._days,
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

/**
 * @see https://docs.wasabi.com/docs/bucket-naming-conventions
 */
export function requireWasabiBucketName(checks: Checks, prop: string, name: string): void {
  const allowed =
    /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|\.mrap|--x-s3)$)[a-z0-9](?!.*(\.\.|\.-|-\.))[a-z0-9.-]{1,61}[a-z0-9]$/;
  checks.matches(
    prop, name, allowed,
    '3 to 63 lower-case letters, digits, dots and hyphens, begin and end with a letter or digit, have no dot beside another dot or a hyphen, and be neither an address nor of a reserved prefix or suffix',
  );
}

/**
 * Plain HTTP is for a store on this machine only.
 */
export function requireTls(checks: Checks, prop: string, endpoint: string | undefined): void {
  const allowed = /^(https:\/\/[^/]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)\/?$/;
  checks.matches(prop, endpoint, allowed, 'an https address without a path', { hint: 'originals and credentials travel to it' });
}

/**
 * The least that a user of Wasabi needs for an archive.
 */
export function wasabiPolicy({ archive, archiveObjectLock, archiveRemovalPolicy }: ArchiveBucketProps): iam.PolicyDocument {
  const onBucket = [
    's3:CreateBucket', 's3:ListBucket', 's3:ListBucketVersions', 's3:ListBucketMultipartUploads', 's3:GetBucketLocation', 's3:GetBucketVersioning', 's3:PutBucketVersioning',
    's3:GetBucketTagging', 's3:PutBucketTagging',
    ...(archiveObjectLock ? ['s3:GetBucketObjectLockConfiguration', 's3:PutBucketObjectLockConfiguration'] : []),
    ...(archiveRemovalPolicy === RemovalPolicy.DESTROY ? ['s3:DeleteBucket'] : []),
  ];
  return policyOfUser(archive, onBucket, ['s3:PutObject', 's3:GetObject', 's3:GetObjectVersion', 's3:AbortMultipartUpload']);
}

/**
 * The least that a user of Wasabi needs for a restore.
 */
export function wasabiReadPolicy(archive: ArchivePlace): iam.PolicyDocument {
  return policyOfUser(archive, ['s3:ListBucketVersions'], ['s3:GetObjectVersion']);
}

/** Wasabi's ARNs are `arn:aws` whatever partition the stack is in. */
function policyOfUser({ bucketName, keyPrefix }: ArchivePlace, onBucket: string[], onObjects: string[]): iam.PolicyDocument {
  const allow = (actions: string[], resource: string) => new iam.PolicyStatement({ actions, resources: [`arn:aws:s3:::${resource}`] });
  return new iam.PolicyDocument({ statements: [allow(onBucket, bucketName), allow(onObjects, `${bucketName}/${keyPrefix}*`)] });
}
