import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { addOrWarn, allowLogGroupsToUseKey } from '../../shared/resource-policies';
import { serviceRole } from '../../shared/service-role';
import { logGroupsOfStack } from '../../shared/stacks';
import { HaVpcProps } from '../ha-vpc-props';

type FlowLogProps = Pick<HaVpcProps, 'flowLogs' | 'encryptionKey'> & Required<Pick<HaVpcProps, 'logRetention' | 'removalPolicy'>>;

/**
 * All traffic of a network into a bucket, or into a log group that a customer-managed key encrypts.
 */
export function createFlowLog(
  scope: Construct, vpc: ec2.IVpc, props: FlowLogProps,
): { flowLog: ec2.FlowLog; flowLogGroup?: logs.LogGroup; encryptionKey?: kms.IKey } {
  const bucket = props.flowLogs?._bucket;
  return bucket ? { flowLog: flowLogToBucket(scope, vpc, bucket) } : flowLogToLogGroup(scope, vpc, props);
}

function flowLogToLogGroup(scope: Construct, vpc: ec2.IVpc, { logRetention: retention, removalPolicy, ...props }: FlowLogProps) {
  const encryptionKey = props.encryptionKey ?? new kms.Key(scope, 'Key', {
    description: `Encrypts the flow logs of ${scope.node.path}`, enableKeyRotation: true, removalPolicy,
  });
  allowLogGroupsToUseKey(encryptionKey, logGroupsOfStack(scope, encryptionKey), {
    owner: scope, id: 'HaVpc.KeyPolicyUnchanged', otherwise: 'the flow logs cannot be created',
  });
  const flowLogGroup = new logs.LogGroup(scope, 'FlowLogs', { encryptionKey, retention, removalPolicy });
  const role = serviceRole(scope, 'FlowLogRole', 'vpc-flow-logs.amazonaws.com', {
    StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
    ArnLike: { 'aws:SourceArn': Stack.of(scope).formatArn({ service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' }) },
  });
  const flowLog = new ec2.FlowLog(scope, 'FlowLog', {
    resourceType: ec2.FlowLogResourceType.fromVpc(vpc),
    destination: ec2.FlowLogDestination.toCloudWatchLogs(flowLogGroup, role),
    trafficType: ec2.FlowLogTrafficType.ALL,
  });
  return { flowLog, flowLogGroup, encryptionKey };
}

/**
 * As Parquet. CDK writes a policy under a feature flag only, so it is written here.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
 */
function flowLogToBucket(scope: Construct, vpc: ec2.IVpc, bucket: s3.IBucket): ec2.FlowLog {
  const { account } = Stack.of(scope);
  const prefix = 'flow-logs/';
  const delivery = {
    principals: [new iam.ServicePrincipal('delivery.logs.amazonaws.com')],
    conditions: {
      StringEquals: { 'aws:SourceAccount': account },
      ArnLike: { 'aws:SourceArn': Stack.of(scope).formatArn({ service: 'logs', resource: '*' }) },
    },
  };
  const allowed = (actions: string[], resource: string) => new iam.PolicyStatement({ ...delivery, actions, resources: [resource] });
  const otherwise = 'no flow log arrives (its status is \'Access error\')';
  addOrWarn(bucket, [
    allowed(['s3:PutObject'], bucket.arnForObjects(`${prefix}AWSLogs/aws-account-id=${account}/*`)), allowed(['s3:GetBucketAcl'], bucket.bucketArn),
  ], { owner: scope, id: 'HaVpc.FlowLogBucketPolicyUnchanged', otherwise });
  if (bucket.encryptionKey) {
    addOrWarn(bucket.encryptionKey, allowed(['kms:GenerateDataKey', 'kms:Decrypt'], '*'), { owner: scope, id: 'HaVpc.FlowLogKeyPolicyUnchanged', otherwise });
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
