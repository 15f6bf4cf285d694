import { CfnResource, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { isPlain, plainCopy } from './plain-copy';

/** What promises rest on, besides the removal policy, by type. */
const SEALED: Record<string, readonly string[]> = {
  'AWS::ApplicationAutoScaling::ScalableTarget': ['maxCapacity', 'minCapacity', 'resourceId'],
  'AWS::Backup::BackupPlan': ['backupPlan'],
  'AWS::Backup::BackupSelection': ['backupSelection'],
  'AWS::Backup::BackupVault': ['accessPolicy', 'encryptionKeyArn'],
  'AWS::CloudFront::CachePolicy': ['cachePolicyConfig'],
  'AWS::CloudFront::Distribution': ['distributionConfig'],
  'AWS::CloudFront::Function': ['functionCode', 'functionConfig'],
  'AWS::CloudFront::OriginAccessControl': ['originAccessControlConfig'],
  'AWS::CloudFront::ResponseHeadersPolicy': ['responseHeadersPolicyConfig'],
  'AWS::DynamoDB::Table': ['deletionProtectionEnabled', 'keySchema', 'pointInTimeRecoverySpecification', 'sseSpecification'],
  'AWS::EC2::EIP': [],
  'AWS::EC2::FlowLog': ['logDestination', 'logGroupName', 'resourceId', 'trafficType'],
  'AWS::EC2::LaunchTemplate': ['launchTemplateData'],
  'AWS::EC2::NetworkInterface': ['groupSet', 'sourceDestCheck'],
  'AWS::EC2::SecurityGroup': ['securityGroupEgress', 'securityGroupIngress'],
  'AWS::EC2::Subnet': ['availabilityZone', 'cidrBlock', 'mapPublicIpOnLaunch'],
  'AWS::EC2::VPC': ['cidrBlock', 'enableDnsHostnames', 'enableDnsSupport'],
  'AWS::ElastiCache::ReplicationGroup': [
    'atRestEncryptionEnabled', 'automaticFailoverEnabled', 'kmsKeyId', 'multiAzEnabled', 'securityGroupIds', 'transitEncryptionEnabled',
    'userGroupIds',
  ],
  'AWS::ElastiCache::ServerlessCache': ['kmsKeyId', 'securityGroupIds', 'userGroupId'],
  'AWS::ElastiCache::User': ['accessString', 'authenticationMode'],
  'AWS::ElastiCache::UserGroup': ['userIds'],
  'AWS::IAM::OIDCProvider': ['clientIdList', 'url'],
  'AWS::IAM::Role': ['assumeRolePolicyDocument'],
  'AWS::KMS::Key': ['enableKeyRotation', 'enabled', 'keyPolicy'],
  'AWS::Lambda::EventSourceMapping': ['functionResponseTypes'],
  'AWS::Lambda::Function': ['architectures', 'code', 'environment', 'handler', 'role', 'runtime'],
  'AWS::Logs::LogGroup': ['kmsKeyId'],
  'AWS::RDS::DBCluster': [
    'backupRetentionPeriod', 'dbClusterParameterGroupName', 'dbSubnetGroupName', 'deletionProtection', 'enableCloudwatchLogsExports', 'kmsKeyId',
    'masterUserPassword', 'storageEncrypted', 'vpcSecurityGroupIds',
  ],
  'AWS::RDS::DBClusterParameterGroup': ['parameters'],
  'AWS::RDS::DBInstance': [
    'backupRetentionPeriod', 'dbParameterGroupName', 'dbSubnetGroupName', 'deletionProtection', 'enableCloudwatchLogsExports', 'kmsKeyId',
    'masterUserPassword', 'publiclyAccessible', 'storageEncrypted', 'vpcSecurityGroups',
  ],
  'AWS::RDS::DBParameterGroup': ['parameters'],
  'AWS::RDS::DBProxy': ['auth', 'debugLogging', 'requireTls', 'roleArn', 'vpcSecurityGroupIds', 'vpcSubnetIds'],
  'AWS::RDS::DBProxyEndpoint': ['targetRole', 'vpcSecurityGroupIds', 'vpcSubnetIds'],
  'AWS::RDS::DBProxyTargetGroup': ['dbClusterIdentifiers', 'dbInstanceIdentifiers'],
  'AWS::S3::Bucket': ['bucketEncryption', 'loggingConfiguration', 'ownershipControls', 'publicAccessBlockConfiguration', 'versioningConfiguration'],
  'AWS::S3::BucketPolicy': ['policyDocument'],
  'AWS::Scheduler::Schedule': ['scheduleExpression', 'state', 'target'],
  'AWS::SecretsManager::RotationSchedule': ['rotationLambdaArn', 'rotationRules'],
  'AWS::SecretsManager::Secret': ['kmsKeyId', 'generateSecretString', 'secretString'],
  'AWS::SQS::Queue': ['kmsMasterKeyId', 'messageRetentionPeriod', 'redriveAllowPolicy', 'redrivePolicy', 'sqsManagedSseEnabled'],
  'AWS::SQS::QueuePolicy': ['policyDocument'],
  'AWS::StepFunctions::StateMachine': ['definitionString', 'roleArn'],
};

type Values = Record<string, unknown>;

/**
 * Fails the synthesis if a mixin, an aspect or a later line takes back what was said in a scope so far. What they add is theirs to add, and
 * so is `addPropertyOverride`, by which nobody changes a promise without naming it.
 */
export function seal(scope: IConstruct): void {
  const resources = scope.node.findAll().filter(CfnResource.isCfnResource).filter(({ cfnResourceType }) => cfnResourceType in SEALED);
  const sealed = resources.map((resource) => ({ resource, before: plainCopy(valuesOf(resource)) }));
  scope.node.addValidation({ validate: () => sealed.flatMap(({ resource, before }) => takenBack(resource, before)) });
}

function valuesOf(resource: CfnResource): Values {
  const properties = SEALED[resource.cfnResourceType].map((name) => [name, (resource as unknown as Values)[name]]);
  return { ...Object.fromEntries(properties), removalPolicy: resource.cfnOptions.deletionPolicy };
}

function takenBack(resource: CfnResource, before: Values): string[] {
  const now = valuesOf(resource);
  return Object.keys(before).filter((name) => !isStillIn(before[name], now[name])).flatMap((name) => {
    const [was, is] = Stack.of(resource).resolve([before[name], now[name]]); // a token that was replaced may say the same
    return isStillIn(was, is) ? [] : [
      `'${name}' of ${resource.node.path} was ${JSON.stringify(was)} and became ${JSON.stringify(is)} by a mixin, an aspect or a later line, ` +
      'which takes a promise of this construct back: leave this resource out there, and say what you want by the construct\'s props',
    ];
  });
}

/** More may be there than was before. */
function isStillIn(before: unknown, now: unknown): boolean {
  if (before === undefined || before === now) return true;
  if (Array.isArray(before)) return Array.isArray(now) && before.every((item) => now.some((other) => isStillIn(item, other)));
  return isPlain(before) && isPlain(now) && Object.keys(before).every((key) => isStillIn(before[key], now[key]));
}
