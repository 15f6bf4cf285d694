import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IConnectable, Peer, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Rule } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { CacheCapacity, DatabaseEngine, EncryptedCache, EncryptedDatabase, PhotoRestore, QueueProducer, SecureQueue, StaticFiles, StaticMediaCdn, TerraformStateBackend, ThumbnailToWasabi } from '../../src';
import { WaitsFor } from '../checks/waits-for';

interface Place {
  /** Of the resource. */
  readonly data: Stack;
  /** Of what is let in, or sends. */
  readonly web: Stack;
  readonly vpc: Vpc;
}

const network = (scope: Construct) => new Vpc(scope, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }] });

/** Has a stack refer to another, for a reason that has nothing to do with what is tested. */
const refer = (from: Stack, to: Stack) => new StringParameter(from, 'Reason', { stringValue: new Topic(to, 'Reason').topicArn });

function apart(networkOf: 'data' | 'web' | 'neither', dependent?: 'data' | 'web'): Place {
  const app = new App();
  const [net, data, web] = ['Net', 'Data', 'Web'].map((id) => new Stack(app, id));
  if (dependent) refer(...(dependent === 'web' ? [web, data] : [data, web]) as [Stack, Stack]);
  return { data, web, vpc: network({ data, web, neither: net }[networkOf]) };
}

function nested(places: (outer: Stack) => [Stack, Stack], networkOf?: 'data' | 'web'): Place {
  const outer = new Stack(new App(), 'Outer');
  const [data, web] = places(outer);
  return { data, web, vpc: network(networkOf ? { data, web }[networkOf] : outer) };
}

/** Which stack depends on which, and where both get their network from. */
const DIRECTIONS: Record<string, () => Place> = {
  'the application uses the data': () => apart('data', 'web'),
  'the application uses the data, both in a network of a third stack': () => apart('neither', 'web'),
  'the data use the application\'s stack': () => apart('web', 'data'),
  'the data are in the application\'s network': () => apart('web'),
  'the application is in the data\'s network': () => apart('data'),
  'neither uses the other': () => apart('neither'),
  'the application is nested beside the data': () => nested((outer) => [outer, new NestedStack(outer, 'Web')]),
  'the data are nested beside the application': () => nested((outer) => [new NestedStack(outer, 'Data'), outer]),
  'both are nested': () => nested((outer) => [new NestedStack(outer, 'Data'), new NestedStack(outer, 'Web')]),
  'both are nested, with the network at the application': () => nested((outer) => [new NestedStack(outer, 'Data'), new NestedStack(outer, 'Web')], 'web'),
  'both are nested, with the network at the data': () => nested((outer) => [new NestedStack(outer, 'Data'), new NestedStack(outer, 'Web')], 'data'),
};

/** Synthesizes, and finds no circle in the stack around nested ones either. */
function expectNoCircle({ data, web }: Place): void {
  const app = data.node.root as App;
  app.synth();
  const outer = [data, web].filter(({ nestedStackParent }) => !nestedStackParent);
  for (const stack of outer) expect(new WaitsFor(Template.fromStack(stack)).circles()).toEqual([]);
}

const rulesIn = ({ data, web }: Place) => {
  const stacks = data.node.root.node.findAll().filter(Stack.isStack);
  expect(stacks).toEqual(expect.arrayContaining([data, web]));
  return stacks.flatMap((stack) => Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress')).map((rule) => ({ stack: stack.node.id, ...rule.Properties })));
};

describe('a port is opened to a peer', () => {
  const inLambda = ({ web, vpc }: Place): IConnectable => new Function(web, 'Function', {
    vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = 0'),
  });
  const group = ({ web, vpc }: Place): IConnectable => new SecurityGroup(web, 'Group', { vpc, allowAllOutbound: false });
  const servers: Record<string, (place: Place) => { port: number; server: { allowFrom(peer: IConnectable): void } }> = {
    'a database': ({ data, vpc }) => ({ port: 5432, server: new EncryptedDatabase(data, 'Server', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'app' }) }),
    'a database behind a proxy': ({ data, vpc }) => ({ port: 3306, server: new EncryptedDatabase(data, 'Server', { vpc, engine: DatabaseEngine.auroraMysql(), databaseName: 'app', proxy: {} }) }),
    'a cache of nodes': ({ data, vpc }) => ({ port: 6379, server: new EncryptedCache(data, 'Server', { vpc }) }),
    'a serverless cache': ({ data, vpc }) => ({ port: 6379, server: new EncryptedCache(data, 'Server', { vpc, capacity: CacheCapacity.serverless() }) }),
  };
  const rows = Object.keys(servers).flatMap((server) => Object.keys(DIRECTIONS).map((direction) => [server, direction] as const));

  test.each(rows)('by allowFrom() of %s, where %s', (name, direction) => {
    const place = DIRECTIONS[direction]();
    const { server, port } = servers[name](place);
    server.allowFrom(inLambda(place));
    server.allowFrom(group(place));
    expectNoCircle(place);
    expect(rulesIn(place).filter(({ FromPort, Description }) => FromPort === port && Description !== 'from the proxy')).toHaveLength(2);
  });

  test.each([
    ['the application uses the data', 'Web'], ['neither uses the other', 'Data'], ['the data use the application\'s stack', 'Data'], ['both are nested', 'Outer'],
  ])('where %s, by a rule of %s', (direction, owner) => {
    const place = DIRECTIONS[direction]();
    const { server } = servers['a cache of nodes'](place);
    server.allowFrom(group(place));
    expect(rulesIn(place).map(({ stack }) => stack)).toEqual([owner]);
  });

  test('where the application only waits for the data, which is no reference', () => {
    const place = apart('neither');
    const { server } = servers['a cache of nodes'](place);
    const peer = inLambda(place);
    (peer as Function).node.addDependency(server as unknown as Construct);
    server.allowFrom(peer);
    expectNoCircle(place);
    expect(rulesIn(place).map(({ stack }) => stack)).toEqual(['Web']);
  });

  test('by a stack between the two', () => {
    const place = apart('neither');
    const between = new Stack(place.data.node.root, 'Between');
    refer(between, place.data);
    new StringParameter(place.web, 'Through', { stringValue: new Topic(between, 'Through').topicArn });
    const { server } = servers['a cache of nodes'](place);
    server.allowFrom(group(place));
    expectNoCircle(place);
    expect(rulesIn(place).map(({ stack }) => stack)).toEqual(['Web']);
  });

  test('once, however often it is asked for', () => {
    const place = apart('data', 'web');
    const { server } = servers['a cache of nodes'](place);
    const peer = inLambda(place);
    server.allowFrom(peer);
    server.allowFrom(peer);
    expect(rulesIn(place)).toHaveLength(1);
  });

  test('that is no security group, as before', () => {
    const place = apart('data');
    const { server } = servers['a cache of nodes'](place);
    server.allowFrom(Peer.ipv4('10.0.0.0/16'));
    expect(JSON.stringify(Template.fromStack(place.data).findResources('AWS::EC2::SecurityGroup'))).toContain('10.0.0.0/16');
  });
});

describe('what another stack\'s application may do', () => {
  const role = ({ web }: Place) => new Role(web, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
  const photos = ({ data }: Place) => new ThumbnailToWasabi(data, 'Photos', {
    wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', encryptionKey: new Key(data, 'Key'), credentials: new Secret(data, 'Wasabi', { encryptionKey: new Key(data, 'SecretKey') }),
  });
  const queue = ({ data }: Place) => new SecureQueue(data, 'Jobs', { encryptionKey: new Key(data, 'Key') });
  const state = ({ data }: Place) => new TerraformStateBackend(data, 'State');
  const cdn = ({ data }: Place) => new StaticMediaCdn(data, 'Cdn', { staticFiles: StaticFiles.fromBucket() });
  const grants: Record<string, (place: Place, grantee: Role) => unknown> = {
    'EncryptedDatabase.grantConnect': ({ data, vpc }, grantee) => new EncryptedDatabase(data, 'Database', { vpc, engine: DatabaseEngine.postgres(), databaseName: 'app' }).grantConnect(grantee, 'app'),
    'SecureQueue.grantSend': (place, grantee) => queue(place).grantSend(grantee),
    'SecureQueue.grantConsume': (place, grantee) => queue(place).grantConsume(grantee),
    'SecureQueue.grantWorker': (place, grantee) => queue(place).grantWorker(grantee),
    'StaticMediaCdn.grantMediaReadWrite': (place, grantee) => cdn(place).grantMediaReadWrite(grantee),
    'StaticMediaCdn.grantStaticPublish': (place, grantee) => cdn(place).grantStaticPublish(grantee),
    'ThumbnailToWasabi.grantUpload': (place, grantee) => photos(place).grantUpload(grantee),
    'ThumbnailToWasabi.grantReadThumbnails': (place, grantee) => photos(place).grantReadThumbnails(grantee),
    'ThumbnailToWasabi.grantReadArchive': (place, grantee) => photos(place).grantReadArchive(grantee),
    'ThumbnailToWasabi.grantBackfill': (place, grantee) => photos(place).grantBackfill(grantee),
    'TerraformStateBackend.grantState': (place, grantee) => state(place).grantState(grantee, { key: 'app.tfstate' } as any),
    'TerraformStateBackend.grantReadState': (place, grantee) => state(place).grantReadState(grantee, { key: 'app.tfstate' } as any),
  };
  /** A permission is of the identity's stack, which then uses the resource's, as CDK has it. */
  const directions = ['the application uses the data', 'the application is nested beside the data', 'the data are nested beside the application', 'both are nested'];

  test.each(Object.keys(grants).flatMap((grant) => directions.map((direction) => [grant, direction] as const)))('by %s(), where %s', (grant, direction) => {
    const place = DIRECTIONS[direction]();
    grants[grant](place, role(place));
    expectNoCircle(place);
    expect(Object.keys(Template.fromStack(place.web).findResources('AWS::IAM::Policy')).filter((id) => id.startsWith('Role'))).toHaveLength(1);
  });
});

test('photos read the credentials of another stack, also with a key there', () => {
  const { data, web } = apart('neither');
  const credentials = new Secret(web, 'Wasabi', { encryptionKey: new Key(web, 'Key') });
  const subject = new ThumbnailToWasabi(data, 'Photos', { wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials });
  new PhotoRestore(data, 'Restore', { photos: subject, destination: new Bucket(data, 'Restored', { versioned: true }), credentials });
  (data.node.root as App).synth();
  expect(data.dependencies.map(({ node }) => node.id)).toEqual(['Web']);
  const policies = JSON.stringify(Template.fromStack(data).findResources('AWS::IAM::Policy'));
  expect(policies.split('"kms:Decrypt"').length - 1).toBeGreaterThanOrEqual(3); // to archive, to make the bucket, to restore
});

describe('a queue hears of another stack', () => {
  const queue = ({ data }: Place, withKey: boolean) => new SecureQueue(data, 'Jobs', { encryptionKey: withKey ? new Key(data, 'Key') : undefined });
  const sourcesUseQueue: Record<string, (jobs: SecureQueue, place: Place) => void> = {
    'a bucket': (jobs, { web }) => new Bucket(web, 'Bucket').addObjectCreatedNotification(jobs.asBucketDestination()),
    'a bucket that may send already': (jobs, { web }) => {
      const bucket = new Bucket(web, 'Bucket');
      jobs.allowPublish(QueueProducer.bucket(bucket));
      bucket.addEventNotification(EventType.OBJECT_REMOVED, jobs.asBucketDestination(), { prefix: 'photos/' });
    },
    'a rule': (jobs, { web }) => void new Rule(web, 'Rule', { eventPattern: { source: ['app'] }, targets: [jobs.asRuleTarget()] }),
  };
  const queueUsesSources: Record<string, (jobs: SecureQueue, place: Place) => void> = {
    'a bucket': (jobs, { web }) => Bucket.fromBucketName(jobs, 'Imported', new Bucket(web, 'Bucket').bucketName).addObjectCreatedNotification(jobs.asBucketDestination()),
    'a topic': (jobs, { web }) => void new Topic(web, 'Topic').addSubscription(new SqsSubscription(jobs.queue)),
  };
  const usesQueue = ['the application uses the data', 'neither uses the other', 'the application is nested beside the data', 'the data are nested beside the application', 'both are nested'];
  const usesSource = ['the data use the application\'s stack', 'neither uses the other', 'the application is nested beside the data', 'the data are nested beside the application', 'both are nested'];
  const rows = [
    ...Object.entries(sourcesUseQueue).flatMap(([name, connect]) => usesQueue.map((direction) => [name, direction, connect] as const)),
    ...Object.entries(queueUsesSources).flatMap(([name, connect]) => usesSource.map((direction) => [name, direction, connect] as const)),
  ].filter(([name, direction]) => name !== 'a topic' || direction !== 'the data are nested beside the application'); // CDK's addSubscription() refuses it

  test.each(rows)('%s, where %s', (_, direction, connect) => {
    for (const withKey of [true, false]) {
      const place = DIRECTIONS[direction]();
      const jobs = queue(place, withKey);
      connect(jobs, place);
      expectNoCircle(place);
    }
  });
});
