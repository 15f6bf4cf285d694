import { ListInvalidationsCommand } from '@aws-sdk/client-cloudfront';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unzipSync } from 'fflate';
import { Reader } from './reader';

/** The files that the custom resource put into the bucket, next to those in the zip of the asset. */
export const readStaticFiles: Reader = async ({ properties }, { cloudFront, s3 }) => {
  const { AssetBucket, AssetKey, Bucket, DistributionId, HashedFiles, Location } = properties;
  const zip = await contentOf({ Bucket: AssetBucket, Key: AssetKey }, s3);
  const files = await Promise.all(Object.entries(unzipSync(zip.content)).map(async ([path, content]) => {
    const published = await contentOf({ Bucket, Key: `${Location}/${path}` }, s3);
    return { path, isSame: Buffer.from(content).equals(published.content), cacheControl: published.cacheControl };
  }));
  const { InvalidationList } = await cloudFront.send(new ListInvalidationsCommand({ DistributionId }));
  const changed = files.filter(({ isSame }) => !isSame).map(({ path }) => path);
  const ofHashed = cacheControls(files.filter(({ path }) => new RegExp(HashedFiles).test(path)));
  const ofOthers = cacheControls(files.filter(({ path }) => !new RegExp(HashedFiles).test(path)));
  return {
    AssetBucket,
    AssetKey: changed.length === 0 ? AssetKey : { changed },
    Bucket,
    CacheControlOfHashedFiles: ofHashed,
    CacheControlOfOtherFiles: ofOthers,
    DistributionId: InvalidationList?.Items?.length ? DistributionId : undefined,
    HashedFiles: ofHashed && ofOthers && ofHashed !== ofOthers ? HashedFiles : undefined, // shows in what is kept for how long
    Location,
  };
};

function cacheControls(files: { cacheControl?: string }[]): string {
  return [...new Set(files.map(({ cacheControl }) => cacheControl))].join(' or ');
}

/** Fails if it is not there. */
async function contentOf(object: { Bucket: string; Key: string }, s3: S3Client): Promise<{ content: Uint8Array; cacheControl?: string }> {
  const { Body, CacheControl } = await s3.send(new GetObjectCommand(object));
  return { content: await Body!.transformToByteArray(), cacheControl: CacheControl };
}
