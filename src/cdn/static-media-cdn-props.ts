import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { DefaultContent, PrivateMedia, StaticFiles } from './cdn-content';
import { BucketBindingNames } from '../binding/binding';

/**
 * Properties of a StaticMediaCdn.
 */
export interface StaticMediaCdnProps {
  /**
   * The domain that the app answers under, over HTTPS, with a certificate for it. It must not be the CDN's own, which would make requests go round in circles.
   *
   * AWS's own name of a load balancer, an instance or an Elastic Beanstalk environment has no certificate: it serves only for pages, where the CDN forwards its own
   * `domainName` as the Host header. The website endpoint of an S3 bucket, which speaks HTTP only, and what is reached from within a network only, such as an internal
   * load balancer, are refused.
   *
   * Leave it out for an app that gives itself to this CDN as origin, by `Ingress.cloudFrontOnly()`: its own domain takes the place of this one.
   *
   * @default - that of the app that gives itself; without one, there is none, and static files come from a bucket
   */
  readonly appDomain?: string;

  /**
   * A secret that the app gets with each request, as the header `X-Origin-Verify`, so that it can refuse requests which do not come from the CDN.
   * Anybody who may read the configuration of the distribution can read it, too.
   *
   * CloudFormation reads the secret only when it creates or changes the distribution: after a rotation, CloudFront sends the old value until then. So do not have it
   * rotated; change the value by two fields and `appSecretField`: docs/decisions/origin-secret.md.
   * Not for an app that gives itself to this CDN as origin: the CDN creates secrets of its own for that one.
   *
   * @default - none
   */
  readonly appSecret?: ISecret;

  /**
   * The field of `appSecret` that is sent, where that is JSON. Where the app accepts the values of two fields, deploying this with the other one has CloudFront send the
   * other value, and no request is refused meanwhile. Then write a new value into the field that is no longer sent.
   *
   * @default - the whole text of the secret
   */
  readonly appSecretField?: string;

  /**
   * Where static files come from.
   *
   * @default - StaticFiles.fromApp(), or StaticFiles.fromBucket() without an `appDomain`
   */
  readonly staticFiles?: StaticFiles;

  /**
   * What is served where no other path is meant. `DefaultContent.app()` needs an `appDomain`, or an app that gives itself to this CDN as origin;
   * `DefaultContent.singlePageApp()` needs static files from a bucket.
   *
   * @default - DefaultContent.staticFiles(), or DefaultContent.app() once an app gives itself to this CDN as origin
   */
  readonly defaultContent?: DefaultContent;

  /**
   * The folder of media files: in their addresses, and in the bucket, where it is the same, so that `/media/a.jpg` is the object `media/a.jpg`. It has at most 252
   * letters, digits, slashes and `_ - . ~`: what else may stand in an address is written in two ways, of which CloudFront matches one.
   *
   * @default 'media'
   */
  readonly mediaLocation?: string;

  /**
   * The folder of static files: in their addresses, and in the bucket if there is one. It has the characters that `mediaLocation` may have.
   *
   * @default 'static'
   */
  readonly staticLocation?: string;

  /**
   * A bucket of yours for media files. Let it block public access; the policies that it needs are added where it is no imported one. CloudFront cannot decrypt
   * files of a bucket with the key that AWS manages (aws/s3): such a bucket is refused, unless it is imported, as nobody knows its encryption then.
   *
   * @default - a new bucket: private, encrypted, versioned
   */
  readonly mediaBucket?: s3.IBucket;

  /**
   * A bucket of yours for static files. CloudFront reads what is in its folder `staticLocation`, whose `index.html` is the answer for `/` unless pages come from the app. For
   * files elsewhere in it, such as at its root, name them: `StaticFiles.fromBucket({ alsoServed: ['robots.txt', 'fonts/*'] })`. It is another bucket than
   * `mediaBucket`, unless pages come from the app.
   *
   * @default - a new bucket, if static files come from one: private, encrypted, versioned
   */
  readonly staticBucket?: s3.IBucket;

  /**
   * The age, in whole days, at which media files of the new bucket are deleted for good; it has no versions then. Versions from before, if this is set later, are
   * kept for as long as `noncurrentVersionExpiration` says.
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
   * The origins whose pages may read media files of the new bucket by script, such as `https://demo.example.education`; `[]` for none.
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
   * @default - none: the records of `domainName` are yours to make, that of a new certificate while the first deployment waits for it and shows it
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * The certificate of `domainName`, in us-east-1. One of this app that is for other domains is refused, as CloudFront would.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
   * @default - a new one, validated by a DNS record: in the `hostedZone`, or of yours
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
   * Makes media files private: a URL or a cookie must be signed, by a key that is made and rotated here, and handed to applications by `mediaBinding()`.
   * Query strings are not logged then, as whoever reads a signed URL may use it.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html
   * @default - media files are public, but for `mediaKeyGroups`
   */
  readonly privateMedia?: PrivateMedia;

  /**
   * Makes media files private: a URL or a cookie must be signed by a key of one of these groups of yours, or by those of `privateMedia`. To change
   * the key, add the new one to the group, sign by it, and remove the old one when nothing that it signed is valid any more. Query strings are not
   * logged then.
   *
   * CloudFront takes four groups, that of `privateMedia` among them. If AWS raised this quota of the account, acknowledge `cdk-mainstay:StaticMediaCdn.KeyGroupQuota`
   * on the stack before the CDN is created.
   *
   * @default - media files are public, but for `privateMedia`
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
   * Receives the logs of the CDN and of new buckets. S3 delivers logs only to buckets of the same region and account, without Object Lock, that it encrypts with
   * keys that it manages. An imported bucket is taken as it is.
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
   * What the new media bucket is, in words, written down once it is deployed: a later change that would have an empty one take its place, such as another `siteName`,
   * `environmentName` or id of the construct, then fails synthesis, until the pin is changed, too. With `''` synthesis fails as well, and the error says what to write.
   *
   * @default - such a change is deployed: the bucket is replaced by an empty one, and the old one is kept or deleted, as `removalPolicy` says
   */
  readonly replacementPin?: string;

  /**
   * The site that this is the CDN of, for names and the tag `Site`. Changing it replaces the new buckets, and nothing else: see `replacementPin`.
   *
   * @default - names say the construct's path
   */
  readonly siteName?: string;

  /**
   * The environment that this is in, such as `staging`, for names and the tag `Environment`. Changing it replaces the new buckets,
   * and nothing else: see `replacementPin`.
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
 * What `StaticMediaCdn.publishStatic()` publishes.
 */
export interface PublishStaticProps {
  /**
   * The folder whose files are published, such as where a build leaves them; a relative path is from the working directory on. Files and folders whose
   * names begin with a dot are left out. Links must stay in the folder. It holds 256 MiB at the most.
   */
  readonly folder: string;

  /**
   * A regular expression (of JavaScript) of the files whose names change with their contents, by their paths from the folder on. Browsers keep them for
   * a year and never ask for them again. Vite's, Angular's and esbuild's look like words: say `^assets/`, or where they are. Of a folder without any, `(?!)` matches
   * nothing. HTML is never one of them.
   *
   * @default - scripts, style sheets, fonts and pictures with at least eight hexadecimal digits, a letter and a digit among them, between a dot, hyphen, underscore or
   * slash and a dot of their names, as webpack and Next.js name them: `app.3f2a9c1b.js`; and files of all kinds but HTML with twelve between two dots, as Django
   * does: `terms.55e7cbb9ba48.pdf`
   */
  readonly hashedFiles?: string;
}

/**
 * The names of the settings that tell an application of files behind a CDN. Only those given are set.
 */
export interface CdnBindingNames extends BucketBindingNames {
  /**
   * Gets the domain that the files are served under.
   *
   * @default - not set
   */
  readonly domain?: string;

  /**
   * Gets the id of the key that signs URLs and cookies of private media files, which is a part of them. Only for `mediaBinding()` with `privateMedia`.
   *
   * @default - not set
   */
  readonly signingKeyId?: string;

  /**
   * Gets the private key that signs URLs and cookies of private media files, in PEM. Only for `mediaBinding()` with `privateMedia`.
   *
   * @default - not set
   */
  readonly signingKey?: string;

  /**
   * Gets the ARN of the secret with the signing key, which has `keyPairId` and `privateKey` as JSON. The application may read it, and does so at run time: this is for
   * functions, see `BindingTarget.lambdaFunction()`. Only for `mediaBinding()` with `privateMedia`.
   *
   * @default - not set
   */
  readonly secretArn?: string;
}

/**
 * What a CDN does with a path.
 */
export interface CdnExplanation {
  /** The path that was asked about. */
  readonly path: string;
  /** The path that is fetched: the same, but for `/` that of the default root object, if there is one. */
  readonly objectPath: string;
  /** The path pattern of the behavior that it falls into; `*` is the default one. */
  readonly behavior: string;
  /** Where it is fetched from; after an arrow, where from if that fails. */
  readonly origin: string;
  /** The methods that are let through; others are answered with 403. */
  readonly allowedMethods: string[];
  /** Whether anything of it is cached at all. */
  readonly cached: boolean;
  /** What tells two cached answers apart besides the host and the path: `query: all`, `header: Origin`, `cookie: lang`, … */
  readonly cacheKey: string[];
  /** What the origin gets to see besides the cache key: `query: all`, `header: all`, `cookie: all`, … and what the CDN adds: `added header: X-Origin-Verify`. */
  readonly forwarded: string[];
  /** The least time that an answer is cached, in seconds, whatever its headers say. */
  readonly minTtlSeconds: number;
  /** How long an answer is cached whose headers do not say, in seconds. */
  readonly defaultTtlSeconds: number;
  /** The most that an answer is cached, in seconds, whatever its headers say. */
  readonly maxTtlSeconds: number;
  /** Whether answers are compressed by gzip and Brotli. */
  readonly compressed: boolean;
  /** Whether a signature is needed. */
  readonly signed: boolean;
  /** The headers that the CDN adds, and `without` those that it removes. One in brackets is only added where the origin says nothing of it, or of CORS. */
  readonly responseHeaders: string[];
  /** Functions of yours, which may change all of this: `viewer-request: Stack/Rewrite`, … */
  readonly functions: string[];
}
