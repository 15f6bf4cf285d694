import { Annotations as AnnotationsOf, App, NestedStack, RemovalPolicies, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { PrivateSubnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { CacheCapacity, DatabaseEngine, EncryptedCache, EncryptedDatabase, EncryptedDatabaseProps, HaVpc, StageProfile } from '../../src';

type Data = (scope: Construct, props: Pick<EncryptedDatabaseProps, 'vpc' | 'vpcSubnets' | 'encryptionKey' | 'removalPolicy' | 'proxy'>) => Construct;

const database = (engine: DatabaseEngine): Data => (scope, props) => new EncryptedDatabase(scope, 'Data', { engine, databaseName: 'app', ...props });

const DATA: [string, Data][] = [
  ['a database', database(DatabaseEngine.postgres())],
  ['an Aurora database', database(DatabaseEngine.auroraMysql())],
  ['a database with a proxy', (scope, props) => database(DatabaseEngine.mysql())(scope, { ...props, proxy: {} })],
  ['a cache', (scope, props) => new EncryptedCache(scope, 'Data', props)],
  ['a serverless cache', (scope, props) => new EncryptedCache(scope, 'Data', { ...props, capacity: CacheCapacity.serverless() })],
];

function warnings(app: App): string[] {
  app.synth();
  return app.node.findAll().filter(Stack.isStack).filter(({ nested }) => !nested).flatMap((stack) => Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('OfRetainedData')))
    .map(({ id, entry }) => `${id}: ${entry.data}`);
}

const imported = (scope: Construct) => Vpc.fromVpcAttributes(scope, 'Network', {
  vpcId: 'vpc-0a1b2c3d', availabilityZones: ['a', 'b'], isolatedSubnetIds: ['subnet-1', 'subnet-2'],
});

const NETWORK = (path: string) => new RegExp(
  `/Data: it is retained when its stack is deleted, and the network ${path} is not: .*DELETE_FAILED.*\\[ack: cdk-mainstay:NetworkOfRetainedData\\]$`,
);
const KEY = /\/Data: its data is retained when its stack is deleted, and the key Stack\/Key is not: .*\[ack: cdk-mainstay:KeyOfRetainedData\]$/;

describe.each(DATA)('%s', (_, data) => {
  test.each<[string, (scope: Construct) => Vpc, string]>([
    ['HaVpc', (scope) => new HaVpc(scope, 'Network').vpc, 'Stack/Network/Vpc'],
    ['plain network', (scope) => new Vpc(scope, 'Network'), 'Stack/Network'],
    ['network of a nested stack', (scope) => new Vpc(new NestedStack(scope, 'Nested'), 'Network'), 'Stack/Nested/Network'],
  ])('is warned of a %s that goes with the same stack', (_what, network, path) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    data(stack, { vpc: network(stack) });
    expect(warnings(app)).toEqual([expect.stringMatching(NETWORK(path))]);
  });

  test('is not warned of a network that is retained, too', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const network = new HaVpc(stack, 'Network');
    data(stack, { vpc: network.vpc });
    RemovalPolicies.of(network.vpc).retain(); // afterwards, and by an aspect
    expect(warnings(app)).toEqual([]);
  });

  test('is not warned of a network of another stack, or of one that is imported', () => {
    const app = new App();
    data(new Stack(app, 'One'), { vpc: new HaVpc(new Stack(app, 'Other'), 'Network').vpc });
    const stack = new Stack(app, 'Two');
    data(stack, { vpc: imported(stack) });
    expect(warnings(app)).toEqual([]);
  });

  test('is warned of subnets that go, in a network that is imported', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const vpc = imported(stack);
    const subnets = ['a', 'b'].map((zone, index) => new PrivateSubnet(stack, zone, { vpcId: vpc.vpcId, availabilityZone: zone, cidrBlock: `10.0.${index}.0/24` }));
    data(stack, { vpc, vpcSubnets: { subnets } });
    expect(warnings(app)).toEqual([expect.stringMatching(NETWORK('Stack/a'))]);
  });

  test('is not warned where it goes, too', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    StageProfile.ephemeral().applyTo(stack);
    data(stack, { vpc: new HaVpc(stack, 'Network').vpc, encryptionKey: new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY }) });
    expect(warnings(app)).toEqual([]);
  });

  test.each([RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE])('with %s is warned of a key that goes', (removalPolicy) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const vpc = imported(stack);
    data(stack, { vpc, removalPolicy, encryptionKey: new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY }) });
    expect(warnings(app)).toEqual([expect.stringMatching(KEY)]);
  });

  test('is not warned of a key that is retained', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const vpc = imported(stack);
    data(stack, { vpc, encryptionKey: new Key(stack, 'Key') });
    expect(warnings(app)).toEqual([]);
  });
});

test('a snapshot cannot be read without its key, either, and needs no network', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const encryptionKey = new Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY });
  database(DatabaseEngine.mysql())(stack, { vpc: new Vpc(stack, 'Network'), removalPolicy: RemovalPolicy.SNAPSHOT, encryptionKey });
  expect(warnings(app)).toEqual([expect.stringMatching(KEY)]);
});

test('the warning can be acknowledged', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  database(DatabaseEngine.mysql())(stack, { vpc: new Vpc(stack, 'Network') });
  AnnotationsOf.of(stack).acknowledgeWarning('cdk-mainstay:NetworkOfRetainedData');
  expect(warnings(app)).toEqual([]);
});
