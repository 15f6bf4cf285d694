import { Token } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { cacheAlarm, ofNodes } from './cache-alarm';
import { BuiltCache, CacheAlarms, CacheBackend, CacheSettings, CacheSurroundings } from './cache-backend';
import { zonesInWords } from '../../network/private/zones-in-words';
import { acknowledge } from '../../shared/acknowledge';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { requireWholeNumber } from '../../shared/require-whole-number';
import { requireCacheWindows } from '../../shared/service-windows';
import { CacheNodesOptions } from '../cache-capacity';

/**
 * A replication group of one shard.
 */
export class CacheNodes implements CacheBackend {
  public readonly port: number;
  public readonly readerPort: number;
  public readonly deliversLogs = true;
  public readonly leavesSnapshot = true;

  constructor(private readonly options: CacheNodesOptions) {
    this.readerPort = this.port = options.port ?? 6379;
  }

  public validate(where: string, settings: CacheSettings): void {
    const count = this.count(settings);
    if (Token.isUnresolved(count)) throw new Error(`${where}: 'count' of nodes must be known at synthesis, got a token: each node has metrics of its own`);
    requireWholeNumber({ where, prop: 'count', unit: 'nodes', value: count, least: 1, most: 6 });
    requireWholeNumber({ where, prop: 'port', value: this.port, least: 1150, most: 65_535 });
    requireNodeType(where, this.nodeType);
    const { availabilityZones } = settings.subnets;
    if (count > 1 && !Token.isUnresolved(availabilityZones) && new Set(availabilityZones).size < 2) {
      throw new Error(
        `${where}: ${count} nodes must have subnets in two zones or more, got ${zonesInWords(availabilityZones)}: ` +
        'give the network another zone, or the cache one node by CacheCapacity.nodes({ count: 1 })',
      );
    }
    requireCacheWindows(where, settings.snapshotWindow, this.maintenanceWindow);
  }

  public create(scope: Construct, settings: CacheSettings, { encryptionKey, securityGroupId, userGroupId }: CacheSurroundings): BuiltCache {
    const { engine, removalPolicy } = settings;
    const description = scope.node.path.slice(-255);
    const several = this.count(settings) > 1;
    const log = (id: string) => new LogGroup(scope, id, {
      encryptionKey, retention: settings.logRetention, removalPolicy: keptInsteadOfSnapshot(removalPolicy),
    });
    const [slowLog, engineLog] = [log('SlowLog'), log('EngineLog')];
    const subnetGroup = new elasticache.CfnSubnetGroup(scope, 'Subnets', { description, subnetIds: settings.subnets.subnetIds });
    // Also where nothing is changed: an upgrade from one engine to the other asks for a group.
    const parameterGroup = new elasticache.CfnParameterGroup(scope, 'Parameters', {
      description, cacheParameterGroupFamily: engine._parameterGroupFamily, properties: this.options.parameters,
    });
    const replicationGroup = new elasticache.CfnReplicationGroup(scope, 'Nodes', {
      replicationGroupDescription: description,
      engine: engine.name,
      engineVersion: engine.version,
      autoMinorVersionUpgrade: true,
      cacheNodeType: this.nodeType,
      numCacheClusters: this.count(settings),
      automaticFailoverEnabled: several,
      multiAzEnabled: several,
      port: this.port,
      cacheSubnetGroupName: subnetGroup.ref,
      cacheParameterGroupName: parameterGroup.ref,
      securityGroupIds: [securityGroupId],
      userGroupIds: [userGroupId],
      atRestEncryptionEnabled: true,
      kmsKeyId: encryptionKey.keyArn,
      transitEncryptionEnabled: true,
      snapshotRetentionLimit: settings.snapshotDays,
      snapshotWindow: settings.snapshotWindow,
      preferredMaintenanceWindow: this.maintenanceWindow,
      logDeliveryConfigurations: [delivery('slow-log', slowLog), delivery('engine-log', engineLog)],
    });
    replicationGroup.applyRemovalPolicy(removalPolicy);
    [subnetGroup, parameterGroup].forEach((resource) => resource.applyRemovalPolicy(settings.surroundingsPolicy));
    acknowledge(replicationGroup, {
      authToken: 'a user with a password, by a user group, is what lets in: a token would let in without a name, and has no rights to lessen',
      cacheBackups: settings.snapshotDays >= 15 ? undefined : 'what a cache holds is made again from elsewhere: \'snapshotRetention\' keeps snapshots for longer',
      cacheZones: several ? undefined : 'it has one node, as its environment has no standby, or by \'count\'',
      cachePort: engine.name !== 'redis' || this.port !== 6379 ? undefined : 'its security group lets nobody in who is not named, whatever the port: \'port\' is another one',
    });
    return {
      replicationGroup,
      endpointAddress: replicationGroup.attrPrimaryEndPointAddress,
      readerEndpointAddress: replicationGroup.attrReaderEndPointAddress,
      slowLog,
      engineLog,
    };
  }

  /** @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html */
  public alarms(scope: Construct, { replicationGroup }: BuiltCache, settings: CacheSettings): CacheAlarms {
    const count = this.count(settings);
    const ids = Array.from({ length: count }, (_, index) => `${replicationGroup!.ref}-00${index + 1}`);
    const most = (metricName: string, statistic = cloudwatch.Stats.AVERAGE) => ofNodes(ids, metricName, statistic);
    const hasTwoProcessors = /\.(micro|small|medium|large)$/.test(this.nodeType);
    return {
      memory: this.isFullByDesign ? undefined : cacheAlarm(scope, 'MemoryAlarm', 'a node is nearly full, of what is left after its reserve: a larger node type, or keys that expire', {
        metric: most('DatabaseMemoryUsagePercentage'), threshold: 80,
      }),
      evictions: this.isFullByDesign ? undefined : cacheAlarm(scope, 'EvictionsAlarm', 'a node is full, and keys go before their time: a larger node type, or keys that expire', {
        metric: most('Evictions', cloudwatch.Stats.SUM), threshold: 0,
      }),
      processor: hasTwoProcessors
        ? cacheAlarm(scope, 'ProcessorAlarm', 'the engine, which runs on one of two processors, nears its limit: a larger node type, or replicas to read from', {
          metric: most('CPUUtilization'), threshold: 45, // 90 % of one of two
        })
        : cacheAlarm(scope, 'ProcessorAlarm', 'the engine, which runs on one processor, nears its limit: a faster node type, or replicas to read from', {
          metric: most('EngineCPUUtilization'), threshold: 90,
        }),
      replicationLag: count > 1
        ? cacheAlarm(scope, 'ReplicationLagAlarm', 'a replica falls behind, and what it lacks would be lost if it took over: fewer writes, or a larger node type', {
          metric: most('ReplicationLag'), threshold: 10,
        })
        : undefined,
    };
  }

  private count(settings: CacheSettings): number {
    return this.options.count ?? (settings.standby ? 2 : 1);
  }

  /** With such a policy, what is asked for least makes room for what is new: https://valkey.io/topics/lru-cache/ */
  private get isFullByDesign(): boolean {
    return this.options.parameters?.['maxmemory-policy']?.startsWith('allkeys-') ?? false;
  }

  private get nodeType(): string {
    return this.options.nodeType ?? 'cache.t4g.small';
  }

  private get maintenanceWindow(): string {
    return this.options.maintenanceWindow ?? 'sun:05:00-sun:06:00';
  }
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html */
function requireNodeType(where: string, nodeType: string): void {
  if (Token.isUnresolved(nodeType) || nodeType.startsWith('cache.')) return;
  throw new Error(`${where}: 'nodeType' must begin with 'cache.', got '${nodeType}': 'cache.${nodeType.replace(/^db\./, '')}'`);
}

function delivery(logType: string, { logGroupName }: LogGroup): elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty {
  return { logType, logFormat: 'json', destinationType: 'cloudwatch-logs', destinationDetails: { cloudWatchLogsDetails: { logGroup: logGroupName } } };
}
