import {
  CreateDBInstanceCommand, DBCluster, DBClusterNotFoundFault, DBInstance, DBInstanceNotFoundFault, DeleteDBClusterCommand, DeleteDBInstanceCommand,
  DescribeDBClusterSnapshotsCommand, DescribeDBClustersCommand, DescribeDBInstancesCommand, DescribeDBSnapshotsCommand, RDSClient,
  RestoreDBClusterFromSnapshotCommand, RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import type { Config } from './config';

/** What the throw-away database is known by, to the policy that allows its deletion. A test compares it with the construct's. */
export const DRILL_TAG = 'cdk-mainstay:restore-drill';

interface RestoreStatus {
  /** As RDS says it. */
  readonly status?: string;
  readonly address?: string;
}

/**
 * A database that a drill restores from a snapshot and deletes again: an instance, or a cluster, which RDS restores without an instance. That comes
 * afterwards, and goes first.
 */
export class ThrowawayDatabase {
  private readonly isCluster: boolean;

  constructor(private readonly client: RDSClient, private readonly config: Config) {
    this.isCluster = config.kind === 'cluster';
  }

  /** When the database was created whose snapshots are restored. */
  async sourceCreatedAt(): Promise<Date | undefined> {
    const { source } = this.config;
    return this.isCluster ? (await this.cluster(source))?.ClusterCreateTime : (await this.instance(source))?.InstanceCreateTime;
  }

  /** Creates the first part of it that is missing, and returns how far it is. */
  async restore(): Promise<RestoreStatus> {
    const { isCluster, config: { identifier } } = this;
    const cluster = isCluster ? await this.cluster(identifier) : undefined;
    if (cluster && cluster.Status !== 'available') return { status: cluster.Status };
    const instance = await this.instance(identifier);
    if (instance) return { status: instance.DBInstanceStatus, address: cluster?.Endpoint ?? instance.Endpoint?.Address };
    if (!isCluster) await this.restoreInstance();
    else await (cluster ? this.addInstance() : this.restoreCluster());
    return { status: 'creating' };
  }

  /** Deletes the first part of it that exists, and returns whether none is left. */
  async destroy(): Promise<boolean> {
    const { isCluster, client, config: { identifier } } = this;
    const alone = { SkipFinalSnapshot: true, DeleteAutomatedBackups: true };
    const instance = await this.instance(identifier);
    if (instance && instance.DBInstanceStatus !== 'deleting') {
      await client.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier, ...(isCluster ? { SkipFinalSnapshot: true } : alone) }));
    }
    if (instance || !isCluster) return !instance;
    const cluster = await this.cluster(identifier);
    if (cluster && cluster.Status !== 'deleting') await client.send(new DeleteDBClusterCommand({ DBClusterIdentifier: identifier, ...alone }));
    return !cluster;
  }

  private async restoreInstance(): Promise<void> {
    const { client, config: { source, identifier, instanceClass, parameterGroup } } = this;
    const { DBSnapshots } = await client.send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: source, SnapshotType: 'automated' }));
    const { DBSnapshotIdentifier } = newestOf(source, DBSnapshots);
    await client.send(new RestoreDBInstanceFromDBSnapshotCommand({
      ...this.isolated(),
      DBInstanceIdentifier: identifier,
      DBSnapshotIdentifier,
      DBInstanceClass: instanceClass,
      DBParameterGroupName: parameterGroup,
      MultiAZ: false,
      PubliclyAccessible: false,
    }));
  }

  private async restoreCluster(): Promise<void> {
    const { client, config: { source, identifier, engine, parameterGroup, maximumCapacity } } = this;
    const { DBClusterSnapshots } = await client.send(new DescribeDBClusterSnapshotsCommand({ DBClusterIdentifier: source, SnapshotType: 'automated' }));
    const { DBClusterSnapshotIdentifier, EngineVersion } = newestOf(source, DBClusterSnapshots);
    await client.send(new RestoreDBClusterFromSnapshotCommand({
      ...this.isolated(),
      DBClusterIdentifier: identifier,
      SnapshotIdentifier: DBClusterSnapshotIdentifier,
      Engine: engine,
      EngineVersion, // or RDS takes the default version of the region, which the snapshot or the parameters may not be for
      DBClusterParameterGroupName: parameterGroup,
      ...(maximumCapacity && { ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: maximumCapacity } }),
    }));
  }

  private async addInstance(): Promise<void> {
    const { client, config: { identifier, engine, instanceClass } } = this;
    await client.send(new CreateDBInstanceCommand({
      DBInstanceIdentifier: identifier,
      DBClusterIdentifier: identifier,
      DBInstanceClass: instanceClass,
      Engine: engine,
      PubliclyAccessible: false,
      Tags: this.tags(),
    }));
  }

  private isolated() {
    const { subnetGroup, securityGroup, port } = this.config;
    return {
      DBSubnetGroupName: subnetGroup,
      VpcSecurityGroupIds: [securityGroup],
      Port: port,
      DeletionProtection: false,
      CopyTagsToSnapshot: false,
      Tags: this.tags(),
    };
  }

  private tags() {
    return [{ Key: DRILL_TAG, Value: this.config.identifier }];
  }

  private async instance(identifier: string): Promise<DBInstance | undefined> {
    const description = this.client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }));
    return (await unlessMissing(DBInstanceNotFoundFault, description)).DBInstances?.[0];
  }

  private async cluster(identifier: string): Promise<DBCluster | undefined> {
    const description = this.client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: identifier }));
    return (await unlessMissing(DBClusterNotFoundFault, description)).DBClusters?.[0];
  }
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

async function unlessMissing<T>(fault: new (...options: never[]) => Error, description: Promise<T>): Promise<Partial<T>> {
  try {
    return await description;
  } catch (error) {
    if (error instanceof fault) return {};
    throw error;
  }
}
