import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { ArchiveObjectLock, PhotoRestore, ThumbnailToWasabi } from '../../src';
import { Actor, Call, call, Scene } from '../checks/access-rules';
import { ACCOUNT } from '../checks/intrinsics';

/** The policy to paste into Wasabi's console, for what both functions do there. */
function wasabiUser(name: string, keyPrefix: string, { locks, removes }: { locks: boolean; removes: boolean }): Scene {
  const stack = new Stack(new App(), 'Stack');
  const { wasabiPolicyDocument } = new ThumbnailToWasabi(stack, 'Photos', {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: 'photoarchive',
    credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'demo/wasabi/access'),
    archiveKeyPrefix: keyPrefix,
    archiveObjectLock: locks ? ArchiveObjectLock.compliance(Duration.days(30)) : undefined,
    archiveRemovalPolicy: removes ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  });
  const PolicyDocument = stack.resolve(wasabiPolicyDocument);
  const bucket = 'arn:aws:s3:::photoarchive';
  const original = `${bucket}/${keyPrefix}photos/a.jpg`;
  const user = new Actor('the user of Wasabi', `arn:aws:iam::${ACCOUNT}:role/User`);
  const mayIf = (condition: boolean, what: string, request: Call) => (condition ? user.may(what, request) : user.mayNot(what, request));
  return {
    name,
    // A user of Wasabi is nothing that CloudFormation knows, so a role stands for it.
    template: { Resources: { User: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyName: 'Wasabi', PolicyDocument }] } } } },
    rules: [
      user.may('look for the bucket', call('s3:ListBucket', bucket)),
      user.may('create the bucket', call('s3:CreateBucket', bucket)),
      user.may('ask where the bucket is', call('s3:GetBucketLocation', bucket)),
      user.may('enable versions', call('s3:GetBucketVersioning', bucket), call('s3:PutBucketVersioning', bucket)),
      user.may('mark the bucket, and look whether it is marked', call('s3:PutBucketTagging', bucket), call('s3:GetBucketTagging', bucket)),
      user.mayNot('mark another bucket', call('s3:PutBucketTagging', 'arn:aws:s3:::photoarchive2')),
      user.mayNot('tag an original', call('s3:PutObjectTagging', original)),
      mayIf(locks, 'read the object lock', call('s3:GetBucketObjectLockConfiguration', bucket)),
      mayIf(locks, 'set the object lock', call('s3:PutBucketObjectLockConfiguration', bucket)),
      mayIf(removes, 'remove the bucket', call('s3:DeleteBucket', bucket)),
      user.may('find the copies of a photo', call('s3:ListBucketVersions', bucket), call('s3:GetObjectVersion', original)),
      user.may('upload an original', call('s3:PutObject', original)),
      user.may('find and give up an upload', call('s3:ListBucketMultipartUploads', bucket), call('s3:AbortMultipartUpload', original)),
      user.may('read a copy back', call('s3:GetObjectVersion', original)),
      user.may('put a copy on top', call('s3:GetObjectVersion', original), call('s3:PutObject', original)),
      user.may('restore an original', call('s3:GetObject', original)),
      user.mayNot('hide an original', call('s3:DeleteObject', original)),
      user.mayNot('delete an original', call('s3:DeleteObjectVersion', original)),
      user.mayNot('get around the object lock', call('s3:BypassGovernanceRetention', original)),
      user.mayNot('shorten the object lock of an original', call('s3:PutObjectRetention', original)),
      user.mayNot('publish an original', call('s3:PutObjectAcl', original)),
      user.mayNot('expire originals', call('s3:PutLifecycleConfiguration', bucket)),
      user.mayNot('let others into the bucket', call('s3:PutBucketPolicy', bucket)),
      user.mayNot('create another bucket', call('s3:CreateBucket', 'arn:aws:s3:::photoarchive2')),
      user.mayNot('write into another bucket', call('s3:PutObject', 'arn:aws:s3:::photoarchive2/photos/a.jpg')),
      user.mayNot('list the buckets of the account', call('s3:ListAllMyBuckets', '*')),
      ...(keyPrefix ? [
        user.mayNot('write outside of its prefix', call('s3:PutObject', `${bucket}/photos/a.jpg`)),
        user.mayNot('read outside of its prefix', call('s3:GetObject', `${bucket}/photos/a.jpg`)),
      ] : []),
    ],
  };
}

/** The policy to paste into Wasabi's console for a key that restores only. */
function wasabiReader(): Scene {
  const stack = new Stack(new App(), 'Stack');
  const photos = new ThumbnailToWasabi(stack, 'Photos', {
    wasabiRegion: 'eu-central-1',
    archiveBucketName: 'photoarchive',
    credentials: Secret.fromSecretNameV2(stack, 'Wasabi', 'demo/wasabi/access'),
    archiveKeyPrefix: 'originals/',
  });
  const { wasabiPolicyDocument } = new PhotoRestore(stack, 'Restore', { photos, destination: Bucket.fromBucketName(stack, 'Restored', 'restored') });
  const PolicyDocument = stack.resolve(wasabiPolicyDocument);
  const bucket = 'arn:aws:s3:::photoarchive';
  const original = `${bucket}/originals/photos/a.jpg`;
  const reader = new Actor('the reader of Wasabi', `arn:aws:iam::${ACCOUNT}:role/User`);
  return {
    name: 'the Wasabi policy for restores',
    template: { Resources: { User: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyName: 'Wasabi', PolicyDocument }] } } } },
    rules: [
      reader.may('list the copies of originals', call('s3:ListBucketVersions', bucket)),
      reader.may('read a copy of an original', call('s3:GetObjectVersion', original)),
      reader.mayNot('read outside of the prefix', call('s3:GetObjectVersion', `${bucket}/photos/a.jpg`)),
      reader.mayNot('write an original', call('s3:PutObject', original)),
      reader.mayNot('hide an original', call('s3:DeleteObject', original)),
      reader.mayNot('delete an original', call('s3:DeleteObjectVersion', original)),
      reader.mayNot('create the bucket', call('s3:CreateBucket', bucket)),
      reader.mayNot('suspend the versions', call('s3:PutBucketVersioning', bucket)),
      reader.mayNot('list another bucket', call('s3:ListBucketVersions', 'arn:aws:s3:::photoarchive2')),
    ],
  };
}

export const SCENES: Scene[] = [
  wasabiUser('the Wasabi policy', '', { locks: false, removes: false }),
  wasabiUser('the Wasabi policy with a prefix, a lock and removal', 'originals/', { locks: true, removes: true }),
  wasabiReader(),
];
