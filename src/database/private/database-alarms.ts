import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { PasswordRotation } from './password-rotation';

interface DatabaseAlarmsProps {
  readonly dimensions: Record<string, string>;
  /** Of the class, in bytes, if it is known. */
  readonly memory?: number;
  /** If it is known. */
  readonly maxConnections?: number;
  /** What the instance begins with, in GiB; none for a cluster, whose storage grows by itself. */
  readonly storage?: number;
  /** Of an instance of a cluster, in bytes, for temporary tables, sorting and logs; none where it is not known, or grows with the capacity. */
  readonly localStorage?: number;
  /** Of a cluster, the standby, too. */
  readonly hasReaders: boolean;
  /** That applications read from. */
  readonly servesReads: boolean;
  readonly rotation: PasswordRotation;
}

const GIB = 2 ** 30;

/**
 * What gp3 does for MySQL, MariaDB and PostgreSQL: from 400 GiB on, RDS stripes it over four volumes. A small class may do less.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
 */
const baselineIops = (gibibytes: number) => (gibibytes < 400 ? 3000 : 12_000);

/** A request that waits longer than this is felt by those who wait for a page. Ours. */
const SECONDS_ON_DISK = 0.02;

/** Twenty times what is usual: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Replication.html. Ours, as no class says it. */
const MILLISECONDS_BEHIND = 2000;

interface AlarmRule {
  readonly id: string;
  readonly metric: string;
  readonly above?: number;
  readonly below?: number;
  /** Of a cluster with readers, or the idle ones would hide the busy. */
  readonly role?: 'WRITER' | 'READER';
  readonly minutes: number;
  readonly says: string;
}

/**
 * Alarms at shares of what the class and the storage of a database can do; the shares are ours. The storage is the one that it begins with: once it has grown for
 * good, `allocatedStorage` says so, and the alarms follow.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/dimensions.html
 */
export function databaseAlarms(scope: Construct, props: DatabaseAlarmsProps): cloudwatch.Alarm[] {
  const { memory, maxConnections, storage, localStorage } = props;
  const path = scope.node.path;
  const role: AlarmRule['role'] = props.hasReaders ? 'WRITER' : undefined;
  const rules: AlarmRule[] = [
    { id: 'CpuAlarm', metric: 'CPUUtilization', role, above: 90, minutes: 15, says: 'the processors are busy: which queries, says Database Insights; or take a larger class' },
    ...(memory === undefined ? [] : [{
      id: 'MemoryAlarm', metric: 'FreeableMemory', below: Math.floor(memory * 0.05), minutes: 15, says: 'less than 5 % of the memory is free: it will swap, or restart; take a larger class',
    }]),
    ...(maxConnections === undefined ? [] : [{
      id: 'ConnectionsAlarm',
      metric: 'DatabaseConnections',
      role,
      above: Math.floor(maxConnections * 0.8),
      minutes: 5,
      says: `more than 80 % of about ${maxConnections} connections are taken: make pools smaller, or take a larger class`,
    }]),
    ...(storage === undefined ? [] : [
      {
        id: 'StorageAlarm',
        metric: 'FreeStorageSpace',
        below: Math.floor(storage * GIB * 0.05), // of what there is now there is no metric
        minutes: 30,
        says: `less than 5 % of the first ${storage} GiB is free, and RDS, which adds some below 10 %, did not: is 'maxAllocatedStorage' reached?`,
      },
      {
        id: 'DiskQueueAlarm',
        metric: 'DiskQueueDepth',
        above: baselineIops(storage) * SECONDS_ON_DISK,
        minutes: 15,
        says: `requests queue for the disk: it is at its limit of IOPS, ${baselineIops(storage)} for the first ${storage} GiB`,
      },
    ]),
    ...(localStorage === undefined ? [] : [{
      id: 'LocalStorageAlarm',
      metric: 'FreeLocalStorage',
      below: Math.floor(localStorage * 0.05),
      minutes: 15,
      says: 'less than 5 % of the local storage of an instance is free: which queries make large temporary tables or sort much? Or take a larger class',
    }]),
    ...(props.hasReaders ? [{
      id: 'ReplicaLagAlarm', metric: 'AuroraReplicaLagMaximum', above: MILLISECONDS_BEHIND, minutes: 5, says: 'a reader is more than two seconds behind the writer; Aurora\'s usual is under 100 ms',
    }] : []),
    ...(props.servesReads ? readerRules(maxConnections) : []),
  ];
  const ofDatabase = rules.map(({ id, metric, above, below, role: ofRole, minutes, says }) => new cloudwatch.Alarm(scope, id, {
    alarmDescription: `${path}: ${says}`,
    metric: new cloudwatch.Metric({
      namespace: 'AWS/RDS',
      metricName: metric,
      dimensionsMap: { ...props.dimensions, ...(ofRole && { Role: ofRole }) },
      statistic: above === undefined ? cloudwatch.Stats.MINIMUM : cloudwatch.Stats.AVERAGE,
      period: Duration.minutes(5),
    }),
    threshold: above ?? below!,
    comparisonOperator: cloudwatch.ComparisonOperator[above === undefined ? 'LESS_THAN_THRESHOLD' : 'GREATER_THAN_THRESHOLD'],
    evaluationPeriods: minutes / 5,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING, // it may be stopped, or paused
  }));
  return [...ofDatabase, new cloudwatch.Alarm(scope, 'RotationAlarm', {
    alarmDescription: `${path}: a rotation of the password failed; the log of the rotation function says why. Until one succeeds, new connections may be refused`,
    metric: props.rotation.errors,
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING, // it runs a few times a month
  })];
}

/** On average over the readers, each of which takes as many connections as the writer. */
function readerRules(maxConnections: number | undefined): AlarmRule[] {
  const cpu: AlarmRule = {
    id: 'ReaderCpuAlarm', metric: 'CPUUtilization', role: 'READER', above: 90, minutes: 15, says: 'the processors of the readers are busy: take more readers, or a larger class',
  };
  return maxConnections === undefined ? [cpu] : [cpu, {
    id: 'ReaderConnectionsAlarm',
    metric: 'DatabaseConnections',
    role: 'READER',
    above: Math.floor(maxConnections * 0.8),
    minutes: 5,
    says: `more than 80 % of about ${maxConnections} connections of each reader are taken: make pools smaller, or take more readers`,
  }];
}
