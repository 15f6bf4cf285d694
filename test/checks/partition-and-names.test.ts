import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { FLAG_SETS } from './contexts';
import { REGISTER } from './register';

/** The properties that give a resource a physical name, by its type. */
const NAMES: Record<string, string> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::EC2::SecurityGroup': 'GroupName',
  'AWS::ECS::Service': 'ServiceName',
  'AWS::ECS::TaskDefinition': 'none: its family is no physical name, and CDK makes it of the logical id',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Policy': 'none: CloudFormation wants a name, which CDK makes of the logical id, and it is no physical one',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::RDS::DBCluster': 'DBClusterIdentifier',
  'AWS::RDS::DBClusterParameterGroup': 'DBClusterParameterGroupName',
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::RDS::DBParameterGroup': 'DBParameterGroupName',
  'AWS::RDS::DBSubnetGroup': 'DBSubnetGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::SQS::Queue': 'QueueName',
};

/** Names in the template that are the same wherever it is deployed. */
function fixedNames(template: object): string[] {
  return Object.entries<any>((template as any).Resources).flatMap(([id, { Type, Properties = {} }]) => {
    const name = Properties[NAMES[Type]];
    return name === undefined || JSON.stringify(name).includes('AWS::StackId') ? [] : [`${id}: ${JSON.stringify(name)}`];
  });
}

function synth(build: (scope: Construct) => void, context: Record<string, unknown> = {}): object {
  const stack = new Stack(new App({ context }), 'Stack');
  build(stack);
  return Template.fromStack(stack).toJSON();
}

describe.each(FLAG_SETS)('with $name', ({ context }) => {
  test.each(REGISTER)('$name belongs to no partition', ({ build }) => {
    expect(JSON.stringify(synth(build, context))).not.toMatch(/arn:aws(-cn|-us-gov)?:/);
  });
});

test.each(REGISTER)('$name has no physical name but a given one', ({ name, build }) => {
  expect(fixedNames(synth(build)).filter((fixed) => !fixed.endsWith('"jobs.fifo"'))).toEqual([]);
  if (name === 'SecureQueue-high-throughput-fifo') expect(fixedNames(synth(build))).toHaveLength(1); // or the net has a hole
});

test('a name that is the same everywhere is found', () => {
  expect(fixedNames(synth((scope) => new CfnResource(scope, 'Named', { type: 'AWS::S3::Bucket', properties: { BucketName: 'mine' } })))).toEqual(['Named: "mine"']);
});

test('all types of the register are looked at for names, or have none', () => {
  const nameless = [
    'AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress', 'AWS::KMS::Key', 'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Permission', 'AWS::S3::BucketPolicy', 'AWS::SecretsManager::RotationSchedule', 'AWS::SecretsManager::SecretTargetAttachment',
    'AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy',
    'Custom::S3AutoDeleteObjects', 'Custom::WasabiBucket',
  ];
  const types = new Set(REGISTER.flatMap(({ build }) => Object.values<any>((synth(build) as any).Resources).map(({ Type }) => Type)));
  expect([...types].filter((type) => !(type in NAMES) && !nameless.includes(type))).toEqual([]);
});

test.each(REGISTER)('two of $name live in one stack, under long ids', ({ build }) => {
  const stack = new Stack(new App(), 'Stack');
  const before = Object.keys((synth(build) as any).Resources).length;
  for (const id of ['A'.repeat(120), 'B'.repeat(120)]) build(new Construct(stack, id));

  const { Resources } = Template.fromStack(stack).toJSON();
  expect(Object.keys(Resources).length).toBeGreaterThanOrEqual(2 * before - 3); // singletons of CDK: the function that empties buckets, its role, its logs
});

test.each(REGISTER)('$name lives in two stacks of one app', ({ build }) => {
  const app = new App();
  const stacks = ['One', 'Other'].map((id) => new Stack(app, id));
  stacks.forEach((stack) => build(stack));

  const idsIn = (stack: Stack) => Object.entries<any>(Template.fromStack(stack).toJSON().Resources)
    .filter(([, { Type }]) => !['AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress'].includes(Type)) // CDK has the stack in their ids
    .map(([id]) => id);
  const [one, other] = stacks.map(idsIn);
  expect(one).toEqual(other);
});
