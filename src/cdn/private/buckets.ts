import { Lazy, Resource, Stack, Token } from 'aws-cdk-lib';
import { IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { CdnApp } from './cdn-app';
import { CdnSettings } from './cdn-settings';
import { isOneBucket } from './one-bucket';
import { accessLogBucket, privateBucket } from '../../shared/private-bucket';
import { PinnedData, requirePinnedIdentity } from '../../shared/removal-policy';
import { addOrWarn } from '../../shared/resource-policies';
import { stackScopedName } from '../../shared/stack-scoped-name';

const LONGEST_BUCKET_NAME = 63;

/**
 * What the media bucket is, in a pin.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
 */
export const PINNED: PinnedData = {
  what: 'media bucket', replacedBy: { 'AWS::S3::Bucket': ['BucketName', 'BucketNamePrefix', 'BucketNamespace', 'ObjectLockEnabled'] },
};

/** The folder in which publications keep lists of their own. */
export const PUBLICATIONS = '.publications';

export type PlannedBuckets = ReturnType<typeof planBuckets>;

/**
 * The names and addresses of buckets, which are known before the buckets are created, so that their policies and keys can name the distribution:
 * docs/decisions/exact-distribution.md.
 *
 * @throws if a given bucket would have to have a name of its own, and has none, or if S3 keeps the name of a new one for itself
 */
export function planBuckets(scope: Construct, { words, mediaBucket, staticBucket }: CdnSettings) {
  const plan = (what: string, given: s3.IBucket | undefined) => {
    const bucketName = stackScopedName(scope, { words: [...words, what], maxLength: LONGEST_BUCKET_NAME });
    if (!given) requireUnreservedName(scope, bucketName);
    return { bucketName, address: given ? addressOf(scope, `${what}Bucket`, given) : regionalAddress(bucketName, scope) };
  };
  return { media: plan('media', mediaBucket), static: plan('static', staticBucket) };
}

/**
 * Refuses a composed name for a bucket that begins as S3 lets no name begin. Composed names end in the id of the stack, and so never as names of access points do.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
function requireUnreservedName(owner: Construct, bucketName: string): void {
  const reserved = ['xn--', 'sthree-', 'amzn-s3-demo-'].find((beginning) => bucketName.startsWith(beginning));
  if (reserved === undefined) return;
  throw new Error(
    `${owner.node.path}: names of buckets must not begin with ${reserved}, which S3 keeps for itself, got ${bucketName.replace(/-[0-9a-f]{6}-\$\{.*$/, '-…')}, ` +
    "made of 'siteName' and 'environmentName', or the construct's id: change them",
  );
}

/**
 * The name of a bucket of another stack, whose policy names the distribution: what refers to the distribution, or is beside it, must not refer to the bucket.
 */
export function nameInOtherStack(scope: Construct, bucket: s3.IBucket): string | undefined {
  if (!Resource.isOwnedResource(bucket) || Stack.of(bucket) === Stack.of(scope)) return undefined;
  return Stack.of(bucket).resolve((bucket.node.defaultChild as s3.CfnBucket).bucketName);
}

/**
 * The ARN of such a bucket, of its name. None for a grantee of the bucket's own stack, which may refer to it.
 */
export function arnForGrantee(scope: Construct, bucket: s3.IBucket, { grantPrincipal }: iam.IGrantable): string | undefined {
  const bucketName = nameInOtherStack(scope, bucket);
  if (bucketName === undefined || (Construct.isConstruct(grantPrincipal) && Stack.of(grantPrincipal) === Stack.of(bucket))) return undefined;
  return Stack.of(scope).formatArn({ service: 's3', region: '', account: '', resource: bucketName });
}

/** Where the bucket, or its key, has to know the distribution first, the distribution must know the bucket by its name alone. */
function addressOf(owner: Construct, prop: string, bucket: s3.IBucket): string {
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

function regionalAddress(bucketName: string, place: Construct | s3.IBucket): string {
  return `${bucketName}.s3.${Stack.of(place).region}.${Stack.of(place).urlSuffix}`;
}

/** The buckets of a CDN: given ones, and new ones for what is not given. Only its distribution can read files in them. */
export function cdnBuckets(scope: Construct, settings: CdnSettings, app: CdnApp, planned: PlannedBuckets, distribution: IDistribution) {
  const { staticFiles, corsOrigins: allowedOrigins = ['*'], removalPolicy, backupRetention } = settings;
  const accessLogsBucket = settings.accessLogsBucket ??
    accessLogBucket(scope, 'AccessLogs', { removalPolicy, retention: settings.logRetention, oldVersions: backupRetention });
  const oldVersions = settings.noncurrentVersionExpiration ?? backupRetention;
  const ofNewBuckets = { encryptionKey: settings.encryptionKey, removalPolicy, accessLogs: accessLogsBucket, oldVersions };
  const mediaBucket = settings.mediaBucket ?? privateBucket(scope, 'Media', {
    ...ofNewBuckets,
    bucketName: planned.media.bucketName,
    expiration: settings.mediaExpiration,
    cors: allowedOrigins.length > 0 ? [{ allowedMethods: [s3.HttpMethods.GET], allowedOrigins, allowedHeaders: ['*'], maxAge: 3600 }] : undefined,
    unreplicated: 'what is overwritten or deleted is kept for a while: for a copy in another region, \'mediaBucket\' may be a bucket of yours that is replicated',
  });
  const staticBucket = !staticFiles._needsBucket ? undefined : settings.staticBucket ?? privateBucket(scope, 'Static', {
    ...ofNewBuckets,
    bucketName: planned.static.bucketName,
    unreplicated: 'a release publishes static files anew',
  });
  const { replacementPin } = settings;
  if (replacementPin !== undefined) requirePinnedIdentity(replacementPin, scope, mediaBucket.node.defaultChild as s3.CfnBucket, PINNED);
  allowDistributionToRead(scope, distribution, mediaBucket, mediaBucket.arnForObjects(`${settings.mediaLocation}/*`), [
    // As CloudFront resolves dots before it matches, and S3 does not: /media/../static/a is a static file for the one, and the media file of this key for the other.
    ...isOneBucket(scope, mediaBucket, staticBucket) ? ['*/../*'] : [],
  ]);
  if (staticBucket) {
    allowDistributionToRead(scope, distribution, staticBucket, staticObjects(staticBucket, settings, app), staticFiles._alsoServed.length > 0 ? [`${PUBLICATIONS}/*`] : []);
  }
  return { accessLogsBucket, mediaBucket, staticBucket };
}

/**
 * What CloudFront reads of a bucket with static files: their folder, and, unless the app serves pages, perhaps since it gave itself later, what else is to be served.
 * What else is in the bucket is nobody's to read, though the default behavior would ask for it. A token, of one ARN or of a list of them.
 */
function staticObjects(bucket: s3.IBucket, { staticFiles, staticLocation }: CdnSettings, app: CdnApp): string {
  const [folder, ...others] = [`${staticLocation}/*`, ...staticFiles._alsoServed].map((key) => bucket.arnForObjects(key));
  return Token.asString(Lazy.uncachedAny({ produce: () => (app.servesPages || others.length === 0 ? folder : [folder, ...others]) }));
}

/**
 * Allows one distribution to read objects of a bucket, but for some keys, and to tell what is not there from what is forbidden.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
 */
function allowDistributionToRead(owner: Construct, distribution: IDistribution, bucket: s3.IBucket, objects: string, except: string[]): void {
  const conditions = { StringEquals: { 'aws:SourceArn': distribution.distributionArn } };
  const statement = (action: string, resource: string, effect = iam.Effect.ALLOW) => new iam.PolicyStatement({
    effect, principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')], actions: [action], resources: [resource], conditions,
  });
  const otherwise = 'the CDN serves nothing of it';
  addOrWarn(bucket, [
    statement('s3:GetObject', objects),
    statement('s3:ListBucket', bucket.bucketArn), // or S3 answers 403 in place of 404
    ...except.map((key) => statement('s3:GetObject', bucket.arnForObjects(key), iam.Effect.DENY)),
  ], { owner, id: 'StaticMediaCdn.BucketPolicyUnchanged', otherwise });
  if (bucket.encryptionKey) addOrWarn(bucket.encryptionKey, statement('kms:Decrypt', '*'), { owner, id: 'StaticMediaCdn.KeyPolicyUnchanged', otherwise });
}
