import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SelectedSubnets } from 'aws-cdk-lib/aws-ec2';
import { CfnReplicationGroup, CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Checks } from '../../shared/checks';
import { CacheEngine } from '../cache-engine';

/** What a cache is, whatever it runs on. */
export interface CacheSettings {
  readonly engine: CacheEngine;
  readonly subnets: SelectedSubnets;
  readonly snapshotDays: number;
  readonly snapshotWindow: string;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** What happens to what the cache cannot be without. */
  readonly dependencyRemovalPolicy: RemovalPolicy;
}

/** The settings, and what is there before the cache itself. */
export interface CacheProps extends CacheSettings {
  readonly encryptionKey: IKey;
  readonly securityGroupId: string;
  readonly userGroupId: string;
}

/** A cache, by whichever resource, and its alarms. */
export interface CacheParts {
  readonly replicationGroup?: CfnReplicationGroup;
  readonly serverlessCache?: CfnServerlessCache;
  readonly endpointAddress: string;
  readonly readerEndpointAddress: string;
  readonly slowLog?: ILogGroup;
  readonly engineLog?: ILogGroup;
  readonly memoryAlarm?: cloudwatch.Alarm;
  readonly evictionsAlarm?: cloudwatch.Alarm;
  readonly processorAlarm?: cloudwatch.Alarm;
  readonly replicationLagAlarm?: cloudwatch.Alarm;
  readonly throttlingAlarm?: cloudwatch.Alarm;
}

/** A way to run a cache. */
export interface CacheBackend {
  readonly port: number;
  /** Of the endpoint for reading. */
  readonly readerPort: number;
  readonly deliversLogs: boolean;
  /** Whether CloudFormation can make a last snapshot of it. */
  readonly supportsFinalSnapshot: boolean;
  validate(checks: Checks, settings: CacheSettings): void;
  build(scope: Construct, props: CacheProps): CacheParts;
}

export const METRIC_PERIOD = Duration.minutes(5);

export function cacheMetric(metricName: string, statistic: string, dimensionsMap: Record<string, string>): cloudwatch.Metric {
  return new cloudwatch.Metric({ namespace: 'AWS/ElastiCache', metricName, statistic, dimensionsMap, period: METRIC_PERIOD });
}
