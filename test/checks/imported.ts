import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export const KEY_ARN = 'arn:aws:kms:eu-west-3:123456789012:key/0d4ef1a3';
export const TOPIC_ARN = 'arn:aws:sns:eu-west-3:123456789012:alarms';
export const idIn = (scope: Construct) => `Imported${scope.node.children.length}`;
export const imported = {
  bucket: (name: string, scope: Construct) => Bucket.fromBucketName(scope, idIn(scope), name),
  key: (arn: string, scope: Construct) => Key.fromKeyArn(scope, idIn(scope), arn),
  topic: (arn: string, scope: Construct) => Topic.fromTopicArn(scope, idIn(scope), arn),
};
