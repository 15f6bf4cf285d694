import { Annotations, Duration, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { Binding, IBinding } from './binding';
import { CdnBindingNames } from './cdn-binding-names';
import { CdnExplanation } from './cdn-explanation';
import { DefaultContent } from './default-content';
import { acknowledge } from './private/acknowledge';
import { acknowledgeWildcard } from './private/acknowledge-wildcard';
import { addSettings } from './private/add-settings';
import { aliasRecords } from './private/alias-records';
import { addressOf, letDistributionRead, regionalAddress } from './private/cdn-access';
import { CdnBehaviors } from './private/cdn-behaviors';
import { CdnLogs } from './private/cdn-logs';
import { APP_SECRET_HEADER, appOrigin, bucketOrigin, OriginNames, withFallback } from './private/cdn-origins';
import { djangoSettings } from './private/django-settings';
import { earlyName } from './private/early-name';
import { edgeCertificate } from './private/edge-certificate';
import { EdgeResources } from './private/edge-resources';
import { explain, explanationTable } from './private/explain';
import { legacyAccessKey } from './private/legacy-access-key';
import { ownPropsWin } from './private/own-props-win';
import { accessLogBucket, privateBucket } from './private/private-bucket';
import { keptInsteadOfSnapshot } from './private/removal-policy';
import { leaks, renderedDistribution } from './private/rendered-behaviors';
import { seal } from './private/sealed';
import { validateCdn } from './private/validate-cdn';
import { StageProfile } from './stage-profile';
import { StaticFiles } from './static-files';

/**
 * Properties of a StaticMediaCdn.
 */
export interface StaticMediaCdnProps {
  /**
   * The domain that the app answers under, over HTTPS. It must not be the CDN's own, which would make requests go round in circles.
   *
   * @default - none: static files come from a bucket
   */
  readonly appDomain?: string;

  /**
   * A secret that the app gets with each request, as the header `X-Origin-Verify`, so that it can refuse requests which do not come from the CDN.
   * Whoever may read the configuration of the distribution can read it, too.
   *
   * @default - none
   */
  readonly appSecret?: ISecret;

  /**
   * Where static files come from.
   *
   * @default - StaticFiles.fromApp(), or StaticFiles.fromBucket() without an `appDomain`
   */
  readonly staticFiles?: StaticFiles;

  /**
   * What is served where no other path is meant.
   *
   * @default DefaultContent.staticFiles()
   */
  readonly defaultContent?: DefaultContent;

  /**
   * The folder of media files: in their addresses, and in the bucket.
   *
   * @default 'media'
   */
  readonly mediaLocation?: string;

  /**
   * The folder of static files: in their addresses, and in the bucket if there is one.
   *
   * @default 'static'
   */
  readonly staticLocation?: string;

  /**
   * A bucket of yours for media files. Let it block public access; the policies that it needs are added where it is no imported one.
   *
   * @default - a new bucket: private, encrypted, versioned
   */
  readonly mediaBucket?: s3.IBucket;

  /**
   * A bucket of yours for static files.
   *
   * @default - a new bucket, if static files come from one: private, encrypted, versioned
   */
  readonly staticBucket?: s3.IBucket;

  /**
   * The age, in whole days, at which media files of the new bucket are deleted for good; it has no versions then.
   *
   * @default - never; versions are kept
   */
  readonly mediaExpiration?: Duration;

  /**
   * How long overwritten and deleted versions are kept in new buckets, in whole days.
   *
   * @default - the StageProfile's `backupRetention`
   */
  readonly noncurrentVersionExpiration?: Duration;

  /**
   * The origins whose pages may read media files of the new bucket by script, such as `https://demo.example.education`.
   *
   * @default ['*']
   */
  readonly corsOrigins?: string[];

  /**
   * The key that encrypts new buckets. It is of this stack, or imported: its policy then names this one distribution.
   *
   * @default - keys that S3 manages (SSE-S3)
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The CDN's own domain.
   *
   * @default - CloudFront's, `….cloudfront.net`, and a warning about its TLS
   */
  readonly domainName?: string;

  /**
   * The zone that `domainName` is in: the certificate is validated by it, and gets its alias records.
   *
   * @default - none: the records of `domainName` are yours to make
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The certificate of `domainName`, in us-east-1.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
   * @default - a new one, validated by the `hostedZone`
   */
  readonly certificate?: acm.ICertificate;

  /**
   * How long files are cached whose headers do not say.
   *
   * @default Duration.hours(1)
   */
  readonly defaultTtl?: Duration;

  /**
   * The longest that files are cached, whatever their headers say.
   *
   * @default Duration.days(1)
   */
  readonly maxTtl?: Duration;

  /**
   * Makes media files private: a URL or a cookie must be signed by a key of one of these groups. To change the key, add the new one to the
   * group, sign by it, and remove the old one when nothing that it signed is valid any more.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html
   * @default - media files are public
   */
  readonly mediaKeyGroups?: cloudfront.IKeyGroup[];

  /**
   * The edge locations that serve.
   *
   * @default - the StageProfile's
   */
  readonly priceClass?: cloudfront.PriceClass;

  /**
   * A web ACL of AWS WAF, of scope CLOUDFRONT.
   *
   * @default - none
   */
  readonly webAclArn?: string;

  /**
   * The countries that may, or may not, be served.
   *
   * @default - all may
   */
  readonly geoRestriction?: cloudfront.GeoRestriction;

  /**
   * Pages for errors, and how long errors are cached.
   *
   * @default - what the origin answers
   */
  readonly errorResponses?: cloudfront.ErrorResponse[];

  /**
   * Receives the logs of the CDN and of new buckets. S3 delivers logs only to buckets that it encrypts with keys that it manages.
   *
   * @default - a new bucket
   */
  readonly accessLogsBucket?: s3.IBucket;

  /**
   * How long logs are kept in the new bucket for them.
   *
   * @default - the StageProfile's
   */
  readonly logRetention?: RetentionDays;

  /**
   * The site that this is the CDN of, for names and the tag `Site`. Changing it replaces the new buckets.
   *
   * @default - names say the construct's path
   */
  readonly siteName?: string;

  /**
   * The environment that this is in, such as `staging`, for names and the tag `Environment`. Changing it replaces the new buckets.
   *
   * @default - names say the construct's path
   */
  readonly environmentName?: string;

  /**
   * Makes an IAM user with an access key that may read and write media files, for an application that cannot take a role. The key is in a
   * secret, as `DJANGO_AWS_ACCESS_KEY_ID` and `DJANGO_AWS_SECRET_ACCESS_KEY`, and nowhere else.
   *
   * @default false
   */
  readonly legacyAccessKey?: boolean;

  /**
   * What happens to new buckets, and what is in them, when they leave the stack.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A CDN for a web site's static files and for what its users upload: static files from the app, from a bucket, or both; media files from a
 * private bucket, served so that a hostile upload runs nowhere.
 *
 * Creates a CloudFront distribution with its policies and a function, buckets for media files, for static files if they come from one, and for
 * logs, and with a `hostedZone` a certificate and alias records.
 *
 * @example
 * declare const zone: route53.IHostedZone;
 * const cdn = new StaticMediaCdn(this, 'Cdn', { appDomain: 'demo.example.education', domainName: 'cdn.example.education', hostedZone: zone });
 */
export class StaticMediaCdn extends Construct {
  /** In which the app gets `appSecret`. */
  public static readonly APP_SECRET_HEADER: string = APP_SECRET_HEADER;

  /** The distribution; the way out to every feature of CloudFront that this construct does not surface. */
  public readonly distribution: cloudfront.Distribution;
  /** What users upload. */
  public readonly mediaBucket: s3.IBucket;
  /** What releases publish, if static files come from a bucket. */
  public readonly staticBucket?: s3.IBucket;
  /** The logs of the CDN and of new buckets. */
  public readonly accessLogsBucket: s3.IBucket;
  /** The certificate of the CDN's own domain, if it has one. */
  public readonly certificate?: acm.ICertificate;
  /** The domain that files are served under: `domainName`, or CloudFront's own. */
  public readonly domainName: string;
  /** The folder of media files, in their addresses and in the bucket. */
  public readonly mediaLocation: string;
  /** The folder of static files, in their addresses and in the bucket. */
  public readonly staticLocation: string;
  /** Decides what browsers show of uploads and what they download. */
  public readonly safeDownloads: cloudfront.Function;
  /** Where the access key is, with `legacyAccessKey`. */
  public readonly legacyAccessKey?: Secret;

  private readonly originNames: OriginNames = new Map();

  /**
   * @throws if the CDN would fetch from itself, lacks an origin or a certificate, or a value is not what CloudFront takes
   */
  constructor(scope: Construct, id: string, props: StaticMediaCdnProps = {}) {
    super(scope, id);
    ownPropsWin(this);

    const profile = StageProfile.of(this);
    const staticFiles = props.staticFiles ?? (props.appDomain === undefined ? StaticFiles.fromBucket() : StaticFiles.fromApp());
    const servesPages = props.defaultContent?._isApp ?? false;
    const defaultTtl = props.defaultTtl ?? Duration.hours(1);
    const maxTtl = props.maxTtl ?? Duration.days(1);
    this.mediaLocation = props.mediaLocation ?? 'media';
    this.staticLocation = props.staticLocation ?? 'static';
    const removalPolicy = keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy);
    const labels = [props.siteName, props.environmentName].filter((label) => label !== undefined);
    const { mediaLocation, staticLocation } = this;
    validateCdn(this, { ...props, staticFiles, servesPages, defaultTtl, maxTtl, mediaLocation, staticLocation });

    const needsStaticBucket = staticFiles._needsBucket;
    // Known before the buckets are, so that their policies and keys can name the distribution: docs/decisions/exact-distribution.md.
    const words = labels.length > 0 ? labels : [this.node.id];
    const nameOf = (what: string) => earlyName(this, [...words, what], 63); // the longest that S3 takes
    const mediaAddress = props.mediaBucket ? addressOf(this, 'mediaBucket', props.mediaBucket) : regionalAddress(nameOf('media'), this);
    const staticAddress = props.staticBucket ? addressOf(this, 'staticBucket', props.staticBucket) : regionalAddress(nameOf('static'), this);

    const behaviors = new CdnBehaviors(this, 'Behaviors', { defaultTtl, maxTtl, words, mediaKeyGroups: props.mediaKeyGroups });
    this.safeDownloads = behaviors.safeDownloads;
    const { originAccessControlId } = behaviors.accessControl();
    const media = { origin: bucketOrigin(this.originNames, 'media bucket', mediaAddress, originAccessControlId), ...behaviors.media() };
    const app = props.appDomain === undefined ? undefined : appOrigin(this.originNames, props.appDomain, props.appSecret);
    const files = needsStaticBucket ? bucketOrigin(this.originNames, 'static bucket', staticAddress, originAccessControlId) : undefined;
    const statics = { origin: app && staticFiles._needsApp ? (files ? withFallback(app, files) : app) : files!, ...behaviors.staticFiles() };

    const logRetention = props.logRetention ?? profile.logRetention;
    const edge = new EdgeResources(this, 'Edge', { logRetention, removalPolicy });
    this.certificate = edgeCertificate(this, props, edge);
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: labels.length > 0 ? `${labels.join(' ')} static and media files` : this.node.path,
      defaultBehavior: servesPages ? { origin: app!, ...behaviors.pages() } : statics,
      additionalBehaviors: {
        [`/${this.mediaLocation}/*`]: media,
        ...(servesPages ? { [`/${this.staticLocation}/*`]: statics } : {}),
      },
      // A bucket answers a request for its root with what is in it.
      defaultRootObject: needsStaticBucket && !servesPages ? 'index.html' : undefined,
      domainNames: props.domainName === undefined ? undefined : [props.domainName],
      certificate: this.certificate,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      sslSupportMethod: cloudfront.SSLMethod.SNI,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      enableIpv6: true,
      priceClass: props.priceClass ?? profile.cdnPriceClass,
      // Left out where nothing is said, so that an organization may say it for all of its distributions.
      ...(props.webAclArn !== undefined && { webAclId: props.webAclArn }),
      ...(props.geoRestriction && { geoRestriction: props.geoRestriction }),
      ...(props.errorResponses && { errorResponses: props.errorResponses }),
    });
    this.domainName = props.domainName ?? this.distribution.distributionDomainName;

    const oldVersions = props.noncurrentVersionExpiration ?? profile.backupRetention;
    this.accessLogsBucket = props.accessLogsBucket ??
      accessLogBucket(this, 'AccessLogs', { removalPolicy, retention: logRetention, oldVersions: profile.backupRetention });
    const ofNewBuckets = { encryptionKey: props.encryptionKey, removalPolicy, accessLogs: this.accessLogsBucket, oldVersions };
    this.mediaBucket = props.mediaBucket ?? privateBucket(this, 'Media', {
      ...ofNewBuckets,
      bucketName: nameOf('media'),
      expiration: props.mediaExpiration,
      cors: [{ allowedMethods: [s3.HttpMethods.GET], allowedOrigins: props.corsOrigins ?? ['*'], allowedHeaders: ['*'], maxAge: 3600 }],
      unreplicated: 'what is overwritten or deleted is kept for a while: for a copy in another region, \'mediaBucket\' may be a bucket of yours that is replicated',
    });
    this.staticBucket = !needsStaticBucket ? undefined : props.staticBucket ?? privateBucket(this, 'Static', {
      ...ofNewBuckets,
      bucketName: nameOf('static'),
      unreplicated: 'a release publishes static files anew',
    });
    this.letDistributionReadBuckets(servesPages);
    new CdnLogs(this, 'Logs', { distribution: this.distribution, bucket: this.accessLogsBucket, words, edge });
    if (props.legacyAccessKey) this.legacyAccessKey = legacyAccessKey(this, (user) => this.grantMediaReadWrite(user));
    if (props.hostedZone) aliasRecords(this, props.domainName!, props.hostedZone, this.distribution);
    this.tag(props);

    this.acknowledgeFindings(props);
    seal(this);

    this.warn(props);
    this.node.addValidation({ validate: () => leaks(renderedDistribution(this.distribution)) });
  }

  /**
   * Lets an identity list the media bucket, and read, write and delete media files, and nothing else.
   */
  public grantMediaReadWrite(grantee: iam.IGrantable): iam.Grant {
    return grantReadWrite(grantee, this.mediaBucket, `${this.mediaLocation}/*`);
  }

  /**
   * Lets an identity list the static bucket, read, write and delete static files, have the CDN forget what it has cached, and nothing else.
   *
   * @throws if static files do not come from a bucket
   */
  public grantStaticPublish(grantee: iam.IGrantable): iam.Grant {
    const grant = grantReadWrite(grantee, this.requireStaticBucket('grantStaticPublish()'), `${this.staticLocation}/*`);
    const invalidate = iam.Grant.addToPrincipal({
      grantee,
      actions: ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'],
      resourceArns: [this.distribution.distributionArn],
    });
    return grant.combine(invalidate);
  }

  /**
   * Media files as an application uses them: it may list, read, write and delete them, and reads from settings where they are.
   */
  public mediaBinding(names: CdnBindingNames): IBinding {
    return this.bindingOf('mediaBinding()', this.mediaBucket, this.mediaLocation, names);
  }

  /**
   * Static files as an application uses them that publishes them itself, such as by Django's `collectstatic`: it may list, read, write and
   * delete them, and reads from settings where they are.
   *
   * @throws if static files do not come from a bucket
   */
  public staticBinding(names: CdnBindingNames): IBinding {
    return this.bindingOf('staticBinding()', this.requireStaticBucket('staticBinding()'), this.staticLocation, names);
  }

  /**
   * Settings of a Django site (4.2 or newer, with django-storages) that fit this CDN, as Python source: `STORAGES`, `MEDIA_URL` and `STATIC_URL`.
   */
  public djangoSettings(): string {
    return djangoSettings(this);
  }

  /**
   * What the CDN does with a path, as it is configured when this is called, by whoever: behaviors and policies that were added to the
   * distribution count.
   *
   * @param path the path of a URL, such as `/media/a.jpg`
   * @throws if the path begins without a slash, or falls into a behavior whose policy is neither in this stack nor one of AWS's
   */
  public explain(path: string): CdnExplanation {
    if (Token.isUnresolved(path)) throw new Error(`${this.node.path}: 'path' must be known at synthesis, got a token: it is explained then`);
    if (!path.startsWith('/')) throw new Error(`${this.node.path}: 'path' must begin with a slash, such as /media/a.jpg, got '${path}'`);
    return explain(renderedDistribution(this.distribution), path.split('?')[0], this.namesToExplain());
  }

  /**
   * What the CDN does with all paths, as a table in Markdown: a row for each behavior, in the order in which they are tried.
   *
   * @throws if a behavior has a policy that is neither in this stack nor one of AWS's
   */
  public explainAll(): string {
    return explanationTable(renderedDistribution(this.distribution), this.namesToExplain());
  }

  private namesToExplain() {
    const { node } = this.safeDownloads;
    const safeDownloads = Stack.of(this).resolve((node.defaultChild as cloudfront.CfnFunction).logicalId);
    return { origins: this.originNames, functions: new Map([[safeDownloads, ['Content-Disposition: attachment, unless a harmless type']]]) };
  }

  private requireStaticBucket(what: string): s3.IBucket {
    if (this.staticBucket) return this.staticBucket;
    throw new Error(`${this.node.path}: ${what} must have a bucket for static files, but they come from the app alone: set 'staticFiles' to StaticFiles.fromBucket()`);
  }

  private bindingOf(what: string, bucket: s3.IBucket, folder: string, names: CdnBindingNames): IBinding {
    const { domain, ...ofBucket } = names;
    const files = Binding.bucketReadWrite(bucket, ofBucket, { folder });
    return {
      bind: (target) => {
        files.bind(target);
        addSettings(target, { domain }, { domain: this.domainName }, `${this.node.path}.${what}`);
      },
    };
  }

  private letDistributionReadBuckets(servesPages: boolean): void {
    const { distribution } = this;
    letDistributionRead(this, { distribution, bucket: this.mediaBucket, keys: `${this.mediaLocation}/*` });
    if (this.staticBucket) letDistributionRead(this, { distribution, bucket: this.staticBucket, keys: servesPages ? `${this.staticLocation}/*` : '*' });
  }

  private tag({ siteName, environmentName }: StaticMediaCdnProps): void {
    if (siteName !== undefined) Tags.of(this).add('Site', siteName);
    if (environmentName !== undefined) Tags.of(this).add('Environment', environmentName);
  }

  private acknowledgeFindings(props: StaticMediaCdnProps): void {
    acknowledge(this.distribution, {
      cdnAccessLog: 'its logs are delivered by CloudWatch Logs (standard logging v2), which the rule does not look for',
      cdnCertificate: props.domainName === undefined
        ? 'CloudFront\'s own certificate takes TLS 1.0, of which the construct warns (cdk-mainstay:StaticMediaCdn.DefaultCertificate): give it a \'domainName\''
        : undefined,
      cdnFirewall: props.webAclArn !== undefined ? undefined : 'it serves files, and an app has its own defences: \'webAclArn\' puts a firewall before them',
      cdnGeoRestriction: props.geoRestriction ? undefined : 'files are for visitors from anywhere: \'geoRestriction\' says who else they are for',
    });
  }

  private warn(props: StaticMediaCdnProps): void {
    if (props.domainName === undefined) {
      Annotations.of(this).addWarningV2(
        'cdk-mainstay:StaticMediaCdn.DefaultCertificate',
        'without a domain of its own, the CDN is reached by CloudFront\'s certificate, with which browsers may speak TLS 1.0: set \'domainName\', or acknowledge this',
      );
    }
    if (props.legacyAccessKey) {
      Annotations.of(this).addWarningV2(
        'cdk-mainstay:StaticMediaCdn.LegacyAccessKey',
        'an access key does not expire, and whoever has it may overwrite media files: grant a role by grantMediaReadWrite() or mediaBinding() where the application can take one',
      );
    }
  }
}

function grantReadWrite(grantee: iam.IGrantable, bucket: s3.IBucket, keys: string): iam.Grant {
  const allow = (actions: string[], arn: string) => iam.Grant.addToPrincipalOrResource({ grantee, actions, resourceArns: [arn], resource: bucket });
  const objects = bucket.arnForObjects(keys);
  const grant = allow(['s3:ListBucket'], bucket.bucketArn).combine(allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'], objects));
  const { grantPrincipal } = grantee;
  if (Construct.isConstruct(grantPrincipal)) acknowledgeWildcard(grantPrincipal, objects, 'files come with any name: all keys in one folder of one bucket');
  const keyGrant = bucket.encryptionKey?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
  return keyGrant ? grant.combine(keyGrant) : grant;
}
