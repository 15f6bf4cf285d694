import { Size } from 'aws-cdk-lib';
import { flag, number, PropKinds, requireKinds, size, text, textMap } from '../shared/kinds';

/**
 * The nodes of a cache.
 */
export interface CacheNodesOptions {
  /**
   * The type of each node, with `cache.`. A node of two virtual processors gets an alarm on the processor that fits it.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
   * @default - `cache.t4g.small`, with 1.37 GiB of memory; in a region that does not have it, the nearest type
   */
  readonly nodeType?: string;

  /**
   * How many nodes there are, 1 to 6: one that is written to, and replicas in other zones, one of which takes over by itself if it fails.
   *
   * One node gets its first replica in two deployments: see `automaticFailover`.
   *
   * @default - 2, or 1 if the StageProfile has no standby
   */
  readonly count?: number;

  /**
   * Whether a replica takes over by itself. Set it to `false` for one deployment when an existing cache of one node gets its first replica (also when its
   * StageProfile gets a standby), or loses its last: ElastiCache refuses to change the number of nodes and the failover in one update.
   *
   * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/383
   * @default - true if there are two nodes or more
   */
  readonly automaticFailover?: boolean;

  /**
   * Parameters of the engine, such as `maxmemory-policy`.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
   * @default - the engine's own
   */
  readonly parameters?: { [name: string]: string };

  /**
   * When AWS may maintain the nodes, once a week, in UTC, for an hour or more. It must not meet the snapshot window.
   *
   * @default 'sun:05:00-sun:06:00'
   */
  readonly maintenanceWindow?: string;

  /**
   * The port of all nodes, 1150 to 65535. Changing it replaces the cache.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
   * @default 6379
   */
  readonly port?: number;
}

/**
 * The limits of a serverless cache.
 */
export interface CacheServerlessOptions {
  /**
   * The most that the cache may hold, 1 to 5000 GiB: it evicts keys rather than grow beyond.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Scaling-serverless.html
   * @default - no limit, and so none to the cost
   */
  readonly maximumStorage?: Size;

  /**
   * The most processing units that the cache may use a second, 1000 to 15 000 000: it throttles commands beyond.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Scaling-serverless.html
   * @default - no limit, and so none to the cost
   */
  readonly maximumEcpuPerSecond?: number;
}

/**
 * What a cache runs on. Changing from one kind to the other replaces the cache.
 */
export class CacheCapacity {
  /**
   * Nodes of a fixed size, all with the same keys (cluster mode disabled, which every client speaks).
   */
  public static nodes(options: CacheNodesOptions = {}): CacheCapacity {
    requireKinds('CacheCapacity.nodes', options, NODES, 'options');
    return new CacheCapacity(options);
  }

  /**
   * A cache that grows and shrinks by itself, billed by use, in two zones or more. Its clients must speak cluster mode, and it delivers no logs.
   *
   * Its subnets are those of its first day: other ones, such as those of a zone that is added to the network, would replace it, which CloudFormation
   * refuses, as its name stays. Give it `vpcSubnets` that stay: `{ subnets: network.vpc.isolatedSubnets.slice(0, 2) }`.
   *
   * Changing nodes into it, or it into nodes, is another cache, which is empty. The tasks of bound services are replaced before the first cache goes; those of services of other
   * stacks lose it when the stack of the cache is deployed, until theirs is: for them, bind a second cache, deploy, and remove the first one then.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/WhatIs.corecomponents.html
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-serverlesscache.html
   */
  public static serverless(options: CacheServerlessOptions = {}): CacheCapacity {
    requireKinds('CacheCapacity.serverless', options, SERVERLESS, 'options');
    return new CacheCapacity(undefined, options);
  }

  private constructor(
    /** @internal */
    public readonly _nodes?: CacheNodesOptions,
    /** @internal */
    public readonly _serverless?: CacheServerlessOptions,
  ) {}
}

const NODES: PropKinds<CacheNodesOptions> = {
  automaticFailover: flag, count: number, maintenanceWindow: text, nodeType: text, parameters: textMap, port: number,
};

const SERVERLESS: PropKinds<CacheServerlessOptions> = { maximumEcpuPerSecond: number, maximumStorage: size };
