import { App, Duration, NestedStack, RemovalPolicy, Size, Stack, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { ISubnet, IVpc, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { BindingTarget, CacheCapacity, CacheEngine, CacheNodesOptions, EncryptedCache, EncryptedCacheProps, HaVpc, StageProfile } from '../../src';

type Props = Partial<EncryptedCacheProps>;

function network(stack: Stack, zones = 2, types = [SubnetType.PUBLIC, SubnetType.PRIVATE_WITH_EGRESS, SubnetType.PRIVATE_ISOLATED]): Vpc {
  return new Vpc(stack, 'Network', {
    availabilityZones: ['a', 'b', 'c'].slice(0, zones).map((zone) => `eu-west-3${zone}`),
    natGateways: 0,
    subnetConfiguration: types.map((subnetType) => ({ name: subnetType, subnetType })),
  });
}

function build(props: Props = {}, profile?: StageProfile) {
  const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-3' } });
  profile?.applyTo(stack);
  return { stack, subject: new EncryptedCache(stack, 'Subject', Object.freeze({ vpc: props.vpc ?? network(stack), ...props })) };
}

const synth = (props?: Props, profile?: StageProfile) => Template.fromStack(build(props, profile).stack);
const one = (template: Template, type: string) => Object.values(template.findResources(type))[0];
const GROUP = 'AWS::ElastiCache::ReplicationGroup';
const SERVERLESS = 'AWS::ElastiCache::ServerlessCache';
const serverless = (props: Props = {}) => synth({ capacity: CacheCapacity.serverless(), ...props });

/** The text of a value of the template, with each intrinsic as `<logical id or name>`. */
function text(value: any): string {
  if (typeof value === 'string') return value;
  if (value['Fn::Join']) return value['Fn::Join'][1].map(text).join(value['Fn::Join'][0]);
  return `<${value.Ref ?? value['Fn::GetAtt']?.join('.') ?? Object.keys(value)[0]}>`;
}

describe('by default', () => {
  test('is Valkey, encrypted at rest with a key of its own that is rotated', () => {
    const template = synth();
    template.hasResourceProperties(GROUP, {
      Engine: 'valkey', EngineVersion: '8.2', AtRestEncryptionEnabled: true, KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectKey'), 'Arn'] },
    });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('takes connections over TLS only', () => {
    synth().hasResourceProperties(GROUP, { TransitEncryptionEnabled: true, TransitEncryptionMode: Match.absent() });
  });

  test('has two nodes over two zones, one of which takes over by itself', () => {
    synth().hasResourceProperties(GROUP, { NumCacheClusters: 2, AutomaticFailoverEnabled: true, MultiAZEnabled: true, CacheNodeType: 'cache.t4g.small' });
  });

  test('lets nobody in, and nothing out', () => {
    const template = synth();
    expect(template.findResources('AWS::EC2::SecurityGroupIngress')).toEqual({});
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.absent(), SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
    });
  });

  test('has one user, by a generated password that is not in the template, who is no administrator', () => {
    const template = synth();
    template.hasResourceProperties('AWS::ElastiCache::User', {
      Engine: 'redis', UserName: 'app', AccessString: 'on ~* &* +@all -@admin', AuthenticationMode: { Type: 'password', Passwords: [Match.anyValue()] },
    });
    const users = Object.values(template.findResources('AWS::ElastiCache::User'));
    for (const { Properties } of users) {
      expect(Properties.AuthenticationMode.Passwords.map(text)).toEqual([expect.stringMatching(/^\{\{resolve:secretsmanager:<SubjectUserCredentials\w+>:SecretString:password::\}\}$/)]);
    }
  });

  test('generates a password that is the same in a URL', () => {
    synth().hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { SecretStringTemplate: '{"username":"app"}', GenerateStringKey: 'password', PasswordLength: 64, ExcludePunctuation: true },
    });
  });

  test('switches the user off that connections without a name are', () => {
    const template = synth();
    template.hasResourceProperties('AWS::ElastiCache::User', { UserName: 'default', AccessString: 'off -@all' });
    const [off, app] = ['default', 'app'].map((UserName) => Object.keys(template.findResources('AWS::ElastiCache::User', { Properties: { UserName } }))[0]);
    template.hasResourceProperties('AWS::ElastiCache::UserGroup', { UserIds: [{ Ref: off }, { Ref: app }] });
    template.hasResourceProperties(GROUP, { UserGroupIds: [{ Ref: Match.stringLikeRegexp('^SubjectUserGroup') }], AuthToken: Match.absent() });
  });

  test('gives users and their group names that are short enough, and new in every life of the stack', () => {
    const long = new Stack(new App(), 'AStackWithANameThatIsLongerThanWhatElastiCacheTakes');
    new EncryptedCache(long, 'Subject', { vpc: network(long) });
    const template = Template.fromStack(long);
    const ids = [...Object.values(template.findResources('AWS::ElastiCache::User')), ...Object.values(template.findResources('AWS::ElastiCache::UserGroup'))]
      .map(({ Properties }) => Properties.UserId ?? Properties.UserGroupId);
    for (const id of ids) {
      expect(JSON.stringify(id)).toContain('{"Ref":"AWS::StackId"}');
      const resolved = id['Fn::Join'][1].map((part: any) => (typeof part === 'string' ? part : ['51af3dc0', 'da77'][part['Fn::Select'][0]])).join('');
      expect(resolved).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(resolved.length).toBeLessThanOrEqual(40);
      expect(resolved).toContain('51af3dc0da77');
    }
    expect(new Set(ids.map((id) => JSON.stringify(id))).size).toBe(3);
  });

  test('is in the isolated subnets', () => {
    const { stack } = build();
    const isolated = (stack.node.findChild('Network') as Vpc).isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId));
    expect(isolated).toHaveLength(2);
    Template.fromStack(stack).hasResourceProperties('AWS::ElastiCache::SubnetGroup', { SubnetIds: isolated });
  });

  test('is maintained after its daily snapshot, and kept up to date', () => {
    synth().hasResourceProperties(GROUP, {
      SnapshotWindow: '03:00-04:00', PreferredMaintenanceWindow: 'sun:05:00-sun:06:00', SnapshotRetentionLimit: 7, AutoMinorVersionUpgrade: true,
    });
  });

  test('delivers both logs to groups that are encrypted, and kept for a year', () => {
    const template = synth();
    const delivery = (LogType: string, id: string) => ({
      LogType, LogFormat: 'json', DestinationType: 'cloudwatch-logs', DestinationDetails: { CloudWatchLogsDetails: { LogGroup: { Ref: Match.stringLikeRegexp(id) } } },
    });
    template.hasResourceProperties(GROUP, { LogDeliveryConfigurations: [delivery('slow-log', '^SubjectSlowLog'), delivery('engine-log', '^SubjectEngineLog')] });
    template.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 365, KmsKeyId: Match.anyValue() }, 2);
  });

  test('lets CloudWatch Logs use the key for log groups of this stack only', () => {
    const statements = one(synth(), 'AWS::KMS::Key').Properties.KeyPolicy.Statement.filter(({ Principal }: any) => Principal.Service);
    expect(statements).toEqual([{
      Effect: 'Allow',
      Principal: { Service: { 'Fn::Join': ['', ['logs.eu-west-3.', { Ref: 'AWS::URLSuffix' }]] } },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Resource: '*',
      Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-west-3:123456789012:log-group:', { Ref: 'AWS::StackName' }, '-*']] } } },
    }]);
  });

  test('survives its stack, with all that it needs', () => {
    const resources: Record<string, any> = synth().toJSON().Resources;
    const lost = Object.entries(resources).filter(([id, { Type, DeletionPolicy }]) =>
      id.startsWith('Subject') && Type !== 'AWS::CloudWatch::Alarm' && DeletionPolicy !== 'RetainExceptOnCreate').map(([id]) => id);
    expect(lost).toEqual([]);
    expect(Object.keys(resources).filter((id) => id.startsWith('Subject')).length).toBeGreaterThan(12);
  });

  test('has parameters of its own, so that its engine can be upgraded to the other', () => {
    synth().hasResourceProperties('AWS::ElastiCache::ParameterGroup', { CacheParameterGroupFamily: 'valkey8' });
  });

  test('warns that nobody hears its alarms', () => {
    Annotations.fromStack(build().stack).hasWarning('/Stack/Subject', Match.stringLikeRegexp('alarms of this construct notify nobody'));
  });

  test('tells rule packs what it does instead of what they ask for', () => {
    const { stack } = build();
    const resource = stack.node.findAll().find(({ node }) => node.path === 'Stack/Subject/Nodes')!;
    expect(JSON.stringify(resource.node.metadata)).toContain('AwsSolutions-AEC6');
    expect(JSON.stringify(resource.node.metadata)).not.toContain('AwsSolutions-AEC5');
    const redis = build({ engine: CacheEngine.redis() }).subject;
    expect(JSON.stringify(redis.replicationGroup!.node.metadata)).toContain('AwsSolutions-AEC5');
  });
});

describe('the secret', () => {
  const secretOf = (template: Template) => {
    const { Properties } = Object.values(template.findResources('AWS::SecretsManager::Secret', { Properties: { SecretString: Match.anyValue() } }))[0];
    return { fields: JSON.parse(text(Properties.SecretString)), Properties };
  };

  test('has all that it takes to connect, with the password by reference only', () => {
    const { fields, Properties } = secretOf(synth());
    const password = expect.stringMatching(/^\{\{resolve:secretsmanager:<SubjectUserCredentials\w+>:SecretString:password::\}\}$/);
    expect(fields).toEqual({
      username: 'app',
      password,
      host: expect.stringMatching(/^<SubjectNodes\w+\.PrimaryEndPoint\.Address>$/),
      port: '6379',
      url: expect.any(String),
      celeryUrl: `${fields.url}/0?ssl_cert_reqs=required`,
    });
    expect(fields.url).toBe(`rediss://app:${fields.password}@${fields.host}:6379`);
    expect(Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^SubjectKey/), 'Arn'] });
  });

  test('says the user, port and endpoint that were asked for', () => {
    expect(secretOf(synth({ userName: 'web', capacity: CacheCapacity.nodes({ port: 7000 }) })).fields.url).toMatch(/^rediss:\/\/web:\{\{.*\}\}@<.*>:7000$/);
    expect(secretOf(serverless()).fields.url).toMatch(/@<SubjectServerless\w*\.Endpoint\.Address>:6379$/);
  });
});

describe('a binding', () => {
  const NAMES = { url: 'REDIS_URL', host: 'REDIS_HOST', port: 'REDIS_PORT', user: 'REDIS_USER', password: 'REDIS_PASSWORD' };

  test('gives a container the settings it asks for, secrets as secrets, and lets it in', () => {
    const { stack, subject } = build();
    const vpc = stack.node.findChild('Network') as Vpc;
    const taskDefinition = new FargateTaskDefinition(stack, 'Task');
    const container = taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    const service = new FargateService(stack, 'Service', { cluster: new Cluster(stack, 'Cluster', { vpc }), taskDefinition });
    BindingTarget.container(container, service).use(subject.binding(NAMES));

    const template = Template.fromStack(stack);
    const { Environment, Secrets } = one(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0];
    expect(Environment).toEqual([
      { Name: 'REDIS_HOST', Value: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectNodes/), 'PrimaryEndPoint.Address'] } },
      { Name: 'REDIS_PORT', Value: '6379' },
      { Name: 'REDIS_USER', Value: 'app' },
    ]);
    expect(Secrets.map(({ Name, ValueFrom }: any) => [Name, text(ValueFrom)])).toEqual([
      ['REDIS_URL', expect.stringMatching(/^<SubjectSecret\w+>:url::$/)], ['REDIS_PASSWORD', expect.stringMatching(/^<SubjectSecret\w+>:password::$/)],
    ]);
    expect(Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties)).toEqual([expect.objectContaining({
      IpProtocol: 'tcp',
      FromPort: 6379,
      ToPort: 6379,
      GroupId: { 'Fn::GetAtt': [expect.stringMatching(/^SubjectSecurityGroup/), 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [expect.stringMatching(/^ServiceSecurityGroup/), 'GroupId'] },
    })]);
  });

  test('gives a function the ARN of the secret', () => {
    const { stack, subject } = build();
    const fn = new Function(stack, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = 0'),
      vpc: stack.node.findChild('Network') as Vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    });
    BindingTarget.lambdaFunction(fn).use(subject.binding({ url: 'CACHE_SECRET' }));
    expect(one(Template.fromStack(stack), 'AWS::Lambda::Function').Properties.Environment.Variables).toEqual({ CACHE_SECRET: { Ref: expect.stringMatching(/^SubjectSecret/) } });
  });

  test('says who set a name that is set twice', () => {
    const { stack, subject } = build();
    const vpc = stack.node.findChild('Network') as Vpc;
    const taskDefinition = new FargateTaskDefinition(stack, 'Task');
    const container = taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    const target = BindingTarget.container(container, new SecurityGroup(stack, 'Web', { vpc }));
    expect(() => target.use(subject.binding({ host: 'REDIS', url: 'REDIS' }))).toThrow(
      'Stack/Task/web: the setting \'REDIS\' is set twice, first by Stack/Subject.binding() and then by Stack/Subject.binding()',
    );
  });
});

test('lets the owner of a security group in, on the port of the cache only', () => {
  const { stack, subject } = build({ capacity: CacheCapacity.nodes({ port: 7000 }) });
  subject.allowFrom(new SecurityGroup(stack, 'Web', { vpc: stack.node.findChild('Network') as Vpc }));
  const rules = Object.values(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroupIngress'));
  expect(rules.map(({ Properties }) => [Properties.FromPort, Properties.ToPort])).toEqual([[7000, 7000]]);
  expect(subject.connections.defaultPort).toEqual(Port.tcp(7000));
});

test('the reader of a serverless cache has a port of its own, on which a binding and allowFrom() let in, too', () => {
  const { stack, subject } = build({ capacity: CacheCapacity.serverless() });
  const vpc = stack.node.findChild('Network') as Vpc;
  subject.allowFrom(new SecurityGroup(stack, 'Web', { vpc }));
  const container = new FargateTaskDefinition(stack, 'Task').addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
  BindingTarget.container(container, new SecurityGroup(stack, 'Jobs', { vpc })).use(subject.binding({ host: 'REDIS_HOST', port: 'REDIS_PORT' }));

  const template = Template.fromStack(stack);
  const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => [Properties.FromPort, Properties.ToPort]);
  expect(rules).toEqual([[6379, 6380], [6379, 6380]]);
  expect([subject.port, subject.readerPort]).toEqual([6379, 6380]);
  expect(stack.resolve(subject.readerEndpointAddress)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^SubjectServerless/), 'ReaderEndpoint.Address'] });
  expect(JSON.stringify(template.findResources('AWS::ECS::TaskDefinition'))).toContain('{"Name":"REDIS_PORT","Value":"6379"}');
});

test('the reader of nodes has their port', () => {
  expect(build({ capacity: CacheCapacity.nodes({ port: 7000 }) }).subject.readerPort).toBe(7000);
});

describe('profiles', () => {
  test('staging has one node, no failover and short retention', () => {
    const template = synth({}, StageProfile.staging());
    template.hasResourceProperties(GROUP, { NumCacheClusters: 1, AutomaticFailoverEnabled: false, MultiAZEnabled: false, SnapshotRetentionLimit: 3 });
    template.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 30 }, 2);
  });

  test('ephemeral leaves nothing', () => {
    const resources: Record<string, any> = synth({}, StageProfile.ephemeral()).toJSON().Resources;
    expect(Object.entries(resources).filter(([, { DeletionPolicy }]) => DeletionPolicy && DeletionPolicy !== 'Delete').map(([id]) => id)).toEqual([]);
  });

  test('weaken no security', () => {
    for (const profile of [StageProfile.staging(), StageProfile.ephemeral()]) {
      synth({}, profile).hasResourceProperties(GROUP, {
        AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true, UserGroupIds: Match.anyValue(), KmsKeyId: Match.anyValue(),
      });
    }
  });
});

describe('failover', () => {
  const nodes = (options: CacheNodesOptions) => synth({ capacity: CacheCapacity.nodes(options) });

  test('waits for a deployment after the first replica, where it is asked to', () => {
    const without = nodes({ count: 2, automaticFailover: false });
    without.hasResourceProperties(GROUP, { NumCacheClusters: 2, AutomaticFailoverEnabled: false, MultiAZEnabled: false });
    nodes({ count: 2 }).hasResourceProperties(GROUP, { NumCacheClusters: 2, AutomaticFailoverEnabled: true, MultiAZEnabled: true });
  });

  test('of several nodes that is off is a warning', () => {
    const warnings = (options: CacheNodesOptions) => {
      const { stack } = build({ capacity: CacheCapacity.nodes(options) });
      return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('NoAutomaticFailover')).map(({ entry }) => entry.data);
    };
    expect(warnings({ count: 2, automaticFailover: false })).toEqual([expect.stringContaining('remove it once this deployment is done')]);
    expect([...warnings({ count: 1, automaticFailover: false }), ...warnings({ count: 2 })]).toEqual([]);
  });

  test('of one node is refused', () => {
    expect(() => nodes({ count: 1, automaticFailover: true })).toThrow('Stack/Subject: \'automaticFailover\' must be left out for one node, got true');
  });
});

describe('removal', () => {
  const policies = (props: Props) => {
    const resources: Record<string, any> = synth(props).toJSON().Resources;
    const ofSubject = Object.values(resources).filter(({ Type }) => !Type.startsWith('AWS::EC2::') || Type === 'AWS::EC2::SecurityGroup');
    return (type: string) => [...new Set(ofSubject.filter(({ Type }) => Type === type).map(({ DeletionPolicy }) => DeletionPolicy))];
  };

  test('by snapshot keeps the snapshot, its key and the logs, and nothing that costs for nothing', () => {
    const of = policies({ removalPolicy: RemovalPolicy.SNAPSHOT });
    expect(of(GROUP)).toEqual(['Snapshot']);
    expect(of('AWS::KMS::Key')).toEqual(['RetainExceptOnCreate']);
    expect(of('AWS::Logs::LogGroup')).toEqual(['RetainExceptOnCreate']);
    const ofTheCache = ['User', 'UserGroup', 'SubnetGroup', 'ParameterGroup'].map((kind) => `AWS::ElastiCache::${kind}`);
    for (const type of [...ofTheCache, 'AWS::EC2::SecurityGroup', 'AWS::SecretsManager::Secret']) {
      expect([type, of(type)]).toEqual([type, ['Delete']]);
    }
  });

  test('of a serverless cache, of which CloudFormation makes no snapshot, keeps it', () => {
    const of = policies({ removalPolicy: RemovalPolicy.SNAPSHOT, capacity: CacheCapacity.serverless() });
    expect(of(SERVERLESS)).toEqual(['RetainExceptOnCreate']);
    expect(of('AWS::ElastiCache::UserGroup')).toEqual(['RetainExceptOnCreate']);
  });
});

describe('engines', () => {
  test.each([
    [CacheEngine.valkey('7.2'), 'valkey', '7.2', 'valkey7'], [CacheEngine.valkey('9.0'), 'valkey', '9.0', 'valkey9'],
    [CacheEngine.redis(), 'redis', '7.1', 'redis7'], [CacheEngine.redis('6.2'), 'redis', '6.2', 'redis6.x'],
  ])('%s', (engine, Engine, EngineVersion, CacheParameterGroupFamily) => {
    const template = synth({ engine });
    template.hasResourceProperties(GROUP, { Engine, EngineVersion });
    template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', { CacheParameterGroupFamily });
    expect(`${engine}`).toBe(`${Engine} ${EngineVersion}`);
  });

  test('an upgrade from Redis OSS to Valkey changes no user, as CloudFormation would change users before the cache', () => {
    const usersOf = (engine: CacheEngine) => ['User', 'UserGroup'].map((kind) => synth({ engine }).findResources(`AWS::ElastiCache::${kind}`));
    expect(usersOf(CacheEngine.valkey())).toEqual(usersOf(CacheEngine.redis()));
    synth({ engine: CacheEngine.valkey() }).allResourcesProperties('AWS::ElastiCache::UserGroup', { Engine: 'redis' });
  });

  test.each(['7', '7.1', 'x.y', '7.2.4'])('Valkey %s is refused', (version) => {
    expect(() => CacheEngine.valkey(version)).toThrow(`CacheEngine.valkey: 'version' must be a major and a minor version, 7.2 or newer, got '${version}'`);
  });

  test('Redis before 6.2 is refused', () => {
    expect(() => CacheEngine.redis('6.0')).toThrow('CacheEngine.redis: \'version\' must be a major and a minor version, 6.2 or newer, got \'6.0\'');
  });

  test('a version that is a token is refused', () => {
    expect(() => CacheEngine.valkey(Token.asString({ Ref: 'X' }))).toThrow('CacheEngine.valkey: \'version\' must be known at synthesis, got a token');
  });
});

describe('nodes', () => {
  const nodes = (options: Parameters<typeof CacheCapacity.nodes>[0], props: Props = {}, profile?: StageProfile) =>
    synth({ capacity: CacheCapacity.nodes(Object.freeze(options)), ...props }, profile);

  test('are of the type, number, port and parameters asked for, whatever the profile', () => {
    const template = nodes(
      { nodeType: 'cache.r7g.xlarge', count: 3, port: 7000, parameters: { 'maxmemory-policy': 'allkeys-lru' }, maintenanceWindow: 'mon:22:30-mon:23:30' },
      {}, StageProfile.staging(),
    );
    template.hasResourceProperties(GROUP, {
      CacheNodeType: 'cache.r7g.xlarge', NumCacheClusters: 3, Port: 7000, MultiAZEnabled: true, AutomaticFailoverEnabled: true, PreferredMaintenanceWindow: 'mon:22:30-mon:23:30',
    });
    template.hasResourceProperties('AWS::ElastiCache::ParameterGroup', { Properties: { 'maxmemory-policy': 'allkeys-lru' } });
  });

  test.each(['allkeys-lru', 'allkeys-lfu', 'allkeys-random'])('that evict by %s are full by design, of which no alarm tells', (policy) => {
    const { subject } = build({ capacity: CacheCapacity.nodes({ parameters: { 'maxmemory-policy': policy } }) });
    expect([subject.memoryAlarm, subject.evictionsAlarm]).toEqual([undefined, undefined]);
    expect(subject.processorAlarm).toBeDefined();
  });

  test.each(['volatile-lru', 'noeviction', Token.asString({ Ref: 'Policy' })])('that evict by %s, or may not, have alarms', (policy) => {
    const { subject } = build({ capacity: CacheCapacity.nodes({ parameters: { 'maxmemory-policy': policy } }) });
    expect(subject.memoryAlarm).toBeDefined();
    expect(subject.evictionsAlarm).toBeDefined();
  });

  test('keep logs as long as is said, whatever the profile', () => {
    const template = synth({ logRetention: RetentionDays.THREE_MONTHS }, StageProfile.ephemeral());
    template.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 90 }, 2);
  });

  test('may be one, in one zone', () => {
    const stack = new Stack();
    expect(() => new EncryptedCache(stack, 'Subject', { vpc: network(stack, 1), capacity: CacheCapacity.nodes({ count: 1 }) })).not.toThrow();
  });

  test.each([0, 7, 1.5])('cannot be %p', (count) => {
    expect(() => nodes({ count })).toThrow(`Stack/Subject: 'count' must be a whole number of nodes between 1 and 6, got ${count}`);
  });

  test.each([1149, 65_536])('cannot listen on port %p', (port) => {
    expect(() => nodes({ port })).toThrow(`Stack/Subject: 'port' must be a whole number between 1150 and 65535, got ${port}`);
  });

  test('cannot be of a number that is a token', () => {
    expect(() => nodes({ count: Token.asNumber({ Ref: 'X' }) })).toThrow('Stack/Subject: \'count\' of nodes must be known at synthesis, got a token');
  });

  test.each([['t3.small', 'cache.t3.small'], ['db.r7g.large', 'cache.r7g.large'], ['', 'cache.']])('cannot be of the type %p', (nodeType, meant) => {
    expect(() => nodes({ nodeType })).toThrow(`Stack/Subject: 'nodeType' must begin with 'cache.', got '${nodeType}': '${meant}'`);
  });

  test('cannot be two in one zone whose name is known only when deployed', () => {
    const stack = new Stack();
    expect(() => new EncryptedCache(stack, 'Subject', { vpc: new HaVpc(stack, 'Network', { maxAzs: 1 }).vpc })).toThrow(
      'Default/Subject: 2 nodes must have subnets in two zones or more, got one: give the network another zone, or the cache one node',
    );
  });

  test('cannot be two in one zone', () => {
    const stack = new Stack();
    expect(() => new EncryptedCache(stack, 'Subject', { vpc: network(stack, 1) })).toThrow(
      'Default/Subject: 2 nodes must have subnets in two zones or more, got eu-west-3a: give the network another zone, or the cache one node',
    );
  });
});

describe('a serverless cache', () => {
  test('is encrypted, in its network, closed, with the user and snapshots', () => {
    const template = serverless();
    template.hasResourceProperties(SERVERLESS, {
      Engine: 'valkey',
      MajorEngineVersion: '8',
      KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectKey'), 'Arn'] },
      SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^SubjectSecurityGroup'), 'GroupId'] }],
      UserGroupId: { Ref: Match.stringLikeRegexp('^SubjectUserGroup') },
      SnapshotRetentionLimit: 7,
      DailySnapshotTime: '03:00',
      CacheUsageLimits: Match.absent(),
    });
    expect(one(template, SERVERLESS).Properties.SubnetIds).toHaveLength(2);
    template.resourceCountIs(GROUP, 0);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
  });

  test('lets no log service use its key, as it delivers no logs', () => {
    expect(JSON.stringify(one(serverless(), 'AWS::KMS::Key'))).not.toContain('logs.');
  });

  test('has the limits asked for', () => {
    const capacity = CacheCapacity.serverless({ maximumStorage: Size.gibibytes(10), maximumEcpuPerSecond: 5000 });
    synth({ capacity }).hasResourceProperties(SERVERLESS, { CacheUsageLimits: { DataStorage: { Maximum: 10, Unit: 'GB' }, ECPUPerSecond: { Maximum: 5000 } } });
    synth({ capacity: CacheCapacity.serverless({ maximumEcpuPerSecond: 5000 }) })
      .hasResourceProperties(SERVERLESS, { CacheUsageLimits: { DataStorage: Match.absent(), ECPUPerSecond: { Maximum: 5000 } } });
  });

  test.each([
    [{ maximumStorage: Size.gibibytes(5001) }, '\'maximumStorage\' must be a whole number of GiB between 1 and 5000, got 5001'],
    [{ maximumStorage: Size.mebibytes(1536) }, '\'maximumStorage\' must be a whole number of GiB between 1 and 5000, got 1.5'],
    [{ maximumEcpuPerSecond: 999 }, '\'maximumEcpuPerSecond\' must be a whole number between 1000 and 15000000, got 999'],
  ])('refuses %j', (options, error) => {
    expect(() => synth({ capacity: CacheCapacity.serverless(options) })).toThrow(`Stack/Subject: ${error}`);
  });

  test('cannot be in one zone', () => {
    const stack = new Stack();
    const vpc = new HaVpc(stack, 'Named when deployed', { maxAzs: 1 }).vpc;
    expect(() => new EncryptedCache(stack, 'Other', { vpc, capacity: CacheCapacity.serverless() })).toThrow(
      'Default/Other: a serverless cache must have subnets in two zones or more, got one: give the network another zone',
    );
    expect(() => new EncryptedCache(stack, 'Subject', { vpc: network(stack, 1), capacity: CacheCapacity.serverless() })).toThrow(
      'Default/Subject: a serverless cache must have subnets in two zones or more, got eu-west-3a: give the network another zone, or use CacheCapacity.nodes({ count: 1 })',
    );
  });
});

describe('subnets', () => {
  test('are private where there are no isolated ones', () => {
    const stack = new Stack();
    const vpc = network(stack, 2, [SubnetType.PUBLIC, SubnetType.PRIVATE_WITH_EGRESS]);
    new EncryptedCache(stack, 'Subject', { vpc });
    Template.fromStack(stack).hasResourceProperties('AWS::ElastiCache::SubnetGroup', { SubnetIds: vpc.privateSubnets.map(({ subnetId }) => stack.resolve(subnetId)) });
  });

  test('may be chosen', () => {
    const { stack } = build({ vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS } });
    const subnets: ISubnet[] = (stack.node.findChild('Network') as Vpc).privateSubnets;
    Template.fromStack(stack).hasResourceProperties('AWS::ElastiCache::SubnetGroup', { SubnetIds: subnets.map(({ subnetId }) => stack.resolve(subnetId)) });
  });

  test('are never public', () => {
    expect(() => build({ vpcSubnets: { subnetType: SubnetType.PUBLIC } }))
      .toThrow('Stack/Subject: \'vpcSubnets\' must not be public, got Stack/Network/PublicSubnet1: a cache is never reachable from the internet');
    const stack = new Stack();
    expect(() => new EncryptedCache(stack, 'Subject', { vpc: network(stack, 2, [SubnetType.PUBLIC]) }))
      .toThrow('Default/Subject: \'vpc\' must have isolated or private subnets, got Default/Network with public ones only: a cache is never reachable from the internet');
  });

  test('may be of a network that is imported', () => {
    const stack = new Stack();
    const vpc: IVpc = Vpc.fromVpcAttributes(stack, 'Network', { vpcId: 'vpc-1', availabilityZones: ['eu-west-3a', 'eu-west-3b'], isolatedSubnetIds: ['subnet-1', 'subnet-2'] });
    new EncryptedCache(stack, 'Subject', { vpc });
    Template.fromStack(stack).hasResourceProperties('AWS::ElastiCache::SubnetGroup', { SubnetIds: ['subnet-1', 'subnet-2'] });
  });
});

describe('windows', () => {
  const windows = (snapshotWindow: string, maintenanceWindow: string) =>
    synth({ snapshotWindow, capacity: CacheCapacity.nodes({ maintenanceWindow }) });

  test.each([
    ['03:00-04:00', 'sun:04:00-sun:05:00'], ['03:00-04:00', 'sun:02:00-sun:03:00'], ['23:30-00:30', 'tue:00:30-tue:01:30'], ['23:30-00:30', 'sun:01:00-sun:23:30'],
  ])('%s and %s do not meet', (snapshots, maintenance) => {
    windows(snapshots, maintenance).hasResourceProperties(GROUP, { SnapshotWindow: snapshots, PreferredMaintenanceWindow: maintenance });
  });

  test.each([
    ['03:00-04:00', 'sun:03:30-sun:04:30'], ['03:00-04:00', 'sun:02:00-sun:05:00'], ['23:30-00:30', 'mon:00:00-mon:01:00'], ['23:30-00:30', 'sat:23:00-sun:00:00'],
    ['03:00-05:00', 'sun:03:30-sun:04:30'], ['03:00-04:00', 'sun:23:00-mon:03:01'],
  ])('%s and %s meet', (snapshots, maintenance) => {
    expect(() => windows(snapshots, maintenance)).toThrow(
      `Stack/Subject: 'snapshotWindow' and 'maintenanceWindow' must not overlap, got '${snapshots}' and '${maintenance}', in UTC: move one of them`,
    );
  });

  test.each(['3:00-4:00', '03:00-03:59', '24:00-25:00', '03:00'])('snapshots cannot be made at %s', (window) => {
    const error = `Stack/Subject: 'snapshotWindow' must be like '03:00-04:00', in UTC, of 60 minutes to a day, got '${window}'`;
    expect(() => synth({ snapshotWindow: window })).toThrow(error);
    expect(() => serverless({ snapshotWindow: window })).toThrow(error);
  });

  test.each(['sunday:05:00-sunday:06:00', 'sun:05:00-sun:05:59', '05:00-06:00'])('maintenance cannot be at %s', (window) => {
    expect(() => windows('03:00-04:00', window)).toThrow(`Stack/Subject: 'maintenanceWindow' must be like 'sun:05:00-sun:06:00', in UTC, of 60 minutes to a day, got '${window}'`);
  });
});

describe('the key', () => {
  test('may be given, and lets CloudWatch Logs use it', () => {
    const stack = new Stack();
    new EncryptedCache(stack, 'Subject', { vpc: network(stack), encryptionKey: new Key(stack, 'Mine') });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.hasResourceProperties(GROUP, { KmsKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Mine'), 'Arn'] } });
    expect(JSON.stringify(one(template, 'AWS::KMS::Key').Properties.KeyPolicy)).toContain('kms:EncryptionContext:aws:logs:arn');
  });

  test.each<[string, (app: App) => [Stack, Stack], string]>([
    ['another stack', (app) => [new Stack(app, 'Keys'), new Stack(app, 'Stack')], 'Stack-*'],
    ['the parent of a nested stack', (app) => {
      const parent = new Stack(app, 'Parent');
      return [parent, new NestedStack(parent, 'Nested')];
    }, '{"Ref":"AWS::StackName"},"-*"'],
    ['another stack than the parent of a nested one', (app) => [new Stack(app, 'Keys'), new NestedStack(new Stack(app, 'Parent'), 'Nested')], 'Parent-*'],
  ])('of %s lets CloudWatch Logs use it for log groups of the cache, by name', (_, stacks, pattern) => {
    const [ofKey, ofCache] = stacks(new App());
    new EncryptedCache(ofCache, 'Subject', { vpc: network(ofCache), encryptionKey: new Key(ofKey, 'Mine') });
    expect(JSON.stringify(one(Template.fromStack(ofKey), 'AWS::KMS::Key').Properties.KeyPolicy)).toContain(pattern);
  });

  test('that is imported must let CloudWatch Logs use it already, of which is warned', () => {
    const stack = new Stack();
    const encryptionKey = Key.fromKeyArn(stack, 'Mine', 'arn:aws:kms:eu-west-3:123456789012:key/abc');
    new EncryptedCache(stack, 'Subject', { vpc: network(stack), encryptionKey });
    Annotations.fromStack(stack).hasWarning('/Default/Subject', Match.stringLikeRegexp('the policy of the imported key Default/Mine is not changed here: add .*kms:GenerateDataKey.*EncryptedCache.KeyPolicyUnchanged'));
  });
});

describe('the user', () => {
  test('may have another name, and other rights', () => {
    synth({ userName: 'web-1', accessString: 'on ~web:* -@all +@read' }).hasResourceProperties('AWS::ElastiCache::User', { UserName: 'web-1', AccessString: 'on ~web:* -@all +@read' });
  });

  test('of another name is another one, beside the first, and the one that is off stays', () => {
    const ids = (userName: string) => Object.values(synth({ userName }).findResources('AWS::ElastiCache::User')).map(({ Properties }) => JSON.stringify(Properties.UserId));
    const [[first, off], [second, stillOff]] = [ids('app'), ids('app-2')];
    expect(first).not.toBe(second);
    expect(off).toBe(stillOff);
  });

  test.each(['default', '1st', 'a:b', 'a@b', ''])('cannot be called %p', (userName) => {
    expect(() => synth({ userName })).toThrow(
      `Stack/Subject: 'userName' must begin with a letter, consist of letters, digits, hyphens and underscores, and not be 'default', got '${userName}'`,
    );
  });
});

describe('snapshots', () => {
  test('are kept as long as asked for, or not made at all', () => {
    synth({ snapshotRetention: Duration.days(20) }).hasResourceProperties(GROUP, { SnapshotRetentionLimit: 20 });
    synth({ snapshotRetention: Duration.days(0) }).hasResourceProperties(GROUP, { SnapshotRetentionLimit: 0 });
  });

  test.each([Duration.days(36), Duration.hours(36)])('cannot be kept for %s', (snapshotRetention) => {
    expect(() => synth({ snapshotRetention })).toThrow('Stack/Subject: \'snapshotRetention\' must be a whole number of days between 0 and 35, got');
  });
});

describe('alarms', () => {
  const alarms = (template: Template) => Object.fromEntries(Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(([id, { Properties }]) => [
    id.replace(/^Subject|Alarm\w{8}$/g, ''), Properties,
  ]));

  test('of two nodes watch the one that has most', () => {
    const { Memory, Evictions, Processor, ReplicationLag, ...others } = alarms(synth());
    expect(others).toEqual({});
    const node = (index: number) => ({ 'Fn::Join': ['', [{ Ref: expect.stringMatching(/^SubjectNodes/) }, `-00${index}`]] });
    expect(Memory).toMatchObject({ Threshold: 80, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 3, TreatMissingData: 'notBreaching' });
    const ofNode = (index: number) => ({
      Namespace: 'AWS/ElastiCache', MetricName: 'DatabaseMemoryUsagePercentage', Dimensions: [{ Name: 'CacheClusterId', Value: node(index) }],
    });
    expect(Memory.Metrics).toMatchObject([
      { Expression: 'MAX([node1, node2])' },
      { Id: 'node1', MetricStat: { Metric: ofNode(1), Period: 300, Stat: 'Average' }, ReturnData: false },
      { Id: 'node2', MetricStat: { Metric: ofNode(2), Period: 300, Stat: 'Average' }, ReturnData: false },
    ]);
    expect([Evictions.Threshold, Processor.Threshold, ReplicationLag.Threshold]).toEqual([0, 45, 10]);
    expect(JSON.stringify(Processor.Metrics)).toContain('"MetricName":"CPUUtilization"');
    expect(JSON.stringify(ReplicationLag.Metrics)).toContain('"MetricName":"ReplicationLag"');
    expect(JSON.stringify(Evictions.Metrics)).toContain('"Stat":"Sum"');
  });

  test('of one node need no replica', () => {
    const template = synth({ capacity: CacheCapacity.nodes({ count: 1, nodeType: 'cache.r7g.xlarge' }) });
    expect(Object.keys(alarms(template)).sort()).toEqual(['Evictions', 'Memory', 'Processor']);
    expect(alarms(template).Processor).toMatchObject({
      MetricName: 'EngineCPUUtilization', Threshold: 90, Dimensions: [{ Name: 'CacheClusterId', Value: { 'Fn::Join': ['', [{ Ref: expect.stringMatching(/^SubjectNodes/) }, '-001']] } }],
    });
  });

  test.each([['cache.t4g.medium', 'CPUUtilization'], ['cache.m7g.large', 'CPUUtilization'], ['cache.m7g.2xlarge', 'EngineCPUUtilization']])('on the processor of a %s watch its %s', (nodeType, MetricName) => {
    expect(alarms(synth({ capacity: CacheCapacity.nodes({ count: 1, nodeType }) })).Processor.MetricName).toBe(MetricName);
  });

  test('of a serverless cache go by its limits', () => {
    const all = alarms(synth({ capacity: CacheCapacity.serverless({ maximumStorage: Size.gibibytes(10), maximumEcpuPerSecond: 5000 }) }));
    expect(all.Memory).toMatchObject({ MetricName: 'BytesUsedForCache', Threshold: 8 * 1024 ** 3, Statistic: 'Maximum', Dimensions: [{ Name: 'clusterId', Value: { Ref: expect.stringMatching(/^SubjectServerless/) } }] });
    expect(all.Processor).toMatchObject({ MetricName: 'ElastiCacheProcessingUnits', Threshold: 1_200_000, Statistic: 'Sum', Period: 300 });
    expect(all.Throttling).toMatchObject({ MetricName: 'ThrottledCmds', Threshold: 0 });
    expect(Object.keys(alarms(serverless())).sort()).toEqual(['Evictions', 'Throttling']);
  });

  test('notify the topic', () => {
    const { stack } = build();
    const topic = new Topic(stack, 'Topic');
    const other = new Stack(stack.node.root as App, 'Other', { env: { account: '123456789012', region: 'eu-west-3' } });
    new EncryptedCache(other, 'Subject', { vpc: network(other), alarmTopic: topic });
    Template.fromStack(other).allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [Match.anyValue()] });
  });
});
