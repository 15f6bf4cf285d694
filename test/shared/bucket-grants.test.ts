import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, ArnPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { grantObjects, READ, READ_WRITE } from '../../src/shared/bucket-grants';

type Wanted = Parameters<typeof grantObjects>[2];

function build(wanted: Wanted, encrypted = true) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const bucket = new Bucket(stack, 'Bucket', { encryptionKey: encrypted ? new Key(stack, 'Key') : undefined });
  const role = new Role(stack, 'Role', { assumedBy: new AccountRootPrincipal() });
  const grant = grantObjects(bucket, role, wanted);
  return { app, grant, template: Template.fromStack(stack) };
}

function statements(template: Template) {
  return Object.values(template.findResources('AWS::IAM::Policy'))[0].Properties.PolicyDocument.Statement;
}

const actions = (template: Template) => statements(template).map(({ Action }: { Action: unknown }) => Action);

test('a list, objects and the key', () => {
  const { template } = build({ ...READ_WRITE, keys: ['media/*'], list: 'all' });
  expect(actions(template)).toEqual([
    's3:ListBucket', ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject'], ['kms:Decrypt', 'kms:GenerateDataKey'],
  ]);
  expect(statements(template)[0].Condition).toBeUndefined();
  expect(JSON.stringify(statements(template)[1].Resource)).toContain('/media/*');
});

test('only what was asked for', () => {
  expect(actions(build({ keys: ['a'], actions: ['s3:PutObject'] }).template)).toEqual(['s3:PutObject']);
  expect(actions(build({ ...READ, keys: ['a'] }, false).template)).toEqual(['s3:GetObject']);
});

test('a list of the keys that match, and of no others', () => {
  const { template } = build({ ...READ, keys: ['small/*', 'large/*'], list: 'matching' });
  expect(statements(template)[0]).toMatchObject({ Action: 's3:ListBucket', Condition: { StringLike: { 's3:prefix': ['small/*', 'large/*'] } } });
  expect(statements(template)[1].Resource).toHaveLength(2);
});

test('for another account, the policy of the bucket has the condition, too', () => {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-west-3' } });
  const other = new ArnPrincipal('arn:aws:iam::222222222222:role/reader');
  grantObjects(new Bucket(stack, 'Bucket'), other, { ...READ, keys: ['small/*'], list: 'matching' });
  Template.fromStack(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 's3:ListBucket', Condition: { StringLike: { 's3:prefix': ['small/*'] } } })]) },
  });
});

test('the grant is of all statements', () => {
  const { grant } = build({ ...READ, keys: ['media/*'], list: 'all' });
  expect(grant.success).toBe(true);
  expect(grant.principalStatements).toHaveLength(3);
});

test('rule packs accept the wildcards of keys, and nothing else', () => {
  const found = (wanted: Wanted) => new AwsSolutionsChecks().validateScope(build(wanted).app).violations.map(({ ruleName }) => ruleName).filter((id) => id.includes('IAM5'));
  expect(found({ ...READ_WRITE, keys: ['media/*', 'one.json'], list: 'all' })).toEqual([]);
  expect(found({ keys: ['media/*'], actions: ['s3:*'] })).toEqual([expect.stringContaining('Action::s3:*')]);
});
