import { OwnProps } from '../../shared/prefer-own-props';
import { SealedProperties } from '../../shared/seal';

export const SEALED: SealedProperties = {
  'AWS::IAM::Role': ['assumeRolePolicyDocument'],
  'AWS::Lambda::EventSourceMapping': ['functionResponseTypes'],
  'AWS::Lambda::Function': ['architectures', 'code', 'environment', 'handler', 'role', 'runtime'],
  'AWS::Logs::LogGroup': ['kmsKeyId'],
  'AWS::S3::Bucket': ['bucketEncryption', 'loggingConfiguration', 'ownershipControls', 'publicAccessBlockConfiguration', 'versioningConfiguration'],
  'AWS::S3::BucketPolicy': ['policyDocument'],
};

export const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-cloudwatch.Alarm': ['actionsEnabled', 'datapointsToAlarm'],
  'aws-cdk-lib.aws-custom-resources.Provider': ['isCompleteHandler', 'logRetention', 'role'],
  'aws-cdk-lib.aws-events.Rule': ['enabled', 'eventBus', 'eventPattern', 'schedule', 'crossStackScope'],
  'aws-cdk-lib.aws-iam.Policy': ['document', 'groups', 'roles', 'statements', 'users'],
  'aws-cdk-lib.aws-iam.Role': ['externalId', 'externalIds', 'inlinePolicies', 'managedPolicies'],
  'aws-cdk-lib.aws-lambda.EventSourceMapping': ['enabled', 'filterEncryption', 'filters'],
  'aws-cdk-lib.aws-lambda.Function': [
    'events', 'initialPolicy', 'logRemovalPolicy', 'logRetention', 'logRetentionRetryOptions', 'logRetentionRole', 'reservedConcurrentExecutions',
  ],
  'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'],
  'aws-cdk-lib.aws-s3.Bucket': [
    'accessControl', 'autoDeleteObjects', 'bucketKeyEnabled', 'encryptionKey', 'intelligentTieringConfigurations', 'objectLockDefaultRetention',
    'objectLockEnabled', 'publicReadAccess', 'serverAccessLogsBucket', 'serverAccessLogsPrefix', 'targetObjectKeyFormat',
  ],
  'aws-cdk-lib.aws-s3.BucketPolicy': ['document'],
  'aws-cdk-lib.aws-ssm.StringParameter': ['allowedPattern', 'dataType', 'parameterName', 'tier', 'type'],
  'aws-cdk-lib.core.CustomResource': [],
};
