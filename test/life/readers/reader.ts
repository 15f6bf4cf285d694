import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { Emulators } from '../../emulator/emulators';
import { DeployedResource } from '../deployed-resource';

export type Services = ReturnType<typeof servicesOf>;

export function servicesOf({ account, store }: Pick<Emulators, 'account' | 'store'>) {
  return {
    alarms: new CloudWatchClient(account),
    caches: new ElastiCacheClient(account),
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

/** What services answer as text: numbers, booleans and documents. */
export function parsed(text: string | undefined): any {
  return text === undefined ? undefined : JSON.parse(text);
}
