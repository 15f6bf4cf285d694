import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** What RDS calls an instance and a cluster: in ARNs, in the names of actions, and in those of metrics. */
export const RDS_NAMES = {
  instance: { resource: 'db', snapshot: 'snapshot', noun: 'DBInstance', of: 'DB', dimension: 'DBInstanceIdentifier' },
  cluster: { resource: 'cluster', snapshot: 'cluster-snapshot', noun: 'DBCluster', of: 'DBCluster', dimension: 'DBClusterIdentifier' },
};

/** @param region that of the stack if absent */
export function rdsArn(scope: Construct, resource: string, resourceName: string, region?: string): string {
  return Stack.of(scope).formatArn({ service: 'rds', region, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
