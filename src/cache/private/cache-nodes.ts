import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CacheBackend, cacheMetric, CacheParts, CacheProps, CacheSettings, METRIC_PERIOD } from './cache-backend';
import { acknowledge, addWarning } from '../../shared/acknowledge';
import { alarm } from '../../shared/alarm';
import { Checks, isUnknown } from '../../shared/checks';
import { requireTwoZones } from '../../shared/data-subnets';
import { classInRegion, requireOfferedClass } from '../../shared/instance-classes';
import { keptInsteadOfSnapshot } from '../../shared/removal-policy';
import { requireCacheWindows } from '../../shared/service-windows';
import { CacheNodesOptions } from '../cache-capacity';

/**
 * A replication group of one shard.
 */
export class CacheNodes implements CacheBackend {
  public readonly port: number;
  public readonly readerPort: number;
  public readonly deliversLogs = true;
  public readonly supportsFinalSnapshot = true;
  private readonly count: number;
  private readonly nodeType: string;
  private readonly maintenanceWindow: string;

  /**
   * @param standby whether the environment has standbys
   */
  constructor(private readonly options: CacheNodesOptions, private readonly region: string, standby: boolean) {
    this.readerPort = this.port = options.port ?? 6379;
    this.count = options.count ?? (standby ? 2 : 1);
    this.nodeType = options.nodeType ?? `cache.${classInRegion('cache', 't4g.small', region)}`;
    this.maintenanceWindow = options.maintenanceWindow ?? 'sun:05:00-sun:06:00';
  }

  public validate(checks: Checks, { subnets, snapshotWindow }: CacheSettings): void {
    const { count } = this;
    checks.known('count', count, 'each node has metrics of its own', { of: 'nodes' });
    checks.wholeNumber('count', count, { least: 1, most: 6, unit: 'nodes' });
    checks.wholeNumber('port', this.port, { least: 1150, most: 65_535 });
    requireNodeType(checks, this.nodeType, this.region);
    if (count === 1 && this.options.automaticFailover) {
      throw checks.error("'automaticFailover' must be left out for one node, got true: no replica can take over; set 'count' to 2 or more");
    }
    if (count > 1) {
      requireTwoZones(checks, subnets, (zones) =>
        `${count} nodes must have subnets in two zones or more, got ${zones}: ` +
        'give the network another zone, or the cache one node by CacheCapacity.nodes({ count: 1 })');
    }
    requireCacheWindows(checks.where, snapshotWindow, this.maintenanceWindow);
  }

  public build(scope: Construct, { engine, subnets, encryptionKey, securityGroupId, userGroupId, removalPolicy, ...props }: CacheProps): CacheParts {
    const description = scope.node.path.slice(-255);
    const { count } = this;
    const failover = this.options.automaticFailover ?? count > 1;
    if (count > 1 && !failover) warnOfNoFailover(scope);
    const log = (id: string) => new LogGroup(scope, id, {
      encryptionKey, retention: props.logRetention, removalPolicy: keptInsteadOfSnapshot(removalPolicy),
    });
    const [slowLog, engineLog] = [log('SlowLog'), log('EngineLog')];
    const subnetGroup = new elasticache.CfnSubnetGroup(scope, 'Subnets', { description, subnetIds: subnets.subnetIds });
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
      numCacheClusters: count,
      automaticFailoverEnabled: failover,
      multiAzEnabled: failover,
      port: this.port,
      cacheSubnetGroupName: subnetGroup.ref,
      cacheParameterGroupName: parameterGroup.ref,
      securityGroupIds: [securityGroupId],
      userGroupIds: [userGroupId],
      atRestEncryptionEnabled: true,
      kmsKeyId: encryptionKey.keyArn,
      transitEncryptionEnabled: true,
      snapshotRetentionLimit: props.snapshotDays,
      snapshotWindow: props.snapshotWindow,
      preferredMaintenanceWindow: this.maintenanceWindow,
      logDeliveryConfigurations: [delivery('slow-log', slowLog), delivery('engine-log', engineLog)],
    });
    replicationGroup.applyRemovalPolicy(removalPolicy);
    [subnetGroup, parameterGroup].forEach((resource) => resource.applyRemovalPolicy(props.dependencyRemovalPolicy));
    acknowledge(replicationGroup, {
      authToken: 'a user with a password, by a user group, is what lets in: a token would let in without a name, and has no rights to lessen',
      cacheBackups: props.snapshotDays >= 15 ? undefined : 'what a cache holds is made again from elsewhere: \'snapshotRetention\' keeps snapshots for longer',
      cacheZones: failover ? undefined : 'it has one node, or its replica is new: no standby in its environment, \'count\' or \'automaticFailover\'',
      cachePort: engine.name !== 'redis' || this.port !== 6379 ? undefined : 'its security group lets nobody in who is not named, whatever the port: \'port\' is another one',
    });
    return {
      replicationGroup,
      endpointAddress: replicationGroup.attrPrimaryEndPointAddress,
      readerEndpointAddress: replicationGroup.attrReaderEndPointAddress,
      slowLog,
      engineLog,
      ...this.alarms(scope, Array.from({ length: count }, (_, index) => `${replicationGroup.ref}-00${index + 1}`)),
    };
  }

  /** @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html */
  private alarms(scope: Construct, ids: string[]): Partial<CacheParts> {
    const most = (metricName: string, statistic = cloudwatch.Stats.AVERAGE) => largestOfNodes(ids, metricName, statistic);
    // With such a policy, what is asked for least makes room for what is new: https://valkey.io/topics/lru-cache/
    const isFullByDesign = this.options.parameters?.['maxmemory-policy']?.startsWith('allkeys-') ?? false;
    const hasTwoProcessors = /\.(micro|small|medium|large)$/.test(this.nodeType);
    return {
      memoryAlarm: isFullByDesign ? undefined : alarm(scope, 'MemoryAlarm', {
        description: 'a node is nearly full, of what is left after its reserve: a larger node type, or keys that expire',
        metric: most('DatabaseMemoryUsagePercentage'),
        above: 80,
        evaluationPeriods: 3,
      }),
      evictionsAlarm: isFullByDesign ? undefined : alarm(scope, 'EvictionsAlarm', {
        description: 'a node is full, and keys go before their time: a larger node type, or keys that expire',
        metric: most('Evictions', cloudwatch.Stats.SUM),
        above: 0,
        evaluationPeriods: 3,
      }),
      processorAlarm: alarm(scope, 'ProcessorAlarm', hasTwoProcessors ? {
        description: 'the engine, which runs on one of two processors, nears its limit: a larger node type, or replicas to read from',
        metric: most('CPUUtilization'),
        above: 45, // 90 % of one of two
        evaluationPeriods: 3,
      } : {
        description: 'the engine, which runs on one processor, nears its limit: a faster node type, or replicas to read from',
        metric: most('EngineCPUUtilization'),
        above: 90,
        evaluationPeriods: 3,
      }),
      replicationLagAlarm: ids.length === 1 ? undefined : alarm(scope, 'ReplicationLagAlarm', { // a replica that was promoted has no lag to report
        description: 'a replica falls behind, and what it lacks would be lost if it took over: fewer writes, or a larger node type',
        metric: most('ReplicationLag'),
        above: 10,
        evaluationPeriods: 3,
      }),
    };
  }
}

/** https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html */
function requireNodeType(checks: Checks, nodeType: string, region: string): void {
  if (isUnknown(nodeType)) return;
  if (!nodeType.startsWith('cache.')) throw checks.error(`'nodeType' must begin with 'cache.', got '${nodeType}': 'cache.${nodeType.replace(/^db\./, '')}'`);
  requireOfferedClass(checks, "'nodeType', after 'cache.',", 'cache', nodeType.replace('cache.', ''), region);
}

function warnOfNoFailover(scope: Construct): void {
  addWarning(
    scope, 'cdk-mainstay:EncryptedCache.NoAutomaticFailover',
    'no replica takes over when the node that is written to fails, as \'automaticFailover\' is false: remove it once this deployment is done',
  );
}

function delivery(logType: string, { logGroupName }: LogGroup): elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty {
  return { logType, logFormat: 'json', destinationType: 'cloudwatch-logs', destinationDetails: { cloudWatchLogsDetails: { logGroup: logGroupName } } };
}

/** A metric of the node that has most of it. */
function largestOfNodes(ids: string[], metricName: string, statistic: string): cloudwatch.IMetric {
  const metrics = ids.map((CacheClusterId) => cacheMetric(metricName, statistic, { CacheClusterId }));
  if (metrics.length === 1) return metrics[0];
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`node${index + 1}`, metric]));
  return new cloudwatch.MathExpression({
    expression: `MAX([${Object.keys(usingMetrics).join(', ')}])`, usingMetrics, label: `most ${metricName} of a node`, period: METRIC_PERIOD,
  });
}
