import { Logger } from '@aws-lambda-powertools/logger';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { S3Client } from '@aws-sdk/client-s3';
import { BucketFiles } from './bucket-files';
import { CloudFrontCdn } from './cloudfront-cdn';
import { createHandler } from './handler';
import { readAsset } from './read-asset';
import { sleep } from '../../shared/deadline';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';

const s3 = new S3Client({ requestHandler: REQUEST_TIMEOUTS });
const cloudFront = new CloudFrontClient({ requestHandler: REQUEST_TIMEOUTS });

export const handler = createHandler({
  assetOf: ({ assetBucket, assetKey }, deadline) => readAsset(s3, assetBucket, assetKey, deadline),
  filesOf: (publication) => new BucketFiles(s3, publication),
  cdnOf: (publication, callerReference, deadline) => new CloudFrontCdn(cloudFront, { ...publication, callerReference }, deadline),
  sleep,
  logger: new Logger(),
});
