import { ACMClient, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudFrontClient, ListCachePoliciesCommand, ListDistributionsCommand, ListFunctionsCommand as ListEdgeFunctionsCommand,
  ListOriginAccessControlsCommand, ListResponseHeadersPoliciesCommand,
} from '@aws-sdk/client-cloudfront';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient, DescribeDeliveriesCommand, DescribeDeliveryDestinationsCommand, DescribeDeliverySourcesCommand, DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, ListAccessKeysCommand, ListOpenIDConnectProvidersCommand, ListRolesCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListHostedZonesCommand, ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { EmulatedAccount } from './emulators';
import { EDGE_REGION } from '../../src/cdn/private/domain';

export interface Leftover {
  readonly kind: string;
  readonly name: string;
}

/** All that is in the account but what `cdk bootstrap` made. */
export async function leftovers(account: EmulatedAccount): Promise<Leftover[]> {
  const lambda = new LambdaClient(account);
  const iam = new IAMClient(account);
  const cloudFront = new CloudFrontClient(account);
  const atTheEdge = { ...account, region: EDGE_REGION };
  const edgeLogs = new CloudWatchLogsClient(atTheEdge);
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
    named('role', iam.send(new ListRolesCommand({})), ({ Roles }) => Roles?.map(({ RoleName }) => RoleName)),
    named('identity provider', iam.send(new ListOpenIDConnectProvidersCommand({})), ({ OpenIDConnectProviderList }) =>
      OpenIDConnectProviderList?.map(({ Arn }) => Arn)),
    named('user', iam.send(new ListUsersCommand({})), ({ Users }) => Users?.map(({ UserName }) => UserName)),
    named('access key', accessKeys(iam), (keys) => keys),
    named('distribution', cloudFront.send(new ListDistributionsCommand({})), ({ DistributionList }) => DistributionList?.Items?.map(({ Id }) => Id)),
    named('edge function', cloudFront.send(new ListEdgeFunctionsCommand({})), ({ FunctionList }) => FunctionList?.Items?.map(({ Name }) => Name)),
    named('origin access control', cloudFront.send(new ListOriginAccessControlsCommand({})), ({ OriginAccessControlList }) =>
      OriginAccessControlList?.Items?.map(({ Name }) => Name)),
    named('cache policy', cloudFront.send(new ListCachePoliciesCommand({ Type: 'custom' })), ({ CachePolicyList }) =>
      CachePolicyList?.Items?.map(({ CachePolicy }) => CachePolicy?.CachePolicyConfig?.Name)),
    named('response headers policy', cloudFront.send(new ListResponseHeadersPoliciesCommand({ Type: 'custom' })), ({ ResponseHeadersPolicyList }) =>
      ResponseHeadersPolicyList?.Items?.map(({ ResponseHeadersPolicy }) => ResponseHeadersPolicy?.ResponseHeadersPolicyConfig?.Name)),
    named('certificate', new ACMClient(atTheEdge).send(new ListCertificatesCommand({})), ({ CertificateSummaryList }) =>
      CertificateSummaryList?.map(({ CertificateArn }) => CertificateArn)),
    named('delivery', edgeLogs.send(new DescribeDeliveriesCommand({})), ({ deliveries }) => deliveries?.map(({ id }) => id)),
    named('delivery source', edgeLogs.send(new DescribeDeliverySourcesCommand({})), ({ deliverySources }) => deliverySources?.map(({ name }) => name)),
    named('delivery destination', edgeLogs.send(new DescribeDeliveryDestinationsCommand({})), ({ deliveryDestinations }) =>
      deliveryDestinations?.map(({ name }) => name)),
    named('record', ownRecords(new Route53Client(account)), (records) => records),
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

async function accessKeys(iam: IAMClient): Promise<(string | undefined)[]> {
  const { Users = [] } = await iam.send(new ListUsersCommand({}));
  const listed = await Promise.all(Users.map(({ UserName }) => iam.send(new ListAccessKeysCommand({ UserName }))));
  return listed.flatMap(({ AccessKeyMetadata = [] }) => AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId));
}

/** Those by which a zone is one come with it. */
async function ownRecords(dns: Route53Client): Promise<string[]> {
  const { HostedZones = [] } = await dns.send(new ListHostedZonesCommand({}));
  const listed = await Promise.all(HostedZones.map(({ Id }) => dns.send(new ListResourceRecordSetsCommand({ HostedZoneId: Id }))));
  return listed
    .flatMap(({ ResourceRecordSets = [] }) => ResourceRecordSets)
    .filter(({ Type }) => !['NS', 'SOA'].includes(Type!))
    .map(({ Name, Type }) => `${Type} ${Name}`);
}
