import { TaskError } from '../database/state-machine';

type Values = Record<string, any>;

interface Thing {
  readonly args: Values;
  readonly availableAt: number;
  deletedAt?: number;
}

export interface Snapshot {
  readonly id: string;
  readonly time: string;
  readonly status?: string;
}

/** Of all snapshots, and not what RDS would take by itself. */
const ENGINE_VERSION = '8.0.mysql_aurora.3.08.2';
const MINUTE = 60;
const TO_MAKE = 25 * MINUTE;
const TO_DELETE = 7 * MINUTE;

/** As much of RDS as a restore drill meets, with its delays, its states and its refusals, by the names of Step Functions. */
export class ThrowawayRds {
  public readonly instances = new Map<string, Thing>();
  public readonly clusters = new Map<string, Thing>();
  public readonly calls: [action: string, args: Values][] = [];
  /** Of what is made, in place of `available`. */
  public becomes = 'available';
  /** By action: what it answers with, again and again. */
  public readonly refusals: Record<string, TaskError> = {};
  public now = 0;

  constructor(private readonly source: string, private readonly snapshots: Snapshot[]) {}

  public async call(action: string, args: Values): Promise<unknown> {
    this.calls.push([action, args]);
    if (this.refusals[action]) throw this.refusals[action];
    for (const things of [this.instances, this.clusters]) {
      things.forEach(({ deletedAt }, id) => deletedAt !== undefined && deletedAt <= this.now && things.delete(id));
    }
    switch (action) {
      case 'describeDBSnapshots': return { DbSnapshots: this.snapshotsOf(args.DbInstanceIdentifier, args.SnapshotType).map(({ id, ...rest }) => ({ DbSnapshotIdentifier: id, ...rest })) };
      case 'describeDBClusterSnapshots': return { DbClusterSnapshots: this.snapshotsOf(args.DbClusterIdentifier, args.SnapshotType).map(({ id, ...rest }) => ({ DbClusterSnapshotIdentifier: id, ...rest })) };
      case 'restoreDBInstanceFromDBSnapshot': return this.make(this.instances, args.DbInstanceIdentifier, args, args.DbSnapshotIdentifier);
      case 'restoreDBClusterFromSnapshot':
        if (args.EngineVersion !== ENGINE_VERSION) throw new TaskError('Rds.InvalidParameterCombinationException', 'the parameter group is not for this version');
        return this.make(this.clusters, args.DbClusterIdentifier, args, args.SnapshotIdentifier);
      case 'createDBInstance': return this.make(this.instances, args.DbInstanceIdentifier, args);
      case 'describeDBInstances': return { DbInstances: [this.described(this.instances, args.DbInstanceIdentifier, 'DbInstanceStatus', 'Rds.DbInstanceNotFoundException')] };
      case 'describeDBClusters': return { DbClusters: [this.described(this.clusters, args.DbClusterIdentifier, 'Status', 'Rds.DbClusterNotFoundException')] };
      case 'deleteDBInstance': return this.delete(this.instances, args.DbInstanceIdentifier, args, 'Rds.InvalidDbInstanceStateException');
      case 'deleteDBCluster':
        if (this.instances.has(args.DbClusterIdentifier)) throw new TaskError('Rds.InvalidDbClusterStateException', 'it still contains instances');
        return this.delete(this.clusters, args.DbClusterIdentifier, args, 'Rds.InvalidDbClusterStateException');
      default: throw new Error(`RDS is not expected to be asked for ${action}`);
    }
  }

  private snapshotsOf(id: string, type: string): Values[] {
    if (id !== this.source || type !== 'automated') throw new Error(`asked for ${type} snapshots of ${id}`);
    return this.snapshots.map(({ id: snapshot, time, status = 'available' }) => ({ id: snapshot, SnapshotCreateTime: time, Status: status, EngineVersion: ENGINE_VERSION }));
  }

  private make(things: Map<string, Thing>, id: string, args: Values, snapshot?: string): unknown {
    if (things.has(id)) throw new TaskError('Rds.DbInstanceAlreadyExistsException');
    if (snapshot !== undefined && !this.snapshots.some((one) => one.id === snapshot)) throw new TaskError('Rds.DbSnapshotNotFoundException');
    things.set(id, { args, availableAt: this.now + TO_MAKE });
    return {};
  }

  private described(things: Map<string, Thing>, id: string, statusKey: string, notFound: string): Values {
    const thing = things.get(id);
    if (!thing) throw new TaskError(notFound);
    const status = thing.deletedAt !== undefined ? 'deleting' : thing.availableAt > this.now ? 'creating' : this.becomes;
    const address = `${id}.eu-west-3.rds.amazonaws.com`;
    return { [statusKey]: status, ...(status === 'available' && { Endpoint: things === this.clusters ? address : { Address: address, Port: 5432 } }) };
  }

  private delete(things: Map<string, Thing>, id: string, args: Values, invalidState: string): unknown {
    const thing = things.get(id);
    if (!thing) throw new TaskError('Rds.NotFound');
    if (!args.SkipFinalSnapshot || thing.availableAt > this.now || thing.deletedAt !== undefined) throw new TaskError(invalidState);
    thing.deletedAt = this.now + TO_DELETE;
    return {};
  }
}
