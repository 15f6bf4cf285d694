import { GetObjectTaggingCommand, ListObjectVersionsCommand, ObjectVersion, S3Client, Tag } from '@aws-sdk/client-s3';
import { serviceAnswer } from '../../shared/service-answer';
import { REJECTED_TAG } from '../thumbnail/dropbox';
import { permanentVersionId } from '../thumbnail/upload-event';
import { versionsByKey } from '../versions-by-key';
import { ListedOriginal } from './original';
import { Dropbox, KeyInDropbox, OriginalState } from './walk';

export class S3Dropbox implements Dropbox {
  constructor(private readonly client: S3Client, private readonly bucket: string) {}

  async* keys(prefix: string, after?: string): AsyncGenerator<KeyInDropbox> {
    const listing = versionsByKey({ bucket: this.bucket, prefix, after }, (input) => this.client.send(new ListObjectVersionsCommand(input)));
    for await (const { key, versions, isDeleted } of listing) {
      yield { key, isDeleted, originals: versions.map((version) => originalIn(key, version)) };
    }
  }

  async stateOf(original: ListedOriginal): Promise<OriginalState> {
    const tag = await this.rejectedTag(original);
    if (tag === 'gone') return 'gone';
    return tag ? 'rejected' : 'unarchived';
  }

  async reasonOf(original: ListedOriginal): Promise<string | undefined> {
    const tag = await this.rejectedTag(original);
    return tag === 'gone' ? undefined : tag?.Value;
  }

  private async rejectedTag({ key, versionId }: ListedOriginal): Promise<Tag | 'gone' | undefined> {
    try {
      const { TagSet = [] } = await this.client.send(new GetObjectTaggingCommand({ Bucket: this.bucket, Key: key, VersionId: versionId }));
      return TagSet.find((tag) => tag.Key === REJECTED_TAG);
    } catch (error) {
      const { code, status } = serviceAnswer(error);
      if (code !== 'NoSuchBucket' && status === 404) return 'gone';
      throw error;
    }
  }
}

function originalIn(key: string, { VersionId, ETag, Size, LastModified }: ObjectVersion): ListedOriginal {
  return { key, versionId: permanentVersionId(VersionId), etag: ETag?.replaceAll('"', ''), size: Size, lastModified: LastModified! };
}
