import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { PhotoRestore, StageProfile, ThumbnailSpec, ThumbnailToWasabi } from 'cdk-mainstay';

const app = new App();

// Everything goes when the stack goes, photos that wait in the dropbox and thumbnails included; the archive stays as long as it
// holds anything. For keeps, say nothing, which is StageProfile.production(), or StageProfile.staging().
StageProfile.ephemeral().applyTo(app);

const stack = new Stack(app, 'PhotoArchive');

// What varies is in the context of cdk.json, so `cdk deploy -c thumbnailPixels=512` changes it without touching this file.
const setting = (name: string): string => {
  const value = app.node.tryGetContext(name);
  if (value === undefined) throw new Error(`context '${name}' must be set: run cdk in the folder of cdk.json, or pass -c ${name}=…`);
  return String(value);
};

const photos = new ThumbnailToWasabi(stack, 'Photos', {
  wasabiRegion: setting('wasabiRegion'),
  archiveBucketName: setting('archiveBucketName'),
  credentials: Secret.fromSecretNameV2(stack, 'Wasabi', setting('wasabiSecretName')),
  thumbnails: [ThumbnailSpec.inside(Number(setting('thumbnailPixels')))],
  alarmTopic: new Topic(stack, 'Alarms', { enforceSSL: true }), // subscribe whoever should hear of photos that fail
  ...thisMachineInsteadOfAws(),
});

// Two roles that can do one thing each. Whoever may assume a role of this account may use them; narrow `assumedBy` to your own.
const uploader = new Role(stack, 'Uploader', { assumedBy: new AccountRootPrincipal(), description: 'May upload photos, and nothing else' });
photos.grantUpload(uploader);
const viewer = new Role(stack, 'Viewer', { assumedBy: new AccountRootPrincipal(), description: 'May list and read thumbnails, and nothing else' });
photos.grantReadThumbnails(viewer);

// Brings originals back from Wasabi, into a bucket that nobody else uses.
const restored = new Bucket(stack, 'Restored', { enforceSSL: true, removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true });
const restore = new PhotoRestore(stack, 'Restore', { photos, destination: restored });

new CfnOutput(stack, 'DropboxName', { value: photos.dropbox.bucketName, description: 'Upload photos to this bucket, under photos/' });
new CfnOutput(stack, 'ThumbnailsName', { value: photos.thumbnails.bucketName, description: 'Thumbnails appear in this bucket' });
new CfnOutput(stack, 'RestoredName', { value: restored.bucketName, description: 'Restored originals appear in this bucket' });
new CfnOutput(stack, 'RestoreFunctionName', { value: restore.restoreFunction.functionName, description: 'Call it with {"key": "photos/a.jpg"} or {"prefix": "photos/"}' });
new CfnOutput(stack, 'ReconcilerFunctionName', { value: photos.reconcilerFunction.functionName, description: 'Call it with {"prefix": "photos/"} to queue what is in the dropbox' });
new CfnOutput(stack, 'RegenerateFunctionName', { value: photos.regenerateFunction.functionName, description: 'Call it with {"prefix": "photos/"} to make thumbnails again' });
new CfnOutput(stack, 'UploaderRoleArn', { value: uploader.roleArn });
new CfnOutput(stack, 'ViewerRoleArn', { value: viewer.roleArn });
new CfnOutput(stack, 'WasabiPolicy', {
  value: stack.toJsonString(photos.wasabiPolicyDocument),
  description: 'The policy for the Wasabi user whose access key is in the secret',
});

/** Only the emulated account of `npm run demo` sets these: a store on this machine, and the processor that the functions run on. */
function thisMachineInsteadOfAws(): { archiveEndpoint?: string; architecture?: Architecture } {
  const architecture = app.node.tryGetContext('architecture');
  return { archiveEndpoint: app.node.tryGetContext('archiveEndpoint'), architecture: architecture && Architecture.custom(architecture) };
}
