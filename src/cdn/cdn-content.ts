import { Duration } from 'aws-cdk-lib';
import { Checks } from '../shared/checks';
import { duration, PropKinds, requireKinds, texts } from '../shared/kinds';

/**
 * What a CDN serves of a bucket with static files.
 */
export interface BucketFilesOptions {
  /**
   * What the CDN serves besides the folder `staticLocation`, by keys of the bucket: `robots.txt` is served as `/robots.txt`. A `*` stands for any characters, with
   * slashes: `fonts/*`, or `*` alone for the whole bucket, but for the lists of `publishStatic()`. Everybody can read what is served.
   *
   * Only for a CDN whose default content is static files: with pages of an app, all other paths are the app's.
   *
   * A page `index.html` that is served at the root of the bucket is the answer for `/`, which is otherwise the one in the folder.
   *
   * @default - nothing: other paths are answered with 403
   */
  readonly alsoServed?: string[];
}

/**
 * Where a CDN gets static files from: style sheets, scripts, fonts and pictures that come with an app's release.
 */
export class StaticFiles {
  /**
   * From the app's own domain, which the CDN then asks once for each file and keeps.
   */
  public static fromApp(): StaticFiles {
    return new StaticFiles('app', false);
  }

  /**
   * From a private bucket, into which each release publishes them.
   *
   * Of a query string, the parameters that tell releases apart are a part of what a file is cached by: `v`, `ver`, `version`, `rev`, `hash`, `h`, `id` and `t`. S3 never
   * gets another one, as it would obey those that override response headers.
   *
   * @throws if `alsoServed` has what is no key
   */
  public static fromBucket(options: BucketFilesOptions = {}): StaticFiles {
    return new StaticFiles('bucket', true, requireServedKeys('StaticFiles.fromBucket', options));
  }

  /**
   * From the app's own domain, and from a private bucket while the app is down or does not have them: the last good copy, as far as it was published.
   *
   * An app to which there is no connection is given up after two attempts of 3 seconds, and one that does not answer after two of 10. Unless pages come
   * from the app, `/` asks both for `index.html` of the folder, as the bucket would list its files at its root. Both get of a query string what `fromBucket()` says.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
   * @throws if `alsoServed` has what is no key
   */
  public static fromAppWithFallback(options: BucketFilesOptions = {}): StaticFiles {
    return new StaticFiles('appWithFallback', true, requireServedKeys('StaticFiles.fromAppWithFallback', options));
  }

  private constructor(
    /** @internal */
    public readonly _name: string,
    /** @internal */
    public readonly _needsBucket: boolean,
    /**
     * Patterns of keys outside of the folder.
     * @internal
     */
    public readonly _alsoServed: readonly string[] = [],
  ) {}

  /** @internal */
  public get _needsApp(): boolean {
    return this._name !== 'bucket';
  }
}

/**
 * What a CDN serves where no other path is meant.
 */
export class DefaultContent {
  /**
   * Static files, cached, as for all that is below a CDN domain that serves no pages.
   */
  public static staticFiles(): DefaultContent {
    return new DefaultContent(false, false);
  }

  /**
   * A single-page app, such as one of React, Vue or Angular: the files that `publishStatic()` or `grantStaticPublish()` put into the bucket are at the root of the domain, so that
   * `/assets/app.js` is the file `assets/app.js` of the published folder. A path whose last part has no dot, such as `/users/7`, shows its `index.html`, with
   * status 200; a file that is not there is a 404. Static files must come from a bucket.
   *
   * A published file without a dot in its name is found below `staticLocation` only. To publish drops all that the CDN has cached, media files, too.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html
   */
  public static singlePageApp(): DefaultContent {
    return new DefaultContent(false, true);
  }

  /**
   * The pages of the app, never cached: all methods, headers, cookies and query strings go to it.
   *
   * The app gets the Host header that the visitor sent. An AWS domain that is routed by this header (API Gateway, AppSync, Lambda function URLs, App Runner,
   * ECS Express services, Amplify, CloudFront) gets its own.
   *
   * Static files of the app are asked for by its own domain, so that all visitors share a copy: an app that is routed by host has to answer both names.
   */
  public static app(): DefaultContent {
    return new DefaultContent(true, false);
  }

  private constructor(
    /** @internal */
    public readonly _isApp: boolean,
    /** @internal */
    public readonly _isSinglePageApp: boolean,
  ) {}
}

/**
 * How the keys that sign private media are rotated.
 */
export interface RotatedKeysOptions {
  /**
   * After how many days another key becomes current, 2 to 365. The one before stays trusted for as long, less a day: by then, applications must have
   * read the new one, and what the old one signed must have ended.
   *
   * @default Duration.days(90)
   */
  readonly rotateAfter?: Duration;
}

/**
 * Who may sign the URLs and cookies that private media files are served by.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PrivateContent.html
 */
export class PrivateMedia {
  /**
   * Applications that may read a secret, in which there is a key that is made when the stack is deployed, and then rotated. The keys are RSA of 2048
   * bits, for which all libraries know how to sign.
   */
  public static rotatedKeys(options: RotatedKeysOptions = {}): PrivateMedia {
    requireKinds('PrivateMedia.rotatedKeys', options, ROTATED_KEYS, 'options');
    return new PrivateMedia(options.rotateAfter ?? Duration.days(90));
  }

  private constructor(
    /** @internal */
    public readonly _rotateAfter: Duration,
  ) {}
}

const ROTATED_KEYS: PropKinds<RotatedKeysOptions> = { rotateAfter: duration };

const BUCKET_FILES: PropKinds<BucketFilesOptions> = { alsoServed: texts };

/** All of them are in one statement of a bucket policy, which has 20 KB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html */
const MOST_SERVED_KEYS = 80;

/** Keys as S3 recommends them, without what a policy takes for a wildcard or a variable, and without the dots that CloudFront resolves before it matches. */
const SERVED_KEY = /^(?!\/)(?!.*\/\/)(?!(.*\/)?\.{1,2}(\/|$))[\w.~@:,=!'()&*\/-]{1,100}$/;

function requireServedKeys(factory: string, options: BucketFilesOptions): readonly string[] {
  requireKinds(factory, options, BUCKET_FILES, 'options');
  const checks = new Checks(factory);
  const { alsoServed = [] } = options;
  checks.knownList('alsoServed', alsoServed, 'each key is checked');
  if (alsoServed.length > MOST_SERVED_KEYS) {
    throw checks.error(`'alsoServed' must have ${MOST_SERVED_KEYS} keys at the most, got ${alsoServed.length}: they stand in the bucket's policy; use folders, such as fonts/*`);
  }
  for (const key of alsoServed) {
    checks.known('alsoServed', key, 'each key is checked');
    checks.matches('alsoServed', key, SERVED_KEY, 'keys of the bucket of 1 to 100 characters, without a slash before them, such as robots.txt or fonts/*');
  }
  return [...alsoServed];
}
