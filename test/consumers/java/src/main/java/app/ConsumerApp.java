package app;

import io.github.cdkmainstay.AppImage;
import io.github.cdkmainstay.ArchiveObjectLock;
import io.github.cdkmainstay.Binding;
import io.github.cdkmainstay.BindingTarget;
import io.github.cdkmainstay.BucketBindingNames;
import io.github.cdkmainstay.BucketBindingOptions;
import io.github.cdkmainstay.CacheBindingNames;
import io.github.cdkmainstay.CacheCapacity;
import io.github.cdkmainstay.CacheEngine;
import io.github.cdkmainstay.CacheNodesOptions;
import io.github.cdkmainstay.CacheServerlessOptions;
import io.github.cdkmainstay.CdnBindingNames;
import io.github.cdkmainstay.ContainerAppWithAlb;
import io.github.cdkmainstay.ContainerLogs;
import io.github.cdkmainstay.DatabaseBindingNames;
import io.github.cdkmainstay.DatabaseEngine;
import io.github.cdkmainstay.DefaultContent;
import io.github.cdkmainstay.DeployTaskProps;
import io.github.cdkmainstay.EncryptedCache;
import io.github.cdkmainstay.EncryptedDatabase;
import io.github.cdkmainstay.EndpointSet;
import io.github.cdkmainstay.FlowLogs;
import io.github.cdkmainstay.GithubOidcProvider;
import io.github.cdkmainstay.GithubOidcRole;
import io.github.cdkmainstay.GithubPlanAndApply;
import io.github.cdkmainstay.GithubPlanAndApplyOptions;
import io.github.cdkmainstay.GithubSubject;
import io.github.cdkmainstay.HaVpc;
import io.github.cdkmainstay.HighThroughputFifoQueueOptions;
import io.github.cdkmainstay.Ingress;
import io.github.cdkmainstay.InternalService;
import io.github.cdkmainstay.InternalServiceProps;
import io.github.cdkmainstay.NatInstancesOptions;
import io.github.cdkmainstay.NatStrategy;
import io.github.cdkmainstay.PhotoRestore;
import io.github.cdkmainstay.PrivateMedia;
import io.github.cdkmainstay.PublicAccessExclusion;
import io.github.cdkmainstay.QueueBindingNames;
import io.github.cdkmainstay.QueueProducer;
import io.github.cdkmainstay.QueueRuleTargetOptions;
import io.github.cdkmainstay.QueueType;
import io.github.cdkmainstay.RootFilesystem;
import io.github.cdkmainstay.RotatedKeysOptions;
import io.github.cdkmainstay.ScheduledTaskProps;
import io.github.cdkmainstay.SecureQueue;
import io.github.cdkmainstay.ServiceBindingNames;
import io.github.cdkmainstay.ServiceCapacity;
import io.github.cdkmainstay.StageProfile;
import io.github.cdkmainstay.StageProfileOverrides;
import io.github.cdkmainstay.StaticFiles;
import io.github.cdkmainstay.StaticMediaCdn;
import io.github.cdkmainstay.SubnetTier;
import io.github.cdkmainstay.TerraformStateBackend;
import io.github.cdkmainstay.TerraformStateLock;
import io.github.cdkmainstay.TerraformStateOptions;
import io.github.cdkmainstay.ThumbnailFormat;
import io.github.cdkmainstay.ThumbnailOptions;
import io.github.cdkmainstay.ThumbnailSpec;
import io.github.cdkmainstay.ThumbnailToWasabi;
import io.github.cdkmainstay.WebServiceProps;
import io.github.cdkmainstay.WorkerServiceProps;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Size;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecs.Cluster;
import software.amazon.awscdk.services.ecs.ContainerDefinition;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.FargateService;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.events.EventPattern;
import software.amazon.awscdk.services.events.Rule;
import software.amazon.awscdk.services.iam.AccountRootPrincipal;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.route53.HostedZone;
import software.amazon.awscdk.services.route53.HostedZoneAttributes;
import software.amazon.awscdk.services.route53.IHostedZone;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.scheduler.ScheduleExpression;
import software.amazon.awscdk.services.secretsmanager.ISecret;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.amazon.awscdk.services.sns.Topic;
import software.constructs.Construct;

/** The app of ../typescript/app.ts, as a Java user writes it. */
public final class ConsumerApp {
  private ConsumerApp() {}

  public static void main(final String[] args) {
    final App app = new App();
    StageProfile.production().applyTo(app); // what you get when you say nothing
    new Contract(app, "Production");

    final Stack stagingStack = new Stack(app, "Staging");
    StageProfile.staging().applyTo(stagingStack);
    SecureQueue.Builder.create(stagingStack, "Jobs").build();

    final Stack reviewStack = new Stack(app, "Review");
    StageProfile.ephemeral().applyTo(reviewStack);
    SecureQueue.Builder.create(reviewStack, "Jobs").build();

    new Least(app, "Least");
    new Varied(app, "Varied");
    new Bound(app, "Bound");
    new Identity(app, "Identity");
    new Relational(app, "Relational");
    new Containers(app, "Containers");

    app.synth();
  }

  private static ISecret wasabiKeys(final Construct scope) {
    return Secret.fromSecretNameV2(scope, "Wasabi", "demo/wasabi/access");
  }

  /** Caches, and how an application gets at them and at others. */
  static final class Bound extends Stack {
    Bound(final Construct scope, final String id) {
      super(scope, id);
      final Vpc vpc = Vpc.Builder.create(this, "Network").maxAzs(2).natGateways(0).build();
      final EncryptedCache cache = EncryptedCache.Builder.create(this, "Cache").vpc(vpc).build();
      cache.getSecret();
      cache.getEncryptionKey();
      cache.getEndpointAddress();
      cache.getPort();
      cache.getConnections();
      EncryptedCache.Builder.create(this, "Sessions")
          .vpc(vpc)
          .engine(CacheEngine.redis("7.1"))
          .capacity(CacheCapacity.nodes(CacheNodesOptions.builder()
              .nodeType("cache.t3.small")
              .count(3)
              .parameters(Map.of("maxmemory-policy", "allkeys-lru"))
              .build()))
          .build();
      EncryptedCache.Builder.create(this, "Elastic")
          .vpc(vpc)
          .engine(CacheEngine.valkey())
          .capacity(CacheCapacity.serverless(CacheServerlessOptions.builder().maximumEcpuPerSecond(5000).build()))
          .build();

      final SecureQueue jobs = new SecureQueue(this, "Jobs");
      final FargateTaskDefinition taskDefinition = new FargateTaskDefinition(this, "Task");
      final ContainerDefinition container = taskDefinition.addContainer("web",
          ContainerDefinitionOptions.builder().image(ContainerImage.fromRegistry("example/web:1.4.0")).build());
      final FargateService service = FargateService.Builder.create(this, "Service")
          .cluster(Cluster.Builder.create(this, "Cluster").vpc(vpc).build())
          .taskDefinition(taskDefinition)
          .build();
      BindingTarget.container(container, service).use(
          cache.binding(CacheBindingNames.builder().url("REDIS_URL").build()),
          jobs.workerBinding(QueueBindingNames.builder()
              .name("TASK_QUEUE_NAME")
              .visibilityTimeout("SQS_QUEUE_VISIBILITY_TIMEOUT")
              .brokerUrl("CELERY_BROKER_URL")
              .build()),
          Binding.bucketReadWrite(new Bucket(this, "Media"),
              BucketBindingNames.builder().bucket("MEDIA_BUCKET").location("MEDIA_LOCATION").build(),
              BucketBindingOptions.builder().folder("uploads").build()),
          Binding.secret(new Secret(this, "Mail"), "EMAIL_HOST_PASSWORD"));
      cache.allowFrom(service);
    }
  }

  /** An app behind a CDN with all that it can have, and one that says what else there is to say. */
  static final class Containers extends Stack {
    Containers(final Construct scope, final String id) {
      super(scope, id);
      final Vpc vpc = Vpc.Builder.create(this, "Network").maxAzs(2).natGateways(1).build();
      final EncryptedDatabase database = EncryptedDatabase.Builder.create(this, "Database")
          .vpc(vpc).engine(DatabaseEngine.mysql()).databaseName("skills").build();
      final SecureQueue jobs = SecureQueue.Builder.create(this, "Jobs").visibilityTimeout(Duration.seconds(360)).build();
      final IHostedZone zone = HostedZone.fromHostedZoneAttributes(this, "Zone",
          HostedZoneAttributes.builder().hostedZoneId("Z0123456789").zoneName("example.org").build());
      final StaticMediaCdn cdn = StaticMediaCdn.Builder.create(this, "Cdn").domainName("www.example.org").hostedZone(zone).build();
      final ContainerImage image = ContainerImage.fromRegistry("example/api:1.4.0");

      final ContainerAppWithAlb app = ContainerAppWithAlb.Builder.create(this, "App")
          .vpc(vpc)
          .image(ContainerImage.fromRegistry("example/web:1.4.0"))
          .port(8080)
          .healthCheckPath("/version/")
          .cpu(1024)
          .memory(Size.gibibytes(2))
          .domainName("app.example.org")
          .hostedZone(zone)
          .uses(List.of(
              database.binding(DatabaseBindingNames.builder().url("DATABASE_URL").build()),
              jobs.workerBinding(QueueBindingNames.builder()
                  .name("TASK_QUEUE_NAME")
                  .visibilityTimeout("SQS_QUEUE_VISIBILITY_TIMEOUT")
                  .brokerUrl("CELERY_BROKER_URL")
                  .build()),
              cdn.mediaBinding(CdnBindingNames.builder()
                  .bucket("AWS_S3_MEDIAFILES_BUCKET_NAME")
                  .location("AWS_MEDIAFILES_LOCATION")
                  .build())))
          .ingress(Ingress.cloudFrontOnly(cdn))
          .environment(Map.of("DJANGO_LOG_LEVEL", "INFO"))
          .secrets(Map.of("SECRET_KEY", software.amazon.awscdk.services.ecs.Secret.fromSecretsManager(new Secret(this, "Django"))))
          .build();
      app.addWebService("Api", WebServiceProps.builder().image(image).port(8000).pathPatterns(List.of("/fastapi*")).priority(100).build());
      app.addWorker("Worker", WorkerServiceProps.builder()
          .image(image).command(List.of("celery", "-A", "panelapp", "worker")).queue(jobs).build());
      final InternalService search = app.addInternalService("Search", InternalServiceProps.builder()
          .name("elasticsearch").image(image).port(9200).dataPath("/usr/share/elasticsearch/data").build());
      app.getWebService().use(search.binding(ServiceBindingNames.builder()
          .url("ELASTICSEARCH_URI").host("ES_HOST").port("ES_PORT").build()));
      app.addDeployTask("Migrate", DeployTaskProps.builder().command(List.of("python", "manage.py", "migrate")).build());
      app.addScheduledTask("Clean", ScheduledTaskProps.builder()
          .command(List.of("python", "manage.py", "clearsessions"))
          .schedule(ScheduleExpression.rate(Duration.days(1)))
          .build());
      app.getWebService().use(database.binding(DatabaseBindingNames.builder()
          .host("MYSQL_HOST").port("MYSQL_PORT").user("MYSQL_USER").password("MYSQL_PASSWORD").name("MYSQL_DB").build()));
      app.getLoadBalancer();
      app.getCluster();
      app.getConnections();
      app.getUrl();
      app.getSettings();
      app.settingsTable();
      app.explain();

      ContainerAppWithAlb.Builder.create(this, "Varied")
          .vpc(vpc)
          .image(AppImage.registry("example/varied:2.0.0"))
          .ingress(Ingress.cidrs("192.0.2.0/24"))
          .capacity(ServiceCapacity.fargateSpot())
          .logs(ContainerLogs.cloudWatch())
          .rootFilesystem(RootFilesystem.readOnly())
          .writablePaths(List.of("/tmp", "/run"))
          .build();
    }
  }

  /** The lines of the public contract, as a user writes them. */
  static final class Contract extends Stack {
    Contract(final Construct scope, final String id) {
      super(scope, id);
      final Role role = Role.Builder.create(this, "Role").assumedBy(new AccountRootPrincipal()).build();

      final SecureQueue jobs = SecureQueue.Builder.create(this, "Jobs").visibilityTimeout(Duration.seconds(360)).build();
      jobs.getQueue();
      jobs.getDeadLetterQueue();
      jobs.grantSend(role);
      jobs.grantConsume(role);
      jobs.grantWorker(role);

      final ThumbnailToWasabi photos = ThumbnailToWasabi.Builder.create(this, "Photos")
          .wasabiRegion("eu-central-1")
          .archiveBucketName("photoarchive")
          .credentials(wasabiKeys(this))
          .thumbnails(List.of(ThumbnailSpec.inside(256)))
          .build();
      photos.getDropbox();
      photos.getThumbnails();
      photos.grantUpload(role);
      photos.grantReadThumbnails(role);
      photos.grantBackfill(role);

      final HaVpc network = new HaVpc(this, "Network"); // 3 AZs, public + private + isolated subnets, a NAT gateway per AZ, flow logs
      HaVpc.Builder.create(this, "Cheap").cidr("10.1.0.0/16").natStrategy(NatStrategy.single()).build();
      HaVpc.Builder.create(this, "Exact")
          .cidr("192.168.100.0/24")
          .availabilityZones(List.of("us-west-2a", "us-west-2b"))
          .publicSubnetCidrs(List.of("192.168.100.128/27", "192.168.100.192/27"))
          .privateSubnetCidrs(List.of("192.168.100.0/27", "192.168.100.64/27"))
          .build();
      network.getVpc();
      network.getEgressIps();
      network.explain();

      final IHostedZone zone = HostedZone.fromHostedZoneAttributes(
          this, "Zone", HostedZoneAttributes.builder().hostedZoneId("Z0123456789").zoneName("example.education").build());
      final StaticMediaCdn cdn = StaticMediaCdn.Builder.create(this, "Cdn")
          .appDomain("demo.example.education")
          .domainName("cdn.example.education")
          .hostedZone(zone)
          .build();
      cdn.getDistribution();
      cdn.getMediaBucket();
      cdn.grantMediaReadWrite(role);
      cdn.djangoSettings();
      cdn.mediaBinding(CdnBindingNames.builder().bucket("AWS_S3_MEDIAFILES_BUCKET_NAME").location("AWS_MEDIAFILES_LOCATION").build());

      StageProfile.of(this).getRemovalPolicy(); // readable by anybody's construct
      StageProfile.production().withOverrides(StageProfileOverrides.builder().backupRetention(Duration.days(35)).build());
    }
  }

  /** Every construct with no more than it must be given. */
  static final class Least extends Stack {
    Least(final Construct scope, final String id) {
      super(scope, id);
      StageProfile.production().applyTo(this); // an environment of its own, so that its network may have the addresses of another
      new SecureQueue(this, "Jobs");
      final ThumbnailToWasabi photos = ThumbnailToWasabi.Builder.create(this, "Photos")
          .wasabiRegion("eu-central-1")
          .archiveBucketName("photoarchive")
          .credentials(wasabiKeys(this))
          .build();
      PhotoRestore.Builder.create(this, "Restore").photos(photos).destination(new Bucket(this, "Restored")).build();
      new HaVpc(this, "Network");
      new StaticMediaCdn(this, "Cdn");
    }
  }

  /** Who deploys, and where Terraform keeps its state. */
  static final class Identity extends Stack {
    Identity(final Construct scope, final String id) {
      super(scope, id);
      final Bucket bucket = new Bucket(this, "Data");
      final GithubOidcRole deploy = GithubOidcRole.Builder.create(this, "Deploy")
          .subjects(List.of(GithubSubject.branch("owner/repo", "main")))
          .build();
      bucket.grantReadWrite(deploy);
      new TerraformStateBackend(this, "State");

      final GithubPlanAndApply roles = GithubOidcRole.planAndApply(this, "Ci", GithubPlanAndApplyOptions.builder()
          .repository("owner@1/repo@2")
          .environment("production")
          .provider(GithubOidcProvider.fromAccount())
          .build());
      final TerraformStateBackend locked = TerraformStateBackend.Builder.create(this, "Locked").lock(TerraformStateLock.table()).build();
      final TerraformStateOptions network = TerraformStateOptions.builder().key("network.tfstate").build();
      locked.grantReadState(roles.getPlan(), network);
      locked.grantState(roles.getApply(), network);
      final Map<String, Object> pullRequest = Map.of("aud", "sts.amazonaws.com", "sub", "repo:owner@1/repo@2:pull_request");
      if (!roles.getPlan().wouldAllow(pullRequest) || roles.getApply().wouldAllow(pullRequest)) {
        throw new IllegalStateException(roles.getPlan().explain(pullRequest));
      }

      final StaticMediaCdn pages = StaticMediaCdn.Builder.create(this, "Pages")
          .appDomain("alb.example.org")
          .staticFiles(StaticFiles.fromAppWithFallback())
          .defaultContent(DefaultContent.app())
          .mediaExpiration(Duration.days(30))
          .privateMedia(PrivateMedia.rotatedKeys(RotatedKeysOptions.builder().rotateAfter(Duration.days(60)).build()))
          .siteName("demo")
          .environmentName("staging")
          .build();
      pages.explain("/media/a.jpg").getCacheKey();
      pages.staticBinding(
          CdnBindingNames.builder().bucket("AWS_S3_STATICFILES_BUCKET_NAME").domain("AWS_S3_STATICFILES_CUSTOM_DOMAIN").build());
    }
  }

  /** A database of each kind, and who uses it. */
  static final class Relational extends Stack {
    Relational(final Construct scope, final String id) {
      super(scope, id);
      final Vpc vpc = Vpc.Builder.create(this, "Network").maxAzs(2).natGateways(0).build();
      final ContainerDefinition container = new FargateTaskDefinition(this, "Task")
          .addContainer("web", ContainerDefinitionOptions.builder().image(ContainerImage.fromRegistry("example/web:1.4.0")).build());
      final SecurityGroup peer = SecurityGroup.Builder.create(this, "Peer").vpc(vpc).build();

      final EncryptedDatabase database = EncryptedDatabase.Builder.create(this, "Database")
          .vpc(vpc)
          .engine(DatabaseEngine.mysql())
          .databaseName("skills")
          .build();
      database.allowFrom(peer);
      database.getSecret();
      database.getEncryptionKey();
      database.getEndpointAddress();
      database.getPort();

      final EncryptedDatabase panels = EncryptedDatabase.Builder.create(this, "Panels")
          .vpc(vpc)
          .engine(DatabaseEngine.auroraPostgres())
          .databaseName("panels")
          .parameters(Map.of("log_min_duration_statement", "500"))
          .rotateAfter(Duration.days(60))
          .build();
      BindingTarget.container(container, peer)
          .use(panels.binding(DatabaseBindingNames.builder().host("DB_HOST").url("DATABASE_URL").build()));
    }
  }

  /** What a user may choose from: the other classes of the library. */
  static final class Varied extends Stack {
    Varied(final Construct scope, final String id) {
      super(scope, id);
      final Topic alarmTopic = new Topic(this, "Alarms");
      StageProfile.production()
          .withOverrides(StageProfileOverrides.builder()
              .backupRetention(Duration.days(35))
              .natStrategy(NatStrategy.single())
              .alarmTopic(alarmTopic)
              .build())
          .applyTo(this);
      Bucket.Builder.create(this, "Mine").removalPolicy(StageProfile.of(this).getRemovalPolicy()).build();

      final SecureQueue events = new SecureQueue(this, "Events");
      final Rule uploads = Rule.Builder.create(this, "Uploads").eventPattern(from("aws.s3")).build();
      uploads.addTarget(events.asRuleTarget());
      events.allowPublish(QueueProducer.topic(alarmTopic));

      final SecureQueue orders = SecureQueue.Builder.create(this, "Orders")
          .queueType(QueueType.highThroughputFifo(HighThroughputFifoQueueOptions.builder().contentBasedDeduplication(true).build()))
          .maxReceiveCount(5)
          .build();
      final Rule ordered = Rule.Builder.create(this, "Ordered").eventPattern(from("shop")).build();
      ordered.addTarget(orders.asRuleTarget(QueueRuleTargetOptions.builder().messageGroupId("orders").build()));

      ThumbnailToWasabi.Builder.create(this, "Photos")
          .wasabiRegion("eu-central-1")
          .archiveBucketName("lockedphotoarchive")
          .credentials(wasabiKeys(this))
          .uploadSuffixes(List.of(".jpg", ".png"))
          .thumbnails(List.of(
              ThumbnailSpec.inside(256),
              ThumbnailSpec.cover(400, 300, ThumbnailOptions.builder().format(ThumbnailFormat.webp(75)).name("card").build()),
              ThumbnailSpec.width(1200, ThumbnailOptions.builder().format(ThumbnailFormat.avif()).build())))
          .archiveObjectLock(ArchiveObjectLock.governance(Duration.days(30)))
          .reconcileAfter(Duration.hours(8))
          .build();

      HaVpc.Builder.create(this, "Network")
          .cidr(HaVpc.cidrFor("review"))
          .maxAzs(2)
          .natStrategy(NatStrategy.instances(NatInstancesOptions.builder().maxInstanceLifetime(Duration.days(7)).build()))
          .additionalTier(SubnetTier.isolated("Cache"))
          .interfaceEndpoints(List.of(EndpointSet.ssm()))
          .publicAccessExclusion(PublicAccessExclusion.bidirectional())
          .flowLogs(FlowLogs.toCloudWatchLogs())
          .build();
    }

    private static EventPattern from(final String source) {
      return EventPattern.builder().source(List.of(source)).build();
    }
  }
}
