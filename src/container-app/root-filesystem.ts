/**
 * Whether a container may write its root file system.
 */
export class RootFilesystem {
  /** Nothing but `writablePaths` and volumes. */
  public static readOnly(): RootFilesystem {
    return new RootFilesystem(true);
  }

  /** Everything: for images that write beside their own files, such as Elasticsearch. */
  public static writable(): RootFilesystem {
    return new RootFilesystem(false);
  }

  private constructor(
    /** @internal */
    public readonly _isReadOnly: boolean,
  ) {}
}
