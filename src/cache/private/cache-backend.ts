import { RemovalPolicy } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SelectedSubnets } from 'aws-cdk-lib/aws-ec2';
import { CfnReplicationGroup, CfnServerlessCache } from 'aws-cdk-lib/aws-elasticache';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CacheEngine } from '../cache-engine';

/** What a cache is, whatever it runs on. */
export interface CacheSettings {
  readonly engine: CacheEngine;
  readonly subnets: SelectedSubnets;
  /** Whether the environment has standbys. */
  readonly standby: boolean;
  readonly snapshotDays: number;
  readonly snapshotWindow: string;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** What happens to what the cache cannot be without. */
  readonly surroundingsPolicy: RemovalPolicy;
}

/** What is there before the cache itself. */
export interface CacheSurroundings {
  readonly encryptionKey: IKey;
  readonly securityGroupId: string;
  readonly userGroupId: string;
}

/** A cache, by whichever resource. */
export interface BuiltCache {
  readonly replicationGroup?: CfnReplicationGroup;
  readonly serverlessCache?: CfnServerlessCache;
  readonly endpointAddress: string;
  readonly readerEndpointAddress: string;
  readonly slowLog?: ILogGroup;
  readonly engineLog?: ILogGroup;
}

export interface CacheAlarms {
  readonly memory?: Alarm;
  readonly evictions?: Alarm;
  readonly processor?: Alarm;
  readonly replicationLag?: Alarm;
  readonly throttling?: Alarm;
}

/** A way to run a cache. */
export interface CacheBackend {
  readonly port: number;
  /** Of the endpoint for reading. */
  readonly readerPort: number;
  readonly deliversLogs: boolean;
  /** Whether CloudFormation can make a last snapshot of it. */
  readonly leavesSnapshot: boolean;
  validate(where: string, settings: CacheSettings): void;
  create(scope: Construct, settings: CacheSettings, surroundings: CacheSurroundings): BuiltCache;
  alarms(scope: Construct, cache: BuiltCache, settings: CacheSettings): CacheAlarms;
}
