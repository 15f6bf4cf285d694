import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../../shared/acknowledge';
import { acknowledgeWildcard } from '../../shared/acknowledge-wildcard';

/**
 * What Enhanced Monitoring writes with: the one log group that it has in an account and region, and for databases of this account only. AWS's
 * managed policy is for all groups whose names begin with RDS.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
 */
export function monitoringRole(scope: Construct): iam.Role {
  const arnOf = (service: string, resource: string, resourceName: string) =>
    Stack.of(scope).formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const role = new iam.Role(scope, 'MonitoringRole', {
    assumedBy: new iam.ServicePrincipal('monitoring.rds.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID }, ArnLike: { 'aws:SourceArn': arnOf('rds', 'db', '*') } },
    }),
  });
  const group = arnOf('logs', 'log-group', 'RDSOSMetrics');
  const streams = `${group}:log-stream:*`;
  role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'], resources: [group] }));
  role.addToPrincipalPolicy(new iam.PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:PutLogEvents'], resources: [streams],
  }));
  acknowledgeWildcard(role, streams, 'each instance has a stream, named by its resource id, in the one log group of Enhanced Monitoring');
  acknowledge(role, { managedPolicy: 'its policy is written for this one role, comes and goes with it, and cannot be attached to another identity by mistake' });
  return role;
}
