import { App, CfnOutput, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { KeyGroup, PublicKey } from 'aws-cdk-lib/aws-cloudfront';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Cluster, ContainerImage, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { EventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { IRole, ManagedPolicy, OidcProviderNative, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { PublicHostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import {
  AppImage, Binding, BindingTarget, ContainerAppWithAlb, ContainerAppWithAlbProps, DatabaseEngine, DefaultContent, EncryptedCache, EncryptedDatabase,
  EncryptedDatabaseProps, FlowLogs, GithubOidcProvider, GithubOidcRole, GithubSubject, HaVpc, Ingress, PhotoRestore, QueueProducer, SecureQueue,
  StaticFiles, StaticMediaCdn, StaticMediaCdnProps, TerraformStateBackend, TerraformStateLock, ThumbnailToWasabi, ThumbnailToWasabiProps,
} from '../../src';

/** Of the construct, of what it is given or lets in, and of the network that both may use. */
interface Stacks { readonly ours: Stack; readonly theirs: Stack; readonly net: Stack }

const DIRECTIONS = {
  'neither uses the other': () => {},
  'our stack uses theirs already': ({ ours, theirs }: Stacks) => refer(ours, theirs),
  'their stack uses ours already': ({ ours, theirs }: Stacks) => refer(theirs, ours),
};

/** For a reason that has nothing to do with what is tested. */
const refer = (from: Stack, to: Stack) => void new StringParameter(from, 'Reason', { stringValue: new Topic(to, 'Reason').topicArn });

function stacks(): Stacks {
  const app = new App();
  const [ours, theirs, net] = ['Ours', 'Theirs', 'Net'].map((id) => new Stack(app, id));
  return { ours, theirs, net };
}

const vpcOf = (net: Stack) => net.node.tryFindChild('Vpc') as Vpc ?? new Vpc(net, 'Vpc', { natGateways: 1 });
const keyOf = (stack: Stack, id = 'Key') => new Key(stack, id);
const topicOf = (stack: Stack) => new Topic(stack, 'Topic', { masterKey: keyOf(stack), enforceSSL: true });
const bucketOf = (stack: Stack, id = 'Bucket') => new Bucket(stack, id, { encryption: BucketEncryption.KMS, encryptionKey: keyOf(stack, `${id}Key`) });
const namedBucketOf = (stack: Stack, isEncrypted = false) =>
  new Bucket(stack, 'Named', { bucketName: 'company-files', ...isEncrypted && { encryption: BucketEncryption.KMS, encryptionKey: keyOf(stack) } });
const secretOf = (stack: Stack, id = 'Secret') => new Secret(stack, id, { encryptionKey: keyOf(stack, `${id}Key`) });
const zoneOf = (stack: Stack) => new PublicHostedZone(stack, 'Zone', { zoneName: 'example.org' });
const functionOf = (stack: Stack, vpc?: Vpc) => new Function(stack, 'Function', { vpc, runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: Code.fromInline('exports.handler = 0') });
const bind = (fn: Function, binding: Parameters<BindingTarget['use']>[0]) => BindingTarget.lambdaFunction(fn).use(binding);
const roleOf = (stack: Stack) => new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });

const image = ContainerImage.fromRegistry('example/web:1.4.0');
const database = ({ ours, net }: Stacks, props: Partial<EncryptedDatabaseProps> = {}) =>
  new EncryptedDatabase(ours, 'Database', { vpc: vpcOf(net), engine: DatabaseEngine.postgres(), databaseName: 'app', ...props });
const cache = ({ ours, net }: Stacks, props: { encryptionKey?: Key; alarmTopic?: Topic } = {}) => new EncryptedCache(ours, 'Cache', { vpc: vpcOf(net), ...props });
const queue = ({ ours }: Stacks, encryptionKey = keyOf(ours)) => new SecureQueue(ours, 'Queue', { encryptionKey });
const cdn = ({ ours }: { ours: Stack }, props: StaticMediaCdnProps = {}) => new StaticMediaCdn(ours, 'Cdn', { staticFiles: StaticFiles.fromBucket(), ...props });
const photos = ({ ours }: Stacks, props: Partial<ThumbnailToWasabiProps> = {}) =>
  new ThumbnailToWasabi(ours, 'Photos', { wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: secretOf(ours, 'Wasabi'), ...props });
const state = ({ ours }: Stacks, encryptionKey = keyOf(ours)) => new TerraformStateBackend(ours, 'State', { encryptionKey, lock: TerraformStateLock.table() });
const github = ({ ours }: Stacks, props = {}) => new GithubOidcRole(ours, 'Github', { subjects: [GithubSubject.branch('owner/repo', 'main')], ...props });
const app = ({ ours, net }: Stacks, props: Partial<ContainerAppWithAlbProps> = {}) => new ContainerAppWithAlb(ours, 'App', { vpc: vpcOf(net), image, ...props });
const LOCATIONS = { bucket: 'BUCKET', location: 'LOCATION', region: 'REGION' };

/** What is granted to a role; the construct is of `ours`. */
const GRANTS: Record<string, (at: Stacks, grantee: IRole) => unknown> = {
  'EncryptedDatabase.grantConnect': (at, role) => database(at).grantConnect(role, 'app'),
  'SecureQueue.grantSend': (at, role) => queue(at).grantSend(role),
  'SecureQueue.grantConsume': (at, role) => queue(at).grantConsume(role),
  'SecureQueue.grantWorker': (at, role) => queue(at).grantWorker(role),
  'StaticMediaCdn.grantMediaReadWrite': (at, role) => cdn(at, { encryptionKey: keyOf(at.ours) }).grantMediaReadWrite(role),
  'StaticMediaCdn.grantStaticPublish': (at, role) => cdn(at).grantStaticPublish(role),
  'ThumbnailToWasabi.grantUpload': (at, role) => photos(at).grantUpload(role),
  'ThumbnailToWasabi.grantReadThumbnails': (at, role) => photos(at, { encryptionKey: keyOf(at.ours) }).grantReadThumbnails(role),
  'ThumbnailToWasabi.grantReadArchive': (at, role) => photos(at).grantReadArchive(role),
  'ThumbnailToWasabi.grantBackfill': (at, role) => photos(at).grantBackfill(role),
  'PhotoRestore.grantRestore': (at, role) => new PhotoRestore(at.ours, 'Restore', { photos: photos(at), destination: bucketOf(at.ours) }).grantRestore(role),
  'TerraformStateBackend.grantState': (at, role) => state(at).grantState(role, { key: 'app.tfstate' }),
  'TerraformStateBackend.grantReadState': (at, role) => state(at).grantReadState(role, { key: 'app.tfstate' }),
};

/** What a construct of `ours` is given of `theirs`, which it then refers to. */
const PROPS: Record<string, (at: Stacks) => unknown> = {
  'HaVpc.encryptionKey': ({ ours, theirs }) => new HaVpc(ours, 'Network', { encryptionKey: keyOf(theirs) }),
  'HaVpc.alarmTopic': ({ ours, theirs }) => new HaVpc(ours, 'Network', { alarmTopic: topicOf(theirs) }),
  'HaVpc.flowLogs': ({ ours, theirs }) => new HaVpc(ours, 'Network', { flowLogs: FlowLogs.toS3(bucketOf(theirs)) }),
  'EncryptedDatabase.vpc': (at) => database({ ...at, net: at.theirs }),
  'EncryptedDatabase.encryptionKey': (at) => database(at, { encryptionKey: keyOf(at.theirs) }),
  'EncryptedDatabase.alarmTopic': (at) => database(at, { alarmTopic: topicOf(at.theirs) }),
  'EncryptedCache.encryptionKey': (at) => cache(at, { encryptionKey: keyOf(at.theirs) }),
  'EncryptedCache.alarmTopic': (at) => cache(at, { alarmTopic: topicOf(at.theirs) }),
  'SecureQueue.encryptionKey': (at) => queue(at, keyOf(at.theirs)).grantWorker(roleOf(at.ours)),
  'SecureQueue.alarmTopic': ({ ours, theirs }) => new SecureQueue(ours, 'Queue', { alarmTopic: topicOf(theirs) }),
  'StaticMediaCdn.accessLogsBucket': (at) => cdn(at, { accessLogsBucket: new Bucket(at.theirs, 'Logs') }),
  'StaticMediaCdn.appSecret': (at) => cdn(at, { appDomain: 'app.example.org', defaultContent: DefaultContent.app(), appSecret: secretOf(at.theirs) }),
  'StaticMediaCdn.hostedZone': (at) => cdn(at, { domainName: 'cdn.example.org', hostedZone: zoneOf(at.theirs) }),
  'StaticMediaCdn.certificate': (at) => cdn(at, { domainName: 'cdn.example.org', certificate: new Certificate(at.theirs, 'Certificate', { domainName: 'cdn.example.org' }) }),
  'StaticMediaCdn.mediaKeyGroups': (at) => cdn(at, { mediaKeyGroups: [new KeyGroup(at.theirs, 'Group', { items: [PublicKey.fromPublicKeyId(at.theirs, 'Public', 'K123')] })] }),
  'ThumbnailToWasabi.credentials': (at) => photos(at, { credentials: secretOf(at.theirs) }),
  'ThumbnailToWasabi.dropbox': (at) => photos(at, { dropbox: bucketOf(at.theirs) }),
  'ThumbnailToWasabi.thumbnailsBucket': (at) => photos(at, { thumbnailsBucket: bucketOf(at.theirs) }),
  'ThumbnailToWasabi.accessLogsBucket': (at) => photos(at, { accessLogsBucket: new Bucket(at.theirs, 'Logs') }),
  'ThumbnailToWasabi.encryptionKey': (at) => photos(at, { encryptionKey: keyOf(at.theirs) }),
  'ThumbnailToWasabi.eventBus': (at) => photos(at, { eventBus: new EventBus(at.theirs, 'Bus') }).onArchived('Archived'),
  'ThumbnailToWasabi.alarmTopic': (at) => photos(at, { alarmTopic: topicOf(at.theirs) }),
  'ThumbnailToWasabi.onArchived(queue)': (at) => photos(at).onArchived('Archived', { target: new SecureQueue(at.theirs, 'Queue', { encryptionKey: keyOf(at.theirs) }).asRuleTarget() }),
  'PhotoRestore.destination': (at) => new PhotoRestore(at.ours, 'Restore', { photos: photos(at), destination: bucketOf(at.theirs) }),
  'PhotoRestore.photos': (at) => new PhotoRestore(at.ours, 'Restore', { photos: photos({ ...at, ours: at.theirs }), destination: bucketOf(at.ours) }),
  'PhotoRestore.credentials': (at) => new PhotoRestore(at.ours, 'Restore', { photos: photos(at), destination: bucketOf(at.ours), credentials: secretOf(at.theirs) }),
  'TerraformStateBackend.encryptionKey': (at) => state(at, keyOf(at.theirs)).grantState(roleOf(at.ours), { key: 'app.tfstate' }),
  'TerraformStateBackend.accessLogsBucket': ({ ours, theirs }) => new TerraformStateBackend(ours, 'State', { accessLogsBucket: new Bucket(theirs, 'Logs') }),
  'GithubOidcRole.permissionsBoundary': (at) => github(at, {
    permissionsBoundary: new ManagedPolicy(at.theirs, 'Boundary', { statements: [new PolicyStatement({ actions: ['s3:*'], resources: ['*'] })] }),
  }),
  'GithubOidcRole.provider': (at) => github(at, {
    provider: GithubOidcProvider.fromProvider(new OidcProviderNative(at.theirs, 'Provider', { url: 'https://token.actions.githubusercontent.com', clientIds: ['sts.amazonaws.com'] })),
  }),
  'GithubOidcRole.grantEcrPush': (at) => github(at).grantEcrPush(new Repository(at.theirs, 'Images', { encryptionKey: keyOf(at.theirs) })),
  'Binding.bucketReadWrite': ({ ours, theirs }) => bind(functionOf(ours), Binding.bucketReadWrite(bucketOf(theirs), LOCATIONS)),
  'Binding.secret': ({ ours, theirs }) => bind(functionOf(ours), Binding.secret(secretOf(theirs), 'SECRET')),
  'ContainerAppWithAlb.vpc': (at) => app({ ...at, net: at.theirs }),
  'ContainerAppWithAlb.cluster': (at) => app(at, { cluster: new Cluster(at.theirs, 'Cluster', { vpc: vpcOf(at.net) }) }),
  'ContainerAppWithAlb.hostedZone': (at) => app(at, { domainName: 'app.example.org', hostedZone: zoneOf(at.theirs) }),
  'ContainerAppWithAlb.certificate': (at) => app(at, { domainName: 'app.example.org', certificate: new Certificate(at.theirs, 'Certificate', { domainName: 'app.example.org' }) }),
  'ContainerAppWithAlb.alarmTopic': (at) => app(at, { alarmTopic: topicOf(at.theirs) }),
  'ContainerAppWithAlb.image, of a repository': (at) => app(at, { image: AppImage.ecr(new Repository(at.theirs, 'Images', { encryptionKey: keyOf(at.theirs) }), { tag: '1.0' }) }),
  'ContainerAppWithAlb.image, of a private registry': (at) => app(at, { image: AppImage.registry('example/web:1.4.0', { credentials: secretOf(at.theirs) }) }),
  'ContainerAppWithAlb.uses: database.binding()': (at) => app(at, { uses: [database({ ...at, ours: at.theirs }).binding({ url: 'URL' })] }),
  'ContainerAppWithAlb.uses: cdn.mediaBinding()': (at) => app(at, { uses: [cdn({ ours: at.theirs }, { encryptionKey: keyOf(at.theirs) }).mediaBinding(LOCATIONS)] }),
  'ContainerAppWithAlb.uses: Binding.secret()': (at) => app(at, { uses: [Binding.secret(secretOf(at.theirs), 'SECRET')] }),
  'ContainerAppWithAlb.ingress': (at) => app(at, {
    domainName: 'app.example.org', hostedZone: zoneOf(at.ours), ingress: Ingress.cloudFrontOnly(cdn({ ours: at.theirs }, { defaultContent: DefaultContent.app() })),
  }),
  'ContainerAppWithAlb.addWorker(queue)': (at) => app(at).addWorker('Worker', { queue: queue({ ...at, ours: at.theirs }) }),
  'ContainerAppWithAlb.addInternalService(encryptionKey)': (at) => app(at).addInternalService('Search', { name: 'search', image, port: 9200, dataPath: '/data', encryptionKey: keyOf(at.theirs) }),
};

/** What of `theirs` uses a construct of `ours`, and so refers to it. */
const USES: Record<string, (at: Stacks) => unknown> = {
  ...Object.fromEntries(Object.entries(GRANTS).map(([name, grant]) => [name, (at: Stacks) => grant(at, roleOf(at.theirs))])),
  'EncryptedDatabase.binding': (at) => bind(functionOf(at.theirs, vpcOf(at.net)), database(at).binding({ secretArn: 'SECRET_ARN' })),
  'EncryptedCache.binding': (at) => bind(functionOf(at.theirs, vpcOf(at.net)), cache(at).binding({ secretArn: 'SECRET_ARN' })),
  'SecureQueue.workerBinding': (at) => bind(functionOf(at.theirs), queue(at).workerBinding({ url: 'QUEUE_URL' })),
  'SecureQueue.asRuleTarget': (at) => new Rule(at.theirs, 'Rule', { schedule: Schedule.expression('rate(1 hour)'), targets: [queue(at).asRuleTarget()] }),
  'SecureQueue.asBucketDestination': (at) => bucketOf(at.theirs).addObjectCreatedNotification(queue(at).asBucketDestination()),
  'StaticMediaCdn.mediaBucket': (at) => cdn(at, { mediaBucket: namedBucketOf(at.theirs, true) }),
  'StaticMediaCdn.staticBucket': (at) => cdn(at, { staticBucket: namedBucketOf(at.theirs, true) }),
  'WebService.binding': (at) => bind(functionOf(at.theirs, vpcOf(at.net)), app(at).webService.binding({ url: 'WEB_URL' })),
};

/** What needs no reference, or decides by itself which of the two stacks has it. */
const FREE: Record<string, (at: Stacks) => unknown> = {
  'EncryptedDatabase.allowFrom': (at) => database(at).allowFrom(functionOf(at.theirs, vpcOf(at.net))),
  'EncryptedCache.allowFrom': (at) => cache(at).allowFrom(functionOf(at.theirs, vpcOf(at.net))),
  'InternalService.allowFrom': (at) => app(at).addInternalService('Search', { name: 'search', image, port: 9200 }).allowFrom(functionOf(at.theirs, vpcOf(at.net))),
  'SecureQueue.allowPublish(bucket)': (at) => queue(at).allowPublish(QueueProducer.bucket(bucketOf(at.theirs))),
  'SecureQueue.allowPublish(topic)': (at) => queue(at).allowPublish(QueueProducer.topic(new Topic(at.theirs, 'Topic'))),
  'SecureQueue.allowPublish(rule)': (at) => queue(at).allowPublish(QueueProducer.rule(new Rule(at.theirs, 'Rule', { schedule: Schedule.expression('rate(1 hour)') }))),
};

/** The stack of the bucket waits for that of the CDN; who of the CDN's stack uses the bucket must not refer to it. */
const BUCKETS_OF_CDN = Object.fromEntries([false, true].flatMap((isEncrypted) => (['ours', 'theirs', 'net'] as const).flatMap((of) => {
  const media = (at: Stacks) => cdn(at, { mediaBucket: namedBucketOf(at.theirs, isEncrypted) });
  const statics = (at: Stacks) => cdn(at, { staticBucket: namedBucketOf(at.theirs, isEncrypted) });
  const rows: Record<string, (at: Stacks) => unknown> = {
    'StaticMediaCdn.grantMediaReadWrite': (at) => media(at).grantMediaReadWrite(roleOf(at[of])),
    'StaticMediaCdn.grantStaticPublish': (at) => statics(at).grantStaticPublish(roleOf(at[of])),
    'StaticMediaCdn.mediaBinding': (at) => bind(functionOf(at[of]), media(at).mediaBinding(LOCATIONS)),
    'StaticMediaCdn.staticBinding': (at) => bind(functionOf(at[of]), statics(at).staticBinding(LOCATIONS)),
    'StaticMediaCdn.legacyAccessKey': (at) => cdn(at, { mediaBucket: namedBucketOf(at.theirs, isEncrypted), legacyAccessKey: true }),
    'StaticMediaCdn.djangoSettings': (at) => new CfnOutput(at.ours, 'Output', { value: media(at).djangoSettings() }),
  };
  return Object.entries(rows).map(([name, row]) => [`${name} of a bucket of theirs${isEncrypted ? ' with a key' : ''}, for ${of}`, row] as const);
})));

const OWN_ERROR = /^(Ours|Theirs)\/\S+: the stacks .* would wait for each other, which CloudFormation cannot deploy: .+ needs .+, and .+ needs .+; /;

function outcome(row: (at: Stacks) => unknown, direction: keyof typeof DIRECTIONS): 'works' | 'own error' {
  const at = stacks();
  DIRECTIONS[direction](at);
  row(at);
  try {
    (at.ours.node.root as App).synth();
  } catch (error) {
    expect((error as Error).message).toMatch(OWN_ERROR);
    return 'own error';
  }
  return 'works';
}

describe('of two stacks, of which', () => {
  const table = (rows: Record<string, (at: Stacks) => unknown>, direction: keyof typeof DIRECTIONS, expected: 'works' | 'own error') => {
    test.each(Object.entries(rows))(`${direction}, %s: ${expected}`, (_, row) => expect(outcome(row, direction)).toBe(expected));
  };
  table(PROPS, 'neither uses the other', 'works');
  table(PROPS, 'our stack uses theirs already', 'works');
  table(PROPS, 'their stack uses ours already', 'own error');
  table(USES, 'neither uses the other', 'works');
  table(USES, 'our stack uses theirs already', 'own error');
  table(USES, 'their stack uses ours already', 'works');
  table(FREE, 'neither uses the other', 'works');
  table(FREE, 'our stack uses theirs already', 'works');
  table(FREE, 'their stack uses ours already', 'works');
  table(BUCKETS_OF_CDN, 'neither uses the other', 'works');
  table(BUCKETS_OF_CDN, 'their stack uses ours already', 'works');
});

/** A nested stack is one resource of its parent, so a circle is one of resources of the parent: CDK's assertions look for it in each template, its synthesis does not. */
describe.each<[string, (parent: Stack, nested: NestedStack) => Stacks]>([
  ['their', (ours, theirs) => ({ ours, theirs, net: ours })],
  ['our', (theirs, ours) => ({ ours, theirs, net: theirs })],
])('where %s stack is nested in the other', (_, stacksOf) => {
  test.each(Object.entries({ ...PROPS, ...USES, ...FREE }))('%s makes no circle', (_name, row) => {
    const parent = new Stack(new App(), 'Parent');
    const nested = new NestedStack(parent, 'Nested');
    row(stacksOf(parent, nested));
    for (const stack of [parent, nested]) expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

describe('a circle', () => {
  test.each(Object.entries(GRANTS))('of %s() has the way out that its error names: the role, by its name, in our stack', (_, grant) => {
    expect(outcome((at) => grant(at, Role.fromRoleName(at.ours, 'Imported', roleOf(at.theirs).roleName)), 'our stack uses theirs already')).toBe('works');
  });

  test('of a bucket that notifies a queue has the way out that its error names: the bucket, by its name, beside the queue', () => {
    const row = (at: Stacks) => {
      const jobs = queue(at, keyOf(at.theirs));
      const bucket = bucketOf(at.theirs);
      Bucket.fromBucketName(jobs, 'Uploads', bucket.bucketName).addObjectCreatedNotification(jobs.asBucketDestination());
    };
    expect(outcome(row, 'our stack uses theirs already')).toBe('works');
  });

  test.each<[string, (at: Stacks) => unknown, RegExp]>([
    ['by SqsDestination of CDK', (at) => bucketOf(at.theirs).addObjectCreatedNotification(new SqsDestination(queue(at).queue)), /^Ours\/Queue: .*import a bucket that notifies the queue .*asBucketDestination/],
    ['by a grant of CDK on a bucket of the CDN', (at) => cdn(at, { mediaBucket: namedBucketOf(at.theirs) }).mediaBucket.grantRead(roleOf(at.ours)), /^Ours\/Cdn: .*grantMediaReadWrite/],
    ['by a secret of CDK with a key', (at) => app(at, { secrets: { SECRET: EcsSecret.fromSecretsManager(secretOf(at.theirs)) } }), /^Ours\/App: .*Binding\.secret\(\)/],
  ])('%s has an error that names what to use', (_, row, error) => {
    const at = stacks();
    row(at);
    expect(() => (at.ours.node.root as App).synth()).toThrow(error);
  });

  test('in which no construct of ours takes part is CDK\'s to refuse', () => {
    const at = stacks();
    queue(at);
    refer(at.theirs, at.net);
    new StringParameter(at.net, 'Back', { stringValue: new Topic(at.theirs, 'Back').topicArn });
    expect(() => (at.ours.node.root as App).synth()).toThrow(/cyclic/);
  });
});

describe('what a role of the CDN\'s stack may do in a bucket of another stack', () => {
  const statementsFor = (isEncrypted: boolean) => {
    const at = stacks();
    cdn(at, { mediaBucket: namedBucketOf(at.theirs, isEncrypted) }).grantMediaReadWrite(roleOf(at.ours));
    return Object.values(Template.fromStack(at.ours).findResources('AWS::IAM::Policy')).flatMap(({ Properties: { PolicyName, PolicyDocument } }) =>
      (PolicyName.startsWith('Role') ? PolicyDocument.Statement : []));
  };
  const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::company-files${rest}`]] });

  test('names the bucket, without a reference to it', () => {
    expect(statementsFor(false).map(({ Resource }) => Resource)).toEqual([arn(''), arn('/media/*')]);
  });

  test('names the key by what S3 encrypts with it: objects of this bucket', () => {
    const [key] = statementsFor(true).filter(({ Action }) => [Action].flat().some((action) => action.startsWith('kms:')));
    expect(key).toEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':kms:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':key/*']] },
      Condition: { StringLike: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.amazonaws.com*']] }, 'kms:EncryptionContext:aws:s3:arn': [arn(''), arn('/*')] } },
    });
  });
});
