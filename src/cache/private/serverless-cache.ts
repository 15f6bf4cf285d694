import { Fn, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { Construct } from 'constructs';
import { cacheAlarm, cacheMetric } from './cache-alarm';
import { BuiltCache, CacheAlarms, CacheBackend, CacheSettings, CacheSurroundings } from './cache-backend';
import { zonesInWords } from '../../network/private/zones-in-words';
import { nameOfThisLife } from '../../shared/name-of-this-life';
import { requireUnit } from '../../shared/require-unit';
import { requireWholeNumber } from '../../shared/require-whole-number';
import { requireSnapshotWindow } from '../../shared/service-windows';
import { CacheServerlessOptions } from '../cache-capacity';

const PERIOD_SECONDS = 300;

/**
 * A cache without nodes.
 */
export class ServerlessCache implements CacheBackend {
  public readonly port = 6379; // there is no other
  /** Of the same address: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ReadReplicas.html */
  public readonly readerPort = 6380;
  public readonly deliversLogs = false;
  public readonly leavesSnapshot = false;

  constructor(private readonly options: CacheServerlessOptions) {}

  public validate(where: string, settings: CacheSettings): void {
    const { maximumEcpuPerSecond } = this.options;
    const gibibytes = this.gibibytes(where);
    if (gibibytes !== undefined) requireWholeNumber({ where, prop: 'maximumStorage', unit: 'GiB', value: gibibytes, least: 1, most: 5000 });
    if (maximumEcpuPerSecond !== undefined) {
      requireWholeNumber({ where, prop: 'maximumEcpuPerSecond', value: maximumEcpuPerSecond, least: 1000, most: 15_000_000 });
    }
    const { availabilityZones } = settings.subnets;
    if (!Token.isUnresolved(availabilityZones) && new Set(availabilityZones).size < 2) {
      throw new Error(
        `${where}: a serverless cache must have subnets in two zones or more, got ${zonesInWords(availabilityZones)}: ` +
        'give the network another zone, or use CacheCapacity.nodes({ count: 1 })',
      );
    }
    requireSnapshotWindow(where, settings.snapshotWindow);
  }

  public create(scope: Construct, settings: CacheSettings, { encryptionKey, securityGroupId, userGroupId }: CacheSurroundings): BuiltCache {
    const { maximumEcpuPerSecond } = this.options;
    const gibibytes = this.gibibytes(scope.node.path);
    const serverlessCache = new elasticache.CfnServerlessCache(scope, 'Serverless', {
      serverlessCacheName: nameOfThisLife(scope),
      description: scope.node.path.slice(-255),
      engine: settings.engine.name,
      majorEngineVersion: settings.engine._majorVersion,
      cacheUsageLimits: gibibytes === undefined && maximumEcpuPerSecond === undefined ? undefined : {
        dataStorage: gibibytes === undefined ? undefined : { maximum: gibibytes, unit: 'GB' },
        ecpuPerSecond: maximumEcpuPerSecond === undefined ? undefined : { maximum: maximumEcpuPerSecond },
      },
      kmsKeyId: encryptionKey.keyArn,
      securityGroupIds: [securityGroupId],
      subnetIds: settings.subnets.subnetIds,
      userGroupId,
      snapshotRetentionLimit: settings.snapshotDays,
      dailySnapshotTime: Fn.select(0, Fn.split('-', settings.snapshotWindow)),
    });
    serverlessCache.applyRemovalPolicy(settings.removalPolicy);
    return {
      serverlessCache,
      endpointAddress: serverlessCache.attrEndpointAddress,
      readerEndpointAddress: serverlessCache.attrReaderEndpointAddress,
    };
  }

  /** @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/serverless-metrics-events-redis.html */
  public alarms(scope: Construct, { serverlessCache }: BuiltCache): CacheAlarms {
    const { maximumEcpuPerSecond } = this.options;
    const gibibytes = this.gibibytes(scope.node.path);
    const metric = (metricName: string, statistic = cloudwatch.Stats.SUM) => cacheMetric(metricName, statistic, { clusterId: serverlessCache!.ref });
    return {
      memory: gibibytes === undefined || Token.isUnresolved(gibibytes) ? undefined
        : cacheAlarm(scope, 'MemoryAlarm', 'it is nearly as large as it may be: a higher \'maximumStorage\', or keys that expire', {
          metric: metric('BytesUsedForCache', cloudwatch.Stats.MAXIMUM), threshold: 0.8 * gibibytes * 1024 ** 3,
        }),
      evictions: cacheAlarm(scope, 'EvictionsAlarm', 'it is full, and keys go before their time: a higher \'maximumStorage\', or keys that expire', {
        metric: metric('Evictions'), threshold: 0,
      }),
      processor: maximumEcpuPerSecond === undefined || Token.isUnresolved(maximumEcpuPerSecond) ? undefined
        : cacheAlarm(scope, 'ProcessorAlarm', 'it does nearly as much as it may: a higher \'maximumEcpuPerSecond\', or fewer commands', {
          metric: metric('ElastiCacheProcessingUnits'), threshold: 0.8 * maximumEcpuPerSecond * PERIOD_SECONDS,
        }),
      throttling: cacheAlarm(scope, 'ThrottlingAlarm', 'commands are refused, as it is at its limits or could not grow as fast: retry them, and raise the limits', {
        metric: metric('ThrottledCmds'), threshold: 0,
      }),
    };
  }

  private gibibytes(where: string): number | undefined {
    const { maximumStorage } = this.options;
    return maximumStorage && requireUnit(where, 'maximumStorage', 'Size.gibibytes()', () => maximumStorage.toGibibytes({ rounding: SizeRoundingBehavior.NONE }));
  }
}
