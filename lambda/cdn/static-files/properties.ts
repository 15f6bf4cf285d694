import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { Place } from './bucket-files';
import { CacheControls } from './release';

/** What is published, from where to where. */
export interface Publication extends Place, CacheControls {
  readonly assetBucket: string;
  readonly assetKey: string;
  readonly distributionId: string;
}

export function publicationOf({ ResourceProperties: given }: CloudFormationCustomResourceEvent): Publication {
  const text = (name: string): string => {
    const value: unknown = given[name];
    if (typeof value !== 'string' || value === '') throw new Error(`'${name}' must be given, got ${JSON.stringify(value)}`);
    return value;
  };
  return {
    assetBucket: text('AssetBucket'),
    assetKey: text('AssetKey'),
    bucket: text('Bucket'),
    location: text('Location'),
    journal: text('Journal'),
    distributionId: text('DistributionId'),
    hashedFiles: text('HashedFiles'),
    ofHashedFiles: text('CacheControlOfHashedFiles'),
    ofOtherFiles: text('CacheControlOfOtherFiles'),
  };
}
