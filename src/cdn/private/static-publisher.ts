import { existsSync, readdirSync, realpathSync, statSync } from 'fs';
import { join, sep } from 'path';
import { CustomResource, Duration, IgnoreMode, Resource, Size, Stack, SymlinkFollowMode } from 'aws-cdk-lib';
import { IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { PUBLICATIONS } from './buckets';
import { CdnSettings } from './cdn-settings';
import { acknowledgeWildcard, addWarning } from '../../shared/acknowledge';
import { Checks } from '../../shared/checks';
import { DeploymentFunction } from '../../shared/deployment-function';
import { grantKey } from '../../shared/key-grants';
import { PublishStaticProps } from '../static-media-cdn-props';

/** Eight hexadecimal digits or more, no date, no word and no number such as 1e100000. */
const HASH = '(?![0-9]+e[0-9]+\\.)(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]';
/** What bundlers emit: never pages, nor documents and data, whose names may look like hashes. */
const OF_BUNDLERS = '([cm]?js|css|map|wasm|woff2?|ttf|otf|eot|svg|png|jpe?g|gif|webp|avif|ico|mp[34]|webm|LICENSE\\.txt)';
/** Names of webpack, Parcel, Next.js, Rollup with hexadecimal hashes and others, and those of Django, which names any file by twelve digits after a dot. */
const HASHED_FILES = `(^|[/._-])${HASH}{8,}\\.([^/]*\\.)?${OF_BUNDLERS}$|\\.${HASH}{12}\\.(?!html?$)[^/.]+$`;

/** @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Cache-Control */
const OF_HASHED_FILES = 'public, max-age=31536000, immutable';
/** The CDN may keep them for longer than browsers, as it can be told to forget. */
const OF_OTHER_FILES = 'public, max-age=60, s-maxage=3600';

/** What the function holds in memory, zipped and unzipped. CloudFront would take more. */
const LARGEST = Size.mebibytes(256);

/** The longest key that S3 takes, in bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const LONGEST_KEY = 1024;

interface StaticPublisherProps extends Pick<CdnSettings, 'isSinglePageApp' | 'staticLocation' | 'logRetention' | 'removalPolicy'> {
  readonly distribution: IDistribution;
  readonly bucket: IBucket;
}

/**
 * Publishes folders by a function of its own, which may write files and delete none: docs/decisions/static-files-published.md.
 */
export class StaticPublisher extends Construct {
  private readonly releases: Construct;
  private deployment?: DeploymentFunction;
  private last?: CustomResource;

  constructor(scope: Construct, id: string, private readonly props: StaticPublisherProps) {
    super(scope, id);
    this.releases = new Construct(this, 'Releases');
  }

  public publish(id: string, { folder, hashedFiles = HASHED_FILES }: PublishStaticProps): CustomResource {
    const { distribution, bucket, isSinglePageApp, staticLocation, logRetention, removalPolicy } = this.props;
    const cdn = this.node.scope!.node.path;
    this.requireDeployedBefore(cdn, bucket);
    const checks = new Checks(`${cdn}.publishStatic('${id}')`);
    const files = requireStaticFolder(checks, folder, staticLocation);
    warnOfPlus(this.node.scope!, id, files);
    requirePattern(checks, 'hashedFiles', hashedFiles);

    const release = new Construct(this.releases, id);
    const asset = new Asset(release, 'Files', {
      path: folder, exclude: ['.*'], ignoreMode: IgnoreMode.GIT, followSymlinks: SymlinkFollowMode.ALWAYS,
    });
    // Not by its bucket, whose props an injector may forget.
    const assetArn = Stack.of(this).formatArn({ service: 's3', region: '', account: '', resource: asset.s3BucketName, resourceName: asset.s3ObjectKey });
    const journal = `${PUBLICATIONS}/${release.node.addr}`;
    const objects = bucket.arnForObjects(`${staticLocation}/*`);
    const deployment = this.deployment ??= new DeploymentFunction(this, 'Deployment', {
      description: 'Publishes static files behind a CDN when the stack is deployed',
      bundle: 'cdn-static-files',
      memorySize: Size.mebibytes(1024), // a folder of the largest size, zipped and unzipped, and Node.js
      connectsTo: 'S3 and CloudFront',
      logRetention,
      removalPolicy,
    });
    const allowed = deployment.allow(
      release,
      new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [assetArn] }),
      new iam.PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }), // or S3 answers 403 in place of 404
      new iam.PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject'], resources: [objects] }),
      new iam.PolicyStatement({ actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], resources: [bucket.arnForObjects(journal)] }),
      new iam.PolicyStatement({ actions: ['cloudfront:CreateInvalidation'], resources: [distribution.distributionArn] }),
    );
    acknowledgeWildcard(allowed, objects, 'files come with any name: all keys in one folder of one bucket');
    const resource = new CustomResource(release, 'Resource', {
      resourceType: 'Custom::StaticFiles',
      serviceToken: deployment.serviceToken,
      serviceTimeout: Duration.minutes(15),
      properties: {
        AssetBucket: asset.s3BucketName,
        AssetKey: asset.s3ObjectKey,
        Bucket: bucket.bucketName,
        Location: staticLocation,
        Journal: journal,
        DistributionId: distribution.distributionId,
        HashedFiles: hashedFiles,
        CacheControlOfHashedFiles: OF_HASHED_FILES,
        CacheControlOfOtherFiles: OF_OTHER_FILES,
        // Its function changes paths, and AWS advises to invalidate those that visitors send, too: any.
        ...isSinglePageApp && { InvalidatesAll: 'true' },
      },
    });
    resource.node.addDependency(allowed);
    if (bucket.policy) resource.node.addDependency(bucket.policy);
    if (this.last) resource.node.addDependency(this.last); // of a file that is in both, the later one is what stays
    this.last = resource;
    if (bucket.encryptionKey) grantKey(bucket.encryptionKey, deployment, 'kms:Decrypt', 'kms:GenerateDataKey').applyBefore(resource);
    return resource;
  }

  private requireDeployedBefore(cdn: string, bucket: IBucket): void {
    if (!Resource.isOwnedResource(bucket) || Stack.of(bucket) === Stack.of(this)) return;
    throw new Error(
      `${cdn}: publishStatic() must have a 'staticBucket' of the same stack, or an imported one, got ${bucket.node.path}: ` +
      'its stack waits for this one, whose deployment would write into a bucket that is not there yet',
    );
  }
}

/**
 * @param location the folder that the files come to be in
 * @returns the paths of the files from the folder on, with slashes
 * @throws if the folder is not there, has nothing to publish, or has what cannot be published
 */
function requireStaticFolder(checks: Checks, folder: string, location: string): string[] {
  checks.known('folder', folder, 'its files are packed then');
  if (!existsSync(folder)) throw checks.error(`'folder' must be there at synthesis, got '${folder}': build the files first`);
  if (!statSync(folder).isDirectory()) throw checks.error(`'folder' must be a folder, got the file '${folder}'`);
  const files = filesBelow(checks, folder, [realpathSync(folder)]);
  if (files.length === 0) throw checks.error(`'folder' must have a file whose name does not begin with a dot, got '${folder}' without any: build the files first`);
  const size = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  if (size > LARGEST.toBytes()) {
    throw checks.error(
      `'folder' must hold ${LARGEST.toMebibytes()} MiB at the most, got ${(size / 2 ** 20).toFixed(1)} MiB in '${folder}': ` +
      'publish large files by a pipeline of yours with grantStaticPublish()',
    );
  }
  const tooLong = files.find((file) => Buffer.byteLength(`${location}/${file}`) > LONGEST_KEY);
  if (tooLong) throw checks.error(`'folder' must have paths of ${LONGEST_KEY} bytes at the most, with '${location}/' before them, got '${tooLong}'`);
  return files;
}

/**
 * S3 takes a plus in the path of a URL for a space, so that a page which names such a file gets none.
 *
 * @see https://hackmd.io/@jdno/r13gNdn82
 * @see https://github.com/rust-lang/crates.io/issues/4891
 */
function warnOfPlus(cdn: Construct, id: string, files: string[]): void {
  const [first, ...others] = files.filter((file) => file.includes('+'));
  if (first === undefined) return;
  addWarning(
    cdn, 'cdk-mainstay:StaticMediaCdn.PlusInName',
    `publishStatic('${id}') publishes '${first}'${others.length > 0 ? ` and ${others.length} other files` : ''} with a plus in its name, which S3 takes for a space in the path of a URL: ` +
    `it is found as '${first.replace(/\+/g, '%2B')}' only. Rename it, have pages write %2B, or acknowledge this`,
  );
}

/** @throws if it is no regular expression that is known at synthesis */
function requirePattern(checks: Checks, prop: string, pattern: string): void {
  checks.known(prop, pattern, 'it is checked then');
  try {
    if (pattern !== '' && new RegExp(pattern)) return;
  } catch {
    // said below
  }
  throw checks.error(`'${prop}' must be a regular expression, such as ^assets/, got '${pattern}'`);
}

/**
 * Paths from the folder on, with slashes, without those that begin with a dot.
 *
 * @param ways the real paths of the folder and of those on the way to `parent`, which is the last
 */
function filesBelow(checks: Checks, folder: string, ways: string[], parent = ''): string[] {
  return namesIn(checks, folder, parent).filter((name) => !name.startsWith('.')).flatMap((name) => {
    const path = `${parent}${name}`;
    const target = targetOf(checks, folder, path);
    if (target !== ways[0] && !target.startsWith(`${ways[0]}${sep}`)) {
      throw checks.error(`'folder' must have no links that lead out of it, got '${path}' in '${folder}', which leads to ${target}: copy what is to be published into the folder`);
    }
    if (!statSync(target).isDirectory()) return [path];
    if (ways.includes(target)) throw checks.error(`'folder' must have no links that lead in circles, got '${path}' in '${folder}', which leads to ${target}: remove the link`);
    return filesBelow(checks, folder, [...ways, target], `${path}/`);
  });
}

/** S3 takes keys of UTF-8: Node.js would put another character in place of what is none. */
function namesIn(checks: Checks, folder: string, parent: string): string[] {
  return readdirSync(join(folder, parent), { encoding: 'buffer' }).map((bytes) => {
    const name = bytes.toString();
    if (Buffer.from(name).equals(bytes)) return name;
    throw checks.error(`'folder' must have names of UTF-8, got '${parent}${name}' in '${folder}', whose bytes are ${bytes.toString('hex')}: rename it`);
  }).sort();
}

function targetOf(checks: Checks, folder: string, path: string): string {
  try {
    return realpathSync(join(folder, path));
  } catch {
    throw checks.error(`'folder' must have no links that lead nowhere or to themselves, got '${path}' in '${folder}': remove the link, or build the files first`);
  }
}
