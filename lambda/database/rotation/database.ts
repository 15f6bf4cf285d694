import { DescribeDBClustersCommand, DescribeDBInstancesCommand, ModifyDBClusterCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';

/** A database by RDS's API, which changes the password of the master user without a connection to the database. */
export interface Database {
  /**
   * RDS applies it as soon as it can, whatever else waits for the maintenance window.
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
   */
  setPassword(password: string): Promise<void>;
  /** Whether the last password that was set is the one that logs in now. */
  isSettled(): Promise<boolean>;
}

export class InstanceByApi implements Database {
  constructor(private readonly client: RDSClient, private readonly identifier: string) {}

  async setPassword(password: string): Promise<void> {
    await this.client.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: this.identifier, MasterUserPassword: password }));
  }

  async isSettled(): Promise<boolean> {
    const { DBInstances: [instance] = [] } = await this.client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: this.identifier }));
    return isSettled(instance?.DBInstanceStatus, instance?.PendingModifiedValues);
  }
}

export class ClusterByApi implements Database {
  constructor(private readonly client: RDSClient, private readonly identifier: string) {}

  async setPassword(password: string): Promise<void> {
    await this.client.send(new ModifyDBClusterCommand({ DBClusterIdentifier: this.identifier, MasterUserPassword: password }));
  }

  async isSettled(): Promise<boolean> {
    const { DBClusters: [cluster] = [] } = await this.client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: this.identifier }));
    return isSettled(cluster?.Status, cluster?.PendingModifiedValues);
  }
}

function isSettled(status: string | undefined, pending: { MasterUserPassword?: string } | undefined): boolean {
  return status !== undefined && status !== 'resetting-master-credentials' && pending?.MasterUserPassword === undefined;
}
