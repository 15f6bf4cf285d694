import { App, Duration, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { StageProfile, TerraformBackendConfigOptions, TerraformStateBackend, TerraformStateBackendProps, TerraformStateLock, TerraformStateOptions } from '../../src';

function build(props?: TerraformStateBackendProps, profile?: StageProfile): { stack: Stack; subject: TerraformStateBackend } {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-3' } });
  profile?.applyTo(stack);
  return { stack, subject: new TerraformStateBackend(stack, 'Subject', props && Object.freeze(props)) };
}

const synth = (props?: TerraformStateBackendProps, profile?: StageProfile) => Template.fromStack(build(props, profile).stack);
const TABLE = { lock: TerraformStateLock.table() };
const STATE = { key: 'network/terraform.tfstate' };

function only(template: Template, type: string, id: string): any {
  const [resource] = Object.entries(template.findResources(type)).filter(([name]) => name.startsWith(id)).map(([, found]) => found);
  return resource;
}

describe('by default', () => {
  test('creates a bucket, one for its logs, their policies and a key', () => {
    expect(Object.values(synth().toJSON().Resources).map((resource: any) => resource.Type).sort()).toEqual([
      'AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::S3::BucketPolicy',
    ]);
  });

  test('states are versioned, private, and encrypted with a key that is rotated', () => {
    const template = synth();
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    expect(only(template, 'AWS::S3::Bucket', 'SubjectBucket').Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectKey/), 'Arn'] } },
        }],
      },
    });
  });

  test('old states are kept for a week, and the last ten for ever', () => {
    expect(only(synth(), 'AWS::S3::Bucket', 'SubjectBucket').Properties.LifecycleConfiguration.Rules).toEqual([expect.objectContaining({
      Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 7, NewerNoncurrentVersions: 10 }, ExpiredObjectDeleteMarker: true,
    })]);
  });

  test('has nothing to warn of', () => {
    expect(Annotations.fromStack(build().stack).findWarning('*', Match.anyValue())).toEqual([]);
  });
});

test('the policy of the bucket denies plain HTTP, old TLS, deletion and other encryption to everybody', () => {
  const denied = only(synth(), 'AWS::S3::BucketPolicy', 'SubjectBucketPolicy').Properties.PolicyDocument.Statement
    .map(({ Effect, Principal, Action, Condition }: any) => ({ Effect, Principal, Action, Condition }));
  const all = { Effect: 'Deny', Principal: { AWS: '*' } };
  expect(denied).toEqual([
    { ...all, Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    { ...all, Action: 's3:*', Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
    { ...all, Action: 's3:DeleteBucket', Condition: undefined },
    { ...all, Action: 's3:DeleteObjectVersion', Condition: undefined },
    { ...all, Action: 's3:PutObject', Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' }, Null: { 's3:x-amz-server-side-encryption': 'false' } } },
    {
      ...all,
      Action: 's3:PutObject',
      Condition: {
        StringNotEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': { 'Fn::GetAtt': [expect.stringMatching(/^SubjectKey/), 'Arn'] } },
        Null: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'false' },
      },
    },
  ]);
});

test.each([StageProfile.production(), StageProfile.staging(), StageProfile.ephemeral()])('survives its stack, whatever the profile says: $name', (profile) => {
  const resources = Object.values<any>(synth(TABLE, profile).toJSON().Resources);
  expect(resources).toHaveLength(6);
  expect(resources.filter(({ DeletionPolicy }) => !['Retain', 'RetainExceptOnCreate'].includes(DeletionPolicy))).toEqual([]);
});

test('old states are kept as long as the profile, or a prop, says', () => {
  const expiration = (props?: TerraformStateBackendProps, profile?: StageProfile) =>
    only(synth(props, profile), 'AWS::S3::Bucket', 'SubjectBucket').Properties.LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays;
  expect(expiration({}, StageProfile.staging())).toBe(3);
  expect(expiration({ oldVersionRetention: Duration.days(90) }, StageProfile.staging())).toBe(90);
});

test.each([[Duration.hours(12), '0.5'], [Duration.days(0), '0']])('refuses to keep old states for %s', (oldVersionRetention, got) => {
  expect(() => build({ oldVersionRetention })).toThrow(`Stack/Subject: 'oldVersionRetention' must be a whole number of days at least 1, got ${got}`);
});

test('a key and a bucket for logs can be given', () => {
  const other = new Stack();
  const [encryptionKey, accessLogsBucket] = [Key.fromKeyArn(other, 'Key', 'arn:aws:kms:eu-west-3:123456789012:key/abc'), Bucket.fromBucketName(other, 'Logs', 'logs')];
  const template = synth({ encryptionKey, accessLogsBucket });
  template.resourceCountIs('AWS::KMS::Key', 0);
  template.resourceCountIs('AWS::S3::Bucket', 1);
  template.hasResourceProperties('AWS::S3::Bucket', { LoggingConfiguration: { DestinationBucketName: 'logs', LogFilePrefix: 'Bucket/' } });
});

describe('a lock table', () => {
  test('is as Terraform expects it, encrypted, recoverable and protected', () => {
    expect(only(synth(TABLE), 'AWS::DynamoDB::Table', 'SubjectLockTable')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        KeySchema: [{ AttributeName: 'LockID', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'LockID', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectKey/), 'Arn'] } },
      },
    });
  });

  test('is not there where files are the locks', () => {
    const { stack, subject } = build({ lock: TerraformStateLock.lockFile() });
    expect(subject.lockTable).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::Table', 0);
  });
});

describe('grants', () => {
  const bucket = { 'Fn::GetAtt': [expect.stringMatching(/^SubjectBucket/), 'Arn'] };
  const object = (path: string) => ({ 'Fn::Join': ['', [bucket, `/${path}`]] });
  const item = (path: string) => ({ 'Fn::Join': ['', [{ Ref: expect.stringMatching(/^SubjectBucket/) }, `/${path}`]] });
  const key = { 'Fn::GetAtt': [expect.stringMatching(/^SubjectKey/), 'Arn'] };
  const table = { 'Fn::GetAtt': [expect.stringMatching(/^SubjectLockTable/), 'Arn'] };
  const allow = (Action: string | string[], Resource: unknown, more: object = {}) => ({ Effect: 'Allow', Action, Resource, ...more });

  const policyOf = (props: TerraformStateBackendProps | undefined, grant: (subject: TerraformStateBackend, role: IGrantable) => void) => {
    const { stack, subject } = build(props);
    grant(subject, new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
    return only(Template.fromStack(stack), 'AWS::IAM::Policy', 'Role').Properties.PolicyDocument.Statement;
  };

  test('a state with its lock file, to the letter', () => {
    expect(policyOf(undefined, (subject, role) => subject.grantState(role, STATE))).toEqual([
      allow('s3:ListBucket', bucket),
      allow(['s3:GetObject', 's3:PutObject'], object('network/terraform.tfstate')),
      allow(['kms:GenerateDataKey', 'kms:Decrypt'], key),
      allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], object('network/terraform.tfstate.tflock')),
    ]);
  });

  test('a state with its items in the table, to the letter', () => {
    expect(policyOf(TABLE, (subject, role) => subject.grantState(role, STATE))).toEqual([
      allow('s3:ListBucket', bucket),
      allow(['s3:GetObject', 's3:PutObject'], object('network/terraform.tfstate')),
      allow(['kms:GenerateDataKey', 'kms:Decrypt'], key),
      allow('dynamodb:DescribeTable', table),
      allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'], table, {
        Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [item('network/terraform.tfstate'), item('network/terraform.tfstate-md5')] } },
      }),
    ]);
  });

  test.each<[string, Partial<TerraformStateOptions>, string]>([
    ['by their names', { workspaces: ['prod'] }, 'env:/prod/network/terraform.tfstate'],
    ['by their names under another prefix', { workspaces: ['prod'], workspaceKeyPrefix: 'team/x' }, 'team/x/prod/network/terraform.tfstate'],
    ['under a prefix of their own', { workspaceKeyPrefix: 'env:/network/terraform.tfstate' }, 'env:/network/terraform.tfstate/*/network/terraform.tfstate'],
  ])('the states of workspaces %s, which can be deleted', (_, of, workspaces) => {
    const statements = policyOf(undefined, (subject, role) => subject.grantState(role, { ...STATE, ...of }));
    expect(statements).toEqual(expect.arrayContaining([
      allow(['s3:GetObject', 's3:PutObject'], [object('network/terraform.tfstate'), object(workspaces)]),
      allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], [object('network/terraform.tfstate.tflock'), object(`${workspaces}.tflock`)]),
      allow('s3:DeleteObject', object(workspaces)),
    ]));
    const [, , , , items] = policyOf(TABLE, (subject, role) => subject.grantState(role, { ...STATE, ...of }));
    expect(items.Condition).toEqual({
      [`ForAllValues:${workspaces.includes('*') ? 'StringLike' : 'StringEquals'}`]: {
        'dynamodb:LeadingKeys': [item('network/terraform.tfstate'), item(workspaces), item('network/terraform.tfstate-md5'), item(`${workspaces}-md5`)],
      },
    });
  });

  test('a plan with a lock file, to the letter', () => {
    expect(policyOf(undefined, (subject, role) => subject.grantPlan(role, STATE))).toEqual([
      allow('s3:ListBucket', bucket),
      allow('s3:GetObject', object('network/terraform.tfstate')),
      allow(['kms:GenerateDataKey', 'kms:Decrypt'], key),
      allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], object('network/terraform.tfstate.tflock')),
    ]);
  });

  test('a plan with a table, to the letter', () => {
    const onItem = (path: string) => ({ Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [item(path)] } } });
    expect(policyOf(TABLE, (subject, role) => subject.grantPlan(role, STATE))).toEqual([
      allow('s3:ListBucket', bucket),
      allow('s3:GetObject', object('network/terraform.tfstate')),
      allow('kms:Decrypt', key),
      allow('dynamodb:DescribeTable', table),
      allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'], table, onItem('network/terraform.tfstate')),
      allow('dynamodb:GetItem', table, onItem('network/terraform.tfstate-md5')),
    ]);
  });

  test('reading a state, to the letter', () => {
    expect(policyOf(TABLE, (subject, role) => subject.grantReadState(role, STATE))).toEqual([
      allow('s3:ListBucket', bucket),
      allow('s3:GetObject', object('network/terraform.tfstate')),
      allow('kms:Decrypt', key),
    ]);
  });

  test('an identity of another account by the policy of the bucket, too', () => {
    const { stack, subject } = build();
    subject.grantState(Role.fromRoleArn(stack, 'Partner', 'arn:aws:iam::999999999999:role/partner'), STATE);
    const statements = only(Template.fromStack(stack), 'AWS::S3::BucketPolicy', 'SubjectBucketPolicy').Properties.PolicyDocument.Statement;
    expect(statements.filter(({ Effect }: any) => Effect === 'Allow').map(({ Action }: any) => Action)).toEqual([
      's3:ListBucket', ['s3:GetObject', 's3:PutObject'], ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
    ]);
  });
});

describe('the configuration', () => {
  const config = (props: TerraformStateBackendProps | undefined, state: TerraformBackendConfigOptions) => {
    const { stack, subject } = build(props);
    const [, parts]: [string, any[]] = stack.resolve(subject.backendConfig(state))['Fn::Join'];
    return parts.map((part) => (typeof part === 'string' ? part : Object.values(part).flat()[0])).join('').replace(/([A-Za-z]+)[0-9A-F]{8}/g, '$1');
  };

  test('names bucket, key and lock file', () => {
    expect(config(undefined, STATE)).toBe([
      'terraform {',
      '  backend "s3" {',
      '    bucket       = "SubjectBucket"',
      '    key          = "network/terraform.tfstate"',
      '    region       = "eu-west-3"',
      '    encrypt      = true',
      '    kms_key_id   = "SubjectKey"',
      '    use_lockfile = true',
      '  }',
      '}',
      '',
    ].join('\n'));
  });

  test('names the table, and where the workspaces are', () => {
    const lines = config(TABLE, { ...STATE, workspaceKeyPrefix: 'workspaces' }).split('\n');
    expect(lines).toContain('    dynamodb_table       = "SubjectLockTable"');
    expect(lines).toContain('    workspace_key_prefix = "workspaces"');
    expect(lines.join()).not.toContain('use_lockfile');
  });

  test('names the role that works with the state, and the accounts that are meant', () => {
    const role = Role.fromRoleArn(new Stack(), 'Role', 'arn:aws:iam::210987654321:role/terraform');
    const lines = config(undefined, { ...STATE, role, allowedAccountIds: ['210987654321', '123456789012'] }).split('\n');
    expect(lines).toContain('    assume_role         = { role_arn = "arn:aws:iam::210987654321:role/terraform" }');
    expect(lines).toContain('    allowed_account_ids = ["210987654321", "123456789012"]');
  });

  test.each<[string, string[], string]>([
    ['no account', [], '\'allowedAccountIds\' must have at least one, got none: leave it out to allow the credentials of any account'],
    ['a name', ['production'], '\'allowedAccountIds\' must be ids of accounts, with 12 digits each, got \'production\''],
  ])('names accounts by their ids, not %s', (_, allowedAccountIds, error) => {
    expect(() => config(undefined, { ...STATE, allowedAccountIds })).toThrow(new Error(`Stack/Subject: ${error}`));
  });
});

test.each(['', '/a', 'a/', 'a*', 'a?', 'a b', 'a"b', '${aws:username}', '%{x}', 'a\\b', 'a'.repeat(1001)])('%p is no path of a state', (key) => {
  const { stack, subject } = build();
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const error = `Stack/Subject: 'key' must be a path without wildcards, spaces, quotes, $, % and a slash at either end, of at most 1000 bytes, got ${key}`;
  expect(() => subject.grantState(role, { key })).toThrow(error);
  expect(() => subject.grantReadState(role, { key })).toThrow(error);
  expect(() => subject.backendConfig({ key })).toThrow(error);
  expect(() => subject.backendConfig({ ...STATE, workspaceKeyPrefix: key })).toThrow('\'workspaceKeyPrefix\' must be a path');
});

test.each<[string, any]>([['nothing', undefined], ['no key', {}]])('%s says of no state where it is', (_, state) => {
  const { stack, subject } = build();
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const error = new Error('Stack/Subject: \'key\' must be a path without wildcards, spaces, quotes, $, % and a slash at either end, of at most 1000 bytes, got nothing');
  expect(() => subject.backendConfig(state)).toThrow(error);
  expect(() => subject.grantState(role, state)).toThrow(error);
  expect(() => subject.grantReadState(role, state)).toThrow(error);
});

test('a path may be known later only', () => {
  const { stack, subject } = build();
  const key = Token.asString({ Ref: 'Parameter' });
  expect(JSON.stringify(stack.resolve(subject.backendConfig({ key })))).toContain('{"Ref":"Parameter"}');
});
