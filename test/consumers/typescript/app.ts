// Each of the four apps says the same in its language: test/consumers/identical.test.mjs compares what they synthesize.
import { App, Duration, Stack, StackProps } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Rule } from 'aws-cdk-lib/aws-events';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  ArchiveObjectLock, BindingTarget, DatabaseEngine, EncryptedDatabase, NatStrategy, PhotoRestore, QueueProducer, QueueType, SecureQueue, StageProfile,
  ThumbnailFormat, ThumbnailSpec, ThumbnailToWasabi,
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

    StageProfile.of(this).removalPolicy; // readable by anybody's construct
    StageProfile.production().withOverrides({ backupRetention: Duration.days(35) });
  }
}

/** Every construct with no more than it must be given. */
class Least extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    new SecureQueue(this, 'Jobs');
    const photos = new ThumbnailToWasabi(this, 'Photos', {
      wasabiRegion: 'eu-central-1',
      archiveBucketName: 'photoarchive',
      credentials: wasabiKeys(this),
    });
    new PhotoRestore(this, 'Restore', { photos, destination: new Bucket(this, 'Restored') });
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
new Relational(app, 'Relational');

app.synth();
