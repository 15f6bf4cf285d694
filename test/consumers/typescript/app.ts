import { App, Duration, Stack, StackProps } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { SecureQueue, StageProfile, ThumbnailSpec, ThumbnailToWasabi } from 'cdk-mainstay';

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
    photos.dropbox; photos.thumbnails; photos.grantUpload(role); photos.grantReadThumbnails(role);

    StageProfile.of(this).removalPolicy; // readable by anybody's construct
    StageProfile.production().withOverrides({ backupRetention: Duration.days(35) });
  }
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

app.synth();
