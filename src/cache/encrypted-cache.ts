import { CfnResource, Duration, RemovalPolicy, SecretValue, Stack, Tokenization } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elasticache from 'aws-cdk-lib/aws-elasticache';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { CacheCapacity } from './cache-capacity';
import { CacheEngine } from './cache-engine';
import { CacheBackend, CacheSettings } from './private/cache-backend';
import { CacheNodes } from './private/cache-nodes';
import { CacheUser } from './private/cache-user';
import { ServerlessCache } from './private/serverless-cache';
import { IBinding } from '../binding/binding';
import { acknowledge } from '../shared/acknowledge';
import { ALARM_SEALED, notifyOrWarn } from '../shared/alarm';
import { addSettings, replaceTasksWith, startAfter } from '../shared/application';
import { Checks, isUnknown } from '../shared/checks';
import { dataSubnets } from '../shared/data-subnets';
import { OwnProps, preferOwnProps, seal, SealedProperties } from '../shared/guards';
import { requireUsableKey } from '../shared/key-grants';
import { anyObject, duration, kmsKey, made, PropKinds, removalPolicy as removalPolicyKind, required, requireKinds, retentionDays, text, topic, vpc } from '../shared/kinds';
import { keptInsteadOfSnapshot, warnIfDataOutlivesNeeds } from '../shared/removal-policy';
import { allowLogGroupsToUseKey } from '../shared/resource-policies';
import { openPortToPeer, ec2Description, openPort } from '../shared/security-groups';
import { explainCircles, logGroupsOfStack, requireSameRegion } from '../shared/stacks';
import { StageProfile } from '../stage/stage-profile';

/**
 * Properties of an EncryptedCache.
 */
export interface EncryptedCacheProps {
  /**
   * The network that the cache is in.
   */
  readonly vpc: ec2.IVpc;

  /**
   * The subnets of the cache, none of them public. Nodes can be given others later; a serverless cache refuses them, so that it does not grow with its
   * network: see `CacheCapacity.serverless()`.
   *
   * @default - the isolated subnets of the network, of several tiers those called `Isolated`, or else its private ones
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The engine and its version.
   *
   * @default CacheEngine.valkey()
   */
  readonly engine?: CacheEngine;

  /**
   * What the cache runs on: nodes, and of which type, or no nodes at all.
   *
   * @default CacheCapacity.nodes()
   */
  readonly capacity?: CacheCapacity;

  /**
   * The key that encrypts the cache, its snapshots, logs and secrets. Changing it replaces nodes; a serverless cache refuses another one.
   *
   * @default - a key of its own, which AWS rotates each year
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The name of the one user of the cache, of letters, digits, hyphens and underscores. Changing it makes another user, with another password, and
   * removes the first.
   *
   * @default 'app'
   */
  readonly userName?: string;

  /**
   * What the user may do, as an access control list of the engine.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html#Access-string
   * @default 'on ~* &* +@all -@admin'
   */
  readonly accessString?: string;

  /**
   * How long daily snapshots are kept, in whole days, 0 (none are made) to 35.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html
   * @default - the StageProfile's `backupRetention`
   */
  readonly snapshotRetention?: Duration;

  /**
   * When snapshots are made, each day, in UTC, for an hour or more; a serverless cache takes its beginning only.
   *
   * @default '03:00-04:00'
   */
  readonly snapshotWindow?: string;

  /**
   * How long the slow log and the engine's are kept. A serverless cache has none.
   *
   * @default - the StageProfile's
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * The topic that the alarms notify: a standard one, of the region of the stack. Where it has a policy, that is made to admit them.
   *
   * @default - the StageProfile's, and a warning if it has none
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * What happens to the cache, and all that it needs, when it leaves the stack. With `SNAPSHOT`, nodes leave a last snapshot and its key.
   *
   * @default - the StageProfile's
   */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The names of the settings that tell an application of a cache. Only those given are set.
 */
export interface CacheBindingNames {
  /**
   * Gets, as a secret, all that it takes to connect: `rediss://user:password@host:port`. Nothing in it needs to be percent-encoded. For Django, redis-py,
   * node-redis, ioredis, Lettuce and go-redis; Celery needs `celeryUrl`.
   *
   * @see https://www.iana.org/assignments/uri-schemes/prov/rediss
   * @default - not set
   */
  readonly url?: string;

  /**
   * Gets, as a secret, the same URL with `ssl_cert_reqs=required`, for Celery: it refuses a `rediss://` URL without this parameter, and other clients refuse
   * a URL with it.
   *
   * @see https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html
   * @default - not set
   */
  readonly celeryUrl?: string;

  /**
   * Gets the host.
   *
   * @default - not set
   */
  readonly host?: string;

  /**
   * Gets the port.
   *
   * @default - not set
   */
  readonly port?: string;

  /**
   * Gets the name of the user.
   *
   * @default - not set
   */
  readonly user?: string;

  /**
   * Gets, as a secret, the password of the user: 64 letters and digits.
   *
   * @default - not set
   */
  readonly password?: string;

  /**
   * Gets the ARN of the secret with all of these, as JSON. The application may read it, and does so at run time: this is for functions, see
   * `BindingTarget.lambdaFunction()`.
   *
   * @default - not set
   */
  readonly secretArn?: string;
}

/**
 * A Valkey or Redis cache that nobody reaches without being let in, over TLS, and with the password of its user: encrypted, with a replica in another
 * zone that takes over by itself, snapshots, logs and alarms.
 *
 * Creates a replication group (or a serverless cache), its user, a key, two secrets, a security group, two log groups and alarms.
 *
 * @example
 * declare const vpc: ec2.Vpc;
 * declare const container: ecs.ContainerDefinition;
 * declare const service: ecs.FargateService;
 * const cache = new EncryptedCache(this, 'Cache', { vpc });
 * BindingTarget.container(container, service).use(cache.binding({ url: 'REDIS_URL' }));
 */
export class EncryptedCache extends Construct implements ec2.IConnectable {
  /** The nodes, if it has any; the way out to every feature that this construct does not surface. */
  public readonly replicationGroup?: elasticache.CfnReplicationGroup;
  /** The serverless cache, if it is one. */
  public readonly serverlessCache?: elasticache.CfnServerlessCache;
  /** Where it is written to and read from. */
  public readonly endpointAddress: string;
  /** Where it is read from only, by whom it does not matter that writes of the last moment are not there yet. */
  public readonly readerEndpointAddress: string;
  /** The port of `endpointAddress`. */
  public readonly port: number;
  /**
   * The port of `readerEndpointAddress`: that of nodes is the same, that of a serverless cache is 6380. Clients that read from replicas by themselves
   * use it, so who is let in is let in on both.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ReadReplicas.html
   */
  public readonly readerPort: number;
  /** Its security group. Nobody is in until `allowFrom()` or a binding lets somebody in. */
  public readonly connections: ec2.Connections;
  /** What applications read: JSON with `username`, `password`, `host`, `port`, `url` and `celeryUrl`. */
  public readonly secret: secretsmanager.Secret;
  /** The user and the generated password that `secret` is made of: docs/decisions/cache-password.md. */
  public readonly credentials: secretsmanager.Secret;
  /** The name of its user. */
  public readonly userName: string;
  /** The key that encrypts it, its snapshots, logs and secrets. */
  public readonly encryptionKey: kms.IKey;
  /** What took longer than 10 ms, unless a parameter says otherwise. None if it is serverless. */
  public readonly slowLog?: logs.ILogGroup;
  /** What the engine says. None if it is serverless. */
  public readonly engineLog?: logs.ILogGroup;
  /** Fires when it is fuller than 80 %. None if it is serverless and has no limit that is known, or if it is meant to be full: see `evictionsAlarm`. */
  public readonly memoryAlarm?: cloudwatch.Alarm;
  /** Fires when it evicts keys for want of room. None if its `maxmemory-policy` is known to begin with `allkeys-`: then it is full, and evicts, by design. */
  public readonly evictionsAlarm?: cloudwatch.Alarm;
  /** Fires when the engine nears what its processor can do, or a serverless one its limit. */
  public readonly processorAlarm?: cloudwatch.Alarm;
  /** Fires when a replica is more than 10 seconds behind. None without replicas. */
  public readonly replicationLagAlarm?: cloudwatch.Alarm;
  /** Fires when commands are throttled. Only if it is serverless. */
  public readonly throttlingAlarm?: cloudwatch.Alarm;

  /**
   * @throws if a prop is outside of what ElastiCache takes, if two windows meet, or if there are no subnets that fit
   */
  constructor(scope: Construct, id: string, props: EncryptedCacheProps) {
    super(scope, id);
    preferOwnProps(this, OWN_PROPS);
    explainCircles(this);
    requireKinds(this.node.path, props, PROP_KINDS);

    const checks = new Checks(this.node.path);
    const profile = StageProfile.of(this);
    const backend = backendOf(props.capacity ?? CacheCapacity.nodes(), Stack.of(this).region, profile);
    const settings = settingsOf(checks, props, profile, backend);
    this.userName = props.userName ?? 'app';
    this.port = backend.port;
    this.readerPort = backend.readerPort;
    requireUserName(checks, this.userName);
    backend.validate(checks, settings);
    requireUsableKey(props.encryptionKey, { owner: this, usedBy: 'Secrets Manager and CloudWatch Logs' });
    requireSameRegion({ owner: this, as: '\'vpc\'', resource: props.vpc, because: 'a network is of one region' });

    this.encryptionKey = props.encryptionKey ?? new kms.Key(this, 'Key', {
      description: `${this.node.path}: encrypts the cache, its snapshots, logs and secrets`,
      enableKeyRotation: true,
      removalPolicy: keptInsteadOfSnapshot(settings.removalPolicy), // a snapshot without its key is none
    });
    if (backend.deliversLogs) {
      allowLogGroupsToUseKey(this.encryptionKey, logGroupsOfStack(this, this.encryptionKey), {
        owner: this, id: 'EncryptedCache.KeyPolicyUnchanged', otherwise: 'the log groups of the cache cannot be created',
      });
    }
    const securityGroup = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc, description: ec2Description(`Who may connect to ${this.node.path}`), allowAllOutbound: false,
    });
    securityGroup.applyRemovalPolicy(settings.dependencyRemovalPolicy);
    const ports = this.readerPort === this.port ? ec2.Port.tcp(this.port) : ec2.Port.tcpRange(this.port, this.readerPort); // no more than the two
    this.connections = new ec2.Connections({ securityGroups: [securityGroup], defaultPort: ports });
    const user = new CacheUser(this, 'User', {
      userName: this.userName,
      accessString: props.accessString ?? 'on ~* &* +@all -@admin',
      encryptionKey: this.encryptionKey,
      removalPolicy: settings.dependencyRemovalPolicy,
    });
    this.credentials = user.credentials;
    const cache = backend.build(this, {
      ...settings, encryptionKey: this.encryptionKey, securityGroupId: securityGroup.securityGroupId, userGroupId: user.userGroup.ref,
    });
    this.replicationGroup = cache.replicationGroup;
    this.serverlessCache = cache.serverlessCache;
    this.endpointAddress = cache.endpointAddress;
    this.readerEndpointAddress = cache.readerEndpointAddress;
    this.slowLog = cache.slowLog;
    this.engineLog = cache.engineLog;
    this.memoryAlarm = cache.memoryAlarm;
    this.evictionsAlarm = cache.evictionsAlarm;
    this.processorAlarm = cache.processorAlarm;
    this.replicationLagAlarm = cache.replicationLagAlarm;
    this.throttlingAlarm = cache.throttlingAlarm;
    this.secret = this.createSecret(settings.dependencyRemovalPolicy);

    const alarms = [this.memoryAlarm, this.evictionsAlarm, this.processorAlarm, this.replicationLagAlarm, this.throttlingAlarm];
    notifyOrWarn(this, alarms.filter((alarm) => alarm !== undefined), props.alarmTopic ?? profile.alarmTopic);
    const { subnets: { subnets } } = settings;
    warnIfDataOutlivesNeeds(this, this.cache, { vpc: props.vpc, subnets, encryptionKey: this.encryptionKey });

    seal(this, SEALED);
  }

  /**
   * Lets somebody connect: the owner of a security group, on the port of the cache, and on that for reading. The password is what they need besides.
   */
  public allowFrom(other: ec2.IConnectable): void {
    openPortToPeer(this.connections, this.connections.defaultPort!, other);
  }

  /**
   * This cache as an application uses it: the settings, and the way through its security group.
   *
   * @example
   * declare const cache: EncryptedCache;
   * declare const handler: lambda.Function;
   * BindingTarget.lambdaFunction(handler).use(cache.binding({ secretArn: 'CACHE_SECRET_ARN' }));
   */
  public binding(names: CacheBindingNames): IBinding {
    const port = Tokenization.stringifyNumber(this.port);
    return {
      bind: (target) => {
        addSettings(target, names, {
          url: { secret: this.secret, field: 'url' },
          celeryUrl: { secret: this.secret, field: 'celeryUrl' },
          host: this.endpointAddress,
          port,
          user: this.userName,
          password: { secret: this.secret, field: 'password' },
          secretArn: { arnOf: this.secret },
        }, `${this.node.path}.binding()`);
        startAfter(target, this.cache, ...openPort(this.connections, this.connections.defaultPort!, target));
        const isByAddress = [names.url, names.celeryUrl, names.password].some((name) => name !== undefined);
        if (isByAddress) replaceTasksWith(target, this, { address: `${this.endpointAddress}:${port}`, kind: this.cache.cfnResourceType });
      },
    };
  }

  private get cache(): CfnResource {
    return (this.replicationGroup ?? this.serverlessCache)!;
  }

  /**
   * Made of the generated password by CloudFormation, which never shows it: docs/decisions/cache-password.md.
   */
  private createSecret(removalPolicy: RemovalPolicy): secretsmanager.Secret {
    const password = this.credentials.secretValueFromJson('password').unsafeUnwrap();
    const port = Tokenization.stringifyNumber(this.port);
    const url = `rediss://${this.userName}:${password}@${this.endpointAddress}:${port}`;
    const fields = {
      username: this.userName,
      password,
      host: this.endpointAddress,
      port,
      url,
      celeryUrl: `${url}/0?ssl_cert_reqs=required`,
    };
    const secret = new secretsmanager.Secret(this, 'Secret', {
      description: `${this.node.path}: how to connect to the cache`,
      encryptionKey: this.encryptionKey,
      secretObjectValue: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, SecretValue.unsafePlainText(value)])),
      removalPolicy,
    });
    acknowledge(secret, { secretRotation: ROTATION });
    acknowledge(this.credentials, { secretRotation: ROTATION });
    return secret;
  }
}

const ROTATION = 'applications read it when they start, so a password that changes by itself would lock out those that run for long; it is 64 random ' +
  'letters and digits, of use only to who is let through the security group';

function backendOf({ _nodes, _serverless }: CacheCapacity, region: string, { standby }: StageProfile): CacheBackend {
  return _serverless ? new ServerlessCache(_serverless) : new CacheNodes(_nodes!, region, standby);
}

function settingsOf(checks: Checks, props: EncryptedCacheProps, profile: StageProfile, { supportsFinalSnapshot }: CacheBackend): CacheSettings {
  const wanted = props.removalPolicy ?? profile.removalPolicy;
  const removalPolicy = supportsFinalSnapshot ? wanted : keptInsteadOfSnapshot(wanted);
  return {
    engine: props.engine ?? CacheEngine.valkey(),
    subnets: props.vpc.selectSubnets(dataSubnets(checks, props.vpc, props.vpcSubnets, 'a cache')),
    snapshotDays: checks.days('snapshotRetention', props.snapshotRetention ?? profile.backupRetention, { least: 0, most: 35 }),
    snapshotWindow: props.snapshotWindow ?? '03:00-04:00',
    logRetention: props.logRetention ?? profile.logRetention,
    removalPolicy,
    // A snapshot is restored into another cache, with dependencies of its own; a cache that is retained needs all of its.
    dependencyRemovalPolicy: removalPolicy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : removalPolicy,
  };
}

/** What needs no percent-encoding in a URL, and is not the user that is switched off. */
function requireUserName(checks: Checks, userName: string): void {
  if (isUnknown(userName)) return;
  if (!/^[A-Za-z][\w-]*$/.test(userName) || userName === 'default') {
    throw checks.error(`'userName' must begin with a letter, consist of letters, digits, hyphens and underscores, and not be 'default', got '${userName}'`);
  }
}

const PROP_KINDS: PropKinds<EncryptedCacheProps> = {
  vpc: required(vpc),
  accessString: text,
  alarmTopic: topic,
  capacity: made(CacheCapacity, 'CacheCapacity'),
  encryptionKey: kmsKey,
  engine: made(CacheEngine, 'CacheEngine'),
  logRetention: retentionDays,
  removalPolicy: removalPolicyKind,
  snapshotRetention: duration,
  snapshotWindow: text,
  userName: text,
  vpcSubnets: anyObject,
};

/** What the guarantees of a cache rest on, besides its removal policies. */
const SEALED: SealedProperties = {
  ...ALARM_SEALED,
  'AWS::EC2::SecurityGroup': { refuse: ['securityGroupEgress', 'securityGroupIngress'] },
  'AWS::ElastiCache::ReplicationGroup': {
    refuse: ['atRestEncryptionEnabled', 'kmsKeyId', 'securityGroupIds', 'transitEncryptionEnabled', 'userGroupIds'],
    warn: ['automaticFailoverEnabled', 'cacheNodeType', 'logDeliveryConfigurations', 'multiAzEnabled', 'snapshotRetentionLimit'],
  },
  'AWS::ElastiCache::ServerlessCache': { refuse: ['kmsKeyId', 'securityGroupIds', 'userGroupId'], warn: ['cacheUsageLimits', 'snapshotRetentionLimit'] },
  'AWS::ElastiCache::User': { refuse: ['accessString', 'authenticationMode'] },
  'AWS::ElastiCache::UserGroup': { refuse: ['userIds'] },
  'AWS::KMS::Key': { refuse: ['enableKeyRotation', 'enabled', 'keyPolicy'] },
  'AWS::Logs::LogGroup': { refuse: ['kmsKeyId'], warn: ['retentionInDays'] },
  'AWS::SecretsManager::Secret': { refuse: ['kmsKeyId', 'generateSecretString', 'secretString'] },
};

/** What nobody may add to the parts of a cache. */
const OWN_PROPS: OwnProps = {
  'aws-cdk-lib.aws-cloudwatch.Alarm': ['actionsEnabled', 'datapointsToAlarm'],
  'aws-cdk-lib.aws-ec2.SecurityGroup': ['allowAllIpv6Outbound', 'disableInlineRules', 'securityGroupName'],
  'aws-cdk-lib.aws-kms.Key': ['admins', 'alias', 'enabled', 'keySpec', 'keyUsage', 'multiRegion', 'policy'],
  'aws-cdk-lib.aws-log.LogGroup': ['logGroupClass'],
  'aws-cdk-lib.aws-secretsmanager.Secret': [
    'generateSecretString', 'replicaRegions', 'secretName', 'secretObjectValue', 'secretStringBeta1', 'secretStringValue',
  ],
};
