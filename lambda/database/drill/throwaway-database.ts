import {
  CreateDBInstanceCommand, DBCluster, DBClusterNotFoundFault, DBInstance, DBInstanceNotFoundFault, DeleteDBClusterCommand, DeleteDBInstanceCommand,
  DescribeDBClusterSnapshotsCommand, DescribeDBClustersCommand, DescribeDBInstancesCommand, DescribeDBSnapshotsCommand, RDSClient,
  RestoreDBClusterFromSnapshotCommand, RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import type { Config } from './config';

/** What the throw-away database is known by, to the policy that allows its deletion. A test compares it with the construct's. */
export const DRILL_TAG = 'cdk-mainstay:restore-drill';

export interface RestoreStatus {
  /** As RDS says it. */
  readonly status?: string;
  readonly address?: string;
}

/** A database that a drill restores from a snapshot and deletes again. */
export interface ThrowawayDatabase {
  /** When the database was created whose snapshots are restored. */
  sourceCreatedAt(): Promise<Date | undefined>;
  /** Creates the first part of it that is missing, and returns how far it is. */
  restore(): Promise<RestoreStatus>;
  /** Deletes the first part of it that exists, and returns whether none is left. */
  destroy(): Promise<boolean>;
}

export function throwawayDatabase(client: RDSClient, config: Config): ThrowawayDatabase {
  return config.kind === 'cluster' ? new ThrowawayCluster(client, config) : new ThrowawayInstance(client, config);
}

const REQUESTED: RestoreStatus = { status: 'creating' };

class ThrowawayInstance implements ThrowawayDatabase {
  constructor(private readonly client: RDSClient, private readonly config: Config) {}

  async sourceCreatedAt(): Promise<Date | undefined> {
    return (await findInstance(this.client, this.config.source))?.InstanceCreateTime;
  }

  async restore(): Promise<RestoreStatus> {
    const { client, config } = this;
    const instance = await findInstance(client, config.identifier);
    if (instance) return { status: instance.DBInstanceStatus, address: instance.Endpoint?.Address };
    const { DBSnapshots } = await client.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: config.source, SnapshotType: 'automated' }));
    await client.send(new RestoreDBInstanceFromDBSnapshotCommand({
      ...isolated(config),
      DBInstanceIdentifier: config.identifier,
      DBSnapshotIdentifier: newestOf(config.source, DBSnapshots).DBSnapshotIdentifier,
      DBInstanceClass: config.instanceClass,
      DBParameterGroupName: config.parameterGroup,
      MultiAZ: false,
      PubliclyAccessible: false,
    }));
    return REQUESTED;
  }

  async destroy(): Promise<boolean> {
    return deleteInstance(this.client, this.config.identifier, { DeleteAutomatedBackups: true });
  }
}

/** RDS restores a cluster without an instance, which comes afterwards, and goes first. */
class ThrowawayCluster implements ThrowawayDatabase {
  constructor(private readonly client: RDSClient, private readonly config: Config) {}

  async sourceCreatedAt(): Promise<Date | undefined> {
    return (await findCluster(this.client, this.config.source))?.ClusterCreateTime;
  }

  async restore(): Promise<RestoreStatus> {
    const { client, config } = this;
    const cluster = await findCluster(client, config.identifier);
    if (!cluster) return this.restoreCluster();
    if (cluster.Status !== 'available') return { status: cluster.Status };
    const instance = await findInstance(client, config.identifier);
    if (instance) return { status: instance.DBInstanceStatus, address: cluster.Endpoint };
    await client.send(new CreateDBInstanceCommand({
      DBInstanceIdentifier: config.identifier,
      DBClusterIdentifier: config.identifier,
      DBInstanceClass: config.instanceClass,
      Engine: config.engine,
      PubliclyAccessible: false,
      Tags: tags(config),
    }));
    return REQUESTED;
  }

  private async restoreCluster(): Promise<RestoreStatus> {
    const { client, config } = this;
    const { DBClusterSnapshots } = await client.send(new DescribeDBClusterSnapshotsCommand({ DBClusterIdentifier: config.source, SnapshotType: 'automated' }));
    const { DBClusterSnapshotIdentifier, EngineVersion } = newestOf(config.source, DBClusterSnapshots);
    await client.send(new RestoreDBClusterFromSnapshotCommand({
      ...isolated(config),
      DBClusterIdentifier: config.identifier,
      SnapshotIdentifier: DBClusterSnapshotIdentifier,
      Engine: config.engine,
      EngineVersion, // or RDS takes the default version of the region, which the snapshot or the parameters may not be for
      DBClusterParameterGroupName: config.parameterGroup,
      ...(config.maximumCapacity && { ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: config.maximumCapacity } }),
    }));
    return REQUESTED;
  }

  async destroy(): Promise<boolean> {
    const { client, config: { identifier } } = this;
    if (!await deleteInstance(client, identifier)) return false;
    const cluster = await findCluster(client, identifier);
    if (cluster && cluster.Status !== 'deleting') {
      await client.send(new DeleteDBClusterCommand({ DBClusterIdentifier: identifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }));
    }
    return !cluster;
  }
}

function isolated(config: Config) {
  return {
    DBSubnetGroupName: config.subnetGroup,
    VpcSecurityGroupIds: [config.securityGroup],
    Port: config.port,
    DeletionProtection: false,
    CopyTagsToSnapshot: false,
    Tags: tags(config),
  };
}

function tags({ identifier }: Config) {
  return [{ Key: DRILL_TAG, Value: identifier }];
}

interface Snapshot {
  readonly Status?: string;
  readonly SnapshotCreateTime?: Date;
}

function newestOf<S extends Snapshot>(source: string, snapshots: S[] = []): S {
  const complete = snapshots.filter(({ Status }) => Status === 'available');
  const [newest] = complete.sort((one, other) => Number(other.SnapshotCreateTime) - Number(one.SnapshotCreateTime));
  if (!newest) throw Object.assign(new Error(`${source} has no automated snapshot that is available`), { name: 'NoSnapshot' });
  return newest;
}

/** @param more what RDS takes for an instance that is no part of a cluster */
async function deleteInstance(client: RDSClient, identifier: string, more?: { DeleteAutomatedBackups: boolean }): Promise<boolean> {
  const instance = await findInstance(client, identifier);
  if (instance && instance.DBInstanceStatus !== 'deleting') {
    await client.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier, SkipFinalSnapshot: true, ...more }));
  }
  return !instance;
}

async function findInstance(client: RDSClient, identifier: string): Promise<DBInstance | undefined> {
  const description = client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
  const { DBInstances } = await unlessMissing(DBInstanceNotFoundFault, description);
  return DBInstances?.[0];
}

async function findCluster(client: RDSClient, identifier: string): Promise<DBCluster | undefined> {
  const description = client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
  const { DBClusters } = await unlessMissing(DBClusterNotFoundFault, description);
  return DBClusters?.[0];
}

async function unlessMissing<T>(fault: new (...options: never[]) => Error, description: Promise<T>): Promise<Partial<T>> {
  try {
    return await description;
  } catch (error) {
    if (error instanceof fault) return {};
    throw error;
  }
}
