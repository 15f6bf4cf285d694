import { Fn, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import { CacheBackend, cacheMetric, CacheParts, CacheProps, CacheSettings, METRIC_PERIOD } from './cache-backend';
import { alarm } from '../../shared/alarm';
import { Checks } from '../../shared/checks';
import { requireTwoZones } from '../../shared/data-subnets';
import { requireSnapshotWindow } from '../../shared/service-windows';
import { stackScopedName } from '../../shared/stack-scoped-name';
import { CacheServerlessOptions } from '../cache-capacity';

/**
 * A cache without nodes.
 */
export class ServerlessCache implements CacheBackend {
  public readonly port = 6379; // there is no other
  /** Of the same address: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ReadReplicas.html */
  public readonly readerPort = 6380;
  public readonly deliversLogs = false;
  public readonly supportsFinalSnapshot = false;

  constructor(private readonly options: CacheServerlessOptions) {}

  public validate(checks: Checks, { subnets, snapshotWindow }: CacheSettings): void {
    const { maximumStorage, maximumEcpuPerSecond } = this.options;
    checks.gibibytes('maximumStorage', maximumStorage, { least: 1, most: 5000 });
    checks.wholeNumber('maximumEcpuPerSecond', maximumEcpuPerSecond, { least: 1000, most: 15_000_000 });
    requireTwoZones(checks, subnets, (zones) =>
      `a serverless cache must have subnets in two zones or more, got ${zones}: give the network another zone, or use CacheCapacity.nodes({ count: 1 })`);
    requireSnapshotWindow(checks.where, snapshotWindow);
  }

  public build(scope: Construct, { engine, subnets, encryptionKey, securityGroupId, userGroupId, ...props }: CacheProps): CacheParts {
    const { maximumStorage, maximumEcpuPerSecond } = this.options;
    const serverlessCache = new elasticache.CfnServerlessCache(scope, 'Serverless', {
      serverlessCacheName: stackScopedName(scope, { maxLength: 40 }),
      description: scope.node.path.slice(-255),
      engine: engine.name,
      majorEngineVersion: engine._majorVersion,
      cacheUsageLimits: maximumStorage === undefined && maximumEcpuPerSecond === undefined ? undefined : {
        dataStorage: maximumStorage === undefined ? undefined : { maximum: maximumStorage.toGibibytes(), unit: 'GB' },
        ecpuPerSecond: maximumEcpuPerSecond === undefined ? undefined : { maximum: maximumEcpuPerSecond },
      },
      kmsKeyId: encryptionKey.keyArn,
      securityGroupIds: [securityGroupId],
      subnetIds: subnets.subnetIds,
      userGroupId,
      snapshotRetentionLimit: props.snapshotDays,
      dailySnapshotTime: Fn.select(0, Fn.split('-', props.snapshotWindow)),
    });
    serverlessCache.applyRemovalPolicy(props.removalPolicy);
    return {
      serverlessCache,
      endpointAddress: serverlessCache.attrEndpointAddress,
      readerEndpointAddress: serverlessCache.attrReaderEndpointAddress,
      ...this.alarms(scope, serverlessCache.ref),
    };
  }

  /** @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/serverless-metrics-events-redis.html */
  private alarms(scope: Construct, clusterId: string): Partial<CacheParts> {
    const { maximumStorage, maximumEcpuPerSecond } = this.options;
    const metric = (metricName: string, statistic = cloudwatch.Stats.SUM) => cacheMetric(metricName, statistic, { clusterId });
    return {
      memoryAlarm: maximumStorage === undefined || maximumStorage.isUnresolved() ? undefined : alarm(scope, 'MemoryAlarm', {
        description: 'it is nearly as large as it may be: a higher \'maximumStorage\', or keys that expire',
        metric: metric('BytesUsedForCache', cloudwatch.Stats.MAXIMUM),
        above: 0.8 * maximumStorage.toBytes(),
        evaluationPeriods: 3,
      }),
      evictionsAlarm: alarm(scope, 'EvictionsAlarm', {
        description: 'it is full, and keys go before their time: a higher \'maximumStorage\', or keys that expire',
        metric: metric('Evictions'),
        above: 0,
        evaluationPeriods: 3,
      }),
      processorAlarm: maximumEcpuPerSecond === undefined || Token.isUnresolved(maximumEcpuPerSecond) ? undefined : alarm(scope, 'ProcessorAlarm', {
        description: 'it does nearly as much as it may: a higher \'maximumEcpuPerSecond\', or fewer commands',
        metric: metric('ElastiCacheProcessingUnits'),
        above: 0.8 * maximumEcpuPerSecond * METRIC_PERIOD.toSeconds(),
        evaluationPeriods: 3,
      }),
      throttlingAlarm: alarm(scope, 'ThrottlingAlarm', {
        description: 'commands are refused, as it is at its limits or could not grow as fast: retry them, and raise the limits',
        metric: metric('ThrottledCmds'),
        above: 0,
        evaluationPeriods: 3,
      }),
    };
  }
}
