import { OwnProps } from '../../shared/prefer-own-props';
import { SealedProperties } from '../../shared/seal';

/** What the guarantees of a cache rest on, besides its removal policies. */
export const SEALED: SealedProperties = {
  'AWS::EC2::SecurityGroup': ['securityGroupEgress', 'securityGroupIngress'],
  'AWS::ElastiCache::ReplicationGroup': [
    'atRestEncryptionEnabled', 'automaticFailoverEnabled', 'kmsKeyId', 'multiAzEnabled', 'securityGroupIds', 'transitEncryptionEnabled',
    'userGroupIds',
  ],
  'AWS::ElastiCache::ServerlessCache': ['kmsKeyId', 'securityGroupIds', 'userGroupId'],
  'AWS::ElastiCache::User': ['accessString', 'authenticationMode'],
  'AWS::ElastiCache::UserGroup': ['userIds'],
  'AWS::KMS::Key': ['enableKeyRotation', 'enabled', 'keyPolicy'],
  'AWS::Logs::LogGroup': ['kmsKeyId'],
  'AWS::SecretsManager::Secret': ['kmsKeyId', 'generateSecretString', 'secretString'],
};

/** What nobody may add to the parts of a cache. */
export const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-cloudwatch.Alarm': ['actionsEnabled', 'datapointsToAlarm'],
  'aws-cdk-lib.aws-ec2.SecurityGroup': ['allowAllIpv6Outbound', 'disableInlineRules', 'securityGroupName'],
  'aws-cdk-lib.aws-kms.Key': ['admins', 'alias', 'enabled', 'keySpec', 'keyUsage', 'multiRegion', 'policy'],
  'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'],
  'aws-cdk-lib.aws-secretsmanager.Secret': [
    'generateSecretString', 'replicaRegions', 'secretName', 'secretObjectValue', 'secretStringBeta1', 'secretStringValue',
  ],
};
