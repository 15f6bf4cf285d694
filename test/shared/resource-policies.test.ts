import { App, Environment, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { addOrWarn, allowLogGroupsToUseKey } from '../../src/shared/resource-policies';

const KEY = 'arn:aws:kms:eu-west-3:111111111111:key/12345678-1234-1234-1234-123456789012';
const warning = (stack: Stack) => ({ owner: stack, id: 'Test.PolicyUnchanged', otherwise: 'nothing arrives' });
const statement = (action: string, sources: unknown = 'arn:source') => new PolicyStatement({
  principals: [new ServicePrincipal('sns.amazonaws.com')],
  actions: [action],
  resources: ['*'],
  conditions: { ArnLike: { 'aws:SourceArn': sources } },
});

function build(env?: Environment) {
  return new Stack(new App(), 'Stack', { env });
}

function warnings(stack: Stack): unknown[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data);
}

test('statements are added to a policy of this app, without a warning', () => {
  const stack = build();
  expect(addOrWarn(new Queue(stack, 'Queue'), [statement('sqs:SendMessage'), statement('sqs:GetQueueUrl')], warning(stack))).toBe(true);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::SQS::QueuePolicy'));
  expect(policy.Properties.PolicyDocument.Statement.map(({ Action }: { Action: string }) => Action)).toEqual(['sqs:SendMessage', 'sqs:GetQueueUrl']);
  expect(warnings(stack)).toEqual([]);
});

test.each([
  ['key', (stack: Stack) => Key.fromKeyArn(stack, 'Imported', KEY)],
  ['bucket', (stack: Stack) => Bucket.fromBucketName(stack, 'Imported', 'theirs')],
  ['queue', (stack: Stack) => Queue.fromQueueArn(stack, 'Imported', 'arn:aws:sqs:eu-west-3:111111111111:theirs')],
])('of an imported %s, a warning prints what to add', (kind, holder) => {
  const stack = build();
  expect(addOrWarn(holder(stack), [statement('kms:Decrypt'), statement('kms:Encrypt')], warning(stack))).toBe(false);
  const printed = (action: string) => JSON.stringify({
    Action: action, Condition: { ArnLike: { 'aws:SourceArn': 'arn:source' } }, Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Resource: '*',
  });
  expect(warnings(stack)).toEqual([
    `the policy of the imported ${kind} Stack/Imported is not changed here: add ${printed('kms:Decrypt')} and ${printed('kms:Encrypt')}, ` +
    'or nothing arrives [ack: cdk-mainstay:Test.PolicyUnchanged]',
  ]);
});

test('what is unknown until the deployment has its name in <>, as no policy accepts functions of CloudFormation', () => {
  const stack = build();
  addOrWarn(Key.fromKeyArn(stack, 'Imported', KEY), statement('kms:Decrypt', Lazy.any({ produce: () => [stack.account, new Queue(stack, 'Queue').queueArn, `a:${stack.region}:b`] })), warning(stack));
  expect(warnings(stack)).toEqual([expect.stringMatching(/"aws:SourceArn":\["<AWS::AccountId>","<Queue[0-9A-F]+\.Arn>","a:<AWS::Region>:b"\].* with the values of what is in <>, or nothing arrives/)]);
});

describe('CloudWatch Logs', () => {
  const statementFor = (env?: Environment) => {
    const stack = build(env);
    const key: IKey = new Key(stack, 'Key');
    allowLogGroupsToUseKey(key, 'arn:groups-*', warning(stack));
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));
    return Properties.KeyPolicy.Statement.at(-1);
  };

  test('may encrypt the log groups with the key, and no others', () => {
    expect(statementFor()).toMatchObject({
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': 'arn:groups-*' } },
    });
  });

  test('has a principal of the region, with the suffix of the partition', () => {
    expect(statementFor().Principal.Service).toEqual({ 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] });
    expect(statementFor({ region: 'cn-north-1' }).Principal.Service).toEqual({ 'Fn::Join': ['', ['logs.cn-north-1.', { Ref: 'AWS::URLSuffix' }]] });
  });

  test('of an imported key, the id of the warning is that of the construct', () => {
    const stack = build();
    allowLogGroupsToUseKey(Key.fromKeyArn(stack, 'Imported', KEY), 'arn:groups-*', warning(stack));
    expect(warnings(stack)).toEqual([expect.stringMatching(/kms:EncryptionContext:aws:logs:arn.*Test.PolicyUnchanged/)]);
  });
});
