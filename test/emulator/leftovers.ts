import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, ListOpenIDConnectProvidersCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { EmulatedAccount } from './emulators';

export interface Leftover {
  readonly kind: string;
  readonly name: string;
}

/** All that is in the account but what `cdk bootstrap` made. */
export async function leftovers(account: EmulatedAccount): Promise<Leftover[]> {
  const lambda = new LambdaClient(account);
  const found = await Promise.all([
    named('stack', new CloudFormationClient(account).send(new ListStacksCommand({})), ({ StackSummaries }) =>
      StackSummaries?.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(({ StackName }) => StackName)),
    named('bucket', new S3Client(account).send(new ListBucketsCommand({})), ({ Buckets }) => Buckets?.map(({ Name }) => Name)),
    named('queue', new SQSClient(account).send(new ListQueuesCommand({})), ({ QueueUrls }) => QueueUrls),
    named('topic', new SNSClient(account).send(new ListTopicsCommand({})), ({ Topics }) => Topics?.map(({ TopicArn }) => TopicArn)),
    named('rule', new EventBridgeClient(account).send(new ListRulesCommand({})), ({ Rules }) => Rules?.map(({ Name }) => Name)),
    named('function', lambda.send(new ListFunctionsCommand({})), ({ Functions }) => Functions?.map(({ FunctionName }) => FunctionName)),
    named('event source mapping', lambda.send(new ListEventSourceMappingsCommand({})), ({ EventSourceMappings }) =>
      EventSourceMappings?.map(({ UUID }) => UUID)),
    named('role', new IAMClient(account).send(new ListRolesCommand({})), ({ Roles }) => Roles?.map(({ RoleName }) => RoleName)),
    named('identity provider', new IAMClient(account).send(new ListOpenIDConnectProvidersCommand({})), ({ OpenIDConnectProviderList }) =>
      OpenIDConnectProviderList?.map(({ Arn }) => Arn)),
    named('table', new DynamoDBClient(account).send(new ListTablesCommand({})), ({ TableNames }) => TableNames),
    named('alarm', new CloudWatchClient(account).send(new DescribeAlarmsCommand({})), ({ MetricAlarms }) =>
      MetricAlarms?.map(({ AlarmName }) => AlarmName)),
    named('log group', new CloudWatchLogsClient(account).send(new DescribeLogGroupsCommand({})), ({ logGroups }) =>
      logGroups?.map(({ logGroupName }) => logGroupName)),
    named('key', ownKeys(new KMSClient(account)), (keys) => keys),
    named('secret', new SecretsManagerClient(account).send(new ListSecretsCommand({ IncludePlannedDeletion: true })), ({ SecretList }) =>
      SecretList?.map(({ Name }) => Name)),
    named('parameter', new SSMClient(account).send(new DescribeParametersCommand({})), ({ Parameters }) => Parameters?.map(({ Name }) => Name)),
  ]);
  return found.flat().filter(({ name }) => !/^(CDKToolkit$|cdk-hnb659fds-|\/cdk-bootstrap\/)/.test(name));
}

async function named<T>(kind: string, answer: Promise<T>, namesIn: (answer: T) => (string | undefined)[] | undefined): Promise<Leftover[]> {
  return (namesIn(await answer) ?? []).map((name) => ({ kind, name: name! }));
}

/** Those of AWS services belong to the account, and one that is scheduled for deletion is as gone as a key can be. */
async function ownKeys(kms: KMSClient): Promise<(string | undefined)[]> {
  const { Keys = [] } = await kms.send(new ListKeysCommand({}));
  const described = await Promise.all(Keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
  return described.filter(({ KeyMetadata: key }) => key?.KeyManager === 'CUSTOMER' && key.KeyState !== 'PendingDeletion').map(({ KeyMetadata }) => KeyMetadata!.KeyId);
}
