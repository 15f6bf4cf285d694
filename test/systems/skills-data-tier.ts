import { Size, Stack } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { CacheCapacity, CacheEngine, DatabaseEngine, EncryptedCache, EncryptedDatabase, HaVpc } from '../../src';

/** Of a skills-management application: a network of four /27 with no isolated subnets, MySQL in utf8mb3 and Redis. */
export function skillsDataTier(stack: Stack) {
  const { vpc } = new HaVpc(stack, 'Network', {
    cidr: '192.168.100.0/24',
    availabilityZones: ['eu-west-2a', 'eu-west-2b'],
    publicSubnetCidrs: ['192.168.100.128/27', '192.168.100.192/27'],
    privateSubnetCidrs: ['192.168.100.0/27', '192.168.100.64/27'],
  });
  const database = new EncryptedDatabase(stack, 'Database', {
    vpc,
    engine: DatabaseEngine.mysql(),
    databaseName: 'skills',
    instanceType: new InstanceType('t3.small'),
    allocatedStorage: Size.gibibytes(20),
    characterSet: 'utf8mb3',
    collation: 'utf8mb3_unicode_ci',
  });
  const cache = new EncryptedCache(stack, 'Cache', { vpc, engine: CacheEngine.redis(), capacity: CacheCapacity.nodes({ nodeType: 'cache.t3.small' }) });
  return { vpc, database, cache };
}
