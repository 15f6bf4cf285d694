import { CreateOrUpdateEvent, requiredText } from '../../shared/custom-resource';

/** What the construct asks for, as CloudFormation hands it over: every value is text. */
export interface ResourceProperties {
  readonly BucketName?: string;
  readonly Endpoint?: string;
  readonly Region?: string;
  readonly SecretId?: string;
  readonly ObjectLockMode?: string;
  readonly ObjectLockDays?: string;
  readonly OnDelete?: string;
}

export interface ObjectLock {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days: number;
}

export interface ArchiveBucket {
  readonly bucket: string;
  readonly endpoint: string;
  readonly region: string;
  readonly secretId: string;
  readonly objectLock?: ObjectLock;
}

export function archiveBucketOf(properties: ResourceProperties): ArchiveBucket {
  return {
    bucket: requiredText(properties, 'BucketName'),
    endpoint: requiredText(properties, 'Endpoint'),
    region: requiredText(properties, 'Region'),
    secretId: requiredText(properties, 'SecretId'),
    objectLock: objectLockOf(properties),
  };
}

/** `adopted`: it was there before the stack, so the stack never removes it. */
export type Origin = 'created' | 'adopted';

/**
 * The tags of a bucket that a resource created. No two stacks have the same id, not even one after the other under the same name; both texts are of letters and of a
 * length that tags have: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_S3Tag.html
 */
export function markOf({ StackId, LogicalResourceId }: Pick<CreateOrUpdateEvent, 'StackId' | 'LogicalResourceId'>): Record<string, string> {
  return { 'cdk-mainstay:stack': StackId, 'cdk-mainstay:resource': LogicalResourceId };
}

/**
 * CloudFormation keeps the physical id for us, so it tells where the bucket came from, as the resource was first made. The same bucket
 * name at another endpoint is another bucket: CloudFormation then deletes the old resource.
 */
export function physicalIdOf({ endpoint, bucket }: ArchiveBucket, origin: Origin, formerId?: string): string {
  const place = `${new URL(endpoint).host}/${bucket}`;
  return formerId?.startsWith(`${place}/`) ? formerId : `${place}/${origin}`;
}

export function originIn(physicalId: string): Origin {
  return physicalId.endsWith('/created') ? 'created' : 'adopted';
}

function objectLockOf({ ObjectLockMode: mode, ObjectLockDays }: ResourceProperties): ObjectLock | undefined {
  if (mode === undefined && ObjectLockDays === undefined) return undefined;
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') {
    throw new Error(`'ObjectLockMode' must be GOVERNANCE or COMPLIANCE, got ${mode}`);
  }
  const days = Number(ObjectLockDays);
  if (!Number.isSafeInteger(days) || days < 1) {
    throw new Error(`'ObjectLockDays' must be a positive whole number, got ${ObjectLockDays}`);
  }
  return { mode, days };
}
