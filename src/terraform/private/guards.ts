import { OwnProps } from '../../shared/prefer-own-props';
import { SealedProperties } from '../../shared/seal';

export const SEALED: SealedProperties = {
  'AWS::DynamoDB::Table': ['deletionProtectionEnabled', 'keySchema', 'pointInTimeRecoverySpecification', 'sseSpecification'],
  'AWS::KMS::Key': ['enableKeyRotation', 'enabled', 'keyPolicy'],
  'AWS::S3::Bucket': ['bucketEncryption', 'loggingConfiguration', 'ownershipControls', 'publicAccessBlockConfiguration', 'versioningConfiguration'],
  'AWS::S3::BucketPolicy': ['policyDocument'],
};

export const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-dynamodb.Table': [
    'contributorInsightsEnabled', 'importSource', 'kinesisStream', 'maxReadRequestUnits', 'maxWriteRequestUnits', 'replicationRegions',
    'resourcePolicy', 'sortKey', 'stream', 'timeToLiveAttribute',
  ],
  'aws-cdk-lib.aws-kms.Key': ['admins', 'alias', 'enabled', 'keySpec', 'keyUsage', 'multiRegion', 'policy'],
  'aws-cdk-lib.aws-s3.Bucket': [
    'accessControl', 'autoDeleteObjects', 'bucketKeyEnabled', 'encryptionKey', 'intelligentTieringConfigurations', 'objectLockDefaultRetention',
    'objectLockEnabled', 'publicReadAccess', 'serverAccessLogsBucket', 'serverAccessLogsPrefix', 'targetObjectKeyFormat',
  ],
  'aws-cdk-lib.aws-s3.BucketPolicy': ['document'],
};
