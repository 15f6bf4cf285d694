import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag';
import { allow, serviceRole, viaService } from '../../src/shared/service-role';

function build(use: (role: IRole, stack: Stack) => void = () => undefined) {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  use(serviceRole(stack, 'Role', 'states.amazonaws.com', { StringEquals: { 'aws:SourceAccount': '111111111111' } }), stack);
  return { app, template: Template.fromStack(stack) };
}

function statements(template: Template) {
  return Object.values(template.findResources('AWS::IAM::Policy'))[0].Properties.PolicyDocument.Statement;
}

test('only the service takes the role, on the conditions given', () => {
  const [role] = Object.values(build().template.findResources('AWS::IAM::Role'));
  expect(role.Properties).toEqual({
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'states.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } },
      }],
    },
  });
});

test('each permission is a statement, in the order of the calls', () => {
  const { template } = build((role) => {
    allow(role, ['sqs:SendMessage', 'sqs:GetQueueAttributes'], ['arn:one', 'arn:two']);
    allow(role, ['ssm:GetParameter'], 'arn:three', { Bool: { 'aws:SecureTransport': 'true' } });
  });
  expect(statements(template)).toEqual([
    { Effect: 'Allow', Action: ['sqs:SendMessage', 'sqs:GetQueueAttributes'], Resource: ['arn:one', 'arn:two'] },
    { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: 'arn:three', Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
  ]);
});

test('a key is used by way of one service, in all partitions', () => {
  const { template } = build((role, stack) => allow(role, ['kms:Decrypt'], new Key(stack, 'Key').keyArn, viaService('secretsmanager')));
  expect(statements(template)[0].Condition).toEqual({
    StringLike: { 'kms:ViaService': { 'Fn::Join': ['', ['secretsmanager.', { Ref: 'AWS::Region' }, '.amazonaws.com*']] } },
  });
  expect(viaService('rds', 'eu-west-3')).toEqual({ StringLike: { 'kms:ViaService': 'rds.eu-west-3.amazonaws.com*' } });
});

test('rule packs find nothing', () => {
  const { app } = build((role) => allow(role, ['sqs:SendMessage'], 'arn:one'));
  expect([new AwsSolutionsChecks(), new HIPAASecurityChecks()].flatMap((pack) => pack.validateScope(app).violations)).toEqual([]);
});
