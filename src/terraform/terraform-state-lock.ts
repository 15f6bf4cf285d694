/**
 * What keeps two runs of Terraform or OpenTofu from writing one state at the same time.
 */
export class TerraformStateLock {
  /**
   * A file beside the state, written on condition that there is none. Needs Terraform 1.10 or OpenTofu 1.10, or newer.
   *
   * @see https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
   */
  public static lockFile(): TerraformStateLock {
    return new TerraformStateLock(false);
  }

  /**
   * An item in a DynamoDB table. For versions that know no lock files; Terraform deprecates it.
   *
   * @see https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
   */
  public static table(): TerraformStateLock {
    return new TerraformStateLock(true);
  }

  /** @internal */
  public readonly _inTable: boolean;

  private constructor(inTable: boolean) {
    this._inTable = inTable;
  }
}
