import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { CacheCapacity, CacheEngine, EncryptedCache, EncryptedCacheProps, StageProfile } from '../../src';
import { Variant } from '../checks/variant';

/** The network that the emulated account begins with, as if all its subnets were isolated. */
export function isolatedNetwork(scope: Construct) {
  return Vpc.fromVpcAttributes(scope, 'Network', {
    vpcId: 'vpc-00000001', availabilityZones: ['eu-west-3a', 'eu-west-3b'], isolatedSubnetIds: ['subnet-00000001', 'subnet-00000002'],
  });
}

const cache = (scope: Construct, props: Partial<EncryptedCacheProps>) => new EncryptedCache(scope, 'Subject', { vpc: isolatedNetwork(scope), ...props });

export const VARIANTS: Variant<EncryptedCacheProps>[] = [
  {
    name: 'EncryptedCache',
    build: (scope, update) => cache(scope, { ...update }),
    update: { snapshotRetention: Duration.days(14) },
  },
  {
    name: 'EncryptedCache-staging',
    build: (scope, update) => {
      StageProfile.staging().applyTo(scope);
      cache(scope, { ...update });
    },
    update: { capacity: CacheCapacity.nodes({ nodeType: 'cache.m7g.xlarge' }) },
  },
  {
    name: 'EncryptedCache-ephemeral',
    build: (scope, update) => {
      StageProfile.ephemeral().applyTo(scope);
      cache(scope, { ...update });
    },
    update: { accessString: 'on ~app:* -@all +@read +@write +@connection' },
  },
  {
    name: 'EncryptedCache-redis',
    build: (scope, update) => {
      const encryptionKey = new Key(scope, 'Key', { enableKeyRotation: true });
      cache(scope, {
        vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
        engine: CacheEngine.redis(),
        capacity: CacheCapacity.nodes({
          nodeType: 'cache.t3.small', count: 3, port: 6400, parameters: { 'maxmemory-policy': 'allkeys-lru' }, maintenanceWindow: 'mon:01:00-mon:02:00',
        }),
        encryptionKey,
        userName: 'web',
        accessString: 'on ~* +@all',
        snapshotRetention: Duration.days(2),
        snapshotWindow: '22:00-23:00',
        logRetention: RetentionDays.THREE_MONTHS,
        alarmTopic: new Topic(scope, 'Topic', { masterKey: encryptionKey }),
        removalPolicy: RemovalPolicy.SNAPSHOT,
        ...update,
      });
    },
    update: { snapshotWindow: '20:00-21:00' },
  },
  {
    name: 'EncryptedCache-serverless',
    build: (scope, update) => {
      const capacity = CacheCapacity.serverless({ maximumStorage: Size.gibibytes(10), maximumEcpuPerSecond: 5000 });
      cache(scope, { capacity, ...update });
    },
    update: { snapshotRetention: Duration.days(14) },
  },
];
