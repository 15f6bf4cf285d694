import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AppImage, CacheCapacity, ContainerAppWithAlb, DatabaseEngine, EncryptedCache, EncryptedDatabase, FlowLogs, HaVpc, PhotoRestore,
  QueueProducer, SecureQueue, StageProfile,
  StaticMediaCdn, TerraformStateBackend, TerraformStateLock, ThumbnailToWasabi,
} from '../../src';

// Whatever resource a construct is given: that of another region or account is refused where AWS takes none, a key that cannot be used is refused, and a topic
// admits its alarms. The assembly says which positions there are, so that a new one fails here until it is asked for.

const HOME = { account: '111122223333', region: 'eu-west-1' };
const AWAY = { account: '444455556666', region: 'us-east-1' };

/** A resource of each type that is imported from a place. */
const IMPORTED: Record<string, (stack: Stack, place: typeof HOME) => any> = {
  ITopic: (stack, { account, region }) => Topic.fromTopicArn(stack, 'Given', `arn:aws:sns:${region}:${account}:given`),
  IKey: (stack, { account, region }) => Key.fromKeyArn(stack, 'Given', `arn:aws:kms:${region}:${account}:key/11111111-1111-1111-1111-111111111111`),
  IBucket: (stack, { account, region }) => Bucket.fromBucketAttributes(stack, 'Given', { bucketName: 'given', account, region }),
  ISecret: (stack, { account, region }) => Secret.fromSecretCompleteArn(stack, 'Given', `arn:aws:secretsmanager:${region}:${account}:secret:given-AbCdEf`),
  ICertificate: (stack, { account, region }) => Certificate.fromCertificateArn(stack, 'Given', `arn:aws:acm:${region}:${account}:certificate/11111111-1111-1111-1111-111111111111`),
  IRule: (stack, { account, region }) => Rule.fromEventRuleArn(stack, 'Given', `arn:aws:events:${region}:${account}:rule/given`),
  IEventBus: (stack, { account, region }) => EventBus.fromEventBusArn(stack, 'Given', `arn:aws:events:${region}:${account}:event-bus/given`),
  IBackupVault: (stack, { account, region }) => BackupVault.fromBackupVaultArn(stack, 'Given', `arn:aws:backup:${region}:${account}:backup-vault:given`),
  IVpc: (stack, { region }) => Vpc.fromVpcAttributes(stack, 'Given', {
    vpcId: 'vpc-1',
    availabilityZones: ['a', 'b'],
    region,
    isolatedSubnetIds: ['subnet-1', 'subnet-2'],
    isolatedSubnetRouteTableIds: ['rtb-1', 'rtb-2'],
    publicSubnetIds: ['subnet-3', 'subnet-4'],
    publicSubnetRouteTableIds: ['rtb-3', 'rtb-4'],
    privateSubnetIds: ['subnet-5', 'subnet-6'],
    privateSubnetRouteTableIds: ['rtb-5', 'rtb-6'],
  }),
  IHostedZone: (stack) => HostedZone.fromHostedZoneAttributes(stack, 'Given', { hostedZoneId: 'Z1', zoneName: 'example.org' }), // of the stack that imports it
};

interface Position {
  readonly build: (stack: Stack, given: any) => void;
  /** Whether a resource of another region is refused; else why it may be of one. */
  readonly region: 'refused' | `allowed: ${string}`;
  readonly account: 'refused' | `allowed: ${string}`;
}

const anywhere = (why: string) => `allowed: ${why}` as const;
const KEY_BY_POLICY = anywhere('the policy of the key decides, and a warning prints what it must have');
const TOPIC_BY_POLICY = anywhere('the policy of the topic decides, and a warning prints what it must have');
const BUCKET_BY_POLICY = anywhere('the policy of the bucket decides');
const BY_POLICY = anywhere('its policy decides');

const network = (stack: Stack) => new Vpc(stack, 'Vpc');
const database = (stack: Stack, props: object) => new EncryptedDatabase(stack, 'Subject', {
  vpc: 'vpc' in props ? undefined! : network(stack), engine: DatabaseEngine.postgres(), databaseName: 'app', ...props,
});
const photos = (stack: Stack, props: object) => new ThumbnailToWasabi(stack, 'Subject', {
  wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'wasabi'), ...props,
});
const restore = (stack: Stack, props: object) => new PhotoRestore(stack, 'Restore', { photos: photos(stack, {}), destination: Bucket.fromBucketName(stack, 'Restored', 'restored'), ...props });
const cdn = (stack: Stack, props: object) => new StaticMediaCdn(stack, 'Subject', props);
const app = { appDomain: 'app.example.com' };
const containers = (stack: Stack, props: object) => new ContainerAppWithAlb(stack, 'Subject', {
  vpc: 'vpc' in props ? undefined! : network(stack), image: ContainerImage.fromRegistry('example/web:1.4.0'), ...props,
});

const POSITIONS: Record<string, Position> = {
  'SecureQueueProps.alarmTopic': { build: (stack, alarmTopic) => new SecureQueue(stack, 'Subject', { alarmTopic }), region: 'refused', account: TOPIC_BY_POLICY },
  'SecureQueueProps.encryptionKey': { build: (stack, encryptionKey) => new SecureQueue(stack, 'Subject', { encryptionKey }), region: 'refused', account: KEY_BY_POLICY },
  'StageProfileOverrides.alarmTopic': {
    build: (stack, alarmTopic) => {
      StageProfile.production().withOverrides({ alarmTopic }).applyTo(stack);
      new SecureQueue(stack, 'Subject');
    },
    region: 'refused',
    account: TOPIC_BY_POLICY,
  },
  'ContainerAppOptions.vpc': { build: (stack, vpc) => containers(stack, { vpc }), region: 'refused', account: anywhere('AWS RAM shares subnets') },
  'ContainerAppOptions.alarmTopic': { build: (stack, alarmTopic) => containers(stack, { alarmTopic }), region: 'refused', account: TOPIC_BY_POLICY },
  'ContainerAppOptions.certificate': {
    build: (stack, certificate) => containers(stack, { domainName: 'app.example.org', certificate }), region: 'refused', account: 'refused',
  },
  'ContainerAppOptions.hostedZone': {
    build: (stack, hostedZone) => containers(stack, { domainName: 'app.example.org', hostedZone }),
    region: anywhere('Route 53 knows no regions'),
    account: anywhere('an imported zone counts as of the account that imports it'),
  },
  'InternalServiceProps.encryptionKey': {
    build: (stack, encryptionKey) => containers(stack, {}).addInternalService('Search', { name: 'search', port: 9200, dataPath: '/data', encryptionKey }),
    region: 'refused',
    account: KEY_BY_POLICY,
  },
  'RegistryImageOptions.credentials': {
    build: (stack, credentials) => containers(stack, { image: AppImage.registry('example/web:1.4.0', { credentials }) }),
    region: anywhere('ECS reads a secret by its ARN, wherever it is'),
    account: BY_POLICY,
  },
  'EncryptedCacheProps.vpc': { build: (stack, vpc) => new EncryptedCache(stack, 'Subject', { vpc }), region: 'refused', account: anywhere('AWS RAM shares subnets') },
  'EncryptedCacheProps.alarmTopic': {
    build: (stack, alarmTopic) => new EncryptedCache(stack, 'Subject', { vpc: network(stack), alarmTopic }), region: 'refused', account: TOPIC_BY_POLICY,
  },
  'EncryptedCacheProps.encryptionKey': {
    build: (stack, encryptionKey) => new EncryptedCache(stack, 'Subject', { vpc: network(stack), encryptionKey, capacity: CacheCapacity.serverless() }),
    region: 'refused',
    account: KEY_BY_POLICY,
  },
  'EncryptedDatabaseProps.vpc': { build: (stack, vpc) => database(stack, { vpc }), region: 'refused', account: anywhere('AWS RAM shares subnets') },
  'EncryptedDatabaseProps.alarmTopic': { build: (stack, alarmTopic) => database(stack, { alarmTopic }), region: 'refused', account: TOPIC_BY_POLICY },
  'EncryptedDatabaseProps.encryptionKey': { build: (stack, encryptionKey) => database(stack, { encryptionKey }), region: 'refused', account: KEY_BY_POLICY },
  'DatabaseBackupPlanOptions.copyTo': {
    build: (stack, vault) => database(stack, { backupPlan: { copyTo: [vault] } }), region: anywhere('AWS Backup copies between regions'), account: BY_POLICY,
  },
  'HaVpcProps.alarmTopic': { build: (stack, alarmTopic) => new HaVpc(stack, 'Subject', { alarmTopic }), region: 'refused', account: TOPIC_BY_POLICY },
  'HaVpcProps.encryptionKey': { build: (stack, encryptionKey) => new HaVpc(stack, 'Subject', { encryptionKey }), region: 'refused', account: KEY_BY_POLICY },
  'FlowLogs.toS3(bucket)': {
    build: (stack, bucket) => new HaVpc(stack, 'Subject', { flowLogs: FlowLogs.toS3(bucket) }), region: anywhere('flow logs go into one bucket from all regions'), account: BUCKET_BY_POLICY,
  },
  'PhotoRestoreProps.destination': { build: (stack, destination) => restore(stack, { destination }), region: 'refused', account: BUCKET_BY_POLICY },
  'PhotoRestoreProps.credentials': { build: (stack, credentials) => restore(stack, { credentials }), region: 'refused', account: BY_POLICY },
  'QueueProducer.bucket(bucket)': {
    build: (stack, bucket) => new SecureQueue(stack, 'Subject').allowPublish(QueueProducer.bucket(bucket)), region: 'refused', account: anywhere('S3 sends to queues of other accounts'),
  },
  'QueueProducer.rule(rule)': {
    build: (stack, rule) => new SecureQueue(stack, 'Subject').allowPublish(QueueProducer.rule(rule)), region: 'refused', account: 'refused',
  },
  'QueueProducer.topic(topic)': {
    build: (stack, topic) => new SecureQueue(stack, 'Subject').allowPublish(QueueProducer.topic(topic)),
    region: anywhere('SNS sends to queues of other regions'),
    account: anywhere('SNS sends to queues of other accounts'),
  },
  'StaticMediaCdnProps.accessLogsBucket': { build: (stack, accessLogsBucket) => cdn(stack, { accessLogsBucket }), region: 'refused', account: 'refused' },
  'StaticMediaCdnProps.appSecret': { build: (stack, appSecret) => cdn(stack, { ...app, appSecret }), region: 'refused', account: BY_POLICY },
  'StaticMediaCdnProps.certificate': {
    build: (stack, certificate) => cdn(stack, { domainName: 'cdn.example.org', certificate }), region: anywhere('it must be of us-east-1, wherever the stack is'), account: 'refused',
  },
  'StaticMediaCdnProps.encryptionKey': { build: (stack, encryptionKey) => cdn(stack, { encryptionKey }), region: 'refused', account: KEY_BY_POLICY },
  'StaticMediaCdnProps.hostedZone': {
    build: (stack, hostedZone) => cdn(stack, { domainName: 'cdn.example.org', hostedZone }),
    region: anywhere('Route 53 knows no regions'),
    account: anywhere('an imported zone counts as of the account that imports it; one of another stack is tested in test/cdn'),
  },
  'StaticMediaCdnProps.mediaBucket': { build: (stack, mediaBucket) => cdn(stack, { mediaBucket }), region: anywhere('CloudFront reads from all regions'), account: BUCKET_BY_POLICY },
  'StaticMediaCdnProps.staticBucket': { build: (stack, staticBucket) => cdn(stack, { staticBucket }), region: anywhere('CloudFront reads from all regions'), account: BUCKET_BY_POLICY },
  'TerraformStateBackendProps.accessLogsBucket': {
    build: (stack, accessLogsBucket) => new TerraformStateBackend(stack, 'Subject', { accessLogsBucket }), region: 'refused', account: 'refused',
  },
  'TerraformStateBackendProps.encryptionKey': {
    build: (stack, encryptionKey) => new TerraformStateBackend(stack, 'Subject', { encryptionKey, lock: TerraformStateLock.table() }), region: 'refused', account: KEY_BY_POLICY,
  },
  'ThumbnailToWasabiProps.credentials': { build: (stack, credentials) => photos(stack, { credentials }), region: 'refused', account: BY_POLICY },
  'ThumbnailToWasabiProps.accessLogsBucket': { build: (stack, accessLogsBucket) => photos(stack, { accessLogsBucket }), region: 'refused', account: 'refused' },
  'ThumbnailToWasabiProps.alarmTopic': { build: (stack, alarmTopic) => photos(stack, { alarmTopic }), region: 'refused', account: TOPIC_BY_POLICY },
  'ThumbnailToWasabiProps.dropbox': { build: (stack, dropbox) => photos(stack, { dropbox }), region: 'refused', account: BUCKET_BY_POLICY },
  'ThumbnailToWasabiProps.encryptionKey': { build: (stack, encryptionKey) => photos(stack, { encryptionKey }), region: 'refused', account: KEY_BY_POLICY },
  'ThumbnailToWasabiProps.eventBus': { build: (stack, eventBus) => photos(stack, { eventBus }), region: 'refused', account: BY_POLICY },
  'ThumbnailToWasabiProps.thumbnailsBucket': { build: (stack, thumbnailsBucket) => photos(stack, { thumbnailsBucket }), region: 'refused', account: BUCKET_BY_POLICY },
};

/** What hands a resource to an application, wherever that is: the settings say where the bucket is, and ECS and clients know regions by ARNs. */
const HANDED_ON = [
  'Binding.bucketRead(bucket)', 'Binding.bucketReadWrite(bucket)', 'Binding.secret(secret)', 'BindingTarget.addSecretSetting(secret)', 'IBindingTarget.addSecretSetting(secret)',
];

const assembly: Record<string, any> = JSON.parse(readFileSync(join(__dirname, '..', '..', '.jsii'), 'utf8')).types;
const TYPES = new RegExp(`"aws-cdk-lib\\.\\w+\\.(${[...Object.keys(IMPORTED), 'IQueue', 'IAlias'].join('|')})"`);
const typeIn = (type: object) => TYPES.exec(JSON.stringify(type))?.[1];

const taken: [of: string, type: string][] = Object.values(assembly).flatMap(({ name, datatype, properties = [], methods = [], initializer }) => {
  const callables: any[] = [...methods, ...(initializer ? [{ ...initializer, name: 'new' }] : [])];
  return [
    ...(datatype ? properties : []).map((prop: any) => [`${name}.${prop.name}`, typeIn(prop.type)]),
    ...callables.flatMap((callable) => (callable.parameters ?? []).map((one: any) => [`${name}.${callable.name}(${one.name})`, typeIn(one.type)])),
  ].filter(([, type]) => type !== undefined);
});
const typeOf = new Map(taken);
const CASES = Object.entries(POSITIONS).map(([of, position]) => ({ of, type: typeOf.get(of)!, ...position }));

function build(of: string, given: (stack: Stack) => unknown, context: object = {}): Stack {
  const stack = new Stack(new App({ context }), 'Stack', { env: HOME });
  POSITIONS[of].build(stack, given(stack));
  return stack;
}

function warnings(stack: Stack): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data));
}

test('every position in the assembly that takes a resource has a case here', () => {
  expect(taken.length).toBeGreaterThan(30); // or the types are not found
  expect(taken.map(([of]) => of).filter((of) => !(of in POSITIONS) && !HANDED_ON.includes(of))).toEqual([]);
  expect(Object.keys(POSITIONS).filter((of) => !typeOf.has(of))).toEqual([]);
});

test.each(CASES)('$of of another region: $region', ({ of, type, region }) => {
  const refused = () => build(of, (stack) => IMPORTED[type](stack, { ...HOME, region: AWAY.region }));
  if (region === 'refused') expect(refused).toThrow(/must be in eu-west-1, the region of this stack, .*us-east-1|within one region only, .* us-east-1/);
  else expect(refused).not.toThrow();
});

test.each(CASES)('$of of another account: $account', ({ of, type, account }) => {
  const home = of === 'StaticMediaCdnProps.certificate' ? AWAY.region : HOME.region; // where CloudFront takes it from
  const refused = () => build(of, (stack) => IMPORTED[type](stack, { region: home, account: AWAY.account }));
  if (account === 'refused') expect(refused).toThrow(/must be of 111122223333, the account of (this stack|the queue), .*444455556666/);
  else expect(refused).not.toThrow();
});

test.each(CASES)('$of passes where the place of the stack, or of the resource, is not known', ({ of, type }) => {
  const agnostic = new Stack(new App(), 'Stack');
  expect(() => POSITIONS[of].build(agnostic, IMPORTED[type](agnostic, AWAY))).not.toThrow();
  const unknown = { region: Fn.importValue('Region'), account: Fn.importValue('Account') };
  expect(() => build(of, (stack) => IMPORTED[type](stack, unknown))).not.toThrow();
});

const KEYS = CASES.filter(({ type }) => type === 'IKey').map(({ of }) => of);
const TOPICS = CASES.filter(({ type, of }) => type === 'ITopic' && of !== 'QueueProducer.topic(topic)').map(({ of }) => of);

test.each(KEYS)('%s refuses a key that AWS manages, and says so', (of) => {
  expect(() => build(of, (stack) => Alias.fromAliasName(stack, 'Given', 'alias/aws/s3'))).toThrow(/'encryptionKey' must be a key that you manage, got alias\/aws\/s3, which AWS manages/);
});

test.each(KEYS.flatMap((of) => [
  [of, 'Alias.fromAliasName()', (stack: Stack) => Alias.fromAliasName(stack, 'Given', 'alias/company')] as const,
  [of, 'Key.fromKeyArn()', (stack: Stack) => Key.fromKeyArn(stack, 'Given', 'arn:aws:kms:eu-west-1:111122223333:alias/company')] as const,
]))('%s warns of a key that is known by its alias, by %s, or refuses it', (of, _, given) => {
  const byAlias = () => build(of, given);
  if (of.startsWith('Terraform')) expect(byAlias).toThrow(/alias.*kms.Key.fromLookup\(\)/);
  else expect(warnings(byAlias())).toContainEqual(expect.stringMatching(/alias\/company.*kms\.Key\.fromLookup\(\).*cdk-mainstay:KeyByAlias/));
});

test.each(KEYS)('%s names the key itself in each policy of IAM, whatever stands for it', (of) => {
  const statementsWith = (given: (stack: Stack) => unknown, context: object) => {
    const policies = Object.values<any>(Template.fromStack(build(of, given, context)).findResources('AWS::IAM::Policy'));
    return policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement).filter(({ Action }) => JSON.stringify(Action).includes('"kms:'));
  };
  const flag = { '@aws-cdk/aws-kms:applyImportedAliasPermissionsToPrincipal': true };
  for (const context of [{}, flag]) {
    const known = statementsWith((stack) => new Key(stack, 'Given'), context);
    expect(statementsWith((stack) => new Alias(stack, 'Alias', { aliasName: 'alias/own', targetKey: new Key(stack, 'Given') }), context)).toEqual(known);
    if (of.startsWith('Terraform')) continue;
    const byAlias = statementsWith((stack) => Alias.fromAliasName(stack, 'Given', 'alias/company'), context);
    expect(byAlias.map(({ Action }) => Action)).toEqual(known.map(({ Action }) => Action));
    for (const { Resource, Condition } of byAlias) {
      expect(JSON.stringify(Resource)).toContain(':kms:eu-west-1:111122223333:key/*');
      expect(Condition).toMatchObject({ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/company' } });
    }
  }
});

test.each(KEYS)('%s warns of a key of another account, with what its policy must have', (of) => {
  const stack = build(of, () => undefined);
  const given = build(of, (other) => IMPORTED.IKey(other, { ...HOME, account: AWAY.account }));
  const warned = (one: Stack) => warnings(one).filter((text) => text.includes('cdk-mainstay:KeyOfAnotherAccount'));
  expect(warned(stack)).toEqual([]);
  expect(warned(given)).toContainEqual(expect.stringMatching(/iam::111122223333:root.*nobody of this account can use it/));
});

test.each(TOPICS)('%s admits its alarms to a topic that has a policy', (of) => {
  const template = Template.fromStack(build(of, (stack) => new Topic(stack, 'Given', { enforceSSL: true })));
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({
        Action: 'sns:Publish',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Resource: { Ref: Match.stringLikeRegexp('^Given') },
        Condition: {
          ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudwatch:eu-west-1:111122223333:alarm:*']] } },
          StringEquals: { 'aws:SourceAccount': '111122223333' },
        },
      })]),
    },
  });
});

test.each(TOPICS)('%s warns of an imported topic, with what its policy must have', (of) => {
  const stack = build(of, (other) => IMPORTED.ITopic(other, HOME));
  expect(warnings(stack)).toContainEqual(expect.stringMatching(/topic Stack\/Given is not changed here: add .*sns:Publish.*cloudwatch\.amazonaws\.com.*AlarmTopicPolicyUnchanged/));
});

test.each(TOPICS)('%s warns of a FIFO topic', (of) => {
  expect(warnings(build(of, (stack) => new Topic(stack, 'Given', { fifo: true })))).toContainEqual(expect.stringMatching(/FIFO topic Stack\/Given.*AlarmTopicIsFifo/));
  const arn = 'arn:aws:sns:eu-west-1:111122223333:given.fifo';
  expect(warnings(build(of, (stack) => Topic.fromTopicArn(stack, 'Given', arn)))).toContainEqual(expect.stringMatching(/AlarmTopicIsFifo/));
});
