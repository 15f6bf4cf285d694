import { PublishedFolder } from './bucket-files';
import { CacheControls } from './files-in-zip';
import { CreateOrUpdateEvent, requiredText } from '../../shared/custom-resource';

/** What is published, from where to where. */
export interface Publication extends PublishedFolder, CacheControls {
  readonly assetBucket: string;
  readonly assetKey: string;
  readonly distributionId: string;
  /** Whether visitors have files under any path. */
  readonly invalidatesAll: boolean;
}

export function publicationOf({ ResourceProperties: given }: CreateOrUpdateEvent): Publication {
  const text = (name: string) => requiredText(given, name);
  return {
    assetBucket: text('AssetBucket'),
    assetKey: text('AssetKey'),
    bucket: text('Bucket'),
    location: text('Location'),
    journal: text('Journal'),
    distributionId: text('DistributionId'),
    invalidatesAll: given.InvalidatesAll === 'true',
    hashedFiles: text('HashedFiles'),
    ofHashedFiles: text('CacheControlOfHashedFiles'),
    ofOtherFiles: text('CacheControlOfOtherFiles'),
  };
}
