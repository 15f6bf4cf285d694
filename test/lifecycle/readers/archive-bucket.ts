import { GetBucketLocationCommand, GetObjectLockConfigurationCommand } from '@aws-sdk/client-s3';
import { Reader } from './reader';

/** What the custom resource made of the archive, as the store tells it. */
export const readArchiveBucket: Reader = async ({ physicalId, properties }, { store, storeEndpoint }) => {
  const bucket = { Bucket: physicalId.split('/')[1] };
  const { LocationConstraint } = await store.send(new GetBucketLocationCommand(bucket));
  const retention = properties.ObjectLockMode === undefined ? undefined
    : (await store.send(new GetObjectLockConfigurationCommand(bucket))).ObjectLockConfiguration?.Rule?.DefaultRetention;
  return {
    BucketName: bucket.Bucket,
    Endpoint: storeEndpoint,
    ObjectLockDays: retention?.Days,
    ObjectLockMode: retention?.Mode,
    Region: LocationConstraint,
  };
};
