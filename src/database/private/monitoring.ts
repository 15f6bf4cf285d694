import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { DatabaseSettings } from './database-settings';
import { acknowledgeWildcard } from '../../shared/acknowledge';
import { allowLogGroupsToUseKey } from '../../shared/resource-policies';
import { allow, serviceRole } from '../../shared/service-role';

/**
 * The log groups that RDS writes to, made before it makes them: its own are kept for ever, and are not encrypted with this key. Statements,
 * with what is in them, end up here. The key is for the log groups of databases, and for no others.
 */
export function databaseLogs(scope: Construct, { kind, engine, retention }: DatabaseSettings, identifier: string, encryptionKey: IKey): LogGroup[] {
  const logGroups = engine.logs.map((log) => new LogGroup(scope, `${log[0].toUpperCase()}${log.slice(1)}Logs`, {
    logGroupName: `/aws/rds/${kind}/${identifier}/${log}`,
    encryptionKey,
    retention: retention.logs,
    removalPolicy: retention.policy,
  }));
  allowLogGroupsToUseKey(encryptionKey, arnOf(scope, 'logs', 'log-group', '/aws/rds/*'), {
    owner: scope, id: 'EncryptedDatabase.KeyPolicyUnchanged', otherwise: 'the log groups of the database cannot be created',
  });
  return logGroups;
}

/**
 * What Enhanced Monitoring writes with: the one log group that it has in an account and region, and for databases of this account only. AWS's
 * managed policy is for all groups whose names begin with RDS.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
 */
export function monitoringRole(scope: Construct): iam.Role {
  const role = serviceRole(scope, 'MonitoringRole', 'monitoring.rds.amazonaws.com', {
    StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    ArnLike: { 'aws:SourceArn': arnOf(scope, 'rds', 'db', '*') },
  });
  const group = arnOf(scope, 'logs', 'log-group', 'RDSOSMetrics');
  const streams = `${group}:log-stream:*`;
  allow(role, ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'], group);
  allow(role, ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:PutLogEvents'], streams);
  acknowledgeWildcard(role, streams, 'each instance has a stream, named by its resource id, in the one log group of Enhanced Monitoring');
  return role;
}

function arnOf(scope: Construct, service: string, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
