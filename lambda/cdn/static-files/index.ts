import { setTimeout } from 'timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { S3Client } from '@aws-sdk/client-s3';
import { readAsset } from './asset';
import { BucketFiles } from './bucket-files';
import { CloudFrontCdn } from './cloudfront-cdn';
import { createHandler } from './handler';
import { REQUEST_TIMEOUTS } from '../../shared/request-timeouts';

const s3 = new S3Client({ requestHandler: REQUEST_TIMEOUTS });
const cloudFront = new CloudFrontClient({ requestHandler: REQUEST_TIMEOUTS });

export const handler = createHandler({
  assetOf: ({ assetBucket, assetKey }, clock) => readAsset(s3, assetBucket, assetKey, clock),
  filesOf: (publication) => new BucketFiles(s3, publication),
  cdnOf: (publication, callerReference, clock) => new CloudFrontCdn(cloudFront, { ...publication, callerReference }, clock),
  sleep: async (milliseconds) => { await setTimeout(milliseconds); },
  logger: new Logger(),
});
