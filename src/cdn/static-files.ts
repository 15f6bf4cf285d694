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
