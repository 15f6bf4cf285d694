import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { backendBlock, list, text } from './private/backend-config';
import { requireState, statePaths } from './private/state-paths';
import { TerraformBackendConfigOptions, TerraformStateOptions } from './terraform-state-options';
import { acknowledge } from '../shared/acknowledge';
import { grantObjects, READ } from '../shared/bucket-grants';
import { Checks } from '../shared/checks';
import { OwnProps, preferOwnProps, seal, SealedProperties } from '../shared/guards';
import { keyItself, requireUsableKey, unresolvedAlias } from '../shared/key-grants';
import * as kinds from '../shared/kinds';
import { PropKinds, requireKinds } from '../shared/kinds';
import { accessLogBucket, PRIVATE_BUCKET_OWN_PROPS, PRIVATE_BUCKET_SEALED, privateBucket, requireAccessLogsBucket } from '../shared/private-bucket';
import { explainCircles } from '../shared/stacks';
import { StageProfile } from '../stage/stage-profile';

/**
 * Properties of a TerraformStateBackend.
 */
export interface TerraformStateBackendProps {
  /**
   * What keeps two runs from writing one state at the same time. Where it changes from a table to a file, the table stays, outside of the stack.
   *
   * @default TerraformStateLock.lockFile()
   */
  readonly lock?: TerraformStateLock;

  /**
   * Customer-managed key that encrypts the states and the lock table.
   *
   * @default - a new one, rotated every year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long a state that was overwritten is kept, in whole days, at least 1. Of each state the last ten are kept however old they are.
   *
   * @default - the `backupRetention` of the StageProfile
   */
  readonly oldVersionRetention?: Duration;

  /**
   * The bucket for the access logs of the state bucket.
   *
   * @default - a new one, which keeps them as long as the `logRetention` of the StageProfile says
   */
  readonly accessLogsBucket?: s3.IBucket;
}

/**
 * Where Terraform or OpenTofu keep their state: a private, versioned bucket that a customer-managed key encrypts, and a lock.
 *
 * Whatever the StageProfile says, all of it survives the stack, and nobody can delete the bucket or an old version of a state while its policy is in place: the
 * resources that a state describes would outlive it as orphans.
 *
 * Creates a bucket with its policy, a KMS key, a bucket for access logs and, by choice, a DynamoDB table.
 *
 * @example
 * const state = new TerraformStateBackend(this, 'State');
 * declare const ci: iam.Role;
 * state.grantState(ci, { key: 'network/terraform.tfstate', workspaces: ['staging'] });
 * declare const pullRequests: iam.Role;
 * state.grantPlan(pullRequests, { key: 'network/terraform.tfstate', workspaces: ['staging'] });
 * new CfnOutput(this, 'Backend', { value: state.backendConfig({ key: 'network/terraform.tfstate' }) });
 */
export class TerraformStateBackend extends Construct {
  /** Holds the states. */
  public readonly bucket: s3.Bucket;
  /** Encrypts the states and the lock table. */
  public readonly encryptionKey: kms.IKey;
  /** Holds the locks, with `TerraformStateLock.table()`. */
  public readonly lockTable?: dynamodb.Table;
  /** Receives the access logs of the state bucket. */
  public readonly accessLogsBucket: s3.IBucket;

  /**
   * @throws if `oldVersionRetention` is not a whole number of days
   */
  constructor(scope: Construct, id: string, props: TerraformStateBackendProps = {}) {
    super(scope, id);
    preferOwnProps(this, OWN_PROPS);
    explainCircles(this);
    requireKinds(this.node.path, props, PROP_KINDS());

    const profile = StageProfile.of(this);
    const oldVersions = props.oldVersionRetention ?? profile.backupRetention;
    const check = new Checks(this.node.path);
    requireAccessLogsBucket(this, props.accessLogsBucket);
    requireUsableKey(props.encryptionKey, { owner: this, usedBy: 'other accounts and DynamoDB' });
    requireKnownKey(check, props.encryptionKey);
    check.days('oldVersionRetention', oldVersions, { least: 1 });

    const removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    this.encryptionKey = props.encryptionKey ?? new kms.Key(this, 'Key', {
      description: `Terraform state of ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy,
    });
    this.accessLogsBucket = props.accessLogsBucket ?? accessLogBucket(this, 'AccessLogs', { removalPolicy, retention: profile.logRetention, oldVersions });
    this.bucket = privateBucket(this, 'Bucket', {
      encryptionKey: this.encryptionKey,
      removalPolicy,
      accessLogs: this.accessLogsBucket,
      oldVersions,
      oldVersionsKept: 10,
      unreplicated: 'old versions of a state are kept, and what it describes is in the account to be imported again; replication is a choice of costs',
    });
    protect(this.bucket, this.encryptionKey);
    if (props.lock?._inTable) this.lockTable = lockTable(this, this.encryptionKey);

    seal(this, SEALED);
  }

  /**
   * Allows an identity to work with one state: to read, write and lock it, and to delete its workspaces. It sees the names of the other states, and not their content.
   *
   * In the table, an identity of another account has to be allowed by a policy of yours.
   *
   * @see https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
   * @throws if the key is not the path of one state, or its workspaces share a prefix with those of other states
   */
  public grantState(grantee: iam.IGrantable, state: TerraformStateOptions): iam.Grant {
    const paths = this.pathsOf(state);
    const [, ...ofWorkspaces] = paths;
    const grants = [
      grantObjects(this.bucket, grantee, { keys: paths, actions: ['s3:GetObject', 's3:PutObject'], keyActions: READ_AND_WRITE_WITH_KEY, list: 'all' }),
      ...(this.lockTable ? [
        this.grantTable(grantee, this.lockTable),
        this.grantItems(grantee, this.lockTable, { actions: READ_AND_WRITE_ITEMS, items: [...paths, ...digestsOf(paths)] }),
      ] : [this.grantLockFiles(grantee, paths)]),
      // A workspace can be deleted; the state of the default one cannot.
      ...(ofWorkspaces.length > 0 ? [grantObjects(this.bucket, grantee, { keys: ofWorkspaces, actions: ['s3:DeleteObject'] })] : []),
    ];
    return grants.reduce((all, grant) => all.combine(grant));
  }

  /**
   * Allows an identity to plan by one state: to read and lock it, and not to write it. Without a lock (`-lock=false`), `grantReadState()` is enough.
   *
   * The lock is an object, or an item in the table, that a plan creates and deletes; who may do that can also take the lock that another run holds.
   *
   * @see https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
   * @throws if the key is not the path of one state, or its workspaces share a prefix with those of other states
   */
  public grantPlan(grantee: iam.IGrantable, state: TerraformStateOptions): iam.Grant {
    const paths = this.pathsOf(state);
    const grants = [
      // A lock file is encrypted with the key, as a state is.
      grantObjects(this.bucket, grantee, { ...READ, keys: paths, keyActions: this.lockTable ? READ.keyActions : READ_AND_WRITE_WITH_KEY, list: 'all' }),
      ...(this.lockTable ? [
        this.grantTable(grantee, this.lockTable),
        this.grantItems(grantee, this.lockTable, { actions: READ_AND_WRITE_ITEMS, items: paths }),
        this.grantItems(grantee, this.lockTable, { actions: ['dynamodb:GetItem'], items: digestsOf(paths) }),
      ] : [this.grantLockFiles(grantee, paths)]),
    ];
    return grants.reduce((all, grant) => all.combine(grant));
  }

  /**
   * Allows an identity to read one state, as the data source `terraform_remote_state` does, and nothing else.
   *
   * @throws if the key is not the path of one state, or its workspaces share a prefix with those of other states
   */
  public grantReadState(grantee: iam.IGrantable, state: TerraformStateOptions): iam.Grant {
    return grantObjects(this.bucket, grantee, { ...READ, keys: this.pathsOf(state), list: 'all' });
  }

  /**
   * The configuration of Terraform or OpenTofu for one state, as HCL. The names in it are known when the stack is deployed: show it by an output.
   *
   * @throws if the key is not the path of one state, or an account is not an id of 12 digits
   */
  public backendConfig(state: TerraformBackendConfigOptions): string {
    const check = new Checks(this.node.path);
    requireState(check, state);
    const { key, workspaceKeyPrefix, role, allowedAccountIds } = state;
    kinds.requireArgument(check.where, 'role', role, kinds.resource('a role (iam.IRole)', 'roleArn'));
    requireAccounts(check, allowedAccountIds);
    return backendBlock({
      bucket: text(this.bucket.bucketName),
      key: text(key),
      ...(workspaceKeyPrefix !== undefined && { workspace_key_prefix: text(workspaceKeyPrefix) }),
      region: text(Stack.of(this).region),
      encrypt: 'true',
      kms_key_id: text(keyItself(this.encryptionKey).keyArn), // without it, encrypt asks for a key of S3, which the bucket refuses
      ...(this.lockTable ? { dynamodb_table: text(this.lockTable.tableName) } : { use_lockfile: 'true' }),
      ...(role && { assume_role: `{ role_arn = ${text(role.roleArn)} }` }),
      ...(allowedAccountIds && { allowed_account_ids: list(allowedAccountIds) }),
    });
  }

  private pathsOf(state: TerraformStateOptions): string[] {
    return statePaths(new Checks(this.node.path), state);
  }

  private grantLockFiles(grantee: iam.IGrantable, paths: string[]): iam.Grant {
    return grantObjects(this.bucket, grantee, { keys: paths.map((path) => `${path}.tflock`), actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'] });
  }

  private grantTable(grantee: iam.IGrantable, { tableArn }: dynamodb.Table): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['dynamodb:DescribeTable'], resourceArns: [tableArn] });
  }

  /** The lock of a state is by the name of the bucket and the path. */
  private grantItems(grantee: iam.IGrantable, { tableArn }: dynamodb.Table, { actions, items }: ItemGrant): iam.Grant {
    const operator = `ForAllValues:${items.some((item) => item.includes('*')) ? 'StringLike' : 'StringEquals'}`;
    const keys = items.map((item) => `${this.bucket.bucketName}/${item}`);
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [tableArn], conditions: { [operator]: { 'dynamodb:LeadingKeys': keys } } });
  }
}

interface ItemGrant {
  readonly actions: string[];
  /** Paths, each with the suffix of a digest or without. */
  readonly items: string[];
}

/** The item beside a lock holds a digest of what was written last. */
function digestsOf(paths: string[]): string[] {
  return paths.map((path) => `${path}-md5`);
}

const READ_AND_WRITE_ITEMS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'];

/** With the key of the bucket. */
const READ_AND_WRITE_WITH_KEY = ['kms:GenerateDataKey', 'kms:Decrypt'];

function requireAccounts(check: Checks, accounts: string[] | undefined): void {
  if (accounts === undefined) return;
  kinds.requireArgument(check.where, 'allowedAccountIds', accounts, kinds.texts);
  check.knownList('allowedAccountIds', accounts, 'each is written by itself');
  if (accounts.length === 0) throw check.error("'allowedAccountIds' must have at least one, got none: leave it out to allow the credentials of any account");
  for (const account of accounts) check.matches('allowedAccountIds', account, /^\d{12}$/, 'ids of accounts, with 12 digits each');
}

/** The policy of the bucket compares the key of each object with this one, by its ARN. */
function requireKnownKey(check: Checks, key: kms.IKey | undefined): void {
  const alias = key && unresolvedAlias(key);
  if (alias === undefined) return;
  throw check.error(
    `'encryptionKey' must be a key whose ARN is known, got ${key!.node.path}, an alias that was imported by its name, ${alias}: the policy of the bucket names the key itself; ` +
    'import it by kms.Key.fromLookup() with \'aliasName\', or by kms.Key.fromKeyArn()',
  );
}

/** What nobody may do, the owner of the account included, as long as this policy is in place. */
function protect(bucket: s3.Bucket, encryptionKey: kms.IKey): void {
  const deny = (actions: string[], resource: string, conditions?: iam.Conditions) => bucket.addToResourcePolicy(new iam.PolicyStatement({
    effect: iam.Effect.DENY, principals: [new iam.AnyPrincipal()], actions, resources: [resource], conditions,
  }));
  deny(['s3:DeleteBucket'], bucket.bucketArn);
  deny(['s3:DeleteObjectVersion'], bucket.arnForObjects('*'));
  // A request that says nothing of encryption gets that of the bucket, so what is absent must not be unequal.
  const saysOther = (header: string, value: string) => ({ StringNotEquals: { [header]: value }, Null: { [header]: 'false' } });
  deny(['s3:PutObject'], bucket.arnForObjects('*'), saysOther('s3:x-amz-server-side-encryption', 'aws:kms'));
  deny(['s3:PutObject'], bucket.arnForObjects('*'), saysOther('s3:x-amz-server-side-encryption-aws-kms-key-id', keyItself(encryptionKey).keyArn));
}

function lockTable(scope: Construct, encryptionKey: kms.IKey): dynamodb.Table {
  const table = new dynamodb.Table(scope, 'LockTable', {
    partitionKey: { name: 'LockID', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
    encryptionKey,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN, // a first deployment that fails cannot delete what is protected
  });
  acknowledge(table, { backupPlanOfTable: 'it holds locks for the time of a run, and digests that a run writes anew; point-in-time recovery has the last 35 days of them' });
  return table;
}

/** By a function, as the class stands below. */
const PROP_KINDS = (): PropKinds<TerraformStateBackendProps> => ({
  accessLogsBucket: kinds.bucket, encryptionKey: kinds.kmsKey, lock: kinds.made(TerraformStateLock, 'TerraformStateLock'), oldVersionRetention: kinds.duration,
});

const SEALED: SealedProperties = {
  ...PRIVATE_BUCKET_SEALED,
  'AWS::DynamoDB::Table': { refuse: ['sseSpecification'], warn: ['deletionProtectionEnabled', 'keySchema', 'pointInTimeRecoverySpecification'] },
  'AWS::KMS::Key': { refuse: ['enableKeyRotation', 'enabled', 'keyPolicy'] },
};

const OWN_PROPS: OwnProps = {
  ...PRIVATE_BUCKET_OWN_PROPS,
  'aws-cdk-lib.aws-dynamodb.Table': [
    'contributorInsightsEnabled', 'importSource', 'kinesisStream', 'maxReadRequestUnits', 'maxWriteRequestUnits', 'replicationRegions',
    'resourcePolicy', 'sortKey', 'stream', 'timeToLiveAttribute',
  ],
  'aws-cdk-lib.aws-kms.Key': ['admins', 'alias', 'enabled', 'keySpec', 'keyUsage', 'multiRegion', 'policy'],
};

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

  private constructor(
    /** @internal */
    public readonly _inTable: boolean,
  ) {}
}
