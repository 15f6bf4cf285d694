import { Duration, Fn, Size } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { isolatedNetwork } from './encrypted-cache.variants';
import { CacheCapacity, CacheEngine, CacheNodesOptions, CacheServerlessOptions, EncryptedCache, EncryptedCacheProps } from '../../src';
import { imported, KEY_ARN, TOPIC_ARN } from '../checks/imported';
import { TokenPosition, RefusedToken } from '../checks/token-position';

export function cacheWith(scope: Construct, props: Partial<EncryptedCacheProps>): void {
  new EncryptedCache(scope, 'Subject', { vpc: props.vpc ?? isolatedNetwork(scope), ...props });
}

const cache = (props: (value: any, scope: Construct) => Partial<EncryptedCacheProps>) => ({
  props,
  build: (scope: Construct, value: any) => cacheWith(scope, props(value, scope)),
});
const onNodes = (options: (value: any) => CacheNodesOptions) => ({
  build: (scope: Construct, value: any) => cacheWith(scope, { capacity: CacheCapacity.nodes(options(value)) }),
});
const serverless = (options: (value: any) => CacheServerlessOptions) => ({
  build: (scope: Construct, value: any) => cacheWith(scope, { capacity: CacheCapacity.serverless(options(value)) }),
});

export const TOKEN_POSITIONS: TokenPosition[] = [
  { of: 'EncryptedCacheProps.accessString', literal: 'on ~* +@all', ...cache((accessString) => ({ accessString })) },
  { of: 'EncryptedCacheProps.alarmTopic', literal: TOPIC_ARN, ...cache((arn, scope) => ({ alarmTopic: imported.topic(arn, scope) })) },
  { of: 'EncryptedCacheProps.encryptionKey', literal: KEY_ARN, ...cache((arn, scope) => ({ encryptionKey: imported.key(arn, scope) })) },
  { of: 'EncryptedCacheProps.snapshotRetention', literal: 3, ...cache((days) => ({ snapshotRetention: Duration.days(days) })) },
  { of: 'EncryptedCacheProps.snapshotWindow', literal: '01:00-02:00', ...cache((snapshotWindow) => ({ snapshotWindow })) },
  {
    of: 'EncryptedCacheProps.snapshotWindow',
    literal: '01:00-02:00',
    takenApart: true,
    build: (scope, snapshotWindow) => cacheWith(scope, { snapshotWindow, capacity: CacheCapacity.serverless() }),
  },
  // The id of a user is made of a name that is known.
  { of: 'EncryptedCacheProps.userName', literal: 'web', takenApart: true, ...cache((userName) => ({ userName })) },
  {
    of: 'EncryptedCacheProps.vpc',
    literal: 'vpc-00000001',
    build: (scope, vpcId) => cacheWith(scope, {
      vpc: Vpc.fromVpcAttributes(scope, 'Network', { vpcId, availabilityZones: ['eu-west-3a', 'eu-west-3b'], isolatedSubnetIds: ['subnet-1', 'subnet-2'] }),
    }),
  },
  { of: 'CacheNodesOptions.nodeType', literal: 'cache.m7g.xlarge', ...onNodes((nodeType) => ({ nodeType })) },
  { of: 'CacheNodesOptions.parameters', literal: 'volatile-lfu', ...onNodes((policy) => ({ parameters: { 'maxmemory-policy': policy } })) },
  { of: 'CacheNodesOptions.maintenanceWindow', literal: 'mon:01:00-mon:02:00', ...onNodes((maintenanceWindow) => ({ maintenanceWindow })) },
  { of: 'CacheNodesOptions.port', literal: 6400, ...onNodes((port) => ({ port })) },
  // An alarm goes by a limit that is known, and would be there with a literal.
  { of: 'CacheServerlessOptions.maximumStorage', literal: 10, takenApart: true, ...serverless((gibibytes) => ({ maximumStorage: Size.gibibytes(gibibytes) })) },
  { of: 'CacheServerlessOptions.maximumEcpuPerSecond', literal: 5000, takenApart: true, ...serverless((maximumEcpuPerSecond) => ({ maximumEcpuPerSecond })) },
];

export const REFUSED_TOKENS: RefusedToken[] = [
  {
    of: 'CacheNodesOptions.count',
    why: 'each node has metrics of its own',
    build: (scope, count) => cacheWith(scope, { capacity: CacheCapacity.nodes({ count }) }),
    error: 'Stack/Subject: \'count\' of nodes must be known at synthesis, got a token',
  },
  ...(['valkey', 'redis'] as const).map((engine): RefusedToken => ({
    of: `CacheEngine.${engine}(version)`,
    why: 'the parameters go with it',
    build: (_, __, list) => void CacheEngine[engine](Fn.select(0, list)),
    error: `CacheEngine.${engine}: 'version' must be known at synthesis, got a token`,
  })),
  {
    of: 'EncryptedCacheProps.snapshotRetention',
    why: 'it would have to be converted',
    build: (scope, number) => cacheWith(scope, { snapshotRetention: Duration.hours(number) }),
    error: 'Stack/Subject: \'snapshotRetention\' must be made by Duration.days() where its value is a token, which cannot be converted',
  },
  {
    of: 'CacheServerlessOptions.maximumStorage',
    why: 'it would have to be converted',
    build: (scope, number) => cacheWith(scope, { capacity: CacheCapacity.serverless({ maximumStorage: Size.mebibytes(number) }) }),
    error: 'Stack/Subject: \'maximumStorage\' must be made by Size.gibibytes() where its value is a token, which cannot be converted',
  },
];
