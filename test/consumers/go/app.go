// The app of ../typescript/app.ts, as a Go user writes it.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-mainstay/cdk-mainstay-go/cdkmainstay"
)

// NewContract holds the lines of the public contract, as a user writes them.
func NewContract(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, nil)
	role := awsiam.NewRole(stack, jsii.String("Role"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})

	jobs := cdkmainstay.NewSecureQueue(stack, jsii.String("Jobs"), &cdkmainstay.SecureQueueProps{
		VisibilityTimeout: awscdk.Duration_Seconds(jsii.Number(360)),
	})
	jobs.Queue()
	jobs.DeadLetterQueue()
	jobs.GrantSend(role)
	jobs.GrantConsume(role)
	jobs.GrantWorker(role)

	photos := cdkmainstay.NewThumbnailToWasabi(stack, jsii.String("Photos"), &cdkmainstay.ThumbnailToWasabiProps{
		WasabiRegion:      jsii.String("eu-central-1"),
		ArchiveBucketName: jsii.String("photoarchive"),
		Credentials:       wasabiKeys(stack),
		Thumbnails:        &[]cdkmainstay.ThumbnailSpec{cdkmainstay.ThumbnailSpec_Inside(jsii.Number(256), nil)},
	})
	photos.Dropbox()
	photos.Thumbnails()
	photos.GrantUpload(role)
	photos.GrantReadThumbnails(role)
	photos.GrantBackfill(role)

	network := cdkmainstay.NewHaVpc(stack, jsii.String("Network"), nil) // 3 AZs, public + private + isolated subnets, a NAT gateway per AZ, flow logs
	cdkmainstay.NewHaVpc(stack, jsii.String("Cheap"), &cdkmainstay.HaVpcProps{
		Cidr:        jsii.String("10.1.0.0/16"),
		NatStrategy: cdkmainstay.NatStrategy_Single(),
	})
	cdkmainstay.NewHaVpc(stack, jsii.String("Exact"), &cdkmainstay.HaVpcProps{
		Cidr:               jsii.String("192.168.100.0/24"),
		AvailabilityZones:  jsii.Strings("us-west-2a", "us-west-2b"),
		PublicSubnetCidrs:  jsii.Strings("192.168.100.128/27", "192.168.100.192/27"),
		PrivateSubnetCidrs: jsii.Strings("192.168.100.0/27", "192.168.100.64/27"),
	})
	network.Vpc()
	network.EgressIps()
	network.Explain()

	zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z0123456789"),
		ZoneName:     jsii.String("example.education"),
	})
	cdn := cdkmainstay.NewStaticMediaCdn(stack, jsii.String("Cdn"), &cdkmainstay.StaticMediaCdnProps{
		AppDomain:  jsii.String("demo.example.education"),
		DomainName: jsii.String("cdn.example.education"),
		HostedZone: zone,
	})
	cdn.Distribution()
	cdn.MediaBucket()
	cdn.GrantMediaReadWrite(role)
	cdn.DjangoSettings()
	cdn.MediaBinding(&cdkmainstay.CdnBindingNames{
		Bucket:   jsii.String("AWS_S3_MEDIAFILES_BUCKET_NAME"),
		Location: jsii.String("AWS_MEDIAFILES_LOCATION"),
	})

	cdkmainstay.StageProfile_Of(stack).RemovalPolicy() // readable by anybody's construct
	cdkmainstay.StageProfile_Production().WithOverrides(&cdkmainstay.StageProfileOverrides{
		BackupRetention: awscdk.Duration_Days(jsii.Number(35)),
	})
	return stack
}

// NewLeast holds every construct with no more than it must be given.
func NewLeast(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, nil)
	cdkmainstay.StageProfile_Production().ApplyTo(stack) // an environment of its own, so that its network may have the addresses of another
	cdkmainstay.NewSecureQueue(stack, jsii.String("Jobs"), nil)
	photos := cdkmainstay.NewThumbnailToWasabi(stack, jsii.String("Photos"), &cdkmainstay.ThumbnailToWasabiProps{
		WasabiRegion:      jsii.String("eu-central-1"),
		ArchiveBucketName: jsii.String("photoarchive"),
		Credentials:       wasabiKeys(stack),
	})
	cdkmainstay.NewPhotoRestore(stack, jsii.String("Restore"), &cdkmainstay.PhotoRestoreProps{
		Photos:      photos,
		Destination: awss3.NewBucket(stack, jsii.String("Restored"), nil),
	})
	cdkmainstay.NewHaVpc(stack, jsii.String("Network"), nil)
	cdkmainstay.NewStaticMediaCdn(stack, jsii.String("Cdn"), nil)
	return stack
}

// NewVaried holds what a user may choose from: the other classes of the library.
func NewVaried(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, nil)
	alarmTopic := awssns.NewTopic(stack, jsii.String("Alarms"), nil)
	cdkmainstay.StageProfile_Production().WithOverrides(&cdkmainstay.StageProfileOverrides{
		BackupRetention: awscdk.Duration_Days(jsii.Number(35)),
		NatStrategy:     cdkmainstay.NatStrategy_Single(),
		AlarmTopic:      alarmTopic,
	}).ApplyTo(stack)
	awss3.NewBucket(stack, jsii.String("Mine"), &awss3.BucketProps{RemovalPolicy: cdkmainstay.StageProfile_Of(stack).RemovalPolicy()})

	events := cdkmainstay.NewSecureQueue(stack, jsii.String("Events"), nil)
	uploads := awsevents.NewRule(stack, jsii.String("Uploads"), &awsevents.RuleProps{EventPattern: from("aws.s3")})
	uploads.AddTarget(events.AsRuleTarget(nil))
	events.AllowPublish(cdkmainstay.QueueProducer_Topic(alarmTopic))

	orders := cdkmainstay.NewSecureQueue(stack, jsii.String("Orders"), &cdkmainstay.SecureQueueProps{
		QueueType:       cdkmainstay.QueueType_HighThroughputFifo(&cdkmainstay.HighThroughputFifoQueueOptions{ContentBasedDeduplication: jsii.Bool(true)}),
		MaxReceiveCount: jsii.Number(5),
	})
	ordered := awsevents.NewRule(stack, jsii.String("Ordered"), &awsevents.RuleProps{EventPattern: from("shop")})
	ordered.AddTarget(orders.AsRuleTarget(&cdkmainstay.QueueRuleTargetOptions{MessageGroupId: jsii.String("orders")}))

	cdkmainstay.NewThumbnailToWasabi(stack, jsii.String("Photos"), &cdkmainstay.ThumbnailToWasabiProps{
		WasabiRegion:      jsii.String("eu-central-1"),
		ArchiveBucketName: jsii.String("lockedphotoarchive"),
		Credentials:       wasabiKeys(stack),
		UploadSuffixes:    jsii.Strings(".jpg", ".png"),
		Thumbnails: &[]cdkmainstay.ThumbnailSpec{
			cdkmainstay.ThumbnailSpec_Inside(jsii.Number(256), nil),
			cdkmainstay.ThumbnailSpec_Cover(jsii.Number(400), jsii.Number(300), &cdkmainstay.ThumbnailOptions{
				Format: cdkmainstay.ThumbnailFormat_Webp(jsii.Number(75)),
				Name:   jsii.String("card"),
			}),
			cdkmainstay.ThumbnailSpec_Width(jsii.Number(1200), &cdkmainstay.ThumbnailOptions{Format: cdkmainstay.ThumbnailFormat_Avif(nil)}),
		},
		ArchiveObjectLock: cdkmainstay.ArchiveObjectLock_Governance(awscdk.Duration_Days(jsii.Number(30))),
		ReconcileAfter:    awscdk.Duration_Hours(jsii.Number(8)),
	})

	cdkmainstay.NewHaVpc(stack, jsii.String("Network"), &cdkmainstay.HaVpcProps{
		Cidr:   cdkmainstay.HaVpc_CidrFor(jsii.String("review")),
		MaxAzs: jsii.Number(2),
		NatStrategy: cdkmainstay.NatStrategy_Instances(&cdkmainstay.NatInstancesOptions{
			MaxInstanceLifetime: awscdk.Duration_Days(jsii.Number(7)),
		}),
		AdditionalTier:        cdkmainstay.SubnetTier_Isolated(jsii.String("Cache"), nil),
		InterfaceEndpoints:    &[]cdkmainstay.EndpointSet{cdkmainstay.EndpointSet_Ssm()},
		PublicAccessExclusion: cdkmainstay.PublicAccessExclusion_Bidirectional(),
		FlowLogs:              cdkmainstay.FlowLogs_ToCloudWatchLogs(),
	})
	return stack
}

// NewContainers holds an app behind a CDN with all that it can have, and one that says what else there is to say.
func NewContainers(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Network"), &awsec2.VpcProps{MaxAzs: jsii.Number(2), NatGateways: jsii.Number(1)})
	database := cdkmainstay.NewEncryptedDatabase(stack, jsii.String("Database"), &cdkmainstay.EncryptedDatabaseProps{
		Vpc: vpc, Engine: cdkmainstay.DatabaseEngine_Mysql(nil), DatabaseName: jsii.String("skills"),
	})
	jobs := cdkmainstay.NewSecureQueue(stack, jsii.String("Jobs"), &cdkmainstay.SecureQueueProps{
		VisibilityTimeout: awscdk.Duration_Seconds(jsii.Number(360)),
	})
	zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: jsii.String("Z0123456789"), ZoneName: jsii.String("example.org"),
	})
	cdn := cdkmainstay.NewStaticMediaCdn(stack, jsii.String("Cdn"), &cdkmainstay.StaticMediaCdnProps{
		DomainName: jsii.String("www.example.org"), HostedZone: zone,
	})
	image := awsecs.ContainerImage_FromRegistry(jsii.String("example/api:1.4.0"), nil)

	app := cdkmainstay.NewContainerAppWithAlb(stack, jsii.String("App"), &cdkmainstay.ContainerAppWithAlbProps{
		Vpc:             vpc,
		Image:           awsecs.ContainerImage_FromRegistry(jsii.String("example/web:1.4.0"), nil),
		Port:            jsii.Number(8080),
		HealthCheckPath: jsii.String("/version/"),
		Cpu:             jsii.Number(1024),
		Memory:          awscdk.Size_Gibibytes(jsii.Number(2)),
		DomainName:      jsii.String("app.example.org"),
		HostedZone:      zone,
		Uses: &[]cdkmainstay.IBinding{
			database.Binding(&cdkmainstay.DatabaseBindingNames{Url: jsii.String("DATABASE_URL")}),
			jobs.WorkerBinding(&cdkmainstay.QueueBindingNames{
				Name:              jsii.String("TASK_QUEUE_NAME"),
				VisibilityTimeout: jsii.String("SQS_QUEUE_VISIBILITY_TIMEOUT"),
				BrokerUrl:         jsii.String("CELERY_BROKER_URL"),
			}),
			cdn.MediaBinding(&cdkmainstay.CdnBindingNames{
				Bucket: jsii.String("AWS_S3_MEDIAFILES_BUCKET_NAME"), Location: jsii.String("AWS_MEDIAFILES_LOCATION"),
			}),
		},
		Ingress:     cdkmainstay.Ingress_CloudFrontOnly(cdn),
		Environment: &map[string]*string{"DJANGO_LOG_LEVEL": jsii.String("INFO")},
		Secrets: &map[string]awsecs.Secret{
			"SECRET_KEY": awsecs.Secret_FromSecretsManager(awssecretsmanager.NewSecret(stack, jsii.String("Django"), nil), nil),
		},
	})
	app.AddWebService(jsii.String("Api"), &cdkmainstay.WebServiceProps{
		Image: image, Port: jsii.Number(8000), PathPatterns: jsii.Strings("/fastapi*"), Priority: jsii.Number(100),
	})
	app.AddWorker(jsii.String("Worker"), &cdkmainstay.WorkerServiceProps{
		Image: image, Command: jsii.Strings("celery", "-A", "panelapp", "worker"), Queue: jobs,
	})
	search := app.AddInternalService(jsii.String("Search"), &cdkmainstay.InternalServiceProps{
		Name: jsii.String("elasticsearch"), Image: image, Port: jsii.Number(9200), DataPath: jsii.String("/usr/share/elasticsearch/data"),
	})
	app.WebService().Use(search.Binding(&cdkmainstay.ServiceBindingNames{
		Url: jsii.String("ELASTICSEARCH_URI"), Host: jsii.String("ES_HOST"), Port: jsii.String("ES_PORT"),
	}))
	app.AddDeployTask(jsii.String("Migrate"), &cdkmainstay.DeployTaskProps{Command: jsii.Strings("python", "manage.py", "migrate")})
	app.AddScheduledTask(jsii.String("Clean"), &cdkmainstay.ScheduledTaskProps{
		Command:  jsii.Strings("python", "manage.py", "clearsessions"),
		Schedule: awsscheduler.ScheduleExpression_Rate(awscdk.Duration_Days(jsii.Number(1))),
	})
	app.WebService().Use(database.Binding(&cdkmainstay.DatabaseBindingNames{
		Host: jsii.String("MYSQL_HOST"), Port: jsii.String("MYSQL_PORT"), User: jsii.String("MYSQL_USER"),
		Password: jsii.String("MYSQL_PASSWORD"), Name: jsii.String("MYSQL_DB"),
	}))
	app.LoadBalancer()
	app.Cluster()
	app.Connections()
	app.Url()
	app.Settings()
	app.SettingsTable()
	app.Explain()

	cdkmainstay.NewContainerAppWithAlb(stack, jsii.String("Varied"), &cdkmainstay.ContainerAppWithAlbProps{
		Vpc:            vpc,
		Image:          cdkmainstay.AppImage_Registry(jsii.String("example/varied:2.0.0"), nil),
		Ingress:        cdkmainstay.Ingress_Cidrs(jsii.String("192.0.2.0/24")),
		Capacity:       cdkmainstay.ServiceCapacity_FargateSpot(),
		Logs:           cdkmainstay.ContainerLogs_CloudWatch(),
		RootFilesystem: cdkmainstay.RootFilesystem_ReadOnly(),
		WritablePaths:  jsii.Strings("/tmp", "/run"),
	})
	return stack
}

// NewBound holds caches, and how an application gets at them and at others.
func NewBound(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Network"), &awsec2.VpcProps{MaxAzs: jsii.Number(2), NatGateways: jsii.Number(0)})
	cache := cdkmainstay.NewEncryptedCache(stack, jsii.String("Cache"), &cdkmainstay.EncryptedCacheProps{Vpc: vpc})
	cache.Secret()
	cache.EncryptionKey()
	cache.EndpointAddress()
	cache.Port()
	cache.Connections()
	cdkmainstay.NewEncryptedCache(stack, jsii.String("Sessions"), &cdkmainstay.EncryptedCacheProps{
		Vpc:    vpc,
		Engine: cdkmainstay.CacheEngine_Redis(jsii.String("7.1")),
		Capacity: cdkmainstay.CacheCapacity_Nodes(&cdkmainstay.CacheNodesOptions{
			NodeType:   jsii.String("cache.t3.small"),
			Count:      jsii.Number(3),
			Parameters: &map[string]*string{"maxmemory-policy": jsii.String("allkeys-lru")},
		}),
	})
	cdkmainstay.NewEncryptedCache(stack, jsii.String("Elastic"), &cdkmainstay.EncryptedCacheProps{
		Vpc:    vpc,
		Engine: cdkmainstay.CacheEngine_Valkey(nil),
		Capacity: cdkmainstay.CacheCapacity_Serverless(&cdkmainstay.CacheServerlessOptions{
			MaximumEcpuPerSecond: jsii.Number(5000),
		}),
	})

	jobs := cdkmainstay.NewSecureQueue(stack, jsii.String("Jobs"), nil)
	taskDefinition := awsecs.NewFargateTaskDefinition(stack, jsii.String("Task"), nil)
	container := taskDefinition.AddContainer(jsii.String("web"), &awsecs.ContainerDefinitionOptions{
		Image: awsecs.ContainerImage_FromRegistry(jsii.String("example/web:1.4.0"), nil),
	})
	service := awsecs.NewFargateService(stack, jsii.String("Service"), &awsecs.FargateServiceProps{
		Cluster:        awsecs.NewCluster(stack, jsii.String("Cluster"), &awsecs.ClusterProps{Vpc: vpc}),
		TaskDefinition: taskDefinition,
	})
	cdkmainstay.BindingTarget_Container(container, service).Use(
		cache.Binding(&cdkmainstay.CacheBindingNames{Url: jsii.String("REDIS_URL")}),
		jobs.WorkerBinding(&cdkmainstay.QueueBindingNames{
			Name:              jsii.String("TASK_QUEUE_NAME"),
			VisibilityTimeout: jsii.String("SQS_QUEUE_VISIBILITY_TIMEOUT"),
			BrokerUrl:         jsii.String("CELERY_BROKER_URL"),
		}),
		cdkmainstay.Binding_BucketReadWrite(
			awss3.NewBucket(stack, jsii.String("Media"), nil),
			&cdkmainstay.BucketBindingNames{Bucket: jsii.String("MEDIA_BUCKET"), Location: jsii.String("MEDIA_LOCATION")},
			&cdkmainstay.BucketBindingOptions{Folder: jsii.String("uploads")},
		),
		cdkmainstay.Binding_Secret(awssecretsmanager.NewSecret(stack, jsii.String("Mail"), nil), jsii.String("EMAIL_HOST_PASSWORD"), nil),
	)
	cache.AllowFrom(service)
	return stack
}

// NewIdentity holds who deploys, and where Terraform keeps its state.
func NewIdentity(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, nil)
	bucket := awss3.NewBucket(stack, jsii.String("Data"), nil)
	deploy := cdkmainstay.NewGithubOidcRole(stack, jsii.String("Deploy"), &cdkmainstay.GithubOidcRoleProps{
		Subjects: &[]cdkmainstay.GithubSubject{cdkmainstay.GithubSubject_Branch(jsii.String("owner/repo"), jsii.String("main"))},
	})
	bucket.GrantReadWrite(deploy, nil)
	cdkmainstay.NewTerraformStateBackend(stack, jsii.String("State"), nil)

	roles := cdkmainstay.GithubOidcRole_PlanAndApply(stack, jsii.String("Ci"), &cdkmainstay.GithubPlanAndApplyOptions{
		Repository:  jsii.String("owner@1/repo@2"),
		Environment: jsii.String("production"),
		Provider:    cdkmainstay.GithubOidcProvider_FromAccount(nil),
	})
	locked := cdkmainstay.NewTerraformStateBackend(stack, jsii.String("Locked"), &cdkmainstay.TerraformStateBackendProps{
		Lock: cdkmainstay.TerraformStateLock_Table(),
	})
	locked.GrantReadState(roles.Plan, &cdkmainstay.TerraformStateOptions{Key: jsii.String("network.tfstate")})
	locked.GrantState(roles.Apply, &cdkmainstay.TerraformStateOptions{Key: jsii.String("network.tfstate")})
	pullRequest := &map[string]interface{}{"aud": "sts.amazonaws.com", "sub": "repo:owner@1/repo@2:pull_request"}
	if !*roles.Plan.WouldAllow(pullRequest) || *roles.Apply.WouldAllow(pullRequest) {
		panic(*roles.Plan.Explain(pullRequest))
	}

	pages := cdkmainstay.NewStaticMediaCdn(stack, jsii.String("Pages"), &cdkmainstay.StaticMediaCdnProps{
		AppDomain:       jsii.String("alb.example.org"),
		StaticFiles:     cdkmainstay.StaticFiles_FromAppWithFallback(nil),
		DefaultContent:  cdkmainstay.DefaultContent_App(),
		MediaExpiration: awscdk.Duration_Days(jsii.Number(30)),
		PrivateMedia: cdkmainstay.PrivateMedia_RotatedKeys(&cdkmainstay.RotatedKeysOptions{
			RotateAfter: awscdk.Duration_Days(jsii.Number(60)),
		}),
		SiteName:        jsii.String("demo"),
		EnvironmentName: jsii.String("staging"),
	})
	_ = pages.Explain(jsii.String("/media/a.jpg")).CacheKey
	pages.StaticBinding(&cdkmainstay.CdnBindingNames{
		Bucket: jsii.String("AWS_S3_STATICFILES_BUCKET_NAME"),
		Domain: jsii.String("AWS_S3_STATICFILES_CUSTOM_DOMAIN"),
	})
	return stack
}

// NewRelational holds a database of each kind, and who uses it.
func NewRelational(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Network"), &awsec2.VpcProps{MaxAzs: jsii.Number(2), NatGateways: jsii.Number(0)})
	container := awsecs.NewFargateTaskDefinition(stack, jsii.String("Task"), nil).AddContainer(jsii.String("web"), &awsecs.ContainerDefinitionOptions{
		Image: awsecs.ContainerImage_FromRegistry(jsii.String("example/web:1.4.0"), nil),
	})
	peer := awsec2.NewSecurityGroup(stack, jsii.String("Peer"), &awsec2.SecurityGroupProps{Vpc: vpc})

	database := cdkmainstay.NewEncryptedDatabase(stack, jsii.String("Database"), &cdkmainstay.EncryptedDatabaseProps{
		Vpc:          vpc,
		Engine:       cdkmainstay.DatabaseEngine_Mysql(nil),
		DatabaseName: jsii.String("skills"),
	})
	database.AllowFrom(peer)
	database.Secret()
	database.EncryptionKey()
	database.EndpointAddress()
	database.Port()

	panels := cdkmainstay.NewEncryptedDatabase(stack, jsii.String("Panels"), &cdkmainstay.EncryptedDatabaseProps{
		Vpc:          vpc,
		Engine:       cdkmainstay.DatabaseEngine_AuroraPostgres(nil),
		DatabaseName: jsii.String("panels"),
		Parameters:   &map[string]*string{"log_min_duration_statement": jsii.String("500")},
		RotateAfter:  awscdk.Duration_Days(jsii.Number(60)),
	})
	cdkmainstay.BindingTarget_Container(container, peer).Use(panels.Binding(&cdkmainstay.DatabaseBindingNames{
		Host: jsii.String("DB_HOST"),
		Url:  jsii.String("DATABASE_URL"),
	}))
	return stack
}

func from(source string) *awsevents.EventPattern {
	return &awsevents.EventPattern{Source: jsii.Strings(source)}
}

func wasabiKeys(scope constructs.Construct) awssecretsmanager.ISecret {
	return awssecretsmanager.Secret_FromSecretNameV2(scope, jsii.String("Wasabi"), jsii.String("demo/wasabi/access"))
}

func main() {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	cdkmainstay.StageProfile_Production().ApplyTo(app) // what you get when you say nothing
	NewContract(app, "Production")

	stagingStack := awscdk.NewStack(app, jsii.String("Staging"), nil)
	cdkmainstay.StageProfile_Staging().ApplyTo(stagingStack)
	cdkmainstay.NewSecureQueue(stagingStack, jsii.String("Jobs"), nil)

	reviewStack := awscdk.NewStack(app, jsii.String("Review"), nil)
	cdkmainstay.StageProfile_Ephemeral().ApplyTo(reviewStack)
	cdkmainstay.NewSecureQueue(reviewStack, jsii.String("Jobs"), nil)

	NewLeast(app, "Least")
	NewVaried(app, "Varied")
	NewBound(app, "Bound")
	NewIdentity(app, "Identity")
	NewRelational(app, "Relational")
	NewContainers(app, "Containers")

	app.Synth(nil)
}
