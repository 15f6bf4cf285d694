import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { networkOf } from './encrypted-database.variants';
import { CacheCapacity, DatabaseEngine, EncryptedCache, EncryptedDatabase, EncryptedDatabaseProps } from '../../src';

const stackIn = (region: string) => new Stack(new App(), 'Stack', { env: { account: '111122223333', region } });

function classOf(region: string, props: Partial<EncryptedDatabaseProps> = {}): string {
  const stack = stackIn(region);
  new EncryptedDatabase(stack, 'Database', { vpc: networkOf(stack), engine: DatabaseEngine.postgres(), databaseName: 'skills', ...props });
  const [{ Properties }] = Object.values<any>(Template.fromStack(stack).findResources('AWS::RDS::DBInstance'));
  return Properties.DBInstanceClass;
}

function nodeTypeOf(region: string, nodeType?: string): string {
  const stack = stackIn(region);
  new EncryptedCache(stack, 'Cache', { vpc: networkOf(stack), capacity: CacheCapacity.nodes({ nodeType }) });
  return Object.values<any>(Template.fromStack(stack).findResources('AWS::ElastiCache::ReplicationGroup'))[0].Properties.CacheNodeType;
}

test.each<[region: string, props: Partial<EncryptedDatabaseProps>, expected: string]>([
  ['eu-west-1', {}, 'db.m7g.large'],
  ['eu-south-1', {}, 'db.m6g.large'],
  ['ca-west-1', { standby: false }, 'db.t3.medium'],
  ['ap-southeast-4', { engine: DatabaseEngine.auroraMysql() }, 'db.r6g.large'],
  ['il-central-1', { engine: DatabaseEngine.auroraPostgres(), standby: false }, 'db.t3.medium'],
  ['eu-south-1', { instanceType: new InstanceType('r7g.large') }, 'db.r7g.large'],
])('a database in %s with %o is on %s', (region, props, expected) => {
  expect(classOf(region, props)).toBe(expected);
});

test.each<[region: string, props: Partial<EncryptedDatabaseProps>, error: string]>([
  ['eu-south-1', { instanceType: new InstanceType('m7g.large') }, "'instanceType' must be a class that RDS has in eu-south-1, got 'm7g.large': take 'm6g.large'"],
  ['eu-west-1', { instanceType: new InstanceType('t4g.nano') }, "'instanceType' must be a class that RDS has, got 't4g.nano': take 't4g.micro'"],
  [
    'eu-west-1', { engine: DatabaseEngine.auroraMysql(), instanceType: new InstanceType('m7g.large') },
    "'instanceType' must be a class that Aurora has, got 'm7g.large': take 'r7g.large'",
  ],
])('a database in %s with %o is refused', (region, props, error) => {
  expect(() => classOf(region, props)).toThrow(`Stack/Database: ${error}`);
});

test('a cache is on the nearest type, too', () => {
  expect(nodeTypeOf('eu-west-1')).toBe('cache.t4g.small');
  expect(nodeTypeOf('me-south-1')).toBe('cache.t3.small');
  expect(() => nodeTypeOf('eu-south-1', 'cache.m7g.large'))
    .toThrow("Stack/Cache: 'nodeType', after 'cache.', must be a class that ElastiCache has in eu-south-1, got 'm7g.large': take 'm6g.large'");
});
