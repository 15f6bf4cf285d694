import {
  GetBucketEncryptionCommand, GetBucketLifecycleConfigurationCommand, GetBucketLoggingCommand, GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand, GetBucketVersioningCommand, GetPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { deployed } from './deployed';
import { PhotoArchive } from '../emulator/photo-archive';
import { ARCHIVE_BUCKET } from '../emulator/photo-archive-app';

let archive: PhotoArchive;

beforeAll(async () => {
  ({ archive } = await deployed());
});

test.each(['dropbox', 'thumbnails'] as const)('the deployed %s is encrypted, versioned, logged, tidied and closed to the public', async (name) => {
  const bucket = { Bucket: archive[name] };
  const { s3 } = archive;
  const { ServerSideEncryptionConfiguration: encryption } = await s3.send(new GetBucketEncryptionCommand(bucket));
  expect(encryption?.Rules?.[0].ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe('AES256');
  expect((await s3.send(new GetBucketVersioningCommand(bucket))).Status).toBe('Enabled');
  expect((await s3.send(new GetBucketLoggingCommand(bucket))).LoggingEnabled?.TargetPrefix).toMatch(/\/$/);
  expect((await s3.send(new GetPublicAccessBlockCommand(bucket))).PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
  });
  const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand(bucket));
  expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
  const { Rules } = await s3.send(new GetBucketLifecycleConfigurationCommand(bucket));
  expect(Rules?.[0].AbortIncompleteMultipartUpload).toEqual({ DaysAfterInitiation: 7 });
});

test('the dropbox never lets a version expire, since it may be an original that is not archived yet', async () => {
  const { Rules } = await archive.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: archive.dropbox }));
  expect(Rules).toHaveLength(1);
  expect([Rules![0].Expiration?.Days, Rules![0].NoncurrentVersionExpiration]).toEqual([undefined, undefined]);
});

test('the archive bucket on the store keeps versions', async () => {
  expect((await archive.storeS3.send(new GetBucketVersioningCommand({ Bucket: ARCHIVE_BUCKET }))).Status).toBe('Enabled');
});

test('the archive bucket on the store says which resource of which stack created it', async () => {
  const { TagSet = [] } = await archive.storeS3.send(new GetBucketTaggingCommand({ Bucket: ARCHIVE_BUCKET }));
  expect(Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))).toEqual({
    'cdk-mainstay:stack': expect.stringMatching(/^arn:aws:cloudformation:[^:]+:\d{12}:stack\//),
    'cdk-mainstay:resource': expect.stringMatching(/^PhotosArchive/),
  });
});
