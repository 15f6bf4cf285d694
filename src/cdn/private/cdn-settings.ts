import { Duration, Resource, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { requireUsableAppDomain } from './app-domain';
import { requireCertificate, requireDomainOfOneCdn } from './domain';
import { requireFolders } from './folders';
import { requireKeyGroups } from './key-groups';
import { isOneBucket } from './one-bucket';
import { Checks, isUnknown } from '../../shared/checks';
import { placeOf } from '../../shared/domain-names';
import { requireUsableKey } from '../../shared/key-grants';
import { requireAccessLogsBucket, requireKeysOfS3, requireUsableBucketKey } from '../../shared/private-bucket';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { isKnownToDiffer, partitionOf, requireSameAccount, requireSameRegion } from '../../shared/stacks';
import { StageProfile } from '../../stage/stage-profile';
import { StaticFiles } from '../cdn-content';
import { StaticMediaCdnProps } from '../static-media-cdn-props';

type WithDefault = 'staticFiles' | 'mediaLocation' | 'staticLocation' | 'defaultTtl' | 'maxTtl' | 'priceClass' | 'logRetention' | 'removalPolicy';

/** The props of a CDN, with a value for each that has a default, and what follows from them. */
export type CdnSettings = StaticMediaCdnProps & Required<Pick<StaticMediaCdnProps, WithDefault>> & {
  /** Whether the app serves what no other path is meant for. */
  readonly servesPages: boolean;
  /** Whether static files are at the root of the domain, and its page shows what is no file. */
  readonly isSinglePageApp: boolean;
  /** How long deleted versions are kept where no prop says. */
  readonly backupRetention: Duration;
  /** What names begin with. */
  readonly words: string[];
  /** What the distribution is for. */
  readonly comment: string;
};

export function resolveCdnSettings(scope: Construct, props: StaticMediaCdnProps): CdnSettings {
  const profile = StageProfile.of(scope);
  const labels = [props.siteName, props.environmentName].filter((label) => label !== undefined);
  return {
    ...props,
    staticFiles: props.staticFiles ?? (props.appDomain === undefined ? StaticFiles.fromBucket() : StaticFiles.fromApp()),
    servesPages: props.defaultContent?._isApp ?? false,
    isSinglePageApp: props.defaultContent?._isSinglePageApp ?? false,
    mediaLocation: props.mediaLocation ?? 'media',
    staticLocation: props.staticLocation ?? 'static',
    defaultTtl: props.defaultTtl ?? Duration.hours(1),
    maxTtl: props.maxTtl ?? Duration.days(1),
    priceClass: props.priceClass ?? profile.cdnPriceClass,
    logRetention: props.logRetention ?? profile.logRetention,
    removalPolicy: keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy),
    backupRetention: profile.backupRetention,
    words: labels.length > 0 ? labels : [scope.node.id],
    comment: labels.length > 0 ? `${labels.join(' ')} static and media files` : scope.node.path,
  };
}

export function validateCdn(scope: Construct, settings: CdnSettings): void {
  const checks = new Checks(scope.node.path);
  requireCloudFront(checks, scope);
  requireAppDomain(checks, settings);
  requireDomain(checks, 'domainName', settings.domainName);
  requireOrigins(checks, settings);
  requireSecretField(checks, settings);
  requireUsableAppDomain(checks, scope, settings);
  requireFolders(checks, settings);
  requireCertificate(checks, settings);
  requireGivenResources(checks, scope, settings);
  requireDomainOfOneCdn(scope, settings.domainName);
  requireTimes(checks, settings);
  requireKeyGroups(checks, scope, settings);
  requireBuckets(checks, scope, settings);
  requireTwoBuckets(checks, scope, settings);
  requireOriginsOfPages(checks, settings.corsOrigins);
  requireLabel(checks, 'siteName', settings.siteName);
  requireLabel(checks, 'environmentName', settings.environmentName);
  checks.matches(
    'webAclArn', settings.webAclArn, /^arn:[^:]+:wafv2:us-east-1:[^:]*:global\/webacl\//,
    'the ARN of a web ACL of scope CLOUDFRONT (arn:…:wafv2:us-east-1:…:global/webacl/…)',
  );
}

/**
 * CloudFront takes certificates from ACM in us-east-1, and delivers logs there: a region of its own partition. China has a CloudFront of its own, without ACM, and
 * without functions and origin access controls in CloudFormation. GovCloud and other partitions have none.
 *
 * @see https://docs.amazonaws.cn/en_us/aws/latest/userguide/cloudfront.html
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/setting-up-cloudfront.html
 */
function requireCloudFront(checks: Checks, scope: Construct): void {
  const { region } = Stack.of(scope);
  const partition = partitionOf(region);
  if (partition === 'aws') return;
  throw checks.error(
    `the region must be of the partition aws, got ${region} of ${partition}: CloudFront there lacks what this CDN consists of, or is not there at all; ` +
    'create the CDN in an account and a region of the partition aws, with the app there as its \'appDomain\'',
  );
}

function requireDomain(checks: Checks, prop: string, domain: string | undefined): void {
  checks.matches(
    prop, domain, /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i, // CloudFront takes no IP address
    'a domain alone, such as www.example.org, without scheme, port, path or trailing dot',
  );
}

/** @throws if it is no domain, or the CDN's own */
export function requireAppDomain(checks: Checks, { appDomain, domainName }: Pick<CdnSettings, 'appDomain' | 'domainName'>): void {
  requireDomain(checks, 'appDomain', appDomain);
  if (appDomain !== undefined && appDomain.toLowerCase() === domainName?.toLowerCase()) {
    throw checks.error(`'appDomain' must be another domain than 'domainName', got '${appDomain}' for both: the CDN would fetch from itself, in circles`);
  }
}

/** Pages without a domain are those of an app that gives itself to the CDN later, which is checked at synthesis. */
function requireOrigins(checks: Checks, { appDomain, appSecret, staticFiles, servesPages, isSinglePageApp }: CdnSettings): void {
  const factory = staticFiles._name === 'app' ? 'fromApp()' : 'fromAppWithFallback()';
  if (isSinglePageApp && staticFiles._needsApp) {
    throw checks.error(
      `'defaultContent' is DefaultContent.singlePageApp(), whose files come from a bucket, but 'staticFiles' is StaticFiles.${factory}: ` +
      'set \'staticFiles\' to StaticFiles.fromBucket() and leave \'appDomain\' out, or set \'defaultContent\' to DefaultContent.app()',
    );
  }
  if (appDomain === undefined && staticFiles._needsApp && !servesPages) {
    throw checks.error(`'appDomain' must be given for StaticFiles.${factory}, got none`);
  }
  if (appDomain !== undefined && !staticFiles._needsApp && !servesPages) {
    throw checks.error(`'appDomain' is '${appDomain}', but nothing would be fetched from it: set 'defaultContent' to DefaultContent.app(), or leave 'appDomain' out`);
  }
  if (servesPages && staticFiles._alsoServed.length > 0) {
    throw checks.error(
      `'alsoServed' is for a CDN whose default content is static files, got '${staticFiles._alsoServed.join("', '")}' beside DefaultContent.app(), where all other paths are the app's: ` +
      'leave it out, or set \'defaultContent\' to DefaultContent.staticFiles()',
    );
  }
  if (appDomain === undefined && appSecret) throw checks.error('\'appSecret\' is for an app, but there is no \'appDomain\': give one, or leave \'appSecret\' out');
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/cfn-example_reference-secret.html */
function requireSecretField(checks: Checks, { appSecret, appSecretField }: CdnSettings): void {
  if (appSecretField === undefined) return;
  if (!appSecret) throw checks.error(`'appSecretField' is for a field of 'appSecret', got '${appSecretField}' and no 'appSecret': give one, or leave 'appSecretField' out`);
  checks.matches('appSecretField', appSecretField, /^[^:{}\s]+$/, 'the name of a field of the JSON of \'appSecret\', without spaces, colons and braces, such as header');
}

/** What CloudFront, Route 53 and CloudFormation take from the same account or region only. */
function requireGivenResources(checks: Checks, owner: Construct, settings: CdnSettings): void {
  const { accessLogsBucket, appSecret, certificate, encryptionKey, hostedZone, webAclArn } = settings;
  const makesBuckets = !settings.mediaBucket || (settings.staticFiles._needsBucket && !settings.staticBucket);
  if (makesBuckets) requireAccessLogsBucket(owner, accessLogsBucket);
  if (accessLogsBucket) requireKeysOfS3(owner, accessLogsBucket);
  if (hostedZone) {
    requireSameAccount({ owner, as: '\'hostedZone\'', resource: hostedZone, because: 'CloudFormation writes records into zones of its own account only' });
  }
  requireUsableKey(encryptionKey, { owner, usedBy: 'CloudFront' });
  if (appSecret) {
    requireSameRegion({ owner, as: '\'appSecret\'', resource: appSecret, because: 'CloudFormation reads secrets of its own region only; replicate the secret into this one, and give the replica' });
  }
  const { account } = Stack.of(owner);
  const accounts = { certificate: certificate && placeOf(certificate).account, webAclArn: webAclArn?.split(':')[4] };
  for (const [prop, given] of Object.entries(accounts)) {
    if (!given || !isKnownToDiffer(given, account)) continue;
    throw checks.error(`'${prop}' must be of ${account}, the account of this stack, got one of ${given}: CloudFront takes it from its own account only`);
  }
}

function requireTimes(checks: Checks, { defaultTtl, maxTtl, mediaExpiration, noncurrentVersionExpiration, privateMedia }: CdnSettings): void {
  const shorter = checks.seconds('defaultTtl', defaultTtl, { least: 0 });
  const longer = checks.seconds('maxTtl', maxTtl, { least: 1 });
  if (!Token.isUnresolved(shorter) && !Token.isUnresolved(longer) && shorter > longer) {
    throw checks.error(`'defaultTtl' must not be longer than 'maxTtl', got ${shorter} and ${longer} seconds`);
  }
  checks.days('mediaExpiration', mediaExpiration, { least: 1 });
  checks.days('noncurrentVersionExpiration', noncurrentVersionExpiration, { least: 1 });
  checks.days('rotateAfter', privateMedia?._rotateAfter, { least: 2, most: 365 });
}

function requireBuckets(checks: Checks, scope: Construct, settings: CdnSettings): void {
  const { staticFiles, mediaBucket, staticBucket, mediaExpiration, noncurrentVersionExpiration, corsOrigins, encryptionKey } = settings;
  const allGiven = mediaBucket && (staticBucket ?? !staticFiles._needsBucket);
  if (staticBucket && !staticFiles._needsBucket) {
    throw checks.error(`'staticBucket' is ${staticBucket.node.path}, but static files come from the app: set 'staticFiles' to StaticFiles.fromBucket()`);
  }
  for (const [prop, bucket] of Object.entries({ mediaBucket, staticBucket })) {
    requireUsableBucketKey(bucket, { owner: scope, as: `'${prop}'`, usedBy: 'CloudFront', otherwise: 'it would answer 403 for every file' });
  }
  if (staticBucket && staticFiles._alsoServed.length > 0 && isOneBucket(scope, staticBucket, settings.accessLogsBucket)) {
    throw checks.error(
      `'accessLogsBucket' must be another bucket than 'staticBucket' where 'alsoServed' is given, got ${staticBucket.node.path} for both: logs could be public; leave 'accessLogsBucket' out`,
    );
  }
  if (mediaBucket && mediaExpiration) {
    throw checks.error(`'mediaExpiration' is for a new bucket, but 'mediaBucket' is ${mediaBucket.node.path}: give that one a lifecycle rule`);
  }
  if (mediaBucket && corsOrigins) {
    throw checks.error(`'corsOrigins' is for a new bucket, but 'mediaBucket' is ${mediaBucket.node.path}: give that one a CORS rule`);
  }
  if (mediaBucket && settings.replacementPin !== undefined) {
    throw checks.error(`'replacementPin' is for a new bucket, but 'mediaBucket' is ${mediaBucket.node.path}: this stack does not replace it, so leave 'replacementPin' out`);
  }
  if (noncurrentVersionExpiration && allGiven) {
    throw checks.error('\'noncurrentVersionExpiration\' is for new buckets, but all buckets are given: give those a lifecycle rule, or leave it out');
  }
  if (encryptionKey && allGiven) {
    throw checks.error('\'encryptionKey\' is for new buckets, but all buckets are given: encrypt those, or leave \'encryptionKey\' out');
  }
  if (encryptionKey && Resource.isOwnedResource(encryptionKey) && Stack.of(encryptionKey) !== Stack.of(scope)) {
    throw checks.error(
      `'encryptionKey' must be of the same stack, or imported, got ${encryptionKey.node.path}: its policy has to name this distribution, ` +
      'and the buckets here have to name the key, so each stack would wait for the other',
    );
  }
}

/**
 * CloudFront matches a path as it is written, and S3 decodes it: `/media%2Fa.jpg` is default content for the one, and the media file `media/a.jpg` for the other.
 * From one bucket, media files would be served without what protects them.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
 */
function requireTwoBuckets(checks: Checks, scope: Construct, { servesPages, mediaBucket, mediaLocation, staticBucket }: CdnSettings): void {
  if (servesPages || !mediaBucket || !isOneBucket(scope, mediaBucket, staticBucket)) return;
  throw checks.error(
    `'mediaBucket' and 'staticBucket' must be two buckets, got ${mediaBucket.node.path} for both: where static files are the default content, ` +
    `/${mediaLocation}%2Ffile would serve media files without a signature and without protection from uploads; give two buckets, or set 'defaultContent' to DefaultContent.app()`,
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html */
function requireOriginsOfPages(checks: Checks, origins: string[] | undefined): void {
  checks.knownList('corsOrigins', origins, 'each origin is checked');
  for (const origin of origins ?? []) {
    if (isUnknown(origin) || origin === '*') continue;
    if (/^[a-z*][a-z0-9+.*-]*:\/\/[^\s/]+$/i.test(origin) && origin.split('*').length <= 2) continue;
    throw checks.error(
      '\'corsOrigins\' must each be \'*\', or a scheme and a host, with a port where there is one, without a path, and with one * at the most, such as ' +
      `https://demo.example.education or https://*.example.education, got '${origin}'`,
    );
  }
}

function requireLabel(checks: Checks, prop: string, label: string | undefined): void {
  checks.known(prop, label, 'names are made of it');
  checks.matches(prop, label, /^[a-z0-9][a-z0-9-]{0,31}$/i, '1 to 32 letters, digits and hyphens, the first no hyphen');
}
