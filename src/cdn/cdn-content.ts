import { Duration } from 'aws-cdk-lib';
import { duration, PropKinds, requireKinds } from '../shared/kinds';

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
   */
  public static fromBucket(): StaticFiles {
    return new StaticFiles('bucket', true);
  }

  /**
   * From the app's own domain, and from a private bucket while the app is down or does not have them: the last good copy, as far as it was published.
   *
   * An app to which there is no connection is given up after two attempts of 3 seconds, and one that does not answer after two of 10. Unless pages come
   * from the app, `/` asks both for `/index.html`, as the bucket would list its files at its root.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
   */
  public static fromAppWithFallback(): StaticFiles {
    return new StaticFiles('appWithFallback', true);
  }

  private constructor(
    /** @internal */
    public readonly _name: string,
    /** @internal */
    public readonly _needsBucket: boolean,
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
