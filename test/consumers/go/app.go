// The app of ../typescript/app.ts, as a Go user writes it.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
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

	cdkmainstay.StageProfile_Of(stack).RemovalPolicy() // readable by anybody's construct
	cdkmainstay.StageProfile_Production().WithOverrides(&cdkmainstay.StageProfileOverrides{
		BackupRetention: awscdk.Duration_Days(jsii.Number(35)),
	})
	return stack
}

// NewLeast holds every construct with no more than it must be given.
func NewLeast(scope constructs.Construct, id string) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, nil)
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
	NewRelational(app, "Relational")

	app.Synth(nil)
}
