import { CustomResource, Duration, IgnoreMode, RemovalPolicy, Size, Stack, SymlinkFollowMode } from 'aws-cdk-lib';
import { IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { requirePattern, requireStaticFolder } from './static-folder';
import { acknowledgeWildcard } from '../../shared/acknowledge-wildcard';
import { DeploymentFunction } from '../../shared/deployment-function';
import { PublishStaticProps } from '../publish-static-props';

/** Eight hexadecimal digits or more before an extension, no date and no word. */
const HASHED_FILES = '(^|[/._-])(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8,}\\.[^/]*$';

/** @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Cache-Control */
const OF_HASHED_FILES = 'public, max-age=31536000, immutable';
/** The CDN may keep them for longer than browsers, as it can be told to forget. */
const OF_OTHER_FILES = 'public, max-age=60, s-maxage=3600';

interface StaticPublisherProps {
  readonly distribution: IDistribution;
  readonly bucket: IBucket;
  readonly location: string;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * Publishes folders by a function of its own, which may write files and delete none: docs/decisions/static-files-published.md.
 */
export class StaticPublisher extends Construct {
  private readonly deployment: DeploymentFunction;
  private last?: CustomResource;
  private readonly releases: Construct;

  constructor(scope: Construct, id: string, private readonly props: StaticPublisherProps) {
    super(scope, id);
    this.deployment = new DeploymentFunction(this, 'Deployment', {
      description: 'Publishes static files behind a CDN when the stack is deployed',
      bundle: 'cdn-static-files',
      memorySize: Size.mebibytes(1024), // a folder of the largest size, zipped and unzipped, and Node.js
      connectsTo: 'S3 and CloudFront',
      logRetention: props.logRetention,
      removalPolicy: props.removalPolicy,
    });
    this.releases = new Construct(this, 'Releases');
  }

  /** @param where what errors name */
  public publish(where: string, id: string, { folder, hashedFiles = HASHED_FILES }: PublishStaticProps): CustomResource {
    const { distribution, bucket, location } = this.props;
    requireStaticFolder(where, folder, location);
    requirePattern(where, 'hashedFiles', hashedFiles);

    const release = new Construct(this.releases, id);
    const asset = new Asset(release, 'Files', {
      path: folder, exclude: ['.*'], ignoreMode: IgnoreMode.GIT, followSymlinks: SymlinkFollowMode.ALWAYS,
    });
    // Not by its bucket, whose props an injector may forget.
    const assetArn = Stack.of(this).formatArn({ service: 's3', region: '', account: '', resource: asset.s3BucketName, resourceName: asset.s3ObjectKey });
    const journal = `.publications/${release.node.addr}`;
    const files = bucket.arnForObjects(`${location}/*`);
    const allowed = this.deployment.allow(
      release,
      new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [assetArn] }),
      new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }), // or S3 answers 403 in place of 404
      new iam.PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject'], resources: [files] }),
      new iam.PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resources: [bucket.arnForObjects(journal)] }),
      new iam.PolicyStatement({ actions: ['cloudfront:CreateInvalidation'], resources: [distribution.distributionArn] }),
    );
    acknowledgeWildcard(allowed, files, 'files come with any name: all keys in one folder of one bucket');
    const resource = new CustomResource(release, 'Resource', {
      resourceType: 'Custom::StaticFiles',
      serviceToken: this.deployment.serviceToken,
      serviceTimeout: Duration.minutes(15),
      properties: {
        AssetBucket: asset.s3BucketName,
        AssetKey: asset.s3ObjectKey,
        Bucket: bucket.bucketName,
        Location: location,
        Journal: journal,
        DistributionId: distribution.distributionId,
        HashedFiles: hashedFiles,
        CacheControlOfHashedFiles: OF_HASHED_FILES,
        CacheControlOfOtherFiles: OF_OTHER_FILES,
      },
    });
    resource.node.addDependency(allowed);
    if (bucket.policy) resource.node.addDependency(bucket.policy);
    if (this.last) resource.node.addDependency(this.last); // of a file that is in both, the later one is what stays
    this.last = resource;
    bucket.encryptionKey?.grant(this.deployment, 'kms:Decrypt', 'kms:GenerateDataKey').applyBefore(resource);
    return resource;
  }
}
