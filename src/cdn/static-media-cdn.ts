import { Size, Stack, Tags } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, IDependable } from 'constructs';
import { PROP_KINDS, PUBLISH_STATIC_KINDS } from './private/prop-kinds';
import { requireKinds } from '../shared/kinds';
import { arnForGrantee, cdnBuckets, nameInOtherStack, planBuckets } from './private/buckets';
import { APP_SECRET_HEADER, AppAsOrigin, CdnApp, createOriginSecrets, requireAppAsOrigin, warnOfReplacedDomain } from './private/cdn-app';
import { CdnBehaviors } from './private/cdn-behaviors';
import { CdnLogs } from './private/cdn-logs';
import { CdnSettings, resolveCdnSettings, validateCdn } from './private/cdn-settings';
import { cdnDistribution, servePages, StaticBehavior } from './private/distribution';
import { djangoSettings } from './private/django-settings';
import { edgeCertificate } from './private/domain';
import { explain, explanationTable } from './private/explain';
import { OWN_PROPS, SEALED } from './private/guards';
import { legacyAccessKey } from './private/legacy-access-key';
import { createSigningKeys } from './private/signing-keys';
import { StaticPublisher } from './private/static-publisher';
import { findUnkeyedValues } from './private/unkeyed-values';
import { CdnBindingNames, CdnExplanation, PublishStaticProps, StaticMediaCdnProps } from './static-media-cdn-props';
import { IBinding } from '../binding/binding';
import { unlessAcknowledged } from '../shared/acknowledge';
import { addSettings } from '../shared/application';
import { grantObjects, READ_WRITE } from '../shared/bucket-grants';
import { Checks } from '../shared/checks';
import { DeploymentFunction } from '../shared/deployment-function';
import { addAliasRecords } from '../shared/domain-names';
import { preferOwnProps, seal } from '../shared/guards';
import { secretText } from '../shared/secrets';
import { explainCircles } from '../shared/stacks';

/** Of a circle of stacks. */
const WAY_OUT = 'grant a bucket of another stack by grantMediaReadWrite(), grantStaticPublish() or a binding of the CDN, which name it without a reference';

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
  /** In which the app gets `appSecret`, or the secret of a CDN that it gave itself to as origin. */
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

  private readonly settings: CdnSettings;
  private readonly app: CdnApp;
  private readonly behaviors: CdnBehaviors;
  private readonly statics: StaticBehavior;
  /** By the names that explanations use. */
  private readonly originAddresses: Record<string, string | undefined>;
  private readonly publisher?: StaticPublisher;
  private edge?: DeploymentFunction;

  /**
   * @throws if the CDN would fetch from itself, lacks an origin or a certificate, is in a region without CloudFront, or a value is not what CloudFront takes
   */
  constructor(scope: Construct, id: string, props: StaticMediaCdnProps = {}) {
    super(scope, id);
    preferOwnProps(this, OWN_PROPS);
    explainCircles(this, WAY_OUT);
    requireKinds(this.node.path, props, PROP_KINDS);

    const settings = this.settings = resolveCdnSettings(this, props);
    validateCdn(this, settings);
    this.mediaLocation = settings.mediaLocation;
    this.staticLocation = settings.staticLocation;

    const planned = planBuckets(this, settings);
    const app = this.app = new CdnApp(settings);
    this.originAddresses = { 'app': app.domainName, 'media bucket': planned.media.address, 'static bucket': planned.static.address };

    const keys = settings.privateMedia && createSigningKeys(this, { ...settings, rotateAfter: settings.privateMedia._rotateAfter });
    this.mediaSigningKey = keys?.signingKey;
    this.rotationFunction = keys?.rotationFunction;
    const mediaKeyGroups = keys ? [keys.keyGroup, ...settings.mediaKeyGroups ?? []] : settings.mediaKeyGroups;
    const behaviors = this.behaviors = new CdnBehaviors(this, 'Behaviors', { ...settings, app, mediaKeyGroups });
    this.safeDownloads = behaviors.safeDownloads;
    this.certificate = edgeCertificate(this, settings, () => this.edgeFunction());
    const { distribution, statics } = cdnDistribution(this, { settings, app, behaviors, buckets: planned, certificate: this.certificate });
    this.distribution = distribution;
    this.statics = statics;
    this.domainName = settings.domainName ?? distribution.distributionDomainName;

    const { accessLogsBucket, mediaBucket, staticBucket } = cdnBuckets(this, settings, app, planned, distribution);
    this.accessLogsBucket = accessLogsBucket;
    this.mediaBucket = mediaBucket;
    this.staticBucket = staticBucket;
    new CdnLogs(this, 'Logs', {
      distribution, bucket: accessLogsBucket, edge: () => this.edgeFunction(), signed: (mediaKeyGroups ?? []).length > 0,
    });
    if (settings.legacyAccessKey) this.legacyAccessKey = legacyAccessKey(this, (user) => this.grantMediaReadWrite(user));
    if (staticBucket) this.publisher = new StaticPublisher(this, 'Publisher', { ...settings, distribution, bucket: staticBucket });
    if (settings.hostedZone) addAliasRecords(this, settings.domainName!, settings.hostedZone, new CloudFrontTarget(distribution));
    if (settings.siteName !== undefined) Tags.of(this).add('Site', settings.siteName);
    if (settings.environmentName !== undefined) Tags.of(this).add('Environment', settings.environmentName);

    seal(this, SEALED);
    this.node.addValidation({
      validate: () => [...app.findMissing(), ...unlessAcknowledged(this, 'cdk-mainstay:StaticMediaCdn.CachedForOthers', findUnkeyedValues(distribution))],
    });
  }

  /**
   * Lets an identity list the media bucket, and read, write and delete media files, and nothing else. A bucket of another stack is named without a reference, as
   * its stack waits for that of the CDN: its key is then whichever encrypts objects of this bucket.
   */
  public grantMediaReadWrite(grantee: iam.IGrantable): iam.Grant {
    return this.grantFolder(this.mediaBucket, this.mediaLocation, grantee);
  }

  /**
   * Lets an identity list the static bucket, read, write and delete static files, have the CDN forget what it has cached, and nothing else.
   *
   * @throws if static files do not come from a bucket
   */
  public grantStaticPublish(grantee: iam.IGrantable): iam.Grant {
    const bucket = this.requireStaticBucket('grantStaticPublish()');
    const grant = this.grantFolder(bucket, this.staticLocation, grantee);
    const invalidate = iam.Grant.addToPrincipal({
      grantee,
      actions: ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'],
      resourceArns: [this.distribution.distributionArn],
    });
    return grant.combine(invalidate);
  }

  /**
   * Publishes the files of a local folder under `staticLocation`, or at the root of the domain with `DefaultContent.singlePageApp()`, when the stack is deployed: those that changed, the ones first whose names say their
   * contents, and then has the CDN forget what it may have of the others. No file is deleted, ever, as pages that are open still refer to old ones.
   *
   * Browsers keep a file whose name says its contents for a year, and others for a minute; the CDN keeps both as `maxTtl` lets it, the others for an hour at the most.
   * Publications come one after the other, in the order of the calls.
   *
   * @param id the name of this publication among those of the CDN; another one publishes all files anew
   * @returns what has to wait for the files depends on this, such as the service of a new release
   * It warns of a file with a plus in its name, which S3 takes for a space in the path of a URL.
   *
   * @throws if static files do not come from a bucket, or from one of another stack, or the folder cannot be published: it is empty or too large, has links that lead
   * out of it, in circles or nowhere, or names that are not UTF-8
   */
  public publishStatic(id: string, props: PublishStaticProps): IDependable {
    requireKinds(`${this.node.path}.publishStatic('${id}')`, props, PUBLISH_STATIC_KINDS);
    this.requireStaticBucket('publishStatic()');
    return this.publisher!.publish(id, props);
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
    // An app that is asked first has its files beside it, and what is in the bucket is a copy.
    return djangoSettings(this, this.settings.staticFiles._needsApp ? undefined : this.staticBucket);
  }

  /**
   * What the CDN does with a path, as it is configured when this is called, by whoever: behaviors and policies that were added to the
   * distribution count.
   *
   * Like CloudFront, it matches behaviors with the normalized path (`/x/../media/a` and `//media/%61` are `/media/a`), and has the origin asked for the path as it came.
   *
   * @param path the path of a URL, such as `/media/a.jpg`, as a client sends it
   * @throws if the path begins without a slash, falls into a behavior whose policy is neither in this stack nor one of AWS's, or cannot be decided, as CloudFront
   * does not document what it makes of it
   */
  public explain(path: string): CdnExplanation {
    const checks = new Checks(this.node.path);
    checks.known('path', path, 'it is explained then');
    if (!path.startsWith('/')) throw checks.error(`'path' must begin with a slash, such as /media/a.jpg, got '${path}'`);
    return explain(checks, this.distribution, path.split(/[?#]/)[0], this.namesToExplain());
  }

  /**
   * What the CDN does with all paths, as a table in Markdown: a row for each behavior, in the order in which they are tried.
   *
   * @throws if a behavior has a policy that is neither in this stack nor one of AWS's
   */
  public explainAll(): string {
    return explanationTable(this.distribution, this.namesToExplain());
  }

  /**
   * Makes an app the origin of this CDN's pages, after the CDN was created: `Ingress.cloudFrontOnly()`. CloudFront fetches over HTTPS from the app's own
   * domain, and sends the secret header with each request: docs/decisions/origin-secret.md.
   *
   * @returns the values of the header that the app must accept, as dynamic references, which resolve in any stack of this region
   * @throws if the CDN has an app already, has an `appSecret`, or is in another region or account, or if it cannot fetch from this domain
   * @internal
   */
  public _servePagesOf(given: AppAsOrigin): { headerName: string; accepted: string[] } {
    const { distribution, settings, app, behaviors, statics } = this;
    requireAppAsOrigin(given, { cdn: this, distribution, settings, app });
    warnOfReplacedDomain(given, { cdn: this, settings });
    const { current, next } = createOriginSecrets(this);
    const [sent, sentNext] = [current, next].map((secret) => secretText(secret).unsafeUnwrap());
    app.replaceBy({ domainName: given.appDomain, secret: sent, by: given.by });
    servePages(distribution, { settings, app, behaviors, statics });
    return { headerName: APP_SECRET_HEADER, accepted: [sent, sentNext] };
  }

  private namesToExplain() {
    const ofDownloads = ['Content-Disposition: attachment', 'Content-Type: application/octet-stream', 'Cross-Origin-Resource-Policy: same-origin'];
    const functions = { [this.safeDownloads.node.path]: ofDownloads.map((header) => `${header}, unless a harmless type`) };
    return { origins: Stack.of(this).resolve(this.originAddresses), functions };
  }

  /** Makes what CloudFront takes from us-east-1 alone, wherever the stack is. Created where CloudFormation cannot do it. */
  private edgeFunction(): DeploymentFunction {
    const { logRetention, removalPolicy } = this.settings;
    return this.edge ??= new DeploymentFunction(this, 'Edge', {
      description: 'Makes the certificate and the log delivery of a CDN in us-east-1 when the stack is deployed',
      bundle: 'cdn-certificate',
      memorySize: Size.mebibytes(256),
      connectsTo: 'ACM, Route 53 and CloudWatch Logs',
      logRetention,
      removalPolicy,
    });
  }

  private grantFolder(bucket: s3.IBucket, folder: string, grantee: iam.IGrantable): iam.Grant {
    return grantObjects(bucket, grantee, { ...READ_WRITE, keys: [`${folder}/*`], list: 'all', bucketArn: arnForGrantee(this, bucket, grantee) });
  }

  private requireStaticBucket(what: string): s3.IBucket {
    if (this.staticBucket) return this.staticBucket;
    throw new Error(`${this.node.path}: ${what} must have a bucket for static files, but they come from the app alone: set 'staticFiles' to StaticFiles.fromBucket()`);
  }

  private bindingOf(what: string, bucket: s3.IBucket, folder: string, names: CdnBindingNames): IBinding {
    const origin = `${this.node.path}.${what}`;
    const key = what === 'mediaBinding()' ? this.mediaSigningKey : undefined;
    if (!key && (names.signingKeyId ?? names.signingKey ?? names.secretArn) !== undefined) {
      throw new Error(`${this.node.path}: ${what} has no 'signingKeyId', no 'signingKey' and no 'secretArn', which are for mediaBinding() of a CDN with 'privateMedia'`);
    }
    const bucketName = nameInOtherStack(this, bucket) ?? bucket.bucketName;
    const places = { bucket: bucketName, location: folder, region: bucket.env.region, domain: this.domainName };
    return {
      bind: (target) => {
        addSettings<Pick<CdnBindingNames, keyof typeof places>>(target, names, places, origin);
        this.grantFolder(bucket, folder, target);
        if (!key) return;
        const values = { signingKeyId: { secret: key, field: 'keyPairId' }, signingKey: { secret: key, field: 'privateKey' }, secretArn: { arnOf: key } };
        addSettings<Pick<CdnBindingNames, keyof typeof values>>(target, names, values, origin);
      },
    };
  }
}
