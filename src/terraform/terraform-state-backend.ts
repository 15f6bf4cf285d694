import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../shared/acknowledge';
import { grantObjects, READ } from '../shared/bucket-grants';
import { Checks, isUnknown } from '../shared/checks';
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
 * One state in a TerraformStateBackend.
 */
export interface TerraformStateOptions {
  /**
   * The path of the state in the bucket, as in `network/terraform.tfstate`.
   */
  readonly key: string;

  /**
   * Where the states of workspaces other than `default` are: `env:`, unless the configuration says otherwise.
   *
   * @see https://developer.hashicorp.com/terraform/language/backend/s3#workspace_key_prefix
   * @default - there is none but the `default` workspace
   */
  readonly workspaceKeyPrefix?: string;
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
 * state.grantState(ci, { key: 'network/terraform.tfstate' });
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
   * Lets an identity work with one state: read, write and lock it, and nothing else. It sees the names of the other states, and not what is in them.
   *
   * In the table, an identity of another account has to be let in by a policy of yours.
   *
   * @see https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
   * @throws if the key is not the path of one state
   */
  public grantState(grantee: iam.IGrantable, state: TerraformStateOptions): iam.Grant {
    const paths = this.pathsOf(state);
    const grants = [
      grantObjects(this.bucket, grantee, {
        keys: paths, actions: ['s3:GetObject', 's3:PutObject'], keyActions: ['kms:GenerateDataKey', 'kms:Decrypt'], list: 'all',
      }),
      ...(this.lockTable ? this.grantLocks(grantee, this.lockTable, paths) : [
        grantObjects(this.bucket, grantee, { keys: paths.map((path) => `${path}.tflock`), actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'] }),
      ]),
      // A workspace can be deleted; the state of the default one cannot.
      ...(paths.length > 1 ? [grantObjects(this.bucket, grantee, { keys: paths.slice(1), actions: ['s3:DeleteObject'] })] : []),
    ];
    return grants.reduce((all, grant) => all.combine(grant));
  }

  /**
   * Lets an identity read one state, as the data source `terraform_remote_state` does, and nothing else.
   *
   * @throws if the key is not the path of one state
   */
  public grantReadState(grantee: iam.IGrantable, state: TerraformStateOptions): iam.Grant {
    return grantObjects(this.bucket, grantee, { ...READ, keys: this.pathsOf(state), list: 'all' });
  }

  /**
   * The configuration of Terraform or OpenTofu for one state, as HCL. The names in it are known when the stack is deployed: show it by an output.
   *
   * @throws if the key is not the path of one state
   */
  public backendConfig(state: TerraformStateOptions): string {
    this.pathsOf(state);
    const { key, workspaceKeyPrefix } = state;
    const settings = {
      bucket: `"${this.bucket.bucketName}"`,
      key: `"${key}"`,
      ...(workspaceKeyPrefix !== undefined && { workspace_key_prefix: `"${workspaceKeyPrefix}"` }),
      region: `"${Stack.of(this).region}"`,
      encrypt: 'true',
      kms_key_id: `"${keyItself(this.encryptionKey).keyArn}"`, // without it, encrypt asks for a key of S3, which the bucket refuses
      ...(this.lockTable ? { dynamodb_table: `"${this.lockTable.tableName}"` } : { use_lockfile: 'true' }),
    };
    const width = Math.max(...Object.keys(settings).map(({ length }) => length));
    const lines = Object.entries(settings).map(([name, value]) => `    ${name.padEnd(width)} = ${value}`);
    return ['terraform {', '  backend "s3" {', ...lines, '  }', '}', ''].join('\n');
  }

  /** The state of the default workspace, and those of all others. */
  private pathsOf({ key, workspaceKeyPrefix }: Partial<TerraformStateOptions> = {}): string[] {
    const check = new Checks(this.node.path);
    requirePath(check, 'key', key);
    if (workspaceKeyPrefix === undefined) return [key];
    requirePath(check, 'workspaceKeyPrefix', workspaceKeyPrefix);
    return [key, `${workspaceKeyPrefix}/*/${key}`];
  }

  /** The items of one state: its lock, and the digest of what was written last. */
  private grantLocks(grantee: iam.IGrantable, { tableArn }: dynamodb.Table, paths: string[]): iam.Grant[] {
    const items = paths.flatMap((path) => [`${this.bucket.bucketName}/${path}`, `${this.bucket.bucketName}/${path}-md5`]);
    const operator = `ForAllValues:${paths.length > 1 ? 'StringLike' : 'StringEquals'}`;
    return [
      iam.Grant.addToPrincipal({ grantee, actions: ['dynamodb:DescribeTable'], resourceArns: [tableArn] }),
      iam.Grant.addToPrincipal({
        grantee,
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
        resourceArns: [tableArn],
        conditions: { [operator]: { 'dynamodb:LeadingKeys': items } },
      }),
    ];
  }
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

function requirePath(check: Checks, prop: string, path: string | undefined): asserts path is string {
  if (isUnknown(path)) return;
  if (typeof path === 'string' && /^[^/*?"\\$%\s][^*?"\\$%\s]*$/.test(path) && !path.endsWith('/') && Buffer.byteLength(path) <= 1000) return;
  throw check.error(`'${prop}' must be a path without wildcards, spaces, quotes, $, % and a slash at either end, of at most 1000 bytes, got ${path ?? 'nothing'}`);
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
