import { ACMClient } from '@aws-sdk/client-acm';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { EDGE_REGION } from '../../../src/cdn/private/domain';
import { Emulators } from '../../emulator/emulators';
import { DeployedResource } from '../deployed-resource';

export type Services = ReturnType<typeof servicesOf>;

export function servicesOf({ account, store }: Pick<Emulators, 'account' | 'store'>) {
  return {
    alarms: new CloudWatchClient(account),
    caches: new ElastiCacheClient(account),
    /** Of the region where CloudFront takes them from. */
    certificates: new ACMClient({ ...account, region: EDGE_REGION }),
    cloudFront: new CloudFrontClient(account),
    dns: new Route53Client(account),
    /** CloudWatch Logs where CloudFront has its logs delivered from. */
    edgeLogs: new CloudWatchLogsClient({ ...account, region: EDGE_REGION }),
    events: new EventBridgeClient(account),
    iam: new IAMClient(account),
    kms: new KMSClient(account),
    lambda: new LambdaClient(account),
    logs: new CloudWatchLogsClient(account),
    network: new EC2Client(account),
    parameters: new SSMClient(account),
    s3: new S3Client(account),
    secrets: new SecretsManagerClient(account),
    sns: new SNSClient(account),
    sqs: new SQSClient(account),
    /** The store that plays Wasabi, and where it is. */
    store: new S3Client(store),
    storeEndpoint: store.endpoint,
    tables: new DynamoDBClient(account),
  };
}

/**
 * Asks a service for what a resource is like, and answers in the words of CloudFormation. A property that the service did not have is
 * `undefined`; one that no API of it tells is not in the answer. The resource's own properties say where to look, and never what to answer.
 */
export type Reader = (resource: DeployedResource, services: Services) => Promise<Record<string, unknown>>;

/** The tags that a template gives, in CDK's order, as tags have none. CloudFormation adds its own, whose keys nobody else may use. */
export function tagsOf(tags: Record<string, string> | { Key?: string; Value?: string }[] = {}): { Key?: string; Value?: string }[] {
  const listed = Array.isArray(tags) ? tags : Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return listed.filter(({ Key }) => !Key!.startsWith('aws:')).sort((one, other) => (one.Key! < other.Key! ? -1 : 1));
}

/** What services answer as text: numbers, booleans and documents. */
export function parsed(text: string | undefined): any {
  return text === undefined ? undefined : JSON.parse(text);
}
