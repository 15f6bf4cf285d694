import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { readConfig } from '../../lambda/photos/restore/config';
import { PhotoRestore, PhotoRestoreProps, StageProfile, ThumbnailToWasabi, ThumbnailToWasabiProps } from '../../src';

type Vary = (stack: Stack, photos: ThumbnailToWasabi) => Partial<PhotoRestoreProps>;

function build(vary: Vary = () => ({}), varyPhotos: Partial<ThumbnailToWasabiProps> = {}, profile?: StageProfile) {
  const stack = new Stack(new App(), 'Stack');
  profile?.applyTo(stack);
  const photos = new ThumbnailToWasabi(stack, 'Photos', {
    wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'demo/wasabi/access'), ...varyPhotos,
  });
  const props = Object.freeze({ photos, destination: Bucket.fromBucketName(stack, 'Restored', 'restored'), ...vary(stack, photos) });
  return { stack, subject: new PhotoRestore(stack, 'Restore', props) };
}

function synth(...parameters: Parameters<typeof build>): Template {
  return Template.fromStack(build(...parameters).stack);
}

/** The one resource of a type whose logical id begins so. */
function resource(template: Template, type: string, idPrefix: string): { Properties: any; [attribute: string]: any } {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(idPrefix));
  expect(found).toHaveLength(1);
  return found[0][1] as any;
}

const restoreFunction = (template: Template) => resource(template, 'AWS::Lambda::Function', 'RestoreFunction').Properties;
const statements = (template: Template) => resource(template, 'AWS::IAM::Policy', 'RestoreRoleDefaultPolicy').Properties.PolicyDocument.Statement as { Action: string | string[] }[];
const arnOf = (idPrefix: string) => ({ 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${idPrefix}[0-9A-F]{8}$`)), 'Arn'] });
const restored = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::restored']] };
const restoredObjects = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::restored/*']] };

test('reads from its environment where the archive is, as its photos have it', () => {
  const template = synth(undefined, { archiveKeyPrefix: 'originals/', archiveEndpoint: 'https://storage.example.org', architecture: Architecture.X86_64 });
  const { Environment, Architectures, Runtime, Timeout } = restoreFunction(template);

  expect(readConfig(Environment.Variables)).toEqual({
    archive: { bucket: 'photoarchive', endpoint: 'https://storage.example.org', region: 'eu-central-1', keyPrefix: 'originals/', secretId: 'demo/wasabi/access' },
    sourceBucket: { Ref: expect.stringMatching(/^PhotosDropbox/) },
    destinationBucket: 'restored',
  });
  expect({ Architectures, Runtime, Timeout }).toEqual({ Architectures: ['x86_64'], Runtime: 'nodejs24.x', Timeout: 900 });
});

test('may write what is not there yet into the destination, read the credentials, and nothing of dropbox, thumbnails or queue', () => {
  const found = statements(synth());

  expect(found).toContainEqual({
    Effect: 'Allow', Action: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:PutObjectTagging', 's3:GetObjectTagging'], Resource: restoredObjects,
  });
  expect(found).toContainEqual({ Effect: 'Allow', Action: 's3:ListBucket', Resource: restored });
  expect(found.flatMap(({ Action }) => Action).sort()).toEqual([
    'logs:CreateLogStream', 'logs:PutLogEvents', 's3:AbortMultipartUpload', 's3:GetObjectTagging', 's3:ListBucket', 's3:PutObject', 's3:PutObjectTagging',
    'secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue',
  ]);
  expect(JSON.stringify(found)).not.toMatch(/PhotosDropbox|PhotosThumbnails|PhotosQueue/);
});

test('writes with the key of the destination', () => {
  const template = synth((stack) => ({ destination: new Bucket(stack, 'Mine', { encryptionKey: new Key(stack, 'Key') }) }));
  expect(statements(template)).toContainEqual({ Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: arnOf('Key') });
});

test('takes credentials of its own, and then may not read those of the archive', () => {
  const template = synth((stack) => ({ credentials: Secret.fromSecretNameV2(stack, 'ReadOnly', 'demo/wasabi/read-only') }));
  expect(restoreFunction(template).Environment.Variables.ARCHIVE_SECRET_ID).toBe('demo/wasabi/read-only');
  expect(JSON.stringify(statements(template))).not.toContain('demo/wasabi/access');
});

test('says the least that its Wasabi user must be allowed', () => {
  const { stack, subject } = build(undefined, { archiveKeyPrefix: 'originals/' });
  expect(stack.resolve(subject.wasabiPolicyDocument).Statement).toEqual([
    { Effect: 'Allow', Action: 's3:ListBucketVersions', Resource: 'arn:aws:s3:::photoarchive' },
    { Effect: 'Allow', Action: 's3:GetObjectVersion', Resource: 'arn:aws:s3:::photoarchive/originals/*' },
  ]);
});

test('may be called by whom that is granted', () => {
  const { stack, subject } = build();
  subject.grantRestore(new Role(stack, 'Operator', { assumedBy: new AccountRootPrincipal() }));
  expect(resource(Template.fromStack(stack), 'AWS::IAM::Policy', 'OperatorDefaultPolicy').Properties.PolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: [{ 'Fn::Join': ['', [arnOf('RestoreFunction'), ':$LATEST']] }, arnOf('RestoreFunction')] },
  ]);
});

test('keeps its logs as the profile says, or as it is told', () => {
  const logs = (template: Template) => resource(template, 'AWS::Logs::LogGroup', 'RestoreLogs');
  expect(logs(synth())).toMatchObject({ Properties: { RetentionInDays: 365 }, DeletionPolicy: 'RetainExceptOnCreate' });
  expect(logs(synth(undefined, {}, StageProfile.ephemeral()))).toMatchObject({ Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Delete' });
  expect(logs(synth(() => ({ logRetention: RetentionDays.ONE_DAY, removalPolicy: RemovalPolicy.DESTROY })))).toMatchObject({ Properties: { RetentionInDays: 1 }, DeletionPolicy: 'Delete' });
  expect(logs(synth(() => ({ removalPolicy: RemovalPolicy.SNAPSHOT })))).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate' });
});

test('never restores to where originals would be archived again, or seen by others', () => {
  const dropbox = "Stack/Restore: 'destination' must not be the dropbox, where originals would be archived and removed again: use another bucket";
  expect(() => build((_, photos) => ({ destination: photos.dropbox }))).toThrow(dropbox);
  expect(() => build((stack, photos) => ({ destination: Bucket.fromBucketName(stack, 'Again', photos.dropbox.bucketName) }))).toThrow(dropbox);
  expect(() => build((_, photos) => ({ destination: photos.thumbnails }))).toThrow(
    "Stack/Restore: 'destination' must not be the bucket of the thumbnails, whose readers may not see originals: use another bucket");
});

test('restores within its region only', () => {
  const app = new App();
  const stack = new Stack(app, 'Here', { env: { region: 'eu-west-3' } });
  const photos = new ThumbnailToWasabi(stack, 'Photos', {
    wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'x'),
  });
  const destination = new Bucket(new Stack(app, 'There', { env: { region: 'us-east-1' } }), 'Bucket', { bucketName: 'restored' });
  expect(() => new PhotoRestore(stack, 'Restore', { photos, destination })).toThrow(
    'Here/Restore: the function writes within one region only, but the destination is in us-east-1 and this stack in eu-west-3');
});

test('lives in another stack than its photos', () => {
  const app = new App();
  const stack = new Stack(app, 'Photos');
  const photos = new ThumbnailToWasabi(stack, 'Photos', {
    wasabiRegion: 'eu-central-1', archiveBucketName: 'photoarchive', credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'x'),
  });
  const other = new Stack(app, 'Operations');
  new PhotoRestore(other, 'Restore', { photos, destination: Bucket.fromBucketName(other, 'Restored', 'restored') });
  expect(restoreFunction(Template.fromStack(other)).Environment.Variables.ARCHIVE_BUCKET).toBe('photoarchive');
});
