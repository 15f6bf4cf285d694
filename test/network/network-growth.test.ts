import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IVpc, SubnetSelection, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EXACT } from './ha-vpc';
import { CacheCapacity, DatabaseEngine, EncryptedCache, EncryptedDatabase, HaVpc, HaVpcProps, SubnetTier } from '../../src';

/** A network with what keeps data in it; its template is what CloudFormation compares. */
function inhabited(props: HaVpcProps, subnetsOf?: (network: HaVpc) => SubnetSelection): Record<string, any> {
  const stack = new Stack(new App(), 'Stack');
  const network = new HaVpc(stack, 'Network', props);
  const place = { vpc: network.vpc, vpcSubnets: subnetsOf?.(network) };
  new EncryptedDatabase(stack, 'Instance', { ...place, engine: DatabaseEngine.mysql(), databaseName: 'app' });
  new EncryptedDatabase(stack, 'Cluster', { ...place, engine: DatabaseEngine.auroraPostgres(), databaseName: 'app', restoreDrill: {} });
  new EncryptedDatabase(stack, 'Proxied', { ...place, engine: DatabaseEngine.postgres(), databaseName: 'app', proxy: {} });
  new EncryptedCache(stack, 'Nodes', place);
  new EncryptedCache(stack, 'Serverless', { ...place, capacity: CacheCapacity.serverless() });
  return Template.fromStack(stack).toJSON().Resources;
}

/** What changes of what was there, other than the network itself: `<id without hash> <type> <properties>`. */
function changes(before: Record<string, any>, after: Record<string, any>): string[] {
  return Object.entries(before).filter(([id]) => !id.startsWith('Network')).flatMap(([id, { Type, Properties = {} }]) => {
    if (!after[id]) return [`${id} ${Type} is gone`];
    const names = Object.keys({ ...Properties, ...after[id].Properties })
      .filter((name) => JSON.stringify(Properties[name]) !== JSON.stringify(after[id].Properties[name]));
    return names.length === 0 ? [] : [`${id.replace(/[0-9A-F]{8}$/, '')} ${Type} ${names.sort().join(' ')}`];
  }).sort();
}

/** What grows in place: groups of subnets, which take one more, and the function of the drill. */
const IN_PLACE = [
  'ClusterRestoreDrillQueryFunction AWS::Lambda::Function VpcConfig',
  'ClusterSubnetGroup AWS::RDS::DBSubnetGroup SubnetIds',
  'InstanceSubnetGroup AWS::RDS::DBSubnetGroup SubnetIds',
  'NodesSubnets AWS::ElastiCache::SubnetGroup SubnetIds',
  'ProxiedSubnetGroup AWS::RDS::DBSubnetGroup SubnetIds',
];
const REPLACED = [
  'ProxiedProxy AWS::RDS::DBProxy DBProxyName VpcSubnetIds', // with a new name, so that CloudFormation can
  'ProxiedProxyConnectionsAlarm AWS::CloudWatch::Alarm Metrics',
  'ProxiedProxyLoginAlarm AWS::CloudWatch::Alarm Dimensions',
  'ProxiedProxyLogs AWS::Logs::LogGroup LogGroupName',
];
const REFUSED = ['Serverless AWS::ElastiCache::ServerlessCache SubnetIds']; // its name stays, and CloudFormation replaces nothing that keeps its name

describe('what is in a network', () => {
  test('grows by a zone in place, but for a proxy, which is replaced, and a serverless cache, which cannot be', () => {
    expect(changes(inhabited({ maxAzs: 2 }), inhabited({ maxAzs: 3 }))).toEqual([...IN_PLACE, ...REPLACED, ...REFUSED].sort());
  });

  test('stays as it is when a zone is added, if it has subnets that stay', () => {
    const firstTwo = ({ vpc }: HaVpc) => ({ subnets: vpc.isolatedSubnets.slice(0, 2) });
    expect(changes(inhabited({ maxAzs: 2 }, firstTwo), inhabited({ maxAzs: 3 }, firstTwo))).toEqual([]);
    expect(changes(inhabited({ maxAzs: 2 }), inhabited({ maxAzs: 3 }, firstTwo))).toEqual([]); // also if they are given with the zone
  });

  test.each([['an isolated tier', SubnetTier.isolated('Cache')], ['a tier with egress', SubnetTier.privateWithEgress('Batch')]])(
    'stays as it is when %s is added', (_, additionalTier) => {
      expect(changes(inhabited({ maxAzs: 2 }), inhabited({ maxAzs: 2, additionalTier }))).toEqual([]);
    });

  test('moves from private subnets into a first isolated tier, unless it has subnets that stay', () => {
    const isolated = { ...EXACT, isolatedSubnetCidrs: ['192.168.100.32/28', '192.168.100.48/28'] };
    const inPrivate = ({ vpc }: HaVpc) => ({ subnets: vpc.privateSubnets });
    expect(changes(inhabited(EXACT), inhabited(isolated))).toEqual([...IN_PLACE, ...REPLACED, ...REFUSED].sort());
    expect(changes(inhabited(EXACT), inhabited(isolated, inPrivate))).toEqual([]);
  });
});

describe('of several isolated tiers', () => {
  const subnetsIn = (vpc: IVpc) => {
    const cache = new EncryptedCache(Stack.of(vpc), 'Cache', { vpc });
    new EncryptedDatabase(Stack.of(vpc), 'Database', { vpc, engine: DatabaseEngine.mysql(), databaseName: 'app' });
    const template = Template.fromStack(Stack.of(cache));
    const [cacheGroup, databaseGroup] = ['AWS::ElastiCache::SubnetGroup', 'AWS::RDS::DBSubnetGroup'].map((type) => Object.values(template.findResources(type))[0]);
    expect(databaseGroup.Properties.SubnetIds).toEqual(cacheGroup.Properties.SubnetIds);
    return databaseGroup.Properties.SubnetIds.map((id: any) => id.Ref ?? id);
  };
  const zones = ['eu-west-3a', 'eu-west-3b'];
  const imported = (isolatedSubnetNames: string[]) => Vpc.fromVpcAttributes(new Stack(new App(), 'Stack'), 'Network', {
    vpcId: 'vpc-1', availabilityZones: zones, isolatedSubnetNames, isolatedSubnetIds: ['subnet-1', 'subnet-2', 'subnet-3', 'subnet-4'],
  });

  test('data is in the one called Isolated', () => {
    const { vpc } = new HaVpc(new Stack(new App(), 'Stack'), 'Network', { maxAzs: 2, additionalTier: SubnetTier.isolated('Cache') });
    expect(subnetsIn(vpc)).toEqual([expect.stringMatching(/^NetworkVpcIsolatedSubnet1/), expect.stringMatching(/^NetworkVpcIsolatedSubnet2/)]);
  });

  test('data is in it, too, if the network is imported', () => {
    expect(subnetsIn(imported(['Cache', 'Isolated']))).toEqual(['subnet-3', 'subnet-4']);
  });

  test('data is in all if none is called so', () => {
    expect(subnetsIn(imported(['Cache', 'Data']))).toEqual(['subnet-1', 'subnet-2', 'subnet-3', 'subnet-4']);
  });
});
