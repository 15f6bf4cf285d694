import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../../shared/acknowledge';
import { logGroupsOfStack } from '../../shared/log-groups-of-stack';

interface LogGroupProps {
  readonly encryptionKey: kms.IKey;
  readonly retention: logs.RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * All traffic of a network into a log group that a customer-managed key encrypts.
 */
export function flowLogToLogGroup(scope: Construct, vpc: ec2.IVpc, props: LogGroupProps): { flowLog: ec2.FlowLog; logGroup: logs.LogGroup } {
  letLogsUse(props.encryptionKey, scope);
  const logGroup = new logs.LogGroup(scope, 'FlowLogs', { ...props });
  const { account } = Stack.of(scope);
  const flowLogs = Stack.of(scope).formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' });
  const role = new iam.Role(scope, 'FlowLogRole', {
    assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': flowLogs } },
    }),
  });
  acknowledge(role, { managedPolicy: 'its policy is written for this one role, comes and goes with it, and cannot be attached to another identity by mistake' });
  const flowLog = new ec2.FlowLog(scope, 'FlowLog', {
    resourceType: ec2.FlowLogResourceType.fromVpc(vpc),
    destination: ec2.FlowLogDestination.toCloudWatchLogs(logGroup, role),
    trafficType: ec2.FlowLogTrafficType.ALL,
  });
  return { flowLog, logGroup };
}

/**
 * All traffic of a network into a bucket, as Parquet. CDK writes a policy under a feature flag only, so it is written here.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
 */
export function flowLogToBucket(scope: Construct, vpc: ec2.IVpc, bucket: s3.IBucket): ec2.FlowLog {
  const { account } = Stack.of(scope);
  const prefix = 'flow-logs/';
  const delivery = {
    principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
    conditions: {
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': Stack.of(scope).formatArn({ service: 'logs', resource: '*' }) },
    },
  };
  bucket.addToResourcePolicy(new iam.PolicyStatement({
    ...delivery, actions: ['s3:PutObject'], resources: [bucket.arnForObjects(`${prefix}AWSLogs/aws-account-id=${account}/*`)],
  }));
  bucket.addToResourcePolicy(new iam.PolicyStatement({ ...delivery, actions: ['s3:GetBucketAcl'], resources: [bucket.bucketArn] }));
  if (bucket.encryptionKey) {
    bucket.encryptionKey.addToResourcePolicy(new iam.PolicyStatement({ ...delivery, actions: ['kms:GenerateDataKey', 'kms:Decrypt'], resources: ['*'] }));
  }
  const flowLog = new ec2.FlowLog(scope, 'FlowLogToBucket', {
    resourceType: ec2.FlowLogResourceType.fromVpc(vpc),
    destination: ec2.FlowLogDestination.toS3(bucket, prefix),
    trafficType: ec2.FlowLogTrafficType.ALL,
  });
  // Not by CDK's options, whose names it writes in lower case, which the schema of CloudFormation does not have.
  (flowLog.node.defaultChild as ec2.CfnFlowLog).destinationOptions = { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true };
  return flowLog;
}

/**
 * CloudWatch Logs may use the key for the log groups of this stack.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function letLogsUse(key: kms.IKey, scope: Construct): void {
  const { region, urlSuffix } = Stack.of(scope);
  const service = `logs.${region}.${urlSuffix}`;
  const { statementAdded } = key.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(service)],
    actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroupsOfStack(scope, key) } },
  }));
  if (!statementAdded) {
    Annotations.of(scope).addWarningV2(
      'cdk-mainstay:HaVpc.KeyPolicyUnchanged',
      `the key ${key.node.path} is imported, so its policy is not changed here: let CloudWatch Logs use kms:Encrypt, kms:Decrypt, kms:ReEncrypt* and ` +
      'kms:GenerateDataKey*, or the flow logs cannot be created',
    );
  }
}
