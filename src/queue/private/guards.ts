import { OwnProps } from '../../shared/prefer-own-props';
import { SealedProperties } from '../../shared/seal';

export const SEALED: SealedProperties = {
  'AWS::SQS::Queue': ['kmsMasterKeyId', 'messageRetentionPeriod', 'redriveAllowPolicy', 'redrivePolicy', 'sqsManagedSseEnabled'],
  'AWS::SQS::QueuePolicy': ['policyDocument'],
};

export const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-cloudwatch.Alarm': ['actionsEnabled', 'datapointsToAlarm'],
  'aws-cdk-lib.aws-sqs.Queue': [
    'contentBasedDeduplication', 'deadLetterQueue', 'deduplicationScope', 'encryptionMasterKey', 'fifoThroughputLimit', 'redriveAllowPolicy',
  ],
  'aws-cdk-lib.aws-sqs.QueuePolicy': [],
};
