"""The app of ../typescript/app.ts, as a Python user writes it."""

from aws_cdk import App, Duration, Stack
from aws_cdk.aws_ec2 import SecurityGroup, Vpc
from aws_cdk.aws_ecs import ContainerImage, FargateTaskDefinition
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_iam import AccountRootPrincipal, Role
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_secretsmanager import ISecret, Secret
from aws_cdk.aws_sns import Topic
from cdk_mainstay import (
    ArchiveObjectLock,
    BindingTarget,
    DatabaseEngine,
    EncryptedDatabase,
    NatStrategy,
    PhotoRestore,
    QueueProducer,
    QueueType,
    SecureQueue,
    StageProfile,
    ThumbnailFormat,
    ThumbnailSpec,
    ThumbnailToWasabi,
)
from constructs import Construct


class Contract(Stack):
    """The lines of the public contract, as a user writes them."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        role = Role(self, "Role", assumed_by=AccountRootPrincipal())

        jobs = SecureQueue(self, "Jobs", visibility_timeout=Duration.seconds(360))
        jobs.queue, jobs.dead_letter_queue
        jobs.grant_send(role)
        jobs.grant_consume(role)
        jobs.grant_worker(role)

        photos = ThumbnailToWasabi(
            self,
            "Photos",
            wasabi_region="eu-central-1",
            archive_bucket_name="photoarchive",
            credentials=wasabi_keys(self),
            thumbnails=[ThumbnailSpec.inside(256)],
        )
        photos.dropbox, photos.thumbnails
        photos.grant_upload(role)
        photos.grant_read_thumbnails(role)
        photos.grant_backfill(role)

        StageProfile.of(self).removal_policy  # readable by anybody's construct
        StageProfile.production().with_overrides(backup_retention=Duration.days(35))


class Least(Stack):
    """Every construct with no more than it must be given."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        SecureQueue(self, "Jobs")
        photos = ThumbnailToWasabi(
            self,
            "Photos",
            wasabi_region="eu-central-1",
            archive_bucket_name="photoarchive",
            credentials=wasabi_keys(self),
        )
        PhotoRestore(self, "Restore", photos=photos, destination=Bucket(self, "Restored"))


class Varied(Stack):
    """What a user may choose from: the other classes of the library."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        alarm_topic = Topic(self, "Alarms")
        StageProfile.production().with_overrides(
            backup_retention=Duration.days(35),
            nat_strategy=NatStrategy.single(),
            alarm_topic=alarm_topic,
        ).apply_to(self)
        Bucket(self, "Mine", removal_policy=StageProfile.of(self).removal_policy)

        events = SecureQueue(self, "Events")
        uploads = Rule(self, "Uploads", event_pattern=EventPattern(source=["aws.s3"]))
        uploads.add_target(events.as_rule_target())
        events.allow_publish(QueueProducer.topic(alarm_topic))

        orders = SecureQueue(
            self,
            "Orders",
            queue_type=QueueType.high_throughput_fifo(content_based_deduplication=True),
            max_receive_count=5,
        )
        ordered = Rule(self, "Ordered", event_pattern=EventPattern(source=["shop"]))
        ordered.add_target(orders.as_rule_target(message_group_id="orders"))

        ThumbnailToWasabi(
            self,
            "Photos",
            wasabi_region="eu-central-1",
            archive_bucket_name="lockedphotoarchive",
            credentials=wasabi_keys(self),
            upload_suffixes=[".jpg", ".png"],
            thumbnails=[
                ThumbnailSpec.inside(256),
                ThumbnailSpec.cover(400, 300, format=ThumbnailFormat.webp(75), name="card"),
                ThumbnailSpec.width(1200, format=ThumbnailFormat.avif()),
            ],
            archive_object_lock=ArchiveObjectLock.governance(Duration.days(30)),
            reconcile_after=Duration.hours(8),
        )


class Relational(Stack):
    """A database of each kind, and who uses it."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = Vpc(self, "Network", max_azs=2, nat_gateways=0)
        container = FargateTaskDefinition(self, "Task").add_container(
            "web", image=ContainerImage.from_registry("example/web:1.4.0")
        )
        peer = SecurityGroup(self, "Peer", vpc=vpc)

        database = EncryptedDatabase(self, "Database", vpc=vpc, engine=DatabaseEngine.mysql(), database_name="skills")
        database.allow_from(peer)
        database.secret, database.encryption_key, database.endpoint_address, database.port

        panels = EncryptedDatabase(
            self,
            "Panels",
            vpc=vpc,
            engine=DatabaseEngine.aurora_postgres(),
            database_name="panels",
            parameters={"log_min_duration_statement": "500"},
            rotate_after=Duration.days(60),
        )
        BindingTarget.container(container, peer).use(panels.binding(host="DB_HOST", url="DATABASE_URL"))


def wasabi_keys(scope: Construct) -> ISecret:
    return Secret.from_secret_name_v2(scope, "Wasabi", "demo/wasabi/access")


app = App()
StageProfile.production().apply_to(app)  # what you get when you say nothing
Contract(app, "Production")

staging_stack = Stack(app, "Staging")
StageProfile.staging().apply_to(staging_stack)
SecureQueue(staging_stack, "Jobs")

review_stack = Stack(app, "Review")
StageProfile.ephemeral().apply_to(review_stack)
SecureQueue(review_stack, "Jobs")

Least(app, "Least")
Varied(app, "Varied")
Relational(app, "Relational")

app.synth()
