import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { IConstruct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../src/shared/acknowledge';

/** What cdk-nag and CDK's validator read. */
function toldToCdk({ node }: IConstruct): Record<string, string> {
  return Object.assign({}, ...node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY).map(({ data }) => data));
}

function metadataOf(scope: IConstruct) {
  return (scope.node.defaultChild as CfnResource).cfnOptions.metadata ?? {};
}

test('each tool is told the reason under its own ids', () => {
  const bucket = new Bucket(new Stack(), 'Bucket');
  acknowledge(bucket, { versioning: 'because' });
  expect(Object.entries(toldToCdk(bucket))).toEqual(expect.arrayContaining([[expect.stringContaining('S3BucketVersioningEnabled'), 'because']]));
  expect(metadataOf(bucket)).toEqual({ checkov: { skip: [{ id: 'CKV_AWS_21', comment: 'because' }] } });
});

test('a rule without a reason is not acknowledged', () => {
  const bucket = new Bucket(new Stack(), 'Bucket');
  acknowledge(bucket, { versioning: undefined, replication: '' });
  expect(toldToCdk(bucket)).toEqual({});
  expect(metadataOf(bucket)).toEqual({});
});

test('a rule that has a standard reason needs no other', () => {
  const role = new Role(new Stack(), 'Role', { assumedBy: new AccountRootPrincipal() });
  acknowledge(role, 'managedPolicy');
  expect(Object.keys(toldToCdk(role))).toHaveLength(3);
  expect(new Set(Object.values(toldToCdk(role)))).toEqual(new Set([expect.stringContaining('cannot be attached to another identity by mistake')]));
});

test('what was acknowledged before remains', () => {
  const bucket = new Bucket(new Stack(), 'Bucket');
  acknowledge(bucket, { versioning: 'one' });
  acknowledge(bucket, { accessLog: 'two' });
  expect(metadataOf(bucket).checkov.skip).toEqual([{ id: 'CKV_AWS_21', comment: 'one' }, { id: 'CKV_AWS_18', comment: 'two' }]);
});

test('cfn-lint is told by metadata, and CDK\'s validator as cdk-nag is', () => {
  const database = new CfnDBInstance(new Stack(), 'Database');
  acknowledge(database, { passwordOfReplica: 'because' });
  acknowledge(database, { passwordWithoutUser: 'because' });
  expect(database.cfnOptions.metadata).toEqual({ 'cfn-lint': { config: { ignore_checks: ['E3020', 'E3021'] } } });
  expect(Object.keys(toldToCdk(database))).toContainEqual(expect.stringContaining('CloudFormation-Validate::F3020'));
});

test('of a resource without a class for its type, only Checkov is told: cdk-nag does not recognize it', () => {
  const handler = new CfnResource(new Stack(), 'Handler', { type: 'AWS::Lambda::Function' });
  acknowledge(handler, { deadLetterConfig: 'because' });
  expect(toldToCdk(handler)).toEqual({});
  expect(handler.cfnOptions.metadata).toEqual({ checkov: { skip: [{ id: 'CKV_AWS_116', comment: 'because' }] } });
});

test('wildcards are acknowledged as cdk-nag writes them, each by itself', () => {
  const stack = new Stack();
  const bucket = new Bucket(stack, 'Bucket');
  const role = new Role(stack, 'Role', { assumedBy: new AccountRootPrincipal() });
  acknowledgeWildcard(role, [bucket.arnForObjects('media/*'), '*'], 'because');
  acknowledgeWildcard(role, stack.formatArn({ service: 'rds', resource: 'db', resourceName: '*' }), 'too');
  expect(Object.keys(toldToCdk(role)).map((id) => id.replace(/^annotation::/i, ''))).toEqual([
    `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(bucket.node.defaultChild as CfnResource)}.Arn>/media/*]`,
    'AwsSolutions-IAM5[Resource::*]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:rds:<AWS::Region>:<AWS::AccountId>:db/*]',
  ]);
});
