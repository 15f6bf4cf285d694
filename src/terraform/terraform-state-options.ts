import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * One state in a TerraformStateBackend.
 */
export interface TerraformStateOptions {
  /**
   * The path of the state in the bucket, as in `network/terraform.tfstate`.
   */
  readonly key: string;

  /**
   * The names of the workspaces besides `default`, as in `staging`. A grant with names is for the states of these workspaces only.
   *
   * @default - with `workspaceKeyPrefix` all workspaces under it, else none
   */
  readonly workspaces?: string[];

  /**
   * Where the states of workspaces other than `default` are: at `PREFIX/WORKSPACE/KEY`.
   *
   * A grant without `workspaces` needs a prefix of this state's own: one folder followed by the key, as in `env:/network/terraform.tfstate`. A prefix that states share
   * does not tell their workspaces apart, because the wildcard of IAM matches slashes, too.
   *
   * @see https://developer.hashicorp.com/terraform/language/backend/s3#workspace_key_prefix
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
   * @default - with `workspaces` Terraform's own, `env:`, else there are no workspaces
   */
  readonly workspaceKeyPrefix?: string;
}

/**
 * What a configuration says of one state in a TerraformStateBackend.
 */
export interface TerraformBackendConfigOptions extends TerraformStateOptions {
  /**
   * The role that Terraform or OpenTofu assumes to work with the state (`assume_role`). It needs a grant.
   *
   * @default - the state is used with the credentials of the run
   */
  readonly role?: iam.IRole;

  /**
   * The accounts that the credentials may be of, by their ids of 12 digits (`allowed_account_ids`): with others, `init` fails. It needs Terraform 1.6 or OpenTofu 1.6, or newer.
   *
   * @see https://developer.hashicorp.com/terraform/language/backend/s3#allowed_account_ids
   * @default - the credentials of any account are tried
   */
  readonly allowedAccountIds?: string[];
}
