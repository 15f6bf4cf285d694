import { DescribeDBClustersCommand, DescribeDBInstancesCommand, ModifyDBClusterCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { Deadline, pollUntilTrue } from '../../shared/deadline';

export interface DatabaseId {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
}

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

export function rdsDatabase(client: RDSClient, { kind, identifier }: DatabaseId): Database {
  return kind === 'cluster' ? new RdsCluster(client, identifier) : new RdsInstance(client, identifier);
}

const POLL_EVERY = 5_000;
/** Earlier, RDS may still say of a new password that nothing is to be applied. */
const NOT_SETTLED_BEFORE = 10_000;

/** Whether RDS has applied the last password before only the reserve, in milliseconds, is left. */
export async function awaitSettled(database: Database, deadline: Deadline, reserve: number): Promise<boolean> {
  await deadline.sleep(NOT_SETTLED_BEFORE);
  return pollUntilTrue(deadline, { every: POLL_EVERY, reserve }, () => database.isSettled());
}

export class RdsInstance implements Database {
  constructor(private readonly client: RDSClient, private readonly identifier: string) {}

  async setPassword(password: string): Promise<void> {
    await this.client.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: this.identifier, MasterUserPassword: password }));
  }

  async isSettled(): Promise<boolean> {
    const { DBInstances: [instance] = [] } = await this.client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: this.identifier }));
    return isSettled(instance?.DBInstanceStatus, instance?.PendingModifiedValues);
  }
}

export class RdsCluster implements Database {
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
