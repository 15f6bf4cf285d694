import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { SubnetFilter, SubnetSelection, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CacheCapacity, DatabaseEngine, EncryptedCache, EncryptedDatabase, EncryptedDatabaseProps } from '../../src';

/** Every construct that takes a network, in each way that looks at its subnets. */
const CONSTRUCTS: Record<string, (stack: Stack, network: Pick<EncryptedDatabaseProps, 'vpc' | 'vpcSubnets'>) => void> = {
  'an instance': (stack, network) => database(stack, { ...network, engine: DatabaseEngine.postgres() }),
  'a proxied instance with a drill': (stack, network) => database(stack, { ...network, engine: DatabaseEngine.mysql(), proxy: {}, restoreDrill: {}, backupPlan: {} }),
  'a cluster': (stack, network) => database(stack, { ...network, engine: DatabaseEngine.auroraPostgres(), readers: 1 }),
  'a serverless cluster': (stack, network) => database(stack, { ...network, engine: DatabaseEngine.auroraMysql(), serverless: { maximumCapacity: 4 } }),
  'a cache of nodes': (stack, network) => new EncryptedCache(stack, 'Cache', network),
  'a serverless cache': (stack, network) => new EncryptedCache(stack, 'Cache', { ...network, capacity: CacheCapacity.serverless() }),
};

function database(stack: Stack, props: Omit<EncryptedDatabaseProps, 'databaseName'>) {
  new EncryptedDatabase(stack, 'Database', { databaseName: 'app', ...props });
}

const SELECTIONS: Record<string, SubnetSelection | undefined> = {
  'the default': undefined,
  'a type': { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
  'the name of a group': { subnetGroupName: 'Data' },
  'zones': { availabilityZones: ['eu-west-1a', 'eu-west-1c'] },
  'a filter': { subnetFilters: [SubnetFilter.byIds(['subnet-1', 'subnet-2'])] },
  'one in each zone': { subnetType: SubnetType.PRIVATE_WITH_EGRESS, onePerAz: true },
};

const CASES = Object.keys(CONSTRUCTS).flatMap((construct) => Object.keys(SELECTIONS).map((selection) => [construct, selection]));

test.each(CASES)('%s in a network that is not looked up yet, by %s, is synthesized, so that the CLI looks', (construct, selection) => {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'eu-west-1' } });
  CONSTRUCTS[construct](stack, { vpc: Vpc.fromLookup(stack, 'Network', { vpcName: 'company' }), vpcSubnets: SELECTIONS[selection] });

  expect(app.synth().manifest.missing).toHaveLength(1);
  const errors = Annotations.fromStack(stack).findError('*', Match.anyValue()).map(({ entry }) => `${entry.data}`);
  expect(errors.filter((error) => error.includes('cdk-mainstay'))).toEqual([]);
});
