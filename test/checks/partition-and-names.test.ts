import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { FLAG_SETS } from './contexts';
import { fixedNames, NAMES, partitionsIn } from './partition-and-names';
import { synthesized, templateOf } from './variant-template';
import { VARIANTS } from './variants';

describe.each(FLAG_SETS)('with $name', ({ context }) => {
  test.each(VARIANTS)('$name belongs to no partition', (variant) => {
    expect(partitionsIn(templateOf(variant, context))).toEqual([]);
  });
});

test.each(VARIANTS)('$name has no physical name but a given one', (variant) => {
  const found = fixedNames(templateOf(variant));
  expect(found.filter((fixed) => !fixed.endsWith('"jobs.fifo"'))).toEqual([]);
  if (variant.name === 'SecureQueue-high-throughput-fifo') expect(found).toHaveLength(1); // else the check finds no names at all
});

test('a name that is the same everywhere is found', () => {
  expect(fixedNames(synthesized((scope) => new CfnResource(scope, 'Named', { type: 'AWS::S3::Bucket', properties: { BucketName: 'mine' } })))).toEqual(['Named: "mine"']);
});

test('every resource type of the variants is checked for names, or has none', () => {
  const nameless = [
    'AWS::ApplicationAutoScaling::ScalableTarget', 'AWS::Backup::BackupSelection', 'AWS::CertificateManager::Certificate', 'AWS::ECS::ClusterCapacityProviderAssociations',
    'AWS::EFS::AccessPoint', 'AWS::EFS::FileSystem', 'AWS::EFS::MountTarget', 'AWS::ElasticLoadBalancingV2::Listener', 'AWS::ElasticLoadBalancingV2::ListenerRule',
    'Custom::DeployTask', 'Custom::PrefixList', 'AWS::RDS::DBProxyTargetGroup',
    'AWS::CloudFront::Distribution', 'AWS::EC2::EIP', 'AWS::EC2::EIPAssociation', 'AWS::EC2::EgressOnlyInternetGateway', 'AWS::EC2::FlowLog',
    'AWS::EC2::InstanceConnectEndpoint', 'AWS::EC2::InternetGateway', 'AWS::EC2::NatGateway', 'AWS::EC2::NetworkInterface', 'AWS::EC2::Route',
    'AWS::EC2::RouteTable', 'AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::Subnet',
    'AWS::EC2::SubnetRouteTableAssociation', 'AWS::EC2::VPC', 'AWS::EC2::VPCBlockPublicAccessExclusion', 'AWS::EC2::VPCCidrBlock',
    'AWS::EC2::VPCEndpoint', 'AWS::EC2::VPCGatewayAttachment', 'AWS::IAM::AccessKey', 'AWS::IAM::OIDCProvider', 'AWS::KMS::Key',
    'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Permission', 'AWS::Route53::RecordSet', 'AWS::S3::BucketPolicy', 'AWS::SNS::TopicPolicy',
    'AWS::SQS::QueuePolicy', 'AWS::SecretsManager::RotationSchedule', 'AWS::SecretsManager::SecretTargetAttachment',
    'Custom::DnsRecordToCreate', 'Custom::EdgeCertificate', 'Custom::EdgeLogDelivery', 'Custom::IssuedCertificate', 'Custom::VpcRestrictDefaultSG',
    'Custom::S3AutoDeleteObjects', 'Custom::SigningKeys', 'Custom::StaticFiles', 'Custom::WasabiBucket',
  ];
  const types = new Set(VARIANTS.flatMap((variant) => Object.values<any>(templateOf(variant).Resources).map(({ Type }) => Type)));
  expect([...types].filter((type) => !(type in NAMES) && !nameless.includes(type))).toEqual([]);
});

test.each(VARIANTS)('two of $name fit into one stack, under long ids', (variant) => {
  const stack = new Stack(new App(), 'Stack');
  const before = Object.keys(templateOf(variant).Resources).length;
  for (const id of ['A'.repeat(120), 'B'.repeat(120)]) variant.build(new Construct(stack, id));

  const { Resources } = Template.fromStack(stack).toJSON();
  expect(Object.keys(Resources).length).toBeGreaterThanOrEqual(2 * before - 3); // singletons of CDK: the function that empties buckets, its role, its logs
});

test.each(VARIANTS)('$name has the same ids in two stacks of one app', ({ build }) => {
  const app = new App();
  const stacks = ['One', 'Other'].map((id) => new Stack(app, id));
  stacks.forEach((stack) => build(stack));

  // The first stack has the provider of the account, and CDK has the stack in the ids of rules between security groups.
  const differing = ['AWS::EC2::SecurityGroupEgress', 'AWS::EC2::SecurityGroupIngress', 'AWS::IAM::OIDCProvider'];
  const [one, other] = stacks.map((stack) => {
    const resources = Object.entries<any>(Template.fromStack(stack).toJSON().Resources);
    return resources.filter(([, { Type }]) => !differing.includes(Type)).map(([id]) => id);
  });
  expect(one).toEqual(other);
});
