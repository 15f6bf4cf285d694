// Each of the four apps says the same in its language: test/consumers/identical.test.mjs compares what they synthesize.
import { App, Duration, Size, Stack, StackProps } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition, Secret as ContainerSecret } from 'aws-cdk-lib/aws-ecs';
import { Rule } from 'aws-cdk-lib/aws-events';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  AppImage, ArchiveObjectLock, Binding, BindingTarget, CacheCapacity, CacheEngine, ContainerAppWithAlb, ContainerLogs, DatabaseEngine, DefaultContent,
  EncryptedCache, EncryptedDatabase, EndpointSet, FlowLogs, GithubOidcProvider, GithubOidcRole, GithubSubject, HaVpc, Ingress, NatStrategy,
  PhotoRestore, PrivateMedia, PublicAccessExclusion, QueueProducer, QueueType, RootFilesystem, SecureQueue, ServiceCapacity, StageProfile,
  StaticFiles, StaticMediaCdn, SubnetTier,
  TerraformStateBackend, TerraformStateLock, ThumbnailFormat, ThumbnailSpec, ThumbnailToWasabi,
} from 'cdk-mainstay';

/** The lines of the public contract, as a user writes them. */
class Contract extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const role = new Role(this, 'Role', { assumedBy: new AccountRootPrincipal() });

    const jobs = new SecureQueue(this, 'Jobs', { visibilityTimeout: Duration.seconds(360) });
    jobs.queue; jobs.deadLetterQueue; jobs.grantSend(role); jobs.grantConsume(role); jobs.grantWorker(role);

    const photos = new ThumbnailToWasabi(this, 'Photos', {
      wasabiRegion: 'eu-central-1',
      archiveBucketName: 'photoarchive',
      credentials: Secret.fromSecretNameV2(this, 'Wasabi', 'demo/wasabi/access'), // keys WASABI_ACCESS, WASABI_SECRET
      thumbnails: [ThumbnailSpec.inside(256)],
    });
    photos.dropbox; photos.thumbnails; photos.grantUpload(role); photos.grantReadThumbnails(role); photos.grantBackfill(role);

    const network = new HaVpc(this, 'Network'); // 3 AZs, public + private + isolated subnets, a NAT gateway per AZ, flow logs
    new HaVpc(this, 'Cheap', { cidr: '10.1.0.0/16', natStrategy: NatStrategy.single() }); // perAz() single() regional() instances() none()
    new HaVpc(this, 'Exact', {
      cidr: '192.168.100.0/24',
      availabilityZones: ['us-west-2a', 'us-west-2b'],
      publicSubnetCidrs: ['192.168.100.128/27', '192.168.100.192/27'],
      privateSubnetCidrs: ['192.168.100.0/27', '192.168.100.64/27'],
    });
    network.vpc; network.egressIps; network.explain();

    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: 'Z0123456789', zoneName: 'example.education' });
    const cdn = new StaticMediaCdn(this, 'Cdn', { appDomain: 'demo.example.education', domainName: 'cdn.example.education', hostedZone: zone });
    cdn.distribution; cdn.mediaBucket; cdn.grantMediaReadWrite(role); cdn.djangoSettings();
    cdn.mediaBinding({ bucket: 'AWS_S3_MEDIAFILES_BUCKET_NAME', location: 'AWS_MEDIAFILES_LOCATION' });

    StageProfile.of(this).removalPolicy; // readable by anybody's construct
    StageProfile.production().withOverrides({ backupRetention: Duration.days(35) });
  }
}

/** Every construct with no more than it must be given. */
class Least extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    StageProfile.production().applyTo(this); // an environment of its own, so that its network may have the addresses of another
    new SecureQueue(this, 'Jobs');
    const photos = new ThumbnailToWasabi(this, 'Photos', {
      wasabiRegion: 'eu-central-1',
      archiveBucketName: 'photoarchive',
      credentials: wasabiKeys(this),
    });
    new PhotoRestore(this, 'Restore', { photos, destination: new Bucket(this, 'Restored') });
    new HaVpc(this, 'Network');
    new StaticMediaCdn(this, 'Cdn');
  }
}

/** What a user may choose from: the other classes of the library. */
class Varied extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const alarmTopic = new Topic(this, 'Alarms');
    StageProfile.production().withOverrides({ backupRetention: Duration.days(35), natStrategy: NatStrategy.single(), alarmTopic }).applyTo(this);
    new Bucket(this, 'Mine', { removalPolicy: StageProfile.of(this).removalPolicy });

    const events = new SecureQueue(this, 'Events');
    new Rule(this, 'Uploads', { eventPattern: { source: ['aws.s3'] } }).addTarget(events.asRuleTarget());
    events.allowPublish(QueueProducer.topic(alarmTopic));

    const orders = new SecureQueue(this, 'Orders', {
      queueType: QueueType.highThroughputFifo({ contentBasedDeduplication: true }),
      maxReceiveCount: 5,
    });
    new Rule(this, 'Ordered', { eventPattern: { source: ['shop'] } }).addTarget(orders.asRuleTarget({ messageGroupId: 'orders' }));

    new ThumbnailToWasabi(this, 'Photos', {
      wasabiRegion: 'eu-central-1',
      archiveBucketName: 'lockedphotoarchive',
      credentials: wasabiKeys(this),
      uploadSuffixes: ['.jpg', '.png'],
      thumbnails: [
        ThumbnailSpec.inside(256),
        ThumbnailSpec.cover(400, 300, { format: ThumbnailFormat.webp(75), name: 'card' }),
        ThumbnailSpec.width(1200, { format: ThumbnailFormat.avif() }),
      ],
      archiveObjectLock: ArchiveObjectLock.governance(Duration.days(30)),
      reconcileAfter: Duration.hours(8),
    });

    new HaVpc(this, 'Network', {
      cidr: HaVpc.cidrFor('review'),
      maxAzs: 2,
      natStrategy: NatStrategy.instances({ maxInstanceLifetime: Duration.days(7) }),
      additionalTier: SubnetTier.isolated('Cache'),
      interfaceEndpoints: [EndpointSet.ssm()],
      publicAccessExclusion: PublicAccessExclusion.bidirectional(),
      flowLogs: FlowLogs.toCloudWatchLogs(),
    });
  }
}

/** Caches, and how an application gets at them and at others. */
class Bound extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Network', { maxAzs: 2, natGateways: 0 });
    const cache = new EncryptedCache(this, 'Cache', { vpc });
    cache.secret; cache.encryptionKey; cache.endpointAddress; cache.port; cache.connections;
    new EncryptedCache(this, 'Sessions', {
      vpc,
      engine: CacheEngine.redis('7.1'),
      capacity: CacheCapacity.nodes({ nodeType: 'cache.t3.small', count: 3, parameters: { 'maxmemory-policy': 'allkeys-lru' } }),
    });
    new EncryptedCache(this, 'Elastic', { vpc, engine: CacheEngine.valkey(), capacity: CacheCapacity.serverless({ maximumEcpuPerSecond: 5000 }) });

    const jobs = new SecureQueue(this, 'Jobs');
    const taskDefinition = new FargateTaskDefinition(this, 'Task');
    const container = taskDefinition.addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    const service = new FargateService(this, 'Service', { cluster: new Cluster(this, 'Cluster', { vpc }), taskDefinition });
    BindingTarget.container(container, service).use(
      cache.binding({ url: 'REDIS_URL' }),
      jobs.workerBinding({ name: 'TASK_QUEUE_NAME', visibilityTimeout: 'SQS_QUEUE_VISIBILITY_TIMEOUT', brokerUrl: 'CELERY_BROKER_URL' }),
      Binding.bucketReadWrite(new Bucket(this, 'Media'), { bucket: 'MEDIA_BUCKET', location: 'MEDIA_LOCATION' }, { folder: 'uploads' }),
      Binding.secret(new Secret(this, 'Mail'), 'EMAIL_HOST_PASSWORD'),
    );
    cache.allowFrom(service);
  }
}

/** Who deploys, and where Terraform keeps its state. */
class Identity extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const bucket = new Bucket(this, 'Data');
    const deploy = new GithubOidcRole(this, 'Deploy', { subjects: [GithubSubject.branch('owner/repo', 'main')] });
    bucket.grantReadWrite(deploy);
    new TerraformStateBackend(this, 'State');

    const roles = GithubOidcRole.planAndApply(this, 'Ci', {
      repository: 'owner@1/repo@2',
      environment: 'production',
      provider: GithubOidcProvider.fromAccount(),
    });
    const locked = new TerraformStateBackend(this, 'Locked', { lock: TerraformStateLock.table() });
    locked.grantReadState(roles.plan, { key: 'network.tfstate' });
    locked.grantState(roles.apply, { key: 'network.tfstate' });
    const pullRequest = { aud: 'sts.amazonaws.com', sub: 'repo:owner@1/repo@2:pull_request' };
    if (!roles.plan.wouldAllow(pullRequest) || roles.apply.wouldAllow(pullRequest)) throw new Error(roles.plan.explain(pullRequest));

    const pages = new StaticMediaCdn(this, 'Pages', {
      appDomain: 'alb.example.org',
      staticFiles: StaticFiles.fromAppWithFallback(),
      defaultContent: DefaultContent.app(),
      mediaExpiration: Duration.days(30),
      privateMedia: PrivateMedia.rotatedKeys({ rotateAfter: Duration.days(60) }),
      siteName: 'demo',
      environmentName: 'staging',
    });
    pages.explain('/media/a.jpg').cacheKey;
    pages.staticBinding({ bucket: 'AWS_S3_STATICFILES_BUCKET_NAME', domain: 'AWS_S3_STATICFILES_CUSTOM_DOMAIN' });
  }
}

/** A database of each kind, and who uses it. */
class Relational extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Network', { maxAzs: 2, natGateways: 0 });
    const container = new FargateTaskDefinition(this, 'Task').addContainer('web', { image: ContainerImage.fromRegistry('example/web:1.4.0') });
    const peer = new SecurityGroup(this, 'Peer', { vpc });

    const database = new EncryptedDatabase(this, 'Database', { vpc, engine: DatabaseEngine.mysql(), databaseName: 'skills' });
    database.allowFrom(peer);
    database.secret; database.encryptionKey; database.endpointAddress; database.port;

    const panels = new EncryptedDatabase(this, 'Panels', {
      vpc, engine: DatabaseEngine.auroraPostgres(), databaseName: 'panels', parameters: { log_min_duration_statement: '500' }, rotateAfter: Duration.days(60),
    });
    BindingTarget.container(container, peer).use(panels.binding({ host: 'DB_HOST', url: 'DATABASE_URL' }));
  }
}

/** An app behind a CDN with all that it can have, and one that says what else there is to say. */
class Containers extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Network', { maxAzs: 2, natGateways: 1 });
    const database = new EncryptedDatabase(this, 'Database', { vpc, engine: DatabaseEngine.mysql(), databaseName: 'skills' });
    const jobs = new SecureQueue(this, 'Jobs', { visibilityTimeout: Duration.seconds(360) });
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: 'Z0123456789', zoneName: 'example.org' });
    const cdn = new StaticMediaCdn(this, 'Cdn', { domainName: 'www.example.org', hostedZone: zone });
    const image = ContainerImage.fromRegistry('example/api:1.4.0');

    const app = new ContainerAppWithAlb(this, 'App', {
      vpc,
      image: ContainerImage.fromRegistry('example/web:1.4.0'),
      port: 8080,
      healthCheckPath: '/version/',
      cpu: 1024,
      memory: Size.gibibytes(2),
      domainName: 'app.example.org',
      hostedZone: zone,
      uses: [
        database.binding({ url: 'DATABASE_URL' }),
        jobs.workerBinding({ name: 'TASK_QUEUE_NAME', visibilityTimeout: 'SQS_QUEUE_VISIBILITY_TIMEOUT', brokerUrl: 'CELERY_BROKER_URL' }),
        cdn.mediaBinding({ bucket: 'AWS_S3_MEDIAFILES_BUCKET_NAME', location: 'AWS_MEDIAFILES_LOCATION' }),
      ],
      ingress: Ingress.cloudFrontOnly(cdn),
      environment: { DJANGO_LOG_LEVEL: 'INFO' },
      secrets: { SECRET_KEY: ContainerSecret.fromSecretsManager(new Secret(this, 'Django')) },
    });
    app.addWebService('Api', { image, port: 8000, pathPatterns: ['/fastapi*'], priority: 100 });
    app.addWorker('Worker', { image, command: ['celery', '-A', 'panelapp', 'worker'], queue: jobs });
    const search = app.addInternalService('Search', { name: 'elasticsearch', image, port: 9200, dataPath: '/usr/share/elasticsearch/data' });
    app.webService.use(search.binding({ url: 'ELASTICSEARCH_URI', host: 'ES_HOST', port: 'ES_PORT' }));
    app.addDeployTask('Migrate', { command: ['python', 'manage.py', 'migrate'] });
    app.addScheduledTask('Clean', { command: ['python', 'manage.py', 'clearsessions'], schedule: ScheduleExpression.rate(Duration.days(1)) });
    app.webService.use(database.binding({ host: 'MYSQL_HOST', port: 'MYSQL_PORT', user: 'MYSQL_USER', password: 'MYSQL_PASSWORD', name: 'MYSQL_DB' }));
    app.loadBalancer; app.cluster; app.connections; app.url;
    app.settings; app.settingsTable(); app.explain();

    new ContainerAppWithAlb(this, 'Varied', {
      vpc,
      image: AppImage.registry('example/varied:2.0.0'),
      ingress: Ingress.cidrs('192.0.2.0/24'),
      capacity: ServiceCapacity.fargateSpot(),
      logs: ContainerLogs.cloudWatch(),
      rootFilesystem: RootFilesystem.readOnly(),
      writablePaths: ['/tmp', '/run'],
    });
  }
}

function wasabiKeys(scope: Construct): ISecret {
  return Secret.fromSecretNameV2(scope, 'Wasabi', 'demo/wasabi/access');
}

const app = new App();
StageProfile.production().applyTo(app); // what you get when you say nothing
new Contract(app, 'Production');

const stagingStack = new Stack(app, 'Staging');
StageProfile.staging().applyTo(stagingStack); // one AZ less, one NAT, no standby, short retention, cheap CDN edge
new SecureQueue(stagingStack, 'Jobs');

const reviewStack = new Stack(app, 'Review');
StageProfile.ephemeral().applyTo(reviewStack); // destroyed without a trace and without leftovers that cost money
new SecureQueue(reviewStack, 'Jobs');

new Least(app, 'Least');
new Varied(app, 'Varied');
new Bound(app, 'Bound');
new Identity(app, 'Identity');
new Relational(app, 'Relational');
new Containers(app, 'Containers');

app.synth();
