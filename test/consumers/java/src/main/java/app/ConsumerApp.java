package app;

import io.github.cdkmainstay.ArchiveObjectLock;
import io.github.cdkmainstay.BindingTarget;
import io.github.cdkmainstay.DatabaseBindingNames;
import io.github.cdkmainstay.DatabaseEngine;
import io.github.cdkmainstay.EncryptedDatabase;
import io.github.cdkmainstay.HighThroughputFifoQueueOptions;
import io.github.cdkmainstay.NatStrategy;
import io.github.cdkmainstay.PhotoRestore;
import io.github.cdkmainstay.QueueProducer;
import io.github.cdkmainstay.QueueRuleTargetOptions;
import io.github.cdkmainstay.QueueType;
import io.github.cdkmainstay.SecureQueue;
import io.github.cdkmainstay.StageProfile;
import io.github.cdkmainstay.StageProfileOverrides;
import io.github.cdkmainstay.ThumbnailFormat;
import io.github.cdkmainstay.ThumbnailOptions;
import io.github.cdkmainstay.ThumbnailSpec;
import io.github.cdkmainstay.ThumbnailToWasabi;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.ecs.ContainerDefinition;
import software.amazon.awscdk.services.ecs.ContainerDefinitionOptions;
import software.amazon.awscdk.services.ecs.ContainerImage;
import software.amazon.awscdk.services.ecs.FargateTaskDefinition;
import software.amazon.awscdk.services.events.EventPattern;
import software.amazon.awscdk.services.events.Rule;
import software.amazon.awscdk.services.iam.AccountRootPrincipal;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.s3.Bucket;
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
    new Relational(app, "Relational");

    app.synth();
  }

  private static ISecret wasabiKeys(final Construct scope) {
    return Secret.fromSecretNameV2(scope, "Wasabi", "demo/wasabi/access");
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

      StageProfile.of(this).getRemovalPolicy(); // readable by anybody's construct
      StageProfile.production().withOverrides(StageProfileOverrides.builder().backupRetention(Duration.days(35)).build());
    }
  }

  /** Every construct with no more than it must be given. */
  static final class Least extends Stack {
    Least(final Construct scope, final String id) {
      super(scope, id);
      new SecureQueue(this, "Jobs");
      final ThumbnailToWasabi photos = ThumbnailToWasabi.Builder.create(this, "Photos")
          .wasabiRegion("eu-central-1")
          .archiveBucketName("photoarchive")
          .credentials(wasabiKeys(this))
          .build();
      PhotoRestore.Builder.create(this, "Restore").photos(photos).destination(new Bucket(this, "Restored")).build();
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
    }

    private static EventPattern from(final String source) {
      return EventPattern.builder().source(List.of(source)).build();
    }
  }
}
