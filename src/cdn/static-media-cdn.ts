import { Annotations, Duration, Resource, Stack, Tags, Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, IDependable } from 'constructs';
import { CdnBindingNames } from './cdn-binding-names';
import { CdnExplanation } from './cdn-explanation';
import { Binding, IBinding } from '../binding/binding';
import { addSettings } from '../shared/add-settings';
import { acknowledge } from '../shared/acknowledge';
import { aliasRecords } from './private/alias-records';
import { addressOf, letDistributionRead, regionalAddress } from './private/cdn-access';
import { CdnBehaviors } from './private/cdn-behaviors';
import { cdnBuckets } from './private/cdn-buckets';
import { cdnDistribution } from './private/cdn-distribution';
import { CdnLogs } from './private/cdn-logs';
import { APP_SECRET_HEADER, OriginNames } from './private/cdn-origins';
import { djangoSettings } from './private/django-settings';
import { StaticFiles } from './static-files';
import { StaticMediaCdnProps } from './static-media-cdn-props';
import { acknowledgeWildcard } from '../shared/acknowledge-wildcard';
import { earlyName } from '../shared/early-name';
import { edgeCertificate } from './private/edge-certificate';
import { edgeResources } from './private/edge-resources';
import { explain, explanationTable } from './private/explain';
import { legacyAccessKey } from './private/legacy-access-key';
import { PublishStaticProps } from './publish-static-props';
import { ownPropsWin } from '../shared/own-props-win';
import { keptInsteadOfSnapshot } from '../shared/removal-policy';
import { leaks, renderedDistribution } from './private/rendered-behaviors';
import { seal } from '../shared/sealed';
import { SigningKeys } from './private/signing-keys';
import { StaticPublisher } from './private/static-publisher';
import { validateCdn } from './private/validate-cdn';
import { StageProfile } from '../stage/stage-profile';

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
  /** The key that signs URLs and cookies of media files, with `privateMedia`: JSON of `keyPairId`, its id, and `privateKey`, in PEM. */
  public readonly mediaSigningKey?: ISecret;
  /** Makes and rotates that key. While it fails, the key stays as it is. */
  public readonly rotationFunction?: lambda.Function;

  private readonly staticFiles: StaticFiles;
  private readonly originNames: OriginNames = new Map();
  private readonly publisher?: StaticPublisher;

  /**
   * @throws if the CDN would fetch from itself, lacks an origin or a certificate, or a value is not what CloudFront takes
   */
  constructor(scope: Construct, id: string, props: StaticMediaCdnProps = {}) {
    super(scope, id);
    ownPropsWin(this);

    const profile = StageProfile.of(this);
    const staticFiles = this.staticFiles = props.staticFiles ?? (props.appDomain === undefined ? StaticFiles.fromBucket() : StaticFiles.fromApp());
    const servesPages = props.defaultContent?._isApp ?? false;
    const defaultTtl = props.defaultTtl ?? Duration.hours(1);
    const maxTtl = props.maxTtl ?? Duration.days(1);
    this.mediaLocation = props.mediaLocation ?? 'media';
    this.staticLocation = props.staticLocation ?? 'static';
    const removalPolicy = keptInsteadOfSnapshot(props.removalPolicy ?? profile.removalPolicy);
    const labels = [props.siteName, props.environmentName].filter((label) => label !== undefined);
    const { mediaLocation, staticLocation } = this;
    validateCdn(this, { ...props, staticFiles, servesPages, defaultTtl, maxTtl, mediaLocation, staticLocation });

    // Known before the buckets are, so that their policies and keys can name the distribution: docs/decisions/exact-distribution.md.
    const words = labels.length > 0 ? labels : [this.node.id];
    const nameOf = (what: string) => earlyName(this, [...words, what], 63); // the longest that S3 takes
    const [mediaName, staticName] = [nameOf('media'), nameOf('static')];
    const logRetention = props.logRetention ?? profile.logRetention;

    const edge = edgeResources(this, { logRetention, removalPolicy });
    const keys = props.privateMedia && new SigningKeys(this, 'SigningKeys', {
      words, rotateAfter: props.privateMedia._rotateAfter, logRetention, removalPolicy,
    });
    this.mediaSigningKey = keys?.signingKey;
    this.rotationFunction = keys?.rotationFunction;
    const mediaKeyGroups = keys ? [keys.keyGroup, ...props.mediaKeyGroups ?? []] : props.mediaKeyGroups;
    const behaviors = new CdnBehaviors(this, 'Behaviors', { defaultTtl, maxTtl, words, mediaKeyGroups });
    this.safeDownloads = behaviors.safeDownloads;
    this.certificate = edgeCertificate(this, props, edge);
    this.distribution = cdnDistribution(this, {
      given: props,
      comment: labels.length > 0 ? `${labels.join(' ')} static and media files` : this.node.path,
      behaviors,
      originNames: this.originNames,
      staticFiles,
      servesPages,
      mediaLocation,
      staticLocation,
      mediaAddress: props.mediaBucket ? addressOf(this, 'mediaBucket', props.mediaBucket) : regionalAddress(mediaName, this),
      staticAddress: props.staticBucket ? addressOf(this, 'staticBucket', props.staticBucket) : regionalAddress(staticName, this),
      certificate: this.certificate,
      priceClass: props.priceClass ?? profile.cdnPriceClass,
    });
    this.domainName = props.domainName ?? this.distribution.distributionDomainName;
    const buckets = cdnBuckets(this, {
      given: props, profile, mediaName, staticName: staticFiles._needsBucket ? staticName : undefined, logRetention, removalPolicy,
    });
    this.accessLogsBucket = buckets.accessLogsBucket;
    this.mediaBucket = buckets.mediaBucket;
    this.staticBucket = buckets.staticBucket;
    this.letDistributionReadBuckets(servesPages);
    new CdnLogs(this, 'Logs', {
      distribution: this.distribution, bucket: this.accessLogsBucket, words, edge, signed: (mediaKeyGroups ?? []).length > 0,
    });
    if (props.legacyAccessKey) this.legacyAccessKey = legacyAccessKey(this, (user) => this.grantMediaReadWrite(user));
    if (this.staticBucket) {
      const { distribution, staticBucket: bucket } = this;
      this.publisher = new StaticPublisher(this, 'Publisher', { distribution, bucket, location: staticLocation, logRetention, removalPolicy });
    }
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
   * Publishes the files of a local folder under `staticLocation` when the stack is deployed: those that changed, the ones first whose names say their
   * contents, and then has the CDN forget what it may have of the others. No file is deleted, ever, as pages that are open still refer to old ones.
   *
   * Browsers keep a file whose name says its contents for a year, and others for a minute; the CDN keeps both as `maxTtl` lets it, the others for an hour at the most.
   * Publications come one after the other, in the order of the calls.
   *
   * @param id the name of this publication among those of the CDN; another one publishes all files anew
   * @returns what has to wait for the files depends on this, such as the service of a new release
   * @throws if static files do not come from a bucket, or from one of another stack, or the folder cannot be published
   */
  public publishStatic(id: string, props: PublishStaticProps): IDependable {
    const bucket = this.requireStaticBucket('publishStatic()');
    if (Resource.isOwnedResource(bucket) && Stack.of(bucket) !== Stack.of(this)) {
      throw new Error(
        `${this.node.path}: publishStatic() must have a 'staticBucket' of the same stack, or an imported one, got ${bucket.node.path}: ` +
        'its stack waits for this one, whose deployment would write into a bucket that is not there yet',
      );
    }
    return this.publisher!.publish(`${this.node.path}.publishStatic('${id}')`, id, props);
  }

  /**
   * Media files as an application uses them: it may list, read, write and delete them, and reads from settings where they are, and with `privateMedia`
   * by what to sign their URLs.
   *
   * @throws if it is to get a key that there is not
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
   * Settings of a Django site (4.2 or newer, with django-storages) that fit this CDN, as Python source: `STORAGES`, `MEDIA_URL` and `STATIC_URL`. With
   * `privateMedia`, the site gets the key as `AWS_CLOUDFRONT_KEY_ID` and `AWS_CLOUDFRONT_KEY` of its environment, and signs URLs by itself.
   */
  public djangoSettings(): string {
    const { domainName, mediaBucket, mediaLocation, staticLocation, mediaSigningKey } = this;
    // An app that is asked first has its files beside it, and what is in the bucket is a copy.
    const staticBucket = this.staticFiles._needsApp ? undefined : this.staticBucket;
    return djangoSettings({ domainName, mediaBucket, mediaLocation, staticBucket, staticLocation, mediaSigningKey });
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
    const { domain, signingKeyId, signingKey, ...ofBucket } = names;
    const key = what === 'mediaBinding()' ? this.mediaSigningKey : undefined;
    if (!key && (signingKeyId ?? signingKey) !== undefined) {
      throw new Error(`${this.node.path}: ${what} has no 'signingKeyId' and no 'signingKey', which are for mediaBinding() of a CDN with 'privateMedia'`);
    }
    const files = Binding.bucketReadWrite(bucket, ofBucket, { folder });
    return {
      bind: (target) => {
        files.bind(target);
        const origin = `${this.node.path}.${what}`;
        addSettings(target, { domain }, { domain: this.domainName }, origin);
        if (key) {
          const values = { signingKeyId: { secret: key, field: 'keyPairId' }, signingKey: { secret: key, field: 'privateKey' } };
          addSettings(target, { signingKeyId, signingKey }, values, origin);
        }
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
