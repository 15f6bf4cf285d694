import { App, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { TerraformStateBackend, TerraformStateLock, TerraformStateOptions } from '../../src';
import { AccessRule, Actor, call, OTHER_ACCOUNT, overPlainHttp, overTls, Scene, valuesOf } from '../checks/access-rules';
import { logDelivery, transport } from '../checks/bucket-rules';
import { ACCOUNT, REGION } from '../checks/intrinsics';
import { ANYBODY, ROOT } from '../checks/policies';

const KEY = 'network/terraform.tfstate';
const OTHERS = ['network/other.tfstate', 'network/terraform.tfstate2', 'terraform.tfstate', 'env:/a/network/terraform.tfstate'];
const PARTNER = `arn:aws:iam::${OTHER_ACCOUNT}:role/partner`;

/** A backend with everybody that it can let in. */
function states(lock: TerraformStateLock): Scene {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const subject = new TerraformStateBackend(stack, 'State', { lock });
  const role = (id: string) => new Role(stack, id, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const roles = { operator: role('Operator'), reader: role('Reader'), bystander: role('Bystander') };
  subject.grantState(roles.operator, { key: KEY });
  subject.grantReadState(roles.reader, { key: KEY });
  subject.grantReadState(Role.fromRoleArn(stack, 'Partner', PARTNER), { key: KEY });

  const { template, valueOf } = valuesOf(stack);
  const bucket = valueOf(subject.bucket.bucketArn);
  const bucketName = valueOf(subject.bucket.bucketName);
  const logs = valueOf(subject.accessLogsBucket.bucketArn);
  const key = valueOf(subject.encryptionKey.keyArn);
  const otherKey = key.replace(/[^/]+$/, 'other');
  const table = subject.lockTable && valueOf(subject.lockTable.tableArn);

  const actor = (what: string, { roleArn }: Role) => new Actor(what, valueOf(roleArn));
  const [operator, reader] = [actor('an operator', roles.operator), actor('a reader', roles.reader)];
  const partner = new Actor('a reader of another account', PARTNER);
  const account = new Actor('the account', ROOT);
  const ecs = new Actor('ECS', 'ecs-tasks.amazonaws.com');
  const strangers = [
    actor('a bystander', roles.bystander), new Actor('a caller without identity', ANYBODY), new Actor('another account', `arn:aws:iam::${OTHER_ACCOUNT}:role/stranger`),
  ];

  const get = (path: string) => call('s3:GetObject', `${bucket}/${path}`);
  const put = (path: string, encryption: string | undefined = 'aws:kms', withKey: string | undefined = key) => call('s3:PutObject', `${bucket}/${path}`, {
    's3:x-amz-server-side-encryption': encryption, 's3:x-amz-server-side-encryption-aws-kms-key-id': withKey,
  });
  const bare = (path: string) => call('s3:PutObject', `${bucket}/${path}`, {
    's3:x-amz-server-side-encryption': undefined, 's3:x-amz-server-side-encryption-aws-kms-key-id': undefined,
  });
  const remove = (path: string) => call('s3:DeleteObject', `${bucket}/${path}`);
  const item = (verb: string, path: string) => call(`dynamodb:${verb}`, table!, { 'dynamodb:LeadingKeys': [`${bucketName}/${path}`] });
  const decrypt = call('kms:Decrypt', key);
  const encrypt = call('kms:GenerateDataKey', key);

  const reading = (who: Actor): AccessRule[] => [
    who.may('read the state', get(KEY), decrypt),
    who.may('be told that there is none yet', call('s3:ListBucket', bucket)),
    ...OTHERS.map((path) => who.mayNot(`read the state ${path}`, get(path))),
    who.mayNot('read an old state', call('s3:GetObjectVersion', `${bucket}/${KEY}`)),
    who.mayNot('list old states', call('s3:ListBucketVersions', bucket)),
    who.mayNot('read the state over plain HTTP', overPlainHttp(get(KEY))),
    who.mayNot('read the state over TLS 1.1', overTls('1.1', get(KEY))),
    who.mayNot('delete the state', remove(KEY)),
    who.mayNot('change the policy of the bucket', call('s3:PutBucketPolicy', bucket)),
    who.mayNot('suspend versions', call('s3:PutBucketVersioning', bucket)),
    who.mayNot('decrypt with another key', call('kms:Decrypt', otherKey)),
    who.mayNot('let others use the key', call('kms:PutKeyPolicy', key)),
    who.mayNot('delete the key', call('kms:ScheduleKeyDeletion', key)),
  ];
  const onlyReading = (who: Actor): AccessRule[] => [
    ...reading(who),
    who.mayNot('write the state', put(KEY)),
    who.mayNot('encrypt with the key', encrypt),
    ...(table ? [who.mayNot('lock the state', item('PutItem', KEY))] : [who.mayNot('lock the state', put(`${KEY}.tflock`))]),
  ];
  const locking: AccessRule[] = table ? [
    operator.may('see whether there is a table', call('dynamodb:DescribeTable', table)),
    ...['GetItem', 'PutItem', 'DeleteItem'].map((verb) => operator.may(`${verb} the lock and the digest`, item(verb, KEY), item(verb, `${KEY}-md5`))),
    operator.mayNot('lock another state', item('PutItem', OTHERS[0])),
    operator.mayNot('take the lock of another state', item('DeleteItem', OTHERS[0])),
    operator.mayNot('read all locks', call('dynamodb:Scan', table)),
    operator.mayNot('delete the table', call('dynamodb:DeleteTable', table)),
    operator.mayNot('lock the state by a file', put(`${KEY}.tflock`)),
  ] : [
    operator.may('lock the state', put(`${KEY}.tflock`), encrypt),
    operator.may('see who locked it', get(`${KEY}.tflock`), decrypt),
    operator.may('unlock it', remove(`${KEY}.tflock`)),
    operator.mayNot('lock another state', put(`${OTHERS[0]}.tflock`)),
    operator.mayNot('take the lock of another state', remove(`${OTHERS[0]}.tflock`)),
  ];

  return {
    name: `TerraformStateBackend with ${table ? 'a lock table' : 'lock files'}`,
    template,
    rules: [
      ...reading(operator), ...locking,
      operator.may('write the state', put(KEY), encrypt, decrypt),
      operator.may('write the state as the bucket encrypts it', bare(KEY), encrypt),
      operator.mayNot('write the state with a key of S3', put(KEY, 'AES256', undefined)),
      operator.mayNot('write the state with another key', put(KEY, 'aws:kms', otherKey)),
      ...OTHERS.map((path) => operator.mayNot(`write the state ${path}`, put(path))),

      ...onlyReading(reader), ...onlyReading(partner),

      ...strangers.flatMap((who) => [
        who.mayNot('read the state', get(KEY)), who.mayNot('write the state', put(KEY)), who.mayNot('list the states', call('s3:ListBucket', bucket)), who.mayNot('decrypt', decrypt),
      ]),

      // Nobody is above these denials; who may change the policy can lift them first.
      account.mayNot('delete the bucket', call('s3:DeleteBucket', bucket)),
      account.mayNot('delete an old state', call('s3:DeleteObjectVersion', `${bucket}/${KEY}`)),
      account.mayNot('write a state with a key of S3', put(KEY, 'AES256', undefined)),
      account.mayNot('write a state with another key', put(KEY, 'aws:kms', otherKey)),
      account.may('change the policy of the bucket', call('s3:PutBucketPolicy', bucket)),
      account.may('put an old state in the place of the newest', put(KEY), call('s3:GetObjectVersion', `${bucket}/${KEY}`)),
      account.may('administer the key', call('kms:PutKeyPolicy', key)),
      ...transport(account, bucket), ...transport(account, logs),
      ...logDelivery(logs, [['Bucket', bucket]]),
      ...Object.values(roles).map((ofScene) => ecs.may(`take the role ${ofScene.node.id}`, call('sts:AssumeRole', valueOf(ofScene.roleArn)))),
    ],
  };
}

/** Workspaces have states of their own, which go with them. */
function workspaces(lock: TerraformStateLock, ofState: Partial<TerraformStateOptions>, prefix: string): Scene {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const subject = new TerraformStateBackend(stack, 'State', { lock });
  const role = new Role(stack, 'Operator', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  subject.grantState(role, { key: KEY, ...ofState });

  const { template, valueOf } = valuesOf(stack);
  const bucket = valueOf(subject.bucket.bucketArn);
  const table = subject.lockTable && valueOf(subject.lockTable.tableArn);
  const operator = new Actor('an operator of workspaces', valueOf(role.roleArn));
  const unencrypted = { 's3:x-amz-server-side-encryption': undefined, 's3:x-amz-server-side-encryption-aws-kms-key-id': undefined };
  const on = (verb: string, path: string) => call(`s3:${verb}`, `${bucket}/${path}`, verb === 'PutObject' ? unencrypted : {});
  const item = (verb: string, path: string) => call(`dynamodb:${verb}`, table!, { 'dynamodb:LeadingKeys': [`${valueOf(subject.bucket.bucketName)}/${path}`] });
  const ofWorkspace = `${prefix}/staging/${KEY}`;
  return {
    name: `TerraformStateBackend with workspaces at ${prefix} and ${table ? 'a lock table' : 'lock files'}`,
    template,
    rules: [
      ...[KEY, ofWorkspace].flatMap((path) => [
        operator.may(`read and write ${path}`, on('GetObject', path), on('PutObject', path)),
        ...(table
          ? ['GetItem', 'PutItem', 'DeleteItem'].map((verb) => operator.may(`${verb} the lock of ${path}`, item(verb, path), item(verb, `${path}-md5`)))
          : [operator.may(`lock ${path}`, on('GetObject', `${path}.tflock`), on('PutObject', `${path}.tflock`), on('DeleteObject', `${path}.tflock`))]),
      ]),
      operator.may('list the workspaces', call('s3:ListBucket', bucket)),
      operator.may('use the key', call('kms:Decrypt', valueOf(subject.encryptionKey.keyArn)), call('kms:GenerateDataKey', valueOf(subject.encryptionKey.keyArn))),
      operator.may('delete a workspace', on('DeleteObject', ofWorkspace)),
      operator.mayNot('delete the state of the default workspace', on('DeleteObject', KEY)),
      operator.mayNot('read another state of a workspace', on('GetObject', 'env:/staging/other.tfstate')),
      operator.mayNot('read the workspace of a state whose key ends as this one', on('GetObject', `env:/staging/team-b/${KEY}`)),
      operator.mayNot('delete the workspace of a state whose key ends as this one', on('DeleteObject', `env:/staging/team-b/${KEY}`)),
      operator.mayNot('read another state', on('GetObject', 'other.tfstate')),
      ...(table ? [
        operator.may('see whether there is a table', call('dynamodb:DescribeTable', table)),
        operator.mayNot('lock another state', item('PutItem', 'env:/staging/other.tfstate')),
      ] : []),
      ...protection(subject, valueOf, bucket),
      new Actor('ECS', 'ecs-tasks.amazonaws.com').may('take the role', call('sts:AssumeRole', valueOf(role.roleArn))),
    ],
  };
}

/** Who plans reads and locks a state, and does not write it. */
function plan(lock: TerraformStateLock): Scene {
  const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region: REGION } });
  const subject = new TerraformStateBackend(stack, 'State', { lock });
  const role = new Role(stack, 'Planner', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  subject.grantPlan(role, { key: KEY });

  const { template, valueOf } = valuesOf(stack);
  const bucket = valueOf(subject.bucket.bucketArn);
  const key = valueOf(subject.encryptionKey.keyArn);
  const table = subject.lockTable && valueOf(subject.lockTable.tableArn);
  const planner = new Actor('who plans', valueOf(role.roleArn));
  const unencrypted = { 's3:x-amz-server-side-encryption': undefined, 's3:x-amz-server-side-encryption-aws-kms-key-id': undefined };
  const on = (verb: string, path: string) => call(`s3:${verb}`, `${bucket}/${path}`, verb === 'PutObject' ? unencrypted : {});
  const item = (verb: string, path: string) => call(`dynamodb:${verb}`, table!, { 'dynamodb:LeadingKeys': [`${valueOf(subject.bucket.bucketName)}/${path}`] });
  const encrypt = call('kms:GenerateDataKey', key);
  return {
    name: `TerraformStateBackend for plans with ${table ? 'a lock table' : 'lock files'}`,
    template,
    rules: [
      planner.may('read the state', on('GetObject', KEY), call('kms:Decrypt', key)),
      planner.may('be told that there is none yet', call('s3:ListBucket', bucket)),
      planner.mayNot('write the state', on('PutObject', KEY)),
      planner.mayNot('delete the state', on('DeleteObject', KEY)),
      ...OTHERS.map((path) => planner.mayNot(`read the state ${path}`, on('GetObject', path))),
      ...(table ? [
        planner.may('see whether there is a table', call('dynamodb:DescribeTable', table)),
        planner.may('lock and unlock the state', ...['GetItem', 'PutItem', 'DeleteItem'].map((verb) => item(verb, KEY))),
        planner.may('read what was written last', item('GetItem', `${KEY}-md5`)),
        planner.mayNot('say that something else was written last', item('PutItem', `${KEY}-md5`)),
        planner.mayNot('forget what was written last', item('DeleteItem', `${KEY}-md5`)),
        planner.mayNot('lock another state', item('PutItem', OTHERS[0])),
        planner.mayNot('encrypt with the key', encrypt),
      ] : [
        planner.may('lock and unlock the state', encrypt, ...['GetObject', 'PutObject', 'DeleteObject'].map((verb) => on(verb, `${KEY}.tflock`))),
        planner.mayNot('lock another state', on('PutObject', `${OTHERS[0]}.tflock`)),
      ]),
      ...protection(subject, valueOf, bucket),
      new Actor('ECS', 'ecs-tasks.amazonaws.com').may('take the role', call('sts:AssumeRole', valueOf(role.roleArn))),
    ],
  };
}

/** What the policies of a backend say to everybody. */
function protection(subject: TerraformStateBackend, valueOf: (token: string) => string, bucket: string): AccessRule[] {
  const account = new Actor('the account', ROOT);
  const put = (header: string, value: string) => call('s3:PutObject', `${bucket}/${KEY}`, {
    's3:x-amz-server-side-encryption': 'aws:kms', 's3:x-amz-server-side-encryption-aws-kms-key-id': undefined, [header]: value,
  });
  return [
    account.mayNot('delete the bucket', call('s3:DeleteBucket', bucket)),
    account.mayNot('delete an old state', call('s3:DeleteObjectVersion', `${bucket}/${KEY}`)),
    account.mayNot('write a state with a key of S3', put('s3:x-amz-server-side-encryption', 'AES256')),
    account.mayNot('write a state with another key', put('s3:x-amz-server-side-encryption-aws-kms-key-id', `arn:aws:kms:${REGION}:${ACCOUNT}:key/other`)),
    account.may('administer the key', call('kms:PutKeyPolicy', valueOf(subject.encryptionKey.keyArn))),
    ...transport(account, bucket), ...transport(account, valueOf(subject.accessLogsBucket.bucketArn)),
    ...logDelivery(valueOf(subject.accessLogsBucket.bucketArn), [['Bucket', bucket]]),
  ];
}

const BY_NAME = { workspaces: ['staging'] };
const UNDER_OWN_PREFIX = { workspaceKeyPrefix: `env:/${KEY}` };

export const SCENES: Scene[] = [
  ...[TerraformStateLock.lockFile(), TerraformStateLock.table()].flatMap((lock) => [
    states(lock), workspaces(lock, BY_NAME, 'env:'), workspaces(lock, UNDER_OWN_PREFIX, `env:/${KEY}`), plan(lock),
  ]),
];
