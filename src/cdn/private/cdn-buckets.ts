import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { accessLogBucket, privateBucket } from '../../shared/private-bucket';
import { StageProfile } from '../../stage/stage-profile';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

interface CdnBucketsProps {
  readonly given: StaticMediaCdnProps;
  readonly profile: StageProfile;
  readonly mediaName: string;
  /** None: static files come from the app alone. */
  readonly staticName?: string;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

interface CdnBuckets {
  readonly accessLogsBucket: s3.IBucket;
  readonly mediaBucket: s3.IBucket;
  readonly staticBucket?: s3.IBucket;
}

/** The buckets of a CDN: given ones, and new ones for what is not given. */
export function cdnBuckets(scope: Construct, { given, profile, mediaName, staticName, logRetention, removalPolicy }: CdnBucketsProps): CdnBuckets {
  const accessLogsBucket = given.accessLogsBucket ??
    accessLogBucket(scope, 'AccessLogs', { removalPolicy, retention: logRetention, oldVersions: profile.backupRetention });
  const oldVersions = given.noncurrentVersionExpiration ?? profile.backupRetention;
  const { corsOrigins: allowedOrigins = ['*'] } = given;
  const ofNewBuckets = { encryptionKey: given.encryptionKey, removalPolicy, accessLogs: accessLogsBucket, oldVersions };
  const mediaBucket = given.mediaBucket ?? privateBucket(scope, 'Media', {
    ...ofNewBuckets,
    bucketName: mediaName,
    expiration: given.mediaExpiration,
    cors: allowedOrigins.length > 0 ? [{ allowedMethods: [s3.HttpMethods.GET], allowedOrigins, allowedHeaders: ['*'], maxAge: 3600 }] : undefined,
    unreplicated: 'what is overwritten or deleted is kept for a while: for a copy in another region, \'mediaBucket\' may be a bucket of yours that is replicated',
  });
  const staticBucket = staticName === undefined ? undefined : given.staticBucket ?? privateBucket(scope, 'Static', {
    ...ofNewBuckets,
    bucketName: staticName,
    unreplicated: 'a release publishes static files anew',
  });
  return { accessLogsBucket, mediaBucket, staticBucket };
}
