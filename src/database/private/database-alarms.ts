import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { servesReads } from './cluster';
import { localStorageOf, memoryOf } from './connection-budget';
import { DatabaseSettings } from './database-settings';
import { RDS_NAMES } from './rds-names';
import { alarm } from '../../shared/alarm';

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
  readonly description: string;
}

/**
 * Alarms at shares of what the class and the storage of a database can do; the shares are ours. The storage is the one that it begins with: once it has grown for
 * good, `allocatedStorage` says so, and the alarms follow.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/dimensions.html
 * @param maxConnections if it is known
 */
export function databaseAlarms(scope: Construct, settings: DatabaseSettings, identifier: string, maxConnections?: number): cloudwatch.Alarm[] {
  const { kind, serverless, standby, readers } = settings;
  const memory = memoryOf(settings);
  const storage = settings.storage?.allocated;
  const localStorage = kind === 'cluster' && !serverless && memory ? localStorageOf(memory) : undefined; // CloudWatch has no such metric of serverless ones
  const hasReaders = kind === 'cluster' && (standby || readers > 0);
  const dimensions = { [RDS_NAMES[kind].dimension]: identifier };
  const role: AlarmRule['role'] = hasReaders ? 'WRITER' : undefined;
  const rules: AlarmRule[] = [
    { id: 'CpuAlarm', metric: 'CPUUtilization', role, above: 90, minutes: 15, description: 'the processors are busy: which queries, says Database Insights; or take a larger class' },
    ...(memory === undefined ? [] : [{
      id: 'MemoryAlarm', metric: 'FreeableMemory', below: Math.floor(memory * 0.05), minutes: 15, description: 'less than 5 % of the memory is free: it will swap, or restart; take a larger class',
    }]),
    ...(maxConnections === undefined ? [] : [{
      id: 'ConnectionsAlarm',
      metric: 'DatabaseConnections',
      role,
      above: Math.floor(maxConnections * 0.8),
      minutes: 5,
      description: `more than 80 % of about ${maxConnections} connections are taken: make pools smaller, or take a larger class`,
    }]),
    ...(storage === undefined ? [] : [
      {
        id: 'StorageAlarm',
        metric: 'FreeStorageSpace',
        below: Math.floor(storage * GIB * 0.05), // of what there is now there is no metric
        minutes: 30,
        description: `less than 5 % of the first ${storage} GiB is free, and RDS, which adds some below 10 %, did not: is 'maxAllocatedStorage' reached?`,
      },
      {
        id: 'DiskQueueAlarm',
        metric: 'DiskQueueDepth',
        above: baselineIops(storage) * SECONDS_ON_DISK,
        minutes: 15,
        description: `requests queue for the disk: it is at its limit of IOPS, ${baselineIops(storage)} for the first ${storage} GiB`,
      },
    ]),
    ...(localStorage === undefined ? [] : [{
      id: 'LocalStorageAlarm',
      metric: 'FreeLocalStorage',
      below: Math.floor(localStorage * 0.05),
      minutes: 15,
      description: 'less than 5 % of the local storage of an instance is free: which queries make large temporary tables or sort much? Or take a larger class',
    }]),
    ...(hasReaders ? [{
      id: 'ReplicaLagAlarm', metric: 'AuroraReplicaLagMaximum', above: MILLISECONDS_BEHIND, minutes: 5, description: 'a reader is more than two seconds behind the writer; Aurora\'s usual is under 100 ms',
    }] : []),
    ...(servesReads(settings) ? readerRules(maxConnections) : []),
  ];
  return rules.map(({ id, metric, above, below, role: ofRole, minutes, description }) => alarm(scope, id, {
    description,
    metric: new cloudwatch.Metric({
      namespace: 'AWS/RDS',
      metricName: metric,
      dimensionsMap: { ...dimensions, ...(ofRole && { Role: ofRole }) },
      statistic: above === undefined ? cloudwatch.Stats.MINIMUM : cloudwatch.Stats.AVERAGE,
      period: Duration.minutes(5),
    }),
    above,
    below,
    evaluationPeriods: minutes / 5,
  }));
}

/** On average over the readers, each of which takes as many connections as the writer. */
function readerRules(maxConnections: number | undefined): AlarmRule[] {
  const cpu: AlarmRule = {
    id: 'ReaderCpuAlarm', metric: 'CPUUtilization', role: 'READER', above: 90, minutes: 15, description: 'the processors of the readers are busy: take more readers, or a larger class',
  };
  return maxConnections === undefined ? [cpu] : [cpu, {
    id: 'ReaderConnectionsAlarm',
    metric: 'DatabaseConnections',
    role: 'READER',
    above: Math.floor(maxConnections * 0.8),
    minutes: 5,
    description: `more than 80 % of about ${maxConnections} connections of each reader are taken: make pools smaller, or take more readers`,
  }];
}
