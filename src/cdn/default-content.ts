/**
 * What a CDN serves where no other path is meant.
 */
export class DefaultContent {
  /**
   * Static files, cached, as for all that is below a CDN domain that serves no pages.
   */
  public static staticFiles(): DefaultContent {
    return new DefaultContent(false);
  }

  /**
   * The pages of the app, never cached: all methods, headers, cookies and query strings go to it.
   */
  public static app(): DefaultContent {
    return new DefaultContent(true);
  }

  private constructor(
    /** @internal */
    public readonly _isApp: boolean,
  ) {}
}
