import { OwnProps } from '../../shared/prefer-own-props';
import { SealedProperties } from '../../shared/seal';

/** What the guarantees of a CDN rest on. */
export const SEALED: SealedProperties = {
  'AWS::CloudFront::CachePolicy': ['cachePolicyConfig'],
  'AWS::CloudFront::Distribution': ['distributionConfig'],
  'AWS::CloudFront::Function': ['functionCode', 'functionConfig'],
  'AWS::CloudFront::OriginAccessControl': ['originAccessControlConfig'],
  'AWS::CloudFront::ResponseHeadersPolicy': ['responseHeadersPolicyConfig'],
  'AWS::IAM::Role': ['assumeRolePolicyDocument'],
  'AWS::Lambda::Function': ['architectures', 'code', 'environment', 'handler', 'role', 'runtime'],
  'AWS::Logs::LogGroup': ['kmsKeyId'],
  'AWS::S3::Bucket': ['bucketEncryption', 'loggingConfiguration', 'ownershipControls', 'publicAccessBlockConfiguration', 'versioningConfiguration'],
  'AWS::S3::BucketPolicy': ['policyDocument'],
  'AWS::SecretsManager::RotationSchedule': ['rotationLambdaArn', 'rotationRules'],
  'AWS::SecretsManager::Secret': ['kmsKeyId', 'generateSecretString', 'secretString'],
};

/** What injectors may not add, where a CDN says nothing. */
export const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-certificatemanager.Certificate': ['subjectAlternativeNames', 'validation', 'certificateName', 'keyAlgorithm'],
  'aws-cdk-lib.aws-cloudfront.CachePolicy': [],
  'aws-cdk-lib.aws-cloudfront.Distribution': ['enableLogging', 'enabled', 'logBucket', 'logFilePrefix', 'logIncludesCookies', 'publishAdditionalMetrics'],
  'aws-cdk-lib.aws-cloudfront.Function': ['keyValueStore'],
  'aws-cdk-lib.aws-cloudfront.ResponseHeadersPolicy': ['corsBehavior', 'customHeadersBehavior', 'removeHeaders', 'serverTimingSamplingRate'],
  'aws-cdk-lib.aws-cloudfront.S3OriginAccessControl': [],
  'aws-cdk-lib.aws-custom-resources.Provider': ['isCompleteHandler', 'logRetention', 'role'],
  'aws-cdk-lib.aws-iam.AccessKey': ['serial', 'status'],
  'aws-cdk-lib.aws-iam.Policy': ['document', 'groups', 'roles', 'statements', 'users'],
  'aws-cdk-lib.aws-iam.Role': ['externalId', 'externalIds', 'inlinePolicies', 'managedPolicies'],
  'aws-cdk-lib.aws-iam.User': ['groups', 'managedPolicies', 'password', 'passwordResetRequired', 'userName'],
  'aws-cdk-lib.aws-lambda.Function': [
    'events', 'initialPolicy', 'logRemovalPolicy', 'logRetention', 'logRetentionRetryOptions', 'logRetentionRole', 'reservedConcurrentExecutions',
  ],
  'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'],
  'aws-cdk-lib.aws-route53.AaaaRecord': ['deleteExisting', 'geoLocation', 'multiValueAnswer', 'region', 'setIdentifier', 'weight'],
  'aws-cdk-lib.aws-route53.ARecord': ['deleteExisting', 'geoLocation', 'multiValueAnswer', 'region', 'setIdentifier', 'weight'],
  'aws-cdk-lib.aws-s3.Bucket': [
    'accessControl', 'autoDeleteObjects', 'bucketKeyEnabled', 'encryptionKey', 'intelligentTieringConfigurations', 'objectLockDefaultRetention',
    'objectLockEnabled', 'publicReadAccess', 'serverAccessLogsBucket', 'serverAccessLogsPrefix', 'targetObjectKeyFormat',
  ],
  'aws-cdk-lib.aws-s3.BucketPolicy': ['document'],
  'aws-cdk-lib.aws-secretsmanager.Secret': [
    'generateSecretString', 'replicaRegions', 'secretName', 'secretObjectValue', 'secretStringBeta1', 'secretStringValue',
  ],
  'aws-cdk-lib.core.CustomResource': [],
};
