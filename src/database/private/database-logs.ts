import { ArnFormat, Aws, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

interface DatabaseLogsProps {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
  readonly logs: string[];
  readonly encryptionKey: IKey;
  readonly retention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The log groups that RDS writes to, made before it makes them: its own are kept for ever, and are not encrypted with this key. Statements,
 * with what is in them, end up here.
 */
export function databaseLogs(scope: Construct, { kind, identifier, logs, ...props }: DatabaseLogsProps): LogGroup[] {
  return logs.map((log) => new LogGroup(scope, `${log[0].toUpperCase()}${log.slice(1)}Logs`, {
    logGroupName: `/aws/rds/${kind}/${identifier}/${log}`,
    encryptionKey: props.encryptionKey,
    retention: props.retention,
    removalPolicy: props.removalPolicy,
  }));
}

/**
 * Lets CloudWatch Logs encrypt with a key for the log groups of databases, and for no others. False for a key that is imported.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function letDatabaseLogsUse(key: IKey, scope: Construct): boolean {
  const logGroups = Stack.of(scope).formatArn({ service: 'logs', resource: 'log-group', resourceName: '/aws/rds/*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return key.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  })).statementAdded;
}
