"""The app of ../typescript/app.ts, as a Python user writes it."""

from aws_cdk import App, Duration, Size, Stack
from aws_cdk.aws_ec2 import SecurityGroup, Vpc
from aws_cdk.aws_ecs import Cluster, ContainerImage, FargateService, FargateTaskDefinition
from aws_cdk.aws_ecs import Secret as ContainerSecret
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_iam import AccountRootPrincipal, Role
from aws_cdk.aws_route53 import HostedZone
from aws_cdk.aws_s3 import Bucket
from aws_cdk.aws_scheduler import ScheduleExpression
from aws_cdk.aws_secretsmanager import ISecret, Secret
from aws_cdk.aws_sns import Topic
from cdk_mainstay import (
    AppImage,
    ArchiveObjectLock,
    Binding,
    BindingTarget,
    BucketBindingNames,
    CacheCapacity,
    CacheEngine,
    ContainerAppWithAlb,
    ContainerLogs,
    DatabaseEngine,
    DefaultContent,
    EncryptedCache,
    EncryptedDatabase,
    EndpointSet,
    FlowLogs,
    GithubOidcProvider,
    GithubOidcRole,
    GithubSubject,
    HaVpc,
    Ingress,
    NatStrategy,
    PhotoRestore,
    PrivateMedia,
    PublicAccessExclusion,
    QueueProducer,
    QueueType,
    RootFilesystem,
    SecureQueue,
    ServiceCapacity,
    StageProfile,
    StaticFiles,
    StaticMediaCdn,
    SubnetTier,
    TerraformStateBackend,
    TerraformStateLock,
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

        network = HaVpc(self, "Network")  # 3 AZs, public + private + isolated subnets, a NAT gateway per AZ, flow logs
        HaVpc(self, "Cheap", cidr="10.1.0.0/16", nat_strategy=NatStrategy.single())
        HaVpc(
            self,
            "Exact",
            cidr="192.168.100.0/24",
            availability_zones=["us-west-2a", "us-west-2b"],
            public_subnet_cidrs=["192.168.100.128/27", "192.168.100.192/27"],
            private_subnet_cidrs=["192.168.100.0/27", "192.168.100.64/27"],
        )
        network.vpc, network.egress_ips
        network.explain()

        zone = HostedZone.from_hosted_zone_attributes(self, "Zone", hosted_zone_id="Z0123456789", zone_name="example.education")
        cdn = StaticMediaCdn(self, "Cdn", app_domain="demo.example.education", domain_name="cdn.example.education", hosted_zone=zone)
        cdn.distribution, cdn.media_bucket
        cdn.grant_media_read_write(role)
        cdn.django_settings()
        cdn.media_binding(bucket="AWS_S3_MEDIAFILES_BUCKET_NAME", location="AWS_MEDIAFILES_LOCATION")

        StageProfile.of(self).removal_policy  # readable by anybody's construct
        StageProfile.production().with_overrides(backup_retention=Duration.days(35))


class Least(Stack):
    """Every construct with no more than it must be given."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        StageProfile.production().apply_to(self)  # an environment of its own, so that its network may have the addresses of another
        SecureQueue(self, "Jobs")
        photos = ThumbnailToWasabi(
            self,
            "Photos",
            wasabi_region="eu-central-1",
            archive_bucket_name="photoarchive",
            credentials=wasabi_keys(self),
        )
        PhotoRestore(self, "Restore", photos=photos, destination=Bucket(self, "Restored"))
        HaVpc(self, "Network")
        StaticMediaCdn(self, "Cdn")


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

        HaVpc(
            self,
            "Network",
            cidr=HaVpc.cidr_for("review"),
            max_azs=2,
            nat_strategy=NatStrategy.instances(max_instance_lifetime=Duration.days(7)),
            additional_tier=SubnetTier.isolated("Cache"),
            interface_endpoints=[EndpointSet.ssm()],
            public_access_exclusion=PublicAccessExclusion.bidirectional(),
            flow_logs=FlowLogs.to_cloud_watch_logs(),
        )


class Bound(Stack):
    """Caches, and how an application gets at them and at others."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = Vpc(self, "Network", max_azs=2, nat_gateways=0)
        cache = EncryptedCache(self, "Cache", vpc=vpc)
        cache.secret, cache.encryption_key, cache.endpoint_address, cache.port, cache.connections
        EncryptedCache(
            self,
            "Sessions",
            vpc=vpc,
            engine=CacheEngine.redis("7.1"),
            capacity=CacheCapacity.nodes(
                node_type="cache.t3.small", count=3, parameters={"maxmemory-policy": "allkeys-lru"}
            ),
        )
        EncryptedCache(
            self,
            "Elastic",
            vpc=vpc,
            engine=CacheEngine.valkey(),
            capacity=CacheCapacity.serverless(maximum_ecpu_per_second=5000),
        )

        jobs = SecureQueue(self, "Jobs")
        task_definition = FargateTaskDefinition(self, "Task")
        container = task_definition.add_container("web", image=ContainerImage.from_registry("example/web:1.4.0"))
        service = FargateService(
            self, "Service", cluster=Cluster(self, "Cluster", vpc=vpc), task_definition=task_definition
        )
        BindingTarget.container(container, service).use(
            cache.binding(url="REDIS_URL"),
            jobs.worker_binding(
                name="TASK_QUEUE_NAME",
                visibility_timeout="SQS_QUEUE_VISIBILITY_TIMEOUT",
                broker_url="CELERY_BROKER_URL",
            ),
            Binding.bucket_read_write(
                Bucket(self, "Media"),
                BucketBindingNames(bucket="MEDIA_BUCKET", location="MEDIA_LOCATION"),
                folder="uploads",
            ),
            Binding.secret(Secret(self, "Mail"), "EMAIL_HOST_PASSWORD"),
        )
        cache.allow_from(service)


class Identity(Stack):
    """Who deploys, and where Terraform keeps its state."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        bucket = Bucket(self, "Data")
        deploy = GithubOidcRole(self, "Deploy", subjects=[GithubSubject.branch("owner/repo", "main")])
        bucket.grant_read_write(deploy)
        TerraformStateBackend(self, "State")

        roles = GithubOidcRole.plan_and_apply(
            self,
            "Ci",
            repository="owner@1/repo@2",
            environment="production",
            provider=GithubOidcProvider.from_account(),
        )
        locked = TerraformStateBackend(self, "Locked", lock=TerraformStateLock.table())
        locked.grant_read_state(roles.plan, key="network.tfstate")
        locked.grant_state(roles.apply, key="network.tfstate")
        pull_request = {"aud": "sts.amazonaws.com", "sub": "repo:owner@1/repo@2:pull_request"}
        if not roles.plan.would_allow(pull_request) or roles.apply.would_allow(pull_request):
            raise RuntimeError(roles.plan.explain(pull_request))

        pages = StaticMediaCdn(
            self,
            "Pages",
            app_domain="alb.example.org",
            static_files=StaticFiles.from_app_with_fallback(),
            default_content=DefaultContent.app(),
            media_expiration=Duration.days(30),
            private_media=PrivateMedia.rotated_keys(rotate_after=Duration.days(60)),
            site_name="demo",
            environment_name="staging",
        )
        pages.explain("/media/a.jpg").cache_key
        pages.static_binding(bucket="AWS_S3_STATICFILES_BUCKET_NAME", domain="AWS_S3_STATICFILES_CUSTOM_DOMAIN")


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


class Containers(Stack):
    """An app behind a CDN with all that it can have, and one that says what else there is to say."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        vpc = Vpc(self, "Network", max_azs=2, nat_gateways=1)
        database = EncryptedDatabase(self, "Database", vpc=vpc, engine=DatabaseEngine.mysql(), database_name="skills")
        jobs = SecureQueue(self, "Jobs", visibility_timeout=Duration.seconds(360))
        zone = HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id="Z0123456789", zone_name="example.org"
        )
        cdn = StaticMediaCdn(self, "Cdn", domain_name="www.example.org", hosted_zone=zone)
        image = ContainerImage.from_registry("example/api:1.4.0")

        app = ContainerAppWithAlb(
            self,
            "App",
            vpc=vpc,
            image=ContainerImage.from_registry("example/web:1.4.0"),
            port=8080,
            health_check_path="/version/",
            cpu=1024,
            memory=Size.gibibytes(2),
            domain_name="app.example.org",
            hosted_zone=zone,
            uses=[
                database.binding(url="DATABASE_URL"),
                jobs.worker_binding(
                    name="TASK_QUEUE_NAME",
                    visibility_timeout="SQS_QUEUE_VISIBILITY_TIMEOUT",
                    broker_url="CELERY_BROKER_URL",
                ),
                cdn.media_binding(bucket="AWS_S3_MEDIAFILES_BUCKET_NAME", location="AWS_MEDIAFILES_LOCATION"),
            ],
            ingress=Ingress.cloud_front_only(cdn),
            environment={"DJANGO_LOG_LEVEL": "INFO"},
            secrets={"SECRET_KEY": ContainerSecret.from_secrets_manager(Secret(self, "Django"))},
        )
        app.add_web_service("Api", image=image, port=8000, path_patterns=["/fastapi*"], priority=100)
        app.add_worker("Worker", image=image, command=["celery", "-A", "panelapp", "worker"], queue=jobs)
        search = app.add_internal_service(
            "Search", name="elasticsearch", image=image, port=9200, data_path="/usr/share/elasticsearch/data"
        )
        app.web_service.use(search.binding(url="ELASTICSEARCH_URI", host="ES_HOST", port="ES_PORT"))
        app.add_deploy_task("Migrate", command=["python", "manage.py", "migrate"])
        app.add_scheduled_task(
            "Clean",
            command=["python", "manage.py", "clearsessions"],
            schedule=ScheduleExpression.rate(Duration.days(1)),
        )
        app.web_service.use(
            database.binding(
                host="MYSQL_HOST",
                port="MYSQL_PORT",
                user="MYSQL_USER",
                password="MYSQL_PASSWORD",
                name="MYSQL_DB",
            )
        )
        app.load_balancer, app.cluster, app.connections, app.url
        app.settings, app.settings_table(), app.explain()

        ContainerAppWithAlb(
            self,
            "Varied",
            vpc=vpc,
            image=AppImage.registry("example/varied:2.0.0"),
            ingress=Ingress.cidrs("192.0.2.0/24"),
            capacity=ServiceCapacity.fargate_spot(),
            logs=ContainerLogs.cloud_watch(),
            root_filesystem=RootFilesystem.read_only(),
            writable_paths=["/tmp", "/run"],
        )


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
Bound(app, "Bound")
Identity(app, "Identity")
Relational(app, "Relational")
Containers(app, "Containers")

app.synth()
