import {
  DBClusterNotFoundFault, DBInstanceAlreadyExistsFault, DBInstanceNotFoundFault, DBSnapshotNotFoundFault, InvalidDBClusterStateFault,
  InvalidDBInstanceStateFault, RDSClient,
} from '@aws-sdk/client-rds';

type Values = Record<string, any>;

interface Thing {
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
const MINUTE = 60_000;
const TO_MAKE = 25 * MINUTE;
const TO_DELETE = 7 * MINUTE;

const fault = (Fault: new (options: any) => Error, message = Fault.name): Error => new Fault({ message, $metadata: {} });

/** As much of RDS as a restore drill meets, with its delays, its states and its refusals, behind the client of AWS's SDK. */
export class ThrowawayRds {
  public readonly instances = new Map<string, Thing>();
  public readonly clusters = new Map<string, Thing>();
  public readonly calls: [action: string, args: Values][] = [];
  /** Of what is made, in place of `available`. */
  public becomes = 'available';
  /** By action: what it answers with, again and again. */
  public readonly refusals: Record<string, Error> = {};
  /** In milliseconds. */
  public now = Date.parse('2026-11-22T04:00:00Z');
  public sourceCreatedAt: Date | undefined = new Date('2026-10-01T12:00:00Z');
  public readonly client = { send: async (command: { input: Values }) => this.call(command.constructor.name.replace(/Command$/, ''), command.input) } as unknown as RDSClient;

  constructor(private readonly source: string, private readonly snapshots: Snapshot[]) {}

  private call(action: string, args: Values): unknown {
    this.calls.push([action, args]);
    if (this.refusals[action]) throw this.refusals[action];
    for (const things of [this.instances, this.clusters]) {
      things.forEach(({ deletedAt }, id) => deletedAt !== undefined && deletedAt <= this.now && things.delete(id));
    }
    switch (action) {
      case 'DescribeDBSnapshots': return { DBSnapshots: this.snapshotsOf(args.DBInstanceIdentifier, args.SnapshotType).map(({ id, ...rest }) => ({ DBSnapshotIdentifier: id, ...rest })) };
      case 'DescribeDBClusterSnapshots': return { DBClusterSnapshots: this.snapshotsOf(args.DBClusterIdentifier, args.SnapshotType).map(({ id, ...rest }) => ({ DBClusterSnapshotIdentifier: id, ...rest })) };
      case 'RestoreDBInstanceFromDBSnapshot': return this.make(this.instances, args.DBInstanceIdentifier, args.DBSnapshotIdentifier);
      case 'RestoreDBClusterFromSnapshot':
        if (args.EngineVersion !== ENGINE_VERSION) throw new Error('the parameter group is not for this version');
        return this.make(this.clusters, args.DBClusterIdentifier, args.SnapshotIdentifier);
      case 'CreateDBInstance': return this.make(this.instances, args.DBInstanceIdentifier);
      case 'DescribeDBInstances': return { DBInstances: [this.described(this.instances, args.DBInstanceIdentifier)] };
      case 'DescribeDBClusters': return { DBClusters: [this.described(this.clusters, args.DBClusterIdentifier)] };
      case 'DeleteDBInstance':
        if (this.clusters.has(args.DBInstanceIdentifier) && 'DeleteAutomatedBackups' in args) throw new Error('an instance of a cluster has no backups of its own');
        return this.delete(this.instances, args.DBInstanceIdentifier, args);
      case 'DeleteDBCluster':
        if (this.instances.has(args.DBClusterIdentifier)) throw fault(InvalidDBClusterStateFault, 'it still contains instances');
        return this.delete(this.clusters, args.DBClusterIdentifier, args);
      default: throw new Error(`RDS is not expected to be asked for ${action}`);
    }
  }

  private snapshotsOf(id: string, type: string): Values[] {
    if (id !== this.source || type !== 'automated') throw new Error(`asked for ${type} snapshots of ${id}`);
    return this.snapshots.map(({ id: snapshot, time, status = 'available' }) => ({ id: snapshot, SnapshotCreateTime: new Date(time), Status: status, EngineVersion: ENGINE_VERSION }));
  }

  private make(things: Map<string, Thing>, id: string, snapshot?: string): unknown {
    if (things.has(id)) throw fault(DBInstanceAlreadyExistsFault);
    if (snapshot !== undefined && !this.snapshots.some((one) => one.id === snapshot)) throw fault(DBSnapshotNotFoundFault);
    things.set(id, { availableAt: this.now + TO_MAKE });
    return {};
  }

  private described(things: Map<string, Thing>, id: string): Values {
    if (id === this.source) return { InstanceCreateTime: this.sourceCreatedAt, ClusterCreateTime: this.sourceCreatedAt };
    const thing = things.get(id);
    if (!thing) throw fault(things === this.clusters ? DBClusterNotFoundFault : DBInstanceNotFoundFault);
    const status = thing.deletedAt !== undefined ? 'deleting' : thing.availableAt > this.now ? 'creating' : this.becomes;
    const address = `${id}.eu-west-3.rds.amazonaws.com`;
    return { [things === this.clusters ? 'Status' : 'DBInstanceStatus']: status, ...(status === 'available' && { Endpoint: things === this.clusters ? address : { Address: address, Port: 5432 } }) };
  }

  private delete(things: Map<string, Thing>, id: string, args: Values): unknown {
    const thing = things.get(id);
    if (!thing) throw new Error(`there is no ${id}`);
    if (!args.SkipFinalSnapshot || thing.availableAt > this.now || thing.deletedAt !== undefined) throw fault(InvalidDBInstanceStateFault);
    thing.deletedAt = this.now + TO_DELETE;
    return {};
  }
}
